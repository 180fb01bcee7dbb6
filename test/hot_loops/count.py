#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the host instructions that the hot loops take for each guest instruction.

callgrind counts them, so the result is the same on every machine and a slower commit shows without
a stopwatch. A loop that takes a tenth more than budgets.json allows for this compiler fails;
UTSIM_ACCEPT=1 writes down what was counted. Without valgrind, or without budgets for the compiler,
nothing is compared (exit code 77).
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BUDGETS = pathlib.Path(__file__).with_name("budgets.json")
GROWTH = 1.10
# What is counted, how it is run, the function that is watched, guest instructions.
LOOPS = [
    ("run", "run", "mixed registers", "hot_run", 1_000_000),
    ("run, calls", "run", "calls", "hot_run", 1_000_000),
    ("run, rep movsb", "run", "rep movsb", "hot_run", 20_000_000),
    ("run_observed", "run_observed", "mixed registers", "hot_observed", 500_000),
    ("step", "step", "mixed registers", "hot_step", 200_000),
    ("utsim run", "product", "mixed registers", "hot_product", 1_000_000),
    ("utsim run, each told", "observed", "mixed registers", "hot_product", 200_000),
    ("utsim run, tasks in turn", "switching", "mixed registers", "hot_product", 60_000),
]


def count(valgrind, program, way, loop, function, instructions, folder):
    command = [valgrind, "--tool=callgrind", f"--toggle-collect={function}",
               f"--callgrind-out-file={folder}/out", program, way, loop, str(instructions)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    collected = int(re.search(r"Collected : (\d+)", done.stderr).group(1))
    return round(collected / instructions, 2)


def main():
    program, compiler = sys.argv[1:]
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        print("skipped: no valgrind")
        return 77
    kept = json.loads(BUDGETS.read_text())
    accept = os.environ.get("UTSIM_ACCEPT") == "1"
    if compiler not in kept and not accept:
        print(f"skipped: no budgets for {compiler}; UTSIM_ACCEPT=1 makes them")
        return 77
    budgets = kept.setdefault(compiler, {})
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, way, loop, function, instructions in LOOPS:
            now = count(valgrind, program, way, loop, function, instructions, folder)
            if accept:
                budgets[name] = now
            budget = budgets.get(name)
            over = budget is None or now > budget * GROWTH
            failed |= over
            print(f"{name:26} {now:9.2f} of {budget} {'TOO MANY' if over else ''}")
    if accept:
        BUDGETS.write_text(json.dumps(kept, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
