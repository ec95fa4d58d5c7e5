"""Build time of both languages, speed of each formula, and agreement of the two engines on many random cases.

    python scripts/bench.py [--builds 5] [--cases 50000] [--formula schedules ...] [--seed N]

Any part is left out with 0 (--builds 0, --cases 0) or --no-speed.
"""
from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# Both languages on 2 cores; a second at a dozen pages a language, and it grows with them.
BUILD_LIMIT_SECONDS = 6.0


def build_seconds(target: Path) -> tuple[float, float]:
    """One strict build of both languages: seconds by MkDocs' own clock, and of the whole process."""
    environ = dict(os.environ) | {"NO_MKDOCS_2_WARNING": "1"}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(target)],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    process = time.perf_counter() - began
    # The English build runs inside the Chinese one, which says its time last.
    said = re.findall(r"Documentation built in ([\d.]+) seconds", done.stdout)
    if done.returncode != 0 or not said:
        sys.exit(f"the build failed:\n{done.stdout[-4000:]}")
    return float(said[-1]), process


def bench_builds(count: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "site"
        build_seconds(target)  # the first one also writes byte code
        builds, processes = zip(*(build_seconds(target) for _ in range(count)))
        pages = sum(1 for _ in target.rglob("*.html"))
    median = statistics.median(builds)
    print(
        f"build: {pages} pages in two languages, median of {count}: {median:.2f} s "
        f"({min(builds):.2f} to {max(builds):.2f}; limit {BUILD_LIMIT_SECONDS:.0f} s); "
        f"with the start of Python {statistics.median(processes):.2f} s"
    )
    return median < BUILD_LIMIT_SECONDS


SPEED = """async ([engine, text, seconds]) => {
  const revive = (key, value) =>
    value !== null && typeof value === 'object' && typeof value.int === 'string' ? BigInt(value.int) : value;
  const [module, name, given] = JSON.parse(text, revive);
  const functions = await import(engine + module + '.js');
  const began = performance.now();
  let runs = 0, now = began;
  while (now - began < seconds * 1000) { functions[name](...given); runs += 1; now = performance.now(); }
  return runs / (now - began) * 1000;
}"""
SPEED_SECONDS = 0.7


def bench_speed(page, engine: str) -> None:
    """Calls a second of every calculator's formula, warm, on its ordinary and on its largest case."""
    from tests.engine import largest_cases
    from tests.engine.agree import _tagged

    print("speed of the engine, results a second (Python, browser):")
    page.goto(engine + "money.js")
    for label, call in largest_cases.calls():
        module, name, given = call
        function = getattr(importlib.import_module(f"macros.engine.{module}"), name)
        function(*given)
        began, runs = time.perf_counter(), 0
        while (took := time.perf_counter() - began) < SPEED_SECONDS:
            function(*given)
            runs += 1
        text = json.dumps(_tagged(call))
        page.evaluate(SPEED, [engine, text, SPEED_SECONDS / 2])
        print(f"  {label}: {runs / took:,.0f}, {page.evaluate(SPEED, [engine, text, SPEED_SECONDS]):,.0f}", flush=True)


def bench_agreement(page, engine: str, formulas: list[str], count: int, seed: int) -> bool:
    from macros import data
    from scripts import agreement

    good = True
    # The sum of a calculator's page is what the number counts; other functions of its module come on top.
    mains = {given["module"]: f'{given["module"]}.{given["function"]}' for given in data.load(ROOT).calculators.values()}
    print(f"agreement of Python and browser, {count} random cases of each formula:")
    # A pool of processes works out Python's answers while the browser works on its own.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for formula in formulas:
            began = time.perf_counter()
            result = agreement.compare(page, engine, formula, seed=seed, count=count, of=mains.get(formula), pool=pool)
            print(f"  {result.summary()} in {time.perf_counter() - began:.0f} s")
            if len(result.functions) > 1:
                print("    " + ", ".join(f"{name} {found}" for name, found in result.functions.most_common()), flush=True)
            for difference in result.differences[:5]:
                print(difference)
            good &= not result.differences
    return good


def main() -> int:
    from playwright.sync_api import sync_playwright

    from scripts import browser
    from scripts.static_server import StaticServer
    from tests.engine import random_cases

    parser = argparse.ArgumentParser(description="Time the build and the formulas; compare the engines.")
    parser.add_argument("--builds", type=int, default=5, help="builds to time")
    parser.add_argument("--cases", type=int, default=50_000, help="random cases of each formula")
    parser.add_argument("--formula", nargs="+", choices=random_cases.formulas(), default=random_cases.formulas())
    parser.add_argument("--seed", type=int, default=None, help="seed of the random cases; a new one each time unless given")
    parser.add_argument("--no-speed", action="store_true")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    good = True
    if options.builds:
        good &= bench_builds(options.builds)
    with StaticServer(ROOT / "overrides") as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find()[0], args=browser.launch_args())
        page, engine = chromium.new_page(), server.url + "assets/js/engine/"
        if not options.no_speed:
            bench_speed(page, engine)
        if options.cases:
            good &= bench_agreement(page, engine, options.formula, options.cases, seed)
        chromium.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
