"""Dates that matter: when a period ends, what restarts it, and by when to act.

Every number of days or years is an input: it comes from data/limits.yml, and the days off come from
data/holidays.yml. Dates are ISO text. What the law says of each period stands in the wording; the
result holds dates and keys only.
"""

from .dates import add_months, from_day, to_day
from .errors import InputError, check_choice, check_integer

KINDS = (
    "payment_order", "answer", "appeal", "limitation", "enforcement",
    "credit_record", "credit_objection", "credit_complaint", "lender_complaint",
)
PROCEDURES = ("ordinary", "court_sets")
PAPERS = ("judgment", "ruling", "small_claim")
# What interrupts limitation (Civil Code 195 and the provisions on limitation), what no text lists, and what
# depends on the words used. The two periods know different events.
LIMITATION_EVENTS = (
    "demand", "part_payment", "promise", "debit", "signed_demand", "assignment_notice", "lawsuit", "arbitration",
    "payment_order", "mediation", "public_notice", "calls_unanswered", "others_only", "only_overdue", "own_records", "question",
)
ENFORCEMENT_EVENTS = (
    "enforcement_applied", "settlement", "round_ended", "demand", "part_payment", "promise", "calls_unanswered", "only_overdue",
)
MAX_EVENTS = 30
# Years added must stay within what dates.py reads, so the reader's own dates end earlier.
LAST_DATE = "2150-12-31"

# A period restarts only when these are over (Civil Code 195), so they have an end.
_LASTING = ("lawsuit", "arbitration", "payment_order", "mediation", "enforcement_applied", "settlement")
_NO_EFFECT = ("calls_unanswered", "others_only", "only_overdue", "own_records")
# What the debtor does after the last day, and whether the defence goes for certain or perhaps. What was paid stays paid
# (Civil Code 192), but no text says that paying a part gives up the defence for the rest.
_AGREED_LATE = {"promise": "waived", "part_payment": "maybe_waived", "signed_demand": "maybe_waived", "debit": "maybe_waived"}
# Where counting an event would make a difference that no text settles.
_UNCLEAR = ("effect_unclear", "effect_unclear_late", "effect_near_end")
# No announced run of days off has been longer; within it a year without a calendar leaves the last day open.
_REACH = 15

_START = {
    "payment_order": "served_date", "answer": "served_date", "appeal": "served_date",
    "limitation": "due_date", "enforcement": "perform_date", "credit_record": "ended_date",
    "credit_objection": "lodged_date", "credit_complaint": "lodged_date", "lender_complaint": "lodged_date",
}
# The first day of the text that sets the period: earlier dates fall under rules that were not read.
_SINCE = {
    "payment_order": "court_since", "answer": "court_since", "appeal": "court_since", "enforcement": "court_since",
    "limitation": "limitation_since", "credit_record": "credit_since", "credit_objection": "credit_since",
    "credit_complaint": "credit_since", "lender_complaint": "lender_since",
}
_NOTICES = {
    "payment_order": ("verify_paper", "object_in_writing", "not_an_objection", "post_counts", "confirm_court"),
    "answer": ("verify_paper", "no_answer", "jurisdiction", "raise_limitation", "post_counts", "no_domicile", "confirm_court"),
    "appeal": ("verify_paper", "post_counts", "no_domicile", "confirm_court"),
    "limitation": ("raise_it", "still_owed", "ask_before_promise", "hiding", "suspension", "confirm_court"),
    "enforcement": ("raise_enforcement", "paid_stays_paid", "suspension_enforcement", "confirm_court"),
    "credit_record": ("statement", "true_record"),
    "credit_objection": ("written_answer", "then_complain"),
    "credit_complaint": ("written_answer", "sue_directly"),
    "lender_complaint": ("which_lenders", "outside_time", "stops_nothing"),
}


