// The contact log without its page: reading what people type, CSV, merging, counting. Pure: no DOM, clock or language.
// An entry is a record of texts, "" where something is not known: date 2026-11-20, time 22:30, how, people, loan, who,
// number, words, file. Errors are keys of data/ui/log.yml.
import {clean, han, parse_count, parse_date} from "./parse.js";

export const FIELDS = ["date", "time", "how", "people", "loan", "who", "number", "words", "file"];
// talk and notice are calls that connected: the standard counts conversations and announcements apart.
export const HOWS = ["talk", "notice", "missed", "text", "visit", "third", "letter", "other"];
const CALLS = ["talk", "notice", "missed"];
// A letter's hour is the post's, and "other" may be no contact at all.
const TIMED = [...CALLS, "text", "visit", "third"];
// Characters a field may hold; a whole chat pasted in fits.
const MOST = {loan: 60, who: 120, number: 60, words: 4000, file: 200};
const MOST_PEOPLE = 99n;
const MOST_ROWS = 20000;
const SHOWN = 5;

// Reading ---------------------------------------------------------------------------------------------------------

const yes = (value) => ({ok: true, value});
const no = (error, ...params) => ({ok: false, error, params});
const two = (number) => String(number).padStart(2, "0");
const shift = (day, by) => new Date(Date.parse(day + "T00:00Z") + by * 86400000).toISOString().slice(0, 10);

const DAWN = "凌晨|清晨|清早|大清早|一早|早上|早晨|早|上午|今早", NOON = "中午|正午", LATER = "下午|午后|傍晚", NIGHT = "晚上|今晚|当晚|晚|夜里|夜间|深夜|半夜|夜";
const TIME = new RegExp(`^(?:(${DAWN})|(${NOON})|(${LATER})|(${NIGHT}))? ?(\\d{1,2}) ?(?:: ?(?:(\\d{1,2}) ?分?(?: ?: ?\\d{1,2} ?秒?)?|(半)|([123])刻)?)? ?(?:([ap])\\.? ?m\\.?)?$`);

