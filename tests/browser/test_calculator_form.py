"""The form that every calculator shares, in a real browser: rows of a table, pasting, older links, long tables, output.

Calculators serve as examples here; what is one's own stands in its own test.
"""
from __future__ import annotations

import json
import re

import pytest

from tests.support import calculate

DEBTS = "tools/affordable-plan/"
SHEET = "平台\t欠款\t年化\t每月\n甲银行\t5,000.00\t18%\t150\n乙公司\t1.2万\t24%\t\n合计\t17000"


@pytest.fixture
def form(open_page):
    """form(path, **options) opens a calculator; a dialog, which only injected script could open, fails the test."""

    def open_one(path: str = DEBTS, **options):
        tab, watch = open_page(path, **options)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


def paste(tab, cell: str, text: str) -> None:
    tab.locator(f"#calc-{cell}").focus()
    tab.locator(f"#calc-{cell}").evaluate(
        """(cell, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )
    tab.locator(".rows .field__said[role=status]:not(:empty)").wait_for()


def values(tab, *cells: str) -> list[str]:
    return [tab.locator(f"#calc-{cell}").input_value() for cell in cells]


def focused(tab) -> str:
    return tab.evaluate("document.activeElement.id")


def definition(tab) -> dict:
    return json.loads(tab.locator("[data-calculator] script").text_content())


# Rows ------------------------------------------------------------------------------------------------------------


def test_rows_come_and_go_with_names_and_focus(form):
    tab, watch = form()
    tab.locator("#calc-debts-1-balance").fill("2000")
    tab.locator("[data-do=add]").click()
    # The new row is empty and awaits its first cell.
    tab.locator("#calc-debts-2").wait_for()
    assert focused(tab) == "calc-debts-2-lender" and values(tab, "debts-2-balance") == [""]
    tab.locator("#calc-debts-2-balance").fill("3000")
    tab.locator("#calc-debts-0 [data-do=remove]").click()
    # The second row moved up and has the focus, and no keyboard of a phone comes up for it.
    assert focused(tab) == "calc-debts-0"
    assert values(tab, "debts-0-balance", "debts-1-balance") == ["2000", "3000"]
    assert tab.locator(".row__name").all_inner_texts() == ["第 1 笔", "第 2 笔"]
    ids = tab.evaluate("[...document.querySelectorAll('[id^=calc-]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    dangling = tab.evaluate(
        """[...document.querySelectorAll('.row [aria-describedby], .row [aria-labelledby], .row [for], .row')].flatMap((e) =>
          [e.getAttribute('for'), ...(e.getAttribute('aria-describedby') || '').split(' '), ...(e.getAttribute('aria-labelledby') || '').split(' ')])
          .filter((id) => id && !document.getElementById(id))"""
    )
    assert not dangling
    # The last one left is emptied, since a form without a row could not be filled in.
    tab.locator("#calc-debts-1 [data-do=remove]").click()
    tab.locator("#calc-debts-0 [data-do=remove]").click()
    assert tab.locator(".row").count() == 1 and values(tab, "debts-0-balance") == [""]
    tab.locator("[data-do=clear]").click()
    assert tab.locator(".row").count() == 2
    watch.assert_clean()


def test_rows_are_cards_with_large_targets_on_a_narrow_phone(form):
    tab, _ = form(width=320)
    low = tab.evaluate("[...document.querySelectorAll('.rows input, .rows button')].filter((e) => e.getBoundingClientRect().height < 44).length")
    wide = tab.evaluate("[...document.querySelectorAll('.row *')].filter((e) => e.getBoundingClientRect().right > 320).length")
    assert (low, wide) == (0, 0)


def test_lines_of_a_spreadsheet_fill_the_rows_and_what_was_skipped_is_said(form):
    tab, watch = form()
    paste(tab, "debts-0-lender", SHEET)
    assert values(tab, *(f"debts-{i}-{name}" for i in (0, 1) for name in ("lender", "balance", "rate", "instalment"))) == [
        "甲银行", "5,000.00", "18%", "150", "乙公司", "1.2万", "24%", ""]
    assert tab.locator("#calc-debts-said").inner_text() == "填好了 2 行。 跳过 2 行：1 “平台 欠款 年化 每月”、4 “合计 17000”"
    # One column of figures goes into the column that has the cursor, and rows are added.
    paste(tab, "debts-1-rate", "20%\n30%\n36%")
    assert values(tab, "debts-1-rate", "debts-2-rate", "debts-3-rate") == ["20%", "30%", "36%"]
    assert values(tab, "debts-1-balance", "debts-2-balance") == ["1.2万", ""]
    watch.assert_clean()


def test_more_lines_than_the_table_takes_are_said(form):
    tab, watch = form()
    paste(tab, "debts-0-balance", "\n".join(["<img src=x onerror=alert(1)>1\t18%"] * 40 + ["x" * 5_000] * 3_000))
    assert tab.locator(".row").count() == 30 and tab.locator("[data-do=add]").is_disabled()
    assert "最多 30 行" in tab.locator("#calc-debts-said").inner_text()
    assert calculate(tab) == "" and tab.locator(".calc img").count() == 0
    watch.assert_clean()


@pytest.mark.parametrize(("lang", "named"), [("zh", "第 3 笔，"), ("en", "Debt 3, ")])
def test_a_mistake_names_its_row_although_an_empty_one_was_skipped(form, lang, named):
    tab, watch = form(DEBTS if lang == "zh" else "en/" + DEBTS)
    tab.locator("[data-do=add]").click()
    tab.locator("#calc-own").fill("9000")
    tab.locator("#calc-debts-0-balance").fill("5000")
    tab.locator("#calc-debts-2-rate").fill("18%")
    tab.locator("#calc-debts-2-instalment").fill("💸")
    calculate(tab)
    links = tab.locator(".calc__errors a")
    assert [link.get_attribute("href") for link in links.all()] == ["#calc-debts-2-balance", "#calc-debts-2-instalment"]
    assert all(text.startswith(named) for text in links.all_inner_texts())
    links.nth(1).click()
    assert focused(tab) == "calc-debts-2-instalment" and values(tab, "debts-2-instalment") == ["💸"]
    assert tab.locator("#calc-debts-2-instalment-error").inner_text() == links.nth(1).inner_text()
    watch.assert_clean()


def test_what_the_engine_refuses_leads_to_the_cell_it_came_from(form):
    """Row 2 of the engine is row 3 of the form: the second was left empty."""
    tab, watch = form()
    given = definition(tab)
    refuse = 'throw Object.assign(new Error(), { field: "debts.1.min_payment_fen", rule: "unheard_of" });'
    module = f"export const {given['function']} = () => {{ {refuse} }};"
    tab.route(f"**/engine/{given['module']}.js", lambda route: route.fulfill(content_type="text/javascript", body=module))
    tab.locator("[data-do=add]").click()
    for name, text in {"own": "9000", "debts-0-balance": "5000", "debts-2-balance": "6000"}.items():
        tab.locator(f"#calc-{name}").fill(text)
    calculate(tab)
    [link] = tab.locator(".calc__errors a").all()
    assert link.get_attribute("href") == "#calc-debts-2-instalment" and link.inner_text().startswith("第 3 笔，")
    watch.assert_clean()


def test_link_holds_the_rows_without_their_names(form):
    tab, watch = form()
    tab.locator("#calc-own").fill("9000")
    paste(tab, "debts-0-lender", SHEET)
    answer = calculate(tab)
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    assert "&d=5000%2C18%25%2C150%3B12000%2C24%25" in link and "%E7%94%B2" not in link
    other, other_watch = form(DEBTS + "#" + link.split("#")[1])
    other.locator(".calc__answer p").wait_for()
    assert other.locator(".calc__answer").inner_text() == answer
    assert values(other, "debts-0-lender", "debts-0-balance", "debts-1-rate") == ["", "5000", "24%"]
    watch.assert_clean()
    other_watch.assert_clean()


# Links of other versions -----------------------------------------------------------------------------------------


def with_definition(tab, path: str, **changes) -> None:
    """Let the page at a path come with other entries in its definition."""

    def handle(route):
        body = route.fetch().text()
        start = body.index('<script type="application/json">', body.index("data-calculator")) + len('<script type="application/json">')
        end = body.index("</script>", start)
        given = json.loads(body[start:end]) | changes
        route.fulfill(body=body[:start] + json.dumps(given).replace("<", "\\u003c") + body[end:], content_type="text/html; charset=utf-8")

    tab.route(re.compile(re.escape(path) + "$"), handle)


@pytest.mark.parametrize(("version", "said"), [
    ("3", []), ("1", ["第二版加了费用", "第三版改了取整"]), ("4", ["另一个版本"]), ("<b>", ["另一个版本"]),
])
def test_link_of_an_older_version_says_what_has_changed_since(form, site_url, version, said):
    tab, watch = form(go=False)
    changes = [{"version": "2", "text": "第二版加了费用。"}, {"version": "3", "text": "第三版改了取整。"}]
    with_definition(tab, "tools/true-cost/", version="3", changes=changes)
    tab.goto(f"{site_url}tools/true-cost/#v={version}&p=10000&r=9000&i=930&n=12")
    tab.locator(".calc__answer p").first.wait_for()
    answer, *notes = tab.locator(".calc__answer p").all_inner_texts()
    assert "41.7%" in answer
    assert len(notes) == len(said) and all(part in note for part, note in zip(said, notes, strict=True))
    watch.assert_clean()


# Fields ----------------------------------------------------------------------------------------------------------


def test_readers_own_day_stands_in_the_form_and_a_link_goes_before_it(form):
    tab, _ = form("tools/overdue-cost/", now="2026-11-24T17:30:00Z")
    # Half past one at night of the 25th in Shanghai.
    assert values(tab, "until") == ["2026-11-25"]
    tab.locator("#calc-until").fill("2027-01-01")
    tab.locator("[data-do=clear]").click()
    tab.locator("#calc-result[hidden]").wait_for(state="attached")
    assert values(tab, "until") == ["2026-11-25"]
    short = next(field["short"] for field in definition(tab)["fields"] if field["id"] == "until")
    tab.goto(tab.url.split("#")[0] + f"#v=1&{short}=2026-12-31")
    tab.locator(".calc__errors:not([hidden])").wait_for()
    assert values(tab, "until") == ["2026-12-31"]


# Results ---------------------------------------------------------------------------------------------------------


def long_loan(tab) -> None:
    for name, text in {"principal": "1000000", "instalment": "6000", "periods": "360"}.items():
        tab.locator(f"#calc-{name}").fill(text)
    tab.locator(".calc__go").click()
    tab.locator(".calc__detail .calc__plan").wait_for(state="attached")


def test_long_table_is_complete_soon_and_its_rows_are_in_order(form):
    tab, watch = form("tools/true-cost/")
    long_loan(tab)
    rows = tab.locator(".calc__detail .calc__plan tbody tr")
    tab.locator(".calc__detail .calc__plan tbody tr:nth-child(359)").wait_for(state="attached")
    numbers = tab.evaluate("[...document.querySelectorAll('.calc__detail .calc__plan tbody th')].map((cell) => +cell.textContent)")
    assert rows.count() == 360 and numbers == list(range(1, 361))
    # Every part that was kept back for the first picture is there.
    assert tab.locator(".calc__detail > [hidden]").count() == 0
    watch.assert_clean()


def test_csv_and_print_have_every_row_although_the_page_has_not_yet(form, tmp_path):
    tab, watch = form("tools/true-cost/")
    # No pause ever comes.
    tab.evaluate("window.requestIdleCallback = () => 0")
    long_loan(tab)
    assert tab.locator(".calc__detail .calc__plan tbody tr").count() < 30
    with tab.expect_download() as waiting:
        tab.locator("[data-do=csv]").click()
    waiting.value.save_as(tmp_path / "result.csv")
    lines = (tmp_path / "result.csv").read_text("utf-8-sig").splitlines()
    assert [line for line in lines if re.match(r"360,6000\.00,", line)] and len(lines) > 370
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(".calc__detail .calc__plan tbody tr").count() == 360
    watch.assert_clean()


def test_second_press_leaves_a_changed_letter_and_a_new_figure_makes_it_anew(form):
    tab, watch = form()
    tab.locator("#calc-own").fill("3000")
    paste(tab, "debts-0-lender", SHEET)
    calculate(tab)
    letter = tab.locator(".calc__detail .calc__letter-text")
    written = letter.input_value()
    letter.fill("改过的信")
    calculate(tab)
    assert letter.input_value() == "改过的信"
    tab.locator("#calc-own").fill("3001")
    calculate(tab)
    assert letter.input_value() not in ("改过的信", written)
    watch.assert_clean()


def test_press_uses_what_stands_in_the_form_whoever_wrote_it(form):
    tab, watch = form("tools/true-cost/")
    for name, text in {"principal": "10000", "received": "9000", "instalment": "930", "periods": "12"}.items():
        tab.locator(f"#calc-{name}").fill(text)
    before = calculate(tab)
    # A browser that fills in a form does not always say so.
    tab.evaluate("document.getElementById('calc-instalment').value = '900'")
    after = calculate(tab)
    assert before and after and after != before
    tab.evaluate("document.getElementById('calc-instalment').value = '930'")
    assert calculate(tab) == before
    watch.assert_clean()


def test_letter_is_copied_as_the_reader_left_it(form):
    tab, watch = form(permissions=["clipboard-read", "clipboard-write"])
    tab.locator("#calc-own").fill("3000")
    paste(tab, "debts-0-lender", SHEET)
    calculate(tab)
    tab.locator(".calc__detail .calc__letter-text").fill("改过的信")
    tab.locator("[data-do=letter]").click()
    tab.locator(".calc__message:not(:empty)").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == "改过的信"
    watch.assert_clean()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_tells_how_to_put_the_calculator_on_another_page(form, site_url, lang):
    root = "" if lang == "zh" else "en/"
    tab, _ = form(root + "tools/true-cost/")
    tab.locator(".calc__embed summary").click()
    code = tab.locator("#calc-embed").input_value()
    assert code.startswith(f'<iframe src="{site_url}{root}embed/true-cost/"') and "</iframe>" in code
    tab.locator("#calc-embed").focus()
    assert tab.evaluate("getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)") == code
