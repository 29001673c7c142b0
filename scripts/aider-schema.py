"""Makes the schemas of Aider's three files from the program itself: the options that its parser declares, and the fields of its
class for a model's settings. Only the parser is loaded; what it would import beside it is replaced.

    pip download --no-deps aider-chat==0.86.2 && unzip aider_chat-*.whl -d aider
    pip install configargparse==1.7.1 pyyaml==6.0.3 shtab==1.8.0 packaging python-dotenv
    python3 scripts/aider-schema.py aider 0.86.2 2026-11-27
"""

import argparse
import ast
import json
import sys
from pathlib import Path

import aider_parser

ROOT, VERSION, DATE = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
OUT = Path(__file__).parent.parent / "src/examples/clients"


def form(action):
    """What the parser takes for an option in a file; whatever is no list is a text to it."""
    plain = ["string", "number", "boolean", "null", "object"]
    if action.choices:
        return {"enum": [*action.choices, None]}
    if action.nargs == 0:
        # A flag: set or not, by these words in any case.
        return {"anyOf": [{"type": ["boolean", "null"]}, {"enum": [0, 1]}, {"type": "string", "pattern": "^(?i:true|false|yes|no|on|off|1|0)$"}]}
    if action.type is int:
        return {"anyOf": [{"type": ["integer", "null"]}, {"type": "string", "pattern": "^[+-]?[0-9]+$"}]}
    if action.type is float:
        return {"anyOf": [{"type": ["number", "null"]}, {"type": "string", "pattern": "^[+-]?[0-9]+([.][0-9]*)?$"}]}
    if isinstance(action, argparse._AppendAction):
        return {"anyOf": [{"type": plain}, {"type": "array", "items": {"type": plain}}]}
    return {"type": plain}


def written(name, schema, what):
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "$comment": f"{what} of Aider {VERSION}; made by scripts/aider-schema.py on {DATE}."}
    (OUT / name).write_text(json.dumps({**head, **schema}, indent=1) + "\n")


options = {}
for action in aider_parser.load(ROOT)([], None)._actions:
    if isinstance(action, (argparse._HelpAction, argparse._VersionAction)):
        continue
    for option in action.option_strings:
        # YAML reads a name of digits as a number, and the parser fails on it.
        if option.startswith("--") and not option[2:].isdigit():
            options[option[2:]] = form(action)
written("aider.schema.json", {"type": "object", "additionalProperties": False, "properties": dict(sorted(options.items()))}, "The options")

TYPES = {"str": "string", "bool": "boolean", "dict": "object", "list": "array", "float": "number"}


def field(annotation):
    """What a field is meant to hold; the class itself checks only names."""
    found = [TYPES[node.id] for node in ast.walk(annotation) if isinstance(node, ast.Name) and node.id in TYPES]
    optional = any(isinstance(node, ast.Name) and node.id == "Optional" for node in ast.walk(annotation))
    return {"type": [*found, "null"] if optional else found[0] if len(found) == 1 else found}


tree = ast.parse((ROOT / "aider/models.py").read_text())
settings = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "ModelSettings")
fields = [item for item in settings.body if isinstance(item, ast.AnnAssign)]
item = {
    "type": "object",
    "additionalProperties": False,
    "properties": {item.target.id: field(item.annotation) for item in fields},
    "required": [item.target.id for item in fields if item.value is None],
}
written("aider-models.schema.json", {"type": "array", "items": item}, "The settings of models")
print(len(options), "options;", len(fields), "settings of a model")
