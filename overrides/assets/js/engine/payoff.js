// Twin of macros/engine/payoff.py: paying off several debts from one monthly sum.

import { InputError, check_choice, check_integer } from "./errors.js";
import { MAX_FEN, divide_half_up } from "./money.js";

export const MAX_DEBTS = 30, MAX_MONTHS = 600, MAX_DEBT_RATE_PPM = 10n ** 8n, MAX_NAME = 40;
export const STRATEGIES = ["prorata", "avalanche", "snowball", "listed"];
export const NEEDS = ["rent_fen", "food_fen", "medicine_fen", "children_fen", "transport_fen", "other_fen"];
// floor((balance * (UNIT + 2 * ppm) + YEAR) / UNIT) adds a month's interest half-up.
const YEAR = 12_000_000n, UNIT = 2n * YEAR;
const SHOWN = 12;
const MILLION = 1_000_000n;

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0n);
const lower = (a, b) => (a < b ? a : b);
const due_of = (debt) => (debt.balance_fen * debt.growth + YEAR) / UNIT;
const kept = (list) => list.filter(([, applies]) => applies);
const said = (list) => kept(list).map(([key, , values]) => ({ key, ...values }));

export function payoff(debts, budget_fen, strategy, pay_first = false) {
  const given = read_debts(debts ?? null, false);
  const budget = check_integer("budget_fen", budget_fen, 1n, MAX_FEN);
  check_choice("strategy", strategy, STRATEGIES);
  const needed = sum(given.map((debt) => lower(debt.min_payment_fen, pay_first ? debt.balance_fen : due_of(debt))));
  if (budget < needed) throw new InputError("budget_fen", "below_minimums", budget);
  return simulate(given, budget, strategy, pay_first, true);
}

export function affordable_plan(inputs) {
  const { money, budget, excess } = left_over(inputs);
  const strategy = check_choice("strategy", inputs.strategy ?? "prorata", STRATEGIES);
  const rate = check_integer("instalment_rate_ppm", inputs.instalment_rate_ppm ?? 0n, 0n, MAX_DEBT_RATE_PPM);
  const years = check_integer("instalment_years", inputs.instalment_years, 1n, 30n);
  if (budget === null) {
    return { status: "nothing_left", ...money, budget_fen: null, messages: [], conventions: [] };
  }

  const debts = read_debts(inputs.debts ?? null, true);
  const owed = sum(debts.map((debt) => debt.balance_fen)), interest = sum(debts.map((debt) => debt.interest_fen));
  const settlement = settlement_of(inputs.settlement ?? null, owed, budget);
  const instalments = debts.filter((debt) => debt.typed_payment).map((debt) => debt.min_payment_fen);
  const due = sum(debts.map((debt) => lower(debt.min_payment_fen, due_of(debt))));
  const short = due > budget ? due - budget : null;
  const bound = short ? debts.map((debt) => ({ ...debt, min_payment_fen: 0n })) : debts;

  const plans = {}, strategies = {};
  for (const name of STRATEGIES) {
    const used = name !== "listed" || strategy === "listed";
    if (used) plans[name] = simulate(bound, budget, name, false, name === strategy);
    strategies[name] = used ? summary_of(plans[name], budget) : null;
  }
  const chosen = plans[strategy], plan = strategies[strategy];
  const offers = offers_of(bound, debts, budget, plans);
  const paying_on = paying_on_of(debts, budget);
  // With no further interest the sum owed is paid off in so many months.
  const frozen_months = (owed + budget - 1n) / budget;
  const instalment_plan = instalments_of(owed, rate, 12n * years, budget);
  const no_rate = debts.filter((debt) => !debt.typed_rate).length;
  return {
    status: chosen.status === "done" ? "plan" : chosen.status,
    ...money,
    budget_fen: budget,
    owed_fen: owed,
    debt_count: debts.length,
    month_interest_fen: interest,
    instalments_fen: instalments.length ? sum(instalments) : null,
    instalments_kept: due > 0n && !short,
    short_fen: short,
    frozen_months,
    strategy,
    plan,
    strategies,
    compare: { settlement, instalments: instalment_plan, paying_on, plan },
    offers,
    offers_fen: sum(offers.map((row) => row.offer_fen)),
    never_all: chosen.never.length === debts.length,
    never: never_of(chosen, offers, strategies, interest, frozen_months),
    rows: chosen.rows,
    messages: said([
      ["short", short, { due_fen: due, short_fen: short }],
      ["above_left", excess, { excess_fen: excess }],
      ["no_rate", no_rate, { count: no_rate }],
    ]),
    cautions: said([
      ["settlement_in_writing", settlement, {}],
      ["instalments_by_consent", true, { years, months: 12n * years }],
      ["instalments_above_budget", instalment_plan.over_fen,
        { months: 12n * years, monthly_fen: instalment_plan.monthly_fen, over_fen: instalment_plan.over_fen }],
      ["paying_on_never", paying_on?.never_count, { numbers: paying_on?.never_numbers }],
      ["paying_on_unknown", !paying_on, {}],
    ]),
    before_letter: said([["restarts_limitation", true, {}], ["after_limitation", true, {}]]),
    conventions: conventions_of(debts, plans, short),
  };
}

