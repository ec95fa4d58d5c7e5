"""Repayment plans (还款计划): what is due when, and what early repayment changes.

Amounts are fen, dates ISO text, rates millionths (_ppm) or 10**-12 (_e12). An amount that no one
pays, because it is not rounded, is given in 10**-12 fen (_fen_e12).

A charge is a fraction of the balance: over a month a twelfth of the yearly rate, over any other
number of days their share of a year of 360 or 365 days. A period that is not whole, because the
first one is longer or shorter or because of an early repayment in between, pays the principal
part of a whole one and interest by the day.
"""

from .dates import civil_of_day, day_of_civil, days_in_month, to_day
from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up
from .rates import effective_to_nominal, irr
from .roots import E12, ONE, WORK_BITS, nth_root, solve

MAX_PERIODS = 360
MAX_RATE_PPM = 10**8
MAX_FIRST_DAYS = 3660
# flat: interest on the first amount throughout, at a yearly rate; flat_fee: at a fee per period.
METHODS = ("equal_instalment", "equal_principal", "interest_only", "bullet", "flat", "flat_fee")
# Days of a period; a month counts as a twelfth of a year.
PERIOD_DAYS = {"month": 0, "fortnight": 14, "week": 7, "day": 1}
YEAR_DAYS = ("365", "360")
ROUNDINGS = ("half_up", "down")
EARLY_KINDS = ("none", "full", "part")
KEEPS = ("term", "instalment")


def schedule(inputs: dict) -> dict:
    """Lay out a loan's payments, and beside it an early repayment or a second loan.

    Args:
        inputs: A mapping with
            principal_fen: 1 to 10**12.
            method: A key of METHODS.
            annual_rate_ppm: Yearly rate, 0 to 10**8; for flat on the first amount. Not for flat_fee.
            flat_fee_ppm: For flat_fee only: fee per period on the first amount, 0 to 10**6.
            periods: 1 to 360.
            period: "month" (None), "fortnight", "week" or "day".
            year_days: "365" (None) or "360": the days by which a daily share is taken.
            rounding: "half_up" (None) or "down", of every row and of the level instalment.
            start_date: ISO day on which the money came, or None.
            first_due_date: ISO day of the first payment, or None = one period after start_date.
            early: None, or {"kind": "none" (None), "full" or "part", "date" or "after_period" 1 to
                periods - 1, "amount_fen" of principal (part), "keep" "term" (None) or
                "instalment" (part), "fee_fen" or "fee_ppm" of the amount repaid, or neither}.
            other: None, or a second loan of the same keys but `other`; year_days, rounding and
                start_date are taken over where it has none.
    Returns:
        status "plan" or "early"; plan: the plan as agreed (see _plan); early: None or what
        changes; other: None or {"plan", "early"}; difference: None or the interest of the second
        loan against the first; says: keys with values, for sentences; conventions: keys of how it
        was done.
    Raises:
        InputError: .field is the path of the wrong input.
    Source: the conventions of the published cases: rows rounded half-up to the fen, the level
        instalment rounded once, the last row takes what is left of the principal.

    >>> loan = {"principal_fen": 1_000_000, "method": "equal_instalment", "annual_rate_ppm": 120_000}
    >>> plan = schedule({**loan, "periods": 12})["plan"]
    >>> plan["first_instalment_fen"], plan["last_instalment_fen"], plan["totals"]["interest_fen"]
    (88849, 88847, 66186)
    """
    loan = _read(inputs, "", {})
    plan, early = _with_early(loan, inputs.get("early"), "early.")
    second = inputs.get("other")
    other = difference = None
    loans = [(loan, plan, early)]
    if second is not None:
        beside = _read(second, "other.", inputs)
        its_plan, its_early = _with_early(beside, second.get("early"), "other.early.")
        other = {"plan": its_plan, "early": its_early}
        loans.append((beside, its_plan, its_early))
        more = its_plan["totals"]["interest_fen"] - plan["totals"]["interest_fen"]
        difference = {"dearer": "second" if more > 0 else "first" if more else None, "interest_fen": abs(more)}
    return {
        "status": "early" if early else "plan",
        "plan": plan,
        "early": early,
        "other": other,
        "difference": difference,
        "says": _says(loan, plan, early, other, difference),
        "conventions": list(dict.fromkeys(key for entry in loans for key in _conventions(*entry))),
    }


# One loan --------------------------------------------------------------------


