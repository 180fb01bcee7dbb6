#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`schema_test.py UTSIM SCENARIOS`: the schema is one, and every shipped scenario satisfies it."""

import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(1 if os.environ.get("CI") else 77)


def main():
    command, folder = sys.argv[1:]
    done = subprocess.run([command, "schema"], check=True, capture_output=True)
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong = 0
    files = sorted(Path(folder).rglob("*.json"))
    for file in files:
        for error in validator.iter_errors(json.loads(file.read_text(encoding="utf-8"))):
            wrong += 1
            print(f"{file}: /{'/'.join(map(str, error.absolute_path))}: {error.message}")
    print(f"{len(files)} scenarios, {wrong} findings")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