def deadlines(inputs: dict) -> dict:
    """Work out one kind of date.

    Args:
        inputs: A mapping with
            kind: One of KINDS.
            today: ISO date.
            served_date (payment_order, answer, appeal): Day the paper was served; not after today.
            procedure (answer): "ordinary", or "court_sets" where the court fixes the time; then
                court_date may hold the last day that the paper names.
            paper (appeal): One of PAPERS.
            due_date (limitation): Due date of the last instalment.
            events (limitation), steps (enforcement): Up to 30 of {"date", "what", "end_date"}; what is
                one of LIMITATION_EVENTS or ENFORCEMENT_EVENTS; end_date is read for proceedings
                and, for a settlement, is the last day agreed; None = still going on.
            perform_date (enforcement): Last day the judgment gave for performance.
            ended_date (credit_record): Day the conduct ended, or None.
            lodged_date (the answers of others): Day the other side received or accepted it.
            calendar: {"2026": {"off": [[first, last]], "work": [day]}}; a year that is missing is one
                whose days off are not known.
            limitation_years, enforcement_years, credit_record_years, payment_order_days, answer_days,
            appeal_judgment_days, appeal_ruling_days, credit_objection_days, credit_complaint_days,
            lender_days, lender_complex_days, lender_longest_days: whole numbers the law sets;
            limitation_since, court_since, credit_since, lender_since: first day of those rules.
    Returns:
        status: "date", "set_by_court", "no_appeal", "not_ended", or for limitation and enforcement
            "not_started", "running", "near_end", "expired", "waived", "maybe_waived", "paused",
            "no_limit".
        state of the first date: "ahead", "close" (past the advised day), "moved" (past the counted
            day, before the one the days off move it to), "passed"; None without a date.
        start_date; plain_date (counted, not moved), last_date (moved past days off), act_by (a
            working day before both; only for the reader's own steps), certain (False where the
            calendar of the year is not known); dates: one row for each period, its
            calendar "known", "unknown" or None where days off do not count; timeline and
            notices: rows {"key", ...}, timeline with "date" and "notes"; reminders: days ahead for a
            calendar; alternative: status and last_date if the unclear events count, else None;
            unknown_years; conventions.
    Raises:
        InputError: .field is the path of the wrong input.
    Source: Civil Code 188, 189, 192, 194, 195, 200-204; Civil Procedure Law 85, 128, 171, 227, 250;
        limitation provisions 8-19; Credit Reporting Regulation 16, 25, 26; complaint measures.

    >>> case = {"kind": "payment_order", "today": "2026-09-18", "served_date": "2026-09-18", "payment_order_days": 15}
    >>> october = {"2026": {"off": [["2026-10-01", "2026-10-07"]], "work": []}}
    >>> result = deadlines({**case, "calendar": october})
    >>> result["plain_date"], result["last_date"], result["act_by"]
    ('2026-10-03', '2026-10-08', '2026-09-30')
    """
    kind = check_choice("kind", inputs.get("kind"), KINDS)
    calendar = _read_calendar(inputs.get("calendar"))
    today = _read_day(inputs.get("today"), "today")
    if kind == "credit_record" and inputs.get("ended_date") is None:
        return _result(kind, "not_ended", today, calendar, notices=("not_ended", *_NOTICES[kind]))
    start_field = _START[kind]
    start = _read_day(inputs.get(start_field), start_field, since=inputs.get(_SINCE[kind]))
    if start_field in ("served_date", "lodged_date") and start > today:
        raise InputError(start_field, "after_today", inputs[start_field])
    if start_field == "served_date":
        return _of_court(kind, inputs, start, today, calendar)
    if kind in ("limitation", "enforcement"):
        return _of_years(kind, inputs, start, today, calendar)
    return _of_others(kind, inputs, start, today, calendar)


def last_day(plain_date: str, calendar: dict) -> dict:
    """Where a counted last day lands once days off have moved it, and by which day to act.

    Args:
        plain_date: ISO date.
        calendar: As in deadlines.
    Returns:
        last_date: The first day from plain_date on that is not off (weekends, announced days off;
            a weekend day that is worked is not off). act_by: The last working day before plain_date.
            certain: Whether the calendar of every year on the way to last_date is known.

    >>> last_day("2026-10-03", {"2026": {"off": [["2026-10-01", "2026-10-07"]], "work": []}})
    {'last_date': '2026-10-08', 'act_by': '2026-09-30', 'certain': True}
    """
    known = _read_calendar(calendar)
    day = _read_day(plain_date, "plain_date")
    last, certain = _moved(day, known)
    return {"last_date": from_day(last), "act_by": from_day(_working_day_before(day, known)), "certain": certain}


# Days off --------------------------------------------------------------------


def _read_calendar(calendar: dict | None) -> dict:
    """{"off": day numbers, "work": day numbers, "years": the spans off by year, as given}."""
    given = calendar or {}
    off = {
        day for entry in given.values() for first, last in entry["off"] for day in range(to_day(first), to_day(last) + 1)
    }
    work = {to_day(day) for entry in given.values() for day in entry["work"]}
    return {"off": off, "work": work, "years": {year: entry["off"] for year, entry in given.items()}}


