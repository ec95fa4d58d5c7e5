// Twin of macros/engine/true_cost.py: what arrived, against everything that is paid.

import { check_sheet, comparable } from "./cost_sheet.js";
import { add_months, from_day, to_day } from "./dates.js";
import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";
import { ONE, balances, solve } from "./roots.js";

export const MAX_PERIODS = 360, MAX_FEES = 20, MAX_DAYS = 36_525n, MAX_RATE_PPM = 10n ** 9n;
export const FEE_KINDS = ["service", "guarantee", "membership", "insurance", "other"];
export const FEE_TIMES = ["once", "each"];
export const PERIOD_DAYS = { month: 0n, fortnight: 14n, week: 7n, day: 1n };

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0n);

export function true_cost(inputs) {
  const amount = check_integer("contract_amount_fen", inputs.contract_amount_fen, 1n, MAX_FEN);
  const received = check_integer("received_fen", inputs.received_fen ?? amount, 1n, MAX_FEN);
  if (received > amount) throw new InputError("received_fen", "above_contract", received);
  const received_date = inputs.received_date ?? null;
  const start = received_date === null ? null : to_day(received_date, "received_date");
  let stated = inputs.advertised_annual_rate_ppm ?? null;
  if (stated !== null) stated = check_integer("advertised_annual_rate_ppm", stated, 0n, MAX_RATE_PPM);

  const plan = read_repayment(inputs.repayment ?? null, received_date, start);
  const payments = plan.payments;
  // A row of a list that is 0 or negative is not an instalment, so no fee comes with it.
  const charged = payments.map(({ paid }) => plan.equal || paid > 0n);
  const fee_lines = read_fees(inputs.fees ?? [], BigInt(charged.filter(Boolean).length));
  const each = fee_lines.filter((fee) => fee.when === "each");
  const each_fee = sum(each.map((fee) => fee.amount_fen));
  const each_fees = sum(each.map((fee) => fee.total_fen));
  const once_fees = sum(fee_lines.map((fee) => fee.total_fen)) - each_fees;

  const net = received - once_fees;
  const fees = charged.map((is_charged) => (is_charged ? each_fee : 0n));
  const flows = [[0n, net], ...payments.map(({ time, paid }, k) => [time, -paid - fees[k]])];
  const actual = answer(flows, plan.units_per_year);
  const plain = answer([[0n, amount], ...payments.map(({ time, paid }) => [time, -paid])], plan.units_per_year);

  const instalments = sum(payments.map(({ paid }) => (paid > 0n ? paid : 0n)));
  const further = -sum(payments.map(({ paid }) => (paid < 0n ? paid : 0n)));
  const total_paid = instalments + once_fees + each_fees;
  const rate = actual.rate;
  const result = {
    status: actual.status,
    reason: actual.reason,
    rate,
    roots: actual.roots,
    contract_amount_fen: amount,
    received_fen: received,
    net_received_fen: net,
    further_received_fen: further,
    upfront_deduction_fen: amount - received,
    once_fees_fen: once_fees,
    each_fees_fen: each_fees,
    fees_total_fen: once_fees + each_fees,
    instalments_total_fen: instalments,
    total_paid_fen: total_paid,
    cost_fen: total_paid - received - further,
    fee_lines,
    rows: rows_of(payments, fees, flows, actual.position),
    advertised: {
      status: plain.status,
      reason: plain.reason,
      rate: plain.rate,
      roots: plain.roots,
      total_paid_fen: instalments,
      cost_fen: instalments - amount - further,
    },
    stated: stated === null ? null : {
      annual_rate_ppm: stated,
      difference_ppm: rate && rate.nominal_annual_rate_ppm - stated,
    },
    within_one_month: plan.within_one_month,
    comparable: null,
    sheet: null,
    conventions: conventions_of(plan, actual.status, amount - received, fee_lines, further),
  };
  const sheet = inputs.sheet ?? null;
  return sheet === null || sheet.shown === "skip" ? result : with_sheet(result, inputs, plan, actual);
}

/** The result with the check of the cost sheet. */
function with_sheet(result, inputs, plan, actual) {
  const { rows, fee_lines } = result;
  if (result.rate) {
    // Every instalment, and every fee in it, was rounded to the fen; so was each fee at payout.
    const each = fee_lines.filter((fee) => fee.when === "each").length;
    result.comparable = comparable(
      result.net_received_fen,
      plan.payments.map(({ time }, k) => [time, rows[k].total_fen]),
      rows.map((row) => row.balance_fen),
      actual,
      plan.units_per_year,
      plan.period_days,
      BigInt(rows.length * (1 + each) + fee_lines.length - each),
    );
  }
  result.sheet = check_sheet(inputs.sheet, result, inputs.cost_sheet_start, inputs.contract_date ?? null, inputs.lender ?? null);
  if (result.sheet.way) {
    result.conventions.push("sheet_rounding", ...(result.comparable.ways.length > 1 ? ["sheet_other_way"] : []));
  }
  return result;
}

/** Payments {time, date, paid} in order, and how they were read. */
function read_repayment(repayment, received_date, start) {
  if (repayment === null) throw new InputError("repayment", "required");
  const kind = check_choice("repayment.kind", repayment.kind, ["equal", "list"]);
  return (kind === "equal" ? read_equal : read_list)(repayment, received_date, start);
}

