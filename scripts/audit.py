"""Quality of the built site as a phone meets it.

    python scripts/audit.py [--runs 3] [--lang zh en] [--only weights latency lighthouse]

Lighthouse (mobile, its own throttling), median of three runs, must give 100 in all four categories on the home page, the
page for the door and the calculator; the first view of every page, measured in a browser, within its limit with gzip; the
calculators' answers on a phone four times slower than this machine.
"""
from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hooks.loaded import limit_of  # noqa: E402  (needs ROOT on the path)
from scripts import browser, tools  # noqa: E402
from scripts.static_server import StaticServer  # noqa: E402

PAGES = ("", "visits/at-the-door/", "tools/true-cost/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LATENCY_LIMIT_MS = 50
# A cheap phone against the machine that runs this.
SLOWER = 4


def address(lang: str, page: str) -> str:
    return page if lang == "zh" else "en/" + page


def lighthouse(url: str, chromium: str) -> dict:
    """One run of Lighthouse with its defaults for a phone; the report as it writes it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            str(tools.node()), str(tools.lighthouse()), url, "--quiet", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}", "--form-factor=mobile",
            "--chrome-flags=--headless=new " + " ".join(browser.launch_args()),
        ]
        environ = dict(os.environ) | {"CHROME_PATH": chromium, "TMPDIR": folder}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=240, check=False)
        if done.returncode != 0 or not report.is_file():
            sys.exit(f"Lighthouse failed on {url}:\n{(done.stderr or done.stdout)[-3000:]}")
        return json.loads(report.read_text("utf-8"))


def failed_audits(report: dict) -> list[str]:
    """Audits that cost points, by category."""
    found = []
    for name in CATEGORIES:
        for ref in report["categories"][name]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                found.append(f"{name}: {ref['id']} {audit['score']} {audit.get('displayValue', '')}".rstrip())
    return found


def audit_lighthouse(server: StaticServer, chromium: str, langs: list[str], runs: int) -> bool:
    good = True
    print(f"Lighthouse {CATEGORIES}, mobile, median of {runs}:", flush=True)
    for lang in langs:
        for page in PAGES:
            reports = [lighthouse(server.url + address(lang, page), chromium) for _ in range(runs)]
            medians = {
                name: round(100 * statistics.median(r["categories"][name]["score"] or 0 for r in reports)) for name in CATEGORIES
            }
            perfect = all(score == 100 for score in medians.values())
            good &= perfect
            scores = " / ".join(str(medians[name]) for name in CATEGORIES)
            print(f"  {scores}  /{address(lang, page)}{'' if perfect else '  NOT 100'}", flush=True)
            if not perfect:
                for line in sorted({line for report in reports for line in failed_audits(report)}):
                    print(f"      {line}")
    return good


def audit_weights(server: StaticServer, chromium) -> bool:
    """What a phone really loads before a touch, service worker aside."""
    site = server.folder
    sizes = []
    for file in sorted(site.rglob("index.html")):
        page = file.relative_to(site).as_posix().removesuffix("index.html")
        context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, service_workers="block")
        tab = context.new_page()
        asked: list[str] = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.goto(server.url + page, wait_until="networkidle")
        context.close()
        total = 0
        for url in dict.fromkeys(asked):
            path = site / url.removeprefix(server.url).split("?")[0].split("#")[0]
            path = path / "index.html" if path.is_dir() else path
            total += len(gzip.compress(path.read_bytes(), 9))
        sizes.append((total, len(set(asked)), page, limit_of(file)))
    print("First view in a browser, with gzip:")
    for total, requests, page, limit in sorted(sizes, reverse=True):
        mark = f"  TOO HEAVY, the limit is {limit // 1024} KB" if total > limit else ""
        print(f"  {total / 1024:5.1f} KB  {requests:2d} requests  /{page}{mark}")
    return all(total <= limit for total, _, _, limit in sizes)


@dataclass(frozen=True)
class Case:
    """What is typed into a calculator before the button is pressed.

    Attributes:
        page: Address of the calculator without its language.
        name: What is typed, for the reader of the audit.
        fields: Text of each field by its id; a choice by its value.
        change: Field that is changed before each press, and its other text.
        pasted: Table text by the id of the cell into which it is pasted, as from a spreadsheet.
    """

    page: str
    name: str
    fields: dict[str, str]
    change: tuple[str, str]
    pasted: dict[str, str] = field(default_factory=dict)


def _days(first: str, count: int, step: int) -> list[str]:
    day = date.fromisoformat(first)
    return [(day + timedelta(days=step * number)).isoformat() for number in range(count)]


def typed_cases() -> list[Case]:
    """For each calculator the commonest case and the largest that its form takes."""
    debts = "\n".join(f"{15000 + 370 * n}\t{15 + n / 10:.1f}%" for n in range(30))
    payments = "\n".join(f"{day}\t600" for day in _days("2024-06-20", 30, 29))
    plan = "\n".join(f"{day} {120 + n % 7}.50" for n, day in enumerate(_days("2026-01-10", 360, 30)))
    loan = {"principal": "10000", "received": "9000", "instalment": "930", "periods": "12"}
    overdue = {"principal": "50000", "rate": "18%", "markup": "50%", "due": "2024-05-20", "until": "2026-11-24"}
    return [
        Case("true-cost", "12 instalments", loan, ("received", "8990")),
        Case("true-cost", "360 instalments", {"principal": "300000", "received": "290000", "instalment": "2147.29", "periods": "360"}, ("received", "289000")),
        Case("true-cost", "360 dated payments", {"principal": "30000", "how": "list", "payout": "2025-12-31", "payments": plan}, ("principal", "31000")),
        Case("schedule", "12 instalments", {"principal": "10000", "rate": "12%", "periods": "12"}, ("principal", "10001")),
        Case("schedule", "360 instalments", {"principal": "1000000", "rate": "4.9%", "periods": "360", "start": "2026-01-31"}, ("principal", "1000001")),
        Case("overdue-cost", "no payment", overdue, ("principal", "50001")),
        Case("overdue-cost", "30 payments", overdue, ("principal", "50001"), {"payments-0-date": payments}),
        Case("affordable-plan", "3 debts", {"budget": "2000"}, ("budget", "2001"), {"debts-0-balance": "20000\t24%\n12000\t18%\n8000\t21.6%"}),
        Case("affordable-plan", "30 debts x 120 months", {"budget": "10250", "strategy": "avalanche"}, ("budget", "10251"), {"debts-0-balance": debts}),
        Case("deadlines", "payment order", {"served": "2026-11-16"}, ("served", "2026-11-17")),
    ]


FILL = """([fields, pasted]) => {
  const form = document.querySelector('.calc__form');
  const say = (control) => ['input', 'change'].forEach((kind) => control.dispatchEvent(new Event(kind, {bubbles: true})));
  for (const [id, text] of Object.entries(fields)) {
    const control = form.elements[id] || document.getElementById('calc-' + id);
    if (!control) throw new Error('no field ' + id);
    (control.closest ? control : control[0]).closest('details')?.setAttribute('open', '');
    control.value = text;
    for (const one of control.length && !control.options ? control : [control]) say(one);
  }
  for (const [id, text] of Object.entries(pasted)) {
    const cell = document.getElementById('calc-' + id), clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    cell.closest('details')?.setAttribute('open', '');
    cell.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
  }
}"""
# How long after the press the new answer is on the screen, the first screen of figures below it, and all of the result.
#
# answer: what the browser itself measures from the press to the next paint (Event Timing, in steps of 8 ms; the figure behind
# "Interaction to Next Paint"); the answer has to be in that paint. first: the frame after the first figures were put in.
# whole: no part is hidden any more and the last row of the longest table stands.
WATCH = """(rows) => {
  const answer = document.querySelector('.calc__answer'), detail = document.querySelector('.calc__detail');
  const frame = () => new Promise((go) => requestAnimationFrame(() => go()));
  const old = answer.firstElementChild, old_part = detail.firstElementChild;
  const seen = {answered: false, duration: 0};
  new PerformanceObserver((list, observer) => {
    for (const {name, duration, startTime} of list.getEntries()) {
      if (name === 'click' && startTime >= began) seen.duration = Math.max(seen.duration, duration);
    }
    if (seen.duration) observer.disconnect();
  }).observe({type: 'event', durationThreshold: 16});
  const began = performance.now();
  // No frame is asked for before the press: the browser would be busy with it when the finger comes.
  const press = new Promise((go) => document.querySelector('.calc__go').addEventListener('click', ({timeStamp}) => {
    // The frame in which the press is painted begins with this; the answer has to stand by then.
    requestAnimationFrame(() => { seen.answered = answer.firstElementChild !== old && answer.checkVisibility(); });
    go(timeStamp);
  }, {once: true}));
  const there = () => ([...detail.children].some((part) => part.hidden) ? -1 : detail.querySelectorAll('tr').length);
  window.pressSeen = (async () => {
    const pressed = await press;
    while (detail.firstElementChild === old_part) {
      if (performance.now() - pressed > 20000) throw new Error('no new result after 20 s');
      await frame();
    }
    await frame();
    const first = performance.now() - pressed;
    // Without a number to wait for: until nothing more has come for half a second.
    let whole = first;
    for (let found = -2, last = performance.now(); rows ? there() < rows : performance.now() - last < 500; await frame()) {
      if (there() !== found) { found = there(); last = performance.now(); }
      if (performance.now() - pressed > 20000) throw new Error(`${there()} rows of ${rows} after 20 s`);
      whole = last - pressed;
    }
    if (rows) whole = Math.max(first, performance.now() - pressed);
    // An event that the browser does not report took less than 16 ms.
    for (let i = 0; i < 60 && !seen.duration; i++) await frame();
    return {answer: seen.duration || 16, answered: seen.answered, first, whole, rows: there()};
  })();
}"""
PRESSES = 7
# From the last key to the button, and on the button: less than a finger takes.
FINGER_MS, TOUCH_MS = 400, 80


# A page that does nothing but write one figure: what the machine and the browser take of the limit.
BARE = """<!doctype html><meta name="viewport" content="width=device-width"><button class="calc__go">0</button>
<script>
  const go = document.querySelector('button'), durations = window.durations = [];
  go.addEventListener('click', () => { go.textContent = +go.textContent + 1; });
  new PerformanceObserver((list) => {
    for (const {name, duration} of list.getEntries()) if (name === 'click') durations.push(duration);
  }).observe({type: 'event', durationThreshold: 16});
</script>"""


def touch(tab) -> None:
    """Press the button as a finger does. Without a locator: those listen to every event and would be measured with it."""
    point = tab.evaluate("""() => {
      const go = document.querySelector('.calc__go');
      go.scrollIntoView({block: 'center'});
      const {left, top, width, height} = go.getBoundingClientRect();
      return {x: left + width / 2, y: top + height / 2};
    }""")
    tab.wait_for_timeout(FINGER_MS)
    finger = tab.context.new_cdp_session(tab)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    tab.wait_for_timeout(TOUCH_MS)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finger.detach()


def slowed_page(chromium):
    """A new tab of a phone with a slowed processor."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    tab = context.new_page()
    context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return tab


def bare_press(chromium) -> float:
    """Milliseconds from a press to the next paint on BARE; the median."""
    tab = slowed_page(chromium)
    tab.set_content(BARE)
    for _ in range(PRESSES + 2):
        touch(tab)
        tab.wait_for_timeout(200)
    durations = tab.evaluate("durations")
    tab.context.close()
    return statistics.median(durations[2:] or [16])


def press(tab, change: dict[str, str], rows: int = 0) -> dict:
    """Change a field and press the button as a finger does; what WATCH saw, in milliseconds. rows: table rows of the result."""
    tab.evaluate(WATCH, rows)
    tab.evaluate(FILL, [change, {}])
    touch(tab)
    return tab.evaluate("window.pressSeen")


def audit_latency(server: StaticServer, chromium, langs: list[str]) -> bool:
    """Time from the press of the button to the painted answer, on a slowed processor (milliseconds)."""
    good = True
    print(f"Calculators, processor slowed {SLOWER} times, from the press, {FINGER_MS} ms after a change, to the painted answer (limit {LATENCY_LIMIT_MS} ms):")
    print(f"  a page with one button and nothing else: {bare_press(chromium):.0f} ms")
    for lang in langs:
        for case in typed_cases():
            tab = slowed_page(chromium)
            # Not "networkidle": a slowed page may be idle before its scripts have run.
            tab.goto(server.url + address(lang, f"tools/{case.page}/"), wait_until="load")
            # The first touch of a field fetches the arithmetic; a reader then types for longer than that takes.
            tab.evaluate("document.querySelector('.calc__form').querySelector('input, select').focus()")
            tab.wait_for_timeout(1500)
            tab.evaluate(FILL, [case.fields, case.pasted])
            tab.wait_for_timeout(1000)
            key, other = case.change
            texts = itertools.cycle([other, case.fields[key]])
            first = press(tab, {key: next(texts)})
            press(tab, {key: next(texts)}, first["rows"])
            times = [press(tab, {key: next(texts)}, first["rows"]) for _ in range(PRESSES)]
            tab.context.close()
            answer, figures, whole = (statistics.median(t[key] for t in times) for key in ("answer", "first", "whole"))
            slow, unseen = answer > LATENCY_LIMIT_MS, not all(t["answered"] for t in times)
            good &= not slow and not unseen
            print(
                f"  {lang} {case.page}, {case.name}: {answer:.0f} ms, median of {PRESSES} (first figures below it after {figures:.0f}; "
                f"all {first['rows']} rows after {whole:.0f}); first press {first['answer']:.0f}"
                f"{'  TOO SLOW' * slow}{'  ANSWER NOT IN IT' * unseen}", flush=True,
            )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="Audit the built site.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lang", nargs="+", choices=("zh", "en"), default=["zh", "en"])
    parts = ("weights", "latency", "lighthouse")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, help="leave out the other parts")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    path, version = browser.find()
    print(version)
    if os.getloadavg()[0] > 1:
        print(f"other work is going on here (load {os.getloadavg()[0]:.1f}): latencies and Lighthouse will be too bad")
    began, good = time.monotonic(), True
    with tempfile.TemporaryDirectory() as folder, StaticServer(compress=True) as server:
        site = Path(folder) / "site"
        environ = dict(os.environ) | {"SITE_URL": server.url, "NO_MKDOCS_2_WARNING": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(site)],
            cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        if done.returncode != 0:
            sys.exit(f"the build failed:\n{done.stdout[-4000:]}")
        server.folder = site
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=browser.launch_args())
            if "weights" in options.only:
                good &= audit_weights(server, chromium)
            if "latency" in options.only:
                good &= audit_latency(server, chromium, options.lang)
            chromium.close()
        if "lighthouse" in options.only:
            good &= audit_lighthouse(server, path, options.lang, options.runs)
    print(f"{'good' if good else 'NOT good'}, {time.monotonic() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
