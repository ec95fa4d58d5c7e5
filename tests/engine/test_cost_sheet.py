"""The check of a cost sheet: in both languages against figures found without this code, and its laws."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.true_cost import true_cost
from tests.engine import random_cost_sheet

ROOT = Path(__file__).parents[2]
START = "2026-08-01"
# A public note on the annex of PBC Announcement [2021] No. 3 (the annex was not seen): 100,000 yuan less a service fee of
# 1,000, twelve instalments of 8,833.3, about 12.80 % simple and 13.58 % compound; mpmath gives 12.80380 % and 13.58256 %.
NOTE = {
    "contract_amount_fen": 10_000_000,
    "repayment": {"kind": "equal", "instalment_fen": 883_330, "periods": 12},
    "fees": [{"kind": "service", "when": "once", "amount_fen": 100_000}],
}
WHOLE = {"parties": "yes", "contingent": "yes", "nothing_else": "yes", "confirmed": "yes"}


def loan(sheet: dict, base: dict = NOTE, **more) -> tuple[str, str, list]:
    return "true_cost", "true_cost", [
        {**base, "cost_sheet_start": START, "contract_date": "2026-09-01", "lender": "bank", **more, "sheet": sheet}
    ]


def monthly_rate(net: int, paid: list[int]) -> Fraction:
    """Monthly rate by bisection on the present value, to 2**-80."""
    low, high = Fraction(0), Fraction(1)
    for _ in range(80):
        middle = (low + high) / 2
        # Rounded down to 2**-100 so that the numbers do not grow; far below any digit that is compared.
        worth, factor = 0, Fraction(1)
        for fen in paid:
            factor = Fraction(int(factor / (1 + middle) * 2**100), 2**100)
            worth += fen * factor
        low, high = (middle, high) if worth > net else (low, middle)
    return low


def keys(rows: list[dict]) -> list[str]:
    return [row["key"] for row in rows]


@pytest.fixture
def check(ask_all):
    """check(sheet, base, **more) -> the answer of true_cost; check.all for a list of such calls."""

    def one(*arguments, **more) -> dict:
        return ask_all([loan(*arguments, **more)])[0]

    one.all = ask_all
    return one


def test_the_reported_example_agrees_by_both_methods_and_by_no_other_figure(check):
    wanted = [
        (128_000, None, "agree_simple"),  # 12.80 %, typed as 12.8
        (128_000, 2, "agree_simple"),
        (135_800, 2, "agree_compound"),
        (136_000, 1, "agree_compound"),
        (130_000, 0, "agree_simple"),  # 13 % as a whole number: 12.80 rounds to it
        (127_900, 2, "lower_than_paid"),
        (128_100, 2, "between"),
        (132_000, None, "between"),
        (135_900, 2, "higher_than_paid"),
    ]
    answers = check.all([loan({"annual_cost_ppm": ppm, "annual_cost_decimals": places}) for ppm, places, _ in wanted])
    assert [answer["sheet"]["status"] for answer in answers] == [status for _, _, status in wanted]


def test_an_understated_sheet_is_told_in_points_and_yuan_a_year(check):
    month = monthly_rate(9_900_000, [883_330] * 12)
    owed, balances = Fraction(9_900_000), []
    for _ in range(12):
        balances.append(owed)
        owed = owed * (1 + month) - 883_330
    short = 12 * month - Fraction(10, 100)
    answer = check({"annual_cost_ppm": 100_000})["sheet"]
    assert answer["status"] == "lower_than_paid"
    assert int(answer["difference_ppm"]) == round(short * 10**6) == 28_038
    # What the missing points cost on the principal that is in use on average.
    assert abs(int(answer["difference_a_year_fen"]) - short * sum(balances) / 12) <= 1
    assert answer["findings"][0]["key"] == "lower_than_paid"
    assert keys(answer["questions"]) == ["ask_method", "ask_in_writing"]
    assert "keep_charges" in keys(answer["keep"])


def test_an_overstated_sheet_is_measured_from_the_compound_rate(check):
    answer = check({"annual_cost_ppm": 160_000})["sheet"]
    # 16 % - 13.58256 %.
    assert (answer["status"], answer["difference_ppm"]) == ("higher_than_paid", "24174")


def annuity(principal: int, annual_ppm: int, months: int) -> int:
    """Equal instalment, rounded half-up to the fen, in fractions."""
    month = Fraction(annual_ppm, 12 * 10**6)
    paid = Fraction(principal, months) if month == 0 else principal * month / (1 - (1 + month) ** -months)
    return int(paid + Fraction(1, 2))


@settings(max_examples=100)
@given(st.integers(10_000, 10**9), st.integers(0, 480_000), st.integers(1, 36))
def test_a_sheet_with_the_rate_of_the_unrounded_plan_agrees(principal, annual_ppm, months):
    plan = {"kind": "equal", "instalment_fen": annuity(principal, annual_ppm, months), "periods": months}
    sheet = {"annual_cost_ppm": annual_ppm, "annual_cost_decimals": 4}
    call = loan(sheet, {"contract_amount_fen": principal, "repayment": plan})
    assert true_cost(call[2][0])["sheet"]["status"] in ("agree_simple", "agree_both")


@settings(max_examples=100)
@given(st.integers(100_000, 10**9), st.integers(1_000, 480_000), st.integers(1, 36), st.integers(0, 2), st.integers(1, 10**5))
def test_a_sheet_further_off_than_any_rounding_never_agrees(principal, annual_ppm, months, decimals, further):
    plan = {"kind": "equal", "instalment_fen": annuity(principal, annual_ppm, months), "periods": months}
    base = {"contract_amount_fen": principal, "repayment": plan}
    half_unit = 5_000 // 10**decimals
    # Half a fen on each instalment is less than this share of half the loan, which is in use at least, in ppm a year.
    slack = 2 * 12 * 10**6 // principal + 1
    stated = annual_ppm - half_unit - 2 * slack - further
    if stated >= 0:
        call = loan({"annual_cost_ppm": stated, "annual_cost_decimals": decimals}, base)
        assert true_cost(call[2][0])["sheet"]["status"] == "lower_than_paid"


def test_dates_a_month_apart_may_be_counted_in_months(check):
    dates = [f"2026-{month:02d}-15" for month in range(9, 13)]
    payments = [{"date": day, "amount_fen": 262_624} for day in dates]
    base = {"contract_amount_fen": 1_000_000, "received_date": "2026-08-15", "repayment": {"kind": "list", "payments": payments}}
    simple = round(12 * monthly_rate(1_000_000, [262_624] * 4) * 10**6)
    late = [*payments[:3], {"date": "2026-12-25", "amount_fen": 262_624}]
    calls = [
        loan({"annual_cost_ppm": simple, "annual_cost_decimals": 4}, base),
        loan({"annual_cost_ppm": simple, "annual_cost_decimals": 4}, {**base, "repayment": {"kind": "list", "payments": late}}),
    ]
    even, uneven = check.all(calls)
    assert (even["sheet"]["status"], even["sheet"]["way"]) == ("agree_simple", "months")
    assert even["rate"]["nominal_annual_rate_ppm"] != even["sheet"]["simple_ppm"] == str(simple)
    assert "sheet_other_way" in even["conventions"]
    # One payment ten days late: the plan is no longer one of even months.
    assert uneven["sheet"]["way"] == "days" and not uneven["sheet"]["status"].startswith("agree")


def test_weeks_may_be_counted_as_a_weekly_rate_times_the_weeks_of_a_year(check):
    # 1 % a week for ten weeks: 10,000 for ten instalments of 1,055.82.
    base = {"contract_amount_fen": 1_000_000, "repayment": {"kind": "equal", "instalment_fen": 105_582, "periods": 10, "period": "week"}}
    stated = round(Fraction(365, 7) * 10_000)
    answer = check({"annual_cost_ppm": stated, "annual_cost_decimals": 2}, base)["sheet"]
    assert (answer["status"], answer["way"]) == ("agree_simple", "periods")


# What stands on the sheet -----------------------------------------------------


def test_a_whole_sheet_that_agrees_leaves_nothing_to_ask(check):
    lines = [{"kind": "interest", "annual_rate_ppm": 109_000}, {"kind": "service", "annual_rate_ppm": 19_000}]
    sheet = {"principal_fen": 10_000_000, "annual_cost_ppm": 128_000, "lines": lines, **WHOLE}
    answer = check(sheet)["sheet"]
    assert keys(answer["findings"]) == ["agree_simple", "lines_agree", "required"]
    assert answer["questions"] == [] and answer["missing"] == answer["to_check"] == answer["not_listed"] == []


def test_a_fee_that_has_no_line_is_named_with_its_sum(check):
    fees = [*NOTE["fees"], {"kind": "guarantee", "when": "each", "amount_fen": 5_000}]
    lines = [{"kind": "interest", "annual_rate_ppm": 109_000}, {"kind": "instalment", "annual_rate_ppm": 19_000}]
    answer = check({"annual_cost_ppm": 128_000, "lines": lines, **WHOLE}, fees=fees)["sheet"]
    # What apps call an instalment fee covers the service fee; nothing covers the guarantee.
    assert answer["not_listed"] == [{"kind": "guarantee", "total_fen": "60000"}]
    assert {"key": "fee_not_listed", "kind": "guarantee", "total_fen": "60000"} in answer["findings"]
    assert keys(answer["questions"]) == ["ask_method", "ask_fee", "ask_in_writing"]
    assert answer["findings"][-1] == {"key": "complain"}


def test_without_a_typed_line_no_fee_is_said_to_be_missing(check):
    assert check({"annual_cost_ppm": 128_000})["sheet"]["not_listed"] == []


def test_lines_are_summed_and_each_may_be_rounded(check):
    wanted = [
        ((72_000, 108_000), 180_000, None, "agree", "0"),
        ((72_000, 108_000), 181_000, None, "agree", "1000"),  # 7.24 + 10.84 = 18.08, each printed with one decimal
        ((72_000, 108_000), 181_000, 2, "lines_lower", "1000"),
        ((72_100, 108_100), 180_300, None, "agree", "100"),
        ((72_000, 108_000), 170_000, None, "lines_higher", "-10000"),
    ]
    calls = []
    for rates, stated, decimals, _, _ in wanted:
        lines = [{"kind": kind, "annual_rate_ppm": rate} for kind, rate in zip(("interest", "guarantee"), rates)]
        calls.append(loan({"annual_cost_ppm": stated, "annual_cost_decimals": decimals, "lines": lines}))
    for case, answer in zip(wanted, (answer["sheet"] for answer in check.all(calls)), strict=True):
        assert (answer["lines_status"], answer["lines_difference_ppm"]) == case[3:], case
        assert ("ask_lines" in keys(answer["questions"])) == (case[3] != "agree"), case


def test_a_line_given_only_as_a_sum_is_compared_with_the_fee_and_lacks_its_rate(check):
    def sheet(fen):
        return {"annual_cost_ppm": 128_000, "lines": [{"kind": "service", "amount_fen": fen}]}

    same, other = (answer["sheet"] for answer in check.all([loan(sheet(100_000)), loan(sheet(90_000))]))
    for answer in (same, other):
        assert {"key": "line_without_rate", "kinds": ["service"]} in answer["findings"]
        assert answer["lines_status"] is None
    assert "amount_differs" not in keys(same["findings"])
    assert {"key": "amount_differs", "kind": "service", "stated_fen": "90000", "total_fen": "100000"} in other["findings"]


def test_principal_and_deduction_are_compared_with_contract_and_payout(check):
    answer = check({"principal_fen": 9_000_000, "annual_cost_ppm": 128_000}, received_fen=9_500_000)["sheet"]
    assert {"key": "principal_differs", "stated_fen": "9000000", "contract_fen": "10000000"} in answer["findings"]
    assert {"key": "deduction", "amount_fen": "500000"} in answer["findings"]
    assert keys(answer["questions"]) == ["ask_method", "ask_deduction", "ask_principal", "ask_in_writing"]


def test_a_fee_on_the_sheet_that_was_not_typed_may_explain_a_higher_sheet(check):
    lines = [{"kind": "interest", "annual_rate_ppm": 109_000}, {"kind": "guarantee", "annual_rate_ppm": 91_000}]
    answer = check({"annual_cost_ppm": 200_000, "lines": lines})["sheet"]
    assert {"key": "not_typed", "kinds": ["guarantee"]} in answer["findings"]


# Whether a sheet had to be shown -----------------------------------------------


def test_the_day_of_the_contract_and_the_lender_decide_whether_a_sheet_was_due(check):
    wanted = [
        ("2026-07-31", "bank", "before_start"),
        ("2026-08-01", "bank", "required"),
        ("2026-08-01", "unknown", "required"),
        ("2026-08-01", "credit_card", "card_instalments"),
        ("2026-08-01", "private", "not_bound"),
        ("2026-07-31", "unlicensed", "not_bound"),
        (None, "micro_loan", "date_unknown"),
    ]
    sheet = {"annual_cost_ppm": 128_000, "nothing_else": "no"}
    answers = check.all([loan(sheet, contract_date=date, lender=lender) for date, lender, _ in wanted])
    for (date, lender, required), answer in zip(wanted, (answer["sheet"] for answer in answers), strict=True):
        due = required in ("required", "card_instalments")
        found = keys(answer["findings"])
        assert answer["required"] == required and required in found, (date, lender)
        assert ("missing" in found) == (due or required == "date_unknown")
        assert ("ask_nothing_else" in keys(answer["questions"])) == (due or required == "date_unknown")
        # A ground of complaint is never taken for granted where the rule may not apply.
        assert ("complain" in found) == due


def test_a_sheet_that_was_never_shown_is_a_ground_of_complaint_and_nothing_more(check):
    due, early = (answer["sheet"] for answer in check.all(
        [loan({"shown": "not_shown"}), loan({"shown": "not_shown"}, contract_date="2026-07-31")]))
    assert keys(due["findings"]) == ["required", "complain"]
    assert keys(due["questions"]) == ["ask_sheet", "ask_in_writing"] and keys(due["keep"]) == ["keep_screens", "keep_contract"]
    assert keys(early["findings"]) == ["before_start"] and early["questions"] == []
    assert due["status"] == "cannot_tell" and due["reason"] == "no_sheet"


def test_what_is_missing_and_what_is_not_known_are_kept_apart(check):
    sheet = {"annual_cost_ppm": 128_000, "parties": "no", "contingent": "unknown", "nothing_else": "yes", "confirmed": "no"}
    answer = check(sheet)["sheet"]
    assert answer["missing"] == ["parties", "confirmed"] and answer["to_check"] == ["contingent"]
    assert keys(answer["questions"]) == ["ask_parties", "ask_confirmed", "ask_in_writing"]


def test_without_both_figures_it_says_that_it_cannot_tell(check):
    unpaid = {**NOTE, "repayment": {"kind": "equal", "instalment_fen": 0, "periods": 12}}
    answers = check.all([loan({}), loan({"annual_cost_ppm": 1}, unpaid)])
    for answer, reason in zip((answer["sheet"] for answer in answers), ("no_stated_cost", "no_rate"), strict=True):
        assert (answer["status"], answer["reason"]) == ("cannot_tell", reason)
        assert answer["findings"][0]["key"] == reason


def test_a_sheet_changes_nothing_else_in_the_result(check):
    plain, skipped, checked = check.all(
        [("true_cost", "true_cost", [NOTE]), loan({"shown": "skip"}), loan({"annual_cost_ppm": 128_000})])
    assert plain == skipped and plain["sheet"] is None
    for key in plain.keys() - {"sheet", "comparable", "conventions"}:
        assert checked[key] == plain[key], key


def test_a_wrong_sheet_is_refused_with_the_path_of_its_field(check):
    wanted = [
        ({"shown": "maybe"}, "sheet.shown", "choice"),
        ({"annual_cost_ppm": -1}, "sheet.annual_cost_ppm", "min"),
        ({"principal_fen": 0}, "sheet.principal_fen", "min"),
        ({"lines": [{"kind": "interest"}]}, "sheet.lines.0.annual_rate_ppm", "required"),
        ({"lines": [{"kind": "bonus", "amount_fen": 1}]}, "sheet.lines.0.kind", "choice"),
        ({"lines": [{"kind": "other", "amount_fen": 1}] * 21}, "sheet.lines", "count"),
        ({"confirmed": "perhaps"}, "sheet.confirmed", "choice"),
    ]
    answers = check.all([loan(sheet) for sheet, _, _ in wanted])
    assert [(answer["error"]["field"], answer["error"]["rule"]) for answer in answers] == [case[1:] for case in wanted]


# What the reader is told ---------------------------------------------------------


def test_every_row_has_wording_that_its_own_values_fill():
    given = yaml.safe_load((ROOT / "data" / "calculators" / "true-cost" / "calculator.yml").read_text("utf-8"))
    told = set()
    for _, _, [inputs] in random_cost_sheet.calls(20261124, 600):
        try:
            result = true_cost(inputs)
        except InputError:
            continue
        assert set(result["conventions"]) <= given["conventions"].keys()
        for part in ("findings", "questions", "keep") if result["sheet"] else ():
            for row in result["sheet"][part]:
                told.add(row["key"])
                for spec in given["messages"][row["key"]].get("with", []):
                    path, how = spec.split(" ")
                    assert row[path] is not None, (row, spec)
                    if "." in how:
                        names = row[path] if how.startswith("names.") else [row[path]]
                        assert set(names) <= given["names"][how.split(".")[1]].keys(), (row, spec)
    assert told == given["messages"].keys()
