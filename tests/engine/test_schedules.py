"""Repayment plans: the calculator's cases, the published ones, and the laws of any plan."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from macros.engine.dates import from_day, to_day
from macros.engine.errors import InputError
from macros.engine.roots import solve
from macros.engine.schedules import METHODS, exact_plan, nper, pmt, rate, schedule
from macros.engine.true_cost import true_cost

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "data" / "calculators" / "schedule" / "cases.json").read_text("utf-8"))
PUBLIC = [
    case
    for case in json.loads((ROOT / "tests" / "cases" / "finance_public.json").read_text("utf-8"))
    if case["kind"] in ("pmt", "schedule", "early_repayment")
]
E12 = 10**12


def _assert_holds(expected, answer, where):
    if isinstance(expected, dict):
        for key, value in expected.items():
            _assert_holds(value, answer[int(key) if isinstance(answer, list) else key], f"{where}.{key}")
    else:
        whole = isinstance(expected, int) and not isinstance(expected, bool)
        assert answer == (str(expected) if whole else expected), where


def test_every_case_of_the_calculator_holds(ask_all):
    """Each case says in `source` how its numbers were found without this code; rows are named by their place."""
    answers = ask_all([("schedules", "schedule", [case["inputs"]]) for case in CASES])
    for case, answer in zip(CASES, answers, strict=True):
        assert case["source"]
        _assert_holds(case["expected"], answer, case["id"])


# Published cases -------------------------------------------------------------


def _ppm(text: str) -> int:
    ppm = Fraction(text) * 10**6
    assert ppm.denominator == 1, text
    return int(ppm)


def _fen(text: str) -> int:
    fen = Fraction(text) * 100
    assert fen.denominator == 1, text
    return int(fen)


def _public_call(case: dict) -> tuple[str, str, list]:
    inputs = case["inputs"]
    if case["kind"] == "pmt":
        name = inputs["what"]
        if name == "rate":
            return "schedules", "rate", [inputs["periods"], _fen(inputs["payment"]), _fen(inputs["pv"]), inputs["periods_per_year"]]
        start = [_ppm(inputs["annual_rate"]), inputs["periods_per_year"]]
        if name == "nper":
            return "schedules", "nper", [*start, _fen(inputs["payment"]), _fen(inputs["pv"])]
        which = [inputs[key] for key in ("period", "start", "end") if key in inputs]
        return "schedules", name, [*start, inputs["periods"], _fen(inputs["pv"]), *which]
    if inputs.get("variant") == "uk_rebate":
        part = Fraction(inputs["part_period"])
        return "schedules", "uk_rebate", [
            _fen(inputs["principal"]), _fen(inputs["payment"]), inputs["periods"], _ppm(inputs["apr"]), inputs["settled_after"],
            part.numerator, part.denominator, inputs["rate_decimals"],
        ]
    start = [inputs["principal_minor"], _ppm(inputs["annual_rate"]), inputs["periods"]]
    if inputs.get("variant") == "extra_every_period":
        return "schedules", "extra_every_period", [*start, inputs["extra_minor"], inputs["rounding"]]
    loan = dict(zip(("principal_fen", "annual_rate_ppm", "periods"), start)) | {"method": inputs.get("method", "equal_instalment")}
    if inputs.get("variant") == "lump_sum":
        keep = {"payment": "instalment", "term": "term"}[inputs["keep"]]
        early = {"kind": "part", "after_period": inputs["after_period"], "amount_fen": inputs["lump_minor"], "keep": keep}
        return "schedules", "schedule", [loan | {"early": early}]
    assert inputs["periods_per_year"] == 12
    if inputs.get("rows_rounded") is False:
        return "schedules", "exact_plan", [loan["method"], *start]
    return "schedules", "schedule", [loan | {"rounding": inputs.get("rounding")}]


def _public_values(case: dict, answer) -> dict:
    """The answer under the names of the case, amounts in the case's units."""
    inputs = case["inputs"]
    if case["kind"] == "pmt":
        if inputs["what"] == "rate":
            (root,) = answer["roots"]
            return {"value": Fraction(root["periodic_rate_e12"]) / E12, "annual": Fraction(root["nominal_annual_rate_e12"]) / E12}
        return {"value": Fraction(answer) / (10**9 if inputs["what"] == "nper" else 100 * E12)}
    if inputs.get("variant") == "uk_rebate":
        return {"rebate": Fraction(answer) / 100}
    if inputs.get("variant") == "extra_every_period":
        return {"periods": int(answer["periods"]), "total_interest_minor": int(answer["interest_fen"])}
    if inputs.get("variant") == "lump_sum":
        early = answer["early"]
        return {
            "periods": int(early["plan"]["periods"]), "new_payment_minor": int(early["new_instalment_fen"]),
            "interest_saved_minor": int(early["saved_interest_fen"]),
        }
    rows = answer if isinstance(answer, list) else answer["plan"]["rows"]
    end, unit = ("_e12", E12) if isinstance(answer, list) else ("", 1)

    def column(name: str, upto: int | None = None) -> list[Fraction]:
        return [Fraction(row[f"{name}_fen{end}"]) / unit for row in rows[:upto]]

    paid = column("instalment")
    values = {
        "payment_minor": paid[0], "first_payment_minor": paid[0], "last_payment_minor": paid[-1],
        "total_interest_minor": sum(column("interest")),
        "rows": [
            dict(zip(("period", "payment_minor", "principal_minor", "interest_minor", "balance_minor"), line))
            for line in zip(range(1, len(rows) + 1), paid, column("principal"), column("interest"), column("balance"))
        ],
    }
    for name in ("interest", "principal"):
        if f"{name}_through" in inputs:
            values[f"{name}_through_minor"] = sum(column(name, inputs[f"{name}_through"]))
    if "balance_after" in inputs:
        values["balance_after_minor"] = column("balance")[inputs["balance_after"] - 1]
    return values