def _read(inputs: dict, path: str, shared: dict) -> dict:
    """A loan's terms: charges as numerators over `parts`, dates as day numbers from `start`."""

    def given(key: str, usual: str | None) -> object:
        value = inputs.get(key)
        value = shared.get(key) if value is None else value
        return usual if value is None else value

    principal = check_integer(path + "principal_fen", inputs.get("principal_fen"), 1, MAX_FEN)
    method = check_choice(path + "method", inputs.get("method"), METHODS)
    rate = fee = None
    if method == "flat_fee":
        fee = check_integer(path + "flat_fee_ppm", inputs.get("flat_fee_ppm"), 0, 10**6)
    else:
        rate = check_integer(path + "annual_rate_ppm", inputs.get("annual_rate_ppm"), 0, MAX_RATE_PPM)
    periods = check_integer(path + "periods", inputs.get("periods"), 1, MAX_PERIODS)
    period = inputs.get("period")
    period = check_choice(path + "period", "month" if period is None else period, tuple(PERIOD_DAYS))
    year = int(check_choice(path + "year_days", given("year_days", "365"), YEAR_DAYS))
    rounding = check_choice(path + "rounding", given("rounding", "half_up"), ROUNDINGS)
    days = PERIOD_DAYS[period]
    if fee is not None:
        # By the day a fee counts as its share of the period, or of a month of a twelfth of the year.
        whole, daily, parts = (fee * days, fee, days * 10**6) if days else (fee * year, fee * 12, year * 10**6)
    elif days:
        whole, daily, parts = rate * days, rate, year * 10**6
    else:
        whole, daily, parts = rate * year, rate * 12, 12 * year * 10**6
    loan = {
        "principal": principal,
        "method": method,
        "flat": method in ("flat", "flat_fee"),
        "annual_rate_ppm": rate,
        "flat_fee_ppm": fee,
        "periods": periods,
        "period": period,
        "days": days,
        "year": year,
        "half_up": rounding == "half_up",
        "whole": whole,
        "daily": daily,
        "parts": parts,
        "first": whole,
        "odd": 0,
        "start": None,
        "anchor": 0,
        "due": None,
    }
    start = given("start_date", None)
    start = None if start is None else to_day(start, path + "start_date")
    first = inputs.get("first_due_date")
    first = None if first is None else to_day(first, path + "first_due_date")
    if start is not None and first is not None:
        if first <= start:
            raise InputError(path + "first_due_date", "not_after_start", inputs["first_due_date"])
        if first - start > MAX_FIRST_DAYS:
            raise InputError(path + "first_due_date", "too_late", inputs["first_due_date"])
    if start is not None or first is not None:
        _set_dates(loan, start, first)
    return loan


def _set_dates(loan: dict, start: int | None, first: int | None) -> None:
    """Due dates, and the charge of a first period that is longer or shorter than the others."""
    days = loan["days"]
    anchor = civil_of_day(first if start is None else start)[2]
    regular = start
    if days:
        regular = start if first is None else first - days
        first = start + days if first is None else first
    else:
        usual = None if start is None else _shift_months(start, anchor, 1)
        if first is None or first == usual:
            first = usual
        else:
            # Another day than that of the start: from here on the dates keep to it.
            anchor = civil_of_day(first)[2]
            regular = _shift_months(first, anchor, -1)
    start = regular if start is None else start
    odd = regular - start
    loan["start"], loan["odd"], loan["anchor"] = start, odd, anchor
    loan["due"] = _due_dates(first, days, anchor, loan["periods"])
    if odd > 0:
        loan["first"] = loan["whole"] + loan["daily"] * odd
    elif odd < 0:
        loan["first"] = loan["daily"] * (first - start)


def _shift_months(day: int, anchor: int, months: int) -> int:
    """Day number of the anchor's date some months off, or of the month's last day."""
    year, month, _ = civil_of_day(day)
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day_of_civil(year, month, min(anchor, days_in_month(year, month)))


def _due_dates(first: int, days: int, anchor: int, count: int) -> list[tuple[int, str]]:
    """(day number, ISO date) of each payment; a month's end comes back to the anchor's date."""
    year, month, date = civil_of_day(first)
    # Walking from month to month: a division per date would cost more than the plan itself.
    begin, length, due = first - date + 1, days_in_month(year, month), []
    day = first
    for _ in range(count):
        while day >= begin + length:
            begin += length
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            length = days_in_month(year, month)
        if not days:
            day = begin + min(anchor, length) - 1
        due.append((day, f"{year:04d}-{month:02d}-{day - begin + 1:02d}"))
        # Any day of the next month; the anchor is set once it is known.
        day = day + days if days else begin + length
    return due


