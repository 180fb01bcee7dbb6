#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Wrong inputs for the whole program: command lines, and files that are nearly right.

`command_line_fuzz.py UTSIM ROOT [--count=N] [--seed=N] [--keep=DIR]` makes N inputs from what is
shipped, runs the program on each, and wants of each run that it ends in time, with a documented
exit code that is not 70, and without a signal. The same seed gives the same inputs. Exit status 1
if any run is otherwise; its input is kept.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXIT_CODES = {0, 1, 2, 3, 4, 5, 6, 7}
PATIENCE = 60  # seconds; nothing here takes one
WORDS = ["", "F", "E1", "E9", "A1B2", "A0", "fair", "-1", "0", "1", "9223372036854775807",
         "-9223372036854775808", "18446744073709551616", "1e3", "lock", "access", "\x1b[2J", "\xff",
         "x" * 300, "SIGKILL", "SIGRTMIN+99", "UTRACE_STOP", "t", "[]", "{}", "null"]
NUMBERS = [0, 1, -1, 2, 255, 256, 1024, 65536, 2**31 - 1, 2**31, 2**32, 2**63 - 1, -2**63, 2**64,
           10**30, 1.5, -0.0]
OPTIONS = ["--semantics", "--schedule", "--seed", "--granularity", "--contract", "--format",
           "--require", "--max-steps", "--max-instructions", "--max-memory", "--budget",
           "--preemptions", "--strategy", "--runs", "--threads", "--generate", "--from", "--until",
           "--at", "--base", "--color", "--json", "--quiet", "--full", "--columns", "--explore",
           "--missed", "--bytes", "--help", "--list", "--limits"]
# What bounds the time of the verbs that run things.
SMALL = ["--max-steps=3000"]
VERBS = {"run": SMALL, "replay": SMALL, "explain": SMALL, "explore": SMALL + ["--budget=1"],
         "validate": [], "asm": [], "coverage": [], "semantics": [], "schema": [], "help": [],
         "diff": SMALL}
OFTEN = ["run", "run", "run", "replay", "explain", "validate", "explore", "diff"] * 2 + list(VERBS)


def mutate_bytes(dice, data):
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        at = dice.randrange(len(data) + 1)
        kind = dice.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = dice.randrange(256)
        elif kind == 1:
            del data[at:at + dice.choice([1, 2, 8, 100])]
        elif kind == 2:
            data[at:at] = dice.choice(WORDS).encode("utf-8", "surrogateescape")
        elif kind == 3:
            data[at:at] = data[at:at + dice.choice([1, 10, 1000])]
        elif kind == 4:
            data[at:at] = str(dice.choice(NUMBERS)).encode()
        else:
            other = dice.randrange(len(data) + 1)
            data[at:at] = data[other:other + 60]
    return bytes(data)


def places(value, path=()):
    """Every place of a tree: the list or object, and the index or key."""
    found = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        found.append((value, key))
        if isinstance(inner, (dict, list)):
            found += places(inner)
    return found


def mutate_tree(dice, tree):
    """Changes that leave it JSON, so that they get past the reader."""
    for _ in range(dice.choice([1, 1, 2, 4])):
        everywhere = places(tree)
        if not everywhere:
            break
        parent, key = dice.choice(everywhere)
        kind = dice.randrange(6)
        if kind == 0:
            parent[key] = dice.choice(NUMBERS)
        elif kind == 1:
            parent[key] = dice.choice(WORDS)
        elif kind == 2:
            parent.pop(key)
        elif kind == 3:
            parent[key] = [parent[key]] * dice.choice([0, 1, 2, 70])
        elif kind == 4:
            other, there = dice.choice(everywhere)
            parent[key] = json.loads(json.dumps(other[there]))
        elif isinstance(parent, dict):
            parent[dice.choice(WORDS)] = parent[key]
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def mutate_lines(dice, data):
    lines = data.split(b"\n")
    for _ in range(dice.choice([1, 1, 3])):
        at = dice.randrange(len(lines))
        kind = dice.randrange(4)
        if kind == 0:
            del lines[at]
            lines = lines or [b""]
        elif kind == 1:
            lines.insert(at, lines[dice.randrange(len(lines))])
        elif kind == 2:
            lines = lines[:at + 1]
        else:
            lines[at] = mutate_bytes(dice, lines[at])
    return b"\n".join(lines)


def looks_like_trace(data):
    return b"utsim.trace/" in data[:200]