def test_every_published_case_of_plans_holds(ask_all):
    """Without exception: no convention differs. The unrounded and the truncated tables have functions of their own."""
    kinds = [case["kind"] for case in PUBLIC]
    assert {kind: kinds.count(kind) for kind in kinds} == {"pmt": 10, "schedule": 8, "early_repayment": 5}
    for case, answer in zip(PUBLIC, ask_all([_public_call(case) for case in PUBLIC]), strict=True):
        expected = case["check"]["corrected"] if case["check"]["verdict"] == "disagrees" else case["expected"]
        values = _public_values(case, answer)
        for name, value in expected.items():
            where = f"{case['id']}: {name}"
            if name == "rows":
                assert values[name] == value, where
                continue
            allowed = Fraction(case["tolerance"].get(name, case["tolerance"].get("default", "0")))
            assert abs(values[name] - Fraction(str(value))) <= allowed, where


# Laws of any plan --------------------------------------------------------------

LAW = settings(max_examples=60)
START = to_day("2025-01-31")


@st.composite
def loans(draw, methods=METHODS, dated=None, least=1) -> dict:
    method = draw(st.sampled_from(methods))
    loan = {
        "principal_fen": draw(st.integers(least, 10**9)),
        "method": method,
        "periods": draw(st.integers(1, 60)),
        "period": draw(st.sampled_from(("month", "month", "fortnight", "week", "day"))),
        "year_days": draw(st.sampled_from(("365", "360"))),
    }
    if method == "flat_fee":
        loan["flat_fee_ppm"] = draw(st.integers(0, 50_000))
    else:
        loan["annual_rate_ppm"] = draw(st.integers(0, 600_000))
    if draw(st.booleans()) if dated is None else dated:
        loan["start_date"] = from_day(START + draw(st.integers(0, 60)))
        if draw(st.booleans()):
            loan["first_due_date"] = from_day(to_day(loan["start_date"]) + draw(st.integers(1, 70)))
    return loan


@st.composite
def early_loans(draw, methods=METHODS, kinds=("full", "part")) -> dict:
    """A loan with an early repayment after a payment or on any day before the last one."""
    loan = draw(loans(methods, least=10_000))
    assume(loan["periods"] > 1)
    early = {"kind": draw(st.sampled_from(kinds))}
    if "start_date" in loan and draw(st.booleans()):
        end = to_day(schedule(loan)["plan"]["end_date"])
        early["date"] = from_day(draw(st.integers(to_day(loan["start_date"]), end - 1)))
    else:
        early["after_period"] = draw(st.integers(1, loan["periods"] - 1))
    if early["kind"] == "part":
        early |= {"amount_fen": draw(st.integers(1, loan["principal_fen"])), "keep": draw(st.sampled_from(("term", "instalment")))}
    early |= draw(st.sampled_from(({}, {"fee_fen": 5_000}, {"fee_ppm": 20_000})))
    return loan | {"early": early}


def _answer(inputs: dict) -> dict:
    """The plan; what cannot be repaid early any more is another test's matter."""
    try:
        return schedule(inputs)
    except InputError as refused:
        assume(refused.rule not in ("not_below_balance", "after_end"))
        raise


