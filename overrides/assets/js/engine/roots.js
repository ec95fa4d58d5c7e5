// Twin of macros/engine/roots.py, where the method and its proofs are written down.
// In short: sum(amount * w^time) = 0 for the discount factor w over one whole unit of time. A rate
// is a grid position z: w = 1 - z for z >= 0, 1/w = 1 + z below. Fixed point, every product cut
// by >>, which rounds down for BigInt as in Python.

import { InputError } from "./errors.js";
import { divide_half_up } from "./money.js";

export const E12 = 10n ** 12n;
export const WORK_BITS = 192n, GRID_BITS = 144n;
export const ONE = 1n << WORK_BITS, GRID_ONE = 1n << GRID_BITS;
export const GRID_END = GRID_ONE - (1n << (GRID_BITS - 64n));
export const YEARLY_GROWTH_LIMIT = 10n ** 36n;
export const MAX_TURNS = 40, PATIENCE = 4n;

const absolute = (number) => (number < 0n ? -number : number);
const base_at = (position) => (GRID_ONE - absolute(position)) << (WORK_BITS - GRID_BITS);

/** Largest integer whose power is not above number. */
export function nth_root(number, degree) {
  if (number < 2n || degree === 1n) return number;
  const bits = BigInt(number.toString(2).length);
  let guess = 1n << ((bits + degree - 1n) / degree);
  for (;;) {
    const better = ((degree - 1n) * guess + number / guess ** (degree - 1n)) / degree;
    if (better >= guess) return guess;
    guess = better;
  }
}

/** base ** exponent in fixed point, 0 <= base <= ONE. */
export function power(base, exponent) {
  let result = ONE;
  while (exponent) {
    if (exponent & 1n) result = (result * base) >> WORK_BITS;
    exponent >>= 1n;
    if (exponent) base = (base * base) >> WORK_BITS;
  }
  return result;
}

/** Growth factor over a number of units. */
export function growth(position, units) {
  const part = power(base_at(position), units);
  return position < 0n ? part : (ONE << WORK_BITS) / part;
}

/** Join flows [time, amount] of the same time, drop zeros, order by time, begin at time 0. */
export function make_terms(flows) {
  const sums = new Map();
  for (const [time, amount] of flows) sums.set(time, (sums.get(time) ?? 0n) + amount);
  const kept = [...sums].filter(([, amount]) => amount).sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.map(([time, amount]) => [time - kept[0][0], amount]);
}

/** What is still owed after each flow: from the future at rates >= 0, from the past below. */
export function balances(flows, position) {
  const owed = flows.map(() => 0n);
  value_at(prepare(flows), position, owed);
  return owed;
}

/** What every evaluation needs: scaled amounts, distinct gaps, and which gap precedes each. */
function prepare(terms) {
  const gaps = [], which = [0], seen = new Map();
  for (let k = 1; k < terms.length; k++) {
    const gap = terms[k][0] - terms[k - 1][0];
    if (!seen.has(gap)) seen.set(gap, gaps.push(gap) - 1);
    which.push(seen.get(gap));
  }
  return { amounts: terms.map(([, amount]) => amount << WORK_BITS), gaps, which };
}

/** The sum at a position up to a positive factor, by Horner's rule. */
function value_at({ amounts, gaps, which }, position, owed = null) {
  const base = base_at(position), last = amounts.length - 1;
  const factors = gaps.map((gap) => power(base, gap));
  let total = amounts[position < 0n ? 0 : last];
  if (position < 0n) {
    if (owed) owed[0] = total;
    for (let k = 1; k <= last; k++) {
      total = ((total * factors[which[k]]) >> WORK_BITS) + amounts[k];
      if (owed) owed[k] = total;
    }
  } else {
    for (let k = last - 1; k >= 0; k--) {
      total = (total * factors[which[k + 1]]) >> WORK_BITS;
      if (owed) owed[k] = -total;
      total += amounts[k];
    }
  }
  return total;
}

function sign_of(terms, value) {
  const sum = terms.reduce((total, [, amount]) => total + absolute(amount), 0n);
  const bound = sum * 2n * (terms.at(-1)[0] + BigInt(terms.length));
  return absolute(value) <= bound ? 0 : value > 0n ? 1 : -1;
}

/** Last grid position before the sign changes between low and high. */
function locate(prepared, low, low_value, high, high_value) {
  let steps = 0n, width = high - low, kept = 0;
  let low_weight = absolute(low_value), high_weight = absolute(high_value);
  while (high - low > 1n) {
    let middle;
    if (steps === PATIENCE && (high - low) << PATIENCE > width) {
      middle = (low + high) >> 1n;
      steps = 0n;
      width = high - low;
    } else {
      if (steps === PATIENCE) {
        steps = 0n;
        width = high - low;
      }
      middle = low + (high - low) * low_weight / (low_weight + high_weight);
      if (middle <= low) middle = low + 1n;
      if (middle >= high) middle = high - 1n;
      steps += 1n;
    }
    const value = value_at(prepared, middle);
    if (value === 0n) return middle;
    if (value > 0n === low_value > 0n) {
      [low, low_value, low_weight] = [middle, value, absolute(value)];
      if (kept > 0) high_weight = high_weight >> 1n || 1n;
      kept = 1;
    } else {
      [high, high_value, high_weight] = [middle, value, absolute(value)];
      if (kept < 0) low_weight = low_weight >> 1n || 1n;
      kept = -1;
    }
  }
  return low;
}

