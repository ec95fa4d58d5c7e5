"""The contact log's core, run in Node: CSV and back, what people type as a time, counts on both sides of each limit."""
from __future__ import annotations

import csv
import io
import json
import subprocess

import pytest

from macros import contact_log, data
from tests.engine.agree import find_node
from tests.support import ROOT

SCRIPT = (ROOT / "overrides" / "assets" / "js" / "log-core.js").as_uri()
TODAY = "2026-11-24"
FACTS = data.load(ROOT)
LIMITS = contact_log.limits(FACTS)
NAMES = contact_log.names(FACTS)


def node(body: str, given=None):
    """The value that `body` returns; the module is `core`, the argument `given`."""
    script = (f"import * as core from {json.dumps(SCRIPT)}; import {{readFileSync}} from 'node:fs'; const given = JSON.parse(readFileSync(0, 'utf8'));"
              f"process.stdout.write(JSON.stringify((() => {{ {body} }})()));")
    done = subprocess.run([find_node(), "--input-type=module", "-e", script], input=json.dumps(given).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def entry(day: str, time: str = "", how: str = "talk", **more) -> dict:
    return dict.fromkeys(contact_log.FIELDS, "") | {"date": day, "time": time, "how": how} | more


def counts(entries: list[dict]) -> dict:
    return node("const log = core.contact_log(given[0]); for (const one of given[1]) log.add(one); return log.counts();", [LIMITS, entries])


# Numbers and names -------------------------------------------------------------------------------------------------


def test_limits_come_from_the_data():
    # The standard and the guideline as reported: 22:00 to 8:00; three calls of each kind; six attempts; two visitors.
    assert LIMITS == {"quiet": {"from": "22:00", "to": "08:00"}, "talk": 3, "notice": 3, "missed": 6, "third_calls": 3, "third_days": 3, "people": 2}


def test_core_and_macro_name_the_same_fields_and_kinds():
    assert node("return [core.FIELDS, core.HOWS];") == [list(contact_log.FIELDS), list(contact_log.HOWS)]


# Counting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "quiet"),
    [("21:59", 0), ("22:00", 1), ("23:59", 1), ("00:00", 1), ("07:59", 1), ("08:00", 0), ("12:00", 0), ("", 0)],
)
def test_night_begins_at_22_and_ends_before_8(time, quiet):
    assert counts([entry("2026-11-20", time)])["quiet"]["count"] == quiet


@pytest.mark.parametrize(("how", "quiet"), [("talk", 1), ("missed", 1), ("text", 1), ("visit", 1), ("third", 1), ("letter", 0), ("other", 0)])
def test_letters_have_no_night(how, quiet):
    assert counts([entry("2026-11-20", "23:00", how)])["quiet"]["count"] == quiet


@pytest.mark.parametrize("how", ["talk", "notice"])
def test_third_call_of_a_day_is_within_the_standard_and_the_fourth_above(how):
    day = [entry("2026-11-20", f"1{number}:00", how) for number in range(4)]
    assert counts(day[:3])[how] == {"count": 0, "latest": []}
    assert counts(day)[how] == {"count": 1, "latest": [{"date": "2026-11-20", "loan": "", "count": 4}]}


def test_conversations_and_announcements_are_counted_apart_and_so_are_loans():
    mixed = [entry("2026-11-20", "10:00", how) for how in ("talk", "notice")] * 3
    loans = [entry("2026-11-20", "10:00", loan=loan) for loan in ("A", "B")] * 3
    assert counts(mixed)["talk"]["count"] == counts(mixed)["notice"]["count"] == counts(loans)["talk"]["count"] == 0
    # One name in two spellings is one loan.
    assert counts([*loans, entry("2026-11-20", "11:00", loan="a")])["talk"]["latest"] == [{"date": "2026-11-20", "loan": "A", "count": 4}]


def test_a_night_over_midnight_is_two_days_of_calls_and_all_of_it_is_night():
    night = [entry("2026-11-20", "23:50"), entry("2026-11-20", "23:59"), entry("2026-11-21", "00:00"), entry("2026-11-21", "00:10")]
    got = counts(night)
    assert got["talk"]["count"] == 0 and got["quiet"]["count"] == 4
    assert [one["time"] for one in got["quiet"]["latest"]] == ["00:10", "00:00", "23:59", "23:50"]


@pytest.mark.parametrize(("attempts", "days"), [(6, 0), (7, 1)])
def test_seventh_unanswered_call_is_above_the_guideline(attempts, days):
    assert counts([entry("2026-11-20", "10:00", "missed")] * attempts)["missed"]["count"] == days


