"""Whole fen and half-up rounding."""

from .errors import InputError

# 10 billion yuan: above any loan to a person, and far inside what the solver's proofs assume.
MAX_FEN = 10**12


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer, halves towards plus infinity.

    Args:
        numerator: Any integer.
        denominator: Above 0.

    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(-7, 4)
    (3, -2, -2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def percent_to_ppm(percent: str, field: str = "percent") -> int:
    """Turn a percentage as printed into millionths, half-up where it is finer.

    Raises:
        InputError: rule "decimal": not plain digits with at most one point.

    >>> percent_to_ppm("3.45"), percent_to_ppm("24")
    (34500, 240000)
    """
    whole, point, fraction = percent.partition(".") if isinstance(percent, str) else ("", "", "")
    digits = whole + fraction
    if not (whole and digits.isascii() and digits.isdigit()) or (point and not fraction):
        raise InputError(field, "decimal", percent)
    return divide_half_up(int(digits) * 10_000, 10 ** len(fraction))
