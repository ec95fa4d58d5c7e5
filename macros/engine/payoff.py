"""Paying off several debts from one monthly sum: in which month each ends, and what it costs.

Amounts are fen, yearly rates millionths (ppm), shares millionths. A month's interest is balance * rate / 12, rounded
half-up to the fen for each debt.
"""

from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up

MAX_DEBTS = 30
# 50 years: what is not paid by then is not paid.
MAX_MONTHS = 600
# 10,000 % a year, above the short loans that are sold by the week.
MAX_DEBT_RATE_PPM = 10**8
MAX_NAME = 40
STRATEGIES = ("prorata", "avalanche", "snowball", "listed")
NEEDS = ("rent_fen", "food_fen", "medicine_fen", "children_fen", "transport_fen", "other_fen")
# A month's interest is balance * ppm / _YEAR. Over twice that unit, adding it half-up is one multiplication and one
# division: floor((balance * (_UNIT + 2 * ppm) + _YEAR) / _UNIT).
_YEAR = 12 * 10**6
_UNIT = 2 * _YEAR
# Months shown of a plan that is known never to end.
_SHOWN = 12


def payoff(debts: list[dict], budget_fen: int, strategy: str, pay_first: bool = False) -> dict:
    """Pay several debts with the same sum every month until all are cleared.

    Every debt gets its minimum first; the rest goes out by the strategy, and what a finished debt leaves goes on in the
    same month. avalanche: highest rate first, ties by the smaller balance; snowball: smallest balance first, ties by the
    higher rate; listed: as given. The order is set once, by the first balances. prorata: the rest is shared by what is
    still owed after interest and minimum, rounded down, and the left-over fen go one each in listed order.

    Args:
        debts: 1 to 30 of {"balance_fen" 1 to 10**12, "annual_rate_ppm" 0 to 10**8 or None, "min_payment_fen" or None}.
        budget_fen: Paid every month, 1 to 10**12; not below the minimums of the first month.
        strategy: One of STRATEGIES.
        pay_first: The payment is made before the month's interest accrues; a row then has the interest of the month
            before it.
    Returns:
        status: "done"; "never", if it is proven that no open debt ever ends; "too_long", if one is open after 600 months.
        months, total_interest_fen, total_paid_fen: None unless done.
        cleared_month: For each debt, in the order given, or None.
        never: Places (from 0) of the debts that are not cleared.
        first_payments_fen: What each debt gets in the first month.
        rows: For each month number, paid_fen, interest_fen, principal_fen, balance_fen and cleared, the numbers (from 1)
            of the debts that end in it, as text, or None.
    Raises:
        InputError: .field is the path of the wrong input; rule "below_minimums" for the budget.
    Source: conventions of the `payoff` cases in tests/cases/finance_public.json.

    >>> debt = {"balance_fen": 500_000, "annual_rate_ppm": 120_000, "min_payment_fen": 10_000}
    >>> payoff([debt], 10_000, "listed")["months"]
    70
    """
    given = _read_debts(debts, named=False)
    budget = check_integer("budget_fen", budget_fen, 1, MAX_FEN)
    check_choice("strategy", strategy, STRATEGIES)
    needed = sum(min(debt["min_payment_fen"], debt["balance_fen"] if pay_first else _due(debt)) for debt in given)
    if budget < needed:
        raise InputError("budget_fen", "below_minimums", budget)
    return _simulate(given, budget, strategy, pay_first, True)


