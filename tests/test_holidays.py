"""The official days off in data/holidays.yml against the sentences of the notices, and slips that stop the build."""
from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from macros import data

ROOT = Path(__file__).resolve().parent.parent
# The sentences with dates of 国办发明电〔2023〕7号 (People's Daily, 2023-10-26), 国办发明电〔2024〕12号 (Xinhua, 2024-11-12)
# and the notice of 2025-11-04 (Xinhua). They name weekdays and lengths, so a slip of a day shows.
NOTICES = {
    "2024": """元旦:1月1日放假,与周末连休。春节:2月10日至17日放假调休,共8天。2月4日(星期日)、2月18日(星期日)上班。清明节:4月4日至6日放假调休,共3天。
        4月7日(星期日)上班。劳动节:5月1日至5日放假调休,共5天。4月28日(星期日)、5月11日(星期六)上班。端午节:6月10日放假,与周末连休。
        中秋节:9月15日至17日放假调休,共3天。9月14日(星期六)上班。国庆节:10月1日至7日放假调休,共7天。9月29日(星期日)、10月12日(星期六)上班。""",
    "2025": """元旦:1月1日(周三)放假1天,不调休。春节:1月28日(农历除夕、周二)至2月4日(农历正月初七、周二)放假调休,共8天。1月26日(周日)、2月8日(周六)上班。
        清明节:4月4日(周五)至6日(周日)放假,共3天。劳动节:5月1日(周四)至5日(周一)放假调休,共5天。4月27日(周日)上班。端午节:5月31日(周六)至6月2日(周一)放假,共3天。
        国庆节、中秋节:10月1日(周三)至8日(周三)放假调休,共8天。9月28日(周日)、10月11日(周六)上班。""",
    "2026": """元旦:1月1日(周四)至3日(周六)放假调休,共3天。1月4日(周日)上班。春节:2月15日(农历腊月二十八、周日)至23日(农历正月初七、周一)放假调休,共9天。
        2月14日(周六)、2月28日(周六)上班。清明节:4月4日(周六)至6日(周一)放假,共3天。劳动节:5月1日(周五)至5日(周二)放假调休,共5天。5月9日(周六)上班。
        端午节:6月19日(周五)至21日(周日)放假,共3天。中秋节:9月25日(周五)至27日(周日)放假,共3天。国庆节:10月1日(周四)至7日(周三)放假调休,共7天。
        9月20日(周日)、10月10日(周六)上班。""",
}
_DAY = r"(?:(\d+)月)?(\d+)日(?:\([^)]*?[周期]([一二三四五六日])\))?"


def _read(year: str) -> tuple[list, list]:
    """Spans off and working days of a notice; named weekdays and lengths are checked on the way."""

    def day(month: str, number: str, weekday: str | None) -> dt.date:
        found = dt.date(int(year), int(month), int(number))
        assert weekday is None or "一二三四五六日"[found.weekday()] == weekday, (year, month, number)
        return found

    off, work = [], []
    for sentence in NOTICES[year].replace("\n", "").split("。"):
        if sentence.endswith("上班"):
            work += [day(*found).isoformat() for found in re.findall(_DAY, sentence)]
        elif span := re.search(rf"{_DAY}(?:至{_DAY})?放假", sentence):
            month, number, weekday, until_month, until_number, until_weekday = span.groups()
            first = day(month, number, weekday)
            last = day(until_month or month, until_number, until_weekday) if until_number else first
            if length := re.search(r"共(\d+)天|放假(\d+)天", sentence):
                assert (last - first).days + 1 == int(length[1] or length[2]), sentence
            off.append((first.isoformat(), last.isoformat()))
    return off, work


@pytest.fixture(scope="module")
def facts() -> data.Facts:
    return data.load(ROOT)


def test_every_year_says_what_its_notice_says(facts):
    assert set(facts.holidays) == set(NOTICES), "copy the sentences of the new year's notice into NOTICES"
    for year, entry in facts.holidays.items():
        off, work = _read(year)
        assert [(span["from"], span["until"]) for span in entry["days_off"]] == off
        assert sorted(entry["work"]) == sorted(work)


def test_the_engine_gets_the_days_and_nothing_else(facts):
    assert facts.holidays_for_engine["2025"]["off"][0] == ["2025-01-01", "2025-01-01"]
    assert all(set(entry) == {"off", "work"} for entry in facts.holidays_for_engine.values())


@pytest.mark.parametrize(("old", "new", "message"), [
    ('"2026-01-04", "2026-02-14"', '"2026-01-05", "2026-02-14"', "2026-01-05 is not a Saturday or Sunday of 2026"),
    ('{from: "2026-05-01", until: "2026-05-05"}', '{from: "2026-05-01", until: "2026-05-09"}', "2026-05-09 is a day off and a working day at once"),
    ('{from: "2026-04-04", until: "2026-04-06"}', '{from: "2026-04-06", until: "2026-04-04"}', "2026-04-06 to 2026-04-04 is not a span of days in 2026"),
    ("notice: holiday-notice-2026", "notice: holiday-notice-2062", 'Did you mean "holiday-notice-2026"'),
    ('"2026-02-28"', '"2026-02-30"', "There is no such day"),
])
def test_a_slip_in_the_calendar_stops_the_build(tmp_path, old, new, message):
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("calculators", "search", "ui", "ui.yml"))
    path = tmp_path / "data" / "holidays.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(data.DataError) as caught:
        data.load(tmp_path)
    assert any(message in problem and problem.startswith("data/holidays.yml, line ") for problem in caught.value.problems)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_names_the_years_that_are_there_and_the_first_that_is_not(facts, lang):
    page = (ROOT / "docs" / lang / "tools" / "deadlines.md").read_text("utf-8")
    assert re.findall(r'cite\("holiday-notice-(\d{4})"\)', page) == sorted(facts.holidays)
    missing = str(int(max(facts.holidays)) + 1)
    assert (f"{missing} 年的放假安排还没有核到" if lang == "zh" else f"The days off of {missing} are not verified") in page
