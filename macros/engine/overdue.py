"""What being overdue costs (逾期): interest, penalty interest, compound interest and late fees, day by day.

Amounts are fen, dates ISO text, rates millionths (_ppm) or 10**-12 (_e12). Every agreed rate is
turned into one yearly rate of 10**-12, which holds a mark-up on a ppm rate exactly, so that each
amount of interest is one division: base * rate * days / (10**12 * days of the year).
"""

from .dates import add_months, from_day, to_day
from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up

E12 = 10**12
MAX_DAYS = 10_958
MAX_RATE_PPM = 10**9
MAX_DAILY_PPM = 10**6
MAX_MARKUP_PPM = 10**7
MAX_ROWS = 120
# Interest on interest may grow beyond any sum of money; nothing above this is shown.
MAX_TOTAL_FEN = 10**18
YEAR_DAYS = {"365": 365, "360": 360}
PENALTIES = ("none", "markup", "annual", "daily")
COMPOUNDS = ("none", "start", "monthly")
# Interest, penalty and compound interest are covered as one group, the oldest kind first.
ORDERS = {
    "fees_interest_principal": ("fees", "interest", "penalty", "compound", "principal"),
    "interest_fees_principal": ("interest", "penalty", "compound", "fees", "principal"),
    "interest_principal_fees": ("interest", "penalty", "compound", "principal", "fees"),
    "principal_interest_fees": ("principal", "interest", "penalty", "compound", "fees"),
}
KINDS = ("principal", "interest", "penalty", "compound", "fees")
# A line on damages is of use only where something of the kind is charged.
DAMAGES_LINE = "liquidated_damages_excess"


def penalty(
    base_fen: int,
    days: int,
    annual_rate_ppm: int | None = None,
    daily_rate_ppm: int | None = None,
    year_days: int = 365,
    compounding: str = "simple",
    round_daily: bool = False,
    fixed_fee_fen: int = 0,
) -> dict:
    """Interest for late payment on one sum, as most worked examples give it.

    Args:
        base_fen: 0 to 10**12.
        days: 0 to 10_958 (30 years).
        annual_rate_ppm, daily_rate_ppm: Exactly one of the two.
        year_days: 365 or 360; only for a yearly rate.
        compounding: "simple" or "daily" (each day's interest bears interest from the next day).
        round_daily: Round every day's interest to the fen, not only the sum.
        fixed_fee_fen: Charged once, 0 to 10**12.
    Returns:
        interest_fen (half-up), charges_fen = interest and fee, total_fen = base and charges.
    Raises:
        InputError: An argument is out of range; "two_rates" if both rates are given.

    >>> penalty(100_000, 30, annual_rate_ppm=125_000)["interest_fen"]
    1027
    """
    base = check_integer("base_fen", base_fen, 0, MAX_FEN)
    check_integer("days", days, 0, MAX_DAYS)
    if check_integer("year_days", year_days, 360, 365) not in YEAR_DAYS.values():
        raise InputError("year_days", "choice", year_days)
    check_choice("compounding", compounding, ("simple", "daily"))
    fee = check_integer("fixed_fee_fen", fixed_fee_fen, 0, MAX_FEN)
    if annual_rate_ppm is not None and daily_rate_ppm is not None:
        raise InputError("daily_rate_ppm", "two_rates")
    if daily_rate_ppm is None:
        rate = check_integer("annual_rate_ppm", annual_rate_ppm, 0, MAX_RATE_PPM)
        whole = 10**6 * year_days
    else:
        rate = check_integer("daily_rate_ppm", daily_rate_ppm, 0, MAX_DAILY_PPM)
        whole = 10**6
    if round_daily:
        owed = base
        for _ in range(days):
            owed += divide_half_up((owed if compounding == "daily" else base) * rate, whole)
            if owed > MAX_TOTAL_FEN:
                raise InputError("days", "too_large")
        interest = owed - base
    elif compounding == "daily":
        scale = whole**days
        interest = divide_half_up(base * ((whole + rate) ** days - scale), scale)
        if interest > MAX_TOTAL_FEN:
            raise InputError("days", "too_large")
    else:
        interest = divide_half_up(base * rate * days, whole)
    return {"interest_fen": interest, "charges_fen": interest + fee, "total_fen": base + interest + fee}


