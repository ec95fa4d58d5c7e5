"""Random inputs for the dates, the same for a seed on every machine: all kinds, calendars with and without the year,
events on, just before and just after the last day, leap days, the ends of what may be typed, and spoiled inputs."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from macros.engine.deadlines import ENFORCEMENT_EVENTS, KINDS, LIMITATION_EVENTS, PAPERS, PROCEDURES

# Round numbers of their own: agreement must not depend on those the law happens to set.
NUMBERS = {
    "limitation_years": (3, 1, 20), "enforcement_years": (2, 3), "credit_record_years": (5, 1),
    "payment_order_days": (15, 1), "answer_days": (15, 30), "appeal_judgment_days": (15, 30), "appeal_ruling_days": (10, 1),
    "credit_objection_days": (20, 1), "credit_complaint_days": (30, 365),
    "lender_days": (15, 1), "lender_complex_days": (30, 2), "lender_longest_days": (60, 10_000),
}
SINCE = {"limitation_since": "2021-01-01", "court_since": "2024-01-01", "credit_since": "2013-03-15", "lender_since": "2020-03-01"}


def calls(seed: int, n: int) -> Iterator[tuple[str, str, list]]:
    """n calls: (module, function, arguments)."""
    rng = random.Random(seed)
    for _ in range(n):
        if rng.random() < 0.15:
            yield "deadlines", "last_day", [_day(rng).isoformat(), _calendar(rng)]
            continue
        case = _case(rng)
        if rng.random() < 0.08:
            _spoil(rng, case)
        yield "deadlines", "deadlines", [case]


def _day(rng: random.Random, first: int = 2019, last: int = 2032) -> dt.date:
    if rng.random() < 0.15:
        return dt.date.fromisoformat(rng.choice(("2024-02-29", "2023-02-28", "2025-12-31", "2026-10-03", "2024-01-01", "2021-01-01")))
    if rng.random() < 0.03:
        return dt.date(rng.choice((1901, 2099, 2149)), rng.randint(1, 12), 28)
    start = dt.date(first, 1, 1)
    return start + dt.timedelta(rng.randrange((dt.date(last, 1, 1) - start).days))


def _calendar(rng: random.Random) -> dict | None:
    if rng.random() < 0.05:
        return rng.choice((None, {}))
    calendar = {}
    for year in rng.choice(((2026,), (2024, 2025, 2026), tuple(range(2020, 2032)))):
        off, work = [], set()
        for month in (1, 5, 10):
            first = dt.date(year, month, rng.choice((1, rng.randint(1, 20))))
            off.append([first.isoformat(), (first + dt.timedelta(rng.randint(0, 8))).isoformat()])
        if rng.random() < 0.5:
            off.append([f"{year}-12-{rng.randint(24, 31)}", f"{year}-12-31"])
        taken = [dt.date.fromisoformat(first) + dt.timedelta(k) for first, last in off for k in range(9)]
        for day in (dt.date(year, 2, 1) + dt.timedelta(rng.randrange(300)) for _ in range(12)):
            if day.weekday() > 4 and day not in taken:
                work.add(day.isoformat())
        calendar[str(year)] = {"off": off, "work": sorted(work)}
    return calendar


def _case(rng: random.Random) -> dict:
    kind = rng.choice((*KINDS, "answer", "limitation", "limitation", "limitation", "enforcement"))
    start = _day(rng)
    today = start + dt.timedelta(rng.choice((0, 1, 9, 14, 15, 16, 17, 23, 40, 400, rng.randint(-30, 3000))))
    case = {"kind": kind, "today": today.isoformat(), "calendar": _calendar(rng)}
    case |= {key: rng.choice(values) if rng.random() < 0.3 else values[0] for key, values in NUMBERS.items()}
    if rng.random() < 0.7:
        case |= SINCE
    for field in ("served_date", "due_date", "perform_date", "ended_date", "lodged_date"):
        case[field] = start.isoformat()
    case["procedure"], case["paper"] = rng.choice(PROCEDURES), rng.choice(PAPERS)
    case["court_date"] = rng.choice((None, (rng.choice((start, today)) + dt.timedelta(rng.randint(-2, 40))).isoformat()))
    case["events"] = _events(rng, LIMITATION_EVENTS, start, case["limitation_years"])
    case["steps"] = _events(rng, ENFORCEMENT_EVENTS, start, case["enforcement_years"])
    if kind == "limitation" and rng.random() < 0.3:
        # What the debtor does after the last day, and what follows.
        case["due_date"] = dt.date(rng.randint(2021, 2023), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
        late = dt.date(2026, rng.randint(10, 12), rng.randint(1, 28))
        acts = [rng.choice(("promise", "part_payment", "signed_demand", "debit", "question", "demand")), rng.choice(LIMITATION_EVENTS)]
        case["events"] = [{"date": (late + dt.timedelta(30 * k)).isoformat(), "what": what, "end_date": None} for k, what in enumerate(acts)]
    # Mostly the reader's day comes after what has happened.
    if rng.random() < 0.9:
        dates = [event["date"] for event in (case["events"] if kind == "limitation" else case["steps"]) or ()]
        case["today"] = max([case["today"], *dates])
    if rng.random() < 0.1:
        case["ended_date"] = None
    return case


def _events(rng: random.Random, choices: tuple, start: dt.date, years: int) -> list[dict] | None:
    if rng.random() < 0.1:
        return None
    events, end = [], start
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6, 30))):
        # Around the day on which the period of the event before would end.
        base = rng.choice((end, end + dt.timedelta(years * 365)))
        day = base + dt.timedelta(rng.choice((0, 1, -1, 2, 3, 10, 30, rng.randint(-60, 900))))
        last = rng.choice((None, day, day + dt.timedelta(rng.randint(-1, 400))))
        events.append({"date": day.isoformat(), "what": rng.choice(choices), "end_date": last and last.isoformat()})
        end = rng.choice((start, day))
    return events


def _spoil(rng: random.Random, case: dict) -> None:
    places = [(case, key) for key in ("kind", "today", "served_date", "due_date", "perform_date", "ended_date", "lodged_date",
                                      "procedure", "paper", "court_date", "limitation_years", "payment_order_days")]
    for events in (case["events"], case["steps"]):
        if events:
            places += [(rng.choice(events), key) for key in ("date", "what", "end_date")]
    target, key = rng.choice(places)
    target[key] = rng.choice(
        (None, 0, -1, "", "2026-02-30", "2026-2-3", "1899-12-31", "2151-01-01", "2150-12-31", "２０２６-01-01", "<b>", "🙂", True, 1.5, [])
    )
    if case["events"] and rng.random() < 0.2:
        case["events"] = case["events"] * 31
