"""The check of the cost sheet in a real browser: it agrees, it understates, a fee is not on it, it was not due yet, an old link."""
from __future__ import annotations

import pytest

from tests.support import calculate, settled

PAGES = {"zh": "tools/true-cost/", "en": "en/tools/true-cost/"}
LANG = pytest.mark.parametrize("lang", ["zh", "en"])
# A public note reports 12.80 % simple and 13.58 % compound for this loan (see tests/engine/test_cost_sheet.py).
LOAN = {"principal": "10万", "instalment": "8833.3", "periods": "12", "signed": "2026-09-01", "service": "1000"}


@pytest.fixture
def calculator(open_page):
    def open_one(lang: str = "zh", fragment: str = ""):
        tab, watch = open_page(PAGES[lang] + fragment)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


def check(tab, sheet: dict[str, str], choices: dict[str, str] | None = None, **loan: str) -> str:
    """Type the loan and the sheet, press, and give what stands below the answer; a choice is a field's value."""
    closed = tab.locator(".calc__fold:not([open]) > summary")
    while closed.count():
        closed.first.click()
    tab.locator("#calc-service-when").select_option("once")
    tab.locator("#calc-shown").select_option((choices or {}).get("shown", "shown"))
    for name, value in (choices or {}).items():
        tab.locator(f"#calc-{name}").select_option(value)
    for name, text in (LOAN | loan | sheet).items():
        tab.locator(f"#calc-{name}").fill(text)
    calculate(tab)
    return tab.locator(".calc__detail").inner_text()


@LANG
def test_a_sheet_that_agrees_is_said_to_agree_and_opens_from_its_link(calculator, site_url, lang):
    tab, watch = calculator(lang)
    yes = dict.fromkeys(("parties", "contingent", "nothing_else", "confirmed"), "yes")
    detail = check(
        tab, {"sheet_principal": "100000", "sheet_cost": "13.58%", "sheet_lines-0-rate": "11.46%", "sheet_lines-1-rate": "2.12%"},
        yes | {"sheet_lines-0-item": "interest", "sheet_lines-1-item": "service"},
    )
    assert {
        "zh": "表上写 13.58%，和按你付的钱算出的复利（内部收益率）13.58% 对得上。",
        "en": "The sheet says 13.58%. That agrees with the compound rate (IRR) of what you pay, 13.58%.",
    }[lang] in detail
    assert {"zh": "各项加起来 13.58%，和表上的合计 13.58% 对得上。", "en": "The charges add up to 13.58%, which agrees with the total of 13.58%."}[lang] in detail
    # Nothing is missing, so there is nothing to ask.
    assert {"zh": "可以这样问放款方", "en": "What you can ask the lender"}[lang] not in detail
    assert tab.locator(".calc__detail li .badge").first.is_visible()
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    assert "#v=2&" in link and "sl=interest%2C11.46%25" in link
    other, other_watch = calculator(lang, link.removeprefix(site_url + PAGES[lang]))
    settled(other)
    assert other.locator(".calc__detail").inner_text() == detail
    watch.assert_clean()
    other_watch.assert_clean()


@LANG
def test_a_sheet_below_what_is_paid_is_told_in_points_and_money(calculator, lang):
    tab, watch = calculator(lang)
    detail = check(tab, {"sheet_cost": "10%"}, {"nothing_else": "no"})
    # 12.80380 % - 10 % on the 54,668.14 yuan that are in use on average (the balances at that rate, added up by hand).
    assert {
        "zh": "表上写 10%，比你付的低。按你付的钱算，单利 12.80%，复利 13.58%。比单利也少 2.80%（百分点），一年约差 1532.79 元。",
        "en": "The sheet says 10%, less than what you pay: 12.80% simple, 13.58% compound. Even beside the simple rate 2.80% is missing"
              " (percentage points), about ¥1,532.79 a year.",
    }[lang] in detail
    assert {"zh": "应当有、你说没有的：“不再收其他息费”的提示。", "en": "What it should have and you say it lacks: the statement that nothing else is charged."}[lang] in detail
    assert {"zh": "没有见到条文说，因此利息或本金不用还", "en": "no article that says interest or principal falls away"}[lang] in detail
    watch.assert_clean()


def test_a_fee_that_the_sheet_does_not_list_is_named(calculator):
    tab, watch = calculator()
    detail = check(tab, {"sheet_cost": "13.6%", "sheet_lines-0-rate": "13.6%", "guarantee": "50"}, {"sheet_lines-0-item": "interest"})
    assert "你付的服务费（一共 1000 元）表上没有。" in detail and "你付的担保费（一共 600 元）表上没有。" in detail
    assert "表上没有的服务费、担保费，凭什么收，是谁收的？" in detail and "每一笔扣款的银行流水" in detail
    watch.assert_clean()


def test_before_its_first_day_no_sheet_was_due(calculator):
    tab, watch = calculator()
    detail = check(tab, {}, {"shown": "not_shown"}, signed="2026-07-31")
    assert "合同在 2026 年 7 月 31 日，早于 2026 年 8 月 1 日。这张表的规定，只管那天起的新贷款。" in detail
    assert "投诉的理由；" not in detail and not tab.locator("#calc-sheet_cost").is_visible()
    # A day later it was, and nothing is owed the less for it.
    later = check(tab, {}, {"shown": "not_shown"}, signed="2026-08-01")
    assert "应当有这张表" in later and "请把这笔贷款的综合融资成本明示表发给我。" in later and "不用还" in later
    watch.assert_clean()


@LANG
def test_a_link_of_version_1_opens_and_says_what_is_new(calculator, lang):
    tab, watch = calculator(lang, "#v=1&p=10000&r=9000&h=equal&i=930&n=12")
    settled(tab)
    answer = tab.locator(".calc__answer").inner_text()
    assert "41.7%" in answer
    assert {"zh": "旧版做的。新版加了“核对明示表”", "en": "earlier version. The check of the cost sheet is new"}[lang] in answer
    assert tab.locator("#calc-shown").input_value() == "skip"
    watch.assert_clean()


def test_a_charge_without_a_name_and_hostile_text_lead_to_their_cells(calculator):
    tab, watch = calculator()
    check(tab, {"sheet_lines-0-rate": "7.2%", "sheet_lines-0-sum": "<img src=x onerror=alert(1)>"})
    assert tab.locator("#calc-sheet_lines-0-sum").get_attribute("aria-invalid") == "true"
    check(tab, {"sheet_lines-0-rate": "7.2%", "sheet_lines-0-sum": ""})
    assert "请选一项" in tab.locator(".calc__errors").inner_text()
    assert tab.locator("#calc-sheet_lines-0-item").get_attribute("aria-invalid") == "true"
    watch.assert_clean()
