"""The dates tool in a real browser: kinds and their fields, days off, a year without a calendar, the calendar file, no JavaScript."""
from __future__ import annotations

from pathlib import Path

import icalendar
import pytest

from tests.support import calculate

PAGES = {"zh": "tools/deadlines/", "en": "en/tools/deadlines/"}


@pytest.fixture
def calculator(open_page):
    """calculator("zh", now=...) opens the page; a dialog, which only injected script could open, fails the test."""

    def open_one(lang: str = "zh", fragment: str = "", **options):
        tab, watch = open_page(PAGES[lang] + fragment, **options)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_paper_served_before_the_holiday_gets_its_day_and_an_earlier_one(calculator, lang):
    tab, watch = calculator(lang, now="2026-09-20T08:00:00")
    tab.locator("#calc-served").fill("2026-09-18")
    # Counted to 3 October 2026, in the week off; the 8th is a Thursday. By the notice of 2025-11-04, read off a wall calendar.
    assert calculate(tab) == {
        "zh": "书面异议：最后一天是 2026 年 10 月 8 日（周四）。建议最晚在 2026 年 9 月 30 日（周三）办好。",
        "en": "Written objection: the last day is 8 October 2026 (Thursday). Aim to be done by 30 September 2026 (Wednesday).",
    }[lang]
    times = tab.locator(".calc__detail time").all()
    assert [time.get_attribute("datetime") for time in times] == ["2026-09-18", "2026-09-20", "2026-09-30", "2026-10-03", "2026-10-08"]
    detail = tab.locator(".calc__detail")
    assert detail.locator(".law .badge--law").count() >= 3
    # Every reference in the result leads to the page's own list of sources.
    for link in detail.locator(".law__name").all():
        assert tab.locator(link.get_attribute("href")).count() == 1
    assert "12348" in detail.inner_text()
    watch.assert_clean()


def test_a_year_without_a_calendar_says_so_and_keeps_to_the_counted_day(calculator):
    tab, _ = calculator(now="2026-12-18T08:00:00")
    assert tab.locator("#calc-today").input_value() == "2026-12-18"
    tab.locator("#calc-served").fill("2026年12月18日")
    text = calculate(tab)
    assert "数到 2027 年 1 月 2 日（周六）期满，请按这一天办" in text
    assert "2027 年的放假安排还没有核到，遇到周末或节日请问法院" in text
    assert "2026 年 12 月 31 日（周四）" in text


def test_each_kind_shows_its_own_fields_and_limitation_tells_what_counts(calculator):
    tab, watch = calculator()
    assert tab.locator("#calc-served").is_visible() and not tab.locator("#calc-due").is_visible()
    tab.locator("#calc-kind").select_option("limitation")
    assert tab.locator("#calc-due").is_visible() and not tab.locator("#calc-served").is_visible()
    tab.locator("#calc-due").fill("2022-05-20")
    tab.locator("#calc-events-0-date").fill("2025-01-06")
    tab.locator("#calc-events-0-what").select_option("part_payment")
    tab.locator("#calc-events-field [data-do=add]").click()
    tab.locator("#calc-events-1-date").fill("2025-03-03")
    tab.locator("#calc-events-1-what").select_option("calls_unanswered")
    # Three years from 6 January 2025: Thursday 6 January 2028.
    assert "2028 年 1 月 6 日（周四）" in calculate(tab)
    timeline = tab.locator(".calc__events li")
    assert "从这天重新算" in timeline.nth(1).inner_text()
    assert "条文没有列这样的事，日期不变（推论）" in timeline.nth(2).inner_text()
    tab.locator("#calc-kind").select_option("credit_record")
    assert not tab.locator("#calc-due").is_visible()
    assert "还没有终止" in calculate(tab)
    watch.assert_clean()


def test_calendar_file_holds_the_days_ahead(calculator):
    tab, _ = calculator(now="2026-09-20T08:00:00")
    tab.locator("#calc-served").fill("2026-09-18")
    calculate(tab)
    with tab.expect_download() as waiting:
        tab.locator("[data-do=ics]").click()
    assert waiting.value.suggested_filename == "deadlines.ics"
    events = icalendar.Calendar.from_ical(Path(waiting.value.path()).read_bytes()).walk("VEVENT")
    assert [(event.decoded("DTSTART").isoformat(), str(event["SUMMARY"])) for event in events] == [
        ("2026-09-30", "重要日期：最好今天办好"), ("2026-10-08", "重要日期：最后一天"),
    ]


def test_wrong_dates_are_named_and_a_link_brings_the_dates_back(calculator):
    tab, watch = calculator()
    for typed, message in (("2026-02-30", "没有“2026-02-30”这一天"), ("<b>🙂", "要是日期"), ("9" * 10_000, "要是日期"), ("2026-11-25", "不能晚于"), ("2023-05-05", "更早的规定")):
        tab.locator("#calc-served").fill(typed)
        tab.locator(".calc__go").click()
        tab.locator("#calc-served-error", has_text=message).wait_for()
    watch.assert_clean()
    tab, _ = calculator("en", "#v=1&k=appeal&d=2026-11-24&s=2026-11-10&a=ruling")
    # Ten days from 10 November 2026: Friday the 20th; as seen from the 24th it is over.
    assert "20 November 2026 (Friday), has passed" in calculate(tab)


def test_without_javascript_example_and_periods_can_be_read(calculator):
    tab, _ = calculator(js=False)
    assert "2026 年 10 月 8 日" in tab.locator(".calc__example").inner_text()
    assert not tab.locator(".calc__form").is_visible()
    table = tab.locator("#periods ~ .table-scroll, #periods ~ table").first.inner_text()
    for period in ("15 日", "10 日", "3 年", "2 年", "5 年", "20 日", "60 日"):
        assert period in table
