"""What being overdue costs. Expected numbers come from published cases, from a recomputation day by day with
fractions that shares no code with the engine, or from sums that can be done by hand (they stand in the test)."""

from __future__ import annotations

import calendar
import json
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macros.engine.errors import InputError
from macros.engine.overdue import ORDERS, charges_against, overdue_cost, penalty

CASES = json.loads((Path(__file__).parents[1] / "cases" / "finance_public.json").read_text("utf-8"))
OWN = json.loads((Path(__file__).parents[2] / "data" / "calculators" / "overdue-cost" / "cases.json").read_text("utf-8"))
INTEREST = ("interest", "penalty", "compound")
KINDS = ("principal", *INTEREST, "fees")
DUE = date(2026, 1, 31)


def _on(days: int) -> str:
    return (DUE + timedelta(days)).isoformat()


def _loan(days: int = 90, **more) -> dict:
    """10,000 yuan at 18 % a year, 50 % on top when overdue."""
    return {
        "overdue_principal_fen": 1_000_000,
        "contract_annual_rate_ppm": 180_000,
        "penalty": {"kind": "markup", "markup_ppm": 500_000},
        "due_date": DUE.isoformat(),
        "as_of": _on(days),
        **more,
    }


def _paid(*payments: tuple[int, int]) -> list[dict]:
    return [{"date": _on(day), "amount_fen": fen} for day, fen in payments]


# Published cases ---------------------------------------------------------------


def test_every_published_penalty_case_holds(ask_all):
    cases = [case for case in CASES if case["kind"] == "penalty"]
    assert len(cases) == 4
    calls = []
    for case in cases:
        given = case["inputs"]
        annual, daily = (Fraction(given[key]) * 10**6 if key in given else None for key in ("annual_rate", "daily_rate"))
        assert all(rate is None or rate.denominator == 1 for rate in (annual, daily))
        calls.append(("overdue", "penalty", [
            given["base_minor"], given["days"], None if annual is None else int(annual), None if daily is None else int(daily),
            given.get("basis", 365), given.get("compounding", "simple"), given.get("round_daily", False), given.get("fixed_fee_minor", 0),
        ]))
    for case, answer in zip(cases, ask_all(calls), strict=True):
        expected = case["check"]["corrected"] if case["check"]["verdict"] == "disagrees" else case["expected"]
        assert set(case["tolerance"].values()) == {"0"}
        assert {name: int(answer[name.replace("_minor", "_fen")]) for name in expected} == expected, case["id"]