def _is_off(day: int, calendar: dict) -> bool:
    # Day 0 was a Thursday: 5 and 6 are Saturday and Sunday.
    return day in calendar["off"] or ((day + 3) % 7 > 4 and day not in calendar["work"])


def _year_known(day: int, calendar: dict) -> bool:
    return from_day(day)[:4] in calendar["years"]


def _moved(day: int, calendar: dict) -> tuple[int, bool]:
    certain = _year_known(day, calendar)
    while _is_off(day, calendar):
        day += 1
        certain = certain and _year_known(day, calendar)
    return day, certain


def _off_in_every_year(day: int, calendar: dict) -> bool:
    tail = from_day(day)[4:]
    years = calendar["years"].items()
    return bool(years) and all(any(first <= year + tail <= last for first, last in spans) for year, spans in years)


def _working_day_before(day: int, calendar: dict) -> int:
    day -= 1
    # In a year that is not known, the days that are off in every known year are taken to be off: acting early is safe.
    while _is_off(day, calendar) or (not _year_known(day, calendar) and _off_in_every_year(day, calendar)):
        day -= 1
    return day


def _advised(day: int, served: int, calendar: dict) -> int:
    # Nobody can act before the paper has come.
    return max(served, _working_day_before(day, calendar))


# Reading ---------------------------------------------------------------------


def _read_day(value: object, field: str, since: str | None = None) -> int:
    day = to_day(value, field)
    if since is not None and value < since:
        raise InputError(field, "before_first_value", value)
    if value > LAST_DATE:
        raise InputError(field, "too_far", value)
    return day


def _number(inputs: dict, field: str) -> int:
    return check_integer(field, inputs.get(field), 1, 10_000)


def _read_events(given: list | None, field: str, choices: tuple, today: int) -> list[dict]:
    """Events in order of date; those of one day keep the order given."""
    if given is None:
        return []
    if len(given) > MAX_EVENTS:
        raise InputError(field, "count", len(given))
    events = []
    for index, event in enumerate(given):
        path = f"{field}.{index}"
        what = check_choice(f"{path}.what", event.get("what"), choices)
        day = _read_day(event.get("date"), f"{path}.date")
        if day > today:
            raise InputError(f"{path}.date", "after_today", event["date"])
        end = None
        if what in _LASTING and event.get("end_date") is not None:
            end = _read_day(event["end_date"], f"{path}.end_date")
            if end < day:
                raise InputError(f"{path}.end_date", "end_before_start", event["end_date"])
            if end > today and what != "settlement":
                raise InputError(f"{path}.end_date", "after_today", event["end_date"])
        events.append({"what": what, "day": day, "end": end})
    return sorted(events, key=lambda event: event["day"])


# Periods ---------------------------------------------------------------------


def _of_court(kind: str, inputs: dict, start: int, today: int, calendar: dict) -> dict:
    """Periods of the Civil Procedure Law, and the day a court has named."""
    begun = {"date": from_day(start), "key": "start_served", "notes": []}
    notices = _NOTICES[kind]
    if kind == "answer":
        procedure = check_choice("procedure", inputs.get("procedure"), PROCEDURES)
        if procedure == "court_sets":
            named = inputs.get("court_date")
            if named is None:
                return _result(kind, "set_by_court", today, calendar, start, timeline=[begun], notices=("read_the_notice", *notices))
            named = _read_day(named, "court_date")
            if named < start:
                raise InputError("court_date", "end_before_start", inputs["court_date"])
            # The court's own day is taken as it stands, so no calendar is needed to know it.
            row = _row("last_named", named, named, _advised(named, start, calendar), today, True)
            return _result(kind, "date", today, calendar, start, [row], [begun], notices, ("court_named",))
        days = _number(inputs, "answer_days")
        notices = ("read_the_notice", *notices)
    elif kind == "appeal":
        paper = check_choice("paper", inputs.get("paper"), PAPERS)
        if paper == "small_claim":
            return _result(kind, "no_appeal", today, calendar, start, timeline=[begun], notices=("small_claim_final", "confirm_court"))
        days = _number(inputs, f"appeal_{paper}_days")
    else:
        days = _number(inputs, "payment_order_days")
    # The day of service is not counted (Civil Procedure Law 85), so day 1 is the next.
    plain = start + days
    last, certain = _moved(plain, calendar)
    row = _row("last_court", plain, last, _advised(plain, start, calendar), today, certain)
    # Between the counted day and the one that days off move it to, the time is not over, unless the calendar is not known.
    if row["state"] == "passed" or (row["state"] == "moved" and not certain):
        notices = ("missed_payment_order" if kind == "payment_order" else "missed_court", *notices)
    conventions = ("court_days", "days_off", *(() if certain else ("unknown_year",)))
    return _result(kind, "date", today, calendar, start, [row], [begun], notices, conventions)


