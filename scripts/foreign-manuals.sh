#!/usr/bin/env bash
# Fetches what others wrote and our tests are held against: two real manuals, and the specifications of Markdown.
#
#   scripts/foreign-manuals.sh            into target/foreign, which is never committed
#
# | folder      | from                    | what                                              | licence      |
# |-------------|-------------------------|---------------------------------------------------|--------------|
# | `openclaw`  | npm `openclaw` 2026.9.6 | its manual                                        | MIT          |
# | `fastmcp`   | PyPI `fastmcp` 4.2.3    | its manual                                        | Apache-2.0   |
# | `spec`      | PyPI `marko` 2.2.4      | the specifications of CommonMark 0.31.2, GFM 0.29 | CC BY-SA 4.0 |
#
# What is there already is not fetched again. Exits 1 where something could not be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."

target=target/foreign
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$target"

# keep FOLDER NAME: puts a folder of the scratch folder in its place, whole or not at all.
keep() {
    rm -rf "${target:?}/$2" "${target:?}/.$2" &&
        cp -R "$1" "$target/.$2" &&
        mv "$target/.$2" "$target/$2"
}

# npm_package NAME VERSION: the files of a package, in $scratch/package.
npm_package() {
    npm pack --silent --pack-destination "$scratch" "$1@$2" >/dev/null
    tar -xzf "$scratch/$1-$2.tgz" -C "$scratch" package/docs
}

# source_package NAME VERSION: the sources of a package, in $scratch/NAME-VERSION.
source_package() {
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary "$1" \
        --dest "$scratch" "$1==$2"
    tar -xzf "$scratch/$1-$2.tar.gz" -C "$scratch"
}

missing=0

if [ ! -d "$target/openclaw" ]; then
    npm_package openclaw 2026.9.6 && keep "$scratch/package/docs" openclaw || missing=1
fi
if [ ! -d "$target/fastmcp" ]; then
    source_package fastmcp 4.2.3 && keep "$scratch/fastmcp-4.2.3/docs" fastmcp || missing=1
fi
if [ ! -d "$target/spec" ]; then
    source_package marko 2.2.4 && keep "$scratch/marko-2.2.4/tests/spec" spec || missing=1
fi
exit "$missing"
