"""True cost: the cases of data/calculators/true-cost/cases.json in both languages, and the laws of any loan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from macros.engine.dates import from_day, to_day
from macros.engine.errors import InputError
from macros.engine.true_cost import true_cost

CASES = json.loads(
    (Path(__file__).parents[2] / "data" / "calculators" / "true-cost" / "cases.json").read_text("utf-8")
)


def _as_text(value):
    """Integers as text, as the answers have them."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _assert_holds(expected, answer, where):
    if isinstance(expected, dict):
        for key, value in expected.items():
            if key == "balances_fen":
                assert [row["balance_fen"] for row in answer["rows"]] == value, where
            else:
                _assert_holds(value, answer[key], f"{where}.{key}")
    else:
        assert answer == expected, where


def test_every_case_of_the_calculator_holds(ask_all):
    """Each case says in `source` how its numbers were found without this code."""
    answers = ask_all([("true_cost", "true_cost", [case["inputs"]]) for case in CASES])
    for case, answer in zip(CASES, answers, strict=True):
        assert case["source"]
        _assert_holds(_as_text(case["expected"]), answer, case["id"])


def test_the_cases_cover_every_status_and_a_refusal():
    expected = [case["expected"] for case in CASES]
    assert {e.get("status") for e in expected} >= {"one", "none", "several", "out_of_range"}
    assert sum("error" in e for e in expected) >= 1
    assert len({case["id"] for case in CASES}) == len(CASES)


# Laws ------------------------------------------------------------------------

LAW = settings(max_examples=150)
START = to_day("2025-01-31")