def overdue_cost(inputs: dict) -> dict:
    """Work out what an overdue sum costs up to a day, and each further day.

    Args:
        inputs: A mapping with
            overdue_principal_fen: 1 to 10**12.
            unpaid_interest_fen: Interest that was due and not paid before the overdue days, or None.
            contract_annual_rate_ppm, contract_daily_rate_ppm: At most one; None = no rate agreed.
            penalty: {"kind": "none" (the contract's rate goes on), "markup" ("markup_ppm" of the
                contract's rate on top of it), "annual" ("annual_rate_ppm") or "daily"
                ("daily_rate_ppm"), "basis": "whole" (in place of the contract's rate; usual) or
                "on_top" (both run)}. None = none.
            compound: "none"; "start" (interest on unpaid_interest_fen only); or "monthly" (on the
                same day of each month, all that is unpaid of interest, penalty and compound
                interest begins to bear interest). At the whole overdue rate.
            late_fee_fen: Charged once, on the first overdue day; or None.
            fees: Up to 120 of {"date", "amount_fen"}, in any order; they bear no interest.
            by: "dates" (usual) or "days".
            due_date, as_of: ISO dates; the first overdue day is the one after due_date, and as_of
                is counted. At most 10_958 days (30 years).
            days: Instead of the dates; then nothing may have a date.
            year_days: "365" (usual) or "360".
            payments: Up to 120 of {"date", "amount_fen"}, in any order, after due_date. What is
                dated after as_of is not counted yet.
            order: A key of ORDERS; what a payment covers first.
            judgment: None, or {"base_fen", "from_date", "payments", "daily_rate_ppm",
                "first_date"}: see _judgment; asked for if base_fen or from_date is there.
    Returns:
        status ("overdue", "not_yet", "paid"), days, left, charged and covered (fen by kind),
        each_further_day_fen, rates, rows (one per stretch between payments and rests), payments,
        judgment, remarks (keys of rules that bear on the case) and conventions (keys of what to
        tell the reader about the method).
        Interest is exact within a row and rounded half-up once per row and kind, so that each row
        can be checked by hand and the columns add up.
    Raises:
        InputError: .field is the path of the wrong input.
    Source: what is due follows the contract; order of covering: Civil Code, article 561.

    >>> plan = {"overdue_principal_fen": 1_000_000, "contract_annual_rate_ppm": 180_000}
    >>> plan |= {"penalty": {"kind": "markup", "markup_ppm": 500_000}, "by": "days", "days": 30}
    >>> overdue_cost(plan)["charged"]["penalty_fen"]
    22192
    """
    start_principal = check_integer("overdue_principal_fen", inputs.get("overdue_principal_fen"), 1, MAX_FEN)
    start_interest = _optional("unpaid_interest_fen", inputs.get("unpaid_interest_fen"), MAX_FEN) or 0
    year_days = inputs.get("year_days")
    year_days = YEAR_DAYS[check_choice("year_days", "365" if year_days is None else year_days, tuple(YEAR_DAYS))]
    rates = _read_rates(inputs, year_days)
    compound = inputs.get("compound")
    compound = check_choice("compound", "none" if compound is None else compound, COMPOUNDS)
    order = inputs.get("order")
    order = check_choice("order", "fees_interest_principal" if order is None else order, tuple(ORDERS))
    dated, start, days = _read_time(inputs)
    if compound == "monthly" and not dated:
        raise InputError("compound", "dates_needed")
    late_fee = _optional("late_fee_fen", inputs.get("late_fee_fen"), MAX_FEN) or 0
    fees, fees_later = _read_dated("fees", inputs.get("fees"), dated, start, days)
    paid, paid_later = _read_dated("payments", inputs.get("payments"), dated, start, days)
    if late_fee and days:
        fees.insert(0, (1, late_fee))

    def date_of(day: int) -> str | None:
        return from_day(start + day) if dated else None

    rests = set()
    if compound == "monthly":
        month = 1
        # Counted from the first date, so that a month's end comes back to it.
        while (rest := to_day(add_months(inputs["due_date"], month)) - start) <= days:
            rests.add(rest)
            month += 1

    owed = {"principal": start_principal, "interest": start_interest, "penalty": 0, "compound": 0, "fees": 0}
    charged = dict.fromkeys(KINDS[1:], 0)
    covered = dict.fromkeys(KINDS, 0)
    base = start_interest if compound != "none" else 0
    whole = E12 * year_days
    double = 2 * whole
    rows, payment_rows, principal_days, unused, before, next_fee, next_payment = [], [], 0, 0, 0, 0, 0
    for day in sorted({*(when for when, _ in paid), *rests, days} - {0}):
        length = day - before
        fee_sum = 0
        while next_fee < len(fees) and fees[next_fee][0] <= day:
            fee_sum += fees[next_fee][1]
            next_fee += 1
        added = {
            "interest": (2 * owed["principal"] * rates["interest"] * length + whole) // double,
            "penalty": (2 * owed["principal"] * rates["penalty"] * length + whole) // double,
            "compound": (2 * base * rates["overdue"] * length + whole) // double,
            "fees": fee_sum,
        }
        row = {
            "number": len(rows) + 1,
            "from": date_of(before),
            "to": date_of(day),
            "days": length,
            "principal_fen": owed["principal"],
            "compound_base_fen": base,
        }
        principal_days += owed["principal"] * length
        for kind, amount in added.items():
            owed[kind] += amount
            charged[kind] += amount
            row[f"{kind}_fen"] = amount
        row["charges_fen"] = sum(added.values())
        row["left_fen"] = sum(owed.values())
        if row["left_fen"] > MAX_TOTAL_FEN:
            raise InputError("compound", "too_large")
        rows.append(row)
        while next_payment < len(paid) and paid[next_payment][0] == day:
            amount = left = paid[next_payment][1]
            next_payment += 1
            parts = {}
            for kind in ORDERS[order]:
                parts[kind] = min(left, owed[kind])
                left -= parts[kind]
                owed[kind] -= parts[kind]
                covered[kind] += parts[kind]
            # The oldest unpaid interest goes first, and only the oldest bears interest.
            base = max(base - parts["interest"] - parts["penalty"] - parts["compound"], 0)
            unused += left
            payment_rows.append(
                {
                    "number": len(payment_rows) + 1,
                    "date": date_of(day),
                    "amount_fen": amount,
                    **{f"{kind}_fen": parts[kind] for kind in KINDS},
                    "unused_fen": left,
                    "left_fen": sum(owed.values()),
                }
            )
        if day in rests:
            base = owed["interest"] + owed["penalty"] + owed["compound"]
        before = day

    charges = sum(charged.values())
    yearly = divide_half_up(charges * 365 * E12, principal_days) if principal_days else None
    daily = owed["principal"] * (rates["interest"] + rates["penalty"]) + base * rates["overdue"]
    total = sum(owed.values())
    judgment = _judgment(inputs.get("judgment"), dated, start, days)
    later = fees_later + paid_later + (judgment["not_counted"] if judgment else 0)
    return {
        "status": "not_yet" if not days else "overdue" if total else "paid",
        "days": days,
        "due_date": date_of(0),
        "as_of": date_of(days),
        "overdue_principal_fen": start_principal,
        "unpaid_interest_fen": start_interest,
        "left": {**{f"{kind}_fen": owed[kind] for kind in KINDS}, "total_fen": total},
        "charged": {
            **{f"{kind}_fen": charged[kind] for kind in KINDS[1:]},
            "total_fen": charges,
            "annual_rate_e12": yearly,
            "annual_rate_ppm": None if yearly is None else divide_half_up(yearly, 10**6),
        },
        "covered": {**{f"{kind}_fen": covered[kind] for kind in KINDS}, "total_fen": sum(covered.values())},
        "unused_fen": unused,
        "each_further_day_fen": divide_half_up(daily, whole),
        "each_further_day_e6": divide_half_up(daily * 10**6, whole),
        "rates": {
            "contract_annual_rate_ppm": rates["contract_ppm"],
            "overdue_annual_rate_e12": rates["overdue"],
            "overdue_annual_rate_ppm": divide_half_up(rates["overdue"], 10**6),
            "overdue_daily_rate_ppm": divide_half_up(rates["overdue"], 10**6 * year_days),
        },
        "principal_days": principal_days,
        "rows": rows,
        "payments": payment_rows,
        "not_counted": later,
        "judgment": judgment,
        "total_with_judgment_fen": total + judgment["interest_fen"] if judgment else None,
        "on_top": rates["on_top"],
        "remarks": _remarks(rates, paid, judgment),
        "conventions": _conventions(rates, compound, order, year_days, dated, fees or late_fee, paid, later, judgment),
    }


