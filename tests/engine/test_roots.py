"""The solver: every rate, none too many, right to the 12th decimal.

The oracles do not share its method: exact Sturm sequences count the roots, and 60-digit
decimal arithmetic shows that the present value changes its sign at the answer.
"""

from __future__ import annotations

import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.roots import GRID_ONE, MAX_TURNS, ONE, balances, growth, nth_root, power, solve

E12 = 10**12


def _polynomial(*factors: list[int]) -> list[int]:
    """Product of polynomials in w, coefficients by rising power."""
    product = [1]
    for factor in factors:
        product = [
            sum(product[i] * factor[k - i] for i in range(len(product)) if 0 <= k - i < len(factor))
            for k in range(len(product) + len(factor) - 1)
        ]
    return product


def _distinct_roots_by_sturm(amounts: list[int], low: Fraction, high: Fraction) -> int:
    """Number of distinct roots in (low, high), by Sturm's theorem in exact fractions."""

    def value(coefficients, at):
        total = Fraction(0)
        for coefficient in reversed(coefficients):
            total = total * at + coefficient
        return total

    def remainder(a, b):
        a = list(a)
        while len(a) >= len(b):
            factor = a[-1] / b[-1]
            for k in range(len(b)):
                a[len(a) - len(b) + k] -= factor * b[k]
            a.pop()
        while a and a[-1] == 0:
            a.pop()
        return a

    chain = [[Fraction(a) for a in amounts]]
    while chain[0] and chain[0][-1] == 0:
        chain[0].pop()
    chain.append([k * c for k, c in enumerate(chain[0])][1:])
    while rest := remainder(chain[-2], chain[-1]):
        chain.append([-c for c in rest])

    def changes(at):
        signs = [s for s in (value(p, at) for p in chain) if s]
        return sum((a > 0) != (b > 0) for a, b in zip(signs, signs[1:]))

    return changes(low) - changes(high)


def _solve(amounts: list[int]) -> dict:
    return solve(list(enumerate(amounts)), 12, 12)


def _monthly(answer: dict) -> list[int]:
    return [root["periodic_rate_e12"] for root in answer["roots"]]


def test_as_many_rates_as_sturm_counts():
    """2,000 plans of mixed signs, a third multiplied out of chosen rates so that roots meet or nearly meet."""
    rng = random.Random(20_260_920)
    counts = {0: 0, 1: 0, 2: 0, 3: 0}
    for _ in range(2_000):
        if rng.random() < 0.35:
            factors = []
            for _ in range(rng.randint(2, 4)):
                factors.append([100, -100 - rng.choice((-50, -1, 0, 1, 2, 10, 10, 100, 900))])
            if rng.random() < 0.5:
                factors.append([rng.randint(1, 9), rng.randint(0, 9), rng.randint(1, 9)])
            amounts = _polynomial(*factors)
            amounts[rng.randrange(len(amounts))] += rng.choice((0, 0, 0, 1, -1))
        else:
            amounts = [rng.randint(-1000, 1000) for _ in range(rng.randint(2, 9))]
        if not any(amounts):
            continue
        # In range is a monthly growth of 1/1000 to 1000, and w is its inverse.
        expected = _distinct_roots_by_sturm(amounts, Fraction(1, 1000), Fraction(1000))
        answer = _solve(amounts)
        assert len(answer["roots"]) == expected, amounts
        if answer["status"] != "out_of_range":
            assert answer["status"] == ("none" if expected == 0 else "one" if expected == 1 else "several"), amounts
        counts[min(expected, 3)] += 1
    assert min(counts.values()) > 50, counts


def test_the_present_value_changes_its_sign_at_the_answer():
    """60-digit decimals: one unit of 10**-12 to either side of a rate the value has the other sign."""
    rng = random.Random(7)
    with localcontext() as context:
        context.prec = 60
        for _ in range(300):
            amounts = [rng.randint(1, 10**7)] + [-rng.randint(0, 10**6) for _ in range(rng.randint(1, 60))] + [-1]
            (rate,) = _monthly(_solve(amounts))
            signs = []
            for side in (-1, 1):
                w = 1 / (1 + Decimal(rate + side) / E12)
                signs.append(sum(Decimal(a) * w**k for k, a in enumerate(amounts)) > 0)
            assert signs == [False, True], amounts


