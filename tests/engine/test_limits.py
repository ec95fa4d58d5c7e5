"""Which line stands beside a rate. Entries are cut from data/limits.yml's shape; dates are those of the rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from macros.engine.errors import InputError
from macros.engine.limits import INFORMATION, LENDER_TYPES, LINES, LINES_OVERDUE, PURPOSES, comparison_lines, lpr_on, position, value_on
from tests.engine.agree import python_answer


def _limit(*values: dict, **more) -> dict:
    return {"binding_force": "R", "invoked": "complaint", "publish": "with_caution", "values": list(values), **more}


def _percent(value: str, first: str | None, last: str | None = None, **more) -> dict:
    return {"value": value, "unit": "percent_per_year", "from": first, "until": last, **more}


LIMITS = {
    "private_lending_ceiling": _limit(
        _percent("24", "2015-09-01", "2020-08-19"),
        {"value": "4", "unit": "times_lpr_1y", "from": "2020-08-20", "until": None},
        binding_force="J", invoked="not_supported_by_court", publish="ready", decided_by="contract_date",
    ),
    "private_lending_transition": _limit(
        {"value": "2020-08-20", "unit": "date", "from": "2021-01-01", "until": None}, publish="ready"
    ),
    "financial_loan_reduction_line": _limit(
        _percent("24", "2017-08-04"), binding_force="P", invoked="on_request_in_court"
    ),
    "facilitated_loan_reading": _limit(_percent("24", "2025-10-01")),
    "micro_loan_new_loan_line": _limit(_percent("24", "2025-12"), decided_by="disbursement_date"),
    "micro_loan_lpr_target": _limit(
        {"value": "4", "unit": "times_lpr_1y", "deadline": "2027-12-31", "from": "2025-12", "until": None},
        decided_by="disbursement_date",
    ),
    "micro_loan_short_term": _limit(_percent("24", "2025-12", term_months_max=1)),
    "unlicensed_lender_interest": _limit({"value": None, "unit": "none", "from": "2020-08-20", "until": None}),
    "card_charge_reduction": _limit({"value": None, "unit": "none", "from": "2021-05-25", "until": None}),
    "consumer_finance_window": _limit(_percent("20", "2025-10"), publish="hold"),
    "private_lending_overdue_total": _limit(
        {"value": "4", "unit": "times_lpr_1y", "from": "2020-08-20", "until": None},
        binding_force="J", invoked="not_supported_by_court", publish="ready", decided_by="contract_date",
    ),
    "penalty_interest_markup": _limit(
        {"value": "30-50", "unit": "percent_of_contract_rate_added", "from": "2004-01-01", "until": None},
        {"value": "50-100", "unit": "percent_of_contract_rate_added", "from": "2004-01-01", "until": None},
        invoked="claimed_by_lender",
    ),
    "liquidated_damages_excess": _limit(
        {"value": "130", "unit": "percent_of_actual_loss", "from": "2023-12-05", "until": None},
        binding_force="J", invoked="on_request_in_court", publish="ready",
    ),
}
# data/lpr.csv as published by the National Interbank Funding Center.
LPR = [
    {"effective_date": "2025-05-20", "lpr_1y_percent": "3.00"},
    {"effective_date": "2020-04-20", "lpr_1y_percent": "3.85"},
    {"effective_date": "2024-10-21", "lpr_1y_percent": "3.10"},
]
VERIFIED = "2026-10-19"


def _lines(lender: str, date: str | None, **more) -> dict[str, dict]:
    lines = comparison_lines(lender, date, more.pop("limits", LIMITS), LPR, VERIFIED, **more)
    return {line["limit_id"]: line for line in lines}


@pytest.mark.parametrize(
    ("date", "rate_ppm", "lpr_ppm"),
    [("2020-08-20", 154_000, 38_500), ("2025-05-19", 124_000, 31_000), ("2025-05-20", 120_000, 30_000), (VERIFIED, 120_000, 30_000)],
)
def test_ceiling_uses_the_lpr_of_the_contract_date(date, rate_ppm, lpr_ppm):
    """Four times 3.85 %, 3.10 % and 3.00 %."""
    line = _lines("private", date)["private_lending_ceiling"]
    assert (line["status"], line["rate_ppm"], line["lpr_ppm"], line["lpr_source"]) == ("line", rate_ppm, lpr_ppm, "verified")
    assert (line["binding_force"], line["invoked"]) == ("J", "not_supported_by_court")


def test_an_unverified_quote_is_not_carried_on():
    line = _lines("private", "2026-10-20")["private_lending_ceiling"]
    assert (line["status"], line["rate_ppm"], line["lpr_ppm"]) == ("lpr_unverified", None, None)


def test_a_typed_quote_fills_only_what_was_not_verified():
    typed = _lines("private", "2026-10-20", typed_lpr_ppm=29_000)["private_lending_ceiling"]
    assert (typed["status"], typed["rate_ppm"], typed["lpr_source"]) == ("line", 116_000, "typed")
    known = _lines("private", "2026-10-19", typed_lpr_ppm=29_000)["private_lending_ceiling"]
    assert (known["rate_ppm"], known["lpr_source"]) == (120_000, "verified")


@pytest.mark.parametrize("date", ["2015-09-01", "2018-01-01", "2020-08-19"])
def test_an_older_contract_has_two_rules_and_never_24_percent_throughout(date):
    line = _lines("private", date)["private_lending_ceiling"]
    assert (line["status"], line["rate_ppm"]) == ("transition", None)
    assert line["parts"] == [
        {"from": None, "until": "2020-08-19", "rate_ppm": 240_000},
        {"from": "2020-08-20", "until": None, "rate_ppm": None},
    ]


def test_before_the_first_verified_rule_nothing_is_computed():
    line = _lines("private", "2015-08-31")["private_lending_ceiling"]
    assert (line["status"], line["rate_ppm"], line["first_date"]) == ("before_first_value", None, "2015-09-01")


@pytest.mark.parametrize(
    ("date", "status"),
    [("2025-11-30", "before_first_value"), ("2025-12-01", "uncertain"), ("2025-12-31", "uncertain"), ("2026-01-01", "line")],
)
def test_of_a_rule_whose_month_alone_is_known_that_month_is_uncertain(date, status):
    assert _lines("micro_loan", None, disbursement_date=date)["micro_loan_new_loan_line"]["status"] == status


def test_the_payout_decides_for_new_micro_loans_and_the_contract_stands_in():
    line = _lines("micro_loan", "2025-11-01", disbursement_date="2026-02-01")["micro_loan_new_loan_line"]
    assert (line["status"], line["rate_ppm"], line["date_used"], line["stand_in"]) == ("line", 240_000, "2026-02-01", False)
    line = _lines("micro_loan", "2026-02-01")["micro_loan_new_loan_line"]
    assert (line["status"], line["date_used"], line["stand_in"]) == ("line", "2026-02-01", True)


@pytest.mark.parametrize(
    ("within", "target", "short"), [(True, "not_applicable", "line"), (False, "line", "not_applicable"), (None, "line", "line")]
)
def test_a_loan_of_a_month_has_the_line_for_short_loans(within, target, short):
    lines = _lines("micro_loan", "2026-02-01", within_one_month=within)
    assert lines["micro_loan_lpr_target"]["status"] == target
    assert lines["micro_loan_short_term"]["status"] == short
    assert lines["micro_loan_short_term"]["short_term_only"] is True


def test_the_target_carries_its_deadline():
    line = _lines("micro_loan", "2026-02-01")["micro_loan_lpr_target"]
    assert (line["rate_ppm"], line["deadline"]) == (120_000, "2027-12-31")


@pytest.mark.parametrize("lender", ["unlicensed", "credit_card"])
def test_a_rule_without_a_number_gets_none(lender):
    for date in ("2026-01-01", None):
        line = comparison_lines(lender, date, LIMITS, LPR, VERIFIED)[0]
        assert (line["status"], line["rate_ppm"], line["value"]) == ("no_number", None, None)


def test_no_number_is_given_without_a_date():
    assert {line["status"] for line in comparison_lines("bank", None, LIMITS, LPR, VERIFIED)} == {"date_needed"}


def test_four_times_lpr_never_stands_beside_a_licensed_or_an_unlicensed_lender():
    """Reply on scope of 2021-01-01, and article 13(3): only the micro-loan target uses the LPR too."""
    for lender in LENDER_TYPES:
        if lender not in ("private", "unknown"):
            assert "private_lending_ceiling" not in _lines(lender, "2026-01-01")


def test_unknown_shows_every_type_side_by_side():
    lines = comparison_lines("unknown", "2026-01-01", LIMITS, LPR, VERIFIED)
    assert [(line["lender_type"], line["limit_id"]) for line in lines] == [
        (kind, limit_id) for kind, ids in LINES.items() for limit_id in ids
    ]


def test_what_is_on_hold_never_appears():
    held = {**LIMITS, "financial_loan_reduction_line": {**LIMITS["financial_loan_reduction_line"], "publish": "hold"}}
    assert _lines("bank", "2026-01-01", limits=held) == {}
    assert all("consumer_finance_window" not in ids for ids in LINES.values())


def test_both_languages_choose_the_same_lines(ask_all):
    dates = (None, "2015-08-31", "2019-01-01", "2020-08-20", "2025-12-15", "2026-03-01", "2026-10-20", "2026-02-30")
    calls = [
        ("limits", "comparison_lines", [lender, date, LIMITS, LPR, VERIFIED, typed, payout, within])
        for lender in (*LENDER_TYPES, "pawnshop")
        for date in dates
        for typed, payout, within in ((None, None, None), (31_000, "2026-11-01", True), (None, "2025-12-03", False))
    ]
    assert ask_all(calls) == [json.loads(python_answer(call)) for call in calls]


# Beside what the overdue days cost ---------------------------------------------


def _overdue(lender: str, date: str | None, **more) -> dict[str, dict]:
    return _lines(lender, date, purpose="overdue", **more)


@pytest.mark.parametrize(
    ("date", "status", "rate_ppm"),
    [
        (None, "date_needed", None),
        ("2014-01-01", "transition", None),
        ("2020-08-19", "transition", None),
        ("2020-08-20", "line", 154_000),
        ("2025-05-19", "line", 124_000),
        ("2025-05-20", "line", 120_000),
        (VERIFIED, "line", 120_000),
        ("2026-10-20", "lpr_unverified", None),
    ],
)
def test_private_lending_has_its_total_for_overdue_days_by_the_contract_date(date, status, rate_ppm):
    """Articles 28, 29 and 31: four times the LPR of the contract's day from 20 August 2020, two rules before."""
    lines = _overdue("private", date)
    line = lines["private_lending_overdue_total"]
    assert (line["status"], line["rate_ppm"], line["invoked"]) == (status, rate_ppm, "not_supported_by_court")
    assert "private_lending_ceiling" not in lines
    parts = [(part["from"], part["until"], part["rate_ppm"]) for part in line["parts"]]
    # Neither number is known: the old total is not in the data, the new one is that of the day of suing.
    assert parts == ([(None, "2020-08-19", None), ("2020-08-20", None, None)] if status == "transition" else [])