def _share(amount: int, numerator: int, denominator: int, half_up: bool) -> int:
    """amount * numerator / denominator, rounded half-up or down; nothing is negative here."""
    return (2 * amount * numerator + (denominator if half_up else 0)) // (2 * denominator)


def _level(loan: dict, balance: int, periods: int) -> int:
    """What each payment keeps level: the instalment, or the share of principal, in fen."""
    half_up, whole, parts = loan["half_up"], loan["whole"], loan["parts"]
    if loan["method"] != "equal_instalment" or whole == 0:
        return _share(balance, 1, periods, half_up)
    grown = (parts + whole) ** periods
    return _share(balance, whole * grown, parts * (grown - parts**periods), half_up)


def _walk(loan: dict, rows: list[dict], last: int, state: dict) -> None:
    """Add the rows up to period `last`; none follows once nothing is owed.

    Args:
        state: number of the next row, balance, flat (the amount a flat charge is on), level, and
            charge: the numerator of the next row, of whole periods after it.
    """
    method, half_up, parts, whole = loan["method"], loan["half_up"], loan["parts"], loan["whole"]
    balance, level, charge = state["balance"], state["level"], state["charge"]
    while state["number"] <= last and balance:
        number = state["number"]
        base = state["flat"] if loan["flat"] else balance
        interest = _share(base, charge, parts, half_up)
        if number == loan["periods"]:
            # The last row takes what is left, so that the principal column sums exactly.
            principal = balance
        elif method == "equal_instalment":
            usual = interest if charge == whole else _share(base, whole, parts, half_up)
            principal = min(level - usual, balance)
        else:
            principal = 0 if method == "interest_only" else min(level, balance)
        balance -= principal
        _add_row(rows, loan, number, interest, principal, balance)
        state["number"], charge = number + 1, whole
    state["balance"], state["charge"] = balance, charge


def _add_row(
    rows: list[dict], loan: dict, number: int, interest: int, principal: int, balance: int, early: dict | None = None
) -> None:
    before = rows[-1] if rows else None
    date = loan["due"] and loan["due"][number - 1][1]
    rows.append(
        {
            "number": number,
            "kind": early and "early",
            "date": early["date"] if early else date,
            "instalment_fen": interest + principal,
            "interest_fen": interest,
            "principal_fen": principal,
            "fee_fen": early["fee_fen"] if early else 0,
            "balance_fen": balance,
            "interest_total_fen": interest + (before["interest_total_fen"] if before else 0),
            "principal_total_fen": principal + (before["principal_total_fen"] if before else 0),
        }
    )


def _with_early(loan: dict, early: dict | None, path: str) -> tuple[dict, dict | None]:
    """The plan as agreed, and what an early repayment makes of it."""
    rows: list[dict] = []
    state = _begin(loan)
    if loan["method"] == "bullet":
        _pay_at_end(loan, rows, state)
    else:
        _walk(loan, rows, loan["periods"], state)
    plan = _plan(loan, rows, None)
    kind = None if early is None else early.get("kind")
    kind = check_choice(path + "kind", "none" if kind is None else kind, EARLY_KINDS)
    return plan, None if kind == "none" else _early(loan, plan, early, kind, path)


def _begin(loan: dict) -> dict:
    principal = loan["principal"]
    level = _level(loan, principal, loan["periods"])
    return {"number": 1, "balance": principal, "flat": principal, "level": level, "charge": loan["first"]}


def _pay_at_end(loan: dict, rows: list[dict], state: dict) -> None:
    """到期一次还本付息: the one row, with simple interest from where the state stands."""
    charge = state["charge"] + (loan["periods"] - state["number"]) * loan["whole"]
    interest = _share(state["balance"], charge, loan["parts"], loan["half_up"])
    _add_row(rows, loan, loan["periods"], interest, state["balance"], 0)


