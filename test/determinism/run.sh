#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Are the traces of 1,000 scenario x schedule pairs the same bytes in every build?
#
#   run.sh BUILD_DIR...      compares the builds with each other
#   run.sh --twice PROGRAM   compares two runs of one program (200 pairs)
set -euo pipefail

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

if [ "${1:-}" = --twice ]; then
    "$2" 200 >"$out/first"
    "$2" 200 >"$out/second"
    cmp "$out/first" "$out/second"
    echo "200 traces are the same twice"
    exit 0
fi

first=
for dir in "$@"; do
    program=$(find "$dir" -name utsim-determinism -type f | head -n 1)
    if [ -z "$program" ]; then
        echo "no utsim-determinism in $dir" >&2
        exit 1
    fi
    name=$(basename "$dir")
    "$program" >"$out/$name"
    if [ -z "$first" ]; then
        first=$name
    elif ! cmp -s "$out/$first" "$out/$name"; then
        echo "$first and $name differ:" >&2
        diff "$out/$first" "$out/$name" | head -n 10 >&2
        exit 1
    fi
done
echo "$(wc -l <"$out/$first") traces are the same bytes in $# builds: $*"
