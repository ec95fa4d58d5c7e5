// Twin of macros/engine/schedules.py, where the conventions are written down: repayment plans,
// early repayment, a second loan beside the first, and the formulas of spreadsheets.

import { civil_of_day, day_of_civil, days_in_month, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";
import { effective_to_nominal, irr } from "./rates.js";
import { E12, ONE, WORK_BITS, nth_root, solve } from "./roots.js";

export const MAX_PERIODS = 360n, MAX_RATE_PPM = 10n ** 8n, MAX_FIRST_DAYS = 3660n;
export const METHODS = ["equal_instalment", "equal_principal", "interest_only", "bullet", "flat", "flat_fee"];
export const PERIOD_DAYS = { month: 0n, fortnight: 14n, week: 7n, day: 1n };
export const YEAR_DAYS = ["365", "360"], ROUNDINGS = ["half_up", "down"];
export const EARLY_KINDS = ["none", "full", "part"], KEEPS = ["term", "instalment"];

const smaller = (a, b) => (a < b ? a : b);

/** A loan's payments, and beside it an early repayment or a second loan. */
export function schedule(inputs) {
  const loan = read(inputs, "", {});
  const [plan, early] = with_early(loan, inputs.early ?? null, "early.");
  const second = inputs.other ?? null, loans = [[loan, plan, early]];
  let other = null, difference = null;
  if (second !== null) {
    const beside = read(second, "other.", inputs);
    const [its_plan, its_early] = with_early(beside, second.early ?? null, "other.early.");
    other = { plan: its_plan, early: its_early };
    loans.push([beside, its_plan, its_early]);
    const more = its_plan.totals.interest_fen - plan.totals.interest_fen;
    difference = { dearer: more > 0n ? "second" : more ? "first" : null, interest_fen: more < 0n ? -more : more };
  }
  return {
    status: early ? "early" : "plan",
    plan,
    early,
    other,
    difference,
    says: says_of(loan, plan, early, other, difference),
    conventions: [...new Set(loans.flatMap((entry) => conventions_of(...entry)))],
  };
}

/** A loan's terms: charges as numerators over `parts`, dates as day numbers from `start`. */
function read(inputs, path, shared) {
  const given = (key, usual) => inputs[key] ?? shared[key] ?? usual;
  const principal = check_integer(path + "principal_fen", inputs.principal_fen, 1n, MAX_FEN);
  const method = check_choice(path + "method", inputs.method, METHODS);
  let rate = null, fee = null;
  if (method === "flat_fee") fee = check_integer(path + "flat_fee_ppm", inputs.flat_fee_ppm, 0n, 10n ** 6n);
  else rate = check_integer(path + "annual_rate_ppm", inputs.annual_rate_ppm, 0n, MAX_RATE_PPM);
  const periods = check_integer(path + "periods", inputs.periods, 1n, MAX_PERIODS);
  const period = check_choice(path + "period", inputs.period ?? "month", Object.keys(PERIOD_DAYS));
  const year = BigInt(check_choice(path + "year_days", given("year_days", "365"), YEAR_DAYS));
  const rounding = check_choice(path + "rounding", given("rounding", "half_up"), ROUNDINGS);
  const days = PERIOD_DAYS[period];
  let whole, daily, parts;
  // By the day a fee counts as its share of the period, or of a month of a twelfth of the year.
  if (fee !== null) {
    [whole, daily, parts] = days ? [fee * days, fee, days * 10n ** 6n] : [fee * year, fee * 12n, year * 10n ** 6n];
  } else if (days) [whole, daily, parts] = [rate * days, rate, year * 10n ** 6n];
  else [whole, daily, parts] = [rate * year, rate * 12n, 12n * year * 10n ** 6n];
  const loan = {
    principal, method, flat: method === "flat" || method === "flat_fee", annual_rate_ppm: rate, flat_fee_ppm: fee,
    periods, period, days, year, half_up: rounding === "half_up", whole, daily, parts,
    first: whole, odd: 0n, start: null, anchor: 0n, due: null,
  };
  let start = given("start_date", null), first = inputs.first_due_date ?? null;
  if (start !== null) start = to_day(start, path + "start_date");
  if (first !== null) first = to_day(first, path + "first_due_date");
  if (start !== null && first !== null) {
    if (first <= start) throw new InputError(path + "first_due_date", "not_after_start", inputs.first_due_date);
    if (first - start > MAX_FIRST_DAYS) throw new InputError(path + "first_due_date", "too_late", inputs.first_due_date);
  }
  if (start !== null || first !== null) set_dates(loan, start, first);
  return loan;
}

/** Due dates, and the charge of a first period that is longer or shorter than the others. */
function set_dates(loan, start, first) {
  const { days } = loan;
  let anchor = civil_of_day(start ?? first)[2], regular = start;
  if (days) {
    if (first === null) first = start + days;
    else regular = first - days;
  } else {
    const usual = start === null ? null : shift_months(start, anchor, 1n);
    if (first === null || first === usual) first = usual;
    else {
      // Another day than that of the start: from here on the dates keep to it.
      anchor = civil_of_day(first)[2];
      regular = shift_months(first, anchor, -1n);
    }
  }
  start ??= regular;
  const odd = regular - start;
  Object.assign(loan, { start, odd, anchor, due: due_dates(first, days, anchor, loan.periods) });
  if (odd > 0n) loan.first = loan.whole + loan.daily * odd;
  else if (odd < 0n) loan.first = loan.daily * (first - start);
}

function shift_months(day, anchor, months) {
  const [from_year, from_month] = civil_of_day(day);
  const index = from_year * 12n + from_month - 1n + months;
  const year = index / 12n, month = index % 12n + 1n;
  return day_of_civil(year, month, smaller(anchor, days_in_month(year, month)));
}

/** [day number, ISO date] of each payment; a month's end comes back to the anchor's date. */
function due_dates(first, days, anchor, count) {
  let [year, month, date] = civil_of_day(first);
  // Walking from month to month: a division per date would cost more than the plan itself.
  let begin = first - date + 1n, length = days_in_month(year, month), day = first;
  const text = () => `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-`;
  let head = text();
  const due = [];
  for (let k = 0n; k < count; k++) {
    while (day >= begin + length) {
      begin += length;
      if (month < 12n) month += 1n;
      else [year, month] = [year + 1n, 1n];
      length = days_in_month(year, month);
      head = text();
    }
    if (!days) day = begin + smaller(anchor, length) - 1n;
    due.push([day, head + String(day - begin + 1n).padStart(2, "0")]);
    // Any day of the next month; the anchor is set once it is known.
    day = days ? day + days : begin + length;
  }
  return due;
}

/** amount * numerator / denominator, rounded half-up or down; nothing is negative here. */
const share = (amount, numerator, denominator, half_up) =>
  (2n * amount * numerator + (half_up ? denominator : 0n)) / (2n * denominator);

/** What each payment keeps level: the instalment, or the share of principal. */
function level_of({ method, half_up, whole, parts }, balance, periods) {
  if (method !== "equal_instalment" || whole === 0n) return share(balance, 1n, periods, half_up);
  const grown = (parts + whole) ** periods;
  return share(balance, whole * grown, parts * (grown - parts ** periods), half_up);
}

/** Add the rows up to period `last`; none follows once nothing is owed. */
function walk(loan, rows, last, state) {
  const { method, half_up, parts, whole, flat, periods } = loan, { level } = state;
  const annuity = method === "equal_instalment", interest_only = method === "interest_only";
  const below = 2n * parts, half = half_up ? parts : 0n, twice = 2n * whole;
  let { balance, charge, number } = state;
  while (number <= last && balance) {
    const base = flat ? state.flat : balance, usual = (base * twice + half) / below;
    const interest = charge === whole ? usual : (2n * base * charge + half) / below;
    let principal;
    // The last row takes what is left, so that the principal column sums exactly.
    if (number === periods) principal = balance;
    else if (interest_only) principal = 0n;
    else principal = smaller(annuity ? level - usual : level, balance);
    balance -= principal;
    add_row(rows, loan, number, interest, principal, balance);
    number += 1n;
    charge = whole;
  }
  Object.assign(state, { balance, charge, number });
}

function add_row(rows, loan, number, interest, principal, balance, early = null) {
  const before = rows.at(-1), date = loan.due && loan.due[number - 1n][1];
  rows.push({
    number,
    kind: early && "early",
    date: early ? early.date : date,
    instalment_fen: interest + principal,
    interest_fen: interest,
    principal_fen: principal,
    fee_fen: early ? early.fee_fen : 0n,
    balance_fen: balance,
    interest_total_fen: before ? before.interest_total_fen + interest : interest,
    principal_total_fen: before ? before.principal_total_fen + principal : principal,
  });
}

/** The plan as agreed, and what an early repayment makes of it. */
function with_early(loan, early, path) {
  const rows = [], state = begin(loan);
  if (loan.method === "bullet") pay_at_end(loan, rows, state);
  else walk(loan, rows, loan.periods, state);
  const plan = plan_of(loan, rows, null);
  const kind = check_choice(path + "kind", early?.kind ?? "none", EARLY_KINDS);
  return [plan, kind === "none" ? null : early_of(loan, plan, early, kind, path)];
}

function begin(loan) {
  const { principal } = loan;
  const level = level_of(loan, principal, loan.periods);
  return { number: 1n, balance: principal, flat: principal, level, charge: loan.first };
}

/** 到期一次还本付息: the one row, with simple interest from where the state stands. */
function pay_at_end(loan, rows, { charge, number, balance }) {
  const interest = share(balance, charge + (loan.periods - number) * loan.whole, loan.parts, loan.half_up);
  add_row(rows, loan, loan.periods, interest, balance, 0n);
}

/** A plan as the result shows it. */
function plan_of(loan, rows, moment) {
  const last = rows.at(-1), { days, flat_fee_ppm: fee } = loan;
  let stated = loan.annual_rate_ppm;
  if (fee !== null) stated = days ? divide_half_up(fee * 365n, days) : fee * 12n;
  const interest = last.interest_total_fen, principal = last.principal_total_fen;
  const fees = moment && rows.reduce((total, row) => total + row.fee_fen, 0n);
  return {
    principal_fen: loan.principal,
    method: loan.method,
    annual_rate_ppm: loan.annual_rate_ppm,
    flat_fee_ppm: fee,
    stated_annual_rate_ppm: stated,
    period: loan.period,
    year_days: loan.year,
    first_instalment_fen: rows[0].instalment_fen,
    last_instalment_fen: last.instalment_fen,
    periods: last.number,
    end_date: last.date,
    totals: {
      instalments_fen: interest + principal,
      interest_fen: interest,
      principal_fen: principal,
      fees_fen: fees,
      paid_fen: interest + principal + (fees ?? 0n),
    },
    rate: rate_of(loan, rows, moment),
    rows,
  };
}

/** The yearly rate of what is really paid; time runs as interest is charged. */
function rate_of(loan, rows, moment) {
  let unit = loan.year, day = 12n, units_per_year = 12n * loan.year;
  if (loan.days) [unit, day, units_per_year] = [loan.days, 1n, 365n];
  else if (loan.odd === 0n && (moment === null || moment[1] === 0n)) [unit, day, units_per_year] = [1n, 0n, 12n];
  const before = loan.odd < 0n ? day * (loan.due[0][0] - loan.start) - unit : day * loan.odd;
  const flows = [[0n, loan.principal]];
  for (const { number, kind, instalment_fen, fee_fen } of rows) {
    const time = kind ? (moment[0] ? before + unit * moment[0] : 0n) + day * moment[1] : before + unit * number;
    flows.push([time, -instalment_fen - fee_fen]);
  }
  const { status, roots } = solve(flows, units_per_year, 12n, "periods");
  if (status !== "one") return null;
  const { nominal_annual_rate_e12, effective_annual_rate_e12 } = roots[0];
  return {
    nominal_annual_rate_e12,
    nominal_annual_rate_ppm: divide_half_up(nominal_annual_rate_e12, 10n ** 6n),
    effective_annual_rate_e12,
    effective_annual_rate_ppm: divide_half_up(effective_annual_rate_e12, 10n ** 6n),
  };
}

/** What changes when principal is repaid before it is due. */
function early_of(loan, plan, early, kind, path) {
  const [key, number, days, date] = moment_of(loan, early, path);
  const rows = [], state = begin(loan), { half_up, parts, daily, whole, due } = loan;
  const bullet = loan.method === "bullet";
  if (bullet) state.number = number + 1n;
  else walk(loan, rows, number, state);
  const { balance } = state;
  let accrued = daily * days;
  if (balance === 0n) throw new InputError(path + key, "after_end", early[key]);
  // Nothing has been paid yet, so the whole periods have gone unpaid too.
  if (bullet && number) accrued += loan.first + (number - 1n) * whole;
  const interest = share(loan.flat ? state.flat : balance, accrued, parts, half_up);
  let amount = balance, keep = null;
  if (kind === "part") {
    amount = check_integer(path + "amount_fen", early.amount_fen, 1n, MAX_FEN);
    if (amount >= balance) throw new InputError(path + "amount_fen", "not_below_balance", amount);
    keep = check_choice(path + "keep", early.keep ?? "term", KEEPS);
    // With these the instalment has no principal that could be kept, so the end stays.
    if (bullet || loan.method === "interest_only") keep = "term";
  }
  const fee = fee_of(early, amount, path), left = balance - amount;
  // Within a period the row bears its number, on the day of a payment that payment's.
  add_row(rows, loan, days || !number ? number + 1n : number, interest, amount, left, { date, fee_fen: fee });
  const at = rows.length;
  state.balance = left;
  if (left) {
    if (loan.flat) {
      // The charge shrinks with what is owed; on the first amount it would make repaying useless.
      const base = state.flat;
      state.flat = share(base, left, balance, half_up);
      state.level += share(base, whole, parts, half_up) - share(state.flat, whole, parts, half_up);
    }
    if (keep === "term") state.level = level_of(loan, left, loan.periods - number);
    if (days) state.charge = daily * (due[number][0] - loan.start - since_start(loan, number) - days);
    else if (bullet && number) state.charge = whole;
    if (bullet) pay_at_end(loan, rows, state);
    else walk(loan, rows, loan.periods, state);
  }
  const changed = plan_of(loan, rows, [number, days]);
  // The row after a broken period is the first that shows what a whole one costs.
  const after = left && !bullet ? rows[at + 1 < rows.length && days ? at + 1 : at] : null;
  const saved = plan.totals.interest_fen - changed.totals.interest_fen;
  return {
    kind,
    keep,
    date,
    after_period: number,
    days,
    balance_before_fen: balance,
    amount_fen: amount,
    accrued_interest_fen: interest,
    fee_ppm: early.fee_ppm ?? null,
    fee_fen: fee,
    paid_fen: amount + interest + fee,
    saved_interest_fen: saved,
    net_saving_fen: saved - fee,
    new_instalment_fen: after && after.instalment_fen,
    periods_saved: plan.periods - changed.periods,
    plan: changed,
  };
}

/** [input that says when, whole periods before, days after them, ISO date or null]. */
function moment_of(loan, early, path) {
  const after = early.after_period ?? null, date = early.date ?? null, { due } = loan;
  if (date === null) {
    const number = check_integer(path + "after_period", after, 1n, MAX_PERIODS);
    if (number >= loan.periods) throw new InputError(path + "after_period", "after_end", number);
    return ["after_period", number, 0n, due && due[number - 1n][1]];
  }
  const field = path + "date";
  if (after !== null) throw new InputError(field, "both", date);
  const day = to_day(date, field);
  if (due === null) throw new InputError(field, "needs_start", date);
  if (day < loan.start) throw new InputError(field, "before_start", date);
  const number = BigInt(due.filter(([due_day]) => due_day <= day).length);
  if (number === loan.periods) throw new InputError(field, "after_end", date);
  return ["date", number, day - loan.start - since_start(loan, number), date];
}

/** Days from the start to the payment of a period; 0 for none. */
const since_start = (loan, number) => (number ? loan.due[number - 1n][0] - loan.start : 0n);

function fee_of(early, amount, path) {
  const fee = early.fee_fen ?? null, part = early.fee_ppm ?? null;
  if (part === null) return fee === null ? 0n : check_integer(path + "fee_fen", fee, 0n, MAX_FEN);
  if (fee !== null) throw new InputError(path + "fee_ppm", "both", part);
  return divide_half_up(amount * check_integer(path + "fee_ppm", part, 0n, 10n ** 6n), 10n ** 6n);
}

/** Sentences beside the answer, as keys with the values that they name. */
function says_of(loan, plan, early, other, difference) {
  const says = [];
  // With one period the two are the same but for rounding, which is no trap.
  if (loan.flat && plan.rate && plan.rate.nominal_annual_rate_ppm > plan.stated_annual_rate_ppm + 1000n) {
    says.push({ key: "flat_trap" });
  }
  if (early) {
    const { plan: _, ...values } = early, { fee_fen, net_saving_fen: net } = early;
    // What is due on that day needs taking apart only where it is more than the sum that was typed.
    if (early.kind === "full" || early.paid_fen > early.amount_fen) says.push({ key: `early_${early.kind}`, ...values });
    const key = fee_fen === 0n ? "early_saves" : net >= 0n ? "early_saves_net" : "early_fee_eats";
    says.push({ key, net_cost_fen: -net, ...values }, { key: "early_law" });
  }
  if (other) {
    const key = { second: "other_more", first: "other_less" }[difference.dearer] ?? "other_same";
    says.push({ key, interest_fen: difference.interest_fen });
    if (plan.rate && other.plan.rate) {
      says.push({
        key: "other_rates",
        first_rate_ppm: plan.rate.nominal_annual_rate_ppm,
        second_rate_ppm: other.plan.rate.nominal_annual_rate_ppm,
      });
    }
  }
  return says;
}

function conventions_of(loan, plan, early) {
  const { method, days, odd } = loan;
  const split = early !== null && early.days > 0n, keep = early && early.keep;
  return [
    [`method_${method}`, true],
    ["month_twelfth", !days && method !== "flat_fee"],
    [`by_day_${loan.year}`, days ? method !== "flat_fee" : odd !== 0n || split],
    [loan.half_up ? "rows_half_up" : "rows_down", true],
    ["last_row_takes_rest", method !== "bullet" && loan.periods > 1n],
    ["ended_sooner", plan.periods < loan.periods],
    ["long_first_period", odd > 0n],
    ["short_first_period", odd < 0n],
    ["dates_shown_only", loan.due !== null && !days],
    ["month_end", !days && loan.anchor > 28n],
    ["early_on_due_date", early !== null && !split],
    ["early_by_day", split],
    ["early_keep_term", keep === "term"],
    ["early_keep_instalment", keep === "instalment" && method !== "equal_principal"],
    ["early_keep_share", keep === "instalment" && method === "equal_principal"],
    ["early_flat_in_proportion", keep !== null && loan.flat],
    [days ? "nominal_from_effective" : "nominal_twelve_times_monthly", plan.rate !== null],
    ["effective_compound", plan.rate !== null],
  ].filter(([, applies]) => applies).map(([key]) => key);
}

/** The rate per period as a fraction, and the other arguments as BigInt. */
function check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen) {
  const whole = check_integer("annual_rate_ppm", annual_rate_ppm, 0n, MAX_RATE_PPM);
  const yearly = check_integer("periods_per_year", periods_per_year, 1n, 366n);
  const count = check_integer("periods", periods, 1n, MAX_PERIODS);
  return [whole, yearly * 10n ** 6n, count, check_integer("pv_fen", pv_fen, 1n, MAX_FEN)];
}

