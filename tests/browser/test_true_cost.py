"""The true-cost calculator in a real browser: good and hostile input, keyboard, links, no JavaScript, printing."""
from __future__ import annotations

import re

import pytest

from tests.support import AXE_COLOURS, axe_violations, calculate, describe, fill_form, overflow, settled, use_scheme

PAGES = {"zh": "tools/true-cost/", "en": "en/tools/true-cost/"}
LANG = pytest.mark.parametrize("lang", ["zh", "en"])
# 12 instalments of 930 for 9,000 that arrived out of 10,000: 41.703 % simple, 50.674 % compound (bisection on the present value; numpy_financial 1.0.0 agrees).
LOAN = {"principal": "1万", "received": "９，０００元", "instalment": "930", "periods": "12期"}
PLAN = "期数\t日期\t金额\n1\t2025年4月15日\t￥930.00\n2\t2025年5月15日\t￥930.00\n合计\t\t1860.00"


def answer(tab) -> str:
    return tab.locator(".calc__answer").inner_text()


def focused(tab) -> str:
    return tab.evaluate("document.activeElement.id || document.activeElement.className")


@pytest.fixture
def calculator(open_page):
    """calculator("zh", **options) opens the page; a dialog, which only injected script could open, fails the test."""

    def open_one(lang: str = "zh", fragment: str = "", **options):
        tab, watch = open_page(PAGES[lang] + fragment, **options)
        tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return tab, watch

    return open_one


# A good answer ---------------------------------------------------------------------------------------------------


@LANG
def test_answer_is_one_sentence_then_the_figures(calculator, device, lang):
    tab, watch = calculator(lang, device=device)
    fill_form(tab, LOAN | {"advertised": "月息1.5分"})
    calculate(tab)
    assert answer(tab) == {
        "zh": "这笔贷款的真实年化约 41.7%（单利，含全部费用）。广告或合同写的是 18%。",
        "en": "The true yearly rate of this loan is about 41.7% (simple, all fees included). The advertisement or contract says 18%.",
    }[lang]
    detail = tab.locator(".calc__detail").inner_text()
    for figure in ("41.70%", "50.67%", "3.48%", "11,160.00", "2,160.00", "8,382.77"):
        assert figure in detail
    watch.assert_clean()


def test_result_is_announced_and_takes_the_focus(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN)
    calculate(tab)
    assert focused(tab) == "calc-result"
    status = tab.locator(".calc__answer")
    assert status.get_attribute("role") == "status"
    # Filled once for each press: one paragraph, also after a second press.
    calculate(tab)
    assert status.locator("p").count() == 1


def test_what_was_understood_is_shown_beside_the_field(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN | {"advertised": "日息万五", "signed": "2026年3月1日"})
    calculate(tab)
    said = {name: tab.locator(f"#calc-{name}-said").inner_text() for name in ("principal", "received", "periods", "advertised", "signed")}
    assert said == {
        "principal": "已按 10,000.00 元计算", "received": "已按 9,000.00 元计算", "periods": "已按 12 期计算",
        "advertised": "已按年化 18.25% 计算（每天 0.05% × 365）", "signed": "已按 2026 年 3 月 1 日计算",
    }
    assert tab.locator("#calc-principal").input_value() == "1万"


def test_fees_count_once_or_with_every_instalment(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN)
    tab.locator(".calc__fold summary").first.click()
    fill_form(tab, {"guarantee": "50", "membership": "200"})
    tab.locator("#calc-membership-when").select_option("once")
    calculate(tab)
    # 12 x (930 + 50) for 9,000 less 200 paid at once: 57.23 % simple (bisection on the present value of [8800, -980 x 12], x 12).
    assert "57.2%" in answer(tab)
    assert "11,960.00" in tab.locator(".calc__detail").inner_text()


def test_pasted_plan_uses_actual_days_and_says_what_was_skipped(calculator):
    tab, watch = calculator()
    fill_form(tab, {"principal": "1800"})
    tab.locator("input[name=how][value=list]").check()
    fill_form(tab, {"payout": "2025-03-15", "payments": PLAN})
    calculate(tab)
    assert tab.locator("#calc-payments-said").inner_text().startswith("读到 2 笔，合计 1,860.00 元。 跳过 2 行：1 “期数 日期 金额”、4 “合计 1860.00”")
    detail = tab.locator(".calc__detail").inner_text()
    assert "2025-04-15" in detail and "按实际日期算天数" in detail
    # 1,800 for 930 after 31 and after 61 days: compound 29.78 % a year (bisection on the present value, 365 days).
    assert "29.78%" in detail
    watch.assert_clean()


