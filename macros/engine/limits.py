"""Which legal line belongs beside a rate, for which lender and which date.

The lines themselves come from data/limits.yml and the LPR from data/lpr.csv; nothing here
knows a figure. No line decides what is owed: each comes with its force and its status.
"""

from .dates import from_day, parse_iso, to_day
from .errors import InputError, check_choice, check_integer
from .money import divide_half_up, percent_to_ppm

LINES = {
    "private": ("private_lending_ceiling",),
    "bank": ("financial_loan_reduction_line",),
    "consumer_finance": ("financial_loan_reduction_line",),
    "micro_loan": (
        "micro_loan_new_loan_line",
        "micro_loan_lpr_target",
        "micro_loan_short_term",
        "financial_loan_reduction_line",
    ),
    "facilitated": ("facilitated_loan_reading", "financial_loan_reduction_line"),
    "credit_card": ("card_charge_reduction", "financial_loan_reduction_line"),
    "unlicensed": ("unlicensed_lender_interest",),
}
LENDER_TYPES = (*LINES, "unknown")
# Beside what the overdue days cost. The supervisory lines on all-in cost are shown, not compared:
# no text was seen that counts penalty interest into them. Damages may be excessive in any contract
# that is valid, so that line stands once, under no type of lender.
LINES_OVERDUE = {
    "private": ("private_lending_overdue_total",),
    "bank": ("financial_loan_reduction_line", "penalty_interest_markup"),
    "consumer_finance": ("financial_loan_reduction_line",),
    "micro_loan": ("financial_loan_reduction_line", "micro_loan_new_loan_line"),
    "facilitated": ("financial_loan_reduction_line", "facilitated_loan_reading"),
    "credit_card": ("card_charge_reduction", "financial_loan_reduction_line"),
    "unlicensed": ("unlicensed_lender_interest",),
    "any": ("liquidated_damages_excess",),
}
PURPOSES = {"cost": LINES, "overdue": LINES_OVERDUE}
INFORMATION = (
    "penalty_interest_markup",
    "micro_loan_new_loan_line",
    "facilitated_loan_reading",
    "liquidated_damages_excess",
)
# These hold for what a court decides from their first day on, whenever the contract was made.
UNDATED = ("card_charge_reduction", "liquidated_damages_excess")


def value_on(values: list[dict], date: str, field: str = "date") -> dict:
    """The entry of a dated list that was in force on a day.

    Args:
        values: Entries with "from" and "until": ISO dates, both inclusive; None = open; "2025-12"
            means that only the month is known.
        date: ISO date.
    Raises:
        InputError: rule "before_first_value", "after_last_value", or "uncertain" for a day in a
            month of which only the month is known.

    >>> value_on([{"value": "24", "from": "2015-09-01", "until": None}], "2016-01-01")["value"]
    '24'
    """
    parse_iso(date, field)
    later = False
    for entry in values:
        first, last = entry.get("from"), entry.get("until")
        if date[:7] in (first, last):
            raise InputError(field, "uncertain", date)
        # ISO text sorts as dates do, and "2025-12" sorts before every day of that month.
        if first is not None and date < first:
            later = True
        elif last is None or date <= last:
            return entry
    raise InputError(field, "before_first_value" if later else "after_last_value", date)


def lpr_on(lpr_rows: list[dict], date: str, field: str = "date") -> int:
    """One-year LPR in force on a day, in ppm; rows in any order, each holds until the next.

    Raises:
        InputError: rule "before_first_value".

    >>> rows = [{"effective_date": "2024-10-21", "lpr_1y_percent": "3.10"}]
    >>> lpr_on(rows, "2025-01-01")
    31000
    """
    parse_iso(date, field)
    in_force = [row for row in lpr_rows if row["effective_date"] <= date]
    if not in_force:
        raise InputError(field, "before_first_value", date)
    return percent_to_ppm(max(in_force, key=lambda row: row["effective_date"])["lpr_1y_percent"])


