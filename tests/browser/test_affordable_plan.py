"""The monthly repayment plan in a real browser: income and needs, several debts typed and pasted, and what never ends."""
from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from tests.support import calculate, fill_form

PAGES = {"zh": "tools/affordable-plan/", "en": "en/tools/affordable-plan/"}


def fill_debts(tab, *rows: tuple[str, str, str]) -> None:
    for number, cells in enumerate(rows):
        if number == tab.locator("#calc-debts .row").count():
            tab.locator("#calc-debts [data-do=add]").click()
        fill_form(tab, {f"debts-{number}-{name}": text for name, text in zip(("balance", "rate", "instalment"), cells) if text})


def paste(tab, text: str) -> None:
    tab.locator("#calc-debts-0-lender").evaluate(
        """(box, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          box.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        text,
    )
    tab.locator("#calc-debts-said:not(:empty)").wait_for()


def cells(tab, caption: str) -> list[list[str]]:
    table = tab.locator(".calc__detail table", has=tab.locator("caption", has_text=caption))
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


@pytest.fixture
def calculator(open_page):
    def open_one(lang: str = "zh", fragment: str = "", **options):
        tab, watch = open_page(PAGES[lang] + fragment, **options)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


def test_plan_says_offer_time_and_interest_and_the_ways_stand_side_by_side(calculator):
    tab, watch = calculator()
    fill_form(tab, {"own": "3500", "household": "1000", "rent": "2000", "food": "1800", "medicine": "200"})
    # The public case payoff-c-pub-prorata: 3,200 at 9 % and 6,800 at 24 %, 500 a month, instalments of 60 and 150.
    fill_debts(tab, ("3200", "9%", "60"), ("6800", "24%", "150"))
    tab.locator(".calc__fold summary").click()
    tab.locator("input[name=settle][value=share]").check()
    fill_form(tab, {"share": "50%"})
    assert calculate(tab) == "每月能拿出 500 元。按欠款比例分，2 年零 1 个月还清，利息一共 2184.12 元。"
    ways = {row[0]: row[1:] for row in cells(tab, "三种还法")}
    assert ways["还清要"] == ["2 年零 1 个月", "2 年", "2 年零 2 个月"]
    assert ways["利息一共"] == ["2,184.12 元", "1,874.98 元", "2,568.40 元"]
    # 60 + 290 x 3140 / 9790 = 153.013 and 150 + 290 x 6650 / 9790 = 346.986, both rounded down; the odd fen goes to the first.
    assert [row[:2] for row in cells(tab, "给每家多少")] == [["1", "153.02"], ["2", "346.98"]]
    other = {row[0]: row[1:] for row in cells(tab, "和别的办法比")}
    assert other["攒够要"][-1] == "10 个月" and other["少还"][-1] == "5,000.00 元"
    # Interest-free, 10,000 in 60 parts.
    assert other["每月"][2] == "166.67 元"
    letter = tab.locator(".calc__detail .calc__letter-text").input_value()
    assert "第 1 笔：每月 153.02 元。" in letter and "【姓名】" in letter and "3200" not in letter
    assert "诉讼时效重新算" in tab.locator(".calc__detail").inner_text()
    watch.assert_clean()


def test_sums_go_along_into_a_letter_for_each_lender(calculator):
    tab, watch = calculator()
    fill_form(tab, {"own": "4500", "food": "3500", "debts-0-lender": "某某公司"})
    fill_debts(tab, ("8000", "15%", ""), ("2000", "15%", ""))
    calculate(tab)
    with tab.context.expect_page() as opened:
        tab.locator('.calc__detail a[href*="l=plan"]').first.click()
    letter = opened.value
    # 1,000 yuan are left; 8 in 10 of the debt is the first lender's, so 800.
    text = letter.locator('[data-letter="plan"] .letter__text')
    text.wait_for()
    squeezed = text.input_value().replace(" ", "")
    assert "每月还800元" in squeezed and "收入约4,500元" in squeezed and "开支约3,500元" in squeezed
    assert "某某公司" not in letter.url + text.input_value(), "names never go into an address"
    watch.assert_clean()


def test_month_by_month_table_comes_on_paper_though_folded(calculator):
    tab, _ = calculator(device="desktop")
    fill_form(tab, {"budget": "500"})
    fill_debts(tab, ("4000", "12%", ""))
    calculate(tab)
    assert not tab.locator(".calc__detail details table").first.is_visible()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(tab.pdf(format="A4"))).pages)
    # 4,000 yuan at 1 % a month and 500 a month: interest 40.00 in the first month, 3,540.00 left.
    assert "3,540.00" in text


def test_nothing_left_says_just_that_without_debts(calculator):
    tab, watch = calculator()
    fill_form(tab, {"own": "3500", "rent": "1500", "food": "2000"})
    assert calculate(tab) == "按这些数字，现在没有余钱可还。这不是你一个人的失败。先看真的还不上怎么办。"
    assert tab.locator(".calc__detail .calc__letter-text").count() == 0
    # The words of the answer are a heading of this page, with the way on.
    section = tab.locator("#cannot-repay")
    assert section.inner_text().startswith("真的还不上怎么办")
    assert tab.locator('a[href$="help/"], a[href$="help/overwhelmed/"]').count() >= 2
    # With money left, debts are asked for.
    fill_form(tab, {"own": "4000"})
    assert calculate(tab) == "" and "请至少填一笔欠款" in tab.locator(".calc__errors").inner_text()
    watch.assert_clean()


def test_ten_debts_pasted_from_a_spreadsheet_and_their_names_stay_out_of_the_link(calculator):
    tab, watch = calculator()
    fill_form(tab, {"budget": "1100"})
    paste(tab, "\n".join(f"秘密银行{n}\t{n}000\t18%\t{n}0" for n in range(1, 11)))
    assert "10" in tab.locator("#calc-debts-said").inner_text()
    answer = calculate(tab)
    # 55,000 in all; 550 of instalments are kept, the other 550 go by what is owed: 10 for each 1,000.
    assert answer.startswith("每月能拿出 1100 元。按欠款比例分")
    offers = cells(tab, "给每家多少")
    assert [row[:3] for row in offers][::9] == [["1", "秘密银行1", "20.00"], ["10", "秘密银行10", "200.00"]]
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    assert "d=1000%2C18%25%2C10%3B" in link and "%E7%A7%98" not in link
    other, _ = calculator("zh", "#" + link.split("#")[1])
    other.locator(".calc__answer p").wait_for()
    assert other.locator(".calc__answer").inner_text() == answer
    watch.assert_clean()


def test_debts_that_never_end_are_named_with_the_sum_from_which_they_fall(calculator):
    tab, watch = calculator()
    fill_form(tab, {"budget": "1500"})
    # 2 % of 100,000 is 2,000 a month.
    fill_debts(tab, ("10万", "24%", ""))
    assert "欠款一直还不完" in calculate(tab)
    detail = tab.locator(".calc__detail").inner_text()
    assert "第一个月利息 2,000.00 元。每月至少付 2,000.01 元" in detail
    # 100,000 / 1,500 = 66.7: 67 months without interest.
    assert "5 年零 7 个月还清" in detail
    assert not re.search(r"NaN|undefined|null|Infinity", detail)
    watch.assert_clean()


def test_thirty_debts_are_worked_out_and_a_wrong_cell_is_named(calculator):
    tab, watch = calculator()
    fill_form(tab, {"budget": "20000"})
    paste(tab, "\n".join(f"\t{10 + n}000\t{12 + n % 12}%\t" for n in range(30)))
    assert tab.locator("#calc-debts .row").count() == 30
    answer = calculate(tab)
    assert "还清，利息一共" in answer
    assert len(cells(tab, "给每家多少")) == 30
    fill_form(tab, {"debts-29-balance": "<b>x"})
    assert calculate(tab) == "" and "第 30 笔" in tab.locator(".calc__errors").inner_text()
    assert tab.locator("#calc-debts-29-balance").get_attribute("aria-invalid") == "true"
    watch.assert_clean()


def test_english_page_answers_in_english_with_a_chinese_letter(calculator):
    tab, watch = calculator("en", device="desktop")
    fill_form(tab, {"own": "6500", "rent": "4500"})
    fill_debts(tab, ("20000", "24%", "1900"), ("12000", "18%", "1100"), ("8000", "21.6%", "750"))
    answer = calculate(tab)
    # The worked example of the page; its Chinese sentence says the same in the other test's words.
    assert answer.startswith("You can pay ¥2,000 a month. Shared by what is owed, it takes 2 years and 2 months")
    assert "¥1,750 a month is missing" in answer
    assert tab.locator(".calc__detail .calc__letter-text").get_attribute("lang") == "zh-Hans"
    assert "第 1 笔：每月 1000 元。" in tab.locator(".calc__detail .calc__letter-text").input_value()
    assert "It asks for an answer in writing" in tab.locator(".calc__detail").inner_text()
    watch.assert_clean()