def test_chosen_repayment_shows_its_own_fields(calculator):
    tab, _ = calculator()
    assert tab.locator("#calc-instalment").is_visible() and not tab.locator("#calc-payments").is_visible()
    tab.locator("input[name=how][value=list]").check()
    assert tab.locator("#calc-payments").is_visible() and not tab.locator("#calc-instalment").is_visible()


# Legal lines -----------------------------------------------------------------------------------------------------


def test_unknown_lender_gets_every_type_side_by_side(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN | {"signed": "2026-03-01"})
    calculate(tab)
    heads = set(tab.locator(".calc__detail h5").all_inner_texts())
    assert {"个人或普通公司", "小额贷款公司", "信用卡", "没有牌照的放贷人"} <= heads
    text = tab.locator(".calc__detail").inner_text()
    assert "12%（4 倍 × LPR 3.00%）" in text and "不能由此得出“不用还”" in text


def test_known_lender_gets_its_lines_with_badge_use_and_caveat(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN | {"signed": "2026-03-01"})
    tab.locator("#calc-lender").select_option("bank")
    calculate(tab)
    line = tab.locator(".calc__detail .calc__lines li")
    assert line.count() == 1
    assert line.locator(".badge").inner_text() == "司法政策文件"
    assert "在诉讼里提出" in line.inner_text() and "不是利率上限" in line.inner_text()
    # The link leads to the entry in the page's list of sources.
    target = line.locator("a").get_attribute("href")
    assert tab.locator(target).count() == 1


def test_unchecked_lpr_is_said_and_can_be_typed(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN | {"signed": "2026-11-01"})
    tab.locator("#calc-lender").select_option("private")
    calculate(tab)
    assert "没有核对过" in tab.locator(".calc__detail .calc__lines").inner_text()
    fill_form(tab, {"lpr": "2.9%"})
    calculate(tab)
    assert "11.6%（4 倍 × 你填的 LPR 2.90%，我们没有核对）" in tab.locator(".calc__detail .calc__lines").inner_text()
    # An earlier contract needs no typed quote, and the field goes.
    fill_form(tab, {"signed": "2026-03-01"})
    calculate(tab)
    assert not tab.locator("#calc-lpr").is_visible()
    assert "你填的" not in tab.locator(".calc__detail .calc__lines").inner_text()


# Wrong input -----------------------------------------------------------------------------------------------------


@LANG
def test_mistakes_come_in_a_summary_that_leads_to_the_fields(calculator, lang):
    tab, watch = calculator(lang)
    title = tab.title()
    fill_form(tab, {"received": "abc", "instalment": "930"})
    calculate(tab)
    assert tab.title() == {"zh": "错误：", "en": "Error: "}[lang] + title
    box = tab.locator(".calc__errors")
    assert focused(tab) == "calc__errors"
    assert box.locator("p").inner_text() == {"zh": "有 3 处需要改", "en": "3 things need a change"}[lang]
    links = box.locator("a")
    assert links.count() == 3
    for link in links.all():
        target = link.get_attribute("href").removeprefix("#")
        control = tab.locator(f"#{target}")
        assert control.get_attribute("aria-invalid") == "true"
        described = control.get_attribute("aria-describedby").split()
        assert f"{target}-error" in described
        assert tab.locator(f"#{target}-error").inner_text() == link.inner_text()
    links.nth(1).click()
    assert focused(tab) == "calc-received"
    assert tab.locator("#calc-received").input_value() == "abc" and tab.locator("#calc-instalment").input_value() == "930"
    assert answer(tab) == ""
    # Mended, the messages go.
    fill_form(tab, LOAN)
    calculate(tab)
    assert tab.title() == title and not box.is_visible() and tab.locator("[aria-invalid]").count() == 0
    watch.assert_clean()


WRONG = [
    ("principal", "", "请填写合同金额"), ("principal", "0", "要在"), ("principal", "-1", "不能是负数"), ("principal", "10^30", "要是金额"),
    ("principal", "9" * 30, "要在"), ("principal", "9" * 10_000, "太长了"), ("principal", "1e309", "要是金额"), ("principal", "💸", "要是金额"),
    ("principal", "<script>alert(1)</script>", "要是金额"), ("received", "2万", "不能比合同金额大"), ("periods", "0", "要在 1 到 360 之间"),
    ("periods", "361", "要在 1 到 360 之间"), ("periods", "12.5", "要是整数"), ("instalment", "12,5", "逗号或空格"),
    ("advertised", "0.18", "请带上 %"), ("signed", "2026-02-30", "没有“2026-02-30”这一天"), ("signed", "0001-01-01", "日期超出范围"),
    ("advertised", '"><img src=x onerror=alert(1)>', "要是利率"),
]