/** The sums of money, the monthly budget (null: nothing is left), and by how much a typed budget is above what is left. */
function left_over(inputs) {
  const income = inputs.income ?? {}, needs = inputs.needs ?? {}, own = income.own_fen ?? null;
  let typed = inputs.budget_fen ?? null;
  if (typed !== null) typed = check_integer("budget_fen", typed, 1n, MAX_FEN);
  if (own === null && typed === null) throw new InputError("income.own_fen", "required");
  const earned = optional("income.own_fen", own) + optional("income.other_fen", income.other_fen);
  const needed = sum(NEEDS.map((key) => optional(`needs.${key}`, needs[key])));
  const share = check_integer("reserve_ppm", inputs.reserve_ppm ?? 0n, 0n, 900_000n);
  if (own === null) {
    return { money: { income_fen: null, needs_fen: needed || null, left_fen: null, reserve_fen: null }, budget: typed, excess: null };
  }
  const left = earned - needed;
  // A sum that the reader chose is not cut again.
  const reserve = typed === null && left > 0n ? divide_half_up(left * share, MILLION) : 0n;
  const budget = typed ?? left - reserve;
  const money = { income_fen: earned, needs_fen: needed, left_fen: left, reserve_fen: reserve || null };
  if (left <= 0n || budget <= 0n) return { money, budget: null, excess: null };
  return { money, budget, excess: budget > left ? budget - left : null };
}

/** What to say of debts that do not end: each of them, from which sum they fall, and what would help. */
function never_of(chosen, offers, strategies, interest, frozen_months) {
  if (!chosen.never.length) return [];
  const rows = chosen.never.map((k) => {
    const { number, name, interest_fen, falls_from_fen } = offers[k];
    return { key: name === null ? "debt_never" : "debt_never_named", number, name, interest_fen, falls_from_fen };
  });
  rows.push({ key: "all_fall", falls_from_fen: interest + BigInt(offers.length) });
  const ways = STRATEGIES.filter((name) => strategies[name]?.status === "done");
  if (ways.length) rows.push({ key: "other_way_ends", ways });
  rows.push({ key: "interest_stops", months: frozen_months });
  return rows;
}

function optional(field, value) {
  return check_integer(field, value ?? 0n, 0n, MAX_FEN);
}

/** Debts with every part filled in, their growth in a month and the interest of the first. */
function read_debts(debts, named) {
  if (!debts?.length) throw new InputError("debts", "required");
  if (debts.length > MAX_DEBTS) throw new InputError("debts", "count", debts.length);
  return debts.map((debt, k) => {
    const path = `debts.${k}`, name = named ? debt.name ?? null : null;
    if (name !== null && !(typeof name === "string" && [...name].length <= MAX_NAME)) {
      throw new InputError(`${path}.name`, "text", name);
    }
    const balance_fen = check_integer(`${path}.balance_fen`, debt.balance_fen, 1n, MAX_FEN);
    const rate = debt.annual_rate_ppm ?? null, least = debt.min_payment_fen ?? null;
    const annual_rate_ppm = check_integer(`${path}.annual_rate_ppm`, rate ?? 0n, 0n, MAX_DEBT_RATE_PPM);
    const entry = {
      name: name || null,
      balance_fen,
      annual_rate_ppm,
      typed_rate: rate !== null,
      growth: UNIT + 2n * annual_rate_ppm,
      min_payment_fen: optional(`${path}.min_payment_fen`, least),
      typed_payment: least !== null,
    };
    return { ...entry, interest_fen: due_of(entry) - balance_fen };
  });
}

function order_of(debts, strategy) {
  const places = debts.map((_, k) => k);
  const less = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const by_rate = (a, b) => less(debts[b].annual_rate_ppm, debts[a].annual_rate_ppm);
  const by_balance = (a, b) => less(debts[a].balance_fen, debts[b].balance_fen);
  if (strategy === "avalanche") places.sort((a, b) => by_rate(a, b) || by_balance(a, b));
  if (strategy === "snowball") places.sort((a, b) => by_balance(a, b) || by_rate(a, b));
  return places;
}