def position(rate_e12: int, rate_ppm: int) -> str:
    """Where a solved rate lies against a line: "above", "at" or "below".

    >>> position(240_000_000_001, 240_000), position(240_000_000_000, 240_000)
    ('above', 'at')
    """
    line = rate_ppm * 10**6
    return "above" if rate_e12 > line else "below" if rate_e12 < line else "at"


def comparison_lines(
    lender_type: str,
    contract_date: str | None,
    limits: dict,
    lpr_rows: list[dict],
    lpr_verified_until: str,
    typed_lpr_ppm: int | None = None,
    disbursement_date: str | None = None,
    within_one_month: bool | None = None,
    purpose: str = "cost",
) -> list[dict]:
    """The lines to show beside the rate of a loan, or beside what its overdue days cost.

    Args:
        lender_type: One of LENDER_TYPES; "unknown" gives the lines of every type.
        contract_date: ISO date or None if the reader does not know it.
        limits: Entries of data/limits.yml by id.
        lpr_rows: Rows with "effective_date" and "lpr_1y_percent".
        lpr_verified_until: Last day for which the LPR was checked.
        typed_lpr_ppm: LPR typed by the reader; used only for a day that was not checked.
        disbursement_date: ISO date of the payout, or None.
        within_one_month: Whether the whole term is at most a month; None = unknown.
        purpose: "cost" or "overdue".
    Returns:
        One mapping per line. status: "line" (rate_ppm holds the number), "no_number" (the rule
        names none), "lpr_unverified", "before_first_value", "after_last_value", "uncertain" (only
        the month of the rule is known), "transition" (parts holds the two rules), "date_needed",
        "not_applicable" (the term is too long or too short), "information" (overdue only: a rule
        to know of, never set against a rate). With an unknown term the line for short loans
        stays, marked short_term_only. Limits on hold are left out. For "overdue" a line that
        holds for every lender comes last, with lender_type "any"; an unlicensed lender has none.
    Raises:
        InputError: A choice, date or rate that is not one.
    """
    check_choice("lender_type", lender_type, LENDER_TYPES)
    table = PURPOSES[check_choice("purpose", purpose, tuple(PURPOSES))]
    for field, date in (("contract_date", contract_date), ("disbursement_date", disbursement_date)):
        if date is not None:
            parse_iso(date, field)
    if typed_lpr_ppm is not None:
        check_integer("typed_lpr_ppm", typed_lpr_ppm, 0, 10**6)
    dates = {"contract_date": contract_date, "disbursement_date": disbursement_date}
    quotes = (lpr_rows, lpr_verified_until, typed_lpr_ppm)
    types = tuple(table) if lender_type == "unknown" else (lender_type,)
    # A contract with an unlicensed lender is void, so no damages are owed under it.
    if purpose == "overdue" and lender_type not in ("unknown", "unlicensed"):
        types += ("any",)
    build = _line if purpose == "cost" else _overdue_line
    return [
        build(kind, limit_id, limits, dates, quotes, within_one_month)
        for kind in types
        for limit_id in table[kind]
        if limit_id in limits and limits[limit_id]["publish"] != "hold"
    ]


