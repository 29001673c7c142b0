"""The parser of Aider's options, without the rest of the program: what makes the schema and what judges configurations both ask it.

The classes that edit files are not loaded; the names of their formats, which the parser asks them for, are read from their sources.
"""

import re
import sys
import types


def load(root):
    """The function `get_parser` of the sources in `root`."""
    formats = {
        found
        for file in (root / "aider/coders").glob("*_coder.py")
        for found in re.findall(r'^    edit_format = "(.+)"', file.read_text(), re.MULTILINE)
        if file.stem != "single_wholefile_func_coder"
    }
    coders = types.ModuleType("aider.coders")
    coders.__all__ = [types.SimpleNamespace(edit_format=name) for name in sorted(formats)]
    sys.path.insert(0, str(root))
    sys.modules["aider.coders"] = coders
    import aider
    from aider.args import get_parser

    aider.coders = coders
    return get_parser
