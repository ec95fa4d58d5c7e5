"""Dates that matter: counting, days off, what restarts limitation; both languages of the engine.

Expected dates were read off a wall calendar and the notices on holidays; counted ones are worked out again here with
Python's own calendar and dateutil, which the engine does not use.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from macros import data
from macros.engine.deadlines import ENFORCEMENT_EVENTS, LIMITATION_EVENTS, deadlines, last_day

CALENDAR = data.load(Path(__file__).parents[2]).holidays_for_engine
NUMBERS = {
    "limitation_years": 3, "enforcement_years": 2, "credit_record_years": 5, "payment_order_days": 15, "answer_days": 15,
    "appeal_judgment_days": 15, "appeal_ruling_days": 10, "credit_objection_days": 20, "credit_complaint_days": 30,
    "lender_days": 15, "lender_complex_days": 30, "lender_longest_days": 60,
    "limitation_since": "2021-01-01", "court_since": "2024-01-01", "credit_since": "2013-03-15", "lender_since": "2020-03-01",
}
OFF = {
    dt.date.fromisoformat(first) + dt.timedelta(k)
    for entry in CALENDAR.values() for first, last in entry["off"]
    for k in range((dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days + 1)
}
WORK = {dt.date.fromisoformat(day) for entry in CALENDAR.values() for day in entry["work"]}


def off(day: dt.date) -> bool:
    return day in OFF or (day.isoweekday() >= 6 and day not in WORK)


def call(kind: str, today: str, **more) -> tuple:
    return "deadlines", "deadlines", [{"kind": kind, "today": today, "calendar": CALENDAR, **NUMBERS, **more}]


def limitation(due: str, today: str, *events: tuple) -> tuple:
    return call("limitation", today, due_date=due, events=[dict(zip(("date", "what", "end_date"), event)) for event in events])


def effects(result: dict) -> list[str]:
    return [note["key"] for row in result["timeline"] if row["key"].startswith("event_") for note in row["notes"]]


# Court periods -------------------------------------------------------------------


SERVED = [
    # served, counted last day, last day, advised day, certain
    ("2026-11-10", "2026-11-25", "2026-11-25", "2026-11-24", True),   # Wednesday
    ("2026-09-18", "2026-10-03", "2026-10-08", "2026-09-30", True),   # inside the National Day week
    ("2026-02-13", "2026-02-28", "2026-02-28", "2026-02-27", True),   # a Saturday that is worked
    ("2026-01-31", "2026-02-15", "2026-02-24", "2026-02-14", True),   # Spring Festival; the Saturday before is worked
    ("2026-04-17", "2026-05-02", "2026-05-06", "2026-04-30", True),
    ("2025-12-18", "2026-01-02", "2026-01-04", "2025-12-31", True),   # across the year; the Sunday is worked
    ("2026-11-20", "2026-12-05", "2026-12-07", "2026-12-04", True),   # an ordinary Saturday
    ("2026-12-18", "2027-01-02", "2027-01-04", "2026-12-31", False),  # 2027 is not known; 1 January is off in every known year
    ("2026-12-25", "2027-01-09", "2027-01-11", "2027-01-08", False),
]


def test_fifteen_days_from_service_end_on_a_working_day(ask_all):
    results = ask_all([call("payment_order", served, served_date=served) for served, *_ in SERVED])
    found = [(r["start_date"], r["plain_date"], r["last_date"], r["act_by"], r["certain"]) for r in results]
    assert found == SERVED
    assert [r["unknown_years"] for r in results] == [[]] * 7 + [["2027"]] * 2


def test_judgment_and_ruling_have_their_own_periods_and_a_small_claim_none(ask_all):
    judgment, ruling, small = ask_all([call("appeal", "2026-11-24", served_date="2026-11-10", paper=p) for p in ("judgment", "ruling", "small_claim")])
    assert (judgment["last_date"], ruling["last_date"]) == ("2026-11-25", "2026-11-20")
    assert (small["status"], small["last_date"], small["reminders"]) == ("no_appeal", None, [])


def test_the_day_a_court_names_stands_as_it_is(ask_all):
    set_by, named = ask_all([
        call("answer", "2026-11-24", served_date="2026-11-20", procedure="court_sets", court_date=day) for day in (None, "2026-11-29")
    ])
    assert (set_by["status"], set_by["last_date"]) == ("set_by_court", None)
    # 29 November 2026 is a Sunday: what a court writes is not moved by us; the advice is the Friday before.
    assert (named["last_date"], named["act_by"], named["conventions"]) == ("2026-11-29", "2026-11-27", ["court_named"])


@pytest.mark.parametrize(("today", "state", "first_notice"), [
    ("2026-09-30", "ahead", "verify_paper"), ("2026-10-01", "close", "verify_paper"), ("2026-10-03", "close", "verify_paper"),
    ("2026-10-04", "moved", "verify_paper"), ("2026-10-08", "moved", "verify_paper"), ("2026-10-09", "passed", "missed_payment_order"),
])
def test_state_says_how_near_the_last_day_is(today, state, first_notice):
    result = deadlines(call("payment_order", today, served_date="2026-09-18")[2][0])
    assert (result["state"], result["notices"][0]["key"]) == (state, first_notice)


def test_in_an_unknown_year_a_counted_day_that_is_over_may_have_been_the_last():
    # Counted to Saturday 2 January 2027; whether Sunday the 3rd is worked is not known.
    result = deadlines(call("payment_order", "2027-01-03", served_date="2026-12-18")[2][0])
    assert (result["state"], result["notices"][0]["key"]) == ("moved", "missed_payment_order")


def test_nothing_is_advised_before_the_paper_has_come(ask_all):
    # Served on Saturday 21 November 2026, the court names Monday the 23rd: the working day before was the Friday.
    (result,) = ask_all([call("answer", "2026-11-21", served_date="2026-11-21", procedure="court_sets", court_date="2026-11-23")])
    assert (result["act_by"], result["last_date"], result["state"]) == ("2026-11-21", "2026-11-23", "ahead")


def test_reminders_lie_ahead_and_hold_the_counted_day_where_the_year_is_not_known():
    result = deadlines(call("payment_order", "2026-12-18", served_date="2026-12-18")[2][0])
    assert result["reminders"] == [{"date": "2026-12-31", "key": "remind_act"}, {"date": "2027-01-02", "key": "remind_court"}]
    assert deadlines(call("payment_order", "2026-10-08", served_date="2026-09-18")[2][0])["reminders"] == [{"date": "2026-10-08", "key": "remind_court"}]


DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31))


@given(DAYS)
def test_a_moved_day_is_the_first_working_day_and_the_advised_one_comes_before(day):
    found = last_day(day.isoformat(), CALENDAR)
    last, act_by = (dt.date.fromisoformat(found[key]) for key in ("last_date", "act_by"))
    assert act_by < day <= last
    assert not off(last) and all(off(day + dt.timedelta(k)) for k in range((last - day).days))
    assert found["certain"] == (last.year <= 2026)
    if act_by.year >= 2024:
        assert not off(act_by)


@given(st.dates(dt.date(2027, 1, 1), dt.date(2090, 1, 1)))
def test_without_a_calendar_nothing_is_called_certain(day):
    found = last_day(day.isoformat(), CALENDAR)
    assert found["certain"] is False
    assert dt.date.fromisoformat(found["last_date"]).isoweekday() <= 5
    # New Year's Day and 1 October are off in every year of the data.
    assert found["act_by"][5:] not in ("01-01", "10-01")


# Limitation ----------------------------------------------------------------------


ANNIVERSARIES = [
    ("2023-11-24", "2026-11-24", "2026-11-24"),
    ("2024-02-29", "2027-02-28", "2027-03-01"),  # no 29 February in 2027: month's end, a Sunday (Civil Code 202)
    ("2023-02-28", "2026-02-28", "2026-02-28"),  # a Saturday that is worked
    ("2023-10-03", "2026-10-03", "2026-10-08"),  # Civil Code 203
]


def test_years_end_on_the_same_day_or_at_the_months_end(ask_all):
    results = ask_all([limitation(due, "2026-01-10") for due, *_ in ANNIVERSARIES])
    assert [(r["start_date"], r["plain_date"], r["last_date"]) for r in results] == ANNIVERSARIES


@given(st.dates(dt.date(2021, 1, 1), dt.date(2060, 12, 31)))
def test_the_counted_day_is_the_anniversary(due):
    result = deadlines(limitation(due.isoformat(), "2026-11-24")[2][0])
    assert result["plain_date"] == (due + relativedelta(years=3)).isoformat()
    assert result["start_date"] < result["plain_date"] <= result["last_date"]


def test_a_demand_in_time_restarts_and_one_too_late_does_not(ask_all):
    in_time, late = ask_all([
        limitation("2022-05-20", "2026-11-24", (day, "demand")) for day in ("2025-05-20", "2025-05-21")
    ])
    # 20 May 2025 was a Tuesday. Three years from it: Saturday 20 May 2028, so Monday, if no holiday falls there.
    assert (in_time["status"], in_time["plain_date"], in_time["last_date"], effects(in_time)) == (
        "running", "2028-05-20", "2028-05-22", ["effect_restarts"])
    assert (late["status"], late["last_date"], effects(late)) == ("expired", "2025-05-20", ["effect_late"])


def test_the_day_that_days_off_add_is_still_in_time(ask_all):
    # Counted to Friday 3 October 2025, moved to Thursday 9 October.
    results = ask_all([limitation("2022-10-03", "2026-11-24", (day, "demand")) for day in ("2025-10-09", "2025-10-10")])
    assert [effects(r) for r in results] == [["effect_restarts"], ["effect_late"]]


def test_what_no_text_lists_changes_nothing(ask_all):
    quiet = ("calls_unanswered", "others_only", "only_overdue", "own_records")
    alone, *others = ask_all([limitation("2024-05-20", "2026-11-24"), *(limitation("2024-05-20", "2026-11-24", ("2025-01-01", what)) for what in quiet)])
    assert alone["last_date"] == "2027-05-20"
    assert all((r["last_date"], r["status"], effects(r)) == ("2027-05-20", "running", ["effect_none"]) for r in others)


@pytest.mark.parametrize("what", [w for w in LIMITATION_EVENTS if w not in ("calls_unanswered", "others_only", "only_overdue", "own_records", "question")])
def test_what_the_texts_list_restarts_the_three_years(what):
    result = deadlines(limitation("2023-06-01", "2026-11-24", ("2025-06-03", what, "2025-06-03"))[2][0])
    assert (result["status"], result["plain_date"]) == ("running", "2028-06-03")


def test_a_lawsuit_counts_from_its_end_and_stops_the_clock_until_then(ask_all):
    open_, closed = ask_all([limitation("2023-06-01", "2026-11-24", ("2025-06-03", "lawsuit", end)) for end in (None, "2026-02-02")])
    assert (open_["status"], open_["last_date"], effects(open_)) == ("paused", None, ["effect_pauses"])
    assert (closed["status"], closed["plain_date"], effects(closed)) == ("running", "2029-02-02", ["effect_restarts_from_end"])
    # After a judgment another period counts, whether the suit is over or not.
    assert [r["notices"][0]["key"] for r in (open_, closed)] == ["has_proceedings"] * 2


@pytest.mark.parametrize(("what", "status", "effect"), [
    ("promise", "waived", "effect_late_promise"), ("part_payment", "maybe_waived", "effect_late_part_payment"),
    ("signed_demand", "maybe_waived", "effect_late_signed_demand"), ("debit", "maybe_waived", "effect_late_debit"),
    ("demand", "expired", "effect_late"), ("lawsuit", "expired", "effect_late"), ("assignment_notice", "expired", "effect_late"),
    ("question", "expired", "effect_unclear_late"), ("calls_unanswered", "expired", "effect_none"),
])
def test_after_the_last_day_only_what_the_debtor_does_can_cost_the_defence(what, status, effect):
    result = deadlines(limitation("2022-05-20", "2026-11-24", ("2026-01-05", what))[2][0])
    assert (result["status"], effects(result)) == (status, [effect])


def test_payments_before_the_last_instalment_do_not_matter():
    result = deadlines(limitation("2024-05-20", "2026-11-24", ("2023-01-05", "part_payment"), ("2024-05-19", "demand"))[2][0])
    assert (effects(result), result["last_date"]) == (["effect_before_start"] * 2, "2027-05-20")


def test_an_unclear_event_gives_both_dates(ask_all):
    (result,) = ask_all([limitation("2023-03-20", "2026-11-24", ("2025-03-20", "question"))])
    assert (result["status"], result["last_date"]) == ("expired", "2026-03-20")
    assert result["alternative"] == {"status": "running", "last_date": "2028-03-20"}
    assert result["notices"][0]["key"] == "unclear_counts"


def test_order_of_typing_does_not_matter():
    events = [("2025-01-06", "demand"), ("2023-07-03", "part_payment"), ("2024-03-04", "calls_unanswered")]
    results = [deadlines(limitation("2022-05-20", "2026-11-24", *order)[2][0]) for order in (events, events[::-1])]
    assert results[0] == results[1]


def test_near_a_last_day_in_an_unknown_year_nothing_is_settled():
    # Counted to Friday 1 October 2027: a demand on the 8th may be in time, as the holiday of that year is not known.
    result = deadlines(limitation("2024-10-01", "2027-12-01", ("2027-10-08", "demand"))[2][0])
    assert effects(result) == ["effect_near_end"]
    assert (result["status"], result["alternative"]["status"]) == ("expired", "running")
    assert deadlines(limitation("2024-10-01", "2027-10-08")[2][0])["status"] == "near_end"


def test_before_the_due_date_nothing_runs():
    assert deadlines(limitation("2026-12-01", "2026-11-24")[2][0])["status"] == "not_started"


# Enforcement and the answers of others ---------------------------------------------


def test_time_to_apply_for_enforcement(ask_all):
    def enforce(*steps):
        return call("enforcement", "2026-11-24", perform_date="2024-06-03", steps=[dict(zip(("date", "what", "end_date"), step)) for step in steps])

    plain, settled, ended, late, open_ = ask_all([
        enforce(), enforce(("2024-09-02", "enforcement_applied"), ("2025-03-03", "settlement", "2027-03-03")),
        enforce(("2024-09-02", "enforcement_applied"), ("2025-05-05", "round_ended")), enforce(("2026-09-01", "promise")),
        enforce(("2025-03-03", "settlement")),
    ])
    assert (plain["status"], plain["last_date"]) == ("expired", "2026-06-03")
    # Two years from the last day agreed, although the first application is still open.
    assert (settled["status"], settled["plain_date"]) == ("running", "2029-03-03")
    assert (ended["status"], ended["last_date"]) == ("no_limit", None)
    assert (late["status"], effects(late)) == ("maybe_waived", ["effect_late_enforcement"])
    assert (open_["status"], open_["notices"][0]["key"]) == ("paused", "is_paused")


def test_answers_of_others_are_plain_days(ask_all):
    objection, complaint, lender, record = ask_all([
        call("credit_objection", "2026-09-20", lodged_date="2026-09-15"),
        call("credit_complaint", "2026-09-20", lodged_date="2026-09-15"),
        call("lender_complaint", "2026-09-20", lodged_date="2026-09-15"),
        call("credit_record", "2026-09-20", ended_date="2024-02-29"),
    ])
    # 5 October 2026 lies in the holiday week: the regulation says nothing of days off, so it stays.
    assert (objection["last_date"], complaint["last_date"], objection["act_by"], objection["certain"]) == ("2026-10-05", "2026-10-15", None, None)
    assert [row["last_date"] for row in lender["dates"]] == ["2026-09-30", "2026-10-15", "2026-11-14"]
    assert record["last_date"] == "2029-02-28"


def test_a_bad_entry_that_has_not_ended_has_no_date(ask_all):
    (result,) = ask_all([call("credit_record", "2026-11-24", ended_date=None)])
    assert (result["status"], result["dates"], result["reminders"]) == ("not_ended", [], [])


# What pages quote --------------------------------------------------------------------


@pytest.mark.parametrize(("case", "figure"), [("restarted", "restart_day"), ("too-late", "event_day")])
def test_the_day_a_page_quotes_is_that_of_the_event(case, figure):
    """The row's place in the timeline depends on the dates; a wrong one would make the page say something false of the law."""
    definition = yaml.safe_load((Path(__file__).parents[2] / "data/calculators/deadlines/calculator.yml").read_text("utf-8"))
    inputs = definition["examples"][case]["inputs"]
    _, place, _ = definition["figures"][figure].split()[0].split(".")
    row = deadlines({**inputs, **NUMBERS, "calendar": CALENDAR})["timeline"][int(place)]
    assert (row["date"], row["key"]) == (inputs["events"][-1]["date"], f"event_{inputs['events'][-1]['what']}")


