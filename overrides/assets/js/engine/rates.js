// Twin of macros/engine/rates.py: rates of the usual kinds of plan, put into the terms of roots.js.

import { day_of_civil, is_leap_year, parse_iso, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";
import { E12, nth_root, solve } from "./roots.js";

export const MAX_FLOWS = 720, MAX_UNITS_PER_YEAR = 1_000_000n;
export const DAY_COUNTS = { "act/365f": 365n, "act/360": 360n, "30/360": 360n, "act/act": 365n * 366n };

const smaller = (a, b) => (a < b ? a : b);
const larger = (a, b) => (a > b ? a : b);

/** Internal rate of return of amounts at equal distances. */
export function irr(amounts, periods_per_year = 12n) {
  const periods = check_integer("periods_per_year", periods_per_year, 1n, 366n);
  check_count("amounts", amounts);
  const flows = amounts.map((amount, k) =>
    [2n * BigInt(k), check_integer(`amounts.${k}`, amount, -MAX_FEN, MAX_FEN)]);
  return solve(flows, 2n * periods, periods, "amounts");
}

/** Internal rate of return of dated flows [{date, amount_fen}]. */
export function xirr(flows, day_count = "act/365f") {
  check_choice("day_count", day_count, Object.keys(DAY_COUNTS));
  check_count("flows", flows);
  const days = flows.map((flow, k) => to_day(flow.date, `flows.${k}.date`));
  const first = days.reduce((a, b) => (b < a ? b : a));
  const start = flows[days.indexOf(first)].date;
  const timed = flows.map((flow, k) => [
    day_count_units(day_count, start, flow.date),
    check_integer(`flows.${k}.amount_fen`, flow.amount_fen, -MAX_FEN, MAX_FEN),
  ]);
  return solve(timed, DAY_COUNTS[day_count], 12n);
}

/** Length in units of 1 / DAY_COUNTS[day_count] year. */
export function day_count_units(day_count, start, end) {
  let [from_year, from_month, from_date] = parse_iso(start);
  let [to_year, to_month, to_date] = parse_iso(end);
  const first = to_day(start), last = to_day(end);
  if (day_count === "30/360") {
    from_date = smaller(from_date, 30n);
    if (from_date === 30n) to_date = smaller(to_date, 30n);
    return 360n * (to_year - from_year) + 30n * (to_month - from_month) + to_date - from_date;
  }
  if (day_count === "act/act") {
    let units = 0n;
    for (let year = from_year; year <= to_year; year++) {
      const begin = larger(first, day_of_civil(year, 1n, 1n));
      const finish = smaller(last, day_of_civil(year + 1n, 1n, 1n));
      units += (finish - begin) * (is_leap_year(year) ? 365n : 366n);
    }
    return units;
  }
  return last - first;
}

/** Rate of flows [numerator, denominator, amount] at fractions of a year (European APR). */
export function flows_in_years(flows) {
  check_count("flows", flows);
  let units = 2n;
  const read = flows.map(([numerator, denominator, amount], k) => {
    const below = check_integer(`flows.${k}.denominator`, denominator, 1n, MAX_UNITS_PER_YEAR);
    const above = check_integer(`flows.${k}.numerator`, numerator, 0n, 100n * below);
    const money = check_integer(`flows.${k}.amount`, amount, -MAX_FEN, MAX_FEN);
    let [a, b] = [units, below];
    while (b) [a, b] = [b, a % b];
    units = units / a * below;
    check_integer("flows.units_per_year", units, 1n, MAX_UNITS_PER_YEAR);
    return [above, below, money];
  });
  return solve(read.map(([above, below, money]) => [above * (units / below), money]), units, 12n);
}

export function nominal_to_effective(rate_e12, periods_per_year) {
  const periods = check_integer("periods_per_year", periods_per_year, 1n, 366n);
  const whole = periods * E12;
  const rate = check_integer("rate_e12", rate_e12, 1n - whole, 1000n * whole);
  const scale = whole ** periods;
  return divide_half_up(((whole + rate) ** periods - scale) * E12, scale);
}

export function effective_to_nominal(rate_e12, periods_per_year) {
  const periods = check_integer("periods_per_year", periods_per_year, 1n, 366n);
  const rate = check_integer("rate_e12", rate_e12, 1n - E12, 10n ** 36n * E12);
  const bits = 96n;
  const root = nth_root(((E12 + rate) << (bits * periods)) / E12, periods);
  return divide_half_up((root - (1n << bits)) * periods * E12, 1n << bits);
}

/** Rate of a flat plan (等本等息); the rate is that of the rounded instalment. */
export function flat_to_apr(principal_fen, periods, flat_rate_e12, upfront_fee_fen = 0n,
    per_period_fee_fen = 0n, periods_per_year = 12n) {
  const principal = check_integer("principal_fen", principal_fen, 1n, MAX_FEN);
  const count = check_integer("periods", periods, 1n, 360n);
  const flat = check_integer("flat_rate_e12", flat_rate_e12, 0n, 10n * E12);
  const upfront = check_integer("upfront_fee_fen", upfront_fee_fen, 0n, principal - 1n);
  const fee = check_integer("per_period_fee_fen", per_period_fee_fen, 0n, MAX_FEN);
  const yearly = check_integer("periods_per_year", periods_per_year, 1n, 366n);
  const share = divide_half_up(principal, count);
  const flat_fee = divide_half_up(principal * flat, E12);
  const each = flat_fee + fee;
  const flows = [[0n, principal - upfront]];
  for (let k = 1n; k < count; k++) flows.push([2n * k, -share - each]);
  // The last share is what is left of the principal.
  flows.push([2n * count, -(principal - share * (count - 1n)) - each]);
  return {
    payment_fen: share + flat_fee,
    total_fee_fen: each * count + upfront,
    ...solve(flows, 2n * yearly, yearly, "periods"),
  };
}

function check_count(field, flows) {
  if (flows.length < 1 || flows.length > MAX_FLOWS) throw new InputError(field, "count", flows.length);
}