def charges_against(result: dict, lines: list[dict]) -> list[dict]:
    """Set the charges of a result against legal lines, in money.

    Args:
        result: From overdue_cost.
        lines: From limits.comparison_lines.
    Returns:
        The lines, each with charges_fen, allowed_fen (what its yearly rate gives on the overdue
        principal for the days it was owed, 365 to the year, half-up), excess_fen (above it, at
        least 0) and position ("above", "at", "below", exact); all None for a line without a rate
        or when no day is overdue. The line on damages is left out where none are charged.

    >>> loan = {"overdue_principal_fen": 1_000_000, "contract_annual_rate_ppm": 365_000}
    >>> result = overdue_cost({**loan, "by": "days", "days": 10})
    >>> line = charges_against(result, [{"limit_id": "x", "rate_ppm": 120_000}])[0]
    >>> line["allowed_fen"], line["excess_fen"], line["position"]
    (3288, 6712, 'above')
    """
    charges, weight = result["charged"]["total_fen"], result["principal_days"]
    damages = result["charged"]["fees_fen"] > 0 or result["on_top"]
    whole = 365 * 10**6
    measured = []
    for line in lines:
        if line["limit_id"] == DAMAGES_LINE and not damages:
            continue
        parts = {"charges_fen": None, "allowed_fen": None, "excess_fen": None, "position": None}
        if line["rate_ppm"] is not None and weight:
            exact = weight * line["rate_ppm"]
            allowed = divide_half_up(exact, whole)
            parts = {
                "charges_fen": charges,
                "allowed_fen": allowed,
                "excess_fen": max(charges - allowed, 0),
                "position": "above" if charges * whole > exact else "below" if charges * whole < exact else "at",
            }
        measured.append({**line, **parts})
    return measured


