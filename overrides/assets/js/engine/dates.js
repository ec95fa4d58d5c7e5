// Twin of macros/engine/dates.py: civil dates as day numbers, without a clock or a Date object.
// Every operand of / and % here is positive, so BigInt's cut equals Python's floor.

import { InputError } from "./errors.js";

export const FIRST_YEAR = 1900n, LAST_YEAR = 2200n;

const smaller = (a, b) => (a < b ? a : b);
const iso = (year, month, day) =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

export const is_leap_year = (year) => year % 4n === 0n && (year % 100n !== 0n || year % 400n === 0n);

export const days_in_month = (year, month) =>
  month === 2n ? (is_leap_year(year) ? 29n : 28n) : [4n, 6n, 9n, 11n].includes(month) ? 30n : 31n;

export function day_of_civil(year, month, day) {
  const early = month <= 2n;
  const shifted = early ? year - 1n : year;
  return 365n * shifted + shifted / 4n - shifted / 100n + shifted / 400n +
    (153n * (month + (early ? 9n : -3n)) + 2n) / 5n + day - 719_469n;
}

export function civil_of_day(number) {
  const days = number + 719_468n;
  const era = days / 146_097n, of_era = days % 146_097n;
  const year = (of_era - of_era / 1460n + of_era / 36_524n - of_era / 146_096n) / 365n;
  const of_year = of_era - (365n * year + year / 4n - year / 100n);
  const march = (5n * of_year + 2n) / 153n;
  const day = of_year - (153n * march + 2n) / 5n + 1n;
  const month = march < 10n ? march + 3n : march - 9n;
  return [era * 400n + year + (month <= 2n ? 1n : 0n), month, day];
}

export function parse_iso(text, field = "date") {
  if (text === null || text === undefined) throw new InputError(field, "required");
  const match = typeof text === "string" && /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match) {
    const [year, month, day] = match.slice(1).map(BigInt);
    if (year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1n && month <= 12n &&
        day >= 1n && day <= days_in_month(year, month)) return [year, month, day];
  }
  throw new InputError(field, "date", text);
}

export const to_day = (text, field = "date") => day_of_civil(...parse_iso(text, field));

export const from_day = (number) => iso(...civil_of_day(number));

/** Count from the first date, never from the previous result: 31 Jan, 28 Feb, 31 Mar. */
export function add_months(text, months) {
  const [year, month, day] = parse_iso(text);
  const index = year * 12n + month - 1n + BigInt(months);
  const to_year = index / 12n, to_month = index % 12n + 1n;
  return iso(to_year, to_month, smaller(day, days_in_month(to_year, to_month)));
}