@pytest.mark.parametrize(
    ("before", "early"),
    [
        ([], 1),
        ([("2026-11-19", "missed")] * 2, 1),
        ([("2026-11-19", "missed")] * 3, 0),
        # On the same day the next day has not come yet.
        ([("2026-11-20", "missed")] * 3, 1),
        # Reached in between: the row begins anew.
        ([("2026-11-18", "missed")] * 3 + [("2026-11-19", "talk")], 1),
        ([("2026-11-18", "missed"), ("2026-11-19", "missed"), ("2026-11-20", "missed")], 0),
        ([("2026-11-17", "missed"), ("2026-11-19", "missed"), ("2026-11-20", "missed")], 1),
    ],
)
def test_contact_with_others_is_set_beside_the_unanswered_calls_before_it(before, early):
    entries = [entry(day, "09:00", how) for day, how in before] + [entry("2026-11-20", "15:00", "third")]
    assert counts(entries)["third"] == {"all": 1, "early": early}
    # An unanswered call of another loan says nothing about this one.
    others = [{**one, "loan": "B"} for one in entries[:-1]]
    assert counts([*others, entries[-1]])["third"]["early"] == 1


def test_one_visitor_is_fewer_than_the_guideline_says():
    got = counts([entry("2026-11-20", "10:00", "visit", people=people) for people in ("1", "2", "")])
    assert got["visits"] == {"all": 3, "few": 1, "unknown": 1}


def test_what_is_taken_out_is_counted_out_and_the_order_of_entry_does_not_matter(seed):
    body = """
      let state = given[2];
      const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
      const pick = (list) => list[Math.floor(random() * list.length)];
      const made = () => ({date: `2026-11-${pick(["10", "11", "12", "13"])}`, time: pick(["", "07:59", "08:00", "21:59", "22:00"]), how: pick(core.HOWS),
        people: pick(["", "1", "2"]), loan: pick(["", "A", "b"]), who: "", number: "", words: "", file: ""});
      const all = Array.from({length: 300}, made), log = core.contact_log(given[0]);
      for (const one of all) log.add(one);
      const left = all.filter((one, i) => i % 3 || (log.remove(one), false)).reverse(), again = core.contact_log(given[0]);
      for (const one of left) again.add(one);
      const stamps = log.entries.map((one) => one.date + one.time);
      return [log.counts(), again.counts(), log.entries.length, stamps.every((one, i) => !i || stamps[i - 1] <= one)];
    """
    one, other, length, sorted_ = node(body, [LIMITS, None, seed % 2147483646 + 1])
    for kind in ("quiet", "talk", "notice", "missed"):
        assert one[kind]["count"] == other[kind]["count"]
    assert one["visits"] == other["visits"] and one["third"]["all"] == other["third"]["all"]
    assert length == 200 and sorted_


# CSV ---------------------------------------------------------------------------------------------------------------

HARD = [
    entry("2026-11-20", "22:30", words='他说："还钱"，\n“不然”就去, 单位\n\n第三行', who='王, "小" 李', file="录音 1.m4a"),
    entry("2026-11-19", "", "visit", people="2", words="👨‍👩‍👧 家里 🧧", loan="甲"),
    entry("2026-11-18", "08:00", "text", number="+86 138 0000 0000", words='=HYPERLINK("http://x.example","点")'),
    entry("2026-11-17", "07:05", "missed", number="057188886666", words="-1+1", file="@SUM(A1)"),
    entry("2026-11-16", "00:00", "notice", number="95595123456789", words="＝1＋1", who="'=1", loan="'引号开头"),
    entry("2026-11-15", "23:59", "third", words="<script>alert(1)</script>;\t%s", who="'''@x"),
]


@pytest.mark.parametrize("language", [0, 1])
def test_csv_comes_back_as_it_went(language):
    body = "const text = core.to_csv(given[0], given[1][given[2]]); return [text, core.from_csv('\\ufeff' + text, given[1], given[3])];"
    text, back = node(body, [HARD, NAMES, language, TODAY])
    assert back == {"ok": True, "entries": HARD, "problems": []}
    # Another reader of CSV sees the same rows.
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(HARD) + 1 and {len(row) for row in rows} == {9}
    assert rows[0] == list(NAMES[language]["columns"].values()) and rows[1][7] == HARD[0]["words"]


def test_no_cell_is_a_formula_and_no_number_loses_its_zero():
    text = node("return core.to_csv(given[0], given[1]);", [HARD, NAMES[0]])
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝", "＋", "\t", "\r"))]
    assert "'057188886666" in cells and "'95595123456789" in cells and "''=1" in cells


