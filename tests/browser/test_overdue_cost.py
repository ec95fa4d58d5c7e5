"""The calculator of what overdue days cost, in a real browser: dates, payments, judgment, lines, hostile input, links."""
from __future__ import annotations

import re

import pytest

from tests.support import calculate, fill_form, settled

PAGES = {"zh": "tools/overdue-cost/", "en": "en/tools/overdue-cost/"}
# 10,000 yuan at 18 % with half of it on top, 90 days: 10,000 x 27 % x 90 / 365 = 665.75; a day 7.40.
LOAN = {"principal": "1万", "rate": "18%", "markup": "50%", "due": "2026年8月20日"}


def answer(tab) -> str:
    settled(tab)
    return tab.locator(".calc__answer").inner_text()


def unfold(tab, group: str) -> None:
    tab.locator(f"#calc-group-{group} summary").click()


@pytest.fixture
def calculator(open_page):
    """The page on 18 November 2026; a dialog, which only injected script could open, fails the test."""

    def open_one(lang: str = "zh", fragment: str = "", **options):
        tab, watch = open_page(PAGES[lang] + fragment, now="2026-11-18", **options)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        ("zh", "到 2026 年 11 月 18 日，一共多出 665.75 元；以后每天再多 7.40 元。"),
        ("en", "By 18 November 2026 the overdue days have added ¥665.75, and each further day adds ¥7.40."),
    ],
)
def test_today_stands_in_the_form_and_the_answer_is_one_sentence(calculator, lang, wanted):
    tab, watch = calculator(lang)
    assert tab.locator("#calc-until").input_value() == "2026-11-18"
    fill_form(tab, LOAN)
    assert calculate(tab) == wanted
    tab.locator("#calc-until").fill("2026-11-28")
    # A hundred days: 739.73.
    assert "739.73" in calculate(tab)
    assert not watch.errors


def test_a_payment_covers_what_the_order_says(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    unfold(tab, "more")
    fill_form(tab, {"unpaid": "150", "late": "50", "payments-0-date": "2026-09-19", "payments-0-amount": "500"})
    calculate(tab)
    row = tab.locator(".calc__detail table", has_text="还的钱抵了什么").locator("tbody tr")
    # Fee 50, unpaid interest 150, thirty days at 27 % 221.92, principal the rest.
    assert row.inner_text().split() == ["1", "2026-09-19", "500.00", "50.00", "150.00", "221.92", "78.08", "9,921.92"]
    assert "第 561 条" in tab.locator(".calc__detail").inner_text()
    tab.locator("#calc-order").select_option("principal_interest_fees")
    calculate(tab)
    assert row.inner_text().split() == ["1", "2026-09-19", "500.00", "500.00", "9,921.92"]
    assert not watch.errors


def test_a_line_is_said_in_money_and_in_how_it_is_used(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN | {"signed": "2026-03-01"})
    tab.locator("#calc-lender").select_option("consumer_finance")
    calculate(tab)
    lines = tab.locator(".calc__detail").inner_text()
    # 24 % of 10,000 for 90 days is 591.78; 665.75 lies 73.97 above.
    assert "591.78 元" in lines and "73.97 元" in lines and "要你自己在诉讼里提出" in lines
    tab.locator("#calc-lender").select_option("bank")
    calculate(tab)
    assert "加收 30% 到 50%（只供了解" in tab.locator(".calc__detail").inner_text()
    tab.locator("#calc-lender").select_option("private")
    tab.locator("#calc-signed").fill("2020-08-19")
    calculate(tab)
    assert "到 2020 年 8 月 19 日 为止，有当事人请求的，按旧规定" in tab.locator(".calc__detail").inner_text()
    assert not watch.errors


def test_extra_interest_after_a_judgment_has_a_part_of_its_own(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    unfold(tab, "judgment")
    fill_form(tab, {"judged": "10000", "ended": "2026-10-09"})
    # 10,000 x 0.0175 % x 40 = 70.00; a day 1.75.
    assert "判决后的加倍利息另算：到这天 70.00 元，以后每天 1.75 元" in calculate(tab)
    tab.locator("#calc-judged").fill("")
    assert calculate(tab) == ""
    assert "请填写判你付的钱" in tab.locator(".calc__errors").inner_text()
    # With a number of days there is no day from which it could run.
    tab.locator("#calc-by").select_option("days")
    assert tab.locator("#calc-group-judgment").is_hidden()
    fill_form(tab, {"days": "90"})
    assert calculate(tab) == "逾期 90 天，一共多出 665.75 元；以后每天再多 7.40 元。"
    assert not watch.errors


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rate": ""}, "选了“上浮”，请填写合同利率"),
        ({"until": "2026-08-19"}, "算到哪一天：早于应还的那一天"),
        ({"due": "2026-02-30"}, "应还的那一天"),
        ({"principal": "1e309"}, "逾期的本金"),
        ({"markup": "<img src=x onerror=alert(1)>🙂"}, "加收多少"),
    ],
)
def test_wrong_input_gets_a_message_and_keeps_what_was_typed(calculator, values, message):
    tab, watch = calculator()
    fill_form(tab, LOAN | values)
    assert calculate(tab) == ""
    assert message in tab.locator(".calc__errors").inner_text()
    [(name, text)] = values.items()
    assert tab.locator(f"#calc-{name}").input_value() == text
    assert not re.search("NaN|undefined", tab.locator("main").inner_text())
    assert not watch.errors


def test_a_link_opens_with_its_figures_and_no_javascript_leaves_the_table(calculator):
    # 500 paid on day 30: 221.92, then 9,721.92 x 27 % x 60 / 365 = 431.49.
    tab, watch = calculator(fragment="#v=1&p=10000&r=18%25&k=markup&m=50%25&u=2026-08-20&a=2026-11-18&h=2026-09-19,500")
    assert "653.41 元" in answer(tab)
    assert tab.locator("#calc-payments-0-amount").input_value() == "500"
    assert not watch.errors
    plain, _ = calculator(js=False)
    worked = plain.locator(".calc__worked").inner_text()
    # 10,000 yuan for 30 and for 365 days at 27 %.
    assert "221.92" in worked and "2,700.00" in worked
    assert "665.75" in plain.locator(".calc__example").inner_text()