/** As payoff returns it; rows only if they are wanted. */
function simulate(debts, budget, strategy, pay_first, wants_rows) {
  const shared = strategy === "prorata";
  const growth = debts.map((debt) => debt.growth), least = debts.map((debt) => debt.min_payment_fen);
  let open = order_of(debts, strategy), balances = debts.map((debt) => debt.balance_fen);
  let before = balances.map(() => 0n), owed = sum(balances), total_paid = 0n, first = null;
  const principal = owed, cleared_month = debts.map(() => null), rows = [];
  let status = "too_long", month = 0, surplus = budget - sum(least);
  while (++month <= MAX_MONTHS) {
    const grows = month > 1 || !pay_first;
    [before, balances] = [balances, before];
    // What is left over when every open debt gets its minimum in full; a debt that owes less gives the rest back.
    let pool = surplus, rest = 0n;
    for (const k of open) {
      let owing = grows ? (before[k] * growth[k] + YEAR) / UNIT : before[k];
      if (least[k]) {
        owing -= least[k];
        if (owing < 0n) {
          pool -= owing;
          owing = 0n;
        }
      }
      balances[k] = owing;
      rest += owing;
    }
    const interest = rest + budget - pool - owed, rounded = shared && pool > 0n;
    let paid = budget;
    if (pool >= rest) {
      for (const k of open) balances[k] = 0n;
      paid = budget - pool + rest;
      rest = 0n;
    } else {
      if (pool) (shared ? share : in_turn)(balances, open, pool, rest);
      rest -= pool;
    }
    if (first === null) first = debts.map((debt, k) => (grows ? due_of(debt) : debt.balance_fen) - balances[k]);
    const ended = open.filter((k) => !balances[k]);
    total_paid += paid;
    if (wants_rows) {
      const numbers = ended.map((k) => k + 1).sort((a, b) => a - b).join(", ");
      rows.push({
        month: BigInt(month), paid_fen: paid, interest_fen: interest, principal_fen: paid - interest,
        balance_fen: rest, cleared: numbers || null,
      });
    }
    const stuck = rest >= owed && month >= SHOWN && is_stuck(before, balances, open, rounded);
    if (ended.length) {
      for (const k of ended) {
        cleared_month[k] = BigInt(month);
        before[k] = 0n;
        surplus += least[k];
      }
      open = open.filter((k) => balances[k]);
    }
    owed = rest;
    if (!owed || stuck) {
      status = owed ? "never" : "done";
      break;
    }
  }
  const done = status === "done";
  return {
    status,
    months: done ? BigInt(month) : null,
    total_interest_fen: done ? total_paid - principal : null,
    total_paid_fen: done ? total_paid : null,
    cleared_month,
    never: cleared_month.flatMap((ended, k) => (ended === null ? [k] : [])),
    first_payments_fen: first,
    rows,
  };
}

function in_turn(balances, open, pool) {
  for (const k of open) {
    if (pool < balances[k]) {
      balances[k] -= pool;
      return;
    }
    pool -= balances[k];
    balances[k] = 0n;
  }
}

function share(balances, open, pool, rest) {
  let spare = pool;
  for (const k of open) {
    const part = pool * balances[k] / rest;
    balances[k] -= part;
    spare -= part;
  }
  // What rounding down left over: a debt that is open still owes at least a fen, since pool is below rest.
  for (const k of open) {
    if (!spare) return;
    if (balances[k]) {
      balances[k] -= 1n;
      spare -= 1n;
    }
  }
}

/** Whether these balances prove that no debt that is open now ever ends; why, stands in the twin. */
function is_stuck(before, after, open, rounded_shares) {
  if (!rounded_shares || open.every((k) => after[k] === before[k])) return open.every((k) => after[k] >= before[k]);
  return open.every((k) => after[k] > before[k]) || (open.length === 1 && after[open[0]] >= before[open[0]]);
}

const numbers_of = (places) => places.map((k) => k + 1).join(", ") || null;

function summary_of(plan, budget) {
  const ended = plan.cleared_month.filter((month) => month !== null);
  return {
    status: plan.status,
    monthly_fen: budget,
    months: plan.months,
    total_interest_fen: plan.total_interest_fen,
    total_paid_fen: plan.total_paid_fen,
    first_cleared_month: ended.length ? ended.reduce(lower) : null,
    never_count: plan.never.length || null,
    never_numbers: numbers_of(plan.never),
  };
}