def test_a_typed_quote_serves_overdue_days_too():
    assert _overdue("private", "2026-10-20", typed_lpr_ppm=29_000)["private_lending_overdue_total"]["rate_ppm"] == 116_000


@pytest.mark.parametrize("lender", ["bank", "consumer_finance", "micro_loan", "facilitated", "credit_card"])
def test_a_licensed_lenders_overdue_charges_have_the_line_that_must_be_asked_for(lender):
    for date, status, rate in (("2017-08-03", "before_first_value", None), ("2017-08-04", "line", 240_000), (None, "date_needed", None)):
        line = _overdue(lender, date)["financial_loan_reduction_line"]
        assert (line["status"], line["rate_ppm"], line["invoked"]) == (status, rate, "on_request_in_court")


@pytest.mark.parametrize(
    ("lender", "limit_id", "before", "after"),
    [
        ("bank", "penalty_interest_markup", "2003-12-31", "2004-01-01"),
        ("facilitated", "facilitated_loan_reading", "2025-09-30", "2025-10-01"),
        ("micro_loan", "micro_loan_new_loan_line", "2025-11-30", "2026-01-01"),
    ],
)
def test_what_is_only_for_information_is_never_set_against_a_rate(lender, limit_id, before, after):
    assert _overdue(lender, before)[limit_id]["status"] == "before_first_value"
    for date in (after, None):
        line = _overdue(lender, date)[limit_id]
        assert (line["status"], line["rate_ppm"]) == ("information", None)
        assert line["value"] == LIMITS[limit_id]["values"][0]["value"]


