"""The letters in a real browser: fill, edit, hand out, print, hostile input, keyboard alone, no JavaScript, the English page."""
from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.support import axe_violations, describe, overflow

PAGES = {"zh": "tools/letters/", "en": "en/tools/letters/"}
HOSTILE = "\"><img src onerror='hit=1'><script>hit=1</script>\u202e{{7}} %s"


@pytest.fixture
def letter(open_page):
    """letter("plan") opens the page and that letter's form: (tab, watch, its section)."""

    def open_one(letter_id: str, lang: str = "zh", fragment: str = "", press: bool = True, **options):
        tab, watch = open_page(PAGES[lang] + fragment, **options)
        section = tab.locator(f"[data-letter={letter_id}]")
        if press:
            section.locator("[data-do=fill]").click()
            section.locator("textarea.letter__text").wait_for()
        return tab, watch, section

    return open_one


def field(section, name: str):
    letter_id = section.get_attribute("data-letter")
    return section.locator(f"#letter-{letter_id}-{name}")


def text_of(section) -> str:
    return field(section, "text").input_value()


def test_blanks_stay_marked_and_counted_until_they_are_typed(letter):
    tab, watch, section = letter("plan")
    left = section.locator(".letter__left")
    assert left.inner_text() == "还有 8 处没填：放款机构、合同编号、遇到的困难、每月到手收入、每月必要开支、开始的月份、每月能还的数、姓名"
    for name, typed in (("lender", "某某银行"), ("income", "１.2万"), ("offer", "八百"), ("needs", "很多")):
        field(section, name).fill(typed)
    text = text_of(section)
    assert "每月到手收入约 12,000 元" in text and "每月还 800 元" in text
    # What cannot be read as a sum leaves its blank where it is.
    assert "必要开支约【每月必要开支】元" in text and "要是金额" in field(section, "needs-error").inner_text()
    assert field(section, "needs").get_attribute("aria-invalid") == "true"
    # A box adds its paragraph and the field that it needs.
    assert not field(section, "revisit").is_visible()
    section.get_by_label("现在没有余钱").check()
    field(section, "revisit").fill("3 个月后")
    assert "到 3 个月后我再跟贵公司谈" in text_of(section)
    section.get_by_label("每月能还一点").uncheck()
    assert "【每月能还的数】" not in text_of(section) and "每月还 800" not in text_of(section)
    assert "还有 4 处没填" in left.inner_text()
    # Another letter knows what was typed; clearing forgets it.
    other = tab.locator("[data-letter=contact]")
    other.locator("[data-do=fill]").click()
    assert field(other, "lender").input_value() == "某某银行" and "某某银行及受委托的催收机构" in text_of(other)
    section.locator("[data-do=clear]").click()
    assert "某某银行" not in text_of(section) and left.inner_text().startswith("还有 8 处没填")
    assert tab.url.endswith(PAGES["zh"]) and tab.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    watch.assert_clean()


def test_edited_words_are_kept_and_text_file_and_paper_hold_them(letter):
    tab, watch, section = letter("employer")
    area = field(section, "text")
    area.fill(text_of(section).replace("正在自己处理", "正在自己慢慢处理"))
    field(section, "name").fill("张三")
    assert "慢慢处理" in text_of(section) and text_of(section).rstrip().split("\n")[-2] == "张三"
    # What is gone from the text cannot be put in: that is said, and the reader's words stay.
    field(section, "name").fill("李四")
    assert "你改过信的文字" in section.locator(".letter__said").inner_text() and "李四" not in text_of(section)
    with tab.expect_download() as waiting:
        section.locator("[data-do=save]").click()
    assert waiting.value.suggested_filename == "letter-employer.txt"
    saved = Path(waiting.value.path()).read_bytes()
    assert saved.startswith(b"\xef\xbb\xbf") and "慢慢处理" in saved.decode("utf-8-sig") and b"\r\n" in saved
    section.locator(".letter__said", has_text="已存成文件。 还有 1 处没填：收信人").wait_for()
    tab.evaluate("window.print = () => {}")
    section.locator("[data-do=print]").click()
    pdf = PdfReader(io.BytesIO(tab.pdf(format="A4", prefer_css_page_size=True)))
    assert len(pdf.pages) == 1
    squeezed = "".join(pdf.pages[0].extract_text().split())
    assert "慢慢" in squeezed and "110" not in squeezed and "明白账" not in squeezed
    section.locator("[data-do=again]").click()
    assert "慢慢处理" not in text_of(section) and "李四" in text_of(section)
    watch.assert_clean()


