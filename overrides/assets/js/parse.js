// What people type or paste -> exact integers. Pure: no DOM, clock or language; never a float.
// Answer: {ok: true, value, said, params} or {ok: false, error, params}; said and error are keys of data/ui/calculator.yml.
// No look-behind in patterns: iOS before 16.4 would refuse the whole file.
const HAN = "零一二三四五六七八九";
const yes = (value, said = null, params = []) => ({ok: true, value, said, params});
const no = (error, ...params) => ({ok: false, error, params});
const LONG = 40;

/** Full-width forms to ASCII, every kind of space to one, invisible marks away. */
export const clean = (text) => String(text)
  .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
  .replace(/￥/g, "¥").replace(/[−–—]/g, "-")
  .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, "").replace(/\s+/g, " ").trim();

// 十二 -> 12, 两万五千 -> 25000, 二〇二五 -> 2025; after a figure or a bare unit (1万二, 万五) digit by digit.
export const han = (text) => text.replace(/两/g, "二").replace(/〇/g, "零")
  .replace(/(\d?)([零一二三四五六七八九十百千万]*[零一二三四五六七八九十][零一二三四五六七八九十百千万]*)/g, (all, before, run) => {
    if (before || /^[百千万]/.test(run) || !/[十百千万]/.test(run)) return all.replace(/[零一二三四五六七八九]/g, (c) => HAN.indexOf(c));
    let total = 0, part = 0, digit = 0, unit = 1;
    for (const c of run) {
      const power = "十百千".indexOf(c) + 1;
      if (total && c === "万") return all;
      if (c === "万") { total = (part + digit) * 10000; part = digit = 0; unit = 10000; }
      else if (power) { unit = 10 ** power; part += (digit || 1) * unit; digit = 0; }
      else if (c === "零") unit = 10;
      else if (digit) return all;
      else digit = HAN.indexOf(c);
    }
    // 一万二 is 12 000: a bare last digit counts one place below the unit before it.
    return total + part + digit * Math.max(1, unit / 10);
  }).replace(/(\d)点(?=\d)/g, "$1.");

// Decimal text times 10^places -> [BigInt, was anything rounded off?]; half-up.
function decimal(text, places) {
  const [whole, part = ""] = text.split(".");
  return [BigInt((whole || "0") + part.padEnd(places, "0").slice(0, places)) + (part[places] >= "5" ? 1n : 0n), /[1-9]/.test(part.slice(places))];
}

const FIGURE = "(\\d+\\.?\\d*|\\.\\d+)";
const MONEY = new RegExp(`^${FIGURE} ?(亿|万|w|千|k|百|)(?:(\\d)(千?)|(\\d{4}))?$`);
const PLACES = {亿: 8, 万: 4, w: 4, 千: 3, k: 3, 百: 2};
const bare = (typed) => /^[\d.]+$/.test(typed.trim());