def test_the_month_of_a_rule_for_information_is_uncertain_too():
    line = _overdue("micro_loan", None, disbursement_date="2025-12-15")["micro_loan_new_loan_line"]
    assert (line["status"], line["value"]) == ("uncertain", None)


@pytest.mark.parametrize("date", [None, "2019-01-01", "2023-12-04", "2023-12-05"])
def test_what_a_court_may_reduce_does_not_depend_on_the_contract_date(date):
    lines = _overdue("credit_card", date)
    assert lines["card_charge_reduction"]["status"] == "no_number"
    damages = lines["liquidated_damages_excess"]
    assert (damages["status"], damages["value"], damages["lender_type"]) == ("information", "130", "any")
    assert (damages["invoked"], damages["rate_ppm"]) == ("on_request_in_court", None)


def test_damages_stand_once_and_not_beside_a_void_contract():
    lines = comparison_lines("unknown", "2026-01-01", LIMITS, LPR, VERIFIED, purpose="overdue")
    assert [(line["lender_type"], line["limit_id"]) for line in lines] == [(kind, limit_id) for kind, ids in LINES_OVERDUE.items() for limit_id in ids]
    assert set(_overdue("unlicensed", "2026-01-01")) == {"unlicensed_lender_interest"}
    for lender in set(LENDER_TYPES) - {"unknown", "unlicensed"}:
        assert [*_overdue(lender, "2026-01-01")][-1] == "liquidated_damages_excess"


