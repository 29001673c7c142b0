#!/usr/bin/env bash
# Fetches the clients that our mock gateway is held against.
#
#   scripts/foreign-sdks.sh     into target/foreign/sdks, which is never committed; 550 MB, of them 250 for LiteLLM
#
# | folder   | from                                                                    | licence         |
# |----------|-------------------------------------------------------------------------|-----------------|
# | `python` | PyPI `openai` 3.57.0, `google-genai` 3.6.1, `portkey-ai` 2.3.4          | Apache-2.0, MIT |
# | `python` | PyPI `anthropic` 2.15.0, `ollama` 0.6.3, `litellm` 1.110.2              | MIT             |
# | `node`   | npm `openai` 6.49.0, `@google/genai` 2.32.0                             | Apache-2.0      |
# | `node`   | npm `@anthropic-ai/sdk` 1.15.0, `portkey-ai` 3.1.0, `ollama` 0.6.4      | MIT             |
# | `node`   | npm `ai` 6.0.326 and four `@ai-sdk` packages                            | Apache-2.0      |
#
# What is there already is not fetched again. Exits 1 where something could not be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

target=target/foreign/sdks
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$target"

# keep NAME: puts a folder of the scratch folder in its place, whole or not at all.
keep() {
    rm -rf "${target:?}/$1" "${target:?}/.$1" &&
        cp -R "$scratch/$1" "$target/.$1" &&
        mv "$target/.$1" "$target/$1"
}

python_packages() {
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile --target "$scratch/python" \
        openai==3.57.0 anthropic==2.15.0 google-genai==3.6.1 ollama==0.6.3 portkey-ai==2.3.4 litellm==1.110.2
}

node_packages() {
    mkdir -p "$scratch/node" &&
        echo '{ "private": true, "type": "module" }' >"$scratch/node/package.json" &&
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$scratch/node" \
            openai@6.49.0 @anthropic-ai/sdk@1.15.0 portkey-ai@3.1.0 ollama@0.6.4 @google/genai@2.32.0 \
            ai@6.0.326 @ai-sdk/openai@3.0.141 @ai-sdk/anthropic@3.0.140 @ai-sdk/google@3.0.141 \
            @ai-sdk/openai-compatible@2.0.92 >/dev/null
}

missing=0
[ -d "$target/python" ] || { python_packages && keep python; } || missing=1
[ -d "$target/node" ] || { node_packages && keep node; } || missing=1
exit "$missing"
