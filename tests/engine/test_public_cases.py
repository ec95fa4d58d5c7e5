"""The published cases of tests/cases/finance_public.json, in both languages, within each case's own tolerance.

Every case names its source. Where its `check` says that the source is wrong, the corrected value counts.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

# Cases of the other kinds are in the tests of the module that answers them.
KINDS = ("irr", "xirr", "eir", "flat_to_apr")
CASES = [
    case for case in json.loads((Path(__file__).parents[1] / "cases" / "finance_public.json").read_text("utf-8")) if case["kind"] in KINDS
]
E12 = 10**12


def _minor(amount: str) -> int:
    fen = Fraction(amount) * 100
    assert fen.denominator == 1, amount
    return int(fen)


def _years(text: str) -> Fraction:
    return sum((Fraction(part) for part in text.split("+")), Fraction(0))


def _call(case: dict) -> tuple[str, str, list]:
    kind, inputs = case["kind"], case["inputs"]
    if kind == "irr":
        return "rates", "irr", [[_minor(amount) for amount in inputs["cashflows"]]]
    if kind == "xirr":
        flows = [{"date": flow["date"], "amount_fen": _minor(flow["amount"])} for flow in inputs["flows"]]
        return "rates", "xirr", [flows, inputs.get("day_count", "act/365f")]
    if kind == "flat_to_apr":
        rate = Fraction(inputs["flat_rate_per_period"]) * E12
        return "rates", "flat_to_apr", [
            inputs["principal_minor"], inputs["periods"], round(rate), inputs.get("upfront_fee_minor", 0),
            inputs.get("per_period_fee_minor", 0), inputs["periods_per_year"],
        ]
    if inputs["variant"] != "flows_in_years":
        return "rates", inputs["variant"], [int(Fraction(inputs["rate"]) * E12), inputs["periods_per_year"]]
    flows = []
    for flow in inputs["flows"]:
        for k in range(flow.get("count", 1)):
            time = _years(flow["t"]) + k * _years(flow.get("step", "0"))
            flows.append([time.numerator, time.denominator, _minor(flow["amount"])])
    return "rates", "flows_in_years", [flows]


def _rate(case: dict, answer: dict, name: str) -> Fraction:
    if case["kind"] == "eir" and case["inputs"]["variant"] != "flows_in_years":
        return Fraction(answer) / E12
    if name.endswith("_minor"):
        return Fraction(answer[name.replace("_minor", "_fen")])
    root = answer["roots"][0]
    dated = case["kind"] == "xirr"
    key = {
        "rate": "effective_annual_rate_e12" if dated else "periodic_rate_e12",
        "periodic_rate": "periodic_rate_e12",
        "nominal_annual": "nominal_annual_rate_e12",
        "effective_annual": "effective_annual_rate_e12",
        "apr_percent": "effective_annual_rate_e12",
    }[name]
    return Fraction(root[key]) / E12 * (100 if name == "apr_percent" else 1)


def test_the_copied_cases_are_all_of_their_kinds():
    assert {kind: sum(case["kind"] == kind for case in CASES) for kind in KINDS} == {
        "irr": 7, "xirr": 4, "eir": 13, "flat_to_apr": 3}
    assert len(CASES) == 27
    assert all(case["source"]["title"] for case in CASES)


def test_every_published_case_holds(ask_all):
    for case, answer in zip(CASES, ask_all([_call(case) for case in CASES]), strict=True):
        wrong = case["check"]["verdict"] == "disagrees"
        expected = case["check"]["corrected"] if wrong else case["expected"]
        tolerance = case["tolerance"]
        for name, value in expected.items():
            where = f"{case['id']}: {name}"
            if name == "no_solution":
                assert answer["status"] == "none" and answer["roots"] == [], where
                continue
            allowed = Fraction(tolerance.get(name, tolerance.get("default", "0")))
            if name == "roots":
                rates = [Fraction(root["periodic_rate_e12"]) / E12 for root in answer["roots"]]
                assert answer["status"] == "several", where
                assert len(rates) == len(value), where
                assert all(abs(a - Fraction(b)) <= allowed for a, b in zip(rates, value)), where
                continue
            if isinstance(answer, dict):
                assert answer["status"] == "one", where
            assert abs(_rate(case, answer, name) - Fraction(str(value))) <= allowed, where
