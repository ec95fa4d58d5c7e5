"""Civil dates, against the standard library and the examples of the day-count conventions."""

from __future__ import annotations

import calendar
import datetime

import pytest

from macros.engine.dates import add_months, from_day, parse_iso, to_day
from macros.engine.errors import InputError
from macros.engine.rates import day_count_units

EPOCH = datetime.date(1970, 1, 1).toordinal()


def test_every_day_of_1900_to_2200_has_the_number_of_the_standard_library():
    day = datetime.date(1900, 1, 1)
    while day.year <= 2200:
        assert to_day(day.isoformat()) == day.toordinal() - EPOCH
        assert from_day(day.toordinal() - EPOCH) == day.isoformat()
        day += datetime.timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2023-02-29", "2100-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "1899-12-31", "2201-01-01",
     "2026-1-1", "20260101", "2026-01-01 ", "2026-01-01\n", "２０２６-01-01", "٢٠٢٦-01-01", "", 20260101],
)
def test_what_is_not_a_day_is_refused(text):
    with pytest.raises(InputError) as refused:
        parse_iso(text)
    assert refused.value.rule == "date"


def test_a_missing_day_is_asked_for():
    with pytest.raises(InputError) as refused:
        parse_iso(None, "received_date")
    assert (refused.value.field, refused.value.rule) == ("received_date", "required")


@pytest.mark.parametrize("start", ["2024-01-31", "2023-01-30", "2024-02-29", "2025-12-15"])
def test_months_end_where_the_calendar_does_and_return_to_their_day(start):
    """The expected day is the anchor or the month's last, from the standard library's calendar."""
    year, month, anchor = (int(part) for part in start.split("-"))
    for months in range(0, 361):
        index = year * 12 + month - 1 + months
        to_year, to_month = index // 12, index % 12 + 1
        day = min(anchor, calendar.monthrange(to_year, to_month)[1])
        assert add_months(start, months) == f"{to_year:04d}-{to_month:02d}-{day:02d}"


@pytest.mark.parametrize(
    ("day_count", "start", "end", "units"),
    [
        # ISDA, "EMU and market conventions: recent developments" (1998), example of actual/actual (ISDA).
        ("act/act", "2003-11-01", "2004-05-01", 61 * 366 + 121 * 365),
        # ISDA 2006 Definitions, worked examples of the bond basis.
        ("30/360", "2007-01-15", "2007-01-30", 15),
        ("30/360", "2006-08-31", "2007-02-28", 178),
        ("30/360", "2007-02-28", "2007-08-31", 183),
        ("act/360", "2008-01-01", "2009-01-01", 366),
    ],
)
def test_day_counts_follow_their_definitions(day_count, start, end, units):
    assert day_count_units(day_count, start, end) == units