def test_four_times_lpr_stands_beside_no_licensed_lenders_overdue_charges():
    for lender in LENDER_TYPES:
        if lender not in ("private", "unknown"):
            assert "private_lending_overdue_total" not in _overdue(lender, "2026-01-01")
            assert {line["unit"] for line in _overdue(lender, "2026-01-01").values()}.isdisjoint({"times_lpr_1y"})


def test_both_languages_choose_the_same_lines_for_overdue_days(ask_all):
    calls = [
        ("limits", "comparison_lines", [lender, date, LIMITS, LPR, VERIFIED, typed, payout, None, "overdue"])
        for lender in (*LENDER_TYPES, "any")
        for date in (None, "2003-12-31", "2019-01-01", "2020-08-20", "2025-12-15", "2026-03-01", "2026-10-20", "2026-02-30")
        for typed, payout in ((None, None), (31_000, "2026-11-01"))
    ]
    assert ask_all(calls) == [json.loads(python_answer(call)) for call in calls]
    with pytest.raises(InputError) as refused:
        comparison_lines("bank", None, LIMITS, LPR, VERIFIED, purpose="credit")
    assert refused.value.field == "purpose"


# Single parts ------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "where"), [(240_000_000_001, "above"), (240_000_000_000, "at"), (239_999_999_999, "below")])
def test_a_rate_is_placed_by_its_twelfth_decimal(rate, where):
    assert position(rate, 240_000) == where


@pytest.mark.parametrize(
    ("date", "rule"), [("2019-12-31", "before_first_value"), ("2022-01-01", "after_last_value"), ("2020-06-15", "uncertain")]
)
def test_a_date_outside_a_dated_list_is_an_error(date, rule):
    values = [{"value": "1", "from": "2020-01-01", "until": "2020-06"}, {"value": "2", "from": "2020-07-01", "until": "2021-12-31"}]
    with pytest.raises(InputError) as refused:
        value_on(values, date)
    assert refused.value.rule == rule


def test_a_date_before_the_first_quote_is_an_error():
    with pytest.raises(InputError) as refused:
        lpr_on(LPR, "2020-04-19")
    assert refused.value.rule == "before_first_value"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("bank", "2026-02-30"), "contract_date"), (("shop", None), "lender_type"), ((None, None), "lender_type")],
)
def test_wrong_input_is_refused(arguments, field):
    with pytest.raises(InputError) as refused:
        comparison_lines(*arguments, LIMITS, LPR, VERIFIED)
    assert refused.value.field == field


def test_every_line_is_in_the_data_and_none_of_them_is_on_hold():
    limits = yaml.safe_load((Path(__file__).parents[2] / "data" / "limits.yml").read_text("utf-8"))
    shown = {"percent_of_contract_rate_added", "percent_of_actual_loss"}
    for table in PURPOSES.values():
        for limit_id in {*(one for ids in table.values() for one in ids), "private_lending_transition"}:
            assert limits[limit_id]["publish"] in ("ready", "with_caution")
            units = {value["unit"] for value in limits[limit_id]["values"]}
            assert units <= {"percent_per_year", "times_lpr_1y", "none", "date"} | shown
            # What is no rate a year must never be taken for one.
            assert units.isdisjoint(shown) or limit_id in INFORMATION