/** Level instalment at the end of each period, in 10^-12 fen. */
export function pmt(annual_rate_ppm, periods_per_year, periods, pv_fen) {
  const [whole, parts, count, principal] = check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen);
  if (whole === 0n) return divide_half_up(principal * E12, count);
  const grown = (parts + whole) ** count;
  return divide_half_up(principal * E12 * whole * grown, parts * (grown - parts ** count));
}

/** Part of the loan repaid from `start` to `end` as a fraction, and what cumipmt needs beside. */
function repaid(annual_rate_ppm, periods_per_year, periods, pv_fen, start, end) {
  const [whole, parts, count, principal] = check_annuity(annual_rate_ppm, periods_per_year, periods, pv_fen);
  const from = check_integer("start", start, 1n, count), to = check_integer("end", end, from, count);
  const many = to - from + 1n, above = parts + whole;
  if (whole === 0n) return { whole, parts, principal, many, paid: many, below: count };
  // A balance is principal * (q^n - q^k) / (q^n - 1), with q = 1 + whole / parts.
  const paid = above ** to * parts ** (count - to) - above ** (from - 1n) * parts ** (count - from + 1n);
  const top = above ** count;
  return { whole, parts, principal, many, paid, top, below: top - parts ** count };
}

/** Principal in the instalments from `start` to `end`, in 10^-12 fen. */
export function cumprinc(annual_rate_ppm, periods_per_year, periods, pv_fen, start, end) {
  const { principal, paid, below } = repaid(annual_rate_ppm, periods_per_year, periods, pv_fen, start, end);
  return divide_half_up(principal * E12 * paid, below);
}