def _plan(loan: dict, rows: list[dict], moment: tuple[int, int] | None) -> dict:
    """A plan as the result shows it.

    Returns:
        The loan's terms (principal_fen, method, annual_rate_ppm or flat_fee_ppm, period,
        year_days), stated_annual_rate_ppm (a fee per period times the periods in a year),
        first_instalment_fen, last_instalment_fen, periods (number of the last row), end_date,
        totals (fees_fen: None without an early repayment), rate (None where it lies out of
        range), rows.
    """
    last, days, fee = rows[-1], loan["days"], loan["flat_fee_ppm"]
    stated = loan["annual_rate_ppm"]
    if fee is not None:
        stated = divide_half_up(fee * 365, days) if days else fee * 12
    interest, principal = last["interest_total_fen"], last["principal_total_fen"]
    fees = sum(row["fee_fen"] for row in rows) if moment else None
    return {
        "principal_fen": loan["principal"],
        "method": loan["method"],
        "annual_rate_ppm": loan["annual_rate_ppm"],
        "flat_fee_ppm": fee,
        "stated_annual_rate_ppm": stated,
        "period": loan["period"],
        "year_days": loan["year"],
        "first_instalment_fen": rows[0]["instalment_fen"],
        "last_instalment_fen": last["instalment_fen"],
        "periods": last["number"],
        "end_date": last["date"],
        "totals": {
            "instalments_fen": interest + principal,
            "interest_fen": interest,
            "principal_fen": principal,
            "fees_fen": fees,
            "paid_fen": interest + principal + (fees or 0),
        },
        "rate": _rate(loan, rows, moment),
        "rows": rows,
    }


def _rate(loan: dict, rows: list[dict], moment: tuple[int, int] | None) -> dict | None:
    """The yearly rate of what is really paid.

    Time runs as interest is charged: months are equal, a day is 1/year_days of a year. In plans
    by the day it runs in days of a year of 365, however the contract counts.
    """
    if loan["days"]:
        unit, day, units_per_year = loan["days"], 1, 365
    elif loan["odd"] == 0 and (moment is None or moment[1] == 0):
        unit, day, units_per_year = 1, 0, 12
    else:
        unit, day, units_per_year = loan["year"], 12, 12 * loan["year"]
    before = day * loan["odd"]
    if loan["odd"] < 0:
        before = day * (loan["due"][0][0] - loan["start"]) - unit
    flows = [(0, loan["principal"])]
    for row in rows:
        time = before + unit * row["number"]
        if row["kind"]:
            number, days = moment
            time = (before + unit * number if number else 0) + day * days
        flows.append((time, -row["instalment_fen"] - row["fee_fen"]))
    solved = solve(flows, units_per_year, 12, "periods")
    if solved["status"] != "one":
        return None
    rates = solved["roots"][0]
    return {
        "nominal_annual_rate_e12": rates["nominal_annual_rate_e12"],
        "nominal_annual_rate_ppm": divide_half_up(rates["nominal_annual_rate_e12"], 10**6),
        "effective_annual_rate_e12": rates["effective_annual_rate_e12"],
        "effective_annual_rate_ppm": divide_half_up(rates["effective_annual_rate_e12"], 10**6),
    }


# Early repayment -------------------------------------------------------------