def _line(lender_type, limit_id, limits, dates, quotes, within_one_month) -> dict:
    limit = limits[limit_id]
    # Only the payout decides for new loans of micro-loan companies; the contract stands in for it.
    decided_by = "disbursement_date" if limit.get("decided_by") == "disbursement_date" else "contract_date"
    date = dates[decided_by]
    stand_in = date is None and dates["contract_date"] is not None
    date = dates["contract_date"] if stand_in else date
    values = limit["values"]
    short_term = "term_months_max" in values[0]
    line = {
        "lender_type": lender_type,
        "limit_id": limit_id,
        "rate_ppm": None,
        "status": "line",
        "binding_force": limit["binding_force"],
        "invoked": limit["invoked"],
        "publish": limit["publish"],
        "value": None,
        "unit": None,
        "lpr_ppm": None,
        "lpr_date": None,
        "lpr_source": None,
        "decided_by": decided_by,
        "date_used": date,
        "stand_in": stand_in,
        "first_date": values[0].get("from"),
        "deadline": None,
        "short_term_only": short_term,
        "parts": [],
    }
    if (short_term and within_one_month is False) or (
        limit_id == "micro_loan_lpr_target" and within_one_month is True
    ):
        return {**line, "status": "not_applicable"}
    if date is None:
        numberless = all(entry["value"] is None for entry in values)
        return {**line, "status": "no_number" if numberless else "date_needed"}
    try:
        entry = value_on(values, date, decided_by)
    except InputError as error:
        return {**line, "status": error.rule}
    line.update(value=entry["value"], unit=entry["unit"], deadline=entry.get("deadline"))
    if entry["value"] is None:
        return {**line, "status": "no_number", "unit": None}
    if limit_id == "private_lending_ceiling":
        change = limits["private_lending_transition"]["values"][0]["value"]
        if date < change:
            # Article 31: the old number covers interest up to the day before; from then on it is
            # four times the LPR of the day the case is filed, which the reader does not know yet.
            old = {"from": None, "until": from_day(to_day(change) - 1)}
            old["rate_ppm"] = percent_to_ppm(entry["value"])
            new = {"from": change, "until": None, "rate_ppm": None}
            return {**line, "status": "transition", "parts": [old, new]}
    if entry["unit"] == "percent_per_year":
        line["rate_ppm"] = percent_to_ppm(entry["value"])
        return line
    return _with_lpr(line, entry, date, quotes)


def _overdue_line(lender_type, limit_id, limits, dates, quotes, within_one_month) -> dict:
    undated = {"contract_date": None, "disbursement_date": None}
    if limit_id in UNDATED:
        dates = undated
    contract_date, values = dates["contract_date"], limits[limit_id]["values"]
    if limit_id in INFORMATION:
        line = _line(lender_type, limit_id, limits, undated, quotes, within_one_month)
        shown = {**line, "status": "information", "value": values[0]["value"], "unit": values[0]["unit"]}
        date = dates[line["decided_by"]]
        stand_in = date is None and contract_date is not None
        date = contract_date if stand_in else date
        if date is None:
            return shown
        try:
            value_on(values, date)
        except InputError as error:
            return {**line, "status": error.rule, "date_used": date, "stand_in": stand_in}
        return {**shown, "date_used": date, "stand_in": stand_in}
    if limit_id == "private_lending_overdue_total" and contract_date is not None:
        change = limits["private_lending_transition"]["values"][0]["value"]
        if contract_date < change:
            # Article 31: interest to the day before follows the rule of that time, whose number for
            # the overdue total is not verified; later interest follows the day the case is filed.
            line = _line(lender_type, limit_id, limits, undated, quotes, within_one_month)
            old = {"from": None, "until": from_day(to_day(change) - 1), "rate_ppm": None}
            new = {"from": change, "until": None, "rate_ppm": None}
            return {**line, "status": "transition", "date_used": contract_date, "parts": [old, new]}
    return _line(lender_type, limit_id, limits, dates, quotes, within_one_month)


def _with_lpr(line: dict, entry: dict, date: str, quotes: tuple) -> dict:
    lpr_rows, verified_until, typed = quotes
    if date > verified_until and typed is None:
        return {**line, "status": "lpr_unverified", "lpr_date": date}
    if date > verified_until:
        lpr, source = typed, "typed"
    else:
        try:
            lpr, source = lpr_on(lpr_rows, date), "verified"
        except InputError as error:
            return {**line, "status": error.rule}
    rate = divide_half_up(lpr * percent_to_ppm(entry["value"]), 10_000)
    return {**line, "rate_ppm": rate, "lpr_ppm": lpr, "lpr_date": date, "lpr_source": source}
