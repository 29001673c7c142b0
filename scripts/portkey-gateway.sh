#!/usr/bin/env bash
# Installs the real open-source Portkey gateway, which the mock's engine is held against.
#
#   scripts/portkey-gateway.sh            into target/foreign/portkey-gateway, which is never committed
#
# | folder                             | from                              | licence |
# |------------------------------------|-----------------------------------|---------|
# | `node_modules/@portkey-ai/gateway` | npm `@portkey-ai/gateway` 1.15.2  | MIT     |
# | `node_modules/hono` and its server | npm, as the gateway's own lock file has them: newer ones break its streams | MIT |
#
# The gateway hands a third value to what `async-retry` calls, which it patches that package for; the patch is not in what npm gives,
# so it is put in here. No script of a package is run. What is there already is not fetched again. Exits 1 where something could not
# be fetched, and where there is no Node to run it with.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v node >/dev/null || { echo "node is missing" >&2; exit 1; }
target=target/foreign/portkey-gateway
mkdir -p target/foreign
scratch=$(mktemp -d target/foreign/.portkey-gateway.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

if [ -d "$target" ]; then
    exit 0
fi
cat >"$scratch/package.json" <<'PACKAGE'
{
    "private": true,
    "dependencies": { "@portkey-ai/gateway": "1.15.2", "async-retry": "1.3.3" },
    "overrides": { "hono": "4.9.7", "@hono/node-server": "1.13.5", "@hono/node-ws": "1.2.0" }
}
PACKAGE
npm install --prefix "$scratch" --ignore-scripts --no-audit --no-fund --silent
sed 's/val = fn(bail, num);/val = fn(bail, num, op);/' "$scratch/node_modules/async-retry/lib/index.js" >"$scratch/patched.js"
grep -q 'fn(bail, num, op)' "$scratch/patched.js"
mv "$scratch/patched.js" "$scratch/node_modules/async-retry/lib/index.js"
# Whole or not at all.
mv "$scratch" "$target"