def _early(loan: dict, plan: dict, early: dict, kind: str, path: str) -> dict:
    """What changes when principal is repaid before it is due.

    Returns:
        kind, keep (None for full), date, after_period (whole periods paid before), days (since
        then), balance_before_fen, amount_fen (principal repaid early), accrued_interest_fen (to
        that day), fee_ppm (as given), fee_fen, paid_fen (the three together), saved_interest_fen, net_saving_fen
        (less the fee; may be negative), new_instalment_fen (of a whole period after it, None if
        there is none), periods_saved, plan.
    """
    field, number, days, date = _moment(loan, early, path)
    rows: list[dict] = []
    state = _begin(loan)
    half_up, parts, daily, bullet = loan["half_up"], loan["parts"], loan["daily"], loan["method"] == "bullet"
    if bullet:
        state["number"] = number + 1
    else:
        _walk(loan, rows, number, state)
    balance, accrued = state["balance"], daily * days
    if balance == 0:
        raise InputError(field, "after_end", early.get(field.removeprefix(path)))
    if bullet and number:
        # Nothing has been paid yet, so the whole periods have gone unpaid too.
        accrued += loan["first"] + (number - 1) * loan["whole"]
    interest = _share(state["flat"] if loan["flat"] else balance, accrued, parts, half_up)
    amount, keep = balance, None
    if kind == "part":
        amount = check_integer(path + "amount_fen", early.get("amount_fen"), 1, MAX_FEN)
        if amount >= balance:
            raise InputError(path + "amount_fen", "not_below_balance", amount)
        keep = early.get("keep")
        keep = check_choice(path + "keep", "term" if keep is None else keep, KEEPS)
        # With these the instalment has no principal that could be kept, so the end stays.
        keep = "term" if bullet or loan["method"] == "interest_only" else keep
    fee = _fee(early, amount, path)
    left = balance - amount
    # Within a period the row bears its number, on the day of a payment that payment's.
    _add_row(rows, loan, number + (days > 0 or number == 0), interest, amount, left, {"date": date, "fee_fen": fee})
    at, state["balance"] = len(rows), left
    if left:
        if loan["flat"]:
            # The charge shrinks with what is owed; on the first amount it would make repaying useless.
            base = state["flat"]
            state["flat"] = _share(base, left, balance, half_up)
            charges = [_share(amount, loan["whole"], parts, half_up) for amount in (base, state["flat"])]
            state["level"] += charges[0] - charges[1]
        if keep == "term":
            state["level"] = _level(loan, left, loan["periods"] - number)
        if days:
            state["charge"] = daily * (loan["due"][number][0] - loan["start"] - _since_start(loan, number) - days)
        elif bullet and number:
            state["charge"] = loan["whole"]
        if bullet:
            _pay_at_end(loan, rows, state)
        else:
            _walk(loan, rows, loan["periods"], state)
    changed = _plan(loan, rows, (number, days))
    # The row after a broken period is the first that shows what a whole one costs.
    after = rows[min(at + (days > 0), len(rows) - 1)] if left and not bullet else None
    saved = plan["totals"]["interest_fen"] - changed["totals"]["interest_fen"]
    return {
        "kind": kind,
        "keep": keep,
        "date": date,
        "after_period": number,
        "days": days,
        "balance_before_fen": balance,
        "amount_fen": amount,
        "accrued_interest_fen": interest,
        "fee_ppm": early.get("fee_ppm"),
        "fee_fen": fee,
        "paid_fen": amount + interest + fee,
        "saved_interest_fen": saved,
        "net_saving_fen": saved - fee,
        "new_instalment_fen": after and after["instalment_fen"],
        "periods_saved": plan["periods"] - changed["periods"],
        "plan": changed,
    }


def _moment(loan: dict, early: dict, path: str) -> tuple[str, int, int, str | None]:
    """(input that says when, whole periods before, days after them, ISO date or None)."""
    after, date = early.get("after_period"), early.get("date")
    if date is None:
        field = path + "after_period"
        number = check_integer(field, after, 1, MAX_PERIODS)
        if number >= loan["periods"]:
            raise InputError(field, "after_end", number)
        return field, number, 0, loan["due"] and loan["due"][number - 1][1]
    field = path + "date"
    if after is not None:
        raise InputError(field, "both", date)
    day = to_day(date, field)
    if loan["due"] is None:
        raise InputError(field, "needs_start", date)
    if day < loan["start"]:
        raise InputError(field, "before_start", date)
    number = sum(due <= day for due, _ in loan["due"])
    if number == loan["periods"]:
        raise InputError(field, "after_end", date)
    return field, number, day - loan["start"] - _since_start(loan, number), date


def _since_start(loan: dict, number: int) -> int:
    """Days from the start to the payment of a period; 0 for none."""
    return loan["due"][number - 1][0] - loan["start"] if number else 0


def _fee(early: dict, amount: int, path: str) -> int:
    fee, share = early.get("fee_fen"), early.get("fee_ppm")
    if share is None:
        return 0 if fee is None else check_integer(path + "fee_fen", fee, 0, MAX_FEN)
    if fee is not None:
        raise InputError(path + "fee_ppm", "both", share)
    return divide_half_up(amount * check_integer(path + "fee_ppm", share, 0, 10**6), 10**6)


# What to tell ----------------------------------------------------------------


def _says(loan: dict, plan: dict, early: dict | None, other: dict | None, difference: dict | None) -> list[dict]:
    """Sentences beside the answer, as keys with the values that they name."""
    says = []
    # With one period the two are the same but for rounding, which is no trap.
    if loan["flat"] and plan["rate"] and plan["rate"]["nominal_annual_rate_ppm"] > plan["stated_annual_rate_ppm"] + 1000:
        says.append({"key": "flat_trap"})
    if early:
        values = {key: value for key, value in early.items() if key != "plan"}
        # What is due on that day needs taking apart only where it is more than the sum that was typed.
        if early["kind"] == "full" or early["paid_fen"] > early["amount_fen"]:
            says.append({"key": f"early_{early['kind']}", **values})
        net = early["net_saving_fen"]
        result = "early_saves" if early["fee_fen"] == 0 else "early_saves_net" if net >= 0 else "early_fee_eats"
        says += [{"key": result, "net_cost_fen": -net, **values}, {"key": "early_law"}]
    if other:
        key = {"second": "other_more", "first": "other_less", None: "other_same"}[difference["dearer"]]
        says.append({"key": key, "interest_fen": difference["interest_fen"]})
        if plan["rate"] and other["plan"]["rate"]:
            rates = [entry["rate"]["nominal_annual_rate_ppm"] for entry in (plan, other["plan"])]
            says.append({"key": "other_rates", "first_rate_ppm": rates[0], "second_rate_ppm": rates[1]})
    return says


