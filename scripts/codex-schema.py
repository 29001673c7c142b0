"""Makes src/examples/clients/codex.schema.json by asking Codex itself.

Codex prints no schema of its `config.toml`, but it says of each wrong value what it expected there, and with `--strict-config`
of each key whether it knows it. This hands it every word of its own binary as a key, one table after the other, and then a value
of each type for the keys that it knows. Nothing of its sources is read.

    npm pack @openai/codex@0.171.0-linux-x64 && tar -xzf openai-codex-*.tgz
    python3 scripts/codex-schema.py package/vendor/*/bin/codex 0.171.0 2026-11-27
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAM, VERSION, DATE = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
OUT = Path(__file__).parent.parent / "src/examples/clients/codex.schema.json"
WEIRD = "[[[1.5]]]"
DEEPEST = 4
# What a table needs before anything else in it is looked at.
NEEDS = {"model_providers.*": 'name = "zz"', "mcp_servers.*": 'command = "zz"'}
# A server that is reached has other keys than one that is started.
ALSO = {"mcp_servers.*": 'url = "http://zz"'}
# Of tables with hundreds of keys that pages do not show, only that they are tables.
CLOSED_BOOKS = {"tui.keymap", "features", "hooks", "profiles.*.features"}
# Keys that stand in the binary only as parts of longer words; the names are those of the schema in Codex's repository.
NAMES = """
    agents analytics approval_policy approvals_reviewer apps base_url bearer_token_env_var cli_auth_credentials_store command
    cwd description disabled_tools enabled enabled_tools env env_http_headers env_key env_key_instructions env_vars exclude
    exclude_slash_tmp exclude_tmpdir_env_var experimental_bearer_token experimental_use_profile ghost_snapshot hide_agent_reasoning
    history http_headers ignore_default_excludes include_only inherit instructions log_dir max_bytes max_depth max_threads
    mcp_servers model model_catalog_json model_context_window model_instructions_file model_provider model_providers
    model_reasoning_effort model_reasoning_summary model_supports_reasoning_summaries model_verbosity network_access notifications
    notify oss_provider otel permissions persistence personality plan_mode_reasoning_effort profile profiles project_doc_fallback_filenames
    project_doc_max_bytes project_root_markers projects query_params request_max_retries required requires_openai_auth review_model
    sandbox_mode sandbox_workspace_write scopes set shell_environment_policy show_raw_agent_reasoning skills sqlite_home
    startup_timeout_ms startup_timeout_sec status_line stream_idle_timeout_ms stream_max_retries supports_websockets
    suppress_unstable_features_warning theme tool_output_token_limit tool_timeout_sec tools trust_level tui url view_image
    web_search websocket_connect_timeout_ms windows wire_api writable_roots animations alternate_screen show_tooltips
    exporter trace_exporter metrics_exporter environment log_user_prompt auth aws args refresh_interval_ms timeout_ms
    allow_login_shell apps_mcp_product_sku check_for_update_on_startup compact_prompt debug disable_paste_burst environment_id
    experimental_compact_prompt_file experimental_realtime_start_instructions experimental_realtime_ws_backend_prompt
    experimental_realtime_ws_base_url experimental_realtime_ws_model experimental_realtime_ws_startup_context
    experimental_thread_config_endpoint experimental_thread_store experimental_use_unified_exec_tool mcp_oauth_callback_port
    mcp_oauth_callback_url model_auto_compact_token_limit model_auto_compact_token_limit_scope openai_base_url tool_suggest
    default_tools_approval_mode supports_parallel_tool_calls client_id bundled config include_instructions discoverables
    notification_method notification_condition keymap session_picker_view terminal_title vim_mode_default raw_output_mode
    status_line_use_colors model_availability_nux span_attributes tracestate endpoint protocol tls headers
    extends filesystem network workspace_roots mode domains unix_sockets enable_socks5 proxy_url socks_url allow_local_binding
    config_file nickname_candidates path enabled_by_default disable_on_external_context generate_memories use_memories
    max_rollout_age_days max_rollouts_per_startup max_unused_days min_rollout_idle_hours extract_model consolidation_model
    source source_type ref last_updated last_revision sparse_paths microphone speaker allowed_domains context_size location
    city country region timezone transport voice sandbox sandbox_private_desktop websocket_connect_timeout_ms
    destructive_enabled open_world_enabled default_tools_enabled approval_mode
    oauth oauth_resource forced_login_method forced_chatgpt_workspace_id file_opener feedback plugins marketplaces memories
