"""Random inputs for the engine, the same for a seed on every machine, as JSON can hold them.

`cases` gives inputs of true_cost; `calls` gives calls of the functions that every formula is made of. Both mix
what readers type with edges: one fen, ten billion yuan, 360 rows, double roots, no rate, refused
inputs. Every other formula has a file of its own beside this one, random_<module>.py, whose `calls(seed, n)` gives
n calls (module, function, arguments); `formulas` finds them. Tests and benchmark draw from here only.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from pathlib import Path

# The functions that all formulas share: rates, roots, money, dates.
BASICS = "basics"
KINDS = ("service", "guarantee", "membership", "insurance", "other")
MAX_FEN = 10**12


def formulas() -> list[str]:
    """Names of everything that has random calls; a new random_<module>.py counts by being there."""
    files = sorted(path.stem.removeprefix("random_") for path in Path(__file__).parent.glob("random_*.py"))
    return ["true_cost", BASICS, *(name for name in files if name != "cases")]


def draw(formula: str, seed: int, n: int) -> list[tuple[str, str, list]]:
    """n random calls of one formula."""
    if formula == "true_cost":
        return [("true_cost", "true_cost", [case]) for case in cases(seed, n)]
    if formula == BASICS:
        return list(calls(seed, n))
    return list(importlib.import_module(f"tests.engine.random_{formula}").calls(seed, n))


def cases(seed: int, n: int) -> Iterator[dict]:
    """n inputs of true_cost."""
    rng = random.Random(seed)
    makers = (_ordinary, _ordinary, _by_days, _undated, _dated, _dated, _turning, _rooted, _no_rate, _extreme)
    for _ in range(n):
        case = rng.choice(makers)(rng)
        if rng.random() < 0.08:
            _spoil(rng, case)
        yield case


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls of the functions beside true_cost: (module, function, arguments)."""
    rng = random.Random(seed)
    makers = (_irr, _xirr, _flows_in_years, _conversion, _flat, _money, _dates, _roots)
    for _ in range(n):
        yield rng.choice(makers)(rng)


# Parts of a loan -------------------------------------------------------------