def _conventions(loan: dict, plan: dict, early: dict | None) -> list[str]:
    method, days = loan["method"], loan["days"]
    split = early is not None and early["days"] > 0
    keep = early["keep"] if early is not None else None
    keys = [
        (f"method_{method}", True),
        ("month_twelfth", not days and method != "flat_fee"),
        (f"by_day_{loan['year']}", method != "flat_fee" if days else loan["odd"] != 0 or split),
        ("rows_half_up" if loan["half_up"] else "rows_down", True),
        ("last_row_takes_rest", method != "bullet" and loan["periods"] > 1),
        ("ended_sooner", plan["periods"] < loan["periods"]),
        ("long_first_period", loan["odd"] > 0),
        ("short_first_period", loan["odd"] < 0),
        ("dates_shown_only", loan["due"] is not None and not days),
        ("month_end", not days and loan["anchor"] > 28),
        ("early_on_due_date", early is not None and not split),
        ("early_by_day", split),
        ("early_keep_term", keep == "term"),
        ("early_keep_instalment", keep == "instalment" and method != "equal_principal"),
        ("early_keep_share", keep == "instalment" and method == "equal_principal"),
        ("early_flat_in_proportion", keep is not None and loan["flat"]),
        ("nominal_from_effective" if days else "nominal_twelve_times_monthly", plan["rate"] is not None),
        ("effective_compound", plan["rate"] is not None),
    ]
    return [key for key, applies in keys if applies]


# Formulas of spreadsheets and of published examples ----------------------------


def _check_annuity(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int) -> tuple[int, int]:
    """The rate per period as a fraction."""
    check_integer("annual_rate_ppm", annual_rate_ppm, 0, MAX_RATE_PPM)
    check_integer("periods_per_year", periods_per_year, 1, 366)
    check_integer("periods", periods, 1, MAX_PERIODS)
    check_integer("pv_fen", pv_fen, 1, MAX_FEN)
    return annual_rate_ppm, periods_per_year * 10**6


def pmt(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int) -> int:
    """Level instalment at the end of each period, not rounded to the fen, in 10**-12 fen.

    Args:
        annual_rate_ppm: 0 to 10**8; a period has the rate / periods_per_year (1 to 366).
        periods: 1 to 360.
        pv_fen: What is borrowed, 1 to 10**12.

    >>> pmt(100_000, 12, 24, 10_000_000)
    461449263375165035
    """
    whole, parts = _check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen)
    if whole == 0:
        return divide_half_up(pv_fen * E12, periods)
    grown = (parts + whole) ** periods
    return divide_half_up(pv_fen * E12 * whole * grown, parts * (grown - parts**periods))


def cumprinc(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int, start: int, end: int) -> int:
    """Principal in the instalments from `start` to `end`, in 10**-12 fen; see pmt.

    >>> cumprinc(90_000, 12, 360, 12_500_000, 13, 24)
    93410712342089831
    """
    whole, parts = _check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen)
    check_integer("start", start, 1, periods)
    check_integer("end", end, start, periods)
    if whole == 0:
        return divide_half_up(pv_fen * E12 * (end - start + 1), periods)
    # A balance is principal * (q**n - q**k) / (q**n - 1), with q = 1 + whole / parts.
    paid = (parts + whole) ** end * parts ** (periods - end) - (parts + whole) ** (start - 1) * parts ** (periods - start + 1)
    return divide_half_up(pv_fen * E12 * paid, (parts + whole) ** periods - parts**periods)


def cumipmt(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int, start: int, end: int) -> int:
    """Interest in the instalments from `start` to `end`, in 10**-12 fen; see pmt.

    >>> cumipmt(90_000, 12, 360, 12_500_000, 13, 24)
    1113523213075084269
    """
    whole, parts = _check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen)
    check_integer("start", start, 1, periods)
    check_integer("end", end, start, periods)
    if whole == 0:
        return 0
    top, low = (parts + whole) ** periods, parts**periods
    paid = (parts + whole) ** end * parts ** (periods - end) - (parts + whole) ** (start - 1) * parts ** (periods - start + 1)
    return divide_half_up(pv_fen * E12 * ((end - start + 1) * whole * top - parts * paid), parts * (top - low))


