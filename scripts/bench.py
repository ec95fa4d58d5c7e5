"""Build time of both languages, and agreement of the two engines on many random cases.

    python scripts/bench.py [--builds 5] [--cases 50000] [--seed N]
"""
from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

BUILD_LIMIT_SECONDS = 2.0


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


def bench_agreement(count: int, seed: int) -> bool:
    from playwright.sync_api import sync_playwright

    from scripts import agreement, browser
    from scripts.static_server import StaticServer

    with StaticServer(ROOT / "overrides") as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find()[0], args=browser.launch_args())
        page = chromium.new_page()
        began = time.perf_counter()
        result = agreement.compare(page, server.url + "assets/js/engine/", seed=seed, count=count)
        seconds = time.perf_counter() - began
        chromium.close()
    print(f"agreement: {result.summary()} in {seconds:.0f} s")
    for difference in result.differences[:5]:
        print(difference)
    return not result.differences


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the build; compare the engines.")
    parser.add_argument("--builds", type=int, default=5)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    good = bench_builds(options.builds)
    good &= bench_agreement(options.cases, seed)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