def _optional(field: str, value: object, highest: int) -> int | None:
    return None if value is None else check_integer(field, value, 0, highest)


def _read_rates(inputs: dict, year_days: int) -> dict:
    """Yearly rates in 10**-12: what principal bears as interest and as penalty, and both together."""
    annual = _optional("contract_annual_rate_ppm", inputs.get("contract_annual_rate_ppm"), MAX_RATE_PPM)
    daily = _optional("contract_daily_rate_ppm", inputs.get("contract_daily_rate_ppm"), MAX_DAILY_PPM)
    if annual is not None and daily is not None:
        raise InputError("contract_daily_rate_ppm", "two_rates")
    contract = annual if daily is None else daily * year_days
    given = inputs.get("penalty")
    given = {} if given is None else given
    kind = given.get("kind")
    kind = check_choice("penalty.kind", "none" if kind is None else kind, PENALTIES)
    basis = given.get("basis")
    basis = check_choice("penalty.basis", "whole" if basis is None else basis, ("whole", "on_top"))
    agreed = (0 if contract is None else contract) * 10**6
    interest, penalty_rate = agreed, 0
    if kind == "markup":
        markup = check_integer("penalty.markup_ppm", given.get("markup_ppm"), 0, MAX_MARKUP_PPM)
        if contract is None:
            raise InputError("contract_annual_rate_ppm", "required")
        interest, penalty_rate = 0, contract * (10**6 + markup)
    elif kind == "annual":
        penalty_rate = check_integer("penalty.annual_rate_ppm", given.get("annual_rate_ppm"), 0, MAX_RATE_PPM) * 10**6
    elif kind == "daily":
        penalty_rate = check_integer("penalty.daily_rate_ppm", given.get("daily_rate_ppm"), 0, MAX_DAILY_PPM)
        penalty_rate *= year_days * 10**6
    on_top = kind in ("annual", "daily") and basis == "on_top"
    if kind in ("annual", "daily") and not on_top:
        interest = 0
    return {
        "kind": kind,
        "on_top": on_top,
        "contract_ppm": contract,
        "interest": interest,
        "penalty": penalty_rate,
        "overdue": interest + penalty_rate,
    }


def _read_time(inputs: dict) -> tuple[bool, int, int]:
    """Whether there are dates, day number of the due date (or 0), and overdue days."""
    by = inputs.get("by")
    if check_choice("by", "dates" if by is None else by, ("dates", "days")) == "days":
        return False, 0, check_integer("days", inputs.get("days"), 0, MAX_DAYS)
    start = to_day(inputs.get("due_date"), "due_date")
    days = to_day(inputs.get("as_of"), "as_of") - start
    if days < 0:
        raise InputError("as_of", "before_due", inputs["as_of"])
    if days > MAX_DAYS:
        raise InputError("as_of", "too_late", inputs["as_of"])
    return True, start, days


def _read_dated(field: str, given: list | None, dated: bool, start: int, days: int, early: bool = False) -> tuple[list, int]:
    """(day, fen) of dated amounts in order up to the last day, and how many lie after it."""
    given = [] if given is None else given
    if len(given) > MAX_ROWS:
        raise InputError(field, "count", len(given))
    if given and not dated:
        raise InputError(field, "dates_needed")
    amounts, later = [], 0
    for k, entry in enumerate(given):
        day = to_day(entry.get("date"), f"{field}.{k}.date") - start
        amount = check_integer(f"{field}.{k}.amount_fen", entry.get("amount_fen"), 0, MAX_FEN)
        if day <= 0 and not early:
            raise InputError(f"{field}.{k}.date", "not_overdue", entry["date"])
        if day > days:
            later += 1
        else:
            amounts.append((day, amount))
    # Stable: what is of one day stays in the order in which it was given.
    amounts.sort(key=lambda entry: entry[0])
    return amounts, later