""".split()
# What is said where a value itself is taken.
TAKEN = "unknown configuration field|missing field|.*provider name must not be empty|invalid transport"
# Keys of a table in which any other key is a name.
OWN = {"agents": ["interrupt_message", "job_max_runtime_seconds", "max_depth", "max_threads"]}
PROBES = {"string": '"zz"', "integer": "7", "boolean": "true", "number": "1.5", "array": '["zz"]', "tables": "[{}]", "object": "{}"}


def said(text):
    """The first complaint about a configuration: its line, and its words; there always is one."""
    # A key that it does not know comes last, or it would go on and call somebody.
    text = "zz_end = 1\n" + text
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "config.toml").write_text(text)
        call = [PROGRAM, "exec", "--strict-config", "--skip-git-repo-check", "zz"]
        env = {"HOME": home, "CODEX_HOME": home, "PATH": os.environ["PATH"]}
        done = subprocess.run(call, cwd=home, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    found = re.search(r"config\.toml:(\d+):\d+: (.*)", done.stderr)
    return (int(found[1]) - 1, found[2]) if found else (0, "")


def header(path):
    return f"[{'.'.join('zz' if step == '*' else step for step in path)}]\n" if path else ""


def known(path, words, base):
    """The keys among some words that a table has."""
    found, left = [], list(words)
    while left:
        lines = header(path) + (base + "\n" if base else "")
        complaint = said(lines + "".join(f"{word} = {WEIRD}\n" for word in left))
        if complaint[1].startswith("unknown configuration field"):
            return found
        at = complaint[0] - lines.count("\n") - 1
        if not 0 <= at < len(left):
            return found
        found.append(left.pop(at))
    return found


def kinds(path, key, base):
    """The types that a key takes, and the words where it takes only some."""
    types, words = [], None
    start = f"{header(path)}{base + chr(10) if base else ''}"
    for name, value in PROBES.items():
        complaint = said(f"{start}{key} = {value}\n")
        message = complaint[1]
        variants = re.search(r"unknown variant `zz`, expected (?:one of )?(.*)", message)
        if name == "string" and variants:
            types.append("string")
            # Some words stand before a table only, and not alone.
            alone = lambda word: "unit variant" not in said(f'{start}{key} = "{word}"\n')[1]
            words = [word for word in re.findall(r"`([^`]*)`", variants[1]) if alone(word)]
        elif re.match(TAKEN, message):
            types.append(name)
    if not types and re.search("expected (a map|struct)", said(f'{start}{key} = "zz"\n')[1]):
        # It wants more in the table than an empty one has.
        types = ["object"]
    if "object" in types and "string" not in types:
        # It takes the values of a table in their order as well, which nobody writes.
        types = [name for name in types if name not in ("array", "tables")]
    return types, words


def table(path, words, pool):
    """The schema of a table."""
    name = ".".join(path)
    base = NEEDS.get(name, "")
    keys = {line.split(" = ")[0] for line in (base, ALSO.get(name, "")) if line} | set(OWN.get(name, []))
    result = {"type": "object", "additionalProperties": False, "properties": {}}
    if known(path, ["zzqx"], base):
        types, values = kinds(path, "zzqx", base)
        result["additionalProperties"] = value([*path, "*"], types, values, words, pool)
    else:
        chunks = [words[at : at + 3000] for at in range(0, len(words), 3000)]
        for start in [base, ALSO[name]] if name in ALSO else [base]:
            keys |= {key for found in pool.map(lambda chunk: known(path, chunk, start), chunks) for key in found}
    print(name or "(top)", len(keys), "keys", file=sys.stderr, flush=True)
    found = list(pool.map(lambda key: (key, *kinds(path, key, "" if base.startswith(key + " ") else base)), sorted(keys)))
    for key, types, values in found:
        result["properties"][key] = value([*path, key], types, values, words, pool)
    if name in OWN:
        result["additionalProperties"] = {"type": "object"}
    needed = [line.split(" = ")[0] for line in (base, ALSO.get(name, "")) if line]
    if len(needed) > 1:
        result["anyOf"] = [{"required": [key]} for key in needed]
    elif needed:
        result["required"] = needed
    else:
        lacking = re.match(r"missing field `(\w+)`", said(header(path))[1]) if path else None
        if lacking:
            result["required"] = [lacking[1]]
    if not result["properties"] and result["additionalProperties"] in (False, {}):
        # It takes keys in a way of its own, and nothing is known of them.
        return {"type": "object"}
    return result


def value(path, types, values, words, pool):
    """The schema of a value."""
    if "number" in types:
        types = [name for name in types if name != "integer"]
    forms = []
    for name in types:
        if name == "object":
            is_open = len(path) >= DEEPEST or ".".join(path) in CLOSED_BOOKS
            forms.append({"type": "object"} if is_open else table(path, words, pool))
        elif name == "string" and values:
            forms.append({"enum": values})
        elif name == "array":
            complaint = said(f"{header(path[:-1])}{path[-1] if path[-1] != '*' else 'zz'} = [7]\n")
            texts = "expected a string" in complaint[1]
            forms.append({"type": "array", "items": {"type": "string"}} if texts else {"type": "array"})
        elif name == "tables":
            if "array" not in types:
                forms.append({"type": "array", "items": {"type": "object"}})
        else:
            forms.append({"type": name})
    return forms[0] if len(forms) == 1 else {"anyOf": forms} if forms else {}


data = PROGRAM.read_bytes()
words = {word.decode() for word in re.findall(rb"(?<![A-Za-z0-9_])[a-z][a-z0-9_]{1,44}(?![A-Za-z0-9_])", data)}
words = sorted(words | set(NAMES))
print(len(words), "words", file=sys.stderr)
with ThreadPoolExecutor(4) as pool:
    result = table([], words, pool)
# It knows these keys only to refuse them, with every value.
for name in ("profile", "experimental_thread_store_endpoint"):
    result["properties"].pop(name, None)
# Names that a provider of one's own cannot have; it says which, one after the other.
taken = [name for name in ("openai", "ollama", "lmstudio") if "reserved" in said(f'[model_providers.{name}]\nname = "zz"\n')[1]]
result["properties"]["model_providers"]["propertyNames"] = {"not": {"enum": taken}}
# Two that it has itself take a table of other keys, without a name.
result["properties"]["model_providers"]["properties"] = {name: {"type": "object"} for name in ("amazon-bedrock", "amazon-bedrock-runtime")}
result = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$comment": f"What Codex {VERSION} says it reads from config.toml; made by scripts/codex-schema.py on {DATE}.",
    **result,
}
OUT.write_text(json.dumps(result, indent=1) + "\n")