/** Money -> fen. */
export function parse_money(typed) {
  let text = clean(typed).toLowerCase().replace(/^(人民币|rmb|cny|¥|约| )+|( |元|圆|块钱?|整|yuan|rmb|cny|人民币)+$/g, "");
  if (!text) return no(clean(typed) ? "money" : "empty");
  if (text.length > LONG) return no("long");
  if (/^-/.test(text)) return no("negative");
  text = han(text);
  // Groups of three, or of four as with 万; anything else would be a guess.
  if (/\d[ ,']+\d/.test(text)) {
    if (!/^(\d{1,3}([ ,']\d{3})+|\d{1,4}(,\d{4})+)(\.\d*)?$/.test(text)) return no("comma");
    text = text.replace(/[ ,']/g, "");
  }
  const match = MONEY.exec(text);
  if (!match) return no("money");
  const [, number, unit, digit, thousand, four] = match, places = PLACES[unit] || 0;
  // 1万2 is 12 000 and 1万2500 is 12 500; 1.2万5 or 5千2千 is nothing sure.
  if ((digit || four) && (!places || number.includes(".") || ((thousand || four) && places !== 4))) return no("money");
  const [value, rounded] = decimal(number, places + 2);
  const more = digit ? BigInt(digit) * 10n ** BigInt(places + 1) : BigInt(four || 0) * 100n;
  return yes(value + more, rounded ? "rounded" : bare(typed) ? null : "money");
}

// Stretches of time, longest first; anything else counts pieces.
const SPANS = [/年|years?\b/, /月|months?\b/, /周|weeks?\b/, /[日天]|days?\b/];
const span_of = (text) => SPANS.findIndex((pattern) => pattern.test(text));

/** Whole number, of instalments or the like. unit: what the field counts, in words; "3 months" is no number of days. */
export function parse_count(typed, unit = "") {
  const given = clean(typed).toLowerCase(), wanted = span_of(unit.toLowerCase()), said = span_of(given);
  const text = given.length > LONG ? "" : han(given.replace(/个?月|months?|instalments?|periods?|weeks?|days?|years?|[共期次日天周年]/g, "").trim());
  if (!text) return no(given ? "count" : "empty");
  if (/^-/.test(text)) return no("negative");
  if (!/^\d{1,9}$/.test(text)) return no("count");
  // Years are a whole number of months. Where the field counts pieces, a year is no number of them.
  const years = said === 0 && wanted === 1;
  if (said >= 0 && said !== wanted && !years && (wanted >= 0 || !said)) return unit ? no("unit", unit) : no("count");
  return yes(BigInt(text) * (years ? 12n : 1n), bare(typed) ? null : "count");
}

const PERIODS = [/[日天]|day|daily/, /月|month/, /年|year|annual|apr|p\.?a/];
const SHARE = {成: 1, 百: 2, 千: 3, 万: 4};

// A figure with its period -> {digits, places, period: 0 day, 1 month, 2 year, -1 not said}, or {error}.
function read_rate(typed) {
  let text = clean(typed).toLowerCase(), digits, places = 4;
  if (!text) return {error: "empty"};
  if (text.length > LONG) return {error: "long"};
  if (/^\D*-/.test(text)) return {error: "negative"};
  const said = PERIODS.map((pattern) => pattern.test(text));
  if (said.filter(Boolean).length > 1) return {error: "period"};
  let period = said.indexOf(true);
  text = han(text.replace(/per ?cent/g, "%").replace(/p\.?a\.?|apr|per|annual(ly)?|year(ly)?|month(ly)?|daily|day|interest|rate|an?\b|[利率息年月日天化费每约的\/() ]/g, ""));
  const share = /^([万千百])(?:分之)?(.+)$/.exec(text), fen = /^([\d.]+)(分|厘)(?:(\d|半)厘?)?$/.exec(text), plain = /^([\d.]+)([%‰]?)$/.exec(text);
  if (share) {
    // 万五 alone is a day's rate among lenders; 百分之 is a year's.
    [, places, digits] = [0, 6 - SHARE[share[1]], share[2]];
    if (period < 0 && share[1] !== "百") period = 0;
  } else if (fen) {
    // 分 is 1 % a month, or 10 % a year; 厘 is a tenth of it. Of a day nobody agrees.
    if (period === 0 || (fen[3] && (fen[2] === "厘" || fen[1].includes(".")))) return {error: "fen"};
    if (period < 0) period = 1;
    digits = fen[1] + (fen[3] ? "." + fen[3].replace("半", "5") : "");
    places = (period === 2 ? 5 : 4) - (fen[2] === "厘");
  } else if (plain) {
    digits = plain[1];
    if (plain[2] === "‰") places = 3;
  }
  if (!digits || !new RegExp(`^${FIGURE}$`).test(digits)) return {error: "rate"};
  return {digits, places, period, marked: !plain || !!plain[2]};
}
const as_typed = (typed) => /^[\d.]+%?$/.test(typed.trim());

/** Rate of any period -> ppm a year: a month counts 12 times, a day 365 times, and that is said. */
export function parse_rate(typed) {
  const {error, digits, places, period, marked} = read_rate(typed);
  if (error) return no(error);
  // 0.18 may be 0.18 % or 18 %.
  if (!marked && period < 0 && /^0?\.0*[1-9]/.test(digits)) return no("small", digits);
  const [value, rounded] = decimal(digits, places), times = [365n, 12n][period] || 1n;
  return yes(value * times, rounded ? "rounded" : times > 1n ? ["day", "month"][period] : as_typed(typed) ? null : "rate", [value]);
}

/** Rate of a day -> ppm a day. A year's or a month's is refused: 360 and 365 days give different answers. */
export function parse_daily_rate(typed) {
  const {error, digits, places, period, marked} = read_rate(typed);
  if (error) return no(error === "rate" ? "daily" : error);
  if (period > 0) return no("daily");
  // 0.05 can only be 0.05 %; of 0.0005 nobody knows.
  if (!marked && /^0?\.00+[1-9]/.test(digits)) return no("small", digits);
  const [value, rounded] = decimal(digits, places);
  return yes(value, rounded ? "rounded" : as_typed(typed) ? null : "rate");
}

/** Share of a sum -> ppm: 30 %, 30, 三成, 三成五, 一半. */
export function parse_percent(typed) {
  const text = han(clean(typed).toLowerCase().replace(/per ?cent/g, "%").replace(/^(上浮|加收|约|about) ?/, "").replace(/ /g, ""));
  if (!text) return no("empty");
  if (text.length > LONG) return no("long");
  if (/^\D*-/.test(text)) return no("negative");
  let places = 4, digits;
  const share = /^([万千百])(?:分之)(.+)$/.exec(text), tenths = /^([\d.]+)成(?:(\d)|(半))?$/.exec(text), plain = /^([\d.]+)([%‰]?)$/.exec(text);
  if (share) [, places, digits] = [0, 6 - SHARE[share[1]], share[2]];
  else if (tenths) {
    [places, digits] = [5, tenths[1] + (tenths[2] ? "." + tenths[2] : tenths[3] ? ".5" : "")];
  } else if (plain) {
    digits = plain[1];
    if (plain[2] === "‰") places = 3;
    // 0.3 may be 0.3 % or 30 %.
    if (!plain[2] && /^0?\.0*[1-9]/.test(digits)) return no("small", digits);
  } else if (/^(1?半|half)$/.test(text)) digits = "50";
  if (!digits || !new RegExp(`^${FIGURE}$`).test(digits)) return no("percent");
  const [value, rounded] = decimal(digits, places);
  return yes(value, rounded ? "rounded" : as_typed(typed) ? null : "rate");
}

/** A name or note: one line, no invisible marks. most: highest number of characters. */
export function parse_text(typed, most) {
  const text = String(typed).replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, "").replace(/\s+/g, " ").trim();
  return text ? ([...text].length > most ? no("text", most) : yes(text)) : no("empty");
}

const NAMES = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
const month_of = (name) => "janfebmaraprmayjunjulaugsepoctnovdec".indexOf(name) / 3 + 1;
const DATES = [
  [/(?:^|\D)(\d{4}) ?[-\/.年] ?(\d{1,2}) ?[-\/.月] ?(\d{1,2})(?!\d) ?[日号]?/, (m) => [m[1], m[2], m[3]]],
  [/(?:^|[^\d.,])((?:19|20)\d\d)(\d\d)(\d\d)(?!\d|\.\d)/, (m) => [m[1], m[2], m[3]]],
  [new RegExp(`(?:^|\\D)(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${NAMES},? (\\d{4})`), (m) => [m[3], month_of(m[2]), m[1]]],
  [new RegExp(`${NAMES} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})`), (m) => [m[3], month_of(m[1]), m[2]]],
  [/(?:^|\D)(\d{1,2}) ?月 ?(\d{1,2})(?!\d) ?[日号]?/, (m) => [0, m[1], m[2]]],
];
const ORDERLESS = /(?:^|\D)\d{1,2}[-\/.]\d{1,2}[-\/.](\d{4}|\d\d)(?!\d)/;
const two = (n) => String(+n).padStart(2, "0");

// First date in a text -> {found, rest, day, guessed}, or {error}, or null. A day without a year is the next one after `after`.
function find_date(text, after) {
  for (const [pattern, parts] of DATES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [year, month, day] = parts(match), found = match[0].trim(), end = `-${two(month)}-${two(day)}`;
    if (!year && !after) return {error: "year", found};
    const iso = (year || +after.slice(0, 4) + (end < after.slice(4) ? 1 : 0)) + end, real = new Date(iso + "T00:00Z");
    // Date rolls 30 February over into March.
    if (!(real.getTime() === real.getTime() && real.toISOString().slice(0, 10) === iso)) return {error: "none", found};
    return {found, rest: text.replace(match[0], " "), day: iso, guessed: !year};
  }
  return ORDERLESS.test(text) ? {error: "order", found: ORDERLESS.exec(text)[0].trim()} : null;
}

/** One day -> "YYYY-MM-DD". */
export function parse_date(typed) {
  const text = han(clean(typed).toLowerCase()), got = text.length > LONG ? null : find_date(text);
  if (!text) return no("empty");
  if (!got || (got.rest && /[^\s:t.,]/.test(got.rest.replace(/\d\d?:\d\d(:\d\d)?/, "")))) return no("date");
  if (got.error) return no("date_" + got.error, got.found);
  return yes(got.day, got.day === typed.trim() ? null : "date");
}

// Numbering, times of day, shares and counts: figures that are no amounts.
const NOISE = /第 ?\d+|\d+ ?\/ ?\d+|\d\d?:\d\d(:\d\d)?|[\d.]+ ?%|\d+ ?[期天个]|#\d+|\(\d{1,3}\)|^[| (]*\d{1,3}(\)|、|\.(?!\d))/g;
const AMOUNT = /(?:\d[\d,']*\d|\d)(?:\.\d+)?(?: ?[万千])?/g;

// Instalment, principal and interest side by side: what was paid is the one that is the sum of the others.
const pick = (all) => (all.every((v) => v === all[0]) ? all[0] : all.find((v) => v * 2n === all.reduce((a, b) => a + b)));

/**
 * A pasted plan: dates and amounts in any order, on one line or on neighbouring lines; without any date, a month apart.
 * after: day of payout or null; most: highest number of payments.
 * value: [{date, amount_fen}]; skipped: [[line number, its text], ...]; notes: keys of what was assumed.
 */
export function parse_list(typed, after, most) {
  const lines = String(typed).split(/\r\n?|\n/), items = [], skipped = [], notes = new Set();
  let row = 0n;
  if (!String(typed).trim()) return no("empty");
  if (lines.length > most * 20) return no("list_long", most);
  for (let i = 0; i < lines.length; i++) {
    const raw = lines[i].slice(0, 200), where = [i + 1, clean(raw).slice(0, LONG)];
    let line = clean(raw.replace(/[①-⒛]/g, " ").replace(/\t/g, "|")).toLowerCase();
    if (!line) continue;
    if (lines[i].length > 200) return no("list_two", ...where);
    if (/[一二三四五六七八九十] ?[月日号]/.test(line)) line = han(line);
    if (items.length > most * 2) return no("list_long", most);
    const heading = /^(\d{4}) ?年度?$/.exec(line);
    if (heading) { after = `${heading[1]}-01-01`; continue; }
    const got = find_date(line, after);
    if (got && got.error) return no("list_" + got.error, i + 1, got.found);
    const rest = (got ? got.rest : line).replace(NOISE, " "), sums = (rest.match(AMOUNT) || []).map(parse_money);
    // A sum without a date counts only where little else stands beside it: prose is no plan.
    const prose = !got && (rest.match(/[\u4e00-\u9fff]|[a-z]+/g) || []).length > 6;
    if (/[合总小]计|总额|剩余|total|balance/.test(line) || prose || !(got || sums.length)) { skipped.push(where); continue; }
    if (sums.some((s) => !s.ok)) return no("list_money", ...where);
    const all = sums.map((s) => s.value);
    let sum = all.length ? pick(all) : null;
    // Not clear yet: the first may be the row's own number.
    if (sum === undefined && all[0] === row + 100n) {
      row = all.shift();
      sum = pick(all);
    }
    if (sum === undefined) return no("list_two", ...where);
    if (all.some((value) => value !== sum)) notes.add("list_columns");
    if (sum !== null && /(^|[| ])-[¥\d]|退/.test(rest)) sum = -sum;
    if (got) after = got.day;
    if (got && got.guessed) notes.add("list_years");
    if (sums.some((s) => s.said === "rounded")) notes.add("list_rounded");
    items.push({date: got ? got.day : null, amount_fen: sum, where});
  }
  const value = [], dated = items.some((item) => item.date);
  let open = null;
  for (const item of items) {
    const {date, amount_fen, where} = item;
    if (!dated || (date && amount_fen !== null)) {
      if (open && open.amount_fen !== null) return no("list_loose", ...open.where);
      if (open) skipped.push(open.where);
      open = null;
      value.push({date, amount_fen});
    } else if (open && !open.date !== !date) {
      value.push({date: date || open.date, amount_fen: date ? open.amount_fen : amount_fen});
      open = null;
    } else if (open && !date) return no("list_loose", ...where);
    else { if (open) skipped.push(open.where); open = item; }
  }
  if (open && open.amount_fen !== null) return no("list_loose", ...open.where);
  if (open) skipped.push(open.where);
  if (!value.length) return no("list_nothing");
  if (value.length > most) return no("list_long", most);
  if (!dated) notes.add("list_undated");
  // Bank statements print what was paid with a minus.
  if (value.every((v) => v.amount_fen <= 0n)) for (const v of value) v.amount_fen = -v.amount_fen;
  else if (value.some((v) => v.amount_fen < 0n)) notes.add("list_refund");
  return {...yes(value, "list", [value.length]), skipped, notes: [...notes]};
}

const TOTAL = /^([合总小]计|总[额数]|汇总|(sub)?total|sum)/i;
const has_figure = (cell) => /\d|[一二两三四五六七八九十半][成百千万]|[百千万](分之)?[一二三四五六七八九]/.test(cell);
const begins_with_figure = (cell) => /^(rmb|cny|人民币|[¥\d.-])/.test(clean(cell).toLowerCase());
// Without tabs: at commas and bars, and before each figure; a comma inside a number is no border.
const split_line = (line) => clean(line.replace(/[，、；](?!\d{3}(?!\d))|(\D)[，、；]/g, "$1|")).replace(/(^|[^\d.])\d{1,3}(,\d{3})+(?!\d)/g, (number) => number.replace(/(\d),/g, "$1"))
  .split(/ ?[|;,] ?| (?=[¥\d.])/);

/**
 * Cells pasted from a spreadsheet, or a row a line -> rows of a table field, as they were typed.
 * columns: [{kind}]; at: index of the column pasted into.
 * rows: [[text or undefined, for each column]]; skipped: [[line number, its text]]; extra: were there cells without a column?
 */
export function parse_table(typed, columns, at) {
  const lines = String(typed).split(/\r\n?|\n/, 2000), tabs = lines.some((line) => line.includes("\t"));
  const wordy = columns.map(({kind}) => kind === "text" || kind === "choice");
  const first = {true: wordy.indexOf(true), false: wordy.indexOf(false)};
  const given = [], skipped = [];
  let extra = false;
  lines.forEach((line, i) => {
    const text = line.slice(0, 1000), cells = (tabs ? text.split("\t") : split_line(text)).map((cell) => cell.slice(0, 200).trim());
    while (cells.length && !cells[cells.length - 1]) cells.pop();
    if (!cells.length) return;
    // Headings hold no figure, totals say so. A list of names alone is for a column of names.
    const names = cells.length === 1 && wordy[at];
    if (TOTAL.test(cells.find(Boolean)) || !(names || cells.some(has_figure))) skipped.push([i + 1, cells.join(" ").trim().slice(0, LONG)]);
    else given.push(cells);
  });
  // Running numbers in front are none of ours.
  const running = (cells, i) => cells.length > 1 && /^\d{1,3}[.、)]?$/.test(cells[0]) && parseInt(cells[0], 10) === i + 1;
  if (given.every(running) && given.some(([, next]) => !begins_with_figure(next))) for (const cells of given) cells.shift();
  const word_first = ([cell]) => !!cell && !begins_with_figure(cell);
  // Columns of a spreadsheet stand under each other, so one answer holds for all lines; a name may be a figure.
  const block = tabs && (given.some(word_first) || (wordy[at] && given.every(([cell]) => !cell)));
  const rows = given.map((cells) => {
    const word = tabs ? block : word_first(cells);
    if (word && first.true < 0 && cells.length > 1) {
      // Names, and no column for them.
      cells.shift();
      return place(cells, false);
    }
    return place(cells, word);
  });
  function place(cells, word) {
    const own = word && first.true >= 0;
    // What has no room behind the cell pasted into begins at the front.
    const from = wordy[at] === own && at + cells.length <= columns.length ? at : first[own];
    extra = extra || from + cells.length > columns.length;
    return columns.map((_, k) => cells[k - from]);
  }
  return {rows, skipped, extra};
}
