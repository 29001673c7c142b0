"""Judges configurations as Aider does, with the parser of its options.

    python3 aider.py FOLDER        the folder with Aider's sources; PYTHONPATH has what its parser is made of

Reads lines of {"client", "text"}; answers each with one line: null where the program takes it, else its complaint.
"""

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3] / "scripts"))

import aider_parser  # noqa: E402

get_parser = aider_parser.load(Path(sys.argv[1]))


def complaint(text):
    """What is wrong with an `.aider.conf.yml`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ".aider.conf.yml"
        path.write_text(text)
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                get_parser([str(path)], None).parse_args([])
        except SystemExit:
            return (said.getvalue().strip().splitlines() or ["it ends"])[-1]
        except Exception as error:  # noqa: BLE001
            return repr(error).splitlines()[0]
    return None


for line in sys.stdin:
    print(json.dumps(complaint(json.loads(line)["text"])), flush=True)
