"""The ordinary and the largest case of each calculator's formula, for the speed in `make bench`.

Ordinary is the worked example of the calculator's page; the largest is as long as its form takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from macros import calculators, data
from tests.engine.agree import Call

ROOT = Path(__file__).resolve().parents[2]


def _true_cost() -> dict:
    """300,000 yuan over 30 years: the longest equal plan."""
    return {
        "contract_amount_fen": 30_000_000, "received_fen": 29_000_000,
        "repayment": {"kind": "equal", "instalment_fen": 214_729, "periods": 360, "period": "month"},
    }


LARGEST = {"true-cost": ("360 instalments", _true_cost)}


def calls() -> Iterator[tuple[str, Call]]:
    """Every case with a label for the reader of the benchmark."""
    facts = data.load(ROOT)
    for slug, given in facts.calculators.items():
        example = next(iter(given["examples"].values()))
        cases = [("example of the page", example["inputs"])]
        if slug in LARGEST:
            name, make = LARGEST[slug]
            cases.append((name, make()))
        for name, inputs in cases:
            yield f"{slug}, {name}", (given["module"], given["function"], [inputs])
