"""Random loans with a cost sheet, for the check inside true_cost."""

from __future__ import annotations

import random
from collections.abc import Iterator

from macros.engine.cost_sheet import LINE_KINDS, PARTS, REPLIES, SHOWN
from macros.engine.errors import InputError
from macros.engine.limits import LENDER_TYPES
from macros.engine.true_cost import true_cost
from tests.engine import random_cases

START = "2026-08-01"


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls of true_cost with a sheet, true or false to the loan."""
    rng = random.Random(seed)
    for case in random_cases.cases(seed, n):
        if rng.random() < 0.15:
            case = _monthly_dates(rng)
        case["sheet"] = _sheet(rng, case)
        case["cost_sheet_start"] = START
        case["contract_date"] = rng.choice((None, "2026-07-31", START, "2026-11-24", "2025-01-01"))
        case["lender"] = rng.choice((None, *LENDER_TYPES))
        if rng.random() < 0.08:
            _spoil(rng, case)
        yield "true_cost", "true_cost", [case]


def _monthly_dates(rng: random.Random) -> dict:
    """A plan whose dates are a month apart, which a lender counts in months."""
    day = rng.randint(1, 28)
    paid = rng.randint(8_400, 9_900)
    payments = [{"date": f"2026-{month:02d}-{day:02d}", "amount_fen": paid} for month in range(2, rng.randint(3, 13))]
    return {
        "contract_amount_fen": 10_000 * rng.randint(1, 12),
        "received_date": f"2026-01-{day:02d}",
        "repayment": {"kind": "list", "payments": payments},
    }


def _sheet(rng: random.Random, case: dict) -> dict:
    shown = "shown" if rng.random() < 0.85 else rng.choice((None, *SHOWN))
    stated = _stated(rng, case)
    lines = []
    for _ in range(rng.choice((0, 1, 2, 2, 3, 20))):
        line = {"kind": rng.choice(LINE_KINDS)}
        if rng.random() < 0.85:
            line["annual_rate_ppm"] = rng.choice((0, 1, 72_000, 108_000, rng.randint(0, 400_000), 10**9))
        if rng.random() < 0.3 or len(line) == 1:
            fees = [fee["amount_fen"] for fee in case.get("fees", [])]
            line["amount_fen"] = rng.choice([0, 60_000, 10**12, *fees])
        lines.append(line)
    if stated is not None and rng.random() < 0.3:
        part = rng.randint(0, stated)
        lines = [{"kind": "interest", "annual_rate_ppm": part}, {"kind": "guarantee", "annual_rate_ppm": stated - part}]
    sheet = {"shown": shown, "annual_cost_ppm": stated, "lines": rng.choice((lines, lines, None))}
    amount = case["contract_amount_fen"]
    sheet["principal_fen"] = rng.choice((None, amount if isinstance(amount, int) else None, 1_000_000))
    sheet["annual_cost_decimals"] = rng.choice((None, None, 0, 1, 2, 4))
    for part in PARTS:
        sheet[part] = rng.choice((None, *REPLIES))
    return sheet


def _stated(rng: random.Random, case: dict) -> int | None:
    """A yearly cost as a lender might print it: right by one of the ways, rounded, or wrong."""
    way = rng.randrange(6)
    if way == 0:
        return rng.choice((None, 0, 1, 240_000, rng.randint(0, 10**6), 10**9))
    try:
        rate = true_cost(case)["rate"]
    except (InputError, TypeError, AttributeError):
        return 180_000
    if not rate:
        return 180_000
    ppm = rate["nominal_annual_rate_ppm" if way % 2 else "effective_annual_rate_ppm"]
    if not 0 <= ppm <= 10**9:
        return 180_000
    unit = rng.choice((1, 100, 1_000, 10_000))
    printed = (ppm + unit // 2) // unit * unit
    return max(printed + rng.choice((0, 0, 0, unit, -unit, rng.randint(-30_000, 30_000))), 0)


def _spoil(rng: random.Random, case: dict) -> None:
    sheet = case["sheet"]
    places = [(case, "contract_date"), (case, "cost_sheet_start"), (case, "sheet")]
    places += [(sheet, key) for key in ("shown", "annual_cost_ppm", "annual_cost_decimals", "principal_fen", "lines", *PARTS)]
    for line in (sheet["lines"] or [])[:3]:
        places += [(line, key) for key in ("kind", "annual_rate_ppm", "amount_fen")]
    target, key = rng.choice(places)
    if key == "sheet":
        target[key] = rng.choice((None, {}, {"shown": "skip"}))
    elif key == "lines":
        target[key] = [{"kind": "other", "amount_fen": 1}] * 21
    else:
        target[key] = rng.choice((None, -1, 10**12 + 1, "", "2026-02-30", "yes", "maybe", "<b>", "🙂", True, 5))
