#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`output_test.py UTSIM SOURCE`: what every command prints with --json has the form that it names.

Each command is run where it succeeds, where it finds something, where its input is wrong, and with
several files. The schemas come from `utsim schema`, and docs/schema has the same.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(1 if os.environ.get("CI") else 77)

# What is run, and the exit code. The folder has: ok.json and stop.json (they hold), bad.json (its
# expectation fails), lost.json (it expects a breach that does not come), wrong.json (mistakes),
# deaf.json (an expectation that never had a chance), two.json (cases), own.json (a semantics
# file), t.jsonl (a trace), other.jsonl (one that was edited), cut.jsonl (one without its end),
# nine (a program that exits with 9).
SITUATIONS = [
    ("demo", 0),
    ("new made", 0),
    ("new made", 3),
    ("new other --from=nothing", 2),
    ("new --list", 0),
    ("run ok.json", 0),
    ("run ok.json stop.json two.json", 0),
    ("run bad.json", 1),
    ("run lost.json", 1),
    ("run deaf.json", 0),
    ("run deaf.json --require=tested", 5),
    ("run ok.json bad.json wrong.json", 3),
    ("run wrong.json", 3),
    ("run nowhere.json", 3),
    ("run empty", 4),
    ("run ok.json --schedule=Z9", 1),
    ("run ok.json --trace=new.jsonl", 0),
    ("run ok.json --trace=stop.json", 3),
    ("run ok.json --trace=/dev/full", 7),
    ("run ok.json --what", 2),
    ("run two.json --semantics=F", 0),
    ("exec ./nine", 9),
    ("exec --contract=all --trace=nine.jsonl ./nine", 9),
    ("exec --max-instructions=2 ./nine", 1),
    ("exec --explore --runs=3 ./nine", 0),
    ("exec --until=hang ./nine", 0),
    ("exec --max-events=0 ./nine", 2),
    ("exec ./nowhere", 3),
    ("replay ok.json", 0),
    ("replay bad.json", 1),
    ("replay lost.json", 1),
    ("replay ok.json --schedule=Z9", 6),
    ("replay ok.json --granularity=access", 0),
    ("replay t.jsonl", 0),
    ("replay other.jsonl", 6),
    ("replay cut.jsonl", 0),
    ("replay wrong.json", 3),
    ("replay ok.json --at=3 --state", 0),
    ("replay ok.json --at=3 --state=tasks", 0),
    ("replay ok.json --at=100000 --state", 3),
    ("replay ok.json --state=0..3", 0),
    ("replay t.jsonl --state=0..3", 0),
    ("replay ok.json --only=callback", 0),
    ("report ok.json -o page.html --perfetto=run.pftrace", 0),
    ("report t.jsonl -o page.html", 0),
    ("report --diff E1 F ok.json -o page.html", 0),
    ("report wrong.json -o page.html", 3),
    ("report ok.json", 2),
    ("explore ok.json --preemptions=1", 0),
    ("explore bad.json", 1),
    ("explore ok.json --strategy=random --runs=3", 0),
    ("explore wrong.json", 3),
    ("run deaf.json --fail-on-vacuous", 1),
    ("run ok.json --junit=j.xml", 0),
    ("explore bad.json --junit=j.xml", 1),
    ("check --count=30 --orders=1 --deep=0 --no-failures --results=part.jsonl", None),
    ("check --list-weights", 0),
    ("check --count=30 --shard=9/8", 2),
    ("check --count=30 --results=ok.json", 3),
    ("merge part.jsonl --no-failures", None),
    ("merge ok.json", 3),
    ("minimize bad.json", 0),
    ("minimize ok.json", 3),
    ("museum --list", 0),
    ("museum B28 --show", 0),
    ("museum B28 --count=320", None),
    ("museum B999", 2),
    ("diff F F ok.json", 0),
    ("diff E1 E2 seed.json ok.json", 1),
    ("diff E1 E2 seed.json wrong.json", 3),
    ("diff E1 E2 seed.json --explore --runs=5", 1),
    ("diff E1 E2 --generate=5 --out=found", None),
    ("diff E1 E9 ok.json", 2),
    ("diff E1 E2", 2),
    ("explain seed.json", 0),
    ("explain t.jsonl", 0),
    ("explain wrong.json", 3),
    ("coverage ok.json", 0),
    ("coverage ok.json --missed", 0),
    ("coverage wrong.json", 3),
    ("validate ok.json own.json t.jsonl", 0),
    ("validate ok.json wrong.json nowhere.json", 3),
    ("semantics list", 0),
    ("semantics show E1", 0),
    ("semantics show own.json", 0),
    ("semantics diff E1 F", 0),
    ("semantics show E9", 3),
    ("asm code.s", 0),
    ("asm wrong.s", 3),
    ("completion bash", 0),
    ("help", 0),
    ("help run", 0),
    ("run --help", 0),
    ("help nothing", 2),
    ("version", 0),
    ("nothing", 2),
]

BAD = """{"format": "utsim.scenario/1",
 "tasks": [{"name": "t",
            "program": [{"op": "syscall", "nr": "getpid"}, {"op": "exit", "code": 7}]}],
 "engines": [{"name": "e", "events": ["SYSCALL_ENTRY", "SYSCALL_EXIT"]}],
 "expect": [%s]}
"""
NEVER = '{"sometimes": {"kind": "signal_taken"}}'
DEAF = """{"format": "utsim.scenario/1",
 "tasks": [{"name": "t", "program": [{"op": "exit", "code": 7}]}],
 "engines": [{"name": "e", "events": ["SIGNAL"], "default": {"signal": {"return": "RESUME",
   "do": [{"control": {"engine": "e", "action": "RESUME"}, "expect": 0}]}}}]}
"""