class Fuzz:
    def __init__(self, program, root, seed, folder):
        self.program = program
        self.folder = folder
        self.dice = random.Random(seed)
        self.scenarios = sorted((root / "scenarios").rglob("*.json"))
        self.scenarios += sorted((root / "test" / "robust" / "files").glob("*.json"))
        self.semantics = b'{"format": "utsim.semantics/1", "preset": "E1", ' \
                         b'"choices": {"step.arm": "flags"}}'
        self.traces = self.make_traces()
        self.codes = {}
        self.slowest = (0.0, [])

    def make_traces(self):
        traces = []
        for path in self.scenarios[::29]:
            done = subprocess.run([self.program, "run", str(path), "--semantics=F", "--trace=-",
                                   "--max-steps=500"], capture_output=True, timeout=PATIENCE,
                                  check=False)
            begin = done.stdout.find(b'{"format"')
            end = done.stdout.rfind(b"}") + 1
            if begin >= 0:
                traces.append(done.stdout[begin:end] + b"\n")
        return traces

    def scenario(self):
        data = self.dice.choice(self.scenarios).read_bytes()
        if self.dice.randrange(3) != 0:
            return mutate_tree(self.dice, json.loads(data))
        return mutate_bytes(self.dice, data)

    def assembly(self):
        text = b"start: mov eax, 1\nl: mov rdi, [rel d+8]\nloop l\njmp start\nd: dq 1, l, 2+3*4\n" \
               b"x equ l+1\nresb 16\ntimes 3 nop\ndb 'text', 10, 0x1f\n"
        return mutate_bytes(self.dice, text)

    def trace(self):
        data = self.dice.choice(self.traces)
        pick = self.dice.randrange(3)
        return mutate_lines(self.dice, data) if pick != 0 else mutate_bytes(self.dice, data)

    def input_for(self, verb):
        if verb == "asm":
            return self.assembly()
        kind = self.dice.randrange(8)
        if kind == 0:
            return mutate_bytes(self.dice, self.semantics)
        if verb in ("replay", "explain") and kind < 5 or kind == 1:
            return self.trace()
        return self.scenario()

    def words_for(self, verb):
        words = []
        for _ in range(self.dice.choice([0, 0, 0, 0, 0, 0, 1, 3])):
            option = self.dice.choice(OPTIONS)
            if self.dice.randrange(3) != 0:
                option += "=" + str(self.dice.choice(self.dice.choice([WORDS, NUMBERS])))
            words.append(option.replace("\x00", ""))
        # Some options of a mutation would make the command as long as they say.
        words = [w for w in words
                 if not w.startswith(("--generate", "--max-steps", "--runs", "--budget"))
                 or len(w.split("=")[-1]) < 2]
        if verb == "diff":
            words = self.dice.choice([["F", "E1"], ["F", "F"], ["E5", "F,step.arm=flags"],
                                      ["F", "nobody"]]) + words
        if verb == "semantics":
            words = [self.dice.choice(["list", "show", "diff", "none"])] + words
        return words

    def one(self, number):
        verb = self.dice.choice(OFTEN)
        words = self.words_for(verb)
        command = [self.program, verb] + words
        bounds = VERBS[verb]
        data = b""
        if verb not in ("schema", "help", "semantics") and self.dice.randrange(20) != 0:
            data = self.input_for(verb)
            if verb in ("replay", "explain") and looks_like_trace(data):
                bounds = []  # it has those of its header
            path = self.folder / f"input-{number}"
            path.write_bytes(data)
            command.append(str(path))
        there = [word.split("=")[0] for word in words]
        command += [bound for bound in bounds if bound.split("=")[0] not in there]
        return command

    def run(self, number):
        """What was wrong with this run; empty when nothing was."""
        command = self.one(number)
        start = time.monotonic()
        try:
            done = subprocess.run([w.encode("utf-8", "replace") for w in command],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE,
                                  cwd=self.folder, check=False)
        except subprocess.TimeoutExpired:
            return f"it does not end: {command}"
        spent = time.monotonic() - start
        if spent > self.slowest[0]:
            self.slowest = (spent, command)
        self.codes[done.returncode] = self.codes.get(done.returncode, 0) + 1
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode not in EXIT_CODES:
            return f"exit status {done.returncode}: {command}\n{said[-2000:]}"
        if "AddressSanitizer" in said or "runtime error:" in said:
            return f"a sanitizer: {command}\n{said[:3000]}"
        if len(done.stderr) > 200_000:
            return f"{len(done.stderr)} bytes of messages: {command}"
        if "--json" in command and done.stdout and "--help" not in command:
            try:
                json.loads(done.stdout)
            except ValueError:
                return f"--json printed no JSON: {command}"
        return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("root", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2009)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        fuzz = Fuzz(str(Path(options.program).resolve()), options.root.resolve(), options.seed,
                    Path(folder))
        for number in range(options.count):
            what = fuzz.run(number)
            path = Path(folder) / f"input-{number}"
            if what:
                wrong += 1
                print(f"{number}: {what}", flush=True)
                if options.keep and path.exists():
                    options.keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, options.keep)
            path.unlink(missing_ok=True)
    codes = ", ".join(f"{code}: {count}" for code, count in sorted(fuzz.codes.items()))
    print(f"{options.count} runs, {wrong} wrong; exit statuses {codes}; "
          f"the slowest took {fuzz.slowest[0]:.1f} s: {fuzz.slowest[1]}")
    return 1 if wrong or not fuzz.codes else 0


if __name__ == "__main__":
    sys.exit(main())