def _of_others(kind: str, inputs: dict, start: int, today: int, calendar: dict) -> dict:
    """Periods of texts that say nothing of days off: the plain day, never moved."""
    if kind == "credit_record":
        ends = [("last_record", to_day(add_months(from_day(start), 12 * _number(inputs, "credit_record_years"))))]
        begun, conventions = "start_record", ("own_years",)
    else:
        fields = ("lender_days", "lender_complex_days", "lender_longest_days") if kind == "lender_complaint" else (f"{kind}_days",)
        ends = [(f"last_{field.removesuffix('_days')}", start + _number(inputs, field)) for field in fields]
        begun, conventions = "start_lodged", ("own_days",)
    rows = [_row(key, day, day, None, today, None) for key, day in ends]
    notices = _NOTICES[kind]
    if rows[0]["state"] == "passed":
        notices = (f"passed_{kind}", *notices)
    return _result(kind, "date", today, calendar, start, rows, [{"date": from_day(start), "key": begun, "notes": []}], notices, conventions)


def _of_years(kind: str, inputs: dict, start: int, today: int, calendar: dict) -> dict:
    """Limitation and the time to apply for enforcement: years that events restart."""
    years = _number(inputs, f"{kind}_years")
    field, choices = ("events", LIMITATION_EVENTS) if kind == "limitation" else ("steps", ENFORCEMENT_EVENTS)
    events = _read_events(inputs.get(field), field, choices, today)
    found = _run(kind, start, years, events, today, calendar, False)
    alternative = None
    if any(note["key"] in _UNCLEAR for row in found["timeline"] for note in row["notes"]):
        # The same again with the unclear events counted; only a different outcome is worth telling.
        other = _run(kind, start, years, events, today, calendar, True)
        if (other["status"], other["last_date"]) != (found["status"], found["last_date"]):
            alternative = {"status": other["status"], "last_date": other["last_date"]}
    begun = {"date": from_day(start), "key": f"start_{kind}", "notes": []}
    notices = _NOTICES[kind]
    lasting = any(event["what"] in _LASTING for event in events)
    if found["status"] in ("waived", "maybe_waived", "no_limit") or (found["status"] == "paused" and kind == "enforcement"):
        notices = (f"is_{found['status']}", *notices)
    if kind == "limitation" and lasting:
        # A judgment or the like is followed by the time to apply for enforcement, which is another period.
        notices = ("has_proceedings", *notices)
    if alternative:
        notices = ("unclear_counts", *notices)
    conventions = ["civil_years" if kind == "limitation" else "court_years", "days_off"]
    if lasting:
        conventions.append("after_proceedings")
    if found["rows"] and not found["rows"][0]["certain"]:
        conventions.append("unknown_year")
    result = _result(kind, found["status"], today, calendar, start, found["rows"], [begun, *found["timeline"]], notices, conventions)
    return {**result, "alternative": alternative}