@st.composite
def dated_loans(draw) -> dict:
    amount = draw(st.integers(100, 10**9))
    days = draw(st.lists(st.integers(0, 4000), min_size=1, max_size=30))
    payments = [
        {"date": from_day(START + day), "amount_fen": draw(st.integers(0, 2 * amount // len(days) + 1))} for day in days
    ]
    return {
        "contract_amount_fen": amount,
        "received_date": from_day(START),
        "repayment": {"kind": "list", "payments": payments},
    }


@st.composite
def monthly_loans(draw) -> dict:
    amount = draw(st.integers(100, 10**9))
    periods = draw(st.integers(1, 60))
    paid = draw(st.integers(1, 2 * amount // periods + 1))
    received = draw(st.integers(max(1, amount // 2), amount))
    return {
        "contract_amount_fen": amount,
        "received_fen": received,
        "repayment": {"kind": "equal", "instalment_fen": paid, "periods": periods},
    }


def _rate(inputs: dict) -> int:
    answer = true_cost(inputs)
    assume(answer["status"] == "one")
    return answer["rate"]["monthly_rate_e12"]


@LAW
@given(st.one_of(dated_loans(), monthly_loans()))
def test_columns_add_up_exactly_and_the_last_balance_is_zero(inputs):
    answer = true_cost(inputs)
    assume(answer["status"] == "one")
    rows = answer["rows"]
    assert rows[-1]["balance_fen"] == 0
    assert sum(row["principal_part_fen"] for row in rows) == answer["net_received_fen"]
    assert sum(row["total_fen"] for row in rows) + answer["once_fees_fen"] == answer["total_paid_fen"]
    assert sum(row["interest_part_fen"] for row in rows) == answer["cost_fen"]
    before = answer["net_received_fen"]
    for row in rows:
        assert row["interest_part_fen"] + row["principal_part_fen"] == row["total_fen"]
        assert before - row["principal_part_fen"] == row["balance_fen"]
        before = row["balance_fen"]


@LAW
@given(monthly_loans())
def test_interest_of_a_row_is_the_balance_times_the_rate(inputs):
    """Within the rounding of two balances (half a fen each, grown by a month) and of the printed rate."""
    answer = true_cost(inputs)
    assume(answer["status"] == "one")
    rate, before = answer["rate"]["monthly_rate_e12"], answer["net_received_fen"]
    for row in answer["rows"]:
        slack = 10**12 * 2 + abs(rate) + abs(before)
        assert abs(row["interest_part_fen"] * 10**12 - before * rate) <= slack
        before = row["balance_fen"]


@LAW
@given(st.one_of(dated_loans(), monthly_loans()))
def test_the_sign_of_the_rate_is_the_sign_of_the_cost(inputs):
    answer = true_cost(inputs)
    assume(answer["status"] == "one")
    rate, cost = answer["rate"]["effective_annual_rate_e12"], answer["cost_fen"]
    # A cost of a fen on a large, long loan may be less than the 12th decimal shows.
    assert rate == 0 or (rate > 0) == (cost > 0)
    if cost == 0:
        assert rate == 0


@LAW
@given(dated_loans(), st.data())
def test_an_earlier_payment_raises_a_positive_rate_and_lowers_a_negative_one(inputs, data):
    payments = inputs["repayment"]["payments"]
    k = data.draw(st.integers(0, len(payments) - 1))
    day = to_day(payments[k]["date"]) - START
    assume(day > 0)
    earlier = data.draw(st.integers(0, day - 1))
    before = true_cost(inputs)
    moved = [dict(payment) for payment in payments]
    moved[k]["date"] = from_day(START + earlier)
    after = true_cost({**inputs, "repayment": {"kind": "list", "payments": moved}})
    assume(before["status"] == after["status"] == "one")
    change = after["rate"]["effective_annual_rate_e12"] - before["rate"]["effective_annual_rate_e12"]
    if before["cost_fen"] > 0:
        assert change >= 0
    elif before["cost_fen"] < 0:
        assert change <= 0
    else:
        assert change == 0


@LAW
@given(st.one_of(dated_loans(), monthly_loans()), st.integers(2, 100))
def test_scaling_every_amount_leaves_the_rate_unchanged(inputs, factor):
    scaled = json.loads(json.dumps(inputs))
    for key in ("contract_amount_fen", "received_fen"):
        if key in scaled:
            scaled[key] *= factor
    repayment = scaled["repayment"]
    for part in repayment.get("payments", [repayment]):
        part["instalment_fen" if repayment["kind"] == "equal" else "amount_fen"] *= factor
    assert _rate(scaled) == _rate(inputs)


@LAW
@given(monthly_loans(), st.sampled_from(("once", "each")), st.integers(1, 10**6))
def test_a_fee_raises_the_rate_and_leaves_the_advertised_one(inputs, when, amount):
    fee = {"kind": "service", "when": when, "amount_fen": amount}
    plain, charged = true_cost(inputs), true_cost({**inputs, "fees": [fee]})
    assert charged["advertised"] == plain["advertised"]
    assume(plain["status"] == charged["status"] == "one")
    assert charged["rate"]["monthly_rate_e12"] >= plain["rate"]["monthly_rate_e12"]
    if amount * 10**6 > inputs["contract_amount_fen"]:
        assert charged["rate"]["monthly_rate_e12"] > plain["rate"]["monthly_rate_e12"]


@LAW
@given(dated_loans(), st.randoms(use_true_random=False))
def test_the_order_of_dated_payments_does_not_matter(inputs, shuffler):
    """But for payments of the same day, which keep the order in which they were given."""
    payments = list(inputs["repayment"]["payments"])
    shuffler.shuffle(payments)
    there = true_cost({**inputs, "repayment": {"kind": "list", "payments": payments}})
    here = true_cost(inputs)
    assert {**there, "rows": None} == {**here, "rows": None}
    assert [row["date"] for row in there["rows"]] == sorted(row["date"] for row in here["rows"])


def test_an_upfront_deduction_and_a_fee_at_payout_of_the_same_sum_cost_the_same():
    plan = {"kind": "equal", "instalment_fen": 93_000, "periods": 12}
    deducted = true_cost({"contract_amount_fen": 10**6, "received_fen": 900_000, "repayment": plan})
    fee = {"kind": "other", "when": "once", "amount_fen": 100_000}
    charged = true_cost({"contract_amount_fen": 10**6, "repayment": plan, "fees": [fee]})
    assert deducted["rate"] == charged["rate"]
    assert deducted["cost_fen"] == charged["cost_fen"]


def test_a_list_of_equal_undated_rows_is_the_equal_plan():
    equal = {"kind": "equal", "instalment_fen": 93_000, "periods": 12}
    listed = {"kind": "list", "payments": [{"amount_fen": 93_000}] * 12}
    loan = {"contract_amount_fen": 10**6, "received_fen": 900_000}
    assert true_cost({**loan, "repayment": equal})["rows"] == true_cost({**loan, "repayment": listed})["rows"]


def test_month_ends_are_shown_but_months_stay_equal():
    plan = {"kind": "equal", "instalment_fen": 93_000, "periods": 4}
    loan = {"contract_amount_fen": 350_000, "repayment": plan}
    dated = true_cost({**loan, "received_date": "2025-10-31"})
    assert [row["date"] for row in dated["rows"]] == ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28"]
    assert dated["rate"] == true_cost(loan)["rate"]
    assert "dates_shown_only" in dated["conventions"]


def test_a_fee_with_every_instalment_skips_rows_that_are_none():
    payments = [{"amount_fen": 0}, {"amount_fen": 60_000}, {"amount_fen": -1000}, {"amount_fen": 60_000}]
    fee = {"kind": "guarantee", "when": "each", "amount_fen": 500}
    loan = {"contract_amount_fen": 100_000, "repayment": {"kind": "list", "payments": payments}, "fees": [fee]}
    answer = true_cost(loan)
    assert [row["fee_fen"] for row in answer["rows"]] == [0, 500, 0, 500]
    assert answer["fee_lines"][0]["count"] == 2


@pytest.mark.parametrize(
    ("period", "received_date", "periods", "within"),
    [
        ("month", None, 1, True), ("month", None, 2, False),
        ("day", None, 28, True), ("day", None, 30, None), ("day", None, 32, False),
        ("day", "2026-02-01", 28, True), ("day", "2026-02-01", 29, False), ("day", "2026-01-01", 31, True),
        ("week", "2026-01-01", 4, True), ("fortnight", "2026-01-01", 3, False),
    ],
)
def test_a_term_of_a_month_is_told_by_the_calendar(period, received_date, periods, within):
    plan = {"kind": "equal", "instalment_fen": 50_000, "periods": periods, "period": period}
    loan = {"contract_amount_fen": 40_000, "received_date": received_date, "repayment": plan}
    assert true_cost(loan)["within_one_month"] is within


GOOD = {"contract_amount_fen": 10**6, "repayment": {"kind": "equal", "instalment_fen": 93_000, "periods": 12}}
DATED = {"kind": "list", "payments": [{"date": "2026-02-01", "amount_fen": 10**6}]}


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"contract_amount_fen": None}, "contract_amount_fen", "required"),
        ({"contract_amount_fen": 0}, "contract_amount_fen", "min"),
        ({"contract_amount_fen": 10**12 + 1}, "contract_amount_fen", "max"),
        ({"contract_amount_fen": "100"}, "contract_amount_fen", "integer"),
        ({"contract_amount_fen": True}, "contract_amount_fen", "integer"),
        ({"received_fen": 0}, "received_fen", "min"),
        ({"received_fen": 10**6 + 1}, "received_fen", "above_contract"),
        ({"received_date": "2026-02-30"}, "received_date", "date"),
        ({"advertised_annual_rate_ppm": -1}, "advertised_annual_rate_ppm", "min"),
        ({"repayment": None}, "repayment", "required"),
        ({"repayment": {"kind": "balloon"}}, "repayment.kind", "choice"),
        ({"repayment": {"kind": "equal", "instalment_fen": -1, "periods": 1}}, "repayment.instalment_fen", "min"),
        ({"repayment": {"kind": "equal", "instalment_fen": 1, "periods": 361}}, "repayment.periods", "max"),
        ({"repayment": {**GOOD["repayment"], "period": "year"}}, "repayment.period", "choice"),
        ({"repayment": {"kind": "list"}}, "repayment.payments", "required"),
        ({"repayment": {"kind": "list", "payments": []}}, "repayment.payments", "count"),
        ({"repayment": {"kind": "list", "payments": [{"amount_fen": 1}] * 361}}, "repayment.payments", "count"),
        ({"repayment": DATED}, "received_date", "required"),
        ({"repayment": DATED, "received_date": "2026-02-02"}, "repayment.payments.0.date", "before_received"),
        ({"repayment": DATED, "received_date": "1925-01-01"}, "repayment.payments.0.date", "too_late"),
        ({"repayment": {"kind": "list", "payments": [{"amount_fen": (-1) ** k} for k in range(50)]}},
         "repayment.payments", "too_many_turns"),
        ({"fees": [{"kind": "bribe", "when": "once", "amount_fen": 1}]}, "fees.0.kind", "choice"),
        ({"fees": [{"kind": "other", "when": "never", "amount_fen": 1}]}, "fees.0.when", "choice"),
        ({"fees": [{"kind": "other", "when": "once", "amount_fen": -1}]}, "fees.0.amount_fen", "min"),
        ({"fees": [{"kind": "other", "when": "once", "amount_fen": 1}] * 21}, "fees", "count"),
    ],
)
def test_wrong_input_is_refused_by_field_and_rule(change, field, rule):
    with pytest.raises(InputError) as refused:
        true_cost({**GOOD, **change})
    assert (refused.value.field, refused.value.rule) == (field, rule)
