#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens pages of `utsim report` in chromium without a window and uses them as a reader would.

`browser_test.py UTSIM SCENARIOS`. Speaks the DevTools protocol over a pair of pipes, so nothing but
Python and chromium is needed. Exits with 77 when UTSIM_BROWSER is not set or there is no chromium.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
TIMEOUT = 60


class Browser:
    """One browser with one page."""

    def __init__(self, program, folder):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        # The protocol is spoken over the descriptors 3 and 4.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}', program,
             "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--window-size=1400,900", f"--user-data-dir={folder}/profile"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.last = 0
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(domain + ".enable")

    def receive(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.read_end, 1 << 16)
            if not piece:
                raise RuntimeError("the browser has gone")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, page, fragment=""):
        self.events.clear()
        self.call("Page.navigate", url="about:blank")
        self.events.clear()
        self.call("Page.navigate", url=Path(page).resolve().as_uri() + fragment)
        end = time.monotonic() + TIMEOUT
        while self.value("document.readyState") != "complete":
            if time.monotonic() > end:
                raise RuntimeError(f"{page} does not load")
            time.sleep(0.01)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def key(self, name, code=0):
        text = {"text": name} if len(name) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name,
                      windowsVirtualKeyCode=code, **(text if kind == "keyDown" else {}))

    def complaints(self):
        """What the console shows, and requests to anywhere."""
        out = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                out.append(str(params["exceptionDetails"]))
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                out.append(str(params["args"]))
            elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
                out.append(params["entry"]["text"])
            elif method == "Page.javascriptDialogOpening":
                out.append("a dialog: " + params["message"])
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "about:")):
                    out.append("asks for " + url)
        return out

    def close(self):
        self.process.terminate()
        self.process.wait()


problems = []


def check(holds, what):
    if not holds:
        problems.append(what)
        print("FAILED:", what)


def report(utsim, source, page, *more):
    subprocess.run([utsim, "report", str(source), "-o", str(page), *more], check=True,
                   stdout=subprocess.DEVNULL)


CHOSEN = "document.querySelector('[aria-selected=true]')"


