"""Quality of the built site as a phone meets it.

    python scripts/audit.py [--runs 3] [--lang zh en]

Lighthouse (mobile, its own throttling), median of three runs, must give 100 in all four categories on the home page, the
page for the door and the calculator; the first view of every page, measured in a browser, within its limit with gzip; the
calculator's answer on a phone four times slower than this machine.
"""
from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hooks.loaded import limit_of  # noqa: E402  (needs ROOT on the path)
from scripts import browser, tools  # noqa: E402
from scripts.static_server import StaticServer  # noqa: E402

PAGES = ("", "visits/at-the-door/", "tools/true-cost/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# From 200 ms on people notice that they wait; the longest plan that the form takes may take half a second.
LATENCY_LIMIT_MS = 200
LONGEST_LIMIT_MS = 500
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


ORDINARY = "12 instalments"


def typed_cases() -> dict[str, dict[str, str]]:
    """What is typed into the calculator, field by field, from the commonest loan to the longest that the form takes."""
    plan = "\n".join(f"2026-{1 + k // 28:02d}-{1 + k % 28:02d} {120 + k % 7}.50" for k in range(330))
    return {
        ORDINARY: {"principal": "10000", "received": "9000", "instalment": "930", "periods": "12"},
        "360 instalments": {"principal": "30万", "instalment": "2147.29", "periods": "360"},
        "pasted list of 330 days": {"principal": "30000", "how": "list", "payout": "2025-12-31", "payments": plan},
    }


PRESS = """() => new Promise((resolve) => {
  const answer = document.querySelector('.calc__answer');
  answer.replaceChildren();
  const began = performance.now();
  document.querySelector('.calc__form [type=submit], form.calc [type=submit], [data-calculator] [type=submit]').click();
  const look = () => (answer.childElementCount ? requestAnimationFrame(() => resolve(performance.now() - began)) : requestAnimationFrame(look));
  look();
})"""


def fill(tab, fields: dict[str, str]) -> None:
    for name, text in fields.items():
        if name == "how":
            tab.locator(f"[name=how][value={text}]").check()
        else:
            tab.locator(f"#calc-{name}").fill(text)


def audit_latency(server: StaticServer, chromium, langs: list[str]) -> bool:
    """Time from the press of the button to the answer on the screen, on a slowed processor (milliseconds)."""
    good = True
    print(f"Calculator, processor slowed {SLOWER} times, from the button to the answer:")
    for lang in langs:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
        tab = context.new_page()
        context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        for name, fields in typed_cases().items():
            tab.goto(server.url + address(lang, "tools/true-cost/"), wait_until="networkidle")
            fill(tab, fields)
            # The first press also waits for nothing: the modules came when the first field got the focus.
            times = [tab.evaluate(PRESS) for _ in range(5)]
            median = statistics.median(times)
            limit = LATENCY_LIMIT_MS if name == ORDINARY else LONGEST_LIMIT_MS
            good &= median <= limit
            print(
                f"  {lang}: {name}: first {times[0]:.0f} ms, median of {len(times)} {median:.0f} ms (limit {limit} ms)"
                f"{'  TOO SLOW' if median > limit else ''}"
            )
        context.close()
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description="Audit the built site.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lang", nargs="+", choices=("zh", "en"), default=["zh", "en"])
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    path, version = browser.find()
    print(version)
    began = time.monotonic()
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
            good = audit_weights(server, chromium)
            good &= audit_latency(server, chromium, options.lang)
            chromium.close()
        good &= audit_lighthouse(server, path, options.lang, options.runs)
    print(f"{'good' if good else 'NOT good'}, {time.monotonic() - began:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
