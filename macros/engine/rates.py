"""Rates of the usual kinds of plan: even, dated, in fractions of a year, flat.

The solving is in roots.py; here each kind of plan is put into its terms.
"""

import math

from .dates import day_of_civil, is_leap_year, parse_iso, to_day
from .errors import InputError, check_choice, check_integer
from .money import MAX_FEN, divide_half_up
from .roots import E12, nth_root, solve

MAX_FLOWS = 720
MAX_UNITS_PER_YEAR = 1_000_000
DAY_COUNTS = {"act/365f": 365, "act/360": 360, "30/360": 360, "act/act": 365 * 366}


def irr(amounts: list[int], periods_per_year: int = 12) -> dict:
    """Internal rate of return of amounts at equal distances; see solve for the answer.

    Args:
        amounts: In fen, received > 0, paid < 0 (or the reverse throughout), first one at time 0.
        periods_per_year: 1 to 366.

    >>> irr([10_000, -5_100, -5_202])["roots"][0]["periodic_rate_e12"]
    20000000000
    """
    check_integer("periods_per_year", periods_per_year, 1, 366)
    _check_count("amounts", amounts)
    # Half periods keep the whole range of growth, 10**36 a year, inside the grid even for 1 a year.
    flows = [(2 * k, check_integer(f"amounts.{k}", a, -MAX_FEN, MAX_FEN)) for k, a in enumerate(amounts)]
    return solve(flows, 2 * periods_per_year, periods_per_year, "amounts")


def xirr(flows: list[dict], day_count: str = "act/365f") -> dict:
    """Internal rate of return of dated flows; see solve for the answer.

    The effective rate is the one spreadsheets print; the periodic rate is its monthly equivalent.

    Args:
        flows: [{"date": ISO, "amount_fen": int}], in any order.
        day_count: A key of DAY_COUNTS.

    >>> year = [{"date": "2025-03-01", "amount_fen": -100}, {"date": "2026-03-01", "amount_fen": 110}]
    >>> xirr(year)["roots"][0]["effective_annual_rate_e12"]
    100000000000
    """
    check_choice("day_count", day_count, tuple(DAY_COUNTS))
    _check_count("flows", flows)
    days = [to_day(flow.get("date"), f"flows.{k}.date") for k, flow in enumerate(flows)]
    start = flows[days.index(min(days))]["date"]
    timed = [
        (
            day_count_units(day_count, start, flow["date"]),
            check_integer(f"flows.{k}.amount_fen", flow.get("amount_fen"), -MAX_FEN, MAX_FEN),
        )
        for k, flow in enumerate(flows)
    ]
    return solve(timed, DAY_COUNTS[day_count], 12)


def day_count_units(day_count: str, start: str, end: str) -> int:
    """Length from start to end in units of 1/DAY_COUNTS[day_count] year; end is not before start.

    act/365f and act/360: days. act/act: days in leap years / 366 + other days / 365 (ISDA).
    30/360: months of 30 days (ISDA bond basis: a 31st counts as the 30th at the start, and at
    the end if the start is a 30th too).

    >>> day_count_units("30/360", "2024-01-31", "2024-03-31")
    60
    >>> day_count_units("act/act", "2023-07-01", "2024-07-01") == 184 * 366 + 182 * 365
    True
    """
    from_year, from_month, from_date = parse_iso(start)
    to_year, to_month, to_date = parse_iso(end)
    first, last = to_day(start), to_day(end)
    if day_count == "30/360":
        from_date = min(from_date, 30)
        to_date = min(to_date, 30) if from_date == 30 else to_date
        return 360 * (to_year - from_year) + 30 * (to_month - from_month) + to_date - from_date
    if day_count == "act/act":
        units = 0
        for year in range(from_year, to_year + 1):
            begin, finish = max(first, day_of_civil(year, 1, 1)), min(last, day_of_civil(year + 1, 1, 1))
            units += (finish - begin) * (365 if is_leap_year(year) else 366)
        return units
    return last - first


