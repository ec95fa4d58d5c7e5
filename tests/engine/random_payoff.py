"""Random inputs of payoff: payoff and affordable_plan over their whole range."""

from __future__ import annotations

import random
from collections.abc import Iterator

MAX_FEN, MAX_RATE = 10**12, 10**8
STRATEGIES = ("prorata", "avalanche", "snowball", "listed")
SPOILT = (None, 0, -1, 31, MAX_FEN + 1, 10**30, "", "12", "avalanche", "<b>", "🙂" * 41, True, 1.5)


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls: (module, function, arguments)."""
    rng = random.Random(seed)
    for _ in range(n):
        way = rng.random()
        if way < 0.25:
            debts = _debts(rng)
            given = [debts, _budget(rng, debts), rng.choice(STRATEGIES)]
            if rng.random() < 0.4:
                given.append(rng.random() < 0.5)
            if rng.random() < 0.08:
                given[rng.randint(1, 2)] = rng.choice(SPOILT)
            yield "payoff", "payoff", given
            continue
        case = _case(rng)
        if way < 0.33:
            _spoil(rng, case)
        yield "payoff", "affordable_plan", [case]


def _debts(rng: random.Random) -> list[dict]:
    count = rng.choice((1, 1, 2, 2, 3, 4, 5, 8, rng.randint(1, 30), 30 if rng.random() < 0.2 else 3))
    alike = rng.random() < 0.2
    same_rate, same_balance = rng.choice((0, 180_000, 240_000)), rng.randint(1, 10**7)
    debts = []
    for _ in range(count):
        balance = rng.choice((1, 2, 100, rng.randint(1, 1000), rng.randint(1, 10**6), rng.randint(1, 10**7), rng.randint(1, 10**7)))
        if rng.random() < 0.03:
            balance = rng.choice((MAX_FEN, MAX_FEN - 1, rng.randint(1, MAX_FEN)))
        rate = rng.choice((None, 0, 1, 72_000, 180_000, 240_000, 360_000, rng.randint(0, 10**6)))
        if rng.random() < 0.05:
            rate = rng.choice((MAX_RATE, rng.randint(0, MAX_RATE)))
        least = rng.choice((None, None, 0, balance // 24, balance // 12, balance, rng.randint(0, 10**5)))
        name = rng.choice((None, None, "", "某某 bank", "🙂" * 40, "<b>"))
        debts.append({"name": name, "balance_fen": same_balance if alike else balance,
                      "annual_rate_ppm": same_rate if alike else rate, "min_payment_fen": least})
    return debts


def _budget(rng: random.Random, debts: list[dict]) -> int:
    """From a fen to all at once; often near what interest or instalments take, where a plan turns."""
    owed = sum(debt["balance_fen"] for debt in debts)
    interest = sum(debt["balance_fen"] * (debt["annual_rate_ppm"] or 0) // 12_000_000 for debt in debts)
    least = sum(debt["min_payment_fen"] or 0 for debt in debts)
    near = rng.choice((-1, 0, 1, len(debts), rng.randint(0, owed // 50 + 1)))
    budget = rng.choice((
        1, owed // 120, owed // 36, owed // 12, owed // 3, owed, 2 * owed, rng.randint(1, owed), interest + near, least + near,
        interest // 2, max(least, interest) + owed // rng.randint(6, 100),
    ))
    return min(max(budget, 1), MAX_FEN)


def _case(rng: random.Random) -> dict:
    debts = _debts(rng)
    budget = _budget(rng, debts)
    case = {"debts": debts, "strategy": rng.choice((None, *STRATEGIES)), "instalment_years": rng.choice((5, 5, 1, 30))}
    if rng.random() < 0.5:
        case["budget_fen"] = budget
    if "budget_fen" not in case or rng.random() < 0.5:
        needs = rng.randint(0, 10**6)
        keys = ("rent_fen", "food_fen", "medicine_fen", "children_fen", "transport_fen", "other_fen")
        case["income"] = {"own_fen": max(needs + rng.choice((budget, budget, 0, -1, rng.randint(-(10**6), 10**6))), 0)}
        case["needs"] = {rng.choice(keys): needs}
        if rng.random() < 0.4:
            case["income"]["other_fen"] = rng.choice((None, 0, rng.randint(0, 10**6)))
            case["needs"] |= {key: rng.choice((None, 0, 1, rng.randint(0, 10**5))) for key in keys}
        case["reserve_ppm"] = rng.choice((None, 0, 100_000, 900_000, rng.randint(0, 900_000)))
    owed = sum(debt["balance_fen"] for debt in debts)
    case["settlement"] = rng.choice((
        None, None, {}, {"share_ppm": rng.choice((1, 10**6, 400_000, rng.randint(1, 10**6)))},
        {"amount_fen": rng.choice((1, owed, min(owed + 1, MAX_FEN), rng.randint(1, owed)))},
    ))
    case["instalment_rate_ppm"] = rng.choice((None, 0, 1, 60_000, 180_000, rng.randint(0, 10**6), MAX_RATE if rng.random() < 0.1 else 0))
    return case


def _spoil(rng: random.Random, case: dict) -> None:
    """Put something wrong, or left out, where the engine reads."""
    places = [(case, key) for key in ("reserve_ppm", "budget_fen", "strategy", "instalment_rate_ppm", "instalment_years")]
    for part in (case.get("income"), case.get("needs"), case.get("settlement"), rng.choice(case["debts"])):
        places += [(part, key) for key in part or ()]
    target, key = rng.choice(places)
    target[key] = rng.choice(SPOILT)
    if rng.random() < 0.15:
        case["debts"] = rng.choice((None, [], [{"balance_fen": 1}] * 31))