/** What each lender is offered, by today's figures: the minimum, and the rest of the money by what is then owed. */
function offers_of(bound, debts, budget, plans) {
  const owed = sum(debts.map((debt) => debt.balance_fen));
  const least = bound.map((debt) => lower(debt.min_payment_fen, debt.balance_fen));
  let left = debts.map((debt, k) => debt.balance_fen - least[k]);
  const pool = budget - sum(least), rest = sum(left);
  if (pool >= rest) left = left.map(() => 0n);
  else if (pool) share(left, left.map((_, k) => k), pool, rest);
  return debts.map((debt, k) => ({
    number: BigInt(k + 1),
    name: debt.name,
    balance_fen: debt.balance_fen,
    share_ppm: divide_half_up(debt.balance_fen * MILLION, owed),
    offer_fen: debt.balance_fen - left[k],
    interest_fen: debt.interest_fen,
    instalment_fen: debt.typed_payment ? debt.min_payment_fen : null,
    falls_from_fen: debt.interest_fen + 1n,
    prorata_month: plans.prorata.cleared_month[k],
    avalanche_month: plans.avalanche.cleared_month[k],
    snowball_month: plans.snowball.cleared_month[k],
  }));
}

/** One payment for everything, if the lenders agree. */
function settlement_of(given, owed, budget) {
  const share_ppm = given?.share_ppm ?? null;
  let amount = given?.amount_fen ?? null;
  if (amount === null && share_ppm === null) return null;
  if (amount !== null) {
    amount = check_integer("settlement.amount_fen", amount, 1n, MAX_FEN);
    if (amount > owed) throw new InputError("settlement.amount_fen", "above_owed", amount);
  } else {
    amount = divide_half_up(owed * check_integer("settlement.share_ppm", share_ppm, 1n, MILLION), MILLION);
  }
  return {
    monthly_fen: null,
    months: null,
    total_paid_fen: amount,
    total_interest_fen: null,
    forgiven_fen: owed - amount,
    share_ppm: divide_half_up(amount * MILLION, owed),
    saving_months: amount ? (amount + budget - 1n) / budget : null,
    over_fen: null,
  };
}

/** Equal instalments on all that is owed; the last one takes what rounding left. */
function instalments_of(owed, rate_ppm, months, budget) {
  let monthly = divide_half_up(owed, months);
  if (rate_ppm) {
    const top = (YEAR + rate_ppm) ** months, base = YEAR ** months;
    monthly = divide_half_up(owed * rate_ppm * top, YEAR * (top - base));
  }
  const growth = UNIT + 2n * rate_ppm;
  let balance = owed, paid = 0n;
  for (let number = 1n; number <= months; number++) {
    const due = (balance * growth + YEAR) / UNIT, part = number === months ? due : lower(monthly, due);
    balance = due - part;
    paid += part;
  }
  return {
    monthly_fen: monthly,
    months,
    total_paid_fen: paid,
    total_interest_fen: paid - owed,
    forgiven_fen: null,
    saving_months: null,
    over_fen: monthly > budget ? monthly - budget : null,
  };
}

/** Every debt with its present instalment, and nothing rolled on; null if an instalment is not known. */
function paying_on_of(debts, budget) {
  if (!debts.every((debt) => debt.typed_payment)) return null;
  const never = [];
  let longest = 0, total = 0n;
  debts.forEach(({ balance_fen, min_payment_fen: least, growth, interest_fen }, k) => {
    let balance = balance_fen, month = 0;
    // An instalment that does not beat the first interest never will: the balance cannot fall.
    if (least > interest_fen) {
      for (; balance && month < MAX_MONTHS; month++) {
        const due = (balance * growth + YEAR) / UNIT;
        total += lower(least, due);
        balance = due > least ? due - least : 0n;
      }
    }
    if (balance) never.push(k);
    if (month > longest) longest = month;
  });
  const done = !never.length;
  const monthly = sum(debts.map((debt) => lower(debt.min_payment_fen, due_of(debt))));
  return {
    monthly_fen: monthly,
    months: done ? BigInt(longest) : null,
    total_paid_fen: done ? total : null,
    total_interest_fen: done ? total - sum(debts.map((debt) => debt.balance_fen)) : null,
    forgiven_fen: null,
    saving_months: null,
    over_fen: monthly > budget ? monthly - budget : null,
    never_count: never.length || null,
    never_numbers: numbers_of(never),
  };
}

function conventions_of(debts, plans, short) {
  const several = debts.length > 1;
  return kept([
    ["interest_monthly", true],
    ["instalments_first", !short && debts.some((debt) => debt.min_payment_fen)],
    ["instalments_not_kept", short],
    ["rolls_on", several],
    ["shares_rounded_down", several],
    ["order_set_once", several],
    ["no_new_charges", true],
    ["unknown_rate_zero", debts.some((debt) => !debt.typed_rate)],
    ["fifty_years", Object.values(plans).some((plan) => plan.status !== "done")],
  ]).map(([key]) => key);
}