def ppmt(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int, period: int) -> int:
    """Principal in the instalment of one period, in 10**-12 fen; see pmt.

    >>> ppmt(100_000, 12, 24, 200_000, 1)
    7562318600836634
    """
    check_integer("period", period, 1, MAX_PERIODS)
    return cumprinc(annual_rate_ppm, periods_per_year, periods, pv_fen, period, period)


def ipmt(annual_rate_ppm: int, periods_per_year: int, periods: int, pv_fen: int, period: int) -> int:
    """Interest in the instalment of one period, in 10**-12 fen; see pmt.

    >>> ipmt(50_000, 1, 7, 1_500_000, 5)
    35297342251477374
    """
    check_integer("period", period, 1, MAX_PERIODS)
    return cumipmt(annual_rate_ppm, periods_per_year, periods, pv_fen, period, period)


def nper(annual_rate_ppm: int, periods_per_year: int, payment_fen: int, pv_fen: int) -> int | None:
    """How many instalments repay a loan, in 10**-9 periods; None if the interest is never covered.

    The logarithm is taken in fixed point (roots.WORK_BITS): whole periods by powers of two of the
    growth, the fraction bit by bit, by squaring.

    >>> nper(180_000, 12, 20_000, 500_000)
    31567993958
    """
    whole, parts = _check_annuity(annual_rate_ppm, periods_per_year, 1, pv_fen)
    check_integer("payment_fen", payment_fen, 0, MAX_FEN)
    free = payment_fen * parts - pv_fen * whole
    if free <= 0:
        return None
    if whole == 0:
        return divide_half_up(pv_fen * 10**9, payment_fen)
    # growth ** periods == rest
    rest = (payment_fen * parts << WORK_BITS) // free
    growth = (parts + whole << WORK_BITS) // parts
    powers = [growth]
    while powers[-1] <= rest:
        powers.append(powers[-1] * powers[-1] >> WORK_BITS)
    units = 0
    for k in range(len(powers) - 1, -1, -1):
        if powers[k] <= rest:
            rest = (rest << WORK_BITS) // powers[k]
            units += 1 << k
    for _ in range(40):
        rest = rest * rest >> WORK_BITS
        units *= 2
        if rest >= growth:
            rest = (rest << WORK_BITS) // growth
            units += 1
    return divide_half_up(units * 10**9, 1 << 40)


def rate(periods: int, payment_fen: int, pv_fen: int, periods_per_year: int = 12) -> dict:
    """Rate at which level instalments repay a loan; see roots.solve for the answer.

    >>> rate(48, 20_000, 800_000)["roots"][0]["periodic_rate_e12"]
    7701472488
    """
    check_integer("periods", periods, 1, MAX_PERIODS)
    check_integer("payment_fen", payment_fen, 0, MAX_FEN)
    check_integer("pv_fen", pv_fen, 1, MAX_FEN)
    return irr([pv_fen] + [-payment_fen] * periods, periods_per_year)


