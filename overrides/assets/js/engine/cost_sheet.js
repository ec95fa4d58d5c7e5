// Twin of macros/engine/cost_sheet.py: a cost sheet against what is really paid.

import { to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";
import { E12, ONE, growth, solve } from "./roots.js";

export const MAX_LINES = 20, MAX_STATED_PPM = 10n ** 9n, MAX_DECIMALS = 4;
export const SHOWN = ["skip", "shown", "not_shown", "unknown"];
export const REPLIES = ["yes", "no", "unknown"];
export const LINE_KINDS = ["interest", "guarantee", "service", "instalment", "membership", "insurance", "other"];
export const PARTS = {
  parties: "ask_parties",
  contingent: "ask_contingent",
  nothing_else: "ask_nothing_else",
  confirmed: "ask_confirmed",
};
// A fee counts as listed under its own name; what apps call an instalment fee is typed as a service fee.
export const LISTED_AS = { service: ["service", "instalment"] };
export const NOT_BOUND = ["private", "unlicensed"];

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0n);
const size = (number) => (number < 0n ? -number : number);
const divide_up = (numerator, denominator) => (numerator + denominator - 1n) / denominator;
const grown = (rate) => (rate > 0n ? E12 + rate : E12);
const names_of = (kind) => (Object.hasOwn(LISTED_AS, kind) ? LISTED_AS[kind] : [kind]);
const once_each = (kinds) => [...new Set(kinds)];

export function comparable(net_fen, payments, balances_fen, solved, units_per_year, period_days, roundings) {
  const { rate, position } = solved;
  const simple = rate.nominal_annual_rate_e12, compound = rate.effective_annual_rate_e12;
  const by_day = units_per_year === 365n;
  const ways = [{ key: by_day ? "days" : "months", simple_e12: simple, compound_e12: compound }];
  if (by_day && period_days) {
    const over = growth(position, period_days) - ONE;
    const yearly = divide_half_up(over * 365n * E12, ONE * period_days);
    ways.push({ key: "periods", simple_e12: yearly, compound_e12: compound });
  } else if (by_day) {
    const even = even_months(net_fen, payments);
    if (even) ways.push(even);
  }
  let in_use = 0n, before = 0n, owed = net_fen;
  payments.forEach(([time], k) => {
    in_use += owed * (time - before);
    before = time;
    owed = balances_fen[k];
  });
  if (in_use <= 0n) return { ways, average_principal_fen: 0n, rounding_e12: 0n };
  return {
    ways,
    average_principal_fen: divide_half_up(in_use, before),
    rounding_e12: divide_up(roundings * units_per_year * grown(rate.monthly_rate_e12), 2n * in_use),
  };
}

/** The rate with every payment a whole month after the last, where the dates look like months. */
function even_months(net_fen, payments) {
  let before = 0n;
  for (const [time] of payments) {
    if (time - before < 28n || time - before > 31n) return null;
    before = time;
  }
  const flows = [[0n, net_fen], ...payments.map(([, paid], k) => [BigInt(k + 1), -paid])];
  const { status, roots } = solve(flows, 12n, 12n, "repayment.payments");
  if (status !== "one") return null;
  return { key: "months", simple_e12: roots[0].nominal_annual_rate_e12, compound_e12: roots[0].effective_annual_rate_e12 };
}

