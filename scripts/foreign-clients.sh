#!/usr/bin/env bash
# Fetches the programs whose judgement of their own configurations our tests are held against.
#
#   scripts/foreign-clients.sh            into target/foreign/clients, which is never committed
#   scripts/foreign-clients.sh codex      Codex itself as well, 170 MB to fetch and 400 MB to keep
#
# | folder   | from                                         | what                              | licence    |
# |----------|----------------------------------------------|-----------------------------------|------------|
# | `node`   | npm `@continuedev/config-yaml` 1.42.0        | Continue's validator              | Apache-2.0 |
# | `node`   | npm `librechat-data-provider` 0.8.524        | LibreChat's validator             | ISC        |
# | `aider`  | PyPI `aider-chat` 0.86.2                     | the parser of Aider's options     | Apache-2.0 |
# | `python` | PyPI `configargparse`, `pyyaml` and others   | what that parser is made of       | MIT, …     |
# | `python` | PyPI `check-jsonschema` 0.39.0               | a second opinion on our schemas   | Apache-2.0 |
# | `codex`  | npm `@openai/codex` 0.171.0, for Linux       | Codex                             | Apache-2.0 |
#
# What is there already is not fetched again. Exits 1 where something could not be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

target=target/foreign/clients
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$target"

# keep NAME: puts a folder of the scratch folder in its place, whole or not at all.
keep() {
    rm -rf "${target:?}/$1" "${target:?}/.$1" &&
        cp -R "$scratch/$1" "$target/.$1" &&
        mv "$target/.$1" "$target/$1"
}

node_packages() {
    mkdir -p "$scratch/node" &&
        echo '{ "private": true, "type": "module" }' >"$scratch/node/package.json" &&
        npm install --silent --no-audit --no-fund --prefix "$scratch/node" \
            @continuedev/config-yaml@1.42.0 librechat-data-provider@0.8.524 >/dev/null
}

aider() {
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
        --dest "$scratch" aider-chat==0.86.2 &&
        python3 -m zipfile -e "$scratch"/aider_chat-0.86.2-*.whl "$scratch/aider"
}

python_packages() {
    python3 -m pip install --quiet --disable-pip-version-check --target "$scratch/python" \
        configargparse==1.7.1 pyyaml==6.0.3 shtab==1.8.0 packaging==26.0 python-dotenv==1.2.1 check-jsonschema==0.39.0
}

codex() {
    npm pack --silent --pack-destination "$scratch" @openai/codex@0.171.0-linux-x64 >/dev/null &&
        tar -xzf "$scratch/openai-codex-0.171.0-linux-x64.tgz" -C "$scratch" &&
        mkdir "$scratch/codex" && cp "$scratch"/package/vendor/*/bin/codex "$scratch/codex/"
}

missing=0
[ -d "$target/node" ] || { node_packages && keep node; } || missing=1
[ -d "$target/aider" ] || { aider && keep aider; } || missing=1
[ -d "$target/python" ] || { python_packages && keep python; } || missing=1
if [ "${1:-}" = codex ] && [ ! -d "$target/codex" ]; then
    codex && keep codex || missing=1
fi
exit "$missing"