def exact_plan(method: str, principal_fen: int, annual_rate_ppm: int, periods: int, periods_per_year: int = 12) -> list[dict]:
    """A plan whose rows are not rounded to the fen, as some published tables have it.

    Args:
        method: A key of METHODS but flat_fee.
        principal_fen, annual_rate_ppm, periods, periods_per_year: As in pmt.
    Returns:
        One row per payment: number, instalment_fen_e12, interest_fen_e12, principal_fen_e12,
        balance_fen_e12, each rounded once from the exact fraction.

    >>> exact_plan("equal_principal", 100_000_000, 49_000, 360)[0]["instalment_fen_e12"]
    686111111111111111
    """
    check_choice("method", method, METHODS[:5])
    whole, parts = _check_annuity(annual_rate_ppm, periods_per_year, periods, principal_fen)
    amount = principal_fen * E12
    if method == "bullet":
        interest = divide_half_up(amount * whole * periods, parts)
        return [_exact_row(periods, interest, amount, 0)]
    # What is still owed after each payment, as numerators over `below`.
    if method == "equal_instalment" and whole:
        powers = [parts**periods]
        for _ in range(periods):
            powers.append(powers[-1] // parts * (parts + whole))
        owed, below = [powers[-1] - power for power in powers], powers[-1] - powers[0]
    elif method == "interest_only":
        owed, below = [1] * periods + [0], 1
    else:
        owed, below = list(range(periods, -1, -1)), periods
    rows = []
    for k in range(1, periods + 1):
        base = below if method == "flat" else owed[k - 1]
        rows.append(
            _exact_row(
                k,
                divide_half_up(amount * base * whole, below * parts),
                divide_half_up(amount * (owed[k - 1] - owed[k]), below),
                divide_half_up(amount * owed[k], below),
                divide_half_up(amount * (base * whole + (owed[k - 1] - owed[k]) * parts), below * parts),
            )
        )
    return rows


def _exact_row(number: int, interest: int, principal: int, balance: int, instalment: int | None = None) -> dict:
    return {
        "number": number,
        "instalment_fen_e12": interest + principal if instalment is None else instalment,
        "interest_fen_e12": interest,
        "principal_fen_e12": principal,
        "balance_fen_e12": balance,
    }


def extra_every_period(
    principal_fen: int, annual_rate_ppm: int, periods: int, extra_fen: int, rounding: str = "half_up"
) -> dict:
    """Equal monthly instalments with the same sum of principal on top each month.

    Args:
        principal_fen, annual_rate_ppm, periods, rounding: As in schedule.
        extra_fen: Paid on top of every instalment, 0 to 10**12.
    Returns:
        instalment_fen (without the extra), periods needed, interest_fen, and what that saves:
        periods_saved, saved_interest_fen.

    >>> extra_every_period(55_000_000, 30_000, 360, 400_000, "down")["periods"]
    99
    """
    check_integer("extra_fen", extra_fen, 0, MAX_FEN)
    loan = _read(
        {"principal_fen": principal_fen, "method": "equal_instalment", "annual_rate_ppm": annual_rate_ppm,
         "periods": periods, "rounding": rounding},
        "", {},
    )
    paid = []
    for extra in (0, extra_fen):
        rows: list[dict] = []
        state = _begin(loan)
        instalment = state["level"]
        state["level"] += extra
        _walk(loan, rows, periods, state)
        paid.append((rows[-1]["number"], rows[-1]["interest_total_fen"]))
    return {
        "instalment_fen": instalment,
        "periods": paid[1][0],
        "interest_fen": paid[1][1],
        "periods_saved": paid[0][0] - paid[1][0],
        "saved_interest_fen": paid[0][1] - paid[1][1],
    }


def uk_rebate(
    principal_fen: int, payment_fen: int, periods: int, apr_ppm: int, settled_after: int,
    part_numerator: int = 0, part_denominator: int = 1, rate_decimals: int = 6,
) -> int:
    """Rebate on settling a loan early under the British regulations of 2004, in fen.

    Not Chinese law; it is here because their printed examples test the arithmetic.

    Args:
        principal_fen, payment_fen, periods: One advance, equal monthly payments.
        apr_ppm: Effective yearly rate.
        settled_after: Payments made before; settlement is so many months in, plus a part of one.
        rate_decimals: Digits of the monthly rate, 1 to 12; the printed examples use 6.
    Source: Consumer Credit (Early Settlement) Regulations 2004 (SI 2004/1483), regulation 4.

    >>> uk_rebate(500_000, 13_457, 48, 140_000, 12)
    86052
    """
    check_integer("principal_fen", principal_fen, 1, MAX_FEN)
    check_integer("payment_fen", payment_fen, 0, MAX_FEN)
    check_integer("periods", periods, 1, MAX_PERIODS)
    check_integer("apr_ppm", apr_ppm, 0, MAX_RATE_PPM)
    check_integer("settled_after", settled_after, 0, periods)
    check_integer("part_denominator", part_denominator, 1, 366)
    check_integer("part_numerator", part_numerator, 0, part_denominator - 1)
    check_integer("rate_decimals", rate_decimals, 1, 12)
    parts = 10**rate_decimals
    month = parts + divide_half_up(effective_to_nominal(apr_ppm * 10**6, 12), 12 * 10 ** (12 - rate_decimals))
    # Owed at the last payment made, over parts ** settled_after, then grown over the part of a month.
    owed = principal_fen * month**settled_after
    owed -= payment_fen * sum(month ** (settled_after - k) * parts**k for k in range(1, settled_after + 1))
    grown = nth_root((month**part_numerator << WORK_BITS * part_denominator) // parts**part_numerator, part_denominator)
    return divide_half_up(
        payment_fen * (periods - settled_after) * parts**settled_after * ONE - owed * grown, parts**settled_after * ONE
    )