# Refusals --------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "field", "rule"), [
    (call("other", "2026-11-24"), "kind", "choice"),
    (call("payment_order", "2026-02-30", served_date="2026-02-01"), "today", "date"),
    (call("payment_order", "2026-11-24"), "served_date", "required"),
    (call("payment_order", "2026-11-24", served_date="2026-11-25"), "served_date", "after_today"),
    (call("payment_order", "2026-11-24", served_date="2023-12-31"), "served_date", "before_first_value"),
    (limitation("2020-12-31", "2026-11-24"), "due_date", "before_first_value"),
    (limitation("2199-12-31", "2026-11-24"), "due_date", "too_far"),
    (limitation("2024-05-20", "2026-11-24", ("2026-11-25", "demand")), "events.0.date", "after_today"),
    (limitation("2024-05-20", "2026-11-24", ("2026-01-05", "prayer")), "events.0.what", "choice"),
    (limitation("2024-05-20", "2026-11-24", ("2026-01-05", "lawsuit", "2026-01-04")), "events.0.end_date", "end_before_start"),
    (limitation("2024-05-20", "2026-11-24", *[("2026-01-05", "demand")] * 31), "events", "count"),
    (call("appeal", "2026-11-24", served_date="2026-11-10", paper=None), "paper", "required"),
    (call("answer", "2026-11-24", served_date="2026-11-10", procedure="court_sets", court_date="2026-11-09"), "court_date", "end_before_start"),
])
def test_a_wrong_input_is_named(given, field, rule):
    from tests.engine.agree import python_answer
    assert f'"field":"{field}","rule":"{rule}"' in python_answer(given)


def test_both_lists_of_events_reach_both_engines(ask_all):
    """Every event of either list is understood; otherwise a form could offer one that is refused."""
    calls = [limitation("2024-05-20", "2026-11-24", ("2025-01-06", what)) for what in LIMITATION_EVENTS]
    calls += [call("enforcement", "2026-11-24", perform_date="2025-05-20", steps=[{"date": "2025-06-06", "what": what}]) for what in ENFORCEMENT_EVENTS]
    assert all("error" not in result for result in ask_all(calls))