def _yuan(rng: random.Random, low: int, high: int) -> int:
    """Whole yuan, or a price with fen, in fen."""
    fen = rng.randint(low * 100, high * 100)
    return fen if rng.random() < 0.4 else max(fen // 100 * 100, 100)


def _date(rng: random.Random, first: int = 2015, last: int = 2027) -> str:
    month = rng.randint(1, 12)
    day = rng.choice((1, 15, 28, 29, 30, 31, rng.randint(1, 31)))
    year = rng.randint(first, last)
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30
    if month == 2:
        longest = 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return f"{year:04d}-{month:02d}-{min(day, longest):02d}"


def _fees(rng: random.Random, scale: int) -> list[dict]:
    return [
        {
            "kind": rng.choice(KINDS),
            "when": rng.choice(("once", "each")),
            "amount_fen": rng.choice((0, 1, rng.randint(0, scale // 100 + 1), rng.randint(0, scale // 10 + 1))),
        }
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 20)))
    ]


def _loan(rng: random.Random) -> dict:
    amount = _yuan(rng, 500, 300_000)
    case = {"contract_amount_fen": amount, "fees": _fees(rng, amount)}
    if rng.random() < 0.6:
        case["received_fen"] = rng.choice((amount, amount * rng.randint(50, 100) // 100, rng.randint(1, amount)))
    if rng.random() < 0.3:
        case["received_date"] = _date(rng)
    if rng.random() < 0.3:
        case["advertised_annual_rate_ppm"] = rng.choice((0, 72_000, 180_000, 239_900, rng.randint(0, 10**7)))
    return case


def _instalment(rng: random.Random, amount: int, periods: int) -> int:
    """About the principal's share plus a monthly charge of -1 to 6 % of the whole."""
    return max(amount // periods + amount * rng.randint(-10, 60) // 1000 + rng.randint(0, 99), 0)


def _ordinary(rng: random.Random) -> dict:
    case = _loan(rng)
    periods = rng.choice((1, 3, 6, 12, 24, 36, rng.randint(1, 60), rng.randint(1, 360)))
    paid = _instalment(rng, case["contract_amount_fen"], periods)
    case["repayment"] = {"kind": "equal", "instalment_fen": paid, "periods": periods}
    if rng.random() < 0.5:
        case["repayment"]["period"] = "month"
    return case


def _by_days(rng: random.Random) -> dict:
    case = _ordinary(rng)
    case["repayment"]["period"] = rng.choice(("week", "fortnight", "day"))
    return case


def _undated(rng: random.Random) -> dict:
    case = _loan(rng)
    rows = rng.choice((1, 2, 12, rng.randint(1, 40)))
    paid = [_instalment(rng, case["contract_amount_fen"], rows) for _ in range(rows)]
    paid = [0 if rng.random() < 0.1 else fen for fen in paid]
    case["repayment"] = {"kind": "list", "payments": [{"date": None, "amount_fen": fen} for fen in paid]}
    return case


def _dated(rng: random.Random) -> dict:
    case = _undated(rng)
    year = rng.randint(2016, 2026)
    case["received_date"] = _date(rng, year, year)
    for payment in case["repayment"]["payments"]:
        payment["date"] = _date(rng, year + rng.choice((0, 1, 1, 1)), year + rng.choice((1, 2, 3)))
    if rng.random() < 0.7:
        # Nothing is due before the payout; the rest tests that such a date is refused.
        for payment in case["repayment"]["payments"]:
            payment["date"] = max(payment["date"], case["received_date"])
    return case


def _turning(rng: random.Random) -> dict:
    """Money goes both ways, up to the number of turns that is refused."""
    case = rng.choice((_undated, _dated))(rng)
    payments = case["repayment"]["payments"]
    if rng.random() < 0.2:
        payments += [dict(rng.choice(payments)) for _ in range(rng.randint(20, 60))]
    if rng.random() < 0.1:
        day = payments[0]["date"]
        case["repayment"]["payments"] = [
            {"date": day, "amount_fen": (-1) ** k * rng.randint(1, 10**6)} for k in range(rng.randint(30, 60))
        ]
        if day is not None:
            for k, payment in enumerate(case["repayment"]["payments"]):
                payment["date"] = f"{2030 + k // 12}-{k % 12 + 1:02d}-15"
        return case
    for payment in payments:
        if rng.random() < 0.4:
            payment["amount_fen"] = -payment["amount_fen"]
    return case


def _rooted(rng: random.Random) -> dict:
    """Amounts multiplied out of chosen monthly rates, double ones too: several or touching roots."""
    factors = [rng.choice((1, 2, 5, 10, 20, 50, 100, -10)) for _ in range(rng.randint(2, 4))]
    if rng.random() < 0.4:
        factors[1] = factors[0]
    amounts = [1]
    for percent in factors:
        amounts = [
            100 * (amounts[k] if k < len(amounts) else 0) - (100 + percent) * (amounts[k - 1] if k else 0)
            for k in range(len(amounts) + 1)
        ]
    shift = rng.choice((0, 0, 0, 1, -1))
    payments = [{"amount_fen": -fen + (shift if k == 1 else 0)} for k, fen in enumerate(amounts[1:])]
    if rng.random() < 0.5:
        start = rng.randint(2018, 2024)
        for k, payment in enumerate(payments):
            payment["date"] = f"{start + k}-03-01"
        return {
            "contract_amount_fen": amounts[0],
            "received_date": f"{start - 1}-03-01",
            "repayment": {"kind": "list", "payments": payments},
        }
    return {"contract_amount_fen": amounts[0], "repayment": {"kind": "list", "payments": payments}}


def _no_rate(rng: random.Random) -> dict:
    case = rng.choice((_ordinary, _by_days, _dated))(rng)
    way = rng.randrange(3)
    if way == 0:
        case["fees"] = [{"kind": "other", "when": "once", "amount_fen": case["contract_amount_fen"]}]
    elif way == 1 and case["repayment"]["kind"] == "equal":
        case["repayment"]["instalment_fen"] = 0
    else:
        start = case.setdefault("received_date", _date(rng))
        amount = case["contract_amount_fen"]
        case["repayment"] = {"kind": "list", "payments": [{"date": start, "amount_fen": amount}]}
    return case


def _extreme(rng: random.Random) -> dict:
    amount = rng.choice((1, 2, 100, MAX_FEN - 1, MAX_FEN))
    case = {"contract_amount_fen": amount, "fees": _fees(rng, amount)}
    case["received_fen"] = rng.choice((None, 1, amount, max(1, amount // 2)))
    paid = rng.choice((0, 1, amount, MAX_FEN, rng.randint(0, MAX_FEN)))
    if rng.random() < 0.5:
        period = rng.choice(("month", "week", "fortnight", "day", None))
        case["repayment"] = {"kind": "equal", "instalment_fen": paid, "period": period}
        case["repayment"]["periods"] = rng.choice((1, 2, 359, 360))
        case["received_date"] = rng.choice((None, "1900-01-01", "2200-12-31", "2024-02-29", "2023-01-31"))
    else:
        start = rng.randint(1900, 2090)
        case["received_date"] = f"{start}-01-01"
        ends = (f"{start}-01-01", f"{start}-01-02", f"{start + 99}-12-31", f"{start + 100}-12-31", _date(rng, start, start + 100))
        payments = [{"date": rng.choice(ends), "amount_fen": rng.choice((1, paid, MAX_FEN))}]
        payments += [{"date": rng.choice(ends), "amount_fen": paid} for _ in range(rng.choice((0, 1, 5)))]
        case["repayment"] = {"kind": "list", "payments": payments}
    return case


def _spoil(rng: random.Random, case: dict) -> None:
    """Put something wrong, or left out, where the engine reads."""
    places = [(case, key) for key in ("contract_amount_fen", "received_fen", "received_date", "advertised_annual_rate_ppm")]
    repayment = case["repayment"]
    places += [(repayment, key) for key in ("kind", "instalment_fen", "periods", "period")]
    if repayment["kind"] == "list" and repayment["payments"]:
        places += [(rng.choice(repayment["payments"]), key) for key in ("date", "amount_fen")]
    for fee in case.get("fees", [])[:2]:
        places += [(fee, key) for key in ("kind", "when", "amount_fen")]
    if rng.random() < 0.05 and case["contract_amount_fen"] < MAX_FEN:
        case["received_fen"] = case["contract_amount_fen"] + 1
        return
    target, key = rng.choice(places)
    target[key] = rng.choice(
        (None, 0, -1, 361, MAX_FEN + 1, -MAX_FEN - 1, "", "12", "month", "2026-02-30", "2026-2-3", "1899-12-31",
         "２０２６-01-01", "2201-01-01", "<b>", "🙂", True, 1.5, [])
    )
    if repayment["kind"] == "list" and rng.random() < 0.15:
        repayment["payments"] = rng.choice((None, [], repayment["payments"] * 361))


# Other functions -------------------------------------------------------------


def _amounts(rng: random.Random) -> list[int]:
    count = rng.randint(1, 30)
    if rng.random() < 0.5:
        return [rng.randint(1, 10**7), *(-rng.randint(0, 10**6) for _ in range(count))]
    return [rng.choice((0, 1, -1)) * rng.randint(1, 10 ** rng.randint(1, 12)) for _ in range(count)]


def _irr(rng: random.Random) -> tuple[str, str, list]:
    return "rates", "irr", [_amounts(rng), rng.choice((1, 2, 4, 12, 12, 26, 52, 365, 366, 0, 7))]


def _xirr(rng: random.Random) -> tuple[str, str, list]:
    flows = [{"date": _date(rng, 2015, 2030), "amount_fen": fen} for fen in _amounts(rng)]
    return "rates", "xirr", [flows, rng.choice(("act/365f", "act/360", "30/360", "act/act", "act/365f", "actual"))]


def _flows_in_years(rng: random.Random) -> tuple[str, str, list]:
    base = rng.choice((1, 12, 52, 365, 1461))
    flows = []
    for fen in _amounts(rng):
        below = rng.choice((1, 2, 3, 12, base))
        flows.append([rng.randint(0, 10 * below), below, fen])
    return "rates", "flows_in_years", [flows]


def _conversion(rng: random.Random) -> tuple[str, str, list]:
    name = rng.choice(("nominal_to_effective", "effective_to_nominal"))
    rate = rng.choice((0, 1, -1, 240_000_000_000, rng.randint(-(10**12) + 1, 10**13), -(10**12)))
    return "rates", name, [rate, rng.choice((1, 2, 4, 12, 52, 365, 366, 0))]


def _flat(rng: random.Random) -> tuple[str, str, list]:
    principal = rng.choice((1, 2, MAX_FEN, _yuan(rng, 100, 100_000)))
    return "rates", "flat_to_apr", [
        principal,
        rng.choice((1, 3, 6, 12, 24, 360, rng.randint(1, 360))),
        rng.choice((0, 6 * 10**9, 1, 10**13, rng.randint(0, 10**11))),
        rng.choice((0, principal // 10, principal - 1, principal)),
        rng.choice((0, 1, rng.randint(0, 10**5), MAX_FEN)),
        rng.choice((12, 52, 365)),
    ]


def _money(rng: random.Random) -> tuple[str, str, list]:
    if rng.random() < 0.5:
        bits = rng.randint(1, 200)
        return "money", "divide_half_up", [rng.randint(-(2**bits), 2**bits), rng.randint(1, 2 ** rng.randint(1, 100))]
    text = rng.choice(("24", "3.45", "0.015", "3.", ".5", "-1", "", "1e3", "٣", "12.3456789", str(rng.randint(0, 999)) + ".5"))
    return "money", "percent_to_ppm", [text]


def _dates(rng: random.Random) -> tuple[str, str, list]:
    start = _date(rng, 1900, 2199)
    way = rng.randrange(4)
    if way == 0:
        return "dates", "to_day", [rng.choice((start, start + " ", "2023-02-29", "2100-02-29", 5, None))]
    if way == 1:
        return "dates", "from_day", [rng.randint(-25_000, 120_000)]
    if way == 2:
        return "dates", "add_months", [start, rng.randint(0, 400)]
    name = rng.choice(("act/365f", "30/360", "act/act"))
    end = _date(rng, 1900, 2199)
    return "rates", "day_count_units", [name, min(start, end), max(start, end)]


def _roots(rng: random.Random) -> tuple[str, str, list]:
    if rng.random() < 0.5:
        return "roots", "nth_root", [rng.randint(0, 2 ** rng.randint(1, 900)), rng.randint(1, 40)]
    return "roots", "rates_at", [rng.randint(-(2**142), 2**142), rng.choice((12, 24, 365, 360)), 12]