def test_wrong_input_gets_the_message_that_fits(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    for name, typed, part in WRONG:
        fill_form(tab, {name: typed})
        calculate(tab)
        tab.locator(".calc__errors", has_text=part).wait_for()
        assert tab.locator(f"#calc-{name}").input_value() == typed
        fill_form(tab, {name: LOAN.get(name, "")})
    calculate(tab)
    assert "41.7%" in answer(tab)
    watch.assert_clean()


NO_PLAN = [
    ("2025-04-15 930\n" * 5_000, "最多 360 笔"),
    ("2025-02-30 930", "没有“2025-02-30”这一天"),
    ("<img src=x onerror=alert(1)>", "没有读到日期和金额"),
    ("2025-04-15 930\n2025-05-15 100 200", "第 2 行有几个金额"),
    ("2024-01-01 930\n2025-05-15 930", "早于放款日期"),
]


def test_pasted_text_that_is_no_plan_gets_a_message(calculator):
    tab, watch = calculator()
    fill_form(tab, {"principal": "1800"})
    tab.locator("input[name=how][value=list]").check()
    fill_form(tab, {"payments": PLAN})
    calculate(tab)
    assert "请填写放款日期" in tab.locator(".calc__errors").inner_text(), "a plan with dates asks for the day of payout"
    fill_form(tab, {"payout": "2025-03-15"})
    for pasted, part in NO_PLAN:
        tab.locator("#calc-payments").evaluate("(area, text) => { area.value = text; }", pasted)
        calculate(tab)
        tab.locator(".calc__errors", has_text=part).wait_for()
        assert tab.locator("#calc-payments").input_value() == pasted
    watch.assert_clean()


def test_no_rate_or_several_are_said_in_words(calculator):
    tab, watch = calculator()
    fill_form(tab, {"principal": "1000"})
    tab.locator("input[name=how][value=list]").check()
    for pasted, part in (
        # Received 1000, pays 2300 after a month, receives 1320 after two: 10 % and 20 % a month both fit.
        ("2300\n-1320", "不止一个年化说得通：120.00%、240.00%"),
        ("0\n0", "没有利率可算"),
    ):
        fill_form(tab, {"payments": pasted})
        calculate(tab)
        tab.locator(".calc__answer", has_text=part).wait_for()
        assert not re.search(r"NaN|undefined|null|Infinity", tab.locator(".calc").inner_text())
    watch.assert_clean()


def test_a_part_that_did_not_load_is_said_and_fetched_again(calculator):
    tab, _ = calculator()
    tab.route("**/parse.js", lambda route: route.abort())
    fill_form(tab, LOAN)
    calculate(tab)
    assert "没有下载完" in tab.locator(".calc__errors").inner_text()
    assert tab.locator("#calc-principal").input_value() == "1万"


# Keyboard --------------------------------------------------------------------------------------------------------


def test_everything_works_with_the_keyboard_alone(calculator):
    tab, watch = calculator(device="desktop")
    tab.locator("#calc-principal").focus()
    tab.keyboard.type("10000")
    tab.keyboard.press("Tab")
    tab.keyboard.type("9000")
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    assert tab.locator("#calc-payments").is_visible()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Tab")
    tab.keyboard.type("930")
    tab.keyboard.press("Tab")
    tab.keyboard.type("x")
    tab.keyboard.press("Enter")
    settled(tab)
    assert focused(tab) == "calc__errors"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert focused(tab) == "calc-periods"
    tab.keyboard.press("ControlOrMeta+a")
    tab.keyboard.type("12")
    tab.keyboard.press("Enter")
    settled(tab)
    assert "41.7%" in answer(tab) and focused(tab) == "calc-result"
    # On from the heading: the scrolling plan, the lines, then the buttons.
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.dataset.do") == "copy":
            break
    else:
        pytest.fail("the buttons below the result cannot be reached with Tab")
    watch.assert_clean()


# Links -----------------------------------------------------------------------------------------------------------


@LANG
def test_share_link_opens_with_the_same_figures(calculator, site_url, lang):
    tab, watch = calculator(lang)
    fill_form(tab, LOAN | {"advertised": "0.05%/天", "signed": "2026-3-1"})
    tab.locator("#calc-lender").select_option("micro_loan")
    tab.locator(".calc__fold summary").first.click()
    fill_form(tab, {"insurance": "88.8"})
    tab.locator("#calc-insurance-when").select_option("once")
    calculate(tab)
    before = tab.locator(".calc__detail").inner_text()
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    assert link.startswith(site_url + PAGES[lang] + "#v=2&p=10000&")
    # The address in the window stays as it was: history keeps no figures.
    assert "#" not in tab.url
    other, other_watch = calculator(lang, link.removeprefix(site_url + PAGES[lang]))
    settled(other)
    assert answer(other) == answer(tab)
    assert other.locator(".calc__detail").inner_text() == before
    assert other.locator("#calc-insurance").input_value() == "88.80"
    # Whatever was asked of the server, no figure was in it.
    assert not any("10000" in url.split("#")[0] for url in watch.requests + other_watch.requests)
    watch.assert_clean()
    other_watch.assert_clean()


def test_share_link_of_a_pasted_plan_holds_dates_and_sums_only(calculator):
    tab, _ = calculator()
    fill_form(tab, {"principal": "1800"})
    tab.locator("input[name=how][value=list]").check()
    fill_form(tab, {"payout": "2025-03-15", "payments": "张三 的还款计划\n" + PLAN})
    calculate(tab)
    tab.locator("[data-do=link]").click()
    link = tab.locator("#calc-out").input_value()
    assert link.endswith("#v=2&p=1800&h=list&d=2025-03-15&l=20250415%3A930%3B20250515%3A930")
    other, _ = calculator("zh", "#" + link.split("#")[1])
    settled(other)
    assert answer(other) == answer(tab)


# test_hostile_input.py has those that fit any calculator.
FRAGMENTS = [
    "#v=1&p=1&p=2", "#v=1&h=evil&t=evil&u=evil&p=10000",
    "#v=1&l=" + "20250101:930;" * 3_000 + "&h=list&p=1800", "#v=1&p=" + "9" * 100_000, "#v=1&__proto__=1&constructor=2&p=10000",
    "#v=1&f.service=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "#v=1&f.service=12zzz&p=10000&i=930&n=12", "#v=%F0%9F%92%B8&p=10000&i=930&n=12",
    "#v=1&q=99999999&c=2026-11-01&p=1&i=1&n=1",
]


def test_hostile_fragments_do_no_harm(calculator):
    tab, watch = calculator("zh", "#v=1&")
    settled(tab)
    for fragment in FRAGMENTS:
        tab.locator("[data-do=clear]").click()
        tab.evaluate("(fragment) => { location.hash = fragment; }", fragment)
        settled(tab)
        assert tab.locator(".calc img, .calc .calc__detail script").count() == 0
        assert not re.search(r"NaN|undefined", tab.locator(".calc").inner_text())
        assert tab.locator("#calc-lender").input_value() == "unknown"
        assert tab.evaluate("({}).polluted === undefined && Object.prototype.toString.call({}) === '[object Object]'")
    watch.assert_clean()


def test_link_of_another_version_opens_and_says_so(calculator):
    tab, _ = calculator("zh", "#v=9&p=10000&r=9000&i=930&n=12")
    settled(tab)
    assert "41.7%" in answer(tab) and "另一个版本" in answer(tab)


def test_a_link_to_a_heading_is_left_alone(calculator):
    tab, watch = calculator("zh", "#two-rates")
    assert answer(tab) == "" and not tab.locator(".calc__errors").is_visible()
    watch.assert_clean()


# What goes out ---------------------------------------------------------------------------------------------------


def test_nothing_is_stored_and_nothing_is_sent(calculator):
    tab, watch = calculator()
    fill_form(tab, LOAN)
    watch.clear()
    calculate(tab)
    assert all(url.endswith(".js") for url in watch.requests), watch.requests
    assert tab.context.cookies() == []
    assert tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    watch.assert_clean()


def test_clear_empties_form_and_result(calculator):
    tab, _ = calculator("zh", "#v=1&p=10000&r=9000&i=930&n=12&h=equal")
    settled(tab)
    tab.locator("[data-do=clear]").click()
    assert [tab.locator(f"#calc-{name}").input_value() for name in LOAN] == ["", "", "", ""]
    assert answer(tab) == "" and tab.locator(".calc__detail").inner_text() == ""
    assert "#" not in tab.url and focused(tab) == "calc-principal"


def test_csv_opens_in_a_spreadsheet_and_holds_no_formula(calculator, tmp_path):
    tab, _ = calculator()
    fill_form(tab, LOAN)
    calculate(tab)
    with tab.expect_download() as waiting:
        tab.locator("[data-do=csv]").click()
    path = tmp_path / "result.csv"
    waiting.value.save_as(path)
    assert waiting.value.suggested_filename == "true-cost.csv"
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    lines = raw.decode("utf-8-sig").splitlines()
    assert '"12",930.00' in "\n".join(lines) or "12,930.00" in "\n".join(lines)
    for line in lines:
        for cell in re.findall(r'"((?:[^"]|"")*)"|([^,]+)', line):
            text = cell[0] or cell[1]
            assert not text.startswith(("=", "+", "@", "\t")), line
            assert not text.startswith("-") or re.fullmatch(r"-[\d.]+", text), line


def test_inside_apps_the_table_comes_as_text_to_copy(calculator):
    # A context of its own, since the name of the browser is changed in it.
    tab, _ = calculator(permissions=[])
    devtools = tab.context.new_cdp_session(tab)
    for agent in ("MicroMessenger/8.0.50", "QQ/9.0.0", "Weibo (iPhone)"):
        name = f"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36 {agent}"
        devtools.send("Emulation.setUserAgentOverride", {"userAgent": name})
        fill_form(tab, LOAN)
        calculate(tab)
        tab.locator("[data-do=csv]").click()
        tab.locator(".calc__message:not(:empty)").wait_for()
        assert "长按全选复制" in tab.locator(".calc__message").inner_text(), agent
        assert "11160.00" in tab.locator("#calc-out").input_value() or "11,160.00" in tab.locator("#calc-out").input_value()
        tab.locator("[data-do=clear]").click()


def test_result_can_be_copied_as_text(calculator):
    tab, _ = calculator(permissions=["clipboard-read", "clipboard-write"])
    fill_form(tab, LOAN)
    calculate(tab)
    tab.locator("[data-do=copy]").click()
    tab.locator(".calc__message:not(:empty)").wait_for()
    text = tab.evaluate("navigator.clipboard.readText()")
    assert "41.7%" in text and "不能由此得出“不用还”" in text and text.rstrip().endswith("tools/true-cost/")


def test_print_leaves_out_the_form_and_keeps_the_whole_plan(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN)
    calculate(tab)
    tab.emulate_media(media="print")
    assert not tab.locator(".calc__form").is_visible() and not tab.locator("[data-do=copy]").is_visible()
    assert tab.locator(".calc__detail").is_visible()
    assert tab.evaluate("(e => e.scrollHeight <= e.clientHeight + 1)(document.querySelector('.calc__detail .calc__plan'))")


# For everyone ----------------------------------------------------------------------------------------------------


@LANG
def test_without_javascript_the_worked_figures_are_there(open_page, lang):
    tab, watch = open_page(PAGES[lang], js=False)
    assert not tab.locator(".calc__form").is_visible()
    assert tab.locator(".calc__needs").is_visible()
    assert "41.7%" in tab.locator(".calc__sentence").inner_text()
    assert "41.70%" in tab.locator(".calc__example").inner_text()
    assert tab.locator(".calc__worked tbody tr").count() == 9
    tab.locator(".calc__example summary").click()
    assert "8,382.77" in tab.locator(".calc__example").inner_text()
    watch.assert_clean()


@LANG
def test_form_errors_and_result_have_no_violation_in_axe(calculator, axe_source, lang):
    tab, _ = calculator(lang)
    found = []

    def look(source=None) -> None:
        found.extend(axe_violations(tab, source))
        use_scheme(tab, "dark")
        found.extend(axe_violations(tab, None, rules=AXE_COLOURS))
        use_scheme(tab, "light")

    tab.locator(".calc__fold summary").first.click()
    fill_form(tab, {"received": "abc"})
    calculate(tab)
    look(axe_source)
    fill_form(tab, LOAN | {"advertised": "18%", "signed": "2026-11-01"})
    calculate(tab)
    tab.locator("[data-do=link]").click()
    tab.locator(".calc__example summary").click()
    # What a closed part holds changes its colours only when it is opened, and takes a moment for it.
    use_scheme(tab, "light")
    look()
    assert not found, describe(found)


@LANG
def test_form_and_result_fit_320_pixels(calculator, lang):
    tab, _ = calculator(lang, width=320)
    tab.locator(".calc__fold summary").first.click()
    fill_form(tab, LOAN | {"principal": "100亿", "received": "", "instalment": "9,000,000,000", "advertised": "18%", "signed": "2026-11-01"})
    calculate(tab)
    tab.locator("[data-do=link]").click()
    assert not overflow(tab)


def test_targets_are_large_enough_for_a_thumb(calculator):
    tab, _ = calculator()
    fill_form(tab, LOAN)
    calculate(tab)
    tab.locator(".calc__fold summary").first.click()
    small = tab.evaluate("""() => [...document.querySelectorAll('.calc button, .calc select, .calc input[type=text], .calc .radio, .calc summary')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))""")
    assert not small
