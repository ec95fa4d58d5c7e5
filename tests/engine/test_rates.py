"""Kinds of plan, and the laws that any rate obeys. The published cases are in test_public_cases.py."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.rates import (
    effective_to_nominal,
    flat_to_apr,
    flows_in_years,
    irr,
    nominal_to_effective,
    xirr,
)
from macros.engine.roots import solve

E12 = 10**12
MATHWORKS = [("2007-01-12", -10_000), ("2008-02-14", 2500), ("2008-03-03", 2000), ("2008-06-14", 3000), ("2008-12-01", 4000)]
MONTH_ENDS = [("2024-01-31", -10_000), ("2024-03-31", 2500), ("2024-12-31", 3000), ("2025-08-31", 6000)]


@pytest.mark.parametrize(
    ("flows", "day_count", "rate_e12"),
    [
        (MATHWORKS, "act/365f", 100_643_783_426),
        (MATHWORKS, "act/360", 99_198_889_806),
        (MATHWORKS, "30/360", 100_675_477_283),
        (MATHWORKS, "act/act", 100_739_648_987),
        (MONTH_ENDS, "30/360", 138_097_935_255),
        (MONTH_ENDS, "act/act", 138_397_537_869),
    ],
)
def test_day_counts_agree_with_pyxirr(flows, day_count, rate_e12):
    """pyxirr 0.10.8, xirr(day_count=...) with its ISDA variants; it stops at about 1e-10."""
    answer = xirr([{"date": date, "amount_fen": amount} for date, amount in flows], day_count)
    assert abs(answer["roots"][0]["effective_annual_rate_e12"] - rate_e12) < 100


@given(
    st.integers(1, 360),
    st.integers(-500_000, 3_000_000),
    st.integers(1, 10**9),
)
def test_the_rate_of_an_unrounded_level_schedule_is_the_rate_put_in(periods, rate_ppm, principal):
    """The annuity formula in exact fractions, brought to whole amounts; the rate must come back exactly."""
    growth = 1 + Fraction(rate_ppm, 10**6)
    annuity = sum(growth**-k for k in range(1, periods + 1))
    instalment = principal / annuity
    flows = [(0, principal * instalment.denominator)]
    flows += [(k, -instalment.numerator) for k in range(1, periods + 1)]
    (root,) = solve(flows, 12, 12)["roots"]
    assert root["periodic_rate_e12"] == rate_ppm * 10**6


@given(st.integers(1, 360), st.integers(1, 100_000), st.integers(1, 1000))
def test_the_rate_of_an_unrounded_equal_principal_schedule_is_the_rate_put_in(periods, rate_ppm, share):
    """等额本金 with a share of `share` million fen: interest on the balance is then whole."""
    share *= 10**6
    amounts = [share * periods]
    amounts += [-share - share * (periods - k) * rate_ppm // 10**6 for k in range(periods)]
    assume(max(map(abs, amounts)) <= 10**12)
    (root,) = irr(amounts)["roots"]
    assert root["periodic_rate_e12"] == rate_ppm * 10**6


@given(st.integers(-200_000_000_000, 5 * E12), st.sampled_from((1, 2, 4, 12, 52, 365)))
def test_nominal_and_effective_are_inverse(rate, periods):
    """Within what the rounding to 10**-12 explains: the slope (1 + r/n) ** (n - 1), at least 1 for r >= 0."""
    assume(rate > -E12 * periods)
    effective = nominal_to_effective(rate, periods)
    slope = max(Fraction(periods * E12, periods * E12 + rate) ** (periods - 1), 1)
    assert abs(effective_to_nominal(effective, periods) - rate) <= slope + 1


def test_months_as_fractions_of_a_year_give_the_monthly_rate():
    """The same plan by two ways: 12 payments of 930 for 9000, as in the case worked-example."""
    by_month = irr([900_000] + [-93_000] * 12)["roots"]
    by_year = flows_in_years([(0, 1, 900_000)] + [(k, 12, -93_000) for k in range(1, 13)])["roots"]
    assert by_month == by_year


def test_a_year_has_its_own_range_whatever_the_period():
    """1 fen for 10**12 after a year is growth of 10**12 a year: in range by the year, far out by the day."""
    assert irr([1, -(10**12)], 1)["roots"][0]["effective_annual_rate_e12"] == (10**12 - 1) * E12
    assert irr([1, -(10**12)], 365)["status"] == "out_of_range"


@pytest.mark.parametrize(
    ("call", "field", "rule"),
    [
        (lambda: irr([]), "amounts", "count"),
        (lambda: irr([1, None]), "amounts.1", "required"),
        (lambda: irr([1, 10**12 + 1]), "amounts.1", "max"),
        (lambda: irr([1, -1], 0), "periods_per_year", "min"),
        (lambda: xirr([{"date": "2026-02-30", "amount_fen": 1}]), "flows.0.date", "date"),
        (lambda: xirr([{"date": "2026-02-01", "amount_fen": "1"}]), "flows.0.amount_fen", "integer"),
        (lambda: xirr([{"date": "2026-02-01", "amount_fen": 1}], "actual"), "day_count", "choice"),
        (lambda: flows_in_years([(0, 0, 1)]), "flows.0.denominator", "min"),
        (lambda: flows_in_years([(0, 999_983, 1), (1, 999_979, -1)]), "flows.units_per_year", "max"),
        (lambda: nominal_to_effective(-12 * E12, 12), "rate_e12", "min"),
        (lambda: effective_to_nominal(-E12, 12), "rate_e12", "min"),
        (lambda: flat_to_apr(1000, 12, 0, 1000), "upfront_fee_fen", "max"),
        (lambda: flat_to_apr(1000, 361, 0), "periods", "max"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(call, field, rule):
    with pytest.raises(InputError) as refused:
        call()
    assert (refused.value.field, refused.value.rule) == (field, rule)