def _assert_adds_up(plan: dict, principal: int) -> None:
    rows, balance = plan["rows"], principal
    for row in rows:
        assert row["instalment_fen"] == row["interest_fen"] + row["principal_fen"]
        assert min(row["instalment_fen"], row["interest_fen"], row["principal_fen"], row["fee_fen"]) >= 0
        balance -= row["principal_fen"]
        assert row["balance_fen"] == balance
    assert balance == 0
    totals = plan["totals"]
    assert totals["principal_fen"] == principal == rows[-1]["principal_total_fen"]
    assert totals["interest_fen"] == sum(row["interest_fen"] for row in rows) == rows[-1]["interest_total_fen"]
    assert totals["paid_fen"] == sum(row["instalment_fen"] + row["fee_fen"] for row in rows)
    dates = [row["date"] for row in rows if row["date"]]
    assert dates == sorted(dates)


@LAW
@given(loans())
def test_principal_parts_sum_to_the_loan_and_the_last_balance_is_zero(loan):
    _assert_adds_up(schedule(loan)["plan"], loan["principal_fen"])


@LAW
@given(early_loans())
def test_whatever_is_kept_the_early_plan_adds_up_and_ends_at_zero(inputs):
    answer = _answer(inputs)
    early, plan = answer["early"], answer["early"]["plan"]
    _assert_adds_up(plan, inputs["principal_fen"])
    assert early["paid_fen"] == early["amount_fen"] + early["accrued_interest_fen"] + early["fee_fen"]
    assert early["saved_interest_fen"] == answer["plan"]["totals"]["interest_fen"] - plan["totals"]["interest_fen"]
    assert plan["totals"]["paid_fen"] == plan["totals"]["instalments_fen"] + early["fee_fen"]
    if early["kind"] == "full":
        assert plan["rows"][-1]["kind"] == "early" and early["amount_fen"] == early["balance_before_fen"]
    assert plan["periods"] <= inputs["periods"]


@LAW
@given(st.sampled_from(("equal_instalment", "equal_principal", "interest_only")), st.integers(1, 120), st.integers(0, 3_000_000),
       st.sampled_from((1, 4, 12, 52)), st.integers(10_000, 10**9))
def test_the_rate_of_an_unrounded_plan_is_the_rate_put_in(method, periods, rate_ppm, yearly, principal):
    rows = exact_plan(method, principal, rate_ppm, periods, yearly)
    flows = [(0, principal * E12)] + [(row["number"], -row["instalment_fen_e12"]) for row in rows]
    (root,) = solve(flows, yearly, yearly)["roots"]
    assert abs(root["nominal_annual_rate_e12"] - rate_ppm * 10**6) <= 1


@LAW
@given(loans(("equal_instalment", "equal_principal", "interest_only"), dated=False, least=10_000))
def test_the_rate_of_a_rounded_plan_is_the_contracts_within_what_rounding_explains(loan):
    """Each row's interest is off by half a fen at most; its present value over the slope bounds the rate's shift."""
    assume(loan["period"] == "month")
    plan = schedule(loan)["plan"]
    contract, found = loan["annual_rate_ppm"] / 12e6, plan["rate"]["nominal_annual_rate_e12"] / 12e12

    def slope(monthly: float) -> float:
        return sum(row["number"] * row["instalment_fen"] * (1 + monthly) ** -(row["number"] + 1) for row in plan["rows"])

    rounding = 0.5 * sum((1 + contract) ** -row["number"] for row in plan["rows"])
    assert abs(found - contract) <= rounding / min(slope(contract), slope(found)) * (1 + 1e-9) + 1e-12


@LAW
@given(early_loans(kinds=("full",)), st.data())
def test_interest_falls_when_the_loan_is_repaid_in_full_earlier(inputs, data):
    early = inputs["early"]
    sooner = dict(early)
    if "date" in early:
        sooner["date"] = from_day(data.draw(st.integers(to_day(inputs["start_date"]), to_day(early["date"]))))
    else:
        sooner["after_period"] = data.draw(st.integers(1, early["after_period"]))
    later, before = _answer(inputs), _answer({**inputs, "early": sooner})
    assert before["early"]["plan"]["totals"]["interest_fen"] <= later["early"]["plan"]["totals"]["interest_fen"]
    assert later["early"]["saved_interest_fen"] >= 0


@LAW
@given(loans(("equal_instalment", "equal_principal", "interest_only", "flat", "flat_fee"), dated=False, least=1_000_000),
       st.sampled_from(("term", "instalment")), st.data())
