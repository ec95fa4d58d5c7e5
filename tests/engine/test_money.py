"""Half-up division and printed percentages."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.money import divide_half_up, percent_to_ppm


@given(st.integers(), st.integers(min_value=1))
def test_division_rounds_to_the_nearest_and_halves_up(numerator, denominator):
    """By definition: the floor of the exact fraction plus one half."""
    assert divide_half_up(numerator, denominator) == math.floor(Fraction(numerator, denominator) + Fraction(1, 2))


@pytest.mark.parametrize(("text", "ppm"), [("3.10", 31_000), ("24", 240_000), ("0.015", 150), ("0.00005", 1), ("0.00004", 0)])
def test_a_printed_percentage_becomes_millionths(text, ppm):
    """1 % is 10 000 ppm; worked out by hand."""
    assert percent_to_ppm(text) == ppm


@pytest.mark.parametrize("text", ["", "3.", ".5", "-1", "1,5", "1e3", "٣", " 3", None, 3])
def test_anything_but_a_plain_decimal_is_refused(text):
    with pytest.raises(InputError) as refused:
        percent_to_ppm(text)
    assert refused.value.rule == "decimal"