/** Time of a day as people write it: 22:30, 晚上10点半, ２２：３０, 10.30 pm, 2230 -> "22:30". */
export function parse_time(typed) {
  let text = clean(typed).toLowerCase();
  if (!text) return no("empty");
  if (text.length > 40) return no("time");
  text = text.replace(/大约|大概|差不多|左右|前后|about |around |约|多$/g, "").replace(/o'?clock/g, "")
    .replace(/[点點时時](?:钟|鐘|整|正)?/g, ":").replace(/(\d)\.(?=\d\d(?!\d))/g, "$1:").trim();
  if (text === "noon") return yes("12:00");
  if (/^(midnight|午夜)$/.test(text)) return no("midnight");
  text = han(text).replace(/^(\d\d)(\d\d)$/, "$1:$2");
  const match = TIME.exec(text);
  if (!match) return no("time");
  const [, dawn, noon, later, night, hours, minutes, half, quarter, half_day] = match;
  const minute = half ? 30 : quarter ? 15 * quarter : +(minutes || 0);
  let hour = +hours;
  if (hour === 24) return no("midnight");
  if (hour > 23 || minute > 59) return no("time_none", clean(typed));
  // Of "twelve at night" nobody knows which of two days it belongs to.
  if (night && hour === 12) return no("midnight");
  if ((dawn && hour > 12) || (half_day && (hour > 12 || !hour))) return no("time_none", clean(typed));
  if (half_day === "p" || later) hour += hour < 12 ? 12 : 0;
  else if (noon && hour < 4) hour += 12;
  else if (night && hour > 4 && hour < 12) hour += 12;
  else if (hour === 12 && (half_day === "a" || /凌晨|清晨/.test(dawn))) hour = 0;
  return yes(`${two(hour)}:${two(minute)}`);
}

const DAYS_AGO = {今天: 0, 今日: 0, 昨天: 1, 昨日: 1, 昨晚: 1, 前天: 2, 大前天: 3, today: 0, yesterday: 1};

/** A day of contact, never later than today -> "2026-11-20". Without a year it is the last such day. */
export function parse_day(typed, today) {
  const text = clean(typed).toLowerCase(), ago = DAYS_AGO[text];
  if (ago !== undefined) return yes(shift(today, -ago));
  let got = parse_date(typed);
  if (got.error === "date_year") {
    const year = +today.slice(0, 4), with_year = (number) => parse_date(`${number}年${text.replace(/^(今年|去年)/, "")}`);
    got = with_year(year);
    if (text.startsWith("去年") || !got.ok || got.value > today) {
      const before = with_year(year - 1);
      if (before.ok) got = before;
    }
  }
  if (!got.ok) return no(got.error, ...got.params);
  return got.value > today ? no("future") : yes(got.value);
}

// Marks that would turn the direction of the text around them, and control characters. The joiner of emoji stays.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

function plain(field, typed) {
  let text = String(typed).replace(/\r\n?|[\u2028\u2029]/g, "\n").replace(INVISIBLE, "").trim();
  if (field !== "words") text = text.replace(/\s+/g, " ");
  if (field === "number") text = clean(text);
  return [...text].length > MOST[field] ? no("text", MOST[field]) : yes(text);
}

/** What was typed, by field -> {entry, mistakes: [[field, error, params]]}. */
export function read_entry(typed, today) {
  const entry = {}, mistakes = [];
  const take = (field, got, optional) => {
    if (got.ok) entry[field] = got.value;
    else if (optional && got.error === "empty") entry[field] = "";
    else mistakes.push([field, got.error, got.params]);
  };
  take("date", parse_day(typed.date, today));
  take("time", parse_time(typed.time), true);
  take("how", HOWS.includes(typed.how) ? yes(typed.how) : no("how"));
  const people = parse_count(String(typed.people || "").replace(/[个人名位]/g, ""));
  if (typed.how !== "visit") entry.people = "";
  else if (people.ok && (people.value < 1n || people.value > MOST_PEOPLE)) mistakes.push(["people", "people", [MOST_PEOPLE]]);
  else take("people", people.ok ? yes(String(people.value)) : no(people.error, ...people.params), true);
  for (const field of ["loan", "who", "number", "words", "file"]) take(field, plain(field, typed[field] || ""));
  return {entry, mistakes};
}

// Order and sameness ----------------------------------------------------------------------------------------------

const stamp = ({date, time}) => `${date} ${time}`;
const row_of = (entry) => FIELDS.map((field) => entry[field]);
const key_of = (entry) => JSON.stringify(row_of(entry));

// Place of a stamp among sorted entries, behind those of the same time.
function place(sorted, when) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stamp(sorted[middle]) <= when) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those of `more` that `entries` does not hold yet. Two calls in one minute stay two. */
export function missing_from(entries, more) {
  const have = new Map();
  for (const entry of entries) have.set(key_of(entry), (have.get(key_of(entry)) || 0) + 1);
  return more.filter((entry) => {
    const key = key_of(entry), left = have.get(key) || 0;
    have.set(key, left - 1);
    return left <= 0;
  });
}

// Counting --------------------------------------------------------------------------------------------------------

/** Whether a time lies in the quiet hours, which go over midnight. The first minute is within, the last is not. */
export const in_quiet_hours = (time, {from, to}) => !!time && (from > to ? time >= from || time < to : time >= from && time < to);

const is_quiet = (entry, limits) => TIMED.includes(entry.how) && in_quiet_hours(entry.time, limits.quiet);
// Blank names count as one loan; so do the lender and its agencies, where the reader gives them one name.
const loan_of = (entry) => entry.loan.toLowerCase();

/**
 * Entries in order of time, counted as they come and go.
 * limits: {quiet: {from, to}, talk, notice, missed: most a day; third_calls, third_days; people: least}.
 */