/** Interest in the instalments from `start` to `end`, in 10^-12 fen. */
export function cumipmt(annual_rate_ppm, periods_per_year, periods, pv_fen, start, end) {
  const { whole, parts, principal, many, paid, top, below } =
    repaid(annual_rate_ppm, periods_per_year, periods, pv_fen, start, end);
  if (whole === 0n) return 0n;
  return divide_half_up(principal * E12 * (many * whole * top - parts * paid), parts * below);
}

export function ppmt(annual_rate_ppm, periods_per_year, periods, pv_fen, period) {
  check_integer("period", period, 1n, MAX_PERIODS);
  return cumprinc(annual_rate_ppm, periods_per_year, periods, pv_fen, period, period);
}

export function ipmt(annual_rate_ppm, periods_per_year, periods, pv_fen, period) {
  check_integer("period", period, 1n, MAX_PERIODS);
  return cumipmt(annual_rate_ppm, periods_per_year, periods, pv_fen, period, period);
}

/** How many instalments repay a loan, in 10^-9 periods; null if the interest is never covered. */
export function nper(annual_rate_ppm, periods_per_year, payment_fen, pv_fen) {
  const [whole, parts, , principal] = check_annuity(annual_rate_ppm, periods_per_year, 1n, pv_fen);
  const payment = check_integer("payment_fen", payment_fen, 0n, MAX_FEN);
  const free = payment * parts - principal * whole;
  if (free <= 0n) return null;
  if (whole === 0n) return divide_half_up(principal * 10n ** 9n, payment);
  // growth ^ periods = rest
  let rest = ((payment * parts) << WORK_BITS) / free, units = 0n;
  const growth = ((parts + whole) << WORK_BITS) / parts, powers = [growth];
  while (powers.at(-1) <= rest) powers.push((powers.at(-1) * powers.at(-1)) >> WORK_BITS);
  for (let k = powers.length - 1; k >= 0; k--) {
    if (powers[k] > rest) continue;
    rest = (rest << WORK_BITS) / powers[k];
    units += 1n << BigInt(k);
  }
  for (let bit = 0; bit < 40; bit++) {
    rest = (rest * rest) >> WORK_BITS;
    units *= 2n;
    if (rest >= growth) {
      rest = (rest << WORK_BITS) / growth;
      units += 1n;
    }
  }
  return divide_half_up(units * 10n ** 9n, 1n << 40n);
}

