// Twin of macros/engine/limits.py: which legal line belongs beside a rate, for which lender and date.

import { from_day, parse_iso, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { divide_half_up, percent_to_ppm } from "./money.js";

export const LINES = {
  private: ["private_lending_ceiling"],
  bank: ["financial_loan_reduction_line"],
  consumer_finance: ["financial_loan_reduction_line"],
  micro_loan: ["micro_loan_new_loan_line", "micro_loan_lpr_target", "micro_loan_short_term",
    "financial_loan_reduction_line"],
  facilitated: ["facilitated_loan_reading", "financial_loan_reduction_line"],
  credit_card: ["card_charge_reduction", "financial_loan_reduction_line"],
  unlicensed: ["unlicensed_lender_interest"],
};
export const LENDER_TYPES = [...Object.keys(LINES), "unknown"];
// Beside what the overdue days cost. The supervisory lines on all-in cost are shown, not compared;
// the line on damages stands once, under no type of lender.
export const LINES_OVERDUE = {
  private: ["private_lending_overdue_total"],
  bank: ["financial_loan_reduction_line", "penalty_interest_markup"],
  consumer_finance: ["financial_loan_reduction_line"],
  micro_loan: ["financial_loan_reduction_line", "micro_loan_new_loan_line"],
  facilitated: ["financial_loan_reduction_line", "facilitated_loan_reading"],
  credit_card: ["card_charge_reduction", "financial_loan_reduction_line"],
  unlicensed: ["unlicensed_lender_interest"],
  any: ["liquidated_damages_excess"],
};
export const PURPOSES = { cost: LINES, overdue: LINES_OVERDUE };
export const INFORMATION = ["penalty_interest_markup", "micro_loan_new_loan_line", "facilitated_loan_reading",
  "liquidated_damages_excess"];
// These hold for what a court decides from their first day on, whenever the contract was made.
export const UNDATED = ["card_charge_reduction", "liquidated_damages_excess"];

/** The entry of a dated list that was in force on a day; "2025-12" = only the month is known. */
export function value_on(values, date, field = "date") {
  parse_iso(date, field);
  let later = false;
  for (const entry of values) {
    const first = entry.from ?? null, last = entry.until ?? null;
    if ([first, last].includes(date.slice(0, 7))) throw new InputError(field, "uncertain", date);
    // ISO text sorts as dates do, and "2025-12" sorts before every day of that month.
    if (first !== null && date < first) later = true;
    else if (last === null || date <= last) return entry;
  }
  throw new InputError(field, later ? "before_first_value" : "after_last_value", date);
}

/** One-year LPR in force on a day, in ppm. */
export function lpr_on(lpr_rows, date, field = "date") {
  parse_iso(date, field);
  const in_force = lpr_rows.filter((row) => row.effective_date <= date);
  if (!in_force.length) throw new InputError(field, "before_first_value", date);
  return percent_to_ppm(in_force.reduce((a, b) => (b.effective_date > a.effective_date ? b : a)).lpr_1y_percent);
}

export function position(rate_e12, rate_ppm) {
  const line = BigInt(rate_ppm) * 10n ** 6n;
  return rate_e12 > line ? "above" : rate_e12 < line ? "below" : "at";
}

export function comparison_lines(lender_type, contract_date, limits, lpr_rows, lpr_verified_until,
    typed_lpr_ppm = null, disbursement_date = null, within_one_month = null, purpose = "cost") {
  check_choice("lender_type", lender_type, LENDER_TYPES);
  const table = PURPOSES[check_choice("purpose", purpose, Object.keys(PURPOSES))];
  const dates = { contract_date, disbursement_date };
  for (const [field, date] of Object.entries(dates)) if (date !== null) parse_iso(date, field);
  const typed = typed_lpr_ppm === null ? null : check_integer("typed_lpr_ppm", typed_lpr_ppm, 0n, 10n ** 6n);
  const quotes = { lpr_rows, verified_until: lpr_verified_until, typed };
  const types = lender_type === "unknown" ? Object.keys(table) : [lender_type];
  // A contract with an unlicensed lender is void, so no damages are owed under it.
  if (purpose === "overdue" && !["unknown", "unlicensed"].includes(lender_type)) types.push("any");
  const build = purpose === "cost" ? line_of : overdue_line;
  return types.flatMap((type) => table[type]
    .filter((limit_id) => limit_id in limits && limits[limit_id].publish !== "hold")
    .map((limit_id) => build(type, limit_id, limits, dates, quotes, within_one_month)));
}

function overdue_line(lender_type, limit_id, limits, given, quotes, within_one_month) {
  const undated = { contract_date: null, disbursement_date: null };
  const dates = UNDATED.includes(limit_id) ? undated : given;
  const contract_date = dates.contract_date, values = limits[limit_id].values;
  const bare = () => line_of(lender_type, limit_id, limits, undated, quotes, within_one_month);
  if (INFORMATION.includes(limit_id)) {
    const line = bare();
    const shown = { ...line, status: "information", value: values[0].value, unit: values[0].unit };
    const stand_in = dates[line.decided_by] === null && contract_date !== null;
    const date_used = stand_in ? contract_date : dates[line.decided_by];
    if (date_used === null) return shown;
    try {
      value_on(values, date_used);
    } catch (error) {
      return { ...line, status: rule_of(error), date_used, stand_in };
    }
    return { ...shown, date_used, stand_in };
  }
  if (limit_id === "private_lending_overdue_total" && contract_date !== null) {
    const change = limits.private_lending_transition.values[0].value;
    if (contract_date < change) {
      // Article 31: interest to the day before follows the rule of that time, whose number for
      // the overdue total is not verified; later interest follows the day the case is filed.
      return { ...bare(), status: "transition", date_used: contract_date, parts: [
        { from: null, until: from_day(to_day(change) - 1n), rate_ppm: null },
        { from: change, until: null, rate_ppm: null },
      ] };
    }
  }
  return line_of(lender_type, limit_id, limits, dates, quotes, within_one_month);
}

function line_of(lender_type, limit_id, limits, dates, quotes, within_one_month) {
  const limit = limits[limit_id], values = limit.values;
  // Only the payout decides for new loans of micro-loan companies; the contract stands in for it.
  const decided_by = limit.decided_by === "disbursement_date" ? "disbursement_date" : "contract_date";
  const stand_in = dates[decided_by] === null && dates.contract_date !== null;
  const date = stand_in ? dates.contract_date : dates[decided_by];
  const short_term = "term_months_max" in values[0];
  const line = {
    lender_type,
    limit_id,
    rate_ppm: null,
    status: "line",
    binding_force: limit.binding_force,
    invoked: limit.invoked,
    publish: limit.publish,
    value: null,
    unit: null,
    lpr_ppm: null,
    lpr_date: null,
    lpr_source: null,
    decided_by,
    date_used: date,
    stand_in,
    first_date: values[0].from ?? null,
    deadline: null,
    short_term_only: short_term,
    parts: [],
  };
  if ((short_term && within_one_month === false) ||
      (limit_id === "micro_loan_lpr_target" && within_one_month === true)) {
    return { ...line, status: "not_applicable" };
  }
  if (date === null) {
    return { ...line, status: values.every(({ value }) => value === null) ? "no_number" : "date_needed" };
  }
  let entry;
  try {
    entry = value_on(values, date, decided_by);
  } catch (error) {
    return { ...line, status: rule_of(error) };
  }
  Object.assign(line, { value: entry.value, unit: entry.unit, deadline: entry.deadline ?? null });
  if (entry.value === null) return { ...line, status: "no_number", unit: null };
  if (limit_id === "private_lending_ceiling") {
    const change = limits.private_lending_transition.values[0].value;
    if (date < change) {
      // Article 31: the old number covers interest up to the day before; from then on it is
      // four times the LPR of the day the case is filed, which the reader does not know yet.
      const until = from_day(to_day(change) - 1n);
      return { ...line, status: "transition", parts: [
        { from: null, until, rate_ppm: percent_to_ppm(entry.value) },
        { from: change, until: null, rate_ppm: null },
      ] };
    }
  }
  if (entry.unit === "percent_per_year") return { ...line, rate_ppm: percent_to_ppm(entry.value) };
  return with_lpr(line, entry, date, quotes);
}

function with_lpr(line, entry, date, { lpr_rows, verified_until, typed }) {
  const unverified = date > verified_until;
  if (unverified && typed === null) return { ...line, status: "lpr_unverified", lpr_date: date };
  let lpr_ppm = typed;
  if (!unverified) {
    try {
      lpr_ppm = lpr_on(lpr_rows, date);
    } catch (error) {
      return { ...line, status: rule_of(error) };
    }
  }
  const rate_ppm = divide_half_up(lpr_ppm * percent_to_ppm(entry.value), 10_000n);
  return { ...line, rate_ppm, lpr_ppm, lpr_date: date, lpr_source: unverified ? "typed" : "verified" };
}

function rule_of(error) {
  if (error instanceof InputError) return error.rule;
  throw error;
}