class Checker:
    def __init__(self, utsim, folder):
        self.utsim = utsim
        self.folder = folder
        self.validators = {}
        self.seen = {}
        self.wrong = 0

    def utsim_run(self, words, **more):
        return subprocess.run([self.utsim, *words.split()], cwd=self.folder, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False, **more)

    def validator(self, name):
        if name not in self.validators:
            schema = json.loads(self.utsim_run(f"schema {name}").stdout)
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validators[name] = jsonschema.Draft202012Validator(schema)
        return self.validators[name]

    def complain(self, words, text):
        self.wrong += 1
        print(f"utsim {words}: {text}")

    def check(self, name, value, words):
        for error in self.validator(name).iter_errors(value):
            where = "/".join(map(str, error.absolute_path))
            self.complain(words, f"{name}: /{where}: {error.message[:300]}")

    def situation(self, words, code):
        # What stands behind a program is the program's.
        exec_words = words.replace("exec ", "exec --json ", 1)
        done = self.utsim_run(exec_words if words.startswith("exec ") else words + " --json")
        if code is not None and done.returncode != code:
            self.complain(words, f"exit {done.returncode}, expected {code}")
        try:
            document = json.loads(done.stdout)
        except ValueError:
            self.complain(words, f"prints no JSON document: {done.stdout[:200]!r}")
            return
        name, version = document.get("format", "none/0").removeprefix("utsim.").split("/")
        if version != "1":
            self.complain(words, f"a form that is not known: {document.get('format')}")
            return
        self.seen.setdefault(name, set()).add(done.returncode)
        self.check(name, document, words)
        if done.returncode in (2, 3, 7) and not document.get("errors"):
            self.complain(words, f"exit {done.returncode} without a word in `errors`")

    def traces(self, scenarios):
        lines = 0
        for scenario in scenarios:
            done = self.utsim_run(f"run {scenario} --semantics=F --granularity=access --trace=-")
            for line in done.stdout.decode().splitlines():
                if line.startswith("{"):
                    lines += 1
                    self.check("trace", json.loads(line), f"run {scenario} --trace=-")
        print(f"{lines} lines of traces")
        return lines


def program_that_exits(code):
    """A static program of three instructions."""
    body = b"\xbf" + struct.pack("<I", code) + b"\xb8\xe7\0\0\0\x0f\x05"  # exit_group(code)
    at, size = 0x400000, 64 + 56 + len(body)
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, at + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, at, at, size, size, 4096) + body


def prepare(checker, source):
    """The files that the situations name."""
    scenarios = source / "scenarios"
    folder = checker.folder
    (folder / "ok.json").write_text((scenarios / "tutorial/signal.json").read_text())
    (folder / "stop.json").write_text((scenarios / "tutorial/stop.json").read_text())
    (folder / "seed.json").write_text(
        (scenarios / "seed/step-at-syscall-entry.json").read_text())
    (folder / "bad.json").write_text(BAD % NEVER)
    (folder / "deaf.json").write_text(DEAF)
    (folder / "lost.json").write_text(BAD % '{"contract": ["C-038"]}')
    (folder / "wrong.json").write_text('{"format": "utsim.scenario/1", "taskz": []}')
    (folder / "two.json").write_text(next(
        text for text in (f.read_text() for f in sorted(scenarios.rglob("*.json")))
        if '"cases"' in text))
    (folder / "own.json").write_text(
        '{"format": "utsim.semantics/1", "title": "own", "preset": "E1", "choices": {}}')
    (folder / "code.s").write_text("start: mov edi, 1\n int3\n value: dq start\n")
    (folder / "wrong.s").write_text("moov edi, 1\n")
    (folder / "empty").mkdir()
    (folder / "nine").write_bytes(program_that_exits(9))
    (folder / "nine").chmod(0o755)
    checker.utsim_run("run ok.json --trace=t.jsonl")
    trace = (folder / "t.jsonl").read_text()
    (folder / "cut.jsonl").write_text("".join(trace.splitlines(keepends=True)[:-1]))
    (folder / "other.jsonl").write_text(trace.replace('"quiet"', '"limit"'))


def check_files(checker, source):
    """docs/schema is what the command prints; UTSIM_ACCEPT=1 makes it so."""
    done = json.loads(checker.utsim_run("help schema --json").stdout)
    names = checker.utsim_run("schema nothing").stderr.decode()
    forms = [word.strip(",\n") for word in names.split(": it is ")[1].split() if word != "or"]
    forms = forms[:forms.index("errors") + 1]
    assert done["name"] == "schema" and len(forms) > 10
    for form in forms:
        file = source / "docs/schema" / f"{form}-1.json"
        printed = checker.utsim_run(f"schema {form}").stdout.decode()
        if os.environ.get("UTSIM_ACCEPT"):
            file.write_text(printed)
        elif not file.exists() or file.read_text() != printed:
            checker.complain(f"schema {form}", f"{file} is not what is printed (UTSIM_ACCEPT=1)")
    return forms


def main():
    utsim, source = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        checker = Checker(utsim, Path(name))
        prepare(checker, source)
        forms = check_files(checker, source)
        for words, code in SITUATIONS:
            checker.situation(words, code)
        lines = checker.traces(sorted((source / "scenarios").rglob("*.json"))[::6])
        for form in forms:
            if form not in checker.seen and form not in ("scenario", "semantics", "trace"):
                checker.complain(form, "no situation prints this form")
        print(f"{len(SITUATIONS)} situations, {len(checker.seen)} forms, {checker.wrong} findings")
        return 1 if checker.wrong or lines < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
