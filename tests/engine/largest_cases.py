"""The ordinary case and the largest ones of each calculator's formula, for the speeds in `make bench`.

Ordinary is the worked example of the calculator's page; the largest are as long as its form takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from macros import calculators, data
from macros.engine.dates import from_day, to_day
from tests.engine.agree import Call

ROOT = Path(__file__).resolve().parents[2]


def _days(first: str, count: int, step: int) -> list[str]:
    return [from_day(to_day(first) + step * number) for number in range(count)]


def instalments() -> dict:
    """True cost: 300,000 yuan over 30 years in equal instalments."""
    return {
        "contract_amount_fen": 30_000_000, "received_fen": 29_000_000,
        "repayment": {"kind": "equal", "instalment_fen": 214_729, "periods": 360, "period": "month"},
    }


def dated_payments() -> dict:
    """True cost: 360 payments with a date each, a day of the year being the power that has to be taken."""
    rows = [{"date": day, "amount_fen": 12_050 + number % 7} for number, day in enumerate(_days("2025-01-10", 360, 30))]
    return {"contract_amount_fen": 3_000_000, "received_date": "2024-12-31", "repayment": {"kind": "list", "payments": rows}}


def long_schedule() -> dict:
    """Schedule: 360 months, dated."""
    return {
        "principal_fen": 100_000_000, "method": "equal_instalment", "annual_rate_ppm": 49_000, "periods": 360, "start_date": "2026-01-31",
    }


def two_long_schedules() -> dict:
    """Schedule: the same with an early repayment, beside a second loan as long."""
    early = {"kind": "part", "after_period": 24, "amount_fen": 10_000_000, "keep": "instalment"}
    other = {"principal_fen": 100_000_000, "method": "equal_principal", "annual_rate_ppm": 49_000, "periods": 360}
    return long_schedule() | {"early": early, "other": other}


def overdue_with_payments() -> dict:
    """Overdue: two and a half years, unpaid interest compounded each month, 30 payments and 36 fees."""
    return {
        "overdue_principal_fen": 5_000_000, "unpaid_interest_fen": 30_000, "contract_annual_rate_ppm": 180_000,
        "penalty": {"kind": "markup", "markup_ppm": 500_000}, "compound": "monthly", "late_fee_fen": 5_000,
        "due_date": "2024-05-20", "as_of": "2026-11-24",
        "payments": [{"date": day, "amount_fen": 60_000} for day in _days("2024-06-20", 30, 29)],
        "fees": [{"date": day, "amount_fen": 2_000} for day in _days("2024-06-01", 36, 24)],
    }


def thirty_debts() -> dict:
    """Affordable plan: 30 debts that take 120 months, the highest rate first, all ways side by side."""
    debts = [
        {"balance_fen": 1_500_000 + 37_000 * number, "annual_rate_ppm": 150_000 + 1_000 * number, "min_payment_fen": None}
        for number in range(30)
    ]
    return {"budget_fen": 1_025_000, "debts": debts, "strategy": "avalanche", "settlement": {"share_ppm": 600_000}}


def thirty_events() -> dict:
    """Deadlines: a limitation period restarted again and again."""
    kinds = ("demand", "part_payment", "promise", "calls_unanswered")
    events = [{"date": day, "what": kinds[number % 4]} for number, day in enumerate(_days("2022-06-20", 30, 50))]
    return {"kind": "limitation", "today": "2026-11-24", "due_date": "2022-05-20", "events": events}


LARGEST = {
    "true-cost": {"360 instalments": instalments, "360 dated payments": dated_payments},
    "schedule": {"360 instalments": long_schedule, "360 instalments, early repayment, second loan": two_long_schedules},
    "overdue-cost": {"30 payments, 36 fees, compounding": overdue_with_payments},
    "affordable-plan": {"30 debts x 120 months": thirty_debts},
    "deadlines": {"30 events": thirty_events},
}


def calls() -> Iterator[tuple[str, Call]]:
    """Every case with a label for the reader of the benchmark."""
    facts = data.load(ROOT)
    for slug in facts.calculators:
        given = calculators.definition(slug, facts)
        cases = {"example of the page": next(iter(given["examples"].values()))["inputs"]}
        cases |= {name: make() for name, make in LARGEST.get(slug, {}).items()}
        for name, inputs in cases.items():
            yield f"{slug}, {name}", (given["module"], given["function"], [calculators.with_constants(given, inputs)])
