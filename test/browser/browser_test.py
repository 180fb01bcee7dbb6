#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens pages of `utsim report` in chromium without a window and uses them as a reader would.

`browser_test.py UTSIM SCENARIOS`. Speaks the DevTools protocol over a pair of pipes, so nothing but
Python and chromium is needed. Exits with 77 when UTSIM_BROWSER is not set or there is no chromium.
With UTSIM_ACCEPT the pictures in golden/ are taken anew.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from picture import difference

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

    def picture(self, page, fragment="", colours="light"):
        """A small PNG of the page as a window of 1200 by 760 shows it."""
        self.call("Emulation.setDeviceMetricsOverride", width=1200, height=760,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": colours}])
        self.open(page, fragment)
        clip = {"x": 0, "y": 0, "width": 1200, "height": 760, "scale": 0.5}
        data = self.call("Page.captureScreenshot", format="png", clip=clip)["data"]
        self.call("Emulation.setEmulatedMedia", features=[])
        self.call("Emulation.clearDeviceMetricsOverride")
        return base64.b64decode(data)

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


# A semantics under which the run of the pictures is another one.
DIFFERENT = "F,entry.order=first-attached-first"
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


def overlaps(browser, where):
    """Nothing that is written lies on something else, and heads stand above their lanes."""
    bad = browser.value("""(() => {
        const bad = [];
        const box = (node) => node.getBoundingClientRect();
        for (const row of document.querySelectorAll('.row')) {
            let right = -1;
            for (const span of row.children) {
                if (box(span).left < right - 1) bad.push('lanes in ' + row.textContent);
                right = box(span).right;
            }
        }
        const heads = document.getElementById('heads').children;
        const cells = document.querySelector('.row').children;
        if (heads.length !== cells.length) bad.push(heads.length + ' heads');
        for (let i = 0; i < heads.length; ++i) {
            if (Math.abs(box(heads[i]).left - box(cells[i]).left) > 1) bad.push('head ' + i);
        }
        if (document.documentElement.scrollWidth > innerWidth) bad.push('wider than the window');
        return bad;
    })()""")
    check(not bad, f"{where}: {bad}")


def contrast(browser, where):
    """Whether each text can be read: 4.5 to 1 against what is behind it."""
    bad = browser.value("""(() => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
        const paint = (colours) => {
            for (const colour of colours) {
                canvas.fillStyle = colour;
                canvas.fillRect(0, 0, 1, 1);
            }
            return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => {
                const c = byte / 255;
                return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            });
        };
        const light = (colours) => {
            const [r, g, b] = paint(colours);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const bad = new Set();
        for (const node of document.querySelectorAll('body *')) {
            const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TITLE'].includes(node.tagName)) continue;
            if (node.disabled) continue;
            const behind = [];
            for (let up = node; up; up = up.parentElement) {
                behind.unshift(getComputedStyle(up).backgroundColor);
            }
            const back = light(behind);
            const text = light([...behind, getComputedStyle(node).color]);
            const ratio = (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05);
            if (ratio < 4.5) {
                bad.add(node.textContent.slice(0, 30) + ' has ' + ratio.toFixed(1));
            }
        }
        return [...bad];
    })()""")
    check(not bad, f"{where}: {bad}")


TWO_PROCESSES = """
static long call(long nr, long a, long b, long c, long d) {
    long out;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(out) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return out;
}
void _start(void) {
    int ends[2];
    char text[8];
    call(22, (long)ends, 0, 0, 0);
    if (call(57, 0, 0, 0, 0) == 0) {
        call(1, ends[1], (long)"hello\\n", 6, 0);
        call(60, 3, 0, 0, 0);
    }
    call(1, 1, (long)text, call(0, ends[0], (long)text, sizeof text, 0), 0);
    call(61, -1, 0, 0, 0);
    call(231, 0, 0, 0, 0);
}
"""


def exec_page(utsim, folder):
    """A page about two processes and a pipe; nothing where there is no compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    (folder / "two.c").write_text(TWO_PROCESSES)
    subprocess.run([compiler, "-O1", "-static", "-nostdlib", "-fno-stack-protector", "-o", "two",
                    "two.c"], cwd=folder, check=True)
    subprocess.run([utsim, "exec", "--pack", "--trace=two.jsonl", "./two"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run([utsim, "report", "two.jsonl", "-o", "exec.html"], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "exec.html"


def pictures(browser, utsim, scenarios, folder):
    source = scenarios / "contract/detach-loses-a-death-report.json"
    # What a page shows of where it was made must not depend on where that was.
    shutil.copy(source, folder / "lost.json")
    shutil.copy(scenarios / "tutorial/guard.json", folder / "guard.json")
    for page, words in (("lost.html", ["lost.json"]),
                        ("two.html", ["--diff", "F", DIFFERENT, "guard.json"])):
        subprocess.run([utsim, "report", *words, "-o", page], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
    golden = Path(__file__).parent / "golden"
    shots = [("light", folder / "lost.html", "#step=13", "light"),
             ("dark", folder / "lost.html", "#step=20", "dark"),
             ("diff", folder / "two.html", "", "light")]
    page = exec_page(utsim, folder)
    if page is not None:
        shots.append(("exec", page, "#step=40", "light"))
    for name, page, fragment, colours in shots:
        taken = browser.picture(page, fragment, colours)
        overlaps(browser, name)
        check(len(taken) < 100_000, f"{name}.png has {len(taken)} bytes")
        kept = golden / (name + ".png")
        if os.environ.get("UTSIM_ACCEPT"):
            golden.mkdir(exist_ok=True)
            kept.write_bytes(taken)
        share = difference(taken, kept.read_bytes())
        print(f"{name}: {share:.1%} of the picture is another")
        check(share < 0.05, f"{name} looks different: {share:.1%}")
    for colours in ("light", "dark"):
        for page in (folder / "lost.html", folder / "two.html"):
            browser.call("Emulation.setEmulatedMedia",
                         features=[{"name": "prefers-color-scheme", "value": colours}])
            browser.open(page, "#step=13")
            contrast(browser, f"{page.name}, {colours}")
    browser.call("Emulation.setEmulatedMedia", features=[])


def in_print(browser, folder):
    """Every row is on the paper, and no text is cut."""
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.call("Emulation.setDeviceMetricsOverride", width=720, height=1000,
                 deviceScaleFactor=1, mobile=False)
    browser.open(folder / "lost.html")
    browser.value("window.dispatchEvent(new Event('beforeprint'))")
    cut = browser.value("""(() => [...document.querySelectorAll('.row > span:last-child')]
        .filter((n) => n.scrollWidth > n.clientWidth + 1 || n.scrollHeight > n.clientHeight + 1)
        .map((n) => n.textContent))()""")
    check(not cut, f"cut in print: {cut}")
    check(browser.value("document.documentElement.scrollWidth <= innerWidth"), "fits the paper")
    drawn = browser.value("document.querySelectorAll('.row').length")
    there = browser.value("Number(document.querySelector('.row').getAttribute('aria-setsize'))")
    check(drawn == there, f"{drawn} of {there} rows in print")
    browser.call("Emulation.clearDeviceMetricsOverride")
    browser.call("Emulation.setEmulatedMedia", media="")


def folder_of_findings(browser, utsim, scenarios, folder):
    source = scenarios / "contract/detach-loses-a-death-report.json"
    subprocess.run([utsim, "explore", str(source), "--report", str(folder / "found")],
                   stdout=subprocess.DEVNULL)
    browser.open(folder / "found/index.html")
    check(not browser.complaints(), f"index: {browser.complaints()}")
    links = browser.value("[...document.querySelectorAll('li h2 a')].map((a) => a.href)")
    check(len(links) > 0, "the index has links")
    for link in links[:3]:
        page = folder / "found" / link.rsplit("/", 1)[1]
        browser.open(page)
        check(browser.value("document.querySelectorAll('.row').length") > 0, f"{page.name}: rows")
        check(not browser.complaints(), f"{page.name}: {browser.complaints()}")
        back = browser.value("document.querySelector('#facts a').getAttribute('href')")
        check(back == "index.html", f"{page.name}: {back}")


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
            pictures(browser, utsim, scenarios, folder)
            in_print(browser, folder)
            folder_of_findings(browser, utsim, scenarios, folder)
            ten_thousand(browser, utsim, folder)
            every_scenario(browser, utsim, scenarios, folder)
        finally:
            browser.close()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
