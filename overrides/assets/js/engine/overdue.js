// Twin of macros/engine/overdue.py: what being overdue costs, day by day.

import { add_months, from_day, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";

export const E12 = 10n ** 12n, MAX_DAYS = 10_958n, MAX_RATE_PPM = 10n ** 9n, MAX_DAILY_PPM = 10n ** 6n;
export const MAX_MARKUP_PPM = 10n ** 7n, MAX_ROWS = 120, MAX_TOTAL_FEN = 10n ** 18n;
export const YEAR_DAYS = { 365: 365n, 360: 360n };
export const PENALTIES = ["none", "markup", "annual", "daily"];
export const COMPOUNDS = ["none", "start", "monthly"];
// Interest, penalty and compound interest are covered as one group, the oldest kind first.
export const ORDERS = {
  fees_interest_principal: ["fees", "interest", "penalty", "compound", "principal"],
  interest_fees_principal: ["interest", "penalty", "compound", "fees", "principal"],
  interest_principal_fees: ["interest", "penalty", "compound", "principal", "fees"],
  principal_interest_fees: ["principal", "interest", "penalty", "compound", "fees"],
};
export const KINDS = ["principal", "interest", "penalty", "compound", "fees"];
export const DAMAGES_LINE = "liquidated_damages_excess";

const smaller = (a, b) => (a < b ? a : b);
const larger = (a, b) => (a > b ? a : b);
const sum = (owed) => owed.principal + owed.interest + owed.penalty + owed.compound + owed.fees;
const in_order = (days) => [...new Set(days)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Interest for late payment on one sum, as most worked examples give it. */
export function penalty(base_fen, days, annual_rate_ppm = null, daily_rate_ppm = null, year_days = 365n,
    compounding = "simple", round_daily = false, fixed_fee_fen = 0n) {
  const base = check_integer("base_fen", base_fen, 0n, MAX_FEN);
  const count = check_integer("days", days, 0n, MAX_DAYS);
  const in_year = check_integer("year_days", year_days, 360n, 365n);
  if (!Object.values(YEAR_DAYS).includes(in_year)) throw new InputError("year_days", "choice", in_year);
  check_choice("compounding", compounding, ["simple", "daily"]);
  const fee = check_integer("fixed_fee_fen", fixed_fee_fen, 0n, MAX_FEN);
  if (annual_rate_ppm !== null && daily_rate_ppm !== null) throw new InputError("daily_rate_ppm", "two_rates");
  const yearly = daily_rate_ppm === null;
  const rate = yearly
    ? check_integer("annual_rate_ppm", annual_rate_ppm, 0n, MAX_RATE_PPM)
    : check_integer("daily_rate_ppm", daily_rate_ppm, 0n, MAX_DAILY_PPM);
  const whole = yearly ? 10n ** 6n * in_year : 10n ** 6n;
  let interest;
  if (round_daily) {
    let owed = base;
    for (let day = 0n; day < count; day++) {
      owed += divide_half_up((compounding === "daily" ? owed : base) * rate, whole);
      if (owed > MAX_TOTAL_FEN) throw new InputError("days", "too_large");
    }
    interest = owed - base;
  } else if (compounding === "daily") {
    const scale = whole ** count;
    interest = divide_half_up(base * ((whole + rate) ** count - scale), scale);
    if (interest > MAX_TOTAL_FEN) throw new InputError("days", "too_large");
  } else {
    interest = divide_half_up(base * rate * count, whole);
  }
  return { interest_fen: interest, charges_fen: interest + fee, total_fen: base + interest + fee };
}

/** What an overdue sum costs up to a day, and each further day. */
export function overdue_cost(inputs) {
  const start_principal = check_integer("overdue_principal_fen", inputs.overdue_principal_fen, 1n, MAX_FEN);
  const start_interest = optional("unpaid_interest_fen", inputs.unpaid_interest_fen, MAX_FEN) ?? 0n;
  const year_days = YEAR_DAYS[check_choice("year_days", inputs.year_days ?? "365", Object.keys(YEAR_DAYS))];
  const rates = read_rates(inputs, year_days);
  const compound = check_choice("compound", inputs.compound ?? "none", COMPOUNDS);
  const order = check_choice("order", inputs.order ?? "fees_interest_principal", Object.keys(ORDERS));
  const { dated, start, days } = read_time(inputs);
  if (compound === "monthly" && !dated) throw new InputError("compound", "dates_needed");
  const late_fee = optional("late_fee_fen", inputs.late_fee_fen, MAX_FEN) ?? 0n;
  const fees = read_dated("fees", inputs.fees, dated, start, days);
  const paid = read_dated("payments", inputs.payments, dated, start, days);
  if (late_fee && days) fees.amounts.unshift({ day: 1n, amount: late_fee });
  const date_of = (day) => (dated ? from_day(start + day) : null);

  const rests = new Set();
  if (compound === "monthly") {
    // Counted from the first date, so that a month's end comes back to it.
    for (let month = 1n; ; month++) {
      const rest = to_day(add_months(inputs.due_date, month)) - start;
      if (rest > days) break;
      rests.add(rest);
    }
  }

  const owed = { principal: start_principal, interest: start_interest, penalty: 0n, compound: 0n, fees: 0n };
  const charged = { interest: 0n, penalty: 0n, compound: 0n, fees: 0n };
  const covered = { principal: 0n, interest: 0n, penalty: 0n, compound: 0n, fees: 0n };
  let base = compound === "none" ? 0n : start_interest;
  const whole = E12 * year_days, double = 2n * whole;
  const rows = [], payments = [];
  let principal_days = 0n, unused = 0n, before = 0n, next_fee = 0, next_payment = 0;
  for (const day of in_order([...paid.amounts.map((entry) => entry.day), ...rests, days])) {
    if (day === 0n) continue;
    const length = day - before;
    let fee_sum = 0n;
    for (; next_fee < fees.amounts.length && fees.amounts[next_fee].day <= day; next_fee++) {
      fee_sum += fees.amounts[next_fee].amount;
    }
    const weight = owed.principal * length;
    const interest = (2n * weight * rates.interest + whole) / double;
    const penal = (2n * weight * rates.penalty + whole) / double;
    const on_interest = (2n * base * rates.overdue * length + whole) / double;
    const row = {
      number: BigInt(rows.length + 1),
      from: date_of(before),
      to: date_of(day),
      days: length,
      principal_fen: owed.principal,
      compound_base_fen: base,
      interest_fen: interest,
      penalty_fen: penal,
      compound_fen: on_interest,
      fees_fen: fee_sum,
      charges_fen: interest + penal + on_interest + fee_sum,
      left_fen: 0n,
    };
    principal_days += weight;
    for (const kind of ["interest", "penalty", "compound", "fees"]) {
      owed[kind] += row[`${kind}_fen`];
      charged[kind] += row[`${kind}_fen`];
    }
    row.left_fen = sum(owed);
    if (row.left_fen > MAX_TOTAL_FEN) throw new InputError("compound", "too_large");
    rows.push(row);
    for (; next_payment < paid.amounts.length && paid.amounts[next_payment].day === day; next_payment++) {
      const amount = paid.amounts[next_payment].amount;
      const parts = {};
      let left = amount;
      for (const kind of ORDERS[order]) {
        parts[kind] = smaller(left, owed[kind]);
        left -= parts[kind];
        owed[kind] -= parts[kind];
        covered[kind] += parts[kind];
      }
      // The oldest unpaid interest goes first, and only the oldest bears interest.
      base = larger(base - parts.interest - parts.penalty - parts.compound, 0n);
      unused += left;
      payments.push({
        number: BigInt(payments.length + 1),
        date: date_of(day),
        amount_fen: amount,
        ...in_fen(parts, KINDS),
        unused_fen: left,
        left_fen: sum(owed),
      });
    }
    if (rests.has(day)) base = owed.interest + owed.penalty + owed.compound;
    before = day;
  }

  const charges = charged.interest + charged.penalty + charged.compound + charged.fees;
  const yearly = principal_days ? divide_half_up(charges * 365n * E12, principal_days) : null;
  const daily = owed.principal * (rates.interest + rates.penalty) + base * rates.overdue;
  const total = sum(owed);
  const judgment = judgment_of(inputs.judgment ?? {}, dated, start, days);
  const later = fees.later + paid.later + (judgment ? judgment.not_counted : 0n);
  return {
    status: !days ? "not_yet" : total ? "overdue" : "paid",
    days,
    due_date: date_of(0n),
    as_of: date_of(days),
    overdue_principal_fen: start_principal,
    unpaid_interest_fen: start_interest,
    left: { ...in_fen(owed, KINDS), total_fen: total },
    charged: {
      ...in_fen(charged, KINDS.slice(1)),
      total_fen: charges,
      annual_rate_e12: yearly,
      annual_rate_ppm: yearly === null ? null : divide_half_up(yearly, 10n ** 6n),
    },
    covered: { ...in_fen(covered, KINDS), total_fen: sum(covered) },
    unused_fen: unused,
    each_further_day_fen: divide_half_up(daily, whole),
    each_further_day_e6: divide_half_up(daily * 10n ** 6n, whole),
    rates: {
      contract_annual_rate_ppm: rates.contract_ppm,
      overdue_annual_rate_e12: rates.overdue,
      overdue_annual_rate_ppm: divide_half_up(rates.overdue, 10n ** 6n),
      overdue_daily_rate_ppm: divide_half_up(rates.overdue, 10n ** 6n * year_days),
    },
    principal_days,
    rows,
    payments,
    not_counted: later,
    judgment,
    total_with_judgment_fen: judgment ? total + judgment.interest_fen : null,
    on_top: rates.on_top,
    remarks: remarks_of(rates, paid.amounts.length > 0, judgment),
    conventions: conventions_of(rates, compound, order, year_days, dated,
      fees.amounts.length > 0 || late_fee > 0n, paid.amounts.length > 0, later, judgment),
  };
}

/** A result's charges against legal lines, in money. */
export function charges_against(result, lines) {
  const charges = result.charged.total_fen, weight = result.principal_days;
  const damages = result.charged.fees_fen > 0n || result.on_top;
  const whole = 365n * 10n ** 6n;
  return lines.filter((line) => line.limit_id !== DAMAGES_LINE || damages).map((line) => {
    if (line.rate_ppm === null || !weight) {
      return { ...line, charges_fen: null, allowed_fen: null, excess_fen: null, position: null };
    }
    const exact = weight * BigInt(line.rate_ppm);
    const allowed_fen = divide_half_up(exact, whole);
    return {
      ...line,
      charges_fen: charges,
      allowed_fen,
      excess_fen: larger(charges - allowed_fen, 0n),
      position: charges * whole > exact ? "above" : charges * whole < exact ? "below" : "at",
    };
  });
}

const in_fen = (amounts, kinds) => Object.fromEntries(kinds.map((kind) => [`${kind}_fen`, amounts[kind]]));

function optional(field, value, highest) {
  return value === null || value === undefined ? null : check_integer(field, value, 0n, highest);
}

/** Yearly rates in 10^-12: what principal bears as interest and as penalty, and both together. */
function read_rates(inputs, year_days) {
  const annual = optional("contract_annual_rate_ppm", inputs.contract_annual_rate_ppm, MAX_RATE_PPM);
  const daily = optional("contract_daily_rate_ppm", inputs.contract_daily_rate_ppm, MAX_DAILY_PPM);
  if (annual !== null && daily !== null) throw new InputError("contract_daily_rate_ppm", "two_rates");
  const contract_ppm = daily === null ? annual : daily * year_days;
  const given = inputs.penalty ?? {};
  const kind = check_choice("penalty.kind", given.kind ?? "none", PENALTIES);
  const basis = check_choice("penalty.basis", given.basis ?? "whole", ["whole", "on_top"]);
  let interest = (contract_ppm ?? 0n) * 10n ** 6n, penal = 0n;
  if (kind === "markup") {
    const markup = check_integer("penalty.markup_ppm", given.markup_ppm, 0n, MAX_MARKUP_PPM);
    if (contract_ppm === null) throw new InputError("contract_annual_rate_ppm", "required");
    [interest, penal] = [0n, contract_ppm * (10n ** 6n + markup)];
  } else if (kind === "annual") {
    penal = check_integer("penalty.annual_rate_ppm", given.annual_rate_ppm, 0n, MAX_RATE_PPM) * 10n ** 6n;
  } else if (kind === "daily") {
    penal = check_integer("penalty.daily_rate_ppm", given.daily_rate_ppm, 0n, MAX_DAILY_PPM) * year_days * 10n ** 6n;
  }
  const stated = kind === "annual" || kind === "daily";
  const on_top = stated && basis === "on_top";
  if (stated && !on_top) interest = 0n;
  return { kind, on_top, contract_ppm, interest, penalty: penal, overdue: interest + penal };
}

function read_time(inputs) {
  if (check_choice("by", inputs.by ?? "dates", ["dates", "days"]) === "days") {
    return { dated: false, start: 0n, days: check_integer("days", inputs.days, 0n, MAX_DAYS) };
  }
  const start = to_day(inputs.due_date, "due_date");
  const days = to_day(inputs.as_of, "as_of") - start;
  if (days < 0n) throw new InputError("as_of", "before_due", inputs.as_of);
  if (days > MAX_DAYS) throw new InputError("as_of", "too_late", inputs.as_of);
  return { dated: true, start, days };
}

/** Dated amounts {day, amount} in order up to the last day, and how many lie after it. */
function read_dated(field, given, dated, start, days, early = false) {
  const entries = given ?? [];
  if (entries.length > MAX_ROWS) throw new InputError(field, "count", entries.length);
  if (entries.length && !dated) throw new InputError(field, "dates_needed");
  const amounts = [];
  let later = 0n;
  entries.forEach((entry, k) => {
    const day = to_day(entry.date, `${field}.${k}.date`) - start;
    const amount = check_integer(`${field}.${k}.amount_fen`, entry.amount_fen, 0n, MAX_FEN);
    if (day <= 0n && !early) throw new InputError(`${field}.${k}.date`, "not_overdue", entry.date);
    if (day > days) later += 1n;
    else amounts.push({ day, amount });
  });
  // Stable: what is of one day stays in the order in which it was given.
  amounts.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  return { amounts, later };
}

/** Extra interest for delayed performance of a judgment (加倍部分债务利息). */
function judgment_of(given, dated, start, days) {
  const from_date = given.from_date ?? null;
  if ((given.base_fen ?? null) === null && from_date === null) return null;
  if (!dated) throw new InputError("judgment.from_date", "dates_needed");
  const base = check_integer("judgment.base_fen", given.base_fen, 1n, MAX_FEN);
  const first = to_day(from_date, "judgment.from_date");
  const first_date = given.first_date ?? null;
  if (first_date !== null && first < to_day(first_date, "judgment.first_date")) {
    throw new InputError("judgment.from_date", "before_first_value", from_date);
  }
  const rate = check_integer("judgment.daily_rate_ppm", given.daily_rate_ppm, 0n, MAX_DAILY_PPM);
  const end = start + days;
  const paid = read_dated("judgment.payments", given.payments, true, 0n, end, true);
  if (end - first > MAX_DAYS) throw new InputError("judgment.from_date", "too_early", from_date);

  let left = base, unused = 0n, interest = 0n, before = first, next_payment = 0;
  const rows = [];
  for (const day of in_order([...paid.amounts.map((entry) => entry.day), larger(end, first)])) {
    if (day > before) {
      const amount = (2n * left * rate * (day - before) + 1_000_000n) / 2_000_000n;
      interest += amount;
      rows.push({
        number: BigInt(rows.length + 1),
        from: from_day(before),
        to: from_day(day),
        days: day - before,
        base_fen: left,
        interest_fen: amount,
      });
      before = day;
    }
    for (; next_payment < paid.amounts.length && paid.amounts[next_payment].day <= day; next_payment++) {
      const part = smaller(paid.amounts[next_payment].amount, left);
      left -= part;
      unused += paid.amounts[next_payment].amount - part;
    }
  }
  const running = end >= first;
  return {
    status: !running ? "not_started" : left ? "running" : "paid",
    from_date,
    days: larger(end - first, 0n),
    base_fen: base,
    left_fen: left,
    paid_fen: base - left,
    unused_fen: unused,
    interest_fen: interest,
    each_further_day_fen: running ? divide_half_up(left * rate, 10n ** 6n) : 0n,
    each_further_day_e6: running ? left * rate : 0n,
    daily_rate_ppm: rate,
    rows,
    not_counted: paid.later,
  };
}

function remarks_of({ kind, contract_ppm }, paid, judgment) {
  const none = kind === "none", remarks = [];
  if (none) remarks.push({ key: contract_ppm === null ? "no_rate_agreed" : "no_overdue_rate_agreed" });
  if (paid) remarks.push({ key: "covering" });
  if (judgment) {
    remarks.push({ key: "judgment_rule", daily_rate_ppm: judgment.daily_rate_ppm });
    remarks.push({ key: "judgment_part" }, { key: "judgment_assets" });
  }
  return remarks;
}

function conventions_of(rates, compound, order, year_days, dated, fees, paid, later, judgment) {
  return [
    ["days_between_dates", dated],
    [year_days === 360n ? "year_360" : "year_365", true],
    ["no_rate", rates.overdue === 0n],
    ["contract_rate_goes_on", rates.kind === "none" && rates.overdue > 0n],
    ["penalty_in_place", rates.kind !== "none" && !rates.on_top],
    ["penalty_on_top", rates.on_top],
    ["compound_start", compound === "start"],
    ["compound_monthly", compound === "monthly"],
    ["rounded_once_per_row", true],
    ["fees_bear_no_interest", fees],
    [`order_${order}`, paid],
    ["later_not_counted", later > 0n],
    ["judgment_simple", judgment !== null],
    ["earlier_costs_left_out", true],
  ].filter(([, applies]) => applies).map(([key]) => key);
}