function read_equal(repayment, received_date, start) {
  const paid = check_integer("repayment.instalment_fen", repayment.instalment_fen, 0n, MAX_FEN);
  const periods = check_integer("repayment.periods", repayment.periods, 1n, BigInt(MAX_PERIODS));
  const period = check_choice("repayment.period", repayment.period ?? "month", Object.keys(PERIOD_DAYS));
  const days = PERIOD_DAYS[period];
  const payments = [];
  for (let k = 1n; k <= periods; k++) {
    const date = start === null ? null : days ? from_day(start + days * k) : add_months(received_date, k);
    payments.push({ time: k * (days || 1n), date, paid });
  }
  return {
    equal: true,
    units_per_year: days ? 365n : 12n,
    payments,
    within_one_month: days ? is_within_one_month(received_date, start, days * periods) : periods <= 1n,
    period_days: days,
    timing: days ? "equal_days" : "equal_months",
    dates_shown_only: start !== null && !days,
  };
}

function read_list(repayment, received_date, start) {
  const given = repayment.payments ?? null;
  if (given === null) throw new InputError("repayment.payments", "required");
  if (given.length < 1 || given.length > MAX_PERIODS) {
    throw new InputError("repayment.payments", "count", given.length);
  }
  const dated = given.filter(({ date }) => (date ?? null) !== null).length;
  if (dated > 0 && dated < given.length) {
    throw new InputError("repayment.payments", "mixed_dates", given.length - dated);
  }
  if (dated && start === null) throw new InputError("received_date", "required");
  const payments = given.map(({ date, amount_fen }, k) => {
    const path = `repayment.payments.${k}`;
    let time = BigInt(k + 1);
    if (dated) {
      time = to_day(date, `${path}.date`) - start;
      if (time < 0n) throw new InputError(`${path}.date`, "before_received", date);
      if (time > MAX_DAYS) throw new InputError(`${path}.date`, "too_late", date);
    }
    const paid = check_integer(`${path}.amount_fen`, amount_fen, -MAX_FEN, MAX_FEN);
    return { time, date: dated ? date : null, paid };
  });
  // Stable: payments of one day stay in the order in which they were given.
  payments.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return {
    equal: false,
    units_per_year: dated ? 365n : 12n,
    payments,
    within_one_month: dated
      ? is_within_one_month(received_date, start, payments.at(-1).time)
      : given.length <= 1,
    period_days: 0n,
    timing: dated ? "actual_days_365" : "undated_list_monthly",
    dates_shown_only: false,
  };
}

function is_within_one_month(received_date, start, days) {
  if (start !== null) return days <= to_day(add_months(received_date, 1n)) - start;
  // Without a date a month has 28 to 31 days.
  return days <= 28n ? true : days > 31n ? false : null;
}

function read_fees(fees, instalments) {
  if (fees.length > MAX_FEES) throw new InputError("fees", "count", fees.length);
  return fees.map((fee, k) => {
    const kind = check_choice(`fees.${k}.kind`, fee.kind, FEE_KINDS);
    const when = check_choice(`fees.${k}.when`, fee.when, FEE_TIMES);
    const amount_fen = check_integer(`fees.${k}.amount_fen`, fee.amount_fen, 0n, MAX_FEN);
    const count = when === "once" ? 1n : instalments;
    return { kind, when, amount_fen, count, total_fen: amount_fen * count };
  });
}

function answer(flows, units_per_year) {
  const { status, reason, roots: solved, positions } = solve(flows, units_per_year, 12n, "repayment.payments");
  const names = ["monthly_rate", "nominal_annual_rate", "effective_annual_rate"];
  const roots = solved.map((root) => Object.fromEntries(Object.values(root).flatMap((rate, k) =>
    [[`${names[k]}_e12`, rate], [`${names[k]}_ppm`, divide_half_up(rate, 10n ** 6n)]])));
  const one = status === "one";
  return { status, reason, roots, rate: one ? roots[0] : null, position: one ? positions[0] : null };
}

function rows_of(payments, fees, flows, position) {
  let owed = null;
  if (position !== null) {
    owed = balances(flows, position).map((balance) => divide_half_up(balance, ONE));
    // Both ends are known exactly; the solved rate meets them up to the last bits only.
    owed[0] = flows[0][1];
    owed[owed.length - 1] = 0n;
  }
  return payments.map(({ date, paid }, k) => {
    const principal = owed && owed[k] - owed[k + 1];
    return {
      number: BigInt(k + 1),
      date,
      instalment_fen: paid,
      fee_fen: fees[k],
      total_fen: paid + fees[k],
      interest_part_fen: owed && paid + fees[k] - principal,
      principal_part_fen: principal,
      balance_fen: owed && owed[k + 1],
    };
  });
}

function conventions_of(plan, status, deduction, fee_lines, further) {
  const by_day = plan.units_per_year === 365n;
  const charges = (when) => fee_lines.some((fee) => fee.when === when);
  return [
    [plan.timing, true],
    ["dates_shown_only", plan.dates_shown_only],
    [by_day ? "nominal_from_effective" : "nominal_twelve_times_monthly", true],
    ["effective_compound", true],
    ["upfront_deduction", deduction > 0n],
    ["once_fees_at_payout", charges("once")],
    ["each_fees_with_instalment", charges("each")],
    ["further_received", further > 0n],
    ["rows_exact_balance_half_up", status === "one"],
    ["range_of_rates", status === "none" || status === "out_of_range"],
  ].filter(([, applies]) => applies).map(([key]) => key);
}
