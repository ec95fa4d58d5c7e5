"""Paying off several debts: published cases, cases of the calculator, a plain second reckoning, and what always holds."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.payoff import MAX_MONTHS, affordable_plan, payoff

ROOT = Path(__file__).parents[2]
PUBLIC = [case for case in json.loads((ROOT / "tests/cases/finance_public.json").read_text("utf-8")) if case["kind"] == "payoff"]
CASES = json.loads((ROOT / "data/calculators/affordable-plan/cases.json").read_text("utf-8"))
STRATEGIES = ("prorata", "avalanche", "snowball", "listed")


def _debt(balance: int, ppm: int | None = 0, least: int | None = 0) -> dict:
    return {"balance_fen": balance, "annual_rate_ppm": ppm, "min_payment_fen": least}


def _public_call(case: dict) -> tuple[str, str, list]:
    inputs = case["inputs"]
    debts = [
        _debt(debt["balance_minor"], int(Fraction(debt["annual_rate"]) * 10**6), debt["min_payment_minor"])
        for debt in inputs["debts"]
    ]
    return "payoff", "payoff", [debts, inputs["budget_minor"], inputs["strategy"], inputs.get("pay_first", False)]


def test_the_public_cases_of_this_kind_are_all_there():
    assert [case["id"] for case in PUBLIC] == [
        "payoff-pt-5-204", "payoff-70", "payoff-32", "payoff-c-pub-aval", "payoff-c-pub-snow", "payoff-c-pub-prorata"]


def test_every_public_case_holds(ask_all):
    for case, answer in zip(PUBLIC, ask_all([_public_call(case) for case in PUBLIC]), strict=True):
        names = [debt["name"] for debt in case["inputs"]["debts"]]
        assert case["check"]["verdict"] == "agrees"
        for name, value in case["expected"].items():
            if name == "cleared_month":
                assert {debt: int(month) for debt, month in zip(names, answer["cleared_month"])} == value, case["id"]
                continue
            allowed = Fraction(case["tolerance"].get(name, case["tolerance"].get("default", "0")))
            found = int(answer[name.replace("_minor", "_fen")])
            assert abs(found - value) <= allowed, (case["id"], name, found)


def _assert_holds(expected, answer, where):
    if isinstance(expected, dict):
        for key, value in expected.items():
            _assert_holds(value, answer[key], f"{where}.{key}")
    else:
        assert answer == (str(expected) if isinstance(expected, int) else expected), where


def test_every_case_of_the_calculator_holds(ask_all):
    """Each case says in `source` how its numbers were found without this code."""
    answers = ask_all([("payoff", "affordable_plan", [case["inputs"]]) for case in CASES])
    for case, answer in zip(CASES, answers, strict=True):
        assert case["source"]
        _assert_holds(case["expected"], answer, case["id"])


# A second reckoning, one debt and one month at a time, with fractions ----------------------------------------------


def _reckon(debts: list[dict], budget: int, strategy: str, pay_first: bool = False, most: int = MAX_MONTHS) -> dict:
    owed = [debt["balance_fen"] for debt in debts]
    places = list(range(len(debts)))
    if strategy == "avalanche":
        places.sort(key=lambda k: (-debts[k]["annual_rate_ppm"], debts[k]["balance_fen"], k))
    if strategy == "snowball":
        places.sort(key=lambda k: (debts[k]["balance_fen"], -debts[k]["annual_rate_ppm"], k))
    cleared, history, interest, paid_in_all, first = {}, [], 0, 0, None
    for month in range(1, most + 1):
        added = [0] * len(debts)
        if month > 1 or not pay_first:
            for k, debt in enumerate(debts):
                added[k] = int(Fraction(owed[k] * debt["annual_rate_ppm"], 12 * 10**6) + Fraction(1, 2))
        owed = [balance + more for balance, more in zip(owed, added)]
        start = list(owed)
        money = budget
        for k, debt in enumerate(debts):
            part = min(debt["min_payment_fen"], owed[k])
            owed[k] -= part
            money -= part
        if strategy == "prorata":
            weights, left = list(owed), sum(owed)
            if money >= left:
                money, owed = money - left, [0] * len(debts)
            else:
                for k, weight in enumerate(weights):
                    owed[k] -= int(Fraction(budget - sum(start) + left, 1) * weight / left) if left else 0
                money -= left - sum(owed)
                for k in range(len(debts)):
                    if money and owed[k]:
                        owed[k], money = owed[k] - 1, money - 1
        else:
            for k in places:
                part = min(money, owed[k])
                owed[k], money = owed[k] - part, money - part
        interest += sum(added)
        paid_in_all += budget - money
        history.append((budget - money, sum(added), sum(owed)))
        first = first or [a - b for a, b in zip(start, owed)]
        for k, balance in enumerate(owed):
            if not balance:
                cleared.setdefault(k, month)
        if not any(owed):
            break
    return {"cleared": [cleared.get(k) for k in range(len(debts))], "history": history, "first": first,
            "interest": interest, "paid": paid_in_all, "owed": owed}


LAW, FEW = settings(max_examples=120), settings(max_examples=30)


@st.composite
def plans(draw, most_debts: int = 5, kept: bool = True) -> tuple[list[dict], int]:
    count = draw(st.integers(1, most_debts))
    debts = [
        _debt(
            draw(st.integers(1, 3_000_000)),
            draw(st.sampled_from((0, 72_000, 180_000, 239_999, 360_000))),
            draw(st.integers(0, 40_000)) if kept else 0,
        )
        for _ in range(count)
    ]
    least = sum(debt["min_payment_fen"] for debt in debts)
    owed = sum(debt["balance_fen"] for debt in debts)
    return debts, least + draw(st.integers(1, max(owed // draw(st.integers(1, 80)), 1)))


@LAW
@given(plans(), st.sampled_from(STRATEGIES), st.booleans())
def test_a_second_reckoning_gives_the_same_to_the_fen(plan, strategy, pay_first):
    debts, budget = plan
    answer = payoff(debts, budget, strategy, pay_first)
    assume(answer["status"] != "never")
    again = _reckon(debts, budget, strategy, pay_first)
    assert answer["cleared_month"] == again["cleared"]
    assert answer["first_payments_fen"] == again["first"]
    assert [(row["paid_fen"], row["interest_fen"], row["balance_fen"]) for row in answer["rows"]] == again["history"]
    if answer["status"] == "done":
        assert (answer["total_interest_fen"], answer["total_paid_fen"]) == (again["interest"], again["paid"])
        assert answer["months"] == max(again["cleared"])


@LAW
@given(plans(), st.sampled_from(STRATEGIES))
def test_no_money_is_lost_or_made(plan, strategy):
    debts, budget = plan
    answer = payoff(debts, budget, strategy)
    owed = sum(debt["balance_fen"] for debt in debts)
    for row in answer["rows"]:
        assert row["balance_fen"] == owed + row["interest_fen"] - row["paid_fen"]
        assert row["principal_fen"] == row["paid_fen"] - row["interest_fen"]
        # Only the month in which everything ends may take less than the budget.
        assert row["paid_fen"] == budget or (row["balance_fen"] == 0 and 0 < row["paid_fen"] < budget)
        owed = row["balance_fen"]
    assert sum(answer["first_payments_fen"]) == answer["rows"][0]["paid_fen"]
    if answer["status"] == "done":
        assert owed == 0 and answer["never"] == []
        assert answer["total_paid_fen"] == sum(debt["balance_fen"] for debt in debts) + answer["total_interest_fen"]
    else:
        assert owed > 0 and answer["never"]


@FEW
@given(plans(most_debts=4, kept=False), st.sampled_from(STRATEGIES), st.integers(1, 99))
def test_what_is_said_never_to_end_is_still_open_after_a_hundred_years(plan, strategy, percent):
    """With a budget about the size of the first month's interest, where a plan turns."""
    debts, _ = plan
    interest = sum(debt["balance_fen"] * debt["annual_rate_ppm"] // 12_000_000 for debt in debts)
    answer = payoff(debts, max(interest * (percent + 50) // 100, 1), strategy)
    assume(answer["status"] == "never")
    again = _reckon(debts, max(interest * (percent + 50) // 100, 1), strategy, most=2 * MAX_MONTHS)
    assert [k for k, month in enumerate(again["cleared"]) if month is None] == answer["never"]


@LAW
@given(plans(), st.sampled_from(("snowball", "prorata", "listed")))
def test_the_highest_rate_first_never_costs_more(plan, other):
    """Without rounding it never does, for the same minimums and the same money: a fen moved to a higher rate saves more
    than it costs. With half-up rounding each debt may be off by half a fen a month, on either side, and that grows."""
    debts, budget = plan
    first, second = payoff(debts, budget, "avalanche"), payoff(debts, budget, other)
    if second["status"] == "done" and second["months"] <= 60:
        months = second["months"]
        growth = (1 + Fraction(max(debt["annual_rate_ppm"] for debt in debts), 12 * 10**6)) ** months
        slack = len(debts) * months * growth
        assert first["status"] == "done"
        assert first["total_interest_fen"] <= second["total_interest_fen"] + slack
        assert first["months"] <= months + 1


@LAW
@given(plans(), st.sampled_from(STRATEGIES), st.integers(1, 50_000))
def test_more_money_never_takes_longer(plan, strategy, more):
    """In a fixed order exactly; where shares are rounded down, the last fen may fall into one month more."""
    debts, budget = plan
    before, after = payoff(debts, budget, strategy), payoff(debts, budget + more, strategy)
    if before["status"] == "done":
        assert after["status"] == "done"
        assert after["months"] <= before["months"] + (strategy == "prorata")
        if strategy != "prorata":
            assert all(a <= b for a, b in zip(after["cleared_month"], before["cleared_month"]))


def _plan(debts: list[dict], budget: int | None, **more) -> dict:
    return affordable_plan({"debts": debts, "budget_fen": budget, "instalment_years": 5, **more})


@FEW
@given(plans(most_debts=30), st.booleans())
def test_offers_are_the_share_to_the_fen_and_sum_to_the_budget(plan, kept):
    debts, budget = plan
    if not kept:
        budget = max(budget // 20, 1)
    answer = _plan(debts, budget)
    due = sum(min(debt["min_payment_fen"], debt["balance_fen"] + row["interest_fen"]) for debt, row in zip(debts, answer["offers"]))
    assert ("instalments_not_kept" in answer["conventions"]) == (due > budget)
    least = [min(debt["min_payment_fen"], debt["balance_fen"]) if due <= budget else 0 for debt in debts]
    rest = [debt["balance_fen"] - part for debt, part in zip(debts, least)]
    spare = min(budget - sum(least), sum(rest))
    assert answer["offers_fen"] == sum(row["offer_fen"] for row in answer["offers"]) == min(budget, answer["owed_fen"])
    for row, part, left in zip(answer["offers"], least, rest):
        exact = Fraction(spare * left, sum(rest)) if sum(rest) else 0
        assert abs(row["offer_fen"] - part - exact) < 1


@LAW
@given(st.integers(1, 10**9), st.integers(0, 10**6))
def test_a_debt_falls_from_its_first_interest_and_a_fen(balance, ppm):
    [row] = _plan([_debt(balance, ppm)], 1)["offers"]
    from_fen = row["falls_from_fen"]
    enough = payoff([_debt(balance, ppm)], from_fen, "listed")
    assert enough["rows"][0]["balance_fen"] < balance
    assert enough["status"] in ("done", "too_long")
    if from_fen > 1:
        assert payoff([_debt(balance, ppm)], from_fen - 1, "listed")["status"] == "never"


@LAW
@given(plans(most_debts=4))
def test_paying_on_is_each_debt_alone_with_its_instalment(plan):
    debts, budget = plan
    found = _plan(debts, budget)["compare"]["paying_on"]
    alone = [payoff([debt], debt["min_payment_fen"], "listed") if debt["min_payment_fen"] else None for debt in debts]
    open_ones = [k + 1 for k, one in enumerate(alone) if one is None or one["status"] != "done"]
    assert found["never_numbers"] == (", ".join(map(str, open_ones)) or None)
    if not open_ones:
        assert found["months"] == max(one["months"] for one in alone)
        assert found["total_interest_fen"] == sum(one["total_interest_fen"] for one in alone)


# Single facts ------------------------------------------------------------------------------------------------------


def test_first_month_without_room_may_still_end_by_the_highest_rate_first():
    """1,000 at 100 % and 10,000 at 10 %: 166.66 of interest in the first month. With 165.50 a month the sum owed grows at
    first, but the dear debt shrinks, so there is an end: what grows in one month does not prove that it always will."""
    debts = [_debt(100_000, 1_000_000), _debt(1_000_000, 100_000)]
    answer = payoff(debts, 16_550, "avalanche")
    assert answer["rows"][0]["balance_fen"] > 1_100_000
    assert answer["status"] == "done"
    assert payoff(debts, 16_550, "prorata")["status"] == "never"
    # The cheap debt first: 165.50 is more than its interest of 83.33, so it ends, but the dear one has grown out of reach.
    assert payoff(debts, 16_550, "snowball")["status"] == "done"
    assert payoff(debts[::-1], 16_550, "listed")["never"] == [1]


def test_debts_that_end_before_the_endless_one_are_told_apart():
    debts = [_debt(50_000, 0), _debt(1_000_000, 240_000)]
    answer = payoff(debts, 10_000, "listed")
    # 500 at nothing, 100 a month: five months. Then 100 against 200 of interest.
    assert (answer["status"], answer["never"], answer["cleared_month"]) == ("never", [1], [5, None])
    plan = _plan(debts, 10_000, strategy="listed")
    assert [(row["key"], row.get("number"), row.get("falls_from_fen")) for row in plan["never"]] == [
        ("debt_never", 2, 20_001), ("all_fall", None, 20_002), ("interest_stops", None, None)]
    # 10,500 at 100 a month, if interest stopped.
    assert plan["frozen_months"] == 105


def test_interest_paid_to_the_fen_stays_for_ever_and_a_fen_more_outlasts_fifty_years():
    assert payoff([_debt(10_000_000, 240_000)], 200_000, "listed")["status"] == "never"
    assert payoff([_debt(10_000_000, 240_000)], 200_001, "listed")["status"] == "too_long"


@pytest.mark.parametrize(
    ("income", "needs", "status"), [(300_000, 300_000, "nothing_left"), (300_000, 300_001, "nothing_left"), (300_000, 299_999, "plan")]
)
def test_nothing_left_begins_where_the_needs_take_everything(income, needs, status):
    answer = affordable_plan({
        "income": {"own_fen": income - 100_000, "other_fen": 100_000}, "needs": {"rent_fen": needs - 5, "children_fen": 5},
        "debts": [_debt(100)], "instalment_years": 5,
    })
    assert answer["status"] == status


def test_nothing_left_asks_for_no_debts_and_outranks_a_typed_sum():
    bare = {"income": {"own_fen": 100}, "needs": {"food_fen": 200}, "instalment_years": 5}
    assert affordable_plan(bare)["status"] == "nothing_left"
    assert affordable_plan({**bare, "budget_fen": 5_000, "debts": [_debt(100)]})["status"] == "nothing_left"
    assert affordable_plan(bare)["left_fen"] == -100


def test_a_share_kept_back_lowers_the_budget_half_up():
    case = {"income": {"own_fen": 100_005}, "needs": {"food_fen": 0}, "reserve_ppm": 100_000, "debts": [_debt(10**6)], "instalment_years": 5}
    answer = affordable_plan(case)
    assert (answer["reserve_fen"], answer["budget_fen"]) == (10_001, 90_004)
    # A sum that the reader chose is not cut again.
    assert affordable_plan({**case, "budget_fen": 70_000})["budget_fen"] == 70_000


def test_settlement_and_interest_free_instalments_side_by_side():
    found = _plan([_debt(4_000_000), _debt(2_000_000)], 90_000, settlement={"share_ppm": 350_000})["compare"]
    # 35 % of 60,000 is 21,000; at 900 a month 24 months of saving. 60 parts of 60,000 are 1,000 each.
    assert (found["settlement"]["total_paid_fen"], found["settlement"]["forgiven_fen"], found["settlement"]["saving_months"]) == (
        2_100_000, 3_900_000, 24)
    assert (found["instalments"]["monthly_fen"], found["instalments"]["months"], found["instalments"]["over_fen"]) == (100_000, 60, 10_000)
    assert found["instalments"]["total_interest_fen"] == 0


def test_instalments_at_a_rate_are_the_spreadsheet_payment():
    # PMT(0.02, 12, -10000) = 945.60 (LibreOffice Calc 7.3 and any annuity table).
    found = _plan([_debt(1_000_000)], 10_000, instalment_rate_ppm=240_000, instalment_years=1)["compare"]["instalments"]
    assert found["monthly_fen"] == 94_560
    # Eleven times 945.60 and the rest of the principal with its interest in the last month.
    balance = Fraction(1_000_000)
    for _ in range(11):
        balance = int(balance * Fraction(102, 100) + Fraction(1, 2)) - 94_560
    assert found["total_paid_fen"] == 11 * 94_560 + int(balance * Fraction(102, 100) + Fraction(1, 2))


def test_order_breaks_ties_as_the_public_cases_say():
    alike = [_debt(300, 120_000), _debt(200, 120_000), _debt(200, 240_000), _debt(200, 240_000)]
    # A fen above what the first two take: who is paid first shows in the first month.
    assert payoff(alike, 205, "avalanche")["first_payments_fen"] == [0, 0, 204, 1]
    assert payoff(alike, 409, "avalanche")["first_payments_fen"] == [0, 1, 204, 204]
    assert payoff(alike, 409, "snowball")["first_payments_fen"] == [0, 1, 204, 204]
    assert payoff(alike, 304, "listed")["first_payments_fen"] == [303, 1, 0, 0]


def test_rows_name_the_debts_that_end():
    rows = payoff([_debt(100), _debt(250), _debt(100)], 200, "snowball")["rows"]
    assert [row["cleared"] for row in rows] == ["1, 3", None, "2"]


GOOD = {"debts": [_debt(100_000)], "budget_fen": 1_000, "instalment_years": 5}


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"budget_fen": None}, "income.own_fen", "required"),
        ({"budget_fen": 0}, "budget_fen", "min"),
        ({"budget_fen": 10**12 + 1}, "budget_fen", "max"),
        ({"income": {"own_fen": -1}}, "income.own_fen", "min"),
        ({"needs": {"food_fen": "many"}}, "needs.food_fen", "integer"),
        ({"reserve_ppm": 900_001}, "reserve_ppm", "max"),
        ({"strategy": "luck"}, "strategy", "choice"),
        ({"instalment_years": None}, "instalment_years", "required"),
        ({"instalment_rate_ppm": -1}, "instalment_rate_ppm", "min"),
        ({"debts": []}, "debts", "required"),
        ({"debts": [_debt(1)] * 31}, "debts", "count"),
        ({"debts": [_debt(1), _debt(0)]}, "debts.1.balance_fen", "min"),
        ({"debts": [_debt(1, 10**8 + 1)]}, "debts.0.annual_rate_ppm", "max"),
        ({"debts": [_debt(1, 0, -1)]}, "debts.0.min_payment_fen", "min"),
        ({"debts": [{**_debt(1), "name": "x" * 41}]}, "debts.0.name", "text"),
        ({"settlement": {"share_ppm": 10**6 + 1}}, "settlement.share_ppm", "max"),
        ({"settlement": {"amount_fen": 100_001}}, "settlement.amount_fen", "above_owed"),
    ],
)
def test_wrong_input_is_refused_by_field_and_rule(change, field, rule):
    with pytest.raises(InputError) as refused:
        affordable_plan({**GOOD, **change})
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_minimums_above_the_budget_are_refused_where_they_are_a_must():
    with pytest.raises(InputError) as refused:
        payoff([_debt(1_000, 0, 300), _debt(1_000, 0, 300)], 599, "listed")
    assert (refused.value.field, refused.value.rule) == ("budget_fen", "below_minimums")
    # A last instalment that is larger than the debt asks for no more than is owed.
    assert payoff([_debt(100, 0, 300), _debt(1_000, 0, 300)], 400, "listed")["status"] == "done"