def flows_in_years(flows: list[tuple[int, int, int]]) -> dict:
    """Rate of flows whose times are fractions of a year: the European APR equation.

    Args:
        flows: (numerator, denominator, amount): amount at numerator / denominator years.

    >>> flows_in_years([(0, 1, 100), (1, 2, -110)])["roots"][0]["effective_annual_rate_e12"]
    210000000000
    """
    _check_count("flows", flows)
    units = 2
    for k, (numerator, denominator, amount) in enumerate(flows):
        check_integer(f"flows.{k}.denominator", denominator, 1, MAX_UNITS_PER_YEAR)
        check_integer(f"flows.{k}.numerator", numerator, 0, 100 * denominator)
        check_integer(f"flows.{k}.amount", amount, -MAX_FEN, MAX_FEN)
        units = math.lcm(units, denominator)
        check_integer("flows.units_per_year", units, 1, MAX_UNITS_PER_YEAR)
    return solve([(n * (units // d), amount) for n, d, amount in flows], units, 12)


def nominal_to_effective(rate_e12: int, periods_per_year: int) -> int:
    """(1 + rate / periods) ** periods - 1, exact, rounded half-up to 10**-12.

    >>> nominal_to_effective(100_000_000_000, 4)
    103812890625
    """
    check_integer("periods_per_year", periods_per_year, 1, 366)
    whole = periods_per_year * E12
    check_integer("rate_e12", rate_e12, 1 - whole, 1000 * whole)
    scale = whole**periods_per_year
    return divide_half_up(((whole + rate_e12) ** periods_per_year - scale) * E12, scale)


def effective_to_nominal(rate_e12: int, periods_per_year: int) -> int:
    """periods * ((1 + rate) ** (1 / periods) - 1), rounded half-up to 10**-12.

    >>> effective_to_nominal(103_812_890_625, 4)
    100000000000
    """
    check_integer("periods_per_year", periods_per_year, 1, 366)
    check_integer("rate_e12", rate_e12, 1 - E12, 10**36 * E12)
    bits = 96
    root = nth_root((E12 + rate_e12 << bits * periods_per_year) // E12, periods_per_year)
    return divide_half_up((root - (1 << bits)) * periods_per_year * E12, 1 << bits)


def flat_to_apr(
    principal_fen: int,
    periods: int,
    flat_rate_e12: int,
    upfront_fee_fen: int = 0,
    per_period_fee_fen: int = 0,
    periods_per_year: int = 12,
) -> dict:
    """Rate of a flat plan (等本等息): equal parts of the principal plus a fee on the whole of it.

    Args:
        principal_fen: 1 to 10**12.
        periods: 1 to 360.
        flat_rate_e12: Fee per period as a part of the principal, in 10**-12 (0.6 % = 6 * 10**9).
        upfront_fee_fen: Kept back when the loan is paid out (砍头息), below principal_fen.
        per_period_fee_fen: Added to every instalment (guarantee, membership).
        periods_per_year: 1 to 366.
    Returns:
        As solve, with payment_fen (share and flat fee, each half-up, without the per-period fee)
        and total_fee_fen (all fees). The rate is that of the rounded payments: they are what is
        paid; the last one takes what is left of the principal.

    >>> flat_to_apr(1_200_000, 12, 6_000_000_000)["payment_fen"]
    107200
    """
    check_integer("principal_fen", principal_fen, 1, MAX_FEN)
    check_integer("periods", periods, 1, 360)
    check_integer("flat_rate_e12", flat_rate_e12, 0, 10 * E12)
    check_integer("upfront_fee_fen", upfront_fee_fen, 0, principal_fen - 1)
    check_integer("per_period_fee_fen", per_period_fee_fen, 0, MAX_FEN)
    check_integer("periods_per_year", periods_per_year, 1, 366)
    share = divide_half_up(principal_fen, periods)
    fee = divide_half_up(principal_fen * flat_rate_e12, E12)
    each = fee + per_period_fee_fen
    flows = [(0, principal_fen - upfront_fee_fen)]
    flows += [(2 * k, -share - each) for k in range(1, periods)]
    # The last share is what is left of the principal.
    flows.append((2 * periods, -(principal_fen - share * (periods - 1)) - each))
    return {
        "payment_fen": share + fee,
        "total_fee_fen": each * periods + upfront_fee_fen,
        **solve(flows, 2 * periods_per_year, periods_per_year, "periods"),
    }


def _check_count(field: str, flows: list) -> None:
    if not 1 <= len(flows) <= MAX_FLOWS:
        raise InputError(field, "count", len(flows))
