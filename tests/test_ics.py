"""The calendar file that the browser makes, run in Node and read back by icalendar."""
from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path

import icalendar
import pytest

from tests.engine.agree import find_node

SCRIPT = (Path(__file__).resolve().parent.parent / "overrides" / "assets" / "js" / "ics.js").as_uri()
NOTE = "由“明白账”算出；请法院或 12348 核对，\n见 https://example.org/tools/deadlines/, 𠮷"
DEFINITION = {
    "ics": {"rows": "reminders", "date": "date"},
    "messages": {
        "remind_act": {"text": "重要日期：%s以前办好; a, b \\ c", "with": ["date text"]},
        "remind_court": {"text": "重要日期：" + "很长的标题" * 30, "with": []},
    },
    "names": {"ics": {"note": NOTE}},
}
RESULT = {
    "kind": "payment_order", "today": "2026-11-24",
    "reminders": [{"date": "2026-11-24", "key": "remind_act"}, {"date": "2028-02-29", "key": "remind_court"}],
}


def made(result: dict, stamp: str | None = None) -> str:
    arguments = json.dumps([DEFINITION, {"lang": "zh"}, result, *([stamp] if stamp else [])])
    script = f"import {{ ics }} from {json.dumps(SCRIPT)}; process.stdout.write(ics(...{arguments}));"
    return subprocess.run([find_node(), "--input-type=module", "-e", script], capture_output=True, check=True).stdout.decode("utf-8")


@pytest.fixture(scope="module")
def text() -> str:
    return made(RESULT)


def test_lines_end_and_fold_as_the_standard_says(text):
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) <= 75
    # Chinese text of this length needs folding, and no character was cut: the whole decodes and unfolds to what was put in.
    assert any(line.startswith(" ") for line in lines)


def test_a_calendar_program_reads_back_what_was_put_in(text):
    calendar = icalendar.Calendar.from_ical(text)
    assert not calendar.errors and calendar["VERSION"] == "2.0" and calendar["PRODID"]
    first, second = calendar.walk("VEVENT")
    assert not first.errors
    assert first["SUMMARY"] == "重要日期：2026-11-24以前办好; a, b \\ c"
    assert second["SUMMARY"] == "重要日期：" + "很长的标题" * 30
    assert first["DESCRIPTION"] == NOTE
    # A plain date, not a moment: the day must not move with the phone's time zone.
    assert (type(first.decoded("DTSTART")), second.decoded("DTSTART")) == (dt.date, dt.date(2028, 2, 29))
    assert first.decoded("DTSTAMP") == dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)
    (alarm,) = second.walk("VALARM")
    assert (alarm["ACTION"], alarm.decoded("TRIGGER")) == ("DISPLAY", -dt.timedelta(days=2, hours=15))


def test_the_same_dates_are_the_same_events_and_others_are_not(text):
    def names(made_text: str) -> list[str]:
        return [event["UID"] for event in icalendar.Calendar.from_ical(made_text).walk("VEVENT")]

    again = made(RESULT | {"today": "2026-11-25"}, "20261125T080000Z")
    assert names(again) == names(text) and len(set(names(text))) == 2
    assert "DTSTAMP:20261125T080000Z" in again
    assert set(names(made(RESULT | {"kind": "appeal"}))).isdisjoint(names(text))


def test_no_date_ahead_gives_no_file():
    assert made(RESULT | {"reminders": []}) == ""