def _judgment(given: dict | None, dated: bool, start: int, days: int) -> dict | None:
    """Extra interest for delayed performance of a judgment (加倍部分债务利息).

    Args:
        given: None, or base_fen (judged money debt without its ordinary interest, 1 to 10**12),
            from_date (end of the time to perform), payments ([{"date", "amount_fen"}], each taken
            from the base), daily_rate_ppm, first_date (an earlier from_date has another rule).
    Source: 法释〔2014〕8号, articles 1 to 4: base x daily rate x days, simple; a part payment ends
        its part of the base on its day; the base is paid before this interest.
    """
    given = {} if given is None else given
    base, begin = given.get("base_fen"), given.get("from_date")
    if base is None and begin is None:
        return None
    if not dated:
        raise InputError("judgment.from_date", "dates_needed")
    base = check_integer("judgment.base_fen", base, 1, MAX_FEN)
    first = to_day(begin, "judgment.from_date")
    if given.get("first_date") is not None and first < to_day(given["first_date"], "judgment.first_date"):
        raise InputError("judgment.from_date", "before_first_value", begin)
    rate = check_integer("judgment.daily_rate_ppm", given.get("daily_rate_ppm"), 0, MAX_DAILY_PPM)
    end = start + days
    paid, later = _read_dated("judgment.payments", given.get("payments"), True, 0, end, True)
    if end - first > MAX_DAYS:
        raise InputError("judgment.from_date", "too_early", begin)

    left, unused, interest, before, next_payment = base, 0, 0, first, 0
    rows = []
    for day in sorted({*(when for when, _ in paid), max(end, first)}):
        # What was paid before the time ended is taken from the base, and no row is made of it.
        if day > before:
            amount = divide_half_up(left * rate * (day - before), 10**6)
            interest += amount
            rows.append(
                {
                    "number": len(rows) + 1,
                    "from": from_day(before),
                    "to": from_day(day),
                    "days": day - before,
                    "base_fen": left,
                    "interest_fen": amount,
                }
            )
            before = day
        while next_payment < len(paid) and paid[next_payment][0] <= day:
            part = min(paid[next_payment][1], left)
            left -= part
            unused += paid[next_payment][1] - part
            next_payment += 1
    running = end >= first
    return {
        "status": "not_started" if not running else "running" if left else "paid",
        "from_date": begin,
        "days": max(end - first, 0),
        "base_fen": base,
        "left_fen": left,
        "paid_fen": base - left,
        "unused_fen": unused,
        "interest_fen": interest,
        "each_further_day_fen": divide_half_up(left * rate, 10**6) if running else 0,
        "each_further_day_e6": left * rate if running else 0,
        "daily_rate_ppm": rate,
        "rows": rows,
        "not_counted": later,
    }


def _remarks(rates: dict, paid: list, judgment: dict | None) -> list[dict]:
    none = rates["kind"] == "none"
    keys = [
        ("no_rate_agreed", none and rates["contract_ppm"] is None),
        ("no_overdue_rate_agreed", none and rates["contract_ppm"] is not None),
        ("covering", bool(paid)),
    ]
    remarks = [{"key": key} for key, applies in keys if applies]
    if judgment:
        remarks += [{"key": "judgment_rule", "daily_rate_ppm": judgment["daily_rate_ppm"]}]
        remarks += [{"key": "judgment_part"}, {"key": "judgment_assets"}]
    return remarks


def _conventions(rates, compound, order, year_days, dated, fees, paid, later, judgment) -> list[str]:
    keys = [
        ("days_between_dates", dated),
        ("year_360" if year_days == 360 else "year_365", True),
        ("no_rate", rates["overdue"] == 0),
        ("contract_rate_goes_on", rates["kind"] == "none" and rates["overdue"] > 0),
        ("penalty_in_place", rates["kind"] != "none" and not rates["on_top"]),
        ("penalty_on_top", rates["on_top"]),
        ("compound_start", compound == "start"),
        ("compound_monthly", compound == "monthly"),
        ("rounded_once_per_row", True),
        ("fees_bear_no_interest", bool(fees)),
        (f"order_{order}", bool(paid)),
        ("later_not_counted", later > 0),
        ("judgment_simple", judgment is not None),
        ("earlier_costs_left_out", True),
    ]
    return [key for key, applies in keys if applies]