export function check_sheet(sheet, cost, start_date, contract_date = null, lender = null) {
  const read = read_sheet(sheet);
  const start = to_day(start_date, "cost_sheet_start");
  const signed = contract_date === null ? null : to_day(contract_date, "contract_date");
  const required = required_of(signed, start, lender);
  const shown = read.shown === "shown";
  const annual = annual_of(read, cost);
  const paid = paid_of(cost.fee_lines);
  const listed = new Set(read.lines.map(({ kind }) => kind));
  // Without a single line typed, nothing can be said to be missing among them.
  const not_listed = listed.size === 0 ? [] : [...paid]
    .filter(([kind]) => !names_of(kind).some((name) => listed.has(name)))
    .map(([kind, { total_fen }]) => ({ kind, total_fen }));
  const replied = (reply) => Object.keys(PARTS).filter((part) => shown && read[part] === reply);
  const answer = {
    shown: read.shown,
    required,
    start_date,
    contract_date,
    ...annual,
    ...lines_of(read, annual.decimals),
    not_listed,
    missing: replied("no"),
    to_check: replied("unknown"),
  };
  const findings = findings_of(answer, read, cost, paid);
  return {
    ...answer,
    findings,
    questions: questions_of(answer, new Set(findings.map(({ key }) => key))),
    keep: keep_of(answer, shown),
  };
}

function read_sheet(sheet) {
  const shown = check_choice("sheet.shown", sheet.shown ?? "shown", SHOWN);
  const read = { shown, principal_fen: null, annual_cost_ppm: null, annual_cost_decimals: null, lines: [] };
  if (shown !== "shown") return { ...read, ...Object.fromEntries(Object.keys(PARTS).map((part) => [part, "unknown"])) };
  const limits = {
    principal_fen: [1n, MAX_FEN],
    annual_cost_ppm: [0n, MAX_STATED_PPM],
    annual_cost_decimals: [0n, BigInt(MAX_DECIMALS)],
  };
  for (const key in limits) read[key] = optional(`sheet.${key}`, sheet[key], ...limits[key]);
  const given = sheet.lines ?? [];
  if (given.length > MAX_LINES) throw new InputError("sheet.lines", "count", given.length);
  read.lines = given.map((line, k) => {
    const path = `sheet.lines.${k}`;
    const kind = check_choice(`${path}.kind`, line.kind, LINE_KINDS);
    const annual_rate_ppm = optional(`${path}.annual_rate_ppm`, line.annual_rate_ppm, 0n, MAX_STATED_PPM);
    const amount_fen = optional(`${path}.amount_fen`, line.amount_fen, 0n, MAX_FEN);
    if (annual_rate_ppm === null && amount_fen === null) throw new InputError(`${path}.annual_rate_ppm`, "required");
    return { kind, annual_rate_ppm, amount_fen };
  });
  for (const part in PARTS) read[part] = check_choice(`sheet.${part}`, sheet[part] ?? "unknown", REPLIES);
  return read;
}

function optional(field, value, lowest, highest) {
  return value === null || value === undefined ? null : check_integer(field, value, lowest, highest);
}

function required_of(signed, start, lender) {
  if (NOT_BOUND.includes(lender)) return "not_bound";
  if (signed === null) return "date_unknown";
  if (signed < start) return "before_start";
  // Instalments on a card are named; whether the rule covers the rest of a card was not seen.
  return lender === "credit_card" ? "card_instalments" : "required";
}

/** Decimals of a per cent that a rate needs: 12.5 % needs one. */
function decimals_of(ppm) {
  let places = 0;
  while (places < MAX_DECIMALS && ppm % 10n ** BigInt(MAX_DECIMALS - places)) places++;
  return BigInt(places);
}

/** Half of the last printed digit of a per cent, in 10**-12. */
const half_unit = (decimals) => 5n * 10n ** (9n - decimals);

