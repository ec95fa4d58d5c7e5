// Twin of macros/engine/deadlines.py: when a period ends, what restarts it, and by when to act.
// Days are BigInt day numbers; ISO text sorts as dates do.

import { add_months, from_day, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";

export const KINDS = [
  "payment_order", "answer", "appeal", "limitation", "enforcement",
  "credit_record", "credit_objection", "credit_complaint", "lender_complaint",
];
export const PROCEDURES = ["ordinary", "court_sets"];
export const PAPERS = ["judgment", "ruling", "small_claim"];
export const LIMITATION_EVENTS = [
  "demand", "part_payment", "promise", "debit", "signed_demand", "assignment_notice", "lawsuit", "arbitration",
  "payment_order", "mediation", "public_notice", "calls_unanswered", "others_only", "only_overdue", "own_records", "question",
];
export const ENFORCEMENT_EVENTS = [
  "enforcement_applied", "settlement", "round_ended", "demand", "part_payment", "promise", "calls_unanswered", "only_overdue",
];
export const MAX_EVENTS = 30;
export const LAST_DATE = "2150-12-31";

const LASTING = ["lawsuit", "arbitration", "payment_order", "mediation", "enforcement_applied", "settlement"];
const NO_EFFECT = ["calls_unanswered", "others_only", "only_overdue", "own_records"];
const AGREED_LATE = { promise: "waived", part_payment: "maybe_waived", signed_demand: "maybe_waived", debit: "maybe_waived" };
const UNCLEAR = ["effect_unclear", "effect_unclear_late", "effect_near_end"];
const REACH = 15n;

const START = {
  payment_order: "served_date", answer: "served_date", appeal: "served_date",
  limitation: "due_date", enforcement: "perform_date", credit_record: "ended_date",
  credit_objection: "lodged_date", credit_complaint: "lodged_date", lender_complaint: "lodged_date",
};
const SINCE = {
  payment_order: "court_since", answer: "court_since", appeal: "court_since", enforcement: "court_since",
  limitation: "limitation_since", credit_record: "credit_since", credit_objection: "credit_since",
  credit_complaint: "credit_since", lender_complaint: "lender_since",
};
const NOTICES = {
  payment_order: ["verify_paper", "object_in_writing", "not_an_objection", "post_counts", "confirm_court"],
  answer: ["verify_paper", "no_answer", "jurisdiction", "raise_limitation", "post_counts", "no_domicile", "confirm_court"],
  appeal: ["verify_paper", "post_counts", "no_domicile", "confirm_court"],
  limitation: ["raise_it", "still_owed", "ask_before_promise", "hiding", "suspension", "confirm_court"],
  enforcement: ["raise_enforcement", "paid_stays_paid", "suspension_enforcement", "confirm_court"],
  credit_record: ["statement", "true_record"],
  credit_objection: ["written_answer", "then_complain"],
  credit_complaint: ["written_answer", "sue_directly"],
  lender_complaint: ["which_lenders", "outside_time", "stops_nothing"],
};

const given = (value) => value !== null && value !== undefined;

export function deadlines(inputs) {
  const kind = check_choice("kind", inputs.kind, KINDS);
  const calendar = read_calendar(inputs.calendar);
  const today = read_day(inputs.today, "today");
  if (kind === "credit_record" && !given(inputs.ended_date)) {
    return result(kind, "not_ended", today, null, [], [], ["not_ended", ...NOTICES[kind]]);
  }
  const field = START[kind];
  const start = read_day(inputs[field], field, inputs[SINCE[kind]]);
  if ((field === "served_date" || field === "lodged_date") && start > today) throw new InputError(field, "after_today", inputs[field]);
  if (field === "served_date") return of_court(kind, inputs, start, today, calendar);
  if (kind === "limitation" || kind === "enforcement") return of_years(kind, inputs, start, today, calendar);
  return of_others(kind, inputs, start, today);
}

export function last_day(plain_date, calendar) {
  const known = read_calendar(calendar);
  const day = read_day(plain_date, "plain_date");
  const [last, certain] = moved(day, known);
  return { last_date: from_day(last), act_by: from_day(working_day_before(day, known)), certain };
}

// Days off --------------------------------------------------------------------

function read_calendar(calendar) {
  const off = new Set(), work = new Set(), years = new Map();
  for (const [year, entry] of Object.entries(calendar ?? {})) {
    for (const [first, last] of entry.off) {
      const end = to_day(last);
      for (let day = to_day(first); day <= end; day += 1n) off.add(day);
    }
    for (const day of entry.work) work.add(to_day(day));
    years.set(year, entry.off);
  }
  return { off, work, years };
}

// Day 0 was a Thursday; days here lie after 1900, and the shift keeps the operand of % positive.
const weekday = (day) => (day + 70_003n) % 7n;
const is_off = (day, calendar) => calendar.off.has(day) || (weekday(day) > 4n && !calendar.work.has(day));
const year_known = (day, calendar) => calendar.years.has(from_day(day).slice(0, 4));

function moved(day, calendar) {
  let certain = year_known(day, calendar);
  while (is_off(day, calendar)) {
    day += 1n;
    certain = certain && year_known(day, calendar);
  }
  return [day, certain];
}

function off_in_every_year(day, { years }) {
  const tail = from_day(day).slice(4);
  return years.size > 0 && [...years].every(([year, spans]) => spans.some(([first, last]) => first <= year + tail && year + tail <= last));
}

function working_day_before(day, calendar) {
  day -= 1n;
  while (is_off(day, calendar) || (!year_known(day, calendar) && off_in_every_year(day, calendar))) day -= 1n;
  return day;
}

function advised(day, served, calendar) {
  const before = working_day_before(day, calendar);
  return before < served ? served : before;
}

// Reading ---------------------------------------------------------------------

function read_day(value, field, since = null) {
  const day = to_day(value, field);
  if (given(since) && value < since) throw new InputError(field, "before_first_value", value);
  if (value > LAST_DATE) throw new InputError(field, "too_far", value);
  return day;
}

const number = (inputs, field) => check_integer(field, inputs[field], 1n, 10_000n);

function read_events(list, field, choices, today) {
  if (!given(list)) return [];
  if (list.length > MAX_EVENTS) throw new InputError(field, "count", list.length);
  const events = list.map((event, index) => {
    const path = `${field}.${index}`;
    const what = check_choice(`${path}.what`, event.what, choices);
    const day = read_day(event.date, `${path}.date`);
    if (day > today) throw new InputError(`${path}.date`, "after_today", event.date);
    let end = null;
    if (LASTING.includes(what) && given(event.end_date)) {
      end = read_day(event.end_date, `${path}.end_date`);
      if (end < day) throw new InputError(`${path}.end_date`, "end_before_start", event.end_date);
      if (end > today && what !== "settlement") throw new InputError(`${path}.end_date`, "after_today", event.end_date);
    }
    return { what, day, end };
  });
  return events.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

// Periods ---------------------------------------------------------------------

function of_court(kind, inputs, start, today, calendar) {
  const begun = { date: from_day(start), key: "start_served", notes: [] };
  let notices = NOTICES[kind], days;
  if (kind === "answer") {
    const procedure = check_choice("procedure", inputs.procedure, PROCEDURES);
    notices = ["read_the_notice", ...notices];
    if (procedure === "court_sets") {
      if (!given(inputs.court_date)) return result(kind, "set_by_court", today, start, [], [begun], notices);
      const named = read_day(inputs.court_date, "court_date");
      if (named < start) throw new InputError("court_date", "end_before_start", inputs.court_date);
      const own = row("last_named", named, named, advised(named, start, calendar), today, true);
      return result(kind, "date", today, start, [own], [begun], NOTICES[kind], ["court_named"]);
    }
    days = number(inputs, "answer_days");
  } else if (kind === "appeal") {
    const paper = check_choice("paper", inputs.paper, PAPERS);
    if (paper === "small_claim") {
      return result(kind, "no_appeal", today, start, [], [begun], ["small_claim_final", "confirm_court"]);
    }
    days = number(inputs, `appeal_${paper}_days`);
  } else {
    days = number(inputs, "payment_order_days");
  }
  const plain = start + days;
  const [last, certain] = moved(plain, calendar);
  const only = row("last_court", plain, last, advised(plain, start, calendar), today, certain);
  if (only.state === "passed" || (only.state === "moved" && !certain)) {
    notices = [kind === "payment_order" ? "missed_payment_order" : "missed_court", ...notices];
  }
  const conventions = ["court_days", "days_off", ...(certain ? [] : ["unknown_year"])];
  return result(kind, "date", today, start, [only], [begun], notices, conventions);
}

function of_others(kind, inputs, start, today) {
  let ends, begun, conventions;
  if (kind === "credit_record") {
    ends = [["last_record", to_day(add_months(from_day(start), 12n * number(inputs, "credit_record_years")))]];
    begun = "start_record";
    conventions = ["own_years"];
  } else {
    const fields = kind === "lender_complaint" ? ["lender_days", "lender_complex_days", "lender_longest_days"] : [`${kind}_days`];
    ends = fields.map((field) => [`last_${field.slice(0, -5)}`, start + number(inputs, field)]);
    begun = "start_lodged";
    conventions = ["own_days"];
  }
  const rows = ends.map(([key, day]) => row(key, day, day, null, today, null));
  const notices = rows[0].state === "passed" ? [`passed_${kind}`, ...NOTICES[kind]] : NOTICES[kind];
  return result(kind, "date", today, start, rows, [{ date: from_day(start), key: begun, notes: [] }], notices, conventions);
}

function of_years(kind, inputs, start, today, calendar) {
  const years = number(inputs, `${kind}_years`);
  const [field, choices] = kind === "limitation" ? ["events", LIMITATION_EVENTS] : ["steps", ENFORCEMENT_EVENTS];
  const events = read_events(inputs[field], field, choices, today);
  const found = run(kind, start, years, events, today, calendar, false);
  let alternative = null;
  if (found.timeline.some(({ notes }) => notes.some(({ key }) => UNCLEAR.includes(key)))) {
    const other = run(kind, start, years, events, today, calendar, true);
    if (other.status !== found.status || other.last_date !== found.last_date) {
      alternative = { status: other.status, last_date: other.last_date };
    }
  }
  const begun = { date: from_day(start), key: `start_${kind}`, notes: [] };
  let notices = NOTICES[kind];
  const lasting = events.some((event) => LASTING.includes(event.what));
  if (["waived", "maybe_waived", "no_limit"].includes(found.status) || (found.status === "paused" && kind === "enforcement")) {
    notices = [`is_${found.status}`, ...notices];
  }
  if (kind === "limitation" && lasting) notices = ["has_proceedings", ...notices];
  if (alternative) notices = ["unclear_counts", ...notices];
  const conventions = [kind === "limitation" ? "civil_years" : "court_years", "days_off"];
  if (lasting) conventions.push("after_proceedings");
  if (found.rows.length && !found.rows[0].certain) conventions.push("unknown_year");
  const timeline = [begun, ...found.timeline];
  return { ...result(kind, found.status, today, start, found.rows, timeline, notices, conventions), alternative };
}

function run(kind, start, years, events, today, calendar, count_unclear) {
  const end_of = (from) => {
    const plain = to_day(add_months(from_day(from), 12n * years));
    return [plain, ...moved(plain, calendar)];
  };
  let begin = start, over = null;
  let [plain, last, certain] = end_of(begin);
  const timeline = [];
  for (const { what, day, end } of events) {
    let note = { key: "effect_none" };
    const open_day = last < day && day <= plain + REACH && !certain;
    const in_time = day <= last || (open_day && count_unclear);
    const outlasts = LASTING.includes(what) && (end === null || end > begin);
    if (NO_EFFECT.includes(what)) {
      // No text lists it.
    } else if (what === "round_ended" && day >= start) {
      over = "no_limit";
      note = { key: "effect_no_limit" };
    } else if (over === "waived" || over === "no_limit") {
      note = { key: `effect_after_${over}` };
    } else if (day < begin && !outlasts) {
      note = { key: begin === start ? "effect_before_start" : "effect_during" };
    } else if (over === "paused" && what !== "settlement") {
      note = { key: "effect_during" };
    } else if (what === "question") {
      note = { key: in_time ? "effect_unclear" : "effect_unclear_late" };
      if (in_time) {
        const counted = end_of(day);
        note.last_date = from_day(counted[1]);
        if (count_unclear) {
          begin = day;
          [plain, last, certain] = counted;
        }
      }
    } else if (in_time && LASTING.includes(what) && end === null) {
      over = "paused";
      note = { key: "effect_pauses" };
    } else if (in_time) {
      begin = end ?? day;
      over = null;
      [plain, last, certain] = end_of(begin);
      const key = end === null ? "effect_restarts" : "effect_restarts_from_end";
      note = { key, from_date: from_day(begin), last_date: from_day(last) };
    } else if (open_day) {
      note = { key: "effect_near_end" };
    } else if (what in AGREED_LATE) {
      over = kind === "limitation" ? AGREED_LATE[what] : "maybe_waived";
      note = { key: kind === "limitation" ? `effect_late_${what}` : "effect_late_enforcement" };
    } else {
      note = { key: "effect_late" };
    }
    timeline.push({ date: from_day(day), key: `event_${what}`, notes: [note] });
  }
  let status = over;
  if (status === null) {
    if (start >= today) status = "not_started";
    else if (today <= last) status = "running";
    else status = certain || today > plain + REACH ? "expired" : "near_end";
  }
  const rows = over === "paused" || over === "no_limit" ? [] : [row(`last_${kind}`, plain, last, null, today, certain)];
  return { status, rows, timeline, last_date: rows.length ? rows[0].last_date : null };
}

// Result ----------------------------------------------------------------------

function row(key, plain, last, act_by, today, certain) {
  const state = today <= (act_by ?? plain) ? "ahead" : today <= plain ? "close" : today <= last ? "moved" : "passed";
  return {
    key, plain_date: from_day(plain), last_date: from_day(last), act_by: act_by === null ? null : from_day(act_by), state, certain,
    calendar: certain === null ? null : certain ? "known" : "unknown",
  };
}

function result(kind, status, today, start, rows, timeline, notices = [], conventions = []) {
  const first = rows[0] ?? {};
  const now = from_day(today);
  const found = [...timeline];
  const reminders = [];
  for (const { key, plain_date, last_date, act_by, certain } of rows) {
    if (act_by !== null) found.push({ date: act_by, key: "act_by", notes: [] });
    if (plain_date !== last_date) found.push({ date: plain_date, key: "plain_off", notes: [] });
    found.push({ date: last_date, key, notes: certain === false ? [{ key: "year_unknown", year: plain_date.slice(0, 4) }] : [] });
    const sure = act_by !== null && !certain ? plain_date : last_date;
    for (const [date, remind] of [[act_by, "remind_act"], [sure, `remind_${key.slice(5)}`]]) {
      if (date !== null && date >= now) reminders.push({ date, key: remind });
    }
  }
  if (found.length) found.push({ date: now, key: "today", notes: [] });
  return {
    kind, status, state: first.state ?? null, today: now, start_date: start === null ? null : from_day(start),
    plain_date: first.plain_date ?? null, last_date: first.last_date ?? null, act_by: first.act_by ?? null, certain: first.certain ?? null,
    dates: rows,
    timeline: found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0)),
    notices: notices.map((key) => ({ key })),
    reminders, alternative: null,
    unknown_years: [...new Set(rows.filter((own) => own.certain === false).map((own) => own.plain_date.slice(0, 4)))].sort(),
    conventions: [...conventions],
  };
}