export function contact_log(limits) {
  const entries = [], quiet = [], thirds = [], calls = new Map(), spelled = new Map();
  const by_day = {}, over = {}, visits = {all: 0, few: 0, unknown: 0};
  for (const how of CALLS) [by_day[how], over[how]] = [new Map(), new Set()];

  function put(sorted, entry) {
    const at = place(sorted, stamp(entry));
    sorted.splice(at, 0, entry);
    return at;
  }
  function take(sorted, entry) {
    let at = place(sorted, stamp(entry)) - 1;
    while (at >= 0 && sorted[at] !== entry) at--;
    if (at >= 0) sorted.splice(at, 1);
    return at;
  }

  function count(entry, by, move) {
    const {how, date, people} = entry, loan = loan_of(entry);
    if (!spelled.has(loan)) spelled.set(loan, entry.loan);
    if (is_quiet(entry, limits)) move(quiet, entry);
    if (CALLS.includes(how)) {
      const key = `${date}\n${loan}`, number = (by_day[how].get(key) || 0) + by;
      by_day[how].set(key, number);
      if (number > limits[how]) over[how].add(key);
      else over[how].delete(key);
      if (!calls.has(loan)) calls.set(loan, []);
      move(calls.get(loan), entry);
    } else if (how === "visit") {
      visits.all += by;
      if (!people) visits.unknown += by;
      else if (+people < limits.people) visits.few += by;
    } else if (how === "third") move(thirds, entry);
  }

  // Had the borrower been out of reach before somebody else was contacted, as far as the log knows?
  function out_of_reach(third) {
    const before = calls.get(loan_of(third)) || [], days = new Set();
    let failed = 0;
    for (let i = place(before, stamp(third)) - 1; i >= 0 && before[i].how === "missed"; i--) {
      days.add(before[i].date);
      if (before[i].date < third.date && ++failed >= limits.third_calls) return true;
    }
    let day = days.has(third.date) ? third.date : shift(third.date, -1), row = 0;
    for (; days.has(day); day = shift(day, -1)) row++;
    return row >= limits.third_days;
  }

  const latest = (sorted) => sorted.slice(-SHOWN).reverse();

  return {
    entries,
    /** Its place in the order, 0 for the oldest. */
    add(entry) {
      count(entry, 1, put);
      return put(entries, entry);
    },
    /** The place it had. */
    remove(entry) {
      const at = take(entries, entry);
      if (at >= 0) count(entry, -1, take);
      return at;
    },
    is_quiet: (entry) => is_quiet(entry, limits),
    /** {quiet: {count, latest: entries}, talk, notice, missed: {count: days over, latest: [{date, loan, count}]}, third: {all, early}, visits}. */
    counts() {
      const all = {quiet: {count: quiet.length, latest: latest(quiet)}, third: {all: thirds.length, early: thirds.filter((third) => !out_of_reach(third)).length}, visits: {...visits}};
      for (const how of CALLS) {
        const days = latest([...over[how]].sort());
        all[how] = {count: over[how].size, latest: days.map((key) => ({date: key.split("\n")[0], loan: spelled.get(key.slice(11)), count: by_day[how].get(key)}))};
      }
      return all;
    },
  };
}

// CSV -------------------------------------------------------------------------------------------------------------