function annual_of(read, cost) {
  const stated = read.annual_cost_ppm;
  let decimals = read.annual_cost_decimals;
  if (decimals === null) {
    // A sheet prints its figures alike: what one of them needs, all of them have.
    decimals = 1n;
    for (const ppm of [...read.lines.map((line) => line.annual_rate_ppm), stated]) {
      if (ppm !== null && decimals_of(ppm) > decimals) decimals = decimals_of(ppm);
    }
  }
  const answer = {
    status: "cannot_tell",
    reason: null,
    stated_annual_cost_ppm: stated,
    decimals,
    simple_ppm: null,
    compound_ppm: null,
    difference_ppm: null,
    difference_a_year_fen: null,
    way: null,
  };
  const measure = cost.comparable;
  if (measure === null || stated === null) {
    return { ...answer, reason: read.shown !== "shown" ? "no_sheet" : stated === null ? "no_stated_cost" : "no_rate" };
  }
  const { ways, rounding_e12: rounding } = measure, half = half_unit(decimals), target = stated * 10n ** 6n;
  let status = null, way = ways[0], difference = 0n;
  for (const one of ways) {
    // (1 + m)**12 grows faster than 12 * m, by at most the whole year's growth.
    const room = half + divide_up(rounding * grown(one.compound_e12), E12);
    const simple = size(target - one.simple_e12) <= half + rounding;
    const compound = size(target - one.compound_e12) <= room;
    if (simple || compound) {
      status = simple && compound ? "agree_both" : simple ? "agree_simple" : "agree_compound";
      way = one;
      break;
    }
  }
  if (status === null) {
    const lowest = ways.reduce((a, b) => (b.simple_e12 < a.simple_e12 ? b : a));
    const highest = ways.reduce((a, b) => (b.compound_e12 > a.compound_e12 ? b : a));
    status = "between";
    if (target < lowest.simple_e12) {
      status = "lower_than_paid";
      way = lowest;
      difference = lowest.simple_e12 - target;
    } else if (target > highest.compound_e12) {
      status = "higher_than_paid";
      way = highest;
      difference = target - highest.compound_e12;
    }
  }
  return {
    ...answer,
    status,
    simple_ppm: divide_half_up(way.simple_e12, 10n ** 6n),
    compound_ppm: divide_half_up(way.compound_e12, 10n ** 6n),
    difference_ppm: divide_half_up(difference, 10n ** 6n),
    difference_a_year_fen: divide_half_up(difference * measure.average_principal_fen, E12),
    way: way.key,
  };
}

/** The sum of the lines beside the stated total; each printed figure may be half a last digit off. */
function lines_of(read, decimals) {
  const rates = read.lines.map((line) => line.annual_rate_ppm), stated = read.annual_cost_ppm;
  if (!rates.length || rates.includes(null)) {
    return { lines_status: null, lines_total_ppm: null, lines_difference_ppm: null };
  }
  const total = sum(rates);
  if (stated === null) return { lines_status: null, lines_total_ppm: total, lines_difference_ppm: null };
  const difference = stated - total, room = BigInt(rates.length + 1) * half_unit(decimals);
  const status = size(difference) * 10n ** 6n <= room ? "agree" : difference > 0n ? "lines_lower" : "lines_higher";
  return { lines_status: status, lines_total_ppm: total, lines_difference_ppm: difference };
}

/** Fees that are really charged, by kind: their sum, and the sums that a sheet might print. */
function paid_of(fee_lines) {
  const paid = new Map();
  for (const { kind, amount_fen, total_fen } of fee_lines) {
    if (total_fen === 0n) continue;
    if (!paid.has(kind)) paid.set(kind, { total_fen: 0n, single_fen: 0n, sums: [] });
    const fees = paid.get(kind);
    fees.total_fen += total_fen;
    fees.single_fen += amount_fen;
    fees.sums.push(amount_fen, total_fen);
  }
  for (const fees of paid.values()) fees.sums.push(fees.total_fen, fees.single_fen);
  return paid;
}

/** Fees whose amount on the sheet is neither what one instalment nor what the whole loan carries. */
function other_amounts(read, paid) {
  const rows = [];
  for (const [kind, { sums, total_fen }] of paid) {
    const printed = read.lines.filter((line) => names_of(kind).includes(line.kind) && line.amount_fen !== null)
      .map((line) => line.amount_fen);
    if (printed.length && ![...printed, sum(printed)].some((fen) => sums.includes(fen))) {
      rows.push({ key: "amount_differs", kind, stated_fen: sum(printed), total_fen });
    }
  }
  return rows;
}