def _holds(expected, answer, where: str) -> None:
    """Everything that is expected stands in the answer, which has integers as text."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            _holds(value, answer[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(answer), where
        for number, value in enumerate(expected):
            _holds(value, answer[number], f"{where}.{number}")
    else:
        assert answer == (str(expected) if isinstance(expected, int) else expected), where


def test_every_case_of_the_calculator_holds(ask_all):
    answers = ask_all([("overdue", "overdue_cost", [case["inputs"]]) for case in OWN])
    assert len(OWN) == 8
    for case, answer in zip(OWN, answers, strict=True):
        _holds(case["expected"], answer, case["id"])


@pytest.mark.parametrize("round_daily", [False, True])
def test_daily_compounding_is_the_power_or_rounds_every_day(round_daily):
    answer = penalty(1_000_000, 60, daily_rate_ppm=1_000, compounding="daily", round_daily=round_daily, fixed_fee_fen=4_000)
    owed = Fraction(1_000_000)
    for _ in range(60):
        owed *= Fraction(1001, 1000)
        owed = Fraction(floor(owed + Fraction(1, 2))) if round_daily else owed
    interest = floor(owed - 1_000_000 + Fraction(1, 2))
    assert answer == {"interest_fen": interest, "charges_fen": interest + 4_000, "total_fen": 1_004_000 + interest}


# Day by day --------------------------------------------------------------------


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def _month_later(months: int) -> date:
    year, month = DUE.year + (DUE.month - 1 + months) // 12, (DUE.month - 1 + months) % 12 + 1
    return date(year, month, min(DUE.day, calendar.monthrange(year, month)[1]))


def _by_the_day(given: dict) -> dict:
    """The same debt, one day after the other; amounts are rounded where the engine says it rounds."""
    year = int(given.get("year_days", "365"))
    contract = Fraction(given.get("contract_annual_rate_ppm") or 0, 10**6) / year
    agreed = given.get("penalty", {"kind": "none"})
    interest, extra = contract, Fraction(0)
    if agreed["kind"] == "markup":
        interest, extra = Fraction(0), contract * (1 + Fraction(agreed["markup_ppm"], 10**6))
    elif agreed["kind"] != "none":
        extra = Fraction(agreed["daily_rate_ppm"], 10**6) if agreed["kind"] == "daily" else Fraction(agreed["annual_rate_ppm"], 10**6) / year
        interest = contract if agreed.get("basis") == "on_top" else Fraction(0)
    days = (date.fromisoformat(given["as_of"]) - DUE).days
    payments = [(date.fromisoformat(entry["date"]), entry["amount_fen"]) for entry in given.get("payments", [])]
    fees = [(date.fromisoformat(entry["date"]), entry["amount_fen"]) for entry in given.get("fees", [])]
    fees.append((DUE + timedelta(1), given.get("late_fee_fen") or 0))
    rests = {_month_later(k) for k in range(1, 40)} if given.get("compound") == "monthly" else set()
    owed = dict.fromkeys(KINDS, 0) | {"principal": given["overdue_principal_fen"], "interest": given.get("unpaid_interest_fen") or 0}
    bearing = owed["interest"] if given.get("compound", "none") != "none" else 0
    charged, grown, unused = dict.fromkeys(KINDS, 0), dict.fromkeys(INTEREST, Fraction(0)), 0
    for number in range(1, days + 1):
        today = DUE + timedelta(number)
        grown["interest"] += owed["principal"] * interest
        grown["penalty"] += owed["principal"] * extra
        grown["compound"] += bearing * (interest + extra)
        for fee in (fen for when, fen in fees if when == today):
            owed["fees"] += fee
            charged["fees"] += fee
        due = [fen for when, fen in payments if when == today]
        if not (due or today in rests or number == days):
            continue
        for kind in INTEREST:
            owed[kind] += _half_up(grown[kind])
            charged[kind] += _half_up(grown[kind])
            grown[kind] = Fraction(0)
        for left in due:
            for kind in ORDERS[given.get("order", "fees_interest_principal")]:
                part = min(left, owed[kind])
                owed[kind] -= part
                left -= part
                bearing = max(bearing - part, 0) if kind in INTEREST else bearing
            unused += left
        if today in rests:
            bearing = sum(owed[kind] for kind in INTEREST)
    return {"left": owed, "charged": charged, "unused": unused}


money = st.integers(0, 2_000_000)
dated = st.lists(st.tuples(st.integers(1, 130), money), max_size=4).map(lambda pairs: _paid(*pairs))
agreed_penalties = st.one_of(
    st.just({"kind": "none"}),
    st.builds(lambda ppm: {"kind": "markup", "markup_ppm": ppm}, st.sampled_from([300_000, 500_000, 1_000_000])),
    st.builds(lambda ppm, basis: {"kind": "annual", "annual_rate_ppm": ppm, "basis": basis}, st.integers(0, 600_000), st.sampled_from(["whole", "on_top"])),
    st.builds(lambda ppm, basis: {"kind": "daily", "daily_rate_ppm": ppm, "basis": basis}, st.integers(0, 2_000), st.sampled_from(["whole", "on_top"])),
)
debts = st.fixed_dictionaries({
    "overdue_principal_fen": st.integers(1, 5_000_000),
    "unpaid_interest_fen": st.one_of(st.none(), st.integers(0, 300_000)),
    "contract_annual_rate_ppm": st.integers(0, 600_000),
    "penalty": agreed_penalties,
    "compound": st.sampled_from(["none", "start", "monthly"]),
    "late_fee_fen": st.one_of(st.none(), st.integers(0, 20_000)),
    "fees": dated,
    "payments": dated,
    "order": st.sampled_from(sorted(ORDERS)),
    "year_days": st.sampled_from(["365", "360"]),
    "due_date": st.just(DUE.isoformat()),
    "as_of": st.integers(0, 120).map(_on),
})


@given(debts)
@settings(max_examples=150)
def test_every_debt_is_the_one_reckoned_day_by_day(debt):
    result, wanted = overdue_cost(debt), _by_the_day(debt)
    assert {kind: result["left"][f"{kind}_fen"] for kind in KINDS} == wanted["left"]
    assert {kind: result["charged"][f"{kind}_fen"] for kind in KINDS[1:]} == {kind: wanted["charged"][kind] for kind in KINDS[1:]}
    assert result["unused_fen"] == wanted["unused"]


@given(debts)
@settings(max_examples=80)
def test_payments_conserve_money_and_rows_add_up(debt):
    result = overdue_cost(debt)
    counted = [entry["amount_fen"] for entry in debt["payments"] if entry["date"] <= debt["as_of"]]
    assert result["covered"]["total_fen"] + result["unused_fen"] == sum(counted)
    start = {"principal": debt["overdue_principal_fen"], "interest": debt["unpaid_interest_fen"] or 0}
    for kind in KINDS:
        before = start.get(kind, 0) + result["charged"].get(f"{kind}_fen", 0)
        assert result["left"][f"{kind}_fen"] == before - result["covered"][f"{kind}_fen"] >= 0
        assert sum(row.get(f"{kind}_fen", 0) for row in result["rows"]) == result["charged"][f"{kind}_fen"] if kind != "principal" else True
    assert sum(row["days"] for row in result["rows"]) == result["days"]
    assert [row["amount_fen"] for row in result["payments"]] == [
        entry["amount_fen"] for entry in sorted(debt["payments"], key=lambda entry: entry["date"]) if entry["date"] <= debt["as_of"]
    ]


@given(debts, st.sampled_from(sorted(ORDERS)))
@settings(max_examples=50)
def test_the_order_of_covering_never_changes_the_money_paid(debt, order):
    one, other = overdue_cost(debt), overdue_cost({**debt, "order": order})
    assert one["covered"]["total_fen"] + one["unused_fen"] == other["covered"]["total_fen"] + other["unused_fen"]
    free = {**debt, "contract_annual_rate_ppm": 0, "penalty": {"kind": "none"}}
    assert overdue_cost(free)["left"]["total_fen"] == overdue_cost({**free, "order": order})["left"]["total_fen"]


@given(debts, st.integers(0, 3), st.integers(1, 120))
@settings(max_examples=80)
def test_paying_earlier_never_costs_more(debt, which, sooner):
    """By more than its rounding: half a fen for each kind of interest in each row, on both sides."""
    if which >= len(debt["payments"]):
        return
    payments = [dict(entry) for entry in debt["payments"]]
    day = max((date.fromisoformat(payments[which]["date"]) - DUE).days - sooner, 1)
    payments[which]["date"] = _on(day)
    late, early = overdue_cost(debt), overdue_cost({**debt, "payments": payments})
    rounding = 2 * (len(late["rows"]) + len(early["rows"]))
    assert early["charged"]["total_fen"] <= late["charged"]["total_fen"] + rounding


@given(debts, st.integers(1, 25))
@settings(max_examples=80)
def test_each_further_day_adds_what_the_engine_says(debt, further):
    result = overdue_cost(debt)
    # No payment, fee or monthly rest lies between.
    debt = {**debt, **{key: [entry for entry in debt[key] if entry["date"] <= debt["as_of"]] for key in ("fees", "payments")}}
    end = date.fromisoformat(debt["as_of"])
    later = min([end + timedelta(further), *(rest for rest in map(_month_later, range(1, 7)) if rest > end)])
    days = (later - end).days
    after = overdue_cost({**debt, "as_of": later.isoformat()})
    grown = after["left"]["total_fen"] - result["left"]["total_fen"]
    # The late fee comes on the first day, which the engine counts with that day only.
    grown -= (debt["late_fee_fen"] or 0) if debt["as_of"] == debt["due_date"] else 0
    said = Fraction(result["each_further_day_e6"], 10**6)
    assert abs(grown - days * said) <= 3 * Fraction(1, 2) * 2
    assert abs(result["each_further_day_fen"] - said) <= Fraction(1, 2) + Fraction(1, 10**6)


@given(debts)
@settings(max_examples=40)
def test_zero_rates_give_zero(debt):
    free = {**debt, "contract_annual_rate_ppm": 0, "penalty": {"kind": "annual", "annual_rate_ppm": 0, "basis": "on_top"}}
    result = overdue_cost(free)
    assert [result["charged"][f"{kind}_fen"] for kind in INTEREST] == [0, 0, 0]
    assert result["each_further_day_e6"] == 0
    assert "no_rate" in result["conventions"]


# By hand -----------------------------------------------------------------------


def test_a_mark_up_of_half_on_18_percent_is_27_percent(ask):
    """10,000 x 27 % x 30 / 365 = 221.92; one day 7.397."""
    result = ask("overdue", "overdue_cost", _loan(30))
    assert (result["charged"]["penalty_fen"], result["charged"]["interest_fen"]) == ("22192", "0")
    assert (result["rates"]["overdue_annual_rate_ppm"], result["each_further_day_fen"]) == ("270000", "740")
    assert result["each_further_day_e6"] == "739726027"
    assert result["charged"]["annual_rate_ppm"] == "270003"


@pytest.mark.parametrize(
    ("agreed", "interest", "extra"),
    [
        ({"kind": "none"}, 18_000, 0),
        ({"kind": "annual", "annual_rate_ppm": 240_000}, 0, 24_000),
        ({"kind": "annual", "annual_rate_ppm": 240_000, "basis": "on_top"}, 18_000, 24_000),
        ({"kind": "daily", "daily_rate_ppm": 1_000, "basis": "on_top"}, 18_000, 36_000),
        ({"kind": "markup", "markup_ppm": 300_000}, 0, 23_400),
    ],
)
def test_a_penalty_stands_in_place_of_the_contracts_rate_or_on_top_of_it(agreed, interest, extra):
    """10,000 yuan for 36 days of a year of 360: a tenth of the yearly rate."""
    charged = overdue_cost(_loan(36, year_days="360", penalty=agreed))["charged"]
    assert (charged["interest_fen"], charged["penalty_fen"]) == (interest, extra)


ORDER_CASES = {
    # 500 yuan against fee 50, old interest 100, penalty 221.92, principal 10,000.
    "fees_interest_principal": {"fees": 5_000, "interest": 10_000, "penalty": 22_192, "principal": 12_808},
    "interest_fees_principal": {"fees": 5_000, "interest": 10_000, "penalty": 22_192, "principal": 12_808},
    "interest_principal_fees": {"fees": 0, "interest": 10_000, "penalty": 22_192, "principal": 17_808},
    "principal_interest_fees": {"fees": 0, "interest": 0, "penalty": 0, "principal": 50_000},
}


@pytest.mark.parametrize("order", ORDER_CASES)
def test_what_a_payment_covers_first(order, ask):
    """Civil Code, article 561: costs, interest, principal, unless agreed otherwise."""
    result = ask("overdue", "overdue_cost", _loan(30, late_fee_fen=5_000, unpaid_interest_fen=10_000, payments=_paid((30, 50_000)), order=order))
    row = result["payments"][0]
    assert {kind: int(row[f"{kind}_fen"]) for kind in ORDER_CASES[order]} == ORDER_CASES[order]
    assert int(row["left_fen"]) == 1_000_000 + 5_000 + 10_000 + 22_192 - 50_000
    assert f"order_{order}" in result["conventions"]


def test_a_small_payment_goes_to_the_fee_alone():
    row = overdue_cost(_loan(30, late_fee_fen=5_000, payments=_paid((10, 3_000))))["payments"][0]
    assert (row["fees_fen"], row["penalty_fen"], row["principal_fen"]) == (3_000, 0, 0)


def test_interest_on_unpaid_interest_at_the_penalty_rate():
    """1,000 yuan of unpaid interest x 27 % x 73 / 365 = 54.00."""
    assert overdue_cost(_loan(73, unpaid_interest_fen=100_000, compound="start"))["charged"]["compound_fen"] == 5_400
    assert overdue_cost(_loan(73, unpaid_interest_fen=100_000))["charged"]["compound_fen"] == 0
    # With monthly rests it bears interest from the first day as well: 1,000 x 27 % x 28 / 365 = 20.71.
    assert overdue_cost(_loan(28, unpaid_interest_fen=100_000, compound="monthly"))["charged"]["compound_fen"] == 2_071


def test_monthly_rests_keep_to_the_last_day_of_the_month():
    """From 31 January: 28 February, 31 March. The penalty of the first 28 days, 207.12, bears interest from then: 31 days 4.75."""
    rows = overdue_cost(_loan(60, compound="monthly"))["rows"]
    assert [row["to"] for row in rows] == ["2026-02-28", "2026-03-31", "2026-04-01"]
    assert [(row["compound_base_fen"], row["compound_fen"]) for row in rows[:2]] == [(0, 0), (20_712, 475)]
    assert rows[2]["compound_base_fen"] == 20_712 + 22_932 + 475


def test_each_row_can_be_checked_by_hand_and_rounds_once():
    """10,000 x 27 % x 10 / 365 = 73.97; then 9,573.97 for 20 days = 141.64."""
    result = overdue_cost(_loan(30, payments=_paid((10, 50_000))))
    assert [(row["principal_fen"], row["days"], row["penalty_fen"]) for row in result["rows"]] == [(1_000_000, 10, 7_397), (957_397, 20, 14_164)]
    assert "rounded_once_per_row" in result["conventions"]


def test_what_lies_after_the_day_is_not_counted_yet():
    result = overdue_cost(_loan(30, payments=_paid((31, 50_000)), fees=_paid((40, 1_000))))
    assert (result["payments"], result["charged"]["fees_fen"], result["not_counted"]) == ([], 0, 2)
    assert "later_not_counted" in result["conventions"]


def test_too_much_is_given_back_as_unused():
    result = overdue_cost(_loan(30, payments=_paid((10, 2_000_000))))
    assert (result["status"], result["unused_fen"], result["each_further_day_fen"]) == ("paid", 992_603, 0)


def test_on_the_due_date_nothing_is_overdue():
    result = overdue_cost(_loan(0, late_fee_fen=5_000))
    assert (result["status"], result["charged"]["total_fen"], result["charged"]["annual_rate_e12"]) == ("not_yet", 0, None)
    assert result["each_further_day_fen"] == 740


def test_days_may_be_typed_instead_of_dates():
    by_days = {key: value for key, value in _loan().items() if key not in ("due_date", "as_of")} | {"by": "days", "days": 90}
    result, dated_result = overdue_cost(by_days), overdue_cost(_loan(90))
    assert result["left"] == dated_result["left"]
    assert (result["as_of"], result["rows"][0]["from"]) == (None, None)


# Judgment ----------------------------------------------------------------------


def _judged(**more) -> dict:
    return {"base_fen": 10_000_000, "from_date": _on(0), "daily_rate_ppm": 175, "first_date": "2014-08-01", **more}


def test_extra_interest_after_judgment_is_simple_and_falls_with_part_payments(ask):
    """100,000 x 0.0175 % x 40 = 700; from then 60,000 x 0.0175 % x 60 = 630."""
    result = ask("overdue", "overdue_cost", _loan(100, judgment=_judged(payments=_paid((40, 4_000_000)))))
    judgment = result["judgment"]
    assert [(row["days"], row["base_fen"], row["interest_fen"]) for row in judgment["rows"]] == [("40", "10000000", "70000"), ("60", "6000000", "63000")]
    assert (judgment["interest_fen"], judgment["each_further_day_fen"], judgment["status"]) == ("133000", "1050", "running")
    assert int(result["total_with_judgment_fen"]) == int(result["left"]["total_fen"]) + 133_000


def test_a_payment_before_the_time_ended_is_never_in_the_base():
    judgment = overdue_cost(_loan(100, judgment=_judged(from_date=_on(50), payments=_paid((40, 4_000_000)))))["judgment"]
    assert (judgment["days"], judgment["interest_fen"]) == (50, 52_500)


def test_before_the_time_to_perform_ends_nothing_runs():
    judgment = overdue_cost(_loan(10, judgment=_judged(from_date=_on(20))))["judgment"]
    assert (judgment["status"], judgment["interest_fen"], judgment["each_further_day_fen"], judgment["rows"]) == ("not_started", 0, 0, [])


def test_a_paid_judgment_stops_and_says_what_was_too_much():
    judgment = overdue_cost(_loan(100, judgment=_judged(payments=_paid((40, 11_000_000)))))["judgment"]
    assert (judgment["status"], judgment["interest_fen"], judgment["unused_fen"], judgment["left_fen"]) == ("paid", 70_000, 1_000_000, 0)


def test_constants_alone_ask_for_no_judgment():
    assert overdue_cost(_loan(judgment={"base_fen": None, "from_date": None, "daily_rate_ppm": 175, "first_date": "2014-08-01"}))["judgment"] is None


# Beside the lines --------------------------------------------------------------


def _line(rate_ppm: int | None, limit_id: str = "financial_loan_reduction_line") -> dict:
    return {"limit_id": limit_id, "rate_ppm": rate_ppm}


def test_a_line_is_said_in_money(ask):
    """24 % of 10,000 for 73 days is 480; charged are 540."""
    result = overdue_cost(_loan(73))
    for rate, allowed, excess, where in ((240_000, "48000", "6000", "above"), (270_000, "54000", "0", "at"), (360_000, "72000", "0", "below")):
        line = ask("overdue", "charges_against", result, [_line(rate)])[0]
        assert (line["charges_fen"], line["allowed_fen"], line["excess_fen"], line["position"]) == ("54000", allowed, excess, where)


def test_what_a_line_allows_is_rounded_half_up():
    """24 % of 10,000 for 31 days is 203.8356."""
    assert charges_against(overdue_cost(_loan(31)), [_line(240_000)])[0]["allowed_fen"] == 20_384


def test_a_line_goes_by_the_principal_that_was_really_owed():
    """10,000 for 73 days, then 5,540 (5,000 paid, 540 of it interest) for 73: 24 % allows 480 + 265.92."""
    result = overdue_cost(_loan(146, payments=_paid((73, 500_000))))
    assert charges_against(result, [_line(240_000)])[0]["allowed_fen"] == 48_000 + 26_592


def test_a_line_without_a_number_says_nothing_in_money():
    line = charges_against(overdue_cost(_loan(73)), [_line(None)])[0]
    assert (line["allowed_fen"], line["excess_fen"], line["position"]) == (None, None, None)
    assert charges_against(overdue_cost(_loan(0)), [_line(240_000)])[0]["allowed_fen"] is None


@pytest.mark.parametrize(
    ("more", "kept"),
    [({}, 0), ({"late_fee_fen": 1}, 1), ({"penalty": {"kind": "daily", "daily_rate_ppm": 500, "basis": "on_top"}}, 1)],
)
def test_the_line_on_damages_stands_only_where_some_are_charged(more, kept):
    assert len(charges_against(overdue_cost(_loan(30, **more)), [_line(None, "liquidated_damages_excess")])) == kept


# Refused -----------------------------------------------------------------------

REFUSED = [
    ({"overdue_principal_fen": 0}, "overdue_principal_fen", "min"),
    ({"overdue_principal_fen": None}, "overdue_principal_fen", "required"),
    ({"unpaid_interest_fen": 10**12 + 1}, "unpaid_interest_fen", "max"),
    ({"contract_annual_rate_ppm": None}, "contract_annual_rate_ppm", "required"),
    ({"contract_daily_rate_ppm": 500}, "contract_daily_rate_ppm", "two_rates"),
    ({"penalty": {"kind": "double"}}, "penalty.kind", "choice"),
    ({"penalty": {"kind": "annual"}}, "penalty.annual_rate_ppm", "required"),
    ({"as_of": "2026-01-30"}, "as_of", "before_due"),
    ({"as_of": "2056-02-02"}, "as_of", "too_late"),
    ({"as_of": "2026-02-30"}, "as_of", "date"),
    ({"due_date": None}, "due_date", "required"),
    ({"payments": [{"date": "2026-01-31", "amount_fen": 1}]}, "payments.0.date", "not_overdue"),
    ({"payments": [{"date": "2026-02-01", "amount_fen": -1}]}, "payments.0.amount_fen", "min"),
    ({"fees": [{"date": "2026-02-01", "amount_fen": 1}] * 121}, "fees", "count"),
    ({"by": "days", "days": 10, "compound": "monthly"}, "compound", "dates_needed"),
    ({"by": "days", "days": 10, "payments": [{"date": "2026-02-01", "amount_fen": 1}]}, "payments", "dates_needed"),
    ({"by": "days", "days": 10, "judgment": _judged()}, "judgment.from_date", "dates_needed"),
    ({"by": "days", "days": 10_959}, "days", "max"),
    ({"judgment": _judged(base_fen=None)}, "judgment.base_fen", "required"),
    ({"judgment": _judged(from_date=None)}, "judgment.from_date", "required"),
    ({"judgment": _judged(from_date="2014-07-31")}, "judgment.from_date", "before_first_value"),
    ({"year_days": "366"}, "year_days", "choice"),
    ({"order": "principal_first"}, "order", "choice"),
    ({"compound": "monthly", "contract_annual_rate_ppm": 10**9, "as_of": "2036-01-31"}, "compound", "too_large"),
]


def test_wrong_input_is_refused_at_its_place(ask_all):
    answers = ask_all([("overdue", "overdue_cost", [_loan() | change]) for change, _, _ in REFUSED])
    assert [(answer["error"]["field"], answer["error"]["rule"]) for answer in answers] == [(field, rule) for _, field, rule in REFUSED]


def test_two_rates_and_odd_years_are_refused_in_a_plain_penalty():
    for more, field in (({"annual_rate_ppm": 1, "daily_rate_ppm": 1}, "daily_rate_ppm"), ({"annual_rate_ppm": 1, "year_days": 364}, "year_days")):
        with pytest.raises(InputError) as refused:
            penalty(100, 1, **more)
        assert refused.value.field == field
