#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each rule of tools/tidy.py finds its violation, and nothing is found in files without one."""

import contextlib
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path

SPEC = importlib.util.spec_from_file_location("tidy", sys.argv.pop(1))
TIDY = importlib.util.module_from_spec(SPEC)
sys.dont_write_bytecode = True
SPEC.loader.exec_module(TIDY)

CPP = "// SPDX-License-Identifier: MIT\n// An idea.\n"
HPP = "// SPDX-License-Identifier: MIT\n/// An idea.\n#pragma once\n"


def tidy(files):
    """The rules that fire on a tree of `files`, sorted."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        TIDY.ROOT = Path(folder).resolve()
        TIDY.findings.clear()
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = TIDY.main()
    rules = sorted(line.split(": ")[1] for line in output.getvalue().splitlines()[:-1])
    assert status == (1 if rules else 0), output.getvalue()
    return rules


class Tidy(unittest.TestCase):
    def finds(self, rule, name, text, **others):
        self.assertEqual(tidy({name: text, **others}), [rule] if rule else [])

    def in_sim(self, rule, code):
        self.finds(rule, "sim/sched/world.cpp", CPP + code + "\n")

    def test_clean(self):
        self.in_sim(None, "int f(int a) {\n    return a;\n}")

    def test_text(self):
        self.finds("newline", "sim/base/a.cpp", CPP + "int a;")
        self.finds("spdx", "sim/base/a.cpp", "// An idea.\n// More.\n")
        self.finds("idea", "sim/base/a.cpp", CPP.split("\n")[0] + "\n\nint a;\n")
        self.in_sim("line", "// " + "x" * 98)
        self.in_sim(None, "// " + "x" * 97)
        self.in_sim(None, 'auto a = R"(' + "x" * 98 + ')";')
        self.in_sim("space", "int a; ")
        self.in_sim("tab", "//\ttab")
        self.in_sim("leftover", "// TO" "DO: later")
        self.in_sim("path", '// see "/ro' 'ot/x"')
        self.finds("name", "sim/base/string_utils.cpp", CPP)
        self.finds("once", "sim/base/a.hpp", HPP.replace("#pragma once\n", ""))

    def test_sizes(self):
        self.finds("file", "sim/base/a.cpp", CPP + "int a;\n" * 500)
        self.finds(None, "sim/base/a.def", CPP + "int a;\n" * 500)
        self.in_sim(None, "void f() {\n" + "    g();\n" * 68 + "}")
        self.in_sim("function", "void f() {\n" + "    g();\n" * 69 + "}")
        self.in_sim("function", "F::F()\n    : a_{1}, b_(2) {\n" + "    g();\n" * 68 + "}")
        method = "    int f() const {\n" + "    g();\n" * 69 + "    }\n"
        self.in_sim("function", "class F {\n" + method + "};")
        self.in_sim(None, "class F {\n" + "    int f();\n" * 100 + "};")
        self.in_sim(None, "constexpr F table[] = {\n" + "    {g(1), 2},\n" * 100 + "};")

    def test_rooms(self):
        world = {"sim/sched/world.hpp": HPP, "sim/kernel/task.hpp": HPP, "cli/run.hpp": HPP}

        def includes(rule, name, header):
            self.finds(rule, name, f'{CPP}#include "{header}"\n', **world)

        includes(None, "sim/kernel/a.cpp", "sched/world.hpp")
        includes("room", "sim/sched/a.cpp", "kernel/task.hpp")
        includes(None, "sim/utrace/a.cpp", "kernel/task.hpp")
        includes("room", "sim/report/a.cpp", "cli/run.hpp")
        includes("include", "sim/kernel/a.cpp", "sched/nothing.hpp")
        includes("room", "sim/cpu/a.cpp", "sched/world.hpp")
        includes(None, "cli/a.cpp", "kernel/task.hpp")

    def test_public_headers(self):
        for header in ("<fmt/core.h>", "<boost/context/fiber.hpp>", "<nlohmann/json.hpp>"):
            self.finds("public", "include/utsim/a.hpp", f"{HPP}#include {header}\n")
        self.finds(None, "include/utsim/a.hpp", f"{HPP}#include <vector>\n#include <utsim/b.hpp>\n")
        fiber = CPP + "#include <boost/context/fiber.hpp>\n"
        self.finds("fiber", "sim/sched/a.cpp", fiber, **{"sim/sched/b.cpp": fiber})

    def test_calls(self):
        self.in_sim("clock", "auto a = time(nullptr);")
        self.in_sim("clock", "auto a = std::chrono::steady_clock::now();")
        self.in_sim("random", "int a = rand();")
        self.in_sim("random", "std::random_device a;")
        self.in_sim("hash", "std::unordered_map<int, int> a;")
        self.in_sim("pointer_key", "std::map<const Task*, int> a;")
        self.in_sim("getenv", 'auto a = std::getenv("A");')
        self.in_sim("stdout", 'std::printf("a");')
        self.in_sim("thread_local", "thread_local int a;")
        self.in_sim(None, "std::uint64_t time(int a);\nint strand(); // rand()")
        self.in_sim(None, 'const char* a = "rand()";')
        self.in_sim(None, "// tidy: allow thread_local (diagnostics only)\nthread_local int a;")
        self.in_sim("thread_local", "// tidy: allow thread_local\nthread_local int a;")
        self.finds(None, "cli/a.cpp", CPP + 'void f() { std::printf("a"); }\n')

    def test_markdown(self):
        self.finds(None, "a.md", "# A\n\n[b](b.md#c-d) [w](https://x.y)\n",
                   **{"b.md": "# B\n\n## C d\n"})
        self.finds("link", "a.md", "# A\n\n[b](b.md)\n")
        self.finds("link", "a.md", "# A\n\n[b](#nothing)\n")
        self.finds("title", "a.md", "# A\n\n# B\n")
        self.finds(None, "a.md", "# A\n\n```\n# B\n[x](y)\n```\n")


if __name__ == "__main__":
    unittest.main()