function findings_of(answer, read, cost, paid) {
  const bound = answer.required === "required" || answer.required === "card_instalments";
  const needed = bound || answer.required === "date_unknown", shown = answer.shown === "shown";
  const { stated_annual_cost_ppm, simple_ppm, compound_ppm, difference_ppm, difference_a_year_fen } = answer;
  const rows = [];
  if (shown) {
    const key = answer.reason ?? answer.status;
    rows.push({ key, stated_annual_cost_ppm, simple_ppm, compound_ppm, difference_ppm, difference_a_year_fen });
  }
  const typed = [...paid.keys()];
  const silent = read.lines.map(({ kind }) => kind)
    .filter((kind) => kind !== "interest" && !typed.some((fee) => names_of(fee).includes(kind)));
  if (answer.status === "higher_than_paid" && silent.length) rows.push({ key: "not_typed", kinds: once_each(silent) });
  for (const fee of answer.not_listed) rows.push({ key: needed ? "fee_not_listed" : "fee_without_line", ...fee });
  if (shown && cost.upfront_deduction_fen > 0n) rows.push({ key: "deduction", amount_fen: cost.upfront_deduction_fen });
  if (answer.lines_status !== null) {
    const { lines_total_ppm, lines_difference_ppm } = answer;
    const key = answer.lines_status === "agree" ? "lines_agree" : answer.lines_status;
    rows.push({ key, lines_total_ppm, lines_difference_ppm: size(lines_difference_ppm), stated_annual_cost_ppm });
  }
  const contract = cost.contract_amount_fen;
  if (read.principal_fen !== null && read.principal_fen !== contract) {
    rows.push({ key: "principal_differs", stated_fen: read.principal_fen, contract_fen: contract });
  }
  const bare = read.lines.filter((line) => line.annual_rate_ppm === null).map(({ kind }) => kind);
  if (bare.length) rows.push({ key: "line_without_rate", kinds: once_each(bare) });
  rows.push(...other_amounts(read, paid));
  if (needed && answer.missing.length) rows.push({ key: "missing", parts: answer.missing });
  if (needed && answer.to_check.length) rows.push({ key: "to_check", parts: answer.to_check });
  rows.push({ key: answer.required, start_date: answer.start_date, contract_date: answer.contract_date });
  const grounds = answer.shown === "not_shown" || answer.missing.length || answer.not_listed.length
    || answer.status === "lower_than_paid";
  if (bound && grounds) rows.push({ key: "complain" });
  return rows;
}

/** What to ask the lender, in order: first the sheet itself, then what costs most. */
function questions_of(answer, found) {
  const needed = answer.required !== "before_start" && answer.required !== "not_bound";
  const apart = ["lower_than_paid", "between", "higher_than_paid"].includes(answer.status);
  const kinds = answer.not_listed.map(({ kind }) => kind);
  const rows = [
    ["ask_sheet", needed && answer.shown !== "shown"],
    ["ask_method", apart],
    ["ask_fee", kinds.length > 0],
    ["ask_deduction", found.has("deduction")],
    ["ask_lines", found.has("lines_lower") || found.has("lines_higher")],
    ["ask_principal", found.has("principal_differs")],
    ["ask_line_rate", found.has("line_without_rate")],
    ["ask_amount", found.has("amount_differs")],
    ...Object.entries(PARTS).map(([part, key]) => [key, needed && answer.missing.includes(part)]),
  ].filter(([, applies]) => applies).map(([key]) => (key === "ask_fee" ? { key, kinds } : { key }));
  return rows.length ? [...rows, { key: "ask_in_writing" }] : rows;
}

function keep_of(answer, shown) {
  return [
    ["keep_sheet", shown],
    ["keep_screens", !shown],
    ["keep_contract", true],
    ["keep_charges", answer.not_listed.length > 0 || answer.status === "lower_than_paid"],
  ].filter(([, applies]) => applies).map(([key]) => ({ key }));
}