/** Rate at which level instalments repay a loan. */
export function rate(periods, payment_fen, pv_fen, periods_per_year = 12n) {
  const count = check_integer("periods", periods, 1n, MAX_PERIODS);
  const payment = check_integer("payment_fen", payment_fen, 0n, MAX_FEN);
  const principal = check_integer("pv_fen", pv_fen, 1n, MAX_FEN);
  const amounts = [principal];
  for (let k = 0n; k < count; k++) amounts.push(-payment);
  return irr(amounts, periods_per_year);
}

/** A plan whose rows are not rounded to the fen; amounts in 10^-12 fen. */
export function exact_plan(method, principal_fen, annual_rate_ppm, periods, periods_per_year = 12n) {
  check_choice("method", method, METHODS.slice(0, 5));
  const [whole, parts, count, principal] = check_annuity(annual_rate_ppm, periods_per_year, periods, principal_fen);
  const amount = principal * E12;
  const row = (number, interest, part, balance, instalment) => ({
    number,
    instalment_fen_e12: instalment,
    interest_fen_e12: interest,
    principal_fen_e12: part,
    balance_fen_e12: balance,
  });
  if (method === "bullet") {
    const interest = divide_half_up(amount * whole * count, parts);
    return [row(count, interest, amount, 0n, interest + amount)];
  }
  // What is still owed after each payment, as numerators over `below`.
  let owed = [], below = count;
  if (method === "equal_instalment" && whole) {
    const powers = [parts ** count];
    for (let k = 0n; k < count; k++) powers.push(powers.at(-1) / parts * (parts + whole));
    const top = powers.at(-1);
    owed = powers.map((power) => top - power);
    below = top - powers[0];
  } else if (method === "interest_only") {
    below = 1n;
    for (let k = 0n; k <= count; k++) owed.push(k < count ? 1n : 0n);
  } else for (let k = count; k >= 0n; k--) owed.push(k);
  const rows = [];
  for (let k = 1n; k <= count; k++) {
    const base = method === "flat" ? below : owed[k - 1n], paid = owed[k - 1n] - owed[k];
    rows.push(row(
      k,
      divide_half_up(amount * base * whole, below * parts),
      divide_half_up(amount * paid, below),
      divide_half_up(amount * owed[k], below),
      divide_half_up(amount * (base * whole + paid * parts), below * parts),
    ));
  }
  return rows;
}