def test_what_a_spreadsheet_saved_anew_is_still_read():
    text = "日期;时间;方式;人数;哪笔贷款;对方是谁;号码;原话;文件名;多的列\r\n2026/11/9;8:05:00;上门;2;A;;;\"一;二\";;x\r\n;;;;;;;;;\r\n2026/11/8;;Call: not answered;;;;;;;\n"
    got = node("return core.from_csv(given[0], given[1], given[2]);", [text, NAMES, TODAY])
    assert got["entries"] == [entry("2026-11-09", "08:05", "visit", people="2", loan="A", words="一;二"), entry("2026-11-08", "", "missed")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "csv_other"), ("随便写的一句话", "csv_other"), ("a,b\n1,2\n", "csv_other"), ("\x00\x01PK", "csv_other"), ("日期,时间\n2026-11-01,8:00\n", "csv_other"),
        ('日期,方式\n2026-11-20,"上门\n2026-11-21,上门\n', "csv_quote"), ("日期,方式\n" + "2026-11-20,上门\n" * 20_001, "csv_many"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole(text, error):
    got = node("return core.from_csv(given[0], given[1], given[2]);", [text, NAMES, TODAY])
    assert (got["ok"], got["error"]) == (False, error)


def test_lines_that_cannot_be_read_are_named():
    text = "日期,时间,方式\n2026-11-20,9:00,上门\n2026-02-30,9:00,上门\n2026-11-20,25:00,上门\n2026-11-20,9:00,飞来\n2027-01-01,9:00,上门\n"
    got = node("return core.from_csv(given[0], given[1], given[2]);", [text, NAMES, TODAY])
    assert len(got["entries"]) == 1
    assert [(line, field, error) for line, field, error, _ in got["problems"]] == [
        (3, "date", "date_none"), (4, "time", "time_none"), (5, "how", "how"), (6, "date", "future"),
    ]


def test_merging_adds_what_is_missing_and_keeps_two_calls_of_one_minute():
    twice = [entry("2026-11-20", "10:00", "missed")] * 2
    body = "return [core.missing_from(given[0], given[1]).length, core.missing_from(given[1], given[1]).length, core.missing_from([], given[1]).length];"
    assert node(body, [twice[:1], [*twice, HARD[0]]]) == [2, 0, 3]


def test_what_is_kept_comes_back_and_anything_else_is_not_taken():
    assert node("return core.unpack(core.pack(given));", HARD) == HARD
    for text in ("", "{", "null", "[]", '{"v":2,"entries":[]}', '{"v":1,"entries":[["x"]]}', '{"v":1,"entries":[[1,"","talk","","","","","",""]]}',
                 '{"v":1,"entries":[["2026-11-20","","constructor","","","","","",""]]}'):
        assert node("return core.unpack(given);", text) is None, text


# What people type --------------------------------------------------------------------------------------------------

TIMES = {
    "22:30": ["22:30", "２２：３０", "晚上10点半", "晚上十点半", "10:30 pm", "10.30pm", "2230", "晚10点30分", "22点30", "约22:30", "22:30:15", " 22 : 30 "],
    "22:00": ["22点", "晚上10点", "10 p.m.", "二十二点整", "22", "晚上十点钟"],
    "08:00": ["8点", "早上八点", "8:00 am", "8", "上午8点"], "00:00": ["0:00", "零点", "12 am", "凌晨12点"], "12:00": ["中午12点", "12pm", "noon", "12:00"],
    "13:05": ["中午1点5分", "下午一点零五分", "13:05"], "02:15": ["凌晨两点一刻", "半夜2点15", "夜里2:15"], "15:45": ["下午3点三刻", "15时45分"],
}
WRONG_TIMES = {"": "empty", "25:00": "time_none", "8:60": "time_none", "abc": "time", "晚上12点": "midnight", "24:00": "midnight", "midnight": "midnight",
               "十点到十一点": "time", "13 pm": "time_none", "0 am": "time_none", "💥": "time", "1" * 5000: "time"}
DAYS = {"2026-11-20": "2026-11-20", "11月20日": "2026-11-20", "十一月二十日": "2026-11-20", "今天": TODAY, "昨天": "2026-11-23", "昨晚": "2026-11-23",
        "yesterday": "2026-11-23", "12月31日": "2025-12-31", "去年11月1日": "2025-11-01", "２０２６．１１．２０": "2026-11-20", TODAY: TODAY}
WRONG_DAYS = {"": "empty", "2026-11-25": "future", "2026-02-30": "date_none", "2月30日": "date_none", "20/11/2026": "date_order", "随便": "date"}


def test_times_and_days_as_people_write_them():
    body = "return [given[0].map((one) => core.parse_time(one)), given[1].map((one) => core.parse_day(one, given[2]))].map((all) => all.map((got) => got.ok ? got.value : got.error));"
    times = [(text, want) for want, texts in TIMES.items() for text in texts] + list(WRONG_TIMES.items())
    days = list(DAYS.items()) + list(WRONG_DAYS.items())
    got_times, got_days = node(body, [[text for text, _ in times], [text for text, _ in days], TODAY])
    assert dict(zip([text for text, _ in times], got_times)) == dict(times)
    assert dict(zip([text for text, _ in days], got_days)) == dict(days)


def test_marks_that_turn_text_around_go_and_joined_emoji_stay():
    typed = {"date": "昨天", "time": "晚上10点", "how": "visit", "people": "两个人", "who": " 王\u202e\n 某 ", "number": "１３８００００００００", "words": "a\r\nb\u0000\u2066👨‍👩‍👧", "file": "", "loan": ""}
    got = node("return core.read_entry(given, '2026-11-24');", typed)
    assert got == {"entry": entry("2026-11-23", "22:00", "visit", people="2", who="王 某", number="13800000000", words="a\nb👨‍👩‍👧"), "mistakes": []}
    wrong = node("return core.read_entry(given, '2026-11-24').mistakes.map((one) => one.slice(0, 2));", typed | {"people": "100", "words": "字" * 4001, "how": "__proto__", "date": ""})
    assert wrong == [["date", "empty"], ["how", "how"], ["words", "text"]]