def _run(kind: str, start: int, years: int, events: list[dict], today: int, calendar: dict, count_unclear: bool) -> dict:
    """Go through the events in order of date."""

    def end_of(begin: int) -> tuple[int, int, bool]:
        # Civil Code 202: the same day of the final month, or the month's end.
        plain = to_day(add_months(from_day(begin), 12 * years))
        return plain, *_moved(plain, calendar)

    begin, over = start, None  # over: "waived", "maybe_waived", "paused" or "no_limit"
    plain, last, certain = end_of(begin)
    timeline = []
    for event in events:
        what, day, end = event["what"], event["day"], event["end"]
        note = {"key": "effect_none"}
        # Close to a last day that the calendar leaves open, an event may be in time or not.
        open_day = last < day <= plain + _REACH and not certain
        in_time = day <= last or (open_day and count_unclear)
        # Proceedings begun early still count from their end.
        outlasts = what in _LASTING and (end is None or end > begin)
        if what in _NO_EFFECT:
            pass
        elif what == "round_ended" and day >= start:
            over, note = "no_limit", {"key": "effect_no_limit"}
        elif over in ("waived", "no_limit"):
            note = {"key": f"effect_after_{over}"}
        elif day < begin and not outlasts:
            note = {"key": "effect_before_start" if begin == start else "effect_during"}
        elif over == "paused" and what != "settlement":
            note = {"key": "effect_during"}
        elif what == "question":
            note = {"key": "effect_unclear" if in_time else "effect_unclear_late"}
            if in_time:
                counted = end_of(day)
                note["last_date"] = from_day(counted[1])
                if count_unclear:
                    begin, (plain, last, certain) = day, counted
        elif in_time and what in _LASTING and end is None:
            over, note = "paused", {"key": "effect_pauses"}
        elif in_time:
            begin, over = (day if end is None else end), None
            plain, last, certain = end_of(begin)
            key = "effect_restarts" if end is None else "effect_restarts_from_end"
            note = {"key": key, "from_date": from_day(begin), "last_date": from_day(last)}
        elif open_day:
            note = {"key": "effect_near_end"}
        elif what in _AGREED_LATE:
            # In enforcement no text says that a promise ends the objection; what was paid stays paid.
            over = _AGREED_LATE[what] if kind == "limitation" else "maybe_waived"
            note = {"key": f"effect_late_{what}" if kind == "limitation" else "effect_late_enforcement"}
        else:
            note = {"key": "effect_late"}
        timeline.append({"date": from_day(day), "key": f"event_{what}", "notes": [note]})
    if over:
        status = over
    elif start >= today:
        status = "not_started"
    elif today <= last:
        status = "running"
    else:
        status = "expired" if certain or today > plain + _REACH else "near_end"
    rows = [] if over in ("paused", "no_limit") else [_row(f"last_{kind}", plain, last, None, today, certain)]
    return {"status": status, "rows": rows, "timeline": timeline, "last_date": rows[0]["last_date"] if rows else None}


# Result ----------------------------------------------------------------------


def _row(key: str, plain: int, last: int, act_by: int | None, today: int, certain: bool | None) -> dict:
    state = "ahead" if today <= (plain if act_by is None else act_by) else "close" if today <= plain else "moved" if today <= last else "passed"
    return {
        "key": key,
        "plain_date": from_day(plain),
        "last_date": from_day(last),
        "act_by": None if act_by is None else from_day(act_by),
        "state": state,
        "certain": certain,
        "calendar": None if certain is None else "known" if certain else "unknown",
    }


def _result(kind, status, today, calendar, start=None, rows=(), timeline=(), notices=(), conventions=()) -> dict:
    first = rows[0] if rows else {}
    now = from_day(today)
    found = list(timeline)
    reminders = []
    for row in rows:
        # Days off move a period only where its own text says so; the counted day is shown where the two differ.
        if row["act_by"] is not None:
            found.append({"date": row["act_by"], "key": "act_by", "notes": []})
        if row["plain_date"] != row["last_date"]:
            found.append({"date": row["plain_date"], "key": "plain_off", "notes": []})
        unsure = [{"key": "year_unknown", "year": row["plain_date"][:4]}] if row["certain"] is False else []
        found.append({"date": row["last_date"], "key": row["key"], "notes": unsure})
        # Without the year's calendar the later day may be wrong, so the calendar of the reader's own steps holds the counted one.
        sure = row["plain_date"] if row["act_by"] is not None and not row["certain"] else row["last_date"]
        days = [(row["act_by"], "remind_act"), (sure, f"remind_{row['key'].removeprefix('last_')}")]
        reminders += [{"date": day, "key": key} for day, key in days if day is not None and day >= now]
    if found:
        found.append({"date": now, "key": "today", "notes": []})
    return {
        "kind": kind,
        "status": status,
        "state": first.get("state"),
        "today": now,
        "start_date": None if start is None else from_day(start),
        "plain_date": first.get("plain_date"),
        "last_date": first.get("last_date"),
        "act_by": first.get("act_by"),
        "certain": first.get("certain"),
        "dates": list(rows),
        "timeline": sorted(found, key=lambda row: row["date"]),
        "notices": [{"key": key} for key in notices],
        "reminders": reminders,
        "alternative": None,
        "unknown_years": sorted({row["plain_date"][:4] for row in rows if row["certain"] is False}),
        "conventions": list(conventions),
    }