def every_scenario(browser, utsim, scenarios, folder):
    count = 0
    for source in sorted(scenarios.rglob("*.json")):
        page = folder / "one.html"
        made = subprocess.run([utsim, "report", str(source), "-o", str(page)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if made.returncode in (3, 4):
            continue  # several semantics, or files that are not there
        check(made.returncode == 0, f"{source.name}: exit {made.returncode}")
        browser.open(page)
        check(not browser.complaints(), f"{source.name}: {browser.complaints()}")
        check(browser.value("document.querySelectorAll('.row').length") > 0, f"{source.name}: rows")
        count += 1
    check(count > 100, f"pages are made ({count})")


def keys_and_links(browser, utsim, scenarios, folder):
    page = folder / "lost.html"
    report(utsim, scenarios / "contract/detach-loses-a-death-report.json", page)
    browser.open(page, "#step=13")
    check(browser.value(CHOSEN + ".textContent").startswith("13"), "a link to a step")
    check("utrace_control" in browser.value("document.getElementById('side').textContent"),
          "the panel tells what happens")
    browser.key("ArrowDown", 40)
    check(browser.value("location.hash") == "#step=16", "an arrow key goes on")
    check("tasks.target.utrace_flags" in browser.value(
        "document.querySelector('.state').textContent"), "the change that matters is shown")
    browser.key("ArrowUp", 38)
    check(browser.value("location.hash") == "#step=13", "and back")
    browser.key("End", 35)
    check(browser.value("location.hash") == "#step=20", "to the end")
    browser.key("Home", 36)
    check(browser.value("location.hash") == "#step=0", "to the beginning")
    browser.key("v", 86)
    check("Broken here" in browser.value("document.getElementById('side').textContent"),
          "to the broken promise")
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    roles = {node.get("role", {}).get("value") for node in tree}
    names = [node.get("name", {}).get("value", "") for node in tree]
    for role in ("main", "listbox", "option", "heading", "button", "complementary", "banner"):
        check(role in roles, f"the accessibility tree has a {role}")
    check(any("breaks C-" in name for name in names), "a row says that it breaks something")
    check(any(name == "Steps" for name in names), "the list has a name")
    check(not browser.complaints(), f"lost: {browser.complaints()}")


def ten_thousand(browser, utsim, folder):
    program = [{"op": "loop", "times": 1400,
                "program": [{"op": "syscall", "nr": "getpid", "ret": 7}, {"op": "compute"},
                            {"op": "compute"}]}]
    source = folder / "long.json"
    source.write_text(json.dumps({
        "format": "utsim.scenario/1", "title": "long",
        "tasks": [{"name": "t", "program": program}],
        "engines": [{"name": "e", "on": "t", "events": ["SYSCALL_ENTRY"]}]}))
    page = folder / "long.html"
    report(utsim, source, page)
    print("10,000 events:", page.stat().st_size, "bytes")
    start = time.monotonic()
    browser.open(page)
    rows = browser.value("Number(document.querySelector('.row').getAttribute('aria-setsize'))")
    check(rows > 5000, f"the long page has its rows ({rows})")
    print(f"opens in {time.monotonic() - start:.2f} s, {rows} rows")
    check(browser.value("document.querySelectorAll('.row').length") < 200, "only some are drawn")
    middle, slowest = browser.value("""(() => {
        const box = document.getElementById('scroll');
        const times = [];
        for (let at = 0; at < box.scrollHeight; at += 5000) {
            const start = performance.now();
            box.scrollTop = at;
            box.dispatchEvent(new Event('scroll'));
            window.dispatchEvent(new Event('resize'));
            times.push(performance.now() - start);
        }
        times.sort((a, b) => a - b);
        return [times[times.length >> 1], times[times.length - 1]];
    })()""")
    print(f"a jump of 200 rows takes {middle:.1f} ms, at most {slowest:.1f} ms")
    check(middle < 50, f"scrolling takes {middle:.1f} ms")
    before = browser.value("document.querySelector('.row').getAttribute('aria-setsize')")
    browser.key("f", 70)
    after = browser.value("document.querySelector('.row').getAttribute('aria-setsize')")
    check(before != after, "folding changes the number of rows")
    check(not browser.complaints(), f"long: {browser.complaints()}")


def hostile(browser, utsim, folder):
    evil = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>"
    source = folder / "<img src=x onerror=alert(1)>.json"
    source.write_text(json.dumps({
        "format": "utsim.scenario/1", "title": evil + "\u2028&lt;'\"`${window.hit = 1}",
        "note": evil,
        "tasks": [{"name": "t", "asm": [
            "mov eax, 1", "mov edi, 1", "lea rsi, [text]", f"mov edx, {len(evil)}", "syscall",
            "mov eax, 60", "syscall", f'text: db "{evil}"']}],
        "engines": [{"name": "e", "on": "t", "events": ["SYSCALL_ENTRY"]}]}))
    page = folder / "evil.html"
    report(utsim, source, page)
    browser.open(page)
    for _ in range(10):
        browser.key("ArrowDown", 40)
    check(browser.value("window.hit === undefined"), "nothing of a run is executed")
    check(browser.value("document.querySelectorAll('script').length") == 2, "two scripts")
    check(browser.value("document.querySelectorAll('img, svg').length") == 0, "no elements")
    check(not browser.complaints(), f"evil: {browser.complaints()}")


def side_by_side(browser, utsim, scenarios, folder):
    page = folder / "two.html"
    subprocess.run([utsim, "report", "--diff", "E1", "F",
                    str(scenarios / "contract/detach-loses-a-death-report.json"), "-o", str(page)],
                   check=True, stdout=subprocess.DEVNULL)
    browser.open(page)
    browser.key("ArrowDown", 40)
    check(browser.value("document.querySelectorAll('.row').length") > 5, "two runs have rows")
    check(not browser.complaints(), f"two: {browser.complaints()}")


def main():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not os.environ.get("UTSIM_BROWSER") or chromium is None:
        print("skipped: set UTSIM_BROWSER=1 and install chromium")
        return SKIPPED
    utsim, scenarios = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        browser = Browser(chromium, name)
        try:
            keys_and_links(browser, utsim, scenarios, folder)
            hostile(browser, utsim, folder)
            side_by_side(browser, utsim, scenarios, folder)
            ten_thousand(browser, utsim, folder)
            every_scenario(browser, utsim, scenarios, folder)
        finally:
            browser.close()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