@pytest.mark.parametrize(
    ("amounts", "percent"),
    [
        # (1 - 1.1 w)(1 - 1.2 w): the case irr-two-roots-pub; the others are built in the same way.
        (_polynomial([10, -11], [10, -12]), [10, 20]),
        (_polynomial([10, -11], [10, -11]), [10]),
        (_polynomial([10, -11], [10, -11], [10, -11]), [10]),
        (_polynomial([10, -11], [10, -11], [10, -12]), [10, 20]),
        (_polynomial([1, -1], [1, -1]), [0]),
        (_polynomial([10, -9], [10, -11]), [-10, 10]),
        (_polynomial(*[[100, -100 - p] for p in range(1, 6)]), [1, 2, 3, 4, 5]),
        ([10, -21, 11], [0, 10]),
        ([10, -20, 11], []),
    ],
)
def test_constructed_rates_are_found_and_double_ones_once(amounts, percent):
    assert _monthly(_solve(amounts)) == [p * 10**10 for p in percent]


def test_rates_that_differ_in_the_twelfth_decimal_are_two():
    """Built from 10 % and 10.0000000001 % a month; both are multiples of 10**-12."""
    amounts = _polynomial([E12, -1_100_000_000_000], [E12, -1_100_000_000_001])
    assert _monthly(_solve(amounts)) == [100_000_000_000, 100_000_000_001]


@pytest.mark.parametrize(
    ("amounts", "status", "reason"),
    [
        ([1, 2, 3], "none", "nothing_paid"),
        ([-1, -2, -3], "none", "nothing_received"),
        ([0, 0], "none", "no_balance"),
        ([10, -20, 11], "none", "no_balance"),
        ([1, -1000], "one", None),
        ([1, -1001], "out_of_range", "above_range"),
        ([1000, -1], "one", None),
        ([1001, -1], "out_of_range", "below_range"),
        (_polynomial([1, -2000], [2000, -1]), "out_of_range", "both_sides"),
        (_polynomial([1, -2000], [10, -11]), "one", None),
    ],
)
def test_status_says_why_there_is_no_rate(amounts, status, reason):
    """The range is a growth of 1/1000 to 1000 a month, both ends included."""
    answer = _solve(amounts)
    assert (answer["status"], answer["reason"]) == (status, reason)


def test_a_plan_that_turns_too_often_is_refused():
    amounts = [1 if k % 2 == 0 else -1 for k in range(MAX_TURNS + 1)]
    _solve(amounts)
    with pytest.raises(InputError) as refused:
        _solve([*amounts, -1 if MAX_TURNS % 2 == 0 else 1])
    assert (refused.value.rule, refused.value.value) == ("too_many_turns", MAX_TURNS + 1)


@given(st.integers(0, 2**600), st.integers(1, 40))
def test_the_whole_root_is_the_largest_that_fits(number, degree):
    root = nth_root(number, degree)
    assert root**degree <= number < (root + 1) ** degree


@given(st.integers(0, GRID_ONE), st.integers(0, 2000))
def test_a_fixed_point_power_is_low_by_no_more_than_its_bound(grid, exponent):
    """The bound on which the sign of a value rests; against exact fractions."""
    base = grid * (ONE // GRID_ONE)
    exact = Fraction(base, ONE) ** exponent * ONE
    assert 0 <= exact - power(base, exponent) <= 2 * exponent


def test_growth_over_a_year_is_the_rate_asked_for():
    """10 % a month is 1.1 ** 12 = 3.138428376721 a year, exactly."""
    (position,) = solve([(0, 10), (1, -11)], 12, 12)["positions"]
    assert abs(growth(position, 12) - ONE * 3_138_428_376_721 // E12) < 1 << 60


def test_balances_agree_from_the_past_and_from_the_future():
    """Exact fractions at 2 % and at -2 %: what is owed is the past carried forward."""
    for percent in (2, -2):
        plan = _polynomial([100, -100 - percent], [7, 5, 3])
        flows = list(enumerate(plan))
        position = _solve(plan)["positions"][0]
        owed, exact = balances(flows, position), Fraction(0)
        for (_, amount), balance in zip(flows, owed):
            exact = exact * Fraction(100 + percent, 100) + amount
            assert abs(Fraction(balance, ONE) - exact) < Fraction(1, 10**30)