/** Indices after which the amounts change sign. */
const turns_of = (terms) => [...terms.keys()].slice(0, -1)
  .filter((k) => terms[k][1] > 0n !== terms[k + 1][1] > 0n);

/** Every position at which the sum is zero, ascending. */
export function unit_roots(terms) {
  const turns = turns_of(terms);
  if (!turns.length) return [];
  if (turns.length === 1) return single_root(terms);
  const time_twice = terms[turns[0]][0] + terms[turns[0] + 1][0];
  const derivative = terms.map(([time, amount]) => [time, amount * (time_twice - 2n * time)]);
  const points = [-GRID_END, ...unit_roots(derivative), GRID_END];
  const prepared = prepare(terms);
  const values = points.map((point) => value_at(prepared, point));
  const signs = values.map((value) => sign_of(terms, value));
  const roots = [];
  points.forEach((point, k) => {
    if (k && signs[k - 1] * signs[k] < 0) {
      roots.push(locate(prepared, points[k - 1], values[k - 1], point, values[k]));
    }
    if (signs[k] === 0) roots.push(point);
  });
  return roots;
}

function single_root(terms) {
  let low_value = terms.reduce((total, [, amount]) => total + amount, 0n) << WORK_BITS;
  if (low_value === 0n) return [0n];
  const prepared = prepare(terms);
  // The first term wins as w falls to 0: with another sign than the sum at w = 1, the root is above.
  const side = low_value > 0n !== terms[0][1] > 0n ? 1n : -1n;
  let low = 0n, high = GRID_ONE >> 12n, high_value;
  for (;;) {
    high_value = value_at(prepared, side * high);
    if (high_value > 0n !== low_value > 0n) break;
    if (high === GRID_END) return [];
    [low, low_value, high] = [high, high_value, high * 4n < GRID_END ? high * 4n : GRID_END];
  }
  return [side > 0n
    ? locate(prepared, low, low_value, high, high_value)
    : locate(prepared, -high, high_value, -low, low_value)];
}

/** Rates of a position, in 10^-12: per period, nominal and effective per year. */
export function rates_at(position, units_per_year, periods_per_year) {
  const yearly = growth(position, units_per_year);
  const periodic = units_per_year % periods_per_year === 0n
    ? growth(position, units_per_year / periods_per_year)
    : nth_root(yearly << (WORK_BITS * (periods_per_year - 1n)), periods_per_year);
  return {
    periodic_rate_e12: divide_half_up((periodic - ONE) * E12, ONE),
    nominal_annual_rate_e12: divide_half_up((periodic - ONE) * periods_per_year * E12, ONE),
    effective_annual_rate_e12: divide_half_up((yearly - ONE) * E12, ONE),
  };
}

/** Every rate of a plan of [time, amount]: {status, reason, roots, positions}. */
export function solve(flows, units_per_year, periods_per_year, field = "flows") {
  const terms = make_terms(flows);
  const turns = turns_of(terms).length;
  if (turns > MAX_TURNS) throw new InputError(field, "too_many_turns", turns);
  if (turns === 0) {
    const signs = terms.length ? terms.slice(0, 1) : flows;
    const paid = signs.some(([, amount]) => amount < 0n);
    const received = signs.some(([, amount]) => amount > 0n);
    const reason = paid === received ? "no_balance" : paid ? "nothing_received" : "nothing_paid";
    return { status: "none", reason, roots: [], positions: [] };
  }
  const roots = [], positions = [], outside = new Set();
  for (const position of unit_roots(terms)) {
    const yearly = power(base_at(position), units_per_year);
    // The margin is wider than the rounding of a power, so the ends of the range are inside.
    if ((yearly + (yearly >> 40n)) * YEARLY_GROWTH_LIMIT < ONE) {
      outside.add(position > 0n ? "above_range" : "below_range");
      continue;
    }
    const rates = rates_at(position, units_per_year, periods_per_year);
    if (!roots.some((root) => Object.keys(rates).every((key) => root[key] === rates[key]))) {
      roots.push(rates);
      positions.push(position);
    }
  }
  let status = "none", reason = "no_balance";
  if (roots.length) [status, reason] = [roots.length === 1 ? "one" : "several", null];
  else if (outside.size) [status, reason] = ["out_of_range", outside.size === 1 ? [...outside][0] : "both_sides"];
  return { status, reason, roots, positions };
}
