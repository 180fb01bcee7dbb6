#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh [-DNAME=VALUE] MODEL: what SPIN's verifier says of a model in this folder, without partial
# order reduction: states, transitions, CPU seconds, MiB.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
spin -a "${@:1:$#-1}" "$folder/${!#}" >/dev/null
gcc -O2 -DNOREDUCE -DSAFETY -o pan pan.c
{ TIMEFORMAT=%U; time ./pan -E -m1000000 >out; } 2>time
states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' out)
transitions=$(sed -n 's/^ *\([0-9]*\) transitions.*/\1/p' out)
memory=$(sed -n 's/^ *\([0-9.]*\)\s*total actual memory usage.*/\1/p' out)
echo "$states $transitions $(tail -1 time) ${memory:-0}"
