"""Civil dates as day numbers, without a clock and without a date library.

Day 0 is 1970-01-01 in the Gregorian calendar. Text is always YYYY-MM-DD. The arithmetic is
written out because a browser's Date object brings time zones and silent overflow with it.
"""

import re

from .errors import InputError

FIRST_YEAR, LAST_YEAR = 1900, 2200
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


def is_leap_year(year: int) -> bool:
    """Tell whether a Gregorian year has 366 days.

    >>> is_leap_year(2024), is_leap_year(2100), is_leap_year(2000)
    (True, False, True)
    """
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Days of a month, 28 to 31.

    >>> days_in_month(2024, 2)
    29
    """
    return 28 + is_leap_year(year) if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def day_of_civil(year: int, month: int, day: int) -> int:
    """Day number of a Gregorian date; the year is above 0.

    The year is taken to begin in March, so that the leap day is its last day.

    >>> day_of_civil(1970, 1, 1), day_of_civil(2000, 3, 1)
    (0, 11017)
    """
    shifted = year - (month <= 2)
    return (
        365 * shifted + shifted // 4 - shifted // 100 + shifted // 400
        + (153 * (month + (9 if month <= 2 else -3)) + 2) // 5 + day - 719_469
    )


def civil_of_day(number: int) -> tuple[int, int, int]:
    """(year, month, day) of a day number; inverse of day_of_civil.

    >>> civil_of_day(11017)
    (2000, 3, 1)
    """
    days = number + 719_468
    era, of_era = days // 146_097, days % 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return era * 400 + year + (month <= 2), month, day


def parse_iso(text: object, field: str = "date") -> tuple[int, int, int]:
    """Read YYYY-MM-DD strictly; the day must exist, the year lie in 1900 to 2200.

    Raises:
        InputError: rule "required" or "date".

    >>> parse_iso("2024-02-29")
    (2024, 2, 29)
    """
    if text is None:
        raise InputError(field, "required")
    match = _ISO.fullmatch(text) if isinstance(text, str) else None
    if match:
        year, month, day = (int(part) for part in match.groups())
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month):
            return year, month, day
    raise InputError(field, "date", text)


def to_day(text: object, field: str = "date") -> int:
    """Day number of an ISO date.

    >>> to_day("2026-09-20") - to_day("2026-08-20")
    31
    """
    return day_of_civil(*parse_iso(text, field))


def from_day(number: int) -> str:
    """ISO date of a day number.

    >>> from_day(to_day("2026-09-20") + 11)
    '2026-10-01'
    """
    year, month, day = civil_of_day(number)
    return f"{year:04d}-{month:02d}-{day:02d}"


def add_months(text: str, months: int) -> str:
    """The same day of the month, months later; the last day where the month is shorter.

    Count always from the first date, never from the previous result: then 31 January,
    28 February is followed by 31 March, as in a repayment plan.

    >>> [add_months("2025-01-31", n) for n in (1, 2, 13)]
    ['2025-02-28', '2025-03-31', '2026-02-28']
    """
    year, month, day = parse_iso(text)
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    return f"{year:04d}-{month:02d}-{min(day, days_in_month(year, month)):02d}"