def affordable_plan(inputs: dict) -> dict:
    """What is left each month after the needs, how to share it among the debts, and how long that takes.

    Args:
        inputs: A mapping with
            income: {"own_fen", "other_fen"}, 0 to 10**12 or None; own_fen is required unless budget_fen is given.
            needs: {"rent_fen", "food_fen", "medicine_fen", "children_fen", "transport_fen", "other_fen"}, each or None.
            reserve_ppm: Share of what is left that is put aside, 0 to 900_000, or None.
            budget_fen: What the reader wants to pay a month instead, 1 to 10**12, or None.
            debts: Up to 30 of {"name" text of up to 40 characters or None, "balance_fen" 1 to 10**12,
                "annual_rate_ppm" 0 to 10**8 or None, "min_payment_fen" the present instalment or None}.
            strategy: One of STRATEGIES; None = "prorata".
            settlement: None or {"share_ppm" 1 to 10**6} or {"amount_fen" up to the sum owed}: one payment for all.
            instalment_rate_ppm: Yearly rate of an instalment plan to be agreed, None = without interest.
            instalment_years: Length of that plan, 1 to 30.
    Returns:
        status: "nothing_left" (needs take all the income; nothing else is worked out), or "plan", "never" or "too_long"
        as payoff has it, for the chosen strategy; the sums of money; offers (one row per debt: what it gets by today's
        figures when the money is shared by what is owed); strategies (each with months, interest and what never ends);
        compare (settlement, instalments, paying_on, plan); rows, the months of the chosen strategy; frozen_months, the
        time without any interest; never, messages, cautions, before_letter, conventions: keys of what to tell the reader.
        The present instalments are minimums if the money covers them all. If it does not, none is kept: any sharing then
        needs the lenders' consent. falls_from_fen of a debt is its first month's interest and one fen: at that sum the
        balance falls by a fen, interest cannot rise again, so the debt ends; at one fen less it never falls.
    Raises:
        InputError: .field is the path of the wrong input.

    >>> debts = [{"balance_fen": 600_000, "annual_rate_ppm": 180_000}, {"balance_fen": 300_000, "annual_rate_ppm": 180_000}]
    >>> plan = affordable_plan({"income": {"own_fen": 500_000}, "needs": {"rent_fen": 410_000}, "debts": debts, "instalment_years": 5})
    >>> plan["budget_fen"], [row["offer_fen"] for row in plan["offers"]], plan["plan"]["months"]
    (90000, [60000, 30000], 11)
    """
    money, budget, excess = _left_over(inputs)
    strategy = inputs.get("strategy")
    strategy = check_choice("strategy", "prorata" if strategy is None else strategy, STRATEGIES)
    rate = inputs.get("instalment_rate_ppm")
    rate = 0 if rate is None else check_integer("instalment_rate_ppm", rate, 0, MAX_DEBT_RATE_PPM)
    years = check_integer("instalment_years", inputs.get("instalment_years"), 1, 30)
    if budget is None:
        return {"status": "nothing_left", **money, "budget_fen": None, "messages": [], "conventions": []}

    debts = _read_debts(inputs.get("debts"), named=True)
    owed = sum(debt["balance_fen"] for debt in debts)
    settlement = _settlement(inputs.get("settlement"), owed, budget)
    instalments = [debt["min_payment_fen"] for debt in debts if debt["typed_payment"]]
    due = sum(min(debt["min_payment_fen"], _due(debt)) for debt in debts)
    short = due - budget if due > budget else None
    bound = [{**debt, "min_payment_fen": 0} for debt in debts] if short else debts
    plans = {
        name: _simulate(bound, budget, name, False, name == strategy)
        for name in STRATEGIES
        if name != "listed" or strategy == "listed"
    }
    chosen = plans[strategy]
    strategies = {name: _summary(plans[name], budget) if name in plans else None for name in STRATEGIES}
    offers = _offers(bound, debts, budget, plans)
    paying_on = _paying_on(debts, budget)
    plan = strategies[strategy]
    interest = sum(debt["interest_fen"] for debt in debts)
    # With no further interest the sum owed is paid off in so many months.
    frozen_months = -(-owed // budget)
    instalment_plan = _instalments(owed, rate, 12 * years, budget)
    no_rate = sum(not debt["typed_rate"] for debt in debts)
    messages = _said([
        ("short", short, {"due_fen": due, "short_fen": short}),
        ("above_left", excess, {"excess_fen": excess}),
        ("no_rate", no_rate, {"count": no_rate}),
    ])
    cautions = _said([
        ("settlement_in_writing", settlement, {}),
        ("instalments_by_consent", True, {"years": years, "months": 12 * years}),
        ("instalments_above_budget", instalment_plan["over_fen"],
         {"months": 12 * years, "monthly_fen": instalment_plan["monthly_fen"], "over_fen": instalment_plan["over_fen"]}),
        ("paying_on_never", paying_on and paying_on["never_count"], {"numbers": paying_on and paying_on["never_numbers"]}),
        ("paying_on_unknown", not paying_on, {}),
    ])
    return {
        "status": "plan" if chosen["status"] == "done" else chosen["status"],
        **money,
        "budget_fen": budget,
        "owed_fen": owed,
        "debt_count": len(debts),
        "month_interest_fen": interest,
        "instalments_fen": sum(instalments) if instalments else None,
        "instalments_kept": due > 0 and not short,
        "short_fen": short,
        "frozen_months": frozen_months,
        "strategy": strategy,
        "plan": plan,
        "strategies": strategies,
        "compare": {"settlement": settlement, "instalments": instalment_plan, "paying_on": paying_on, "plan": plan},
        "offers": offers,
        "offers_fen": sum(row["offer_fen"] for row in offers),
        "never_all": len(chosen["never"]) == len(debts),
        "never": _never(chosen, offers, strategies, interest, frozen_months),
        "rows": chosen["rows"],
        "messages": messages,
        "cautions": cautions,
        "before_letter": _said([("restarts_limitation", True, {}), ("after_limitation", True, {})]),
        "conventions": _conventions(debts, plans, short),
    }


def _left_over(inputs: dict) -> tuple[dict, int | None, int | None]:
    """The sums of money, the monthly budget (None: nothing is left), and by how much a typed budget is above what is left."""
    income, needs = inputs.get("income") or {}, inputs.get("needs") or {}
    typed, own = inputs.get("budget_fen"), income.get("own_fen")
    if typed is not None:
        check_integer("budget_fen", typed, 1, MAX_FEN)
    if own is None and typed is None:
        raise InputError("income.own_fen", "required")
    earned = _optional("income.own_fen", own) + _optional("income.other_fen", income.get("other_fen"))
    needed = sum(_optional(f"needs.{key}", needs.get(key)) for key in NEEDS)
    share = inputs.get("reserve_ppm")
    share = 0 if share is None else check_integer("reserve_ppm", share, 0, 900_000)
    if own is None:
        return {"income_fen": None, "needs_fen": needed or None, "left_fen": None, "reserve_fen": None}, typed, None
    left = earned - needed
    # A sum that the reader chose is not cut again.
    reserve = divide_half_up(left * share, 10**6) if typed is None and left > 0 else 0
    budget = left - reserve if typed is None else typed
    money = {"income_fen": earned, "needs_fen": needed, "left_fen": left, "reserve_fen": reserve or None}
    if left <= 0 or budget <= 0:
        return money, None, None
    return money, budget, budget - left if budget > left else None


def _never(chosen: dict, offers: list[dict], strategies: dict, interest: int, frozen_months: int) -> list[dict]:
    """What to say of debts that do not end: each of them, from which sum they fall, and what would help."""
    if not chosen["never"]:
        return []
    rows = []
    for k in chosen["never"]:
        key = "debt_never" if offers[k]["name"] is None else "debt_never_named"
        rows.append({"key": key, **{part: offers[k][part] for part in ("number", "name", "interest_fen", "falls_from_fen")}})
    rows.append({"key": "all_fall", "falls_from_fen": interest + len(offers)})
    ways = [name for name, entry in strategies.items() if entry and entry["status"] == "done"]
    if ways:
        rows.append({"key": "other_way_ends", "ways": ways})
    rows.append({"key": "interest_stops", "months": frozen_months})
    return rows


def _said(entries: list[tuple]) -> list[dict]:
    return [{"key": key, **values} for key, applies, values in entries if applies]


def _optional(field: str, value: object) -> int:
    return 0 if value is None else check_integer(field, value, 0, MAX_FEN)


def _read_debts(debts: object, named: bool) -> list[dict]:
    """Debts with every part filled in, their growth in a month and the interest of the first."""
    if not debts:
        raise InputError("debts", "required")
    if len(debts) > MAX_DEBTS:
        raise InputError("debts", "count", len(debts))
    found = []
    for k, debt in enumerate(debts):
        path = f"debts.{k}"
        name = debt.get("name") if named else None
        if name is not None and not (isinstance(name, str) and len(name) <= MAX_NAME):
            raise InputError(f"{path}.name", "text", name)
        balance = check_integer(f"{path}.balance_fen", debt.get("balance_fen"), 1, MAX_FEN)
        rate, least = debt.get("annual_rate_ppm"), debt.get("min_payment_fen")
        ppm = 0 if rate is None else check_integer(f"{path}.annual_rate_ppm", rate, 0, MAX_DEBT_RATE_PPM)
        entry = {
            "name": name or None,
            "balance_fen": balance,
            "annual_rate_ppm": ppm,
            "typed_rate": rate is not None,
            "growth": _UNIT + 2 * ppm,
            "min_payment_fen": _optional(f"{path}.min_payment_fen", least),
            "typed_payment": least is not None,
        }
        found.append(entry | {"interest_fen": _due(entry) - balance})
    return found


def _due(debt: dict) -> int:
    """Balance with a month's interest."""
    return (debt["balance_fen"] * debt["growth"] + _YEAR) // _UNIT


def _order(debts: list[dict], strategy: str) -> list[int]:
    places = list(range(len(debts)))
    if strategy == "avalanche":
        places.sort(key=lambda k: (-debts[k]["annual_rate_ppm"], debts[k]["balance_fen"]))
    elif strategy == "snowball":
        places.sort(key=lambda k: (debts[k]["balance_fen"], -debts[k]["annual_rate_ppm"]))
    return places


def _simulate(debts: list[dict], budget: int, strategy: str, pay_first: bool, wants_rows: bool) -> dict:
    """As payoff returns it; rows only if they are wanted."""
    shared = strategy == "prorata"
    order = _order(debts, strategy)
    growth = [debt["growth"] for debt in debts]
    least = [debt["min_payment_fen"] for debt in debts]
    balances = [debt["balance_fen"] for debt in debts]
    owed = principal = sum(balances)
    cleared_month: list[int | None] = [None] * len(debts)
    rows, first, total_paid = [], [], 0
    status = "too_long"
    for month in range(1, MAX_MONTHS + 1):
        grows = month > 1 or not pay_first
        before, pool, rest = balances, budget, 0
        balances = [0] * len(debts)
        for k in order:
            if not before[k]:
                continue
            with_interest = (before[k] * growth[k] + _YEAR) // _UNIT if grows else before[k]
            paid = min(least[k], with_interest)
            balances[k] = with_interest - paid
            pool -= paid
            rest += balances[k]
        interest = rest + budget - pool - owed
        rounded = shared and pool > 0
        if pool >= rest:
            balances = [0] * len(debts)
            paid, rest = budget - pool + rest, 0
        else:
            (_share if shared else _in_turn)(balances, order, pool, rest)
            paid, rest = budget, rest - pool
        if month == 1:
            first = [(_due(debt) if grows else debt["balance_fen"]) - left for debt, left in zip(debts, balances)]
        ended = [k for k in range(len(debts)) if before[k] and not balances[k]]
        for k in ended:
            cleared_month[k] = month
        total_paid += paid
        if wants_rows:
            numbers = ", ".join(str(k + 1) for k in ended)
            rows.append({
                "month": month, "paid_fen": paid, "interest_fen": interest, "principal_fen": paid - interest,
                "balance_fen": rest, "cleared": numbers or None,
            })
        stuck = rest >= owed and month >= _SHOWN and _is_stuck(before, balances, rounded)
        owed = rest
        if not owed:
            status = "done"
            break
        if stuck:
            status = "never"
            break
    done = status == "done"
    return {
        "status": status,
        "months": month if done else None,
        "total_interest_fen": total_paid - principal if done else None,
        "total_paid_fen": total_paid if done else None,
        "cleared_month": cleared_month,
        "never": [k for k, ended in enumerate(cleared_month) if ended is None],
        "first_payments_fen": first,
        "rows": rows,
    }


def _in_turn(balances: list[int], order: list[int], pool: int, rest: int) -> None:
    for k in order:
        paid = min(pool, balances[k])
        balances[k] -= paid
        pool -= paid
        if not pool:
            return


def _share(balances: list[int], order: list[int], pool: int, rest: int) -> None:
    spare = pool
    for k in order:
        share = pool * balances[k] // rest
        balances[k] -= share
        spare -= share
    # What rounding down left over: a debt that is open still owes at least a fen, since pool is below rest.
    for k in order:
        if not spare:
            return
        if balances[k]:
            balances[k] -= 1
            spare -= 1


def _is_stuck(before: list[int], after: list[int], rounded_shares: bool) -> bool:
    """Whether these balances prove that no debt that is open now ever ends.

    A month's step never gives a smaller balance for larger ones (interest half-up, minimums, and a fixed order all keep
    that), so once no balance fell, none ever falls below where it stood. Shares rounded down may differ by the left-over
    fen, so there every open balance has to rise; or none changes, and then nothing ever will.
    """
    if not rounded_shares or after == before:
        return all(new >= old for new, old in zip(after, before))
    moving = [(old, new) for old, new in zip(before, after) if old]
    return all(new > old for old, new in moving) or (len(moving) == 1 and moving[0][1] >= moving[0][0])


def _summary(plan: dict, budget: int) -> dict:
    ended = [month for month in plan["cleared_month"] if month is not None]
    return {
        "status": plan["status"],
        "monthly_fen": budget,
        "months": plan["months"],
        "total_interest_fen": plan["total_interest_fen"],
        "total_paid_fen": plan["total_paid_fen"],
        "first_cleared_month": min(ended, default=None),
        "never_count": len(plan["never"]) or None,
        "never_numbers": _numbers(plan["never"]),
    }


def _numbers(places: list[int]) -> str | None:
    return ", ".join(str(k + 1) for k in places) or None


def _offers(bound: list[dict], debts: list[dict], budget: int, plans: dict) -> list[dict]:
    """What each lender is offered, by today's figures: the minimum, and the rest of the money by what is then owed."""
    balances = [debt["balance_fen"] for debt in debts]
    owed = sum(balances)
    least = [min(debt["min_payment_fen"], debt["balance_fen"]) for debt in bound]
    left = [balance - part for balance, part in zip(balances, least)]
    pool, rest = budget - sum(least), sum(left)
    if pool >= rest:
        left = [0] * len(debts)
    elif pool:
        _share(left, list(range(len(debts))), pool, rest)
    return [
        {
            "number": k + 1,
            "name": debt["name"],
            "balance_fen": debt["balance_fen"],
            "share_ppm": divide_half_up(debt["balance_fen"] * 10**6, owed),
            "offer_fen": debt["balance_fen"] - left[k],
            "interest_fen": debt["interest_fen"],
            "instalment_fen": debt["min_payment_fen"] if debt["typed_payment"] else None,
            "falls_from_fen": debt["interest_fen"] + 1,
            "prorata_month": plans["prorata"]["cleared_month"][k],
            "avalanche_month": plans["avalanche"]["cleared_month"][k],
            "snowball_month": plans["snowball"]["cleared_month"][k],
        }
        for k, debt in enumerate(debts)
    ]


def _settlement(given: dict | None, owed: int, budget: int) -> dict | None:
    """One payment for everything, if the lenders agree."""
    if given is None:
        return None
    share, amount = given.get("share_ppm"), given.get("amount_fen")
    if amount is None and share is None:
        return None
    if amount is not None:
        check_integer("settlement.amount_fen", amount, 1, MAX_FEN)
        if amount > owed:
            raise InputError("settlement.amount_fen", "above_owed", amount)
    else:
        amount = divide_half_up(owed * check_integer("settlement.share_ppm", share, 1, 10**6), 10**6)
    return {
        "monthly_fen": None,
        "months": None,
        "total_paid_fen": amount,
        "total_interest_fen": None,
        "forgiven_fen": owed - amount,
        "share_ppm": divide_half_up(amount * 10**6, owed),
        "saving_months": -(-amount // budget) if amount else None,
        "over_fen": None,
    }


def _instalments(owed: int, rate_ppm: int, months: int, budget: int) -> dict:
    """Equal instalments on all that is owed; the last one takes what rounding left."""
    if rate_ppm:
        top, base = (_YEAR + rate_ppm) ** months, _YEAR**months
        monthly = divide_half_up(owed * rate_ppm * top, _YEAR * (top - base))
    else:
        monthly = divide_half_up(owed, months)
    growth, balance, paid = _UNIT + 2 * rate_ppm, owed, 0
    for number in range(1, months + 1):
        due = (balance * growth + _YEAR) // _UNIT
        part = due if number == months else min(monthly, due)
        balance = due - part
        paid += part
    return {
        "monthly_fen": monthly,
        "months": months,
        "total_paid_fen": paid,
        "total_interest_fen": paid - owed,
        "forgiven_fen": None,
        "saving_months": None,
        "over_fen": monthly - budget if monthly > budget else None,
    }


def _paying_on(debts: list[dict], budget: int) -> dict | None:
    """Every debt with its present instalment, and nothing rolled on; None if an instalment is not known."""
    if not all(debt["typed_payment"] for debt in debts):
        return None
    never, longest, total = [], 0, 0
    for k, debt in enumerate(debts):
        balance, least, growth = debt["balance_fen"], debt["min_payment_fen"], debt["growth"]
        month = 0
        # An instalment that does not beat the first interest never will: the balance cannot fall.
        if least > debt["interest_fen"]:
            while balance and month < MAX_MONTHS:
                due = (balance * growth + _YEAR) // _UNIT
                part = min(least, due)
                balance = due - part
                total += part
                month += 1
        if balance:
            never.append(k)
        longest = max(longest, month)
    done = not never
    monthly = sum(min(debt["min_payment_fen"], _due(debt)) for debt in debts)
    return {
        "monthly_fen": monthly,
        "months": longest if done else None,
        "total_paid_fen": total if done else None,
        "total_interest_fen": total - sum(debt["balance_fen"] for debt in debts) if done else None,
        "forgiven_fen": None,
        "saving_months": None,
        "over_fen": monthly - budget if monthly > budget else None,
        "never_count": len(never) or None,
        "never_numbers": _numbers(never),
    }


def _conventions(debts: list[dict], plans: dict, short: int | None) -> list[str]:
    several = len(debts) > 1
    keys = [
        ("interest_monthly", True),
        ("instalments_first", not short and any(debt["min_payment_fen"] for debt in debts)),
        ("instalments_not_kept", bool(short)),
        ("rolls_on", several),
        ("shares_rounded_down", several),
        ("order_set_once", several),
        ("no_new_charges", True),
        ("unknown_rate_zero", not all(debt["typed_rate"] for debt in debts)),
        ("fifty_years", any(plan["status"] != "done" for plan in plans.values())),
    ]
    return [key for key, applies in keys if applies]