def test_interest_falls_when_the_same_part_is_repaid_earlier(loan, keep, data):
    assume(loan["periods"] > 2)
    after = data.draw(st.integers(2, loan["periods"] - 1))
    sooner = data.draw(st.integers(1, after - 1))
    amount = data.draw(st.integers(1, loan["principal_fen"] // 4))
    early = {"kind": "part", "amount_fen": amount, "keep": keep}
    late, soon = (_answer({**loan, "early": early | {"after_period": k}})["early"] for k in (after, sooner))
    # Rows are rounded, and a level instalment that is off by half a fen shifts every later balance a little.
    assert soon["saved_interest_fen"] >= late["saved_interest_fen"] - loan["periods"] ** 2


@LAW
@given(early_loans(("equal_instalment",), ("part",)))
def test_keeping_the_instalment_saves_more_and_ends_sooner_than_keeping_the_term(inputs):
    kept = {}
    for keep in ("term", "instalment"):
        kept[keep] = _answer({**inputs, "early": inputs["early"] | {"keep": keep}})["early"]
    assert kept["instalment"]["saved_interest_fen"] >= kept["term"]["saved_interest_fen"] - inputs["periods"] ** 2
    assert kept["instalment"]["plan"]["periods"] <= kept["term"]["plan"]["periods"]


@LAW
@given(loans(("flat", "flat_fee"), dated=False, least=100_000))
def test_flat_costs_more_than_it_says(loan):
    assume(loan["periods"] > 1 and loan["period"] == "month")
    plan = schedule(loan)["plan"]
    assume(plan["stated_annual_rate_ppm"] >= 10_000)
    assert plan["rate"]["nominal_annual_rate_ppm"] > plan["stated_annual_rate_ppm"]
    assert any(entry["key"] == "flat_trap" for entry in schedule(loan)["says"])


@LAW
@given(st.integers(10_000, 10**9), st.integers(0, 600_000), st.integers(1, 60))
def test_what_is_repaid_later_costs_more_at_the_same_nominal_rate(principal, rate_ppm, periods):
    """Equal principal, equal instalment, interest only; flat and interest only charge the same but for rounding."""
    loan = {"principal_fen": principal, "annual_rate_ppm": rate_ppm, "periods": periods}
    costs = [schedule(loan | {"method": method})["plan"]["totals"]["interest_fen"] for method in METHODS[:5]]
    equal_instalment, equal_principal, interest_only, bullet, flat = costs
    assert equal_principal <= equal_instalment + periods**2 and equal_instalment <= interest_only + periods**2
    assert abs(flat - interest_only) <= periods and abs(bullet - interest_only) <= periods


@LAW
@given(loans(dated=False, least=10_000))
def test_the_true_cost_calculator_finds_the_same_rate_for_the_same_payments(loan):
    assume(loan["method"] != "bullet")
    plan = schedule(loan)["plan"]
    assume(plan["periods"] == loan["periods"] and plan["first_instalment_fen"] == plan["last_instalment_fen"])
    repayment = {"kind": "equal", "instalment_fen": plan["first_instalment_fen"], "periods": loan["periods"], "period": loan["period"]}
    found = true_cost({"contract_amount_fen": loan["principal_fen"], "repayment": repayment})
    assert plan["rate"] == {key: found["rate"][key] for key in plan["rate"]}


@given(st.integers(1, 10**6), st.integers(2, 360), st.integers(1, 10**9))
def test_number_of_instalments_and_rate_undo_the_instalment(rate_ppm, periods, principal):
    """nper and rate of an instalment of whole fen; it is off by half a fen, so the loan is chosen large."""
    principal += 10**11
    paid = (pmt(rate_ppm, 12, periods, principal) + E12 // 2) // E12
    # Only where a fen more or less does not decide over many instalments.
    assume(paid * 12 * 10**6 - principal * rate_ppm > 10**6 * 12 * 10**4)
    assert abs(nper(rate_ppm, 12, paid, principal) - periods * 10**9) < 10**7
    (root,) = rate(periods, paid, principal)["roots"]
    assert abs(root["nominal_annual_rate_e12"] - rate_ppm * 10**6) < 10**6


def test_the_interest_is_never_covered_by_a_small_instalment():
    """200,000 at 12 % owe 2,000 a month: 2,000 never repay it, 2,000.01 do."""
    assert nper(120_000, 12, 200_000, 20_000_000) is None
    assert nper(120_000, 12, 200_001, 20_000_000) > 0


def test_a_small_loan_over_many_periods_ends_when_nothing_is_owed():
    """180 fen in 360 parts: each is half a fen, rounded to one, so 180 rows are enough."""
    answer = schedule({"principal_fen": 180, "method": "equal_principal", "annual_rate_ppm": 0, "periods": 360})
    assert answer["plan"]["periods"] == 180
    assert "ended_sooner" in answer["conventions"]


@pytest.mark.parametrize(
    ("start", "first", "dates"),
    [
        # Written down by hand from the calendar.
        ("2027-12-31", None, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        ("2026-01-30", "2026-02-28", ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]),
        ("2026-01-15", "2026-02-28", ["2026-02-28", "2026-03-28", "2026-04-28", "2026-05-28"]),
        (None, "2026-08-31", ["2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30"]),
    ],
)
def test_month_ends_come_back_to_their_day(start, first, dates):
    loan = {"principal_fen": 400_000, "method": "equal_principal", "annual_rate_ppm": 120_000, "periods": 4}
    assert [row["date"] for row in schedule({**loan, "start_date": start, "first_due_date": first})["plan"]["rows"]] == dates


def test_a_first_payment_a_month_after_the_start_changes_nothing_but_the_dates():
    loan = {"principal_fen": 400_000, "method": "equal_instalment", "annual_rate_ppm": 120_000, "periods": 4}
    plain = schedule(loan)["plan"]
    dated = schedule({**loan, "start_date": "2026-01-31", "first_due_date": "2026-02-28"})["plan"]
    assert dated["rate"] == plain["rate"] and dated["totals"] == plain["totals"]


def test_a_second_loan_takes_over_year_and_start_and_says_which_costs_more():
    loan = {"principal_fen": 1_200_000, "method": "equal_instalment", "annual_rate_ppm": 72_000, "periods": 12, "start_date": "2026-03-31"}
    answer = schedule({**loan, "year_days": "360", "other": {**loan, "method": "flat", "start_date": None}})
    assert answer["other"]["plan"]["year_days"] == 360 and answer["other"]["plan"]["end_date"] == "2027-03-31"
    # 12 x 72.00 flat, from the published case fen-flat-12-pub.
    flat = 86_400
    assert answer["difference"] == {"dearer": "second", "interest_fen": flat - answer["plan"]["totals"]["interest_fen"]}
    assert [entry["key"] for entry in answer["says"]] == ["other_more", "other_rates"]


LOAN = {"principal_fen": 10**6, "method": "equal_instalment", "annual_rate_ppm": 120_000, "periods": 12}
PART = {"kind": "part", "after_period": 6, "amount_fen": 1000}


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"principal_fen": 0}, "principal_fen", "min"),
        ({"method": "balloon"}, "method", "choice"),
        ({"annual_rate_ppm": None}, "annual_rate_ppm", "required"),
        ({"annual_rate_ppm": 10**8 + 1}, "annual_rate_ppm", "max"),
        ({"method": "flat_fee"}, "flat_fee_ppm", "required"),
        ({"periods": 361}, "periods", "max"),
        ({"period": "year"}, "period", "choice"),
        ({"year_days": "366"}, "year_days", "choice"),
        ({"rounding": "up"}, "rounding", "choice"),
        ({"start_date": "2026-02-30"}, "start_date", "date"),
        ({"start_date": "2026-02-28", "first_due_date": "2026-02-28"}, "first_due_date", "not_after_start"),
        ({"start_date": "2026-02-28", "first_due_date": "2036-03-28"}, "first_due_date", "too_late"),
        ({"early": {"kind": "some"}}, "early.kind", "choice"),
        ({"early": {"kind": "full"}}, "early.after_period", "required"),
        ({"early": {"kind": "full", "after_period": 12}}, "early.after_period", "after_end"),
        ({"early": {"kind": "full", "date": "2026-05-01"}}, "early.date", "needs_start"),
        ({"start_date": "2026-05-02", "early": {"kind": "full", "date": "2026-05-01"}}, "early.date", "before_start"),
        ({"early": {**PART, "amount_fen": None}}, "early.amount_fen", "required"),
        ({"early": {**PART, "amount_fen": 10**6}}, "early.amount_fen", "not_below_balance"),
        ({"early": {**PART, "keep": "both"}}, "early.keep", "choice"),
        ({"early": {**PART, "fee_fen": 1, "fee_ppm": 1}}, "early.fee_ppm", "both"),
        ({"other": {**LOAN, "early": {**PART, "after_period": 0}}}, "other.early.after_period", "min"),
    ],
)
def test_wrong_input_is_refused_by_field_and_rule(change, field, rule):
    with pytest.raises(InputError) as refused:
        schedule({**LOAN, **change})
    assert (refused.value.field, refused.value.rule) == (field, rule)
