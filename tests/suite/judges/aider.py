"""Judges configurations as Aider does, with the parser of its options.

    python3 aider.py FOLDER        the folder with Aider's sources; PYTHONPATH has what its parser is made of

Reads lines of {"client", "text"}; answers each with one line: null where the program takes it, else its complaint. The classes that edit
files are not loaded; the names of their formats, which the parser asks them for, are read from their sources.
"""

import contextlib
import io
import json
import re
import sys
import tempfile
import types
from pathlib import Path

ROOT = Path(sys.argv[1])
formats = {
    found
    for file in (ROOT / "aider/coders").glob("*_coder.py")
    for found in re.findall(r'^    edit_format = "(.+)"', file.read_text(), re.MULTILINE)
    if file.stem != "single_wholefile_func_coder"
}
coders = types.ModuleType("aider.coders")
coders.__all__ = [types.SimpleNamespace(edit_format=name) for name in sorted(formats)]
sys.path = [str(ROOT), *(place for place in sys.path if Path(place) != Path(__file__).parent)]
sys.modules["aider.coders"] = coders

import aider  # noqa: E402
from aider.args import get_parser  # noqa: E402

aider.coders = coders


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