def test_letters_with_every_paragraph_fit_on_one_sheet_each(letter):
    tab, _, _ = letter("plan", press=False)
    tab.evaluate("window.print = () => {}")
    for letter_id in ("complaint-local", "court", "data"):
        section = tab.locator(f"[data-letter={letter_id}]")
        section.locator("[data-do=fill]").click()
        for box in section.locator("input[type=checkbox]").all():
            box.check()
        section.locator("[data-do=print]").click()
        assert len(PdfReader(io.BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages) == 1, letter_id


def test_hostile_input_stays_text(letter):
    tab, watch, section = letter("data", "zh", "#v=1&l=plan&i=<img src=x onerror=alert(1)>&o=9e99&name=x&lender=y", press=False)
    plan = tab.locator("[data-letter=plan]")
    plan.locator("textarea.letter__text").wait_for()
    assert plan.locator(".letter__left").inner_text().startswith("还有 8 处没填")
    section.locator("[data-do=fill]").click()
    for control in section.locator(".letter__form input[type=text], .letter__form textarea:not(.letter__text)").all():
        if control.is_visible():
            control.fill(HOSTILE)
    assert "<script>" in text_of(section) and "\u202e" not in text_of(section)
    field(section, "name").fill("9" * 10_000)
    assert "最多 60 个字" in field(section, "name-error").inner_text() and "【姓名】" in text_of(section)
    tab.evaluate("window.print = () => {}")
    section.locator("[data-do=print]").click()
    # Nothing that was typed became part of the page, on paper neither.
    assert tab.evaluate("[window.hit, document.querySelectorAll('.letter img, .letter script').length]") == [None, 0]
    watch.assert_clean()


def test_sums_come_from_the_address_and_an_app_that_saves_nothing_gets_text(letter):
    _, watch, section = letter("plan", "en", "#v=1&l=plan&i=3500&n=2,800.50&o=700", press=False, user_agent="Mozilla/5.0 MicroMessenger/8.0.50")
    section.locator("textarea.letter__text").wait_for()
    text = text_of(section)
    assert "约 3,500 元" in text and "约 2,800.50 元" in text and "每月还 700 元" in text
    section.locator("[data-do=save]").click()
    section.locator(".letter__said", has_text="Files cannot be saved in this app").wait_for()
    selected = section.page.evaluate("document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)")
    assert selected == text and "Still to fill in: 5 (" in section.locator(".letter__said").inner_text()
    watch.assert_clean()


def test_keyboard_alone_writes_and_copies_a_letter(letter):
    tab, watch, section = letter("family", press=False, device="desktop")
    section.locator("[data-do=fill]").focus()
    tab.keyboard.press("Enter")
    section.locator("textarea.letter__text").wait_for()
    # The first question has the focus: a box, ticked at the start. The next is the recipient.
    section.locator("input[type=checkbox]:focus").wait_for()
    tab.keyboard.press("Tab")
    tab.keyboard.type("爸、妈")
    for _ in range(2):
        tab.keyboard.press("Tab")
    tab.keyboard.type("小明")
    focused = []
    for _ in range(8):
        tab.keyboard.press("Tab")
        focused.append(tab.evaluate("document.activeElement.dataset.do || document.activeElement.id"))
        if focused[-1] == "copy":
            break
    assert focused[-1] == "copy", focused
    tab.keyboard.press("Enter")
    section.locator(".letter__said", has_text=re.compile("已复制|长按全选复制")).wait_for()
    assert text_of(section).startswith("写给家里人\n\n爸、妈：") and "小明" in text_of(section)
    watch.assert_clean()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_open_letter_is_accessible_and_stays_within_the_screen(letter, axe_source, lang):
    tab, _, section = letter("complaint-local", lang, width=320, bypass_csp=True)
    assert section.locator(".letter__why li").first.is_visible(), "whoever fills a letter in sees what each paragraph rests on"
    assert describe(axe_violations(tab, axe_source, within="article")) == ""
    assert overflow(tab) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_javascript_each_letter_stands_as_text_with_its_explanation(letter, lang):
    tab, _, section = letter("credit", lang, js=False, press=False)
    assert not section.locator("[data-do=fill]").is_visible()
    paper = section.locator(".letter__paper")
    assert not paper.is_visible()
    section.locator("summary").click()
    assert "请依照《征信业管理条例》标注异议" in paper.inner_text() and "20 日" in paper.inner_text() and "【身份证号】" in paper.inner_text()
    # Paragraphs for special cases stand apart: a letter that is copied as it is claims nothing that may be untrue.
    assert "不是我办的" not in paper.inner_text() and "不是我办的" in section.locator(".letter__more").inner_text()
    why = section.locator(".letter__why li")
    assert why.count() == 8 and why.first.is_visible()
    for link in section.locator(".law__name").all():
        assert tab.locator(link.get_attribute("href")).count() == 1
