"""The repayment schedule in a real browser: the answer and its figures, a second loan, early repayment, month ends."""
from __future__ import annotations

import re

import pytest

from tests.support import calculate, fill_form

PAGES = {"zh": "tools/schedule/", "en": "en/tools/schedule/"}
# Published case fen-equal_instalment-12-pub: 10,000 at 12 % over 12 months.
LOAN = {"principal": "1万", "rate": "12%", "periods": "12期"}


@pytest.fixture
def calculator(open_page):
    def open_one(lang: str = "zh", fragment: str = "", **options):
        return open_page(PAGES[lang] + fragment, **options)

    return open_one


def answers(tab) -> tuple[str, str]:
    """Press, and give the answer and what stands below it."""
    return calculate(tab), tab.locator(".calc__detail").inner_text()


def test_answer_and_plan_are_those_of_the_published_case(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    answer, detail = answers(tab)
    assert answer == "每月还 888.49 元，一共还 10,661.86 元，其中利息 661.86 元。年化 12.0%（单利）。"
    rows = tab.locator(".calc__detail .calc__plan tbody tr")
    # First and last row of the case; without dates and fees these columns are left out.
    assert rows.first.locator("th, td").all_inner_texts() == ["1", "888.49", "100.00", "788.49", "9,211.51"]
    assert rows.last.locator("th, td").all_inner_texts() == ["12", "888.47", "8.80", "879.67", "0.00"]
    assert "最后一期把剩下的本金还清" in detail
    watch.assert_clean()


def test_english_page_shows_the_flat_trap_beside_level_instalments(calculator):
    """12,000 at a fee of 0.6 %: 1,072.00 a time, 13.03 % (published cases fen-flat-12-pub and flat-12-0.6)."""
    tab, watch = calculator("en", device="desktop")
    fill_form(tab, {"principal": "12000", "periods": "12"})
    tab.locator("#calc-method").select_option("flat_fee")
    assert tab.locator("#calc-fee").is_visible() and not tab.locator("#calc-rate").is_visible()
    fill_form(tab, {"fee": "0.6%"})
    tab.locator("#calc-beside").select_option("yes")
    fill_form(tab, {"principal2": "12000", "rate2": "7.2%", "periods2": "12"})
    answer, detail = answers(tab)
    assert answer == ("Every month you pay ¥1,072.00, in all ¥12,864.00, of which ¥864.00 is interest or fees. "
                      "It is quoted as 7.2% a year; the true yearly rate is about 13.0% (simple).")
    heads = tab.locator(".calc__detail .calc__side thead th").all_inner_texts()
    assert heads[1:] == ["As agreed", "Other loan"]
    rates = tab.locator(".calc__detail .calc__side tr", has_text="True yearly rate, simple").locator("td").all_inner_texts()
    assert rates == ["13.03%", "7.20%"]
    assert re.search(r"the other loan costs ¥[\d,.]+ less in interest or fees\.", detail)
    watch.assert_clean()


def test_early_repayment_is_the_published_one_and_comes_back_from_its_link(calculator):
    """Published case lump-pub-payment: 38 periods fewer, 87,991.70 less interest."""
    tab, watch = calculator()
    assert not tab.locator("#calc-after").is_visible()
    fill_form(tab, {"principal": "80万", "rate": "4.1%", "periods": "240"})
    tab.locator("#calc-early").select_option("part")
    fill_form(tab, {"after": "36", "amount": "10万"})
    tab.locator("input[name=keep][value=instalment]").check()
    answer, detail = answers(tab)
    assert answer == "提前还本金 100,000.00 元，每期不变，少还 38 期。利息一共少付 87,991.70 元。"
    assert "民法典" in detail and "提前还款" in detail
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    other, _ = calculator("zh", "#" + link.split("#")[1])
    other.locator(".calc__answer p").wait_for()
    assert other.locator(".calc__answer").inner_text() == answer
    watch.assert_clean()


def test_dates_keep_to_the_end_of_the_month_and_early_days_are_counted(calculator):
    """Case month-end-and-full-early-repayment of the calculator, worked out by hand there."""
    tab, _ = calculator()
    fill_form(tab, {"principal": "10000", "periods": "12"})
    tab.locator("#calc-method").select_option("flat_fee")
    fill_form(tab, {"fee": "0.8%"})
    tab.locator(".calc__fold summary").first.click()
    fill_form(tab, {"start": "2026-01-31"})
    tab.locator("#calc-early").select_option("full")
    fill_form(tab, {"day": "2026-5-10", "feeshare": "3%"})
    answer, _ = answers(tab)
    assert "7,751.31 元" in answer and "693.70 元" in answer
    cells = tab.locator(".calc__detail .calc__plan table").first.inner_text()
    assert re.findall(r"2026-\d\d-\d\d", cells) == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-10"]
    assert "225.00" in cells


@pytest.mark.parametrize(("values", "part"), [
    ({"day": "2026-05-10"}, "请先填放款日期"),
    ({}, "请填写还完第几期以后，或者哪一天"),
    ({"after": "12"}, "要早于最后一期"),
    ({"after": "3", "feesum": "10", "feeshare": "1%"}, "两样只填一样"),
])
def test_an_early_repayment_that_cannot_be_gets_a_message_at_its_field(calculator, values, part):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    tab.locator("#calc-early").select_option("full")
    fill_form(tab, values)
    calculate(tab)
    box = tab.locator(".calc__errors")
    assert part in box.inner_text()
    target = box.locator("a").first.get_attribute("href")
    assert tab.locator(target).get_attribute("aria-invalid") == "true"
    watch.assert_clean()
