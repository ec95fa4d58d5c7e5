"""Random inputs of overdue: overdue_cost over its whole range, charges_against and penalty."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator

from macros.engine.dates import from_day, to_day
from macros.engine.errors import InputError
from macros.engine.overdue import COMPOUNDS, MAX_DAYS, ORDERS, PENALTIES, overdue_cost

MAX_FEN = 10**12
SPOILT = (None, 0, -1, 10_959, MAX_FEN + 1, 10**30, "", "12", "monthly", "2026-02-30", "1899-12-31", "２０２６-01-01", "<b>", "🙂", True, 1.5, [])


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls: (module, function, arguments)."""
    rng = random.Random(seed)
    for _ in range(n):
        way = rng.random()
        if way < 0.1:
            yield "overdue", "penalty", _penalty(rng)
            continue
        case = _case(rng)
        if way < 0.18:
            _spoil(rng, case)
        elif way < 0.25:
            try:
                yield "overdue", "charges_against", [overdue_cost(copy.deepcopy(case)), _lines(rng)]
                continue
            except InputError:
                pass
        yield "overdue", "overdue_cost", [case]


def _fen(rng: random.Random, low: int = 0) -> int:
    return rng.choice((low, 1, 99, 100_000, rng.randint(1, 10**5), rng.randint(1, 10**7), MAX_FEN - 1, MAX_FEN))


def _rate(rng: random.Random, highest: int, usual: tuple) -> int:
    return rng.choice((0, 1, highest, rng.randint(0, highest), *usual, *usual))


def _amounts(rng: random.Random, start: int, days: int, most: int) -> list[dict]:
    count = rng.choice((0, 0, 1, 2, 3, rng.randint(0, most)))
    last = days + (days // 10 + 3 if rng.random() < 0.2 else 0)
    return [
        {"date": from_day(start + rng.randint(1, max(last, 1))), "amount_fen": _fen(rng)}
        for _ in range(count)
    ]


def _case(rng: random.Random) -> dict:
    start = to_day(f"{rng.randint(2014, 2026)}-{rng.randint(1, 12):02d}-{rng.choice((1, 15, 28)):02d}") + rng.randint(0, 3)
    start = rng.choice((start, start, start, to_day("1900-01-01"), to_day("2170-12-31"), to_day("2024-02-29")))
    days = rng.choice((0, 1, 30, 31, 90, 365, rng.randint(0, 400), rng.randint(0, MAX_DAYS), MAX_DAYS))
    kind = rng.choice(PENALTIES)
    case = {
        "overdue_principal_fen": _fen(rng, 1) or 1,
        "unpaid_interest_fen": rng.choice((None, 0, _fen(rng))),
        "contract_annual_rate_ppm": None if rng.random() < 0.15 else _rate(rng, 10**9, (180_000, 240_000, 72_000)),
        "penalty": {
            "kind": kind,
            "markup_ppm": _rate(rng, 10**7, (300_000, 500_000)),
            "annual_rate_ppm": _rate(rng, 10**9, (240_000, 360_000)),
            "daily_rate_ppm": _rate(rng, 10**6, (500, 1000)),
            "basis": rng.choice((None, "whole", "on_top")),
        },
        "compound": rng.choice(COMPOUNDS),
        "late_fee_fen": rng.choice((None, 0, 5_000, _fen(rng))),
        "year_days": rng.choice((None, "365", "360")),
        "order": rng.choice(tuple(ORDERS)),
    }
    if rng.random() < 0.2:
        case["penalty"] = rng.choice((None, {"kind": kind} if kind == "none" else {}))
    if rng.random() < 0.15:
        case["contract_daily_rate_ppm"] = rng.choice((500, 493, 10**6))
        if rng.random() < 0.9:
            case["contract_annual_rate_ppm"] = None
    if rng.random() < 0.15:
        case |= {"by": "days", "days": days, "compound": rng.choice(("none", "start", "start", "monthly"))}
        return case
    case |= {"due_date": from_day(start), "as_of": from_day(start + days)}
    case["fees"] = _amounts(rng, start, days, 40)
    case["payments"] = _amounts(rng, start, days, 120)
    if rng.random() < 0.35:
        begin = start + rng.randint(-200, max(days, 1) + 30)
        case["judgment"] = {
            "base_fen": _fen(rng, 1) or 1,
            "from_date": from_day(max(begin, to_day("1900-01-01"))),
            "payments": _amounts(rng, start, days, 20),
            "daily_rate_ppm": 175,
            "first_date": rng.choice((None, "2014-08-01")),
        }
    elif rng.random() < 0.3:
        case["judgment"] = {"base_fen": None, "from_date": None, "daily_rate_ppm": 175, "first_date": "2014-08-01"}
    return case


def _spoil(rng: random.Random, case: dict) -> None:
    """Put something wrong, or left out, where the engine reads."""
    places = [(case, key) for key in case if key not in ("fees", "payments", "penalty", "judgment")]
    for part in (case.get("penalty"), case.get("judgment"), *(case.get("fees") or [])[:2], *(case.get("payments") or [])[:2]):
        if part:
            places += [(part, key) for key in part if key != "payments"]
    target, key = rng.choice(places)
    target[key] = rng.choice(SPOILT)
    if rng.random() < 0.1:
        case[rng.choice(("fees", "payments"))] = rng.choice((None, [], [{"date": "2026-01-01", "amount_fen": 1}] * 121))


def _lines(rng: random.Random) -> list[dict]:
    names = ("financial_loan_reduction_line", "liquidated_damages_excess", "private_lending_overdue_total")
    return [
        {"limit_id": name, "rate_ppm": rng.choice((None, 120_000, 240_000, rng.randint(0, 10**6))), "status": "line"}
        for name in names
    ]


def _penalty(rng: random.Random) -> list:
    daily = rng.random() < 0.5
    both = rng.random() < 0.05
    compounding = rng.choice(("simple", "simple", "daily", "weekly") if rng.random() < 0.3 else ("simple", "daily"))
    return [
        _fen(rng),
        rng.choice((0, 1, 30, 31, rng.randint(0, 400), rng.randint(0, 1_000), MAX_DAYS + 1 if rng.random() < 0.1 else 90)),
        None if daily and not both else _rate(rng, 10**9, (125_000, 85_000, 39_000)),
        _rate(rng, 10**6, (500, 175)) if daily or both else None,
        rng.choice((365, 360, 365, 364 if rng.random() < 0.2 else 365)),
        compounding,
        rng.random() < 0.3,
        rng.choice((0, 4_000, _fen(rng))),
    ]