// What a spreadsheet would work out, or write otherwise (0571…, long numbers), with apostrophes in front or not.
const TOUCHY = /^[\s']*(?:[=+\-@＝＋－＠]|0\d[\d\s-]*$|\d{12,}$)/;
const cell = (text) => `"${text.replace(/"/g, '""')}"`;
const shield = (text) => (TOUCHY.test(text) ? "'" : "") + text;
const unshield = (text) => (text[0] === "'" && TOUCHY.test(text.slice(1)) ? text.slice(1) : text);

/** names: {columns: {date: "日期", …}, how: {talk: …}} of one language. Lines end as RFC 4180 says. */
export function to_csv(entries, names) {
  const lines = [FIELDS.map((field) => cell(names.columns[field])).join(",")];
  for (const entry of entries) {
    lines.push(FIELDS.map((field) => cell(field === "how" ? names.how[entry.how] : MOST[field] ? shield(entry[field]) : entry[field])).join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

/** Rows of a CSV, cut at commas, semicolons or tabs as its first line is -> {rows: [{line, cells}]} or {error, params}. */
export function parse_csv(text) {
  text = String(text).replace(/^\ufeff/, "");
  const head = text.slice(0, 2000).split(/[\r\n]/)[0], marks = [",", ";", "\t"].map((mark) => [head.split(mark).length, mark]);
  const mark = marks.reduce((a, b) => (b[0] > a[0] ? b : a))[1], rows = [];
  let cells = [], part = "", opened = 0, line = 1, first = 1;
  const end_row = () => {
    cells.push(part);
    part = "";
    if (cells.some((one) => one.trim())) rows.push({line: first, cells});
    cells = [];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (opened) {
      if (sign === '"' && text[i + 1] === '"') { part += '"'; i++; }
      else if (sign === '"') opened = 0;
      else { part += sign; if (sign === "\n") line++; }
    } else if (sign === '"' && !part.trim()) { part = ""; opened = line; }
    else if (sign === mark) { cells.push(part); part = ""; }
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[i + 1] === "\n") i++;
      end_row();
      first = ++line;
    } else part += sign;
  }
  if (opened) return no("csv_quote", opened);
  end_row();
  return {ok: true, rows};
}

const bare = (text) => clean(text).toLowerCase();

/**
 * A file of to_csv, in either language, also after a spreadsheet has saved it anew.
 * all_names: names of each language. -> {entries, problems: [[line, field, error, params]]}, or {error, params} where nothing can be read.
 */
export function from_csv(text, all_names, today) {
  const got = parse_csv(text);
  if (!got.ok) return got;
  const names = all_names.find(({columns}) => got.rows.length && got.rows[0].cells.some((one) => bare(one) === bare(columns.date)));
  if (!names) return no("csv_other");
  const head = got.rows[0].cells.map(bare), column = {};
  for (const field of FIELDS) column[field] = head.indexOf(bare(names.columns[field]));
  if (column.how < 0) return no("csv_other");
  if (got.rows.length - 1 > MOST_ROWS) return no("csv_many", MOST_ROWS);
  const how = new Map(all_names.flatMap((one) => HOWS.map((key) => [bare(one.how[key]), key])));
  const entries = [], problems = [];
  for (const {line, cells} of got.rows.slice(1)) {
    const typed = {};
    for (const field of FIELDS) typed[field] = unshield(cells[column[field]] ?? "");
    typed.how = how.get(bare(typed.how));
    const {entry, mistakes} = read_entry(typed, today);
    if (mistakes.length) problems.push([line, ...mistakes[0]]);
    else entries.push(entry);
  }
  return {ok: true, entries, problems};
}

// Keeping ---------------------------------------------------------------------------------------------------------

/** Entries as one text to keep, and back; null where it cannot be read. */
export const pack = (entries) => JSON.stringify({v: 1, entries: entries.map(row_of)});

export function unpack(text) {
  let given;
  try { given = JSON.parse(text); } catch { return null; }
  if (given?.v !== 1 || !Array.isArray(given.entries)) return null;
  const entries = [];
  for (const row of given.entries) {
    if (!Array.isArray(row) || row.length !== FIELDS.length || row.some((one) => typeof one !== "string")) return null;
    const entry = Object.fromEntries(FIELDS.map((field, i) => [field, row[i]]));
    if (!/^\d{4}-\d\d-\d\d$/.test(entry.date) || !/^(\d\d:\d\d)?$/.test(entry.time) || !HOWS.includes(entry.how)) return null;
    entries.push(entry);
  }
  return entries;
}
