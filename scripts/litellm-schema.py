"""Makes src/examples/clients/litellm.schema.json from the sources of LiteLLM.

LiteLLM publishes no schema of its `config.yaml`. What it takes stands in the classes and the module that it reads the file
into; this reads their fields, with Python's own parser, and keeps names, types and which are required.

    pip download --no-deps litellm==1.109.1 && unzip litellm-*.whl -d litellm
    python3 scripts/litellm-schema.py litellm 1.109.1 2026-11-23
"""

import ast
import json
import sys
from pathlib import Path

ROOT, VERSION, DATE = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
OUT = Path(__file__).parent.parent / "src/examples/clients/litellm.schema.json"

# A value may always be the name of a variable: `os.environ/NAME`.
SIMPLE = {"str": ["string"], "int": ["integer", "string"], "float": ["number", "string"], "bool": ["boolean", "string"]}


def classes(*names):
    """The classes of some files by name."""
    found = {}
    for name in names:
        for node in ast.parse((ROOT / name).read_text()).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = node
    return found


def types(annotation):
    """The JSON types of an annotation; none where it is anything else."""
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return {"null"}
    if isinstance(annotation, ast.Name):
        if annotation.id in SIMPLE:
            return set(SIMPLE[annotation.id])
        return {"array"} if annotation.id == "list" else {"object"} if annotation.id == "dict" else None
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        left, right = types(annotation.left), types(annotation.right)
        return left | right if left and right else None
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        name = annotation.value.id
        if name in ("list", "List", "Sequence"):
            return {"array"}
        if name in ("dict", "Dict", "Mapping"):
            return {"object"}
        if name == "Optional":
            inner = types(annotation.slice)
            return inner | {"null"} if inner else None
    return None


def schema(annotation):
    """The schema of an annotation."""
    found = types(annotation)
    if not found:
        return {}
    if "boolean" not in found and found <= {"string", "null"}:
        # YAML reads a bare number or `true` where a text is meant, and LiteLLM takes it.
        return {}
    return {"type": sorted(found)}


def fields(known, name, seen=()):
    """The fields of a class, with those of the classes that it is made from."""
    node = known.get(name)
    if node is None or name in seen:
        return {}
    found = {}
    for base in node.bases:
        if isinstance(base, ast.Name):
            found.update(fields(known, base.id, (*seen, name)))
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            if not item.target.id.startswith("_") and item.target.id != "model_config":
                found[item.target.id] = schema(item.annotation)
    return found


def arguments(tree, name):
    """The arguments of a class's `__init__`."""
    owners = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    owner = next(owner for owner in owners if any(getattr(item, "name", "") == "__init__" for item in owner.body))
    init = next(node for node in owner.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    given = [*init.args.args, *init.args.kwonlyargs]
    given = [item for item in given if item.arg != "self" and not item.arg.startswith("_")]
    return {item.arg: schema(item.annotation) if item.annotation else {} for item in given}


def module(path):
    """The variables of a module, which `litellm_settings` sets by name."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.setdefault(node.target.id, schema(node.annotation))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id.islower():
                    found.setdefault(target.id, {})
    return {name: value for name, value in found.items() if not name.startswith("_")}


def closed(properties, required=()):
    """A table of nothing but these keys."""
    table = {"type": "object", "additionalProperties": False, "properties": dict(sorted(properties.items()))}
    return {**table, "required": list(required)} if required else table


known = classes("litellm/proxy/_types.py", "litellm/types/router.py")
router = ast.parse((ROOT / "litellm/router_python_core.py").read_text())
# The proxy takes these out of `litellm_settings` itself before it looks at the module.
own_settings = ["cache_params", "callbacks", "success_callback", "failure_callback", "cache", "guardrails", "custom_provider_map"]
settings = {**module(ROOT / "litellm/__init__.py"), **{name: {} for name in own_settings}}
# Parameters of a chat completion can be given for a deployment as well; what is not known here goes to the provider as it is.
deployment = {"type": "object", "properties": fields(known, "LiteLLM_Params"), "required": ["model"]}
deployment["properties"]["model"] = {"type": "string"}
top = fields(known, "ConfigYAML")
extra = ["callback_settings", "guardrails", "credential_list", "mcp_servers", "vector_store_registry", "include", "prompts",
         "search_tools", "agent_list", "files_settings", "finetune_settings", "default_vertex_config", "mcp_tools", "policies"]
top.update({name: {} for name in extra})
top["model_list"] = {
    "type": "array",
    "items": closed(
        {"model_name": {"type": "string"}, "litellm_params": deployment, "model_info": {"type": "object"}, "blocked": {}},
        ["model_name", "litellm_params"],
    ),
}
top["litellm_settings"] = closed(settings)
general = fields(known, "ConfigGeneralSettings")
top["general_settings"] = {"type": "object", "properties": dict(sorted(general.items()))}
top["router_settings"] = closed({**fields(known, "UpdateRouterConfig"), **arguments(router, "PythonCore")})
result = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$comment": f"What LiteLLM {VERSION} reads from config.yaml; made by scripts/litellm-schema.py on {DATE}.",
    **closed(top),
}
OUT.write_text(json.dumps(result, indent=1) + "\n")
print(OUT.name, len(top), "keys;", len(settings), "settings;", len(general), "general")