/** Equal monthly instalments with the same sum of principal on top each month. */
export function extra_every_period(principal_fen, annual_rate_ppm, periods, extra_fen, rounding = "half_up") {
  const extra = check_integer("extra_fen", extra_fen, 0n, MAX_FEN);
  const loan = read({ principal_fen, method: "equal_instalment", annual_rate_ppm, periods, rounding }, "", {});
  const instalment_fen = begin(loan).level;
  const [plain, more] = [0n, extra].map((on_top) => {
    const rows = [], state = begin(loan);
    state.level += on_top;
    walk(loan, rows, loan.periods, state);
    return rows.at(-1);
  });
  return {
    instalment_fen,
    periods: more.number,
    interest_fen: more.interest_total_fen,
    periods_saved: plain.number - more.number,
    saved_interest_fen: plain.interest_total_fen - more.interest_total_fen,
  };
}

/** Rebate under the British early-settlement regulations of 2004, whose examples test the arithmetic. */
export function uk_rebate(principal_fen, payment_fen, periods, apr_ppm, settled_after,
    part_numerator = 0n, part_denominator = 1n, rate_decimals = 6n) {
  const principal = check_integer("principal_fen", principal_fen, 1n, MAX_FEN);
  const payment = check_integer("payment_fen", payment_fen, 0n, MAX_FEN);
  const count = check_integer("periods", periods, 1n, MAX_PERIODS);
  const apr = check_integer("apr_ppm", apr_ppm, 0n, MAX_RATE_PPM);
  const settled = check_integer("settled_after", settled_after, 0n, count);
  const below = check_integer("part_denominator", part_denominator, 1n, 366n);
  const above = check_integer("part_numerator", part_numerator, 0n, below - 1n);
  const decimals = check_integer("rate_decimals", rate_decimals, 1n, 12n);
  const parts = 10n ** decimals;
  const month = parts + divide_half_up(effective_to_nominal(apr * 10n ** 6n, 12n), 12n * 10n ** (12n - decimals));
  // Owed at the last payment made, over parts ^ settled, then grown over the part of a month.
  let owed = principal * month ** settled;
  for (let k = 1n; k <= settled; k++) owed -= payment * month ** (settled - k) * parts ** k;
  const grown = nth_root(((month ** above) << (WORK_BITS * below)) / parts ** above, below);
  const unit = parts ** settled * ONE;
  return divide_half_up(payment * (count - settled) * unit - owed * grown, unit);
}
