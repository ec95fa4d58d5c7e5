"""Random calls of the repayment plans: what readers type, the edges of every range, and spoiled inputs."""

from __future__ import annotations

import random
from collections.abc import Iterator

MAX_FEN = 10**12
MAX_RATE = 10**8
METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet", "flat", "flat_fee")
PERIODS = ("month", "month", "month", None, "fortnight", "week", "day")
SPOILED = (
    None, 0, -1, 361, 10**6 + 1, MAX_RATE + 1, MAX_FEN + 1, -MAX_FEN, "", "12", "366", "year", "balloon", "2026-02-30",
    "2026-2-3", "1899-12-31", "2201-01-01", "２０２６-01-01", "<b>", "🙂", True, 1.5, [],
)


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls of schedule, and now and then of the functions beside it: (module, function, arguments)."""
    rng = random.Random(seed)
    for _ in range(n):
        if rng.random() < 0.75:
            case = _case(rng)
            if rng.random() < 0.08:
                _spoil(rng, case)
            yield "schedules", "schedule", [case]
        else:
            yield "schedules", *_formula(rng)


def _date(rng: random.Random, first: int, last: int) -> str:
    month, year = rng.randint(1, 12), rng.randint(first, last)
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    if month == 2:
        longest = 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return f"{year:04d}-{month:02d}-{min(rng.choice((1, 15, 28, 29, 30, 31, rng.randint(1, 31))), longest):02d}"


def _periods(rng: random.Random) -> int:
    return rng.choice((1, 2, 3, 6, 12, 12, 24, 36, rng.randint(1, 60), rng.randint(1, 360), 360))


def _principal(rng: random.Random) -> int:
    return rng.choice((1, 2, 99, 180, MAX_FEN, *[rng.randint(5, 3_000) * 10_000] * 5, rng.randint(1, 10**9)))


def _rate(rng: random.Random) -> int:
    return rng.choice((0, 1, MAX_RATE, 36_000, 120_000, 182_500, rng.randint(1, 600_000), rng.randint(1, 600_000), rng.randint(0, 10**7)))


def _loan(rng: random.Random) -> dict:
    method = rng.choice(METHODS)
    loan = {"principal_fen": _principal(rng), "method": method, "periods": _periods(rng)}
    if method == "flat_fee":
        loan["flat_fee_ppm"] = rng.choice((0, 1, 10**6, 6_000, 8_000, rng.randint(1, 40_000)))
    else:
        loan["annual_rate_ppm"] = _rate(rng)
    period = rng.choice(PERIODS)
    if period or rng.random() < 0.5:
        loan["period"] = period
    if rng.random() < 0.5:
        loan["year_days"] = rng.choice((None, "360", "365"))
    if rng.random() < 0.15:
        loan["rounding"] = rng.choice(("half_up", "down", None))
    return loan


def _dates(rng: random.Random, loan: dict) -> None:
    """A start, and now and then a first payment that is early, late or too late."""
    if rng.random() < 0.1:
        loan["start_date"] = rng.choice(("1900-01-01", "2200-12-31", "2024-02-29"))
    elif rng.random() < 0.85:
        loan["start_date"] = _date(rng, 2023, 2027)
    if rng.random() < 0.5:
        year = int(loan.get("start_date", "2025")[:4])
        loan["first_due_date"] = _date(rng, year, min(year + rng.choice((0, 1, 1, 11)), 2200))
        if loan.get("start_date", "") >= loan["first_due_date"] and rng.random() < 0.9:
            del loan["first_due_date"]


def _early(rng: random.Random, loan: dict) -> dict:
    early = {"kind": rng.choice(("full", "part", "part"))}
    start = loan.get("start_date") or loan.get("first_due_date")
    if start and rng.random() < 0.6:
        year = int(start[:4])
        early["date"] = max(_date(rng, year, min(year + 1, 2200)), start)
    else:
        early["after_period"] = rng.randint(1, max(loan["periods"] - 1, 1))
    if early["kind"] == "part":
        early["amount_fen"] = max(loan["principal_fen"] * rng.randint(0, 60) // 100, 1)
        early["keep"] = rng.choice(("term", "instalment", None))
    fee = rng.randrange(3)
    if fee == 1:
        early["fee_fen"] = rng.choice((0, 1, 20_000))
    elif fee == 2:
        early["fee_ppm"] = rng.choice((0, 30_000, 10**6, rng.randint(0, 50_000)))
    return early


def _case(rng: random.Random) -> dict:
    case = _loan(rng)
    if rng.random() < 0.55:
        _dates(rng, case)
    if rng.random() < 0.45:
        case["early"] = _early(rng, case)
    elif rng.random() < 0.2:
        case["early"] = {"kind": "none"}
    if rng.random() < 0.25:
        case["other"] = _loan(rng)
        if rng.random() < 0.3:
            _dates(rng, case["other"])
        if rng.random() < 0.2:
            case["other"]["early"] = _early(rng, case["other"])
    return case


def _spoil(rng: random.Random, case: dict) -> None:
    places = [(case, key) for key in ("principal_fen", "method", "annual_rate_ppm", "flat_fee_ppm", "periods", "period",
                                      "year_days", "rounding", "start_date", "first_due_date")]
    if case.get("early"):
        places += [(case["early"], key) for key in ("kind", "date", "after_period", "amount_fen", "keep", "fee_fen", "fee_ppm")]
    if case.get("other"):
        places += [(case["other"], key) for key in ("principal_fen", "method", "periods")]
    target, key = rng.choice(places)
    target[key] = rng.choice(SPOILED)


def _formula(rng: random.Random) -> tuple[str, list]:
    rate, yearly, periods, principal = _rate(rng), rng.choice((1, 2, 4, 12, 12, 12, 26, 52, 365, 366)), _periods(rng), _principal(rng)
    start = rng.randint(1, periods)
    end = rng.randint(start, periods)
    paid = rng.choice((0, 1, MAX_FEN, max(principal // periods, 1), rng.randint(1, max(principal, 2))))
    settled = rng.randint(0, periods)
    below = rng.choice((1, 30, 31, 365))
    name, arguments = rng.choice((
        ("pmt", [rate, yearly, periods, principal]),
        ("ipmt", [rate, yearly, periods, principal, start]),
        ("ppmt", [rate, yearly, periods, principal, start]),
        ("cumipmt", [rate, yearly, periods, principal, start, end]),
        ("cumprinc", [rate, yearly, periods, principal, start, end]),
        ("nper", [rate, yearly, paid, principal]),
        ("rate", [periods, paid, principal, yearly]),
        ("exact_plan", [rng.choice(METHODS), principal, rate, rng.randint(1, 40), yearly]),
        ("extra_every_period", [principal, rate, periods, paid, rng.choice(("half_up", "down"))]),
        ("uk_rebate", [principal, paid, periods, min(rate, 10**6), settled, rng.randint(0, below - 1), below, rng.randint(1, 12)]),
    ))
    if rng.random() < 0.08:
        arguments[rng.randrange(len(arguments))] = rng.choice(SPOILED)
    return name, arguments
