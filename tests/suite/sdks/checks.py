"""What the clients for Python print of what held, beside what they print by themselves; what does not hold ends them."""

import sys


def held(what, true):
    if not true:
        sys.exit(f"does not hold: {what}")
    print(f"held: {what}")


def refused(what, kind, status, call):
    """The error of a call that has to be refused, as the client's own type, with its status and the id of the request."""
    try:
        call()
    except kind as error:
        held(what, type(error) is kind and error.status_code == status and bool(error.request_id))
        return error
    sys.exit(f"is not refused: {what}")
