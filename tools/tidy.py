#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The house rules that neither the compiler nor clang-format knows.

`tidy.py [ROOT]` prints one `file:line: rule: message` for each finding and exits 1 when there is
any. A rule about calls is lifted for one line by `// tidy: allow RULE (reason)`, on it or on the
line before.
"""

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()

LINE_MAX = 100
FILE_MAX = 500
FUNCTION_MAX = 70

# In the order in which they may include each other; cmake/Rooms.cmake links them in the same order.
ROOMS = ("base event semantics cpu sched utrace kernel process engines vocabulary "
         "scenario trace contract explore view report debug check").split()
# The state machine and what it plugs into know each other, as in the kernel.
EACH_OTHER = {("utrace", "kernel")}

# Code whose results a trace can show. (rule, pattern, what is wrong with it)
CALLS = [
    ("clock", r"\btime\s*\(\s*(nullptr|NULL|0|&)|\bclock\s*\(\s*\)|clock_gettime|gettimeofday"
              r"|(system|steady|high_resolution)_clock|__rdtsc", "reads the host's clock"),
    ("random", r"\bs?rand\s*\(|random_device|\bgetrandom\b|\barc4random", "is not repeatable"),
    ("hash", r"std::hash\b|\bunordered_(map|set|multi)", "has an order that libraries choose"),
    ("pointer_key", r"std::(map|set|multimap|multiset)<\s*(const\s+)?[\w:]+\s*\*",
     "is ordered by host addresses"),
    ("getenv", r"\bgetenv\b", "depends on the environment"),
    ("stdout", r"(?<![\w.>])(std::)?(printf|puts|putchar)\s*\(|std::cout\b|\bstdout\b",
     "prints; results go through the writers"),
    ("locale", r"\bsetlocale\b|std::locale\b", "depends on the locale"),
    ("thread_local", r"\bthread_local\b", "is not part of a snapshot"),
]

BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc)(_|$)")
LEFTOVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(wor" r"k|roo" r"t|home/\w+)/"
                     r"|shar" r"ed/(spec|golden|seed|research)")

CODE = {".cpp", ".hpp", ".def"}
SCRIPTS = {".py", ".sh", ".cmake"}
SCRIPT_NAMES = {"CMakeLists.txt", "dev", "run", ".clang-format", ".clang-tidy", ".editorconfig"}
TEXT = CODE | SCRIPTS | {".md", ".json", ".txt", ".S", ".in"}

TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
RAW_STRING = re.compile(r'\bR"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"', re.S)
MACRO = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)

findings = []


def report(path, line, rule, message):
    findings.append((str(path.relative_to(ROOT)), line, rule, message))


def blank(match):
    """What a comment, string or macro leaves behind: its line ends and a quote."""
    text = match.group(0)
    return (text[0] if text[0] in "\"'" else "") + "\n" * text.count("\n")


def files():
    skipped = {"build", ".git", ".utsim", "__pycache__", "golden"}
    stack = [ROOT]
    while stack:
        for path in sorted(stack.pop().iterdir()):
            if path.is_symlink() or path.name in skipped or path.name.startswith("build-"):
                continue
            if path.is_dir():
                stack.append(path)
            elif path.suffix in TEXT or path.name in SCRIPT_NAMES:
                yield path


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_text(path, text, lines):
    """Rules for everything that people read or write."""
    if text and not text.endswith("\n"):
        report(path, len(lines), "newline", "no line end at the end of the file")
    for pattern, rule, message in ((LEFTOVER, "leftover", "finish it or open an issue"),
                                   (MACHINE, "path", "a path of one machine")):
        for match in pattern.finditer(text):
            report(path, line_of(text, match.start()), rule, f"{match.group(0)}: {message}")
    if path.suffix in {".md", ".json"}:
        return
    first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else lines[:1]
    if "SPDX-License-Identifier: MIT" not in "".join(first):
        report(path, 1, "spdx", "the first line is not the licence line")
    raw = set()  # what tests give to programs may be as wide as it is
    for match in RAW_STRING.finditer(text):
        raw.update(range(line_of(text, match.start()), line_of(text, match.end()) + 1))
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_MAX and number not in raw:
            report(path, number, "line", f"{len(line)} columns, at most {LINE_MAX}")
        if line.endswith((" ", "\t")):
            report(path, number, "space", "space at the end of the line")
        if "\t" in line:
            report(path, number, "tab", "a tab")
    if len(lines) > FILE_MAX and path.suffix != ".def":
        report(path, 1, "file", f"{len(lines)} lines, at most {FILE_MAX}: two ideas?")
    if BANNED_NAMES.search(path.stem):
        report(path, 1, "name", "name the file after the one noun in it")


def room_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "sim" and len(parts) > 2:
        return parts[1]
    return "engines" if parts[0] == "engines" else None


def check_includes(path, text, seen_context):
    public = path.parent == ROOT / "include" / "utsim"
    room = room_of(path)
    for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
        quote, name = match.groups()
        line = line_of(text, match.start(2))
        if name.startswith("boost/context"):
            seen_context.append((path, line))
        if public and not (quote == "<" and re.fullmatch(r"[a-z_0-9]+|utsim/\w+\.hpp", name)):
            report(path, line, "public", f"{name}: public headers need only std and each other")
        if quote == '"':
            check_quoted(path, line, name, room)


def check_quoted(path, line, name, room):
    folders = [ROOT / "sim", ROOT]
    if path.is_relative_to(ROOT / "test"):
        folders += [ROOT / "test", path.parent]
    if not any((folder / name).exists() for folder in folders):
        report(path, line, "include", f"{name} is not below sim/ or the root")
        return
    other = name.split("/")[0]
    if room is None:
        return
    if other not in ROOMS:
        report(path, line, "room", f"{room} includes {name}, which is in no room")
    elif ROOMS.index(other) > ROOMS.index(room) and (room, other) not in EACH_OTHER:
        report(path, line, "room", f"{room} comes before {other} and may not include {name}")


def check_calls(path, bare, lines):
    bare_lines = bare.split("\n")
    for rule, pattern, message in CALLS:
        if not re.search(pattern, bare):
            continue
        for number, line in enumerate(bare_lines, 1):
            match = re.search(pattern, line)
            near = "".join(lines[max(0, number - 2):number])
            if match and not re.search(rf"tidy: allow {rule} \(\w", near):
                report(path, number, rule, f"{match.group(0).strip()} {message}")


def check_functions(path, bare):
    """Measures every outermost function; what is inside it (a lambda, a class) is part of it."""
    stack = []  # for each open brace: "scope" (namespace, class), or the line where something began
    head = 0
    for match in re.finditer(r"[{};]", bare):
        position = match.start()
        inside = next((entry for entry in stack if entry != "scope"), None)
        if match.group(0) == "{":
            if inside is None:
                text = bare[head:position].strip()
                scope = re.search(r"\b(namespace|class|struct|union|enum|extern)\b[^()=]*"
                                  r"(\balignas\([^)]*\)[^()=]*)?$", text)
                function = "(" in text and not text.endswith("=")
                start = head + len(bare[head:position]) - len(bare[head:position].lstrip())
                stack.append("scope" if scope else (line_of(bare, start), function))
            else:
                stack.append("inner")
        elif match.group(0) == "}":
            if not stack:
                return  # unbalanced, by a macro: clang-format and the compiler see to it
            entry = stack.pop()
            if isinstance(entry, tuple):
                length = line_of(bare, position) - entry[0] + 1
                if entry[1] and length > FUNCTION_MAX:
                    report(path, entry[0], "function", f"{length} lines, at most {FUNCTION_MAX}")
                if bare[position + 1:position + 200].lstrip()[:1] in (",", "{"):
                    continue  # a braced member of a constructor: its body is still to come
        if not any(entry != "scope" for entry in stack):
            head = position + 1


def check_code(path, text, lines, seen_context):
    check_includes(path, text, seen_context)
    bare = MACRO.sub(blank, TOKENS.sub(blank, text))
    if room_of(path):
        check_calls(path, bare, lines)
    check_functions(path, bare)
    if path.suffix == ".hpp" and not re.search(r"^#pragma once$", text, re.M):
        report(path, 1, "once", "no #pragma once")
    if len(lines) > 1 and not lines[1].startswith("//"):
        report(path, 2, "idea", "the second line does not begin to say what the file is about")


def slug(title):
    title = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", lambda m: m.group(1) or "", title.strip().lower())
    return re.sub(r"[^\w\- ]", "", title).replace(" ", "-")


def headings(text):
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return re.findall(r"^(#+)[ \t]+(.*)$", prose, re.M)


def check_markdown(path, text):
    titles = [title for level, title in headings(text) if level == "#"]
    if len(titles) != 1:
        report(path, 1, "title", f"{len(titles)} titles of the first level, not one")
    bare = re.sub(r"^```.*?^```|`[^`\n]*`", blank, text, flags=re.S | re.M)
    for match in re.finditer(r"\]\(([^)\s]+)\)", bare):
        target, _, anchor = match.group(1).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        line = line_of(bare, match.start())
        found = (path.parent / target).resolve() if target else path
        if not found.exists():
            report(path, line, "link", f"{target} does not exist")
        elif anchor and found.suffix == ".md":
            names = [slug(title) for _, title in headings(found.read_text(encoding="utf-8"))]
            if anchor not in names:
                report(path, line, "link", f"{target or path.name} has no heading #{anchor}")


def main():
    seen_context = []
    count = 0
    for path in files():
        count += 1
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        check_text(path, text, lines)
        if path.suffix in CODE:
            check_code(path, text, lines, seen_context)
        if path.suffix == ".md":
            check_markdown(path, text)
    for path, line in seen_context[1:]:
        report(path, line, "fiber", "boost/context is included by another file already")
    for finding in sorted(findings):
        print("{}:{}: {}: {}".format(*finding))
    print(f"tidy: {count} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
