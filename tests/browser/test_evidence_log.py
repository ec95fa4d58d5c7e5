"""The contact log in a real browser: add, count, keep and delete, read a file back, hostile input, thousands of rows, paper."""
from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.support import AXE_COLOURS, axe_violations, describe, overflow, use_scheme

PAGES = {"zh": "tools/evidence-log/", "en": "en/tools/evidence-log/"}
KEY = "clear-account:contact-log"
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>\u202e =1+1 %s ${7*7} {{7*7}} 🧧"


@pytest.fixture
def log(open_page):
    """log("zh", ...) opens the page; any dialog but the browser's own question on leaving fails the test."""

    def open_one(lang: str = "zh", **options):
        # An option of its own gives a context of its own, so nothing is kept from one test to the next.
        tab, watch = open_page(PAGES[lang], accept_downloads=True, **options)
        tab.on("dialog", lambda dialog: dialog.accept() if dialog.type == "beforeunload" else (watch.errors.append(dialog.message), dialog.dismiss()))
        return tab, watch

    return open_one


def said(tab) -> str:
    return tab.locator(".calc__message").inner_text()


def add(tab, **fields) -> None:
    """Fill the named fields in, press the button, wait for what is said about it."""
    before = said(tab)
    for field, text in fields.items():
        control = tab.locator(f"#log-{field}")
        control.select_option(text) if field == "how" else control.fill(text)
    tab.locator(".calc__go").click()
    tab.wait_for_function("before => document.querySelector('.calc__message').textContent !== before || !document.querySelector('.calc__errors').hidden", arg=before)


def rows(tab) -> int:
    return tab.locator(".log__table tbody tr").count()


def count(tab, rule: str) -> str:
    return tab.locator(f"[data-count={rule}] .log__count").inner_text()


def upload(tab, text: str | bytes) -> str:
    before = said(tab)
    raw = text if isinstance(text, bytes) else text.encode()
    tab.locator(".log__file").set_input_files({"name": "log.csv", "mimeType": "text/csv", "buffer": raw})
    tab.wait_for_function("before => document.querySelector('.calc__message').textContent !== before", arg=before)
    return said(tab)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_entries_are_added_counted_changed_and_taken_away(log, lang):
    tab, watch = log(lang)
    begun = len(watch.requests)
    zh = lang == "zh"
    assert tab.locator("#log-date").input_value() == "2026-11-24"
    for time in ("9:00", "晚上10点" if zh else "10 pm", "21:59"):
        add(tab, how="talk", date="2026-11-20", time=time, loan="A", who="某公司" if zh else "Some Ltd")
    assert rows(tab) == 3
    assert count(tab, "talk") == ("没有哪一天超过。" if zh else "No day is above it.")
    assert count(tab, "quiet").startswith("在这个时段里的：1 次。最近的：2026-11-20 22:00" if zh else "Within these hours: 1. Latest: 2026-11-20 22:00")
    add(tab, time="10:00", words="第四次\n还钱" if zh else "fourth call")
    assert "2026-11-20（A，4 次）" in count(tab, "talk") or "2026-11-20 (A, 4)" in count(tab, "talk")
    assert "1 天" in count(tab, "talk") or "Days above it: 1" in count(tab, "talk")
    assert "4" in tab.locator(".log__heading").inner_text()
    # Newest first, and what says who stays in the form for the next call.
    assert [time.get_attribute("datetime")[-5:] for time in tab.locator(".log__table time").all()] == ["22:00", "21:59", "10:00", "09:00"]
    assert tab.locator("#log-loan").input_value() == "A" and tab.locator("#log-words").input_value() == ""
    # Wrong input is named, and nothing typed is lost.
    add(tab, date="2026-02-30", time="25:00", words="还在")
    assert tab.locator(".calc__errors li").count() == 2 and tab.title().startswith("错误：" if zh else "Error: ")
    assert tab.evaluate("document.activeElement.className") == "calc__errors"
    assert tab.locator("#log-words").input_value() == "还在" and rows(tab) == 4
    # Change one, take it away, put it back.
    tab.locator("[data-do=change]").first.click()
    add(tab, time="20:00")
    assert rows(tab) == 4 and "0" in count(tab, "quiet") and not tab.title().startswith(("错误", "Error"))
    tab.locator("[data-do=remove]").first.click()
    assert rows(tab) == 3
    tab.locator("[data-do=undo]").click()
    assert rows(tab) == 4
    add(tab, how="visit", date="昨天" if zh else "yesterday", time="", people="1")
    assert "2026-11-23" in tab.locator(".log__table tbody tr").first.inner_text() and ("规定人数少的 1 次" in count(tab, "visit") or "fewer people than that: 1" in count(tab, "visit"))
    # Nothing leaves the page but the request for its own scripts.
    assert all("/assets/" in url for url in watch.requests[begun:]), watch.requests[begun:]
    assert tab.evaluate("localStorage.length") == 0
    watch.assert_clean()


def test_kept_only_when_asked_and_deleted_for_good(log):
    tab, watch = log()
    add(tab, time="23:00", words="只在内存里")
    assert tab.evaluate("localStorage.length") == 0
    tab.reload()
    assert rows(tab) == 0
    add(tab, time="23:00", words="存起来")
    tab.locator("#log-keep").check()
    assert "存在这台手机上了" in said(tab)
    add(tab, time="23:10")
    # Written after a pause, and before the page goes.
    tab.reload()
    tab.locator(".log__table tbody tr").nth(1).wait_for()
    assert rows(tab) == 2 and tab.locator("#log-keep").is_checked() and "打开了这台手机上存的 2 条" in said(tab)
    assert tab.evaluate("Object.keys(localStorage)") == [KEY]
    assert "合用" in tab.locator("#log-keep-note").inner_text()
    tab.locator("#log-words").fill("还没记的")
    tab.locator("[data-do=delete]").click()
    assert rows(tab) == 2 and tab.evaluate("document.activeElement.dataset.do") == "delete-no"
    tab.locator("[data-do=delete-yes]").click()
    assert rows(tab) == 0 and tab.evaluate("localStorage.length") == 0 and tab.locator("#log-words").input_value() == ""
    assert not tab.locator("#log-keep").is_checked()
    # What was being written when it was deleted does not come back.
    tab.wait_for_timeout(300)
    tab.reload()
    assert tab.evaluate("localStorage.length") == 0
    # A log that cannot be read is said and left alone; a browser without room is said.
    tab.evaluate(f"localStorage.setItem('{KEY}', '{{\"v\":9}}')")
    tab.reload()
    tab.locator(".calc__message", has_text="读不出来").wait_for()
    assert tab.evaluate("localStorage.length") == 1
    tab.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    tab.locator("#log-keep").click()
    tab.locator(".calc__message", has_text="存不下").wait_for()
    assert not tab.locator("#log-keep").is_checked()
    watch.assert_clean()


def test_a_file_goes_out_and_comes_back_once_and_a_broken_one_changes_nothing(log):
    tab, watch = log()
    for number, words in enumerate([HOSTILE, "=HYPERLINK(\"http://x.example\")", "第一行\n“第二行”, 还有\"引号\""]):
        add(tab, how="text", date="2026-11-20", time=f"1{number}:00", words=words, number="+86 138", file="@a", who=HOSTILE)
    assert not tab.evaluate("window.hit") and tab.locator(".log__table :is(img, script)").count() == 0
    with tab.expect_download() as waiting:
        tab.locator("[data-do=csv]").click()
    raw = Path(waiting.value.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "读到 3 条，加进来 0 条；已经有的 3 条" in upload(tab, raw) and rows(tab) == 3
    # Chinese Excel's own encoding, and a line that is wrong.
    assert "加进来 1 条" in upload(tab, "日期,时间,方式\n2026/11/9,8:05,上门\n2026/13/9,8:05,上门\n".encode("gb18030"))
    assert "第 3 行" in said(tab) and rows(tab) == 4
    tab.locator("#log-words").fill("没记完的话")
    assert "引号没有收尾" in upload(tab, '日期,方式\n2026-11-20,"上门\n')
    assert "不像从这里存出去的表格" in upload(tab, b"PK\x03\x04\x00\xff\xfe")
    assert rows(tab) == 4 and tab.locator("#log-words").input_value() == "没记完的话"
    tab.locator("[data-do=copy]").click()
    tab.locator("#log-out").wait_for()
    text = tab.locator("#log-out").input_value()
    assert "“第二行”, 还有" in text and "不是法律" in text and "[object" not in text and "undefined" not in text
    # A fresh page takes the file in the other language.
    other, _ = log("en")
    assert "added 3" in upload(other, raw)
    watch.assert_clean()


def test_keyboard_alone_and_axe_in_both_schemes(log, axe_source):
    tab, watch = log(bypass_csp=True, width=320)
    tab.locator("#log-date").focus()
    for _ in range(2):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.dataset.do") == "now"
    tab.keyboard.press("Enter")
    # Its script comes with the first touch.
    tab.wait_for_function("() => document.querySelector('#log-time').value")
    tab.keyboard.press("Tab")
    tab.locator("#log-who").focus()
    tab.keyboard.type("某公司 小王")
    tab.keyboard.press("Enter")
    tab.locator(".log__table tbody tr").wait_for()
    add(tab, how="visit", time="23:00", people="1", words="很长" * 300)
    tab.locator("#log-file").press("Tab")
    for _ in range(12):
        if tab.evaluate("document.activeElement.dataset.do") == "remove":
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert rows(tab) == 1 and tab.locator("[data-do=undo]").is_visible()
    assert tab.evaluate("document.activeElement.dataset.do") == "change"
    tab.locator("[data-do=undo]").press("Enter")
    tab.locator("[data-do=delete]").press("Enter")
    tab.locator("[data-do=delete-no]").press("Enter")
    add(tab, time="25:00")
    assert not overflow(tab)
    found = axe_violations(tab, axe_source)
    use_scheme(tab, "dark")
    found += axe_violations(tab, None, AXE_COLOURS)
    assert not found, describe(found)
    watch.assert_clean()


def test_thousands_of_rows_are_held_and_few_drawn(log):
    tab, watch = log()
    lines = "\n".join(f"2026-{1 + n // 500:02d}-{1 + n % 28:02d},{n % 24}:{n % 60:02d},{['上门', '电话：没接通', '电话：接通，有对话', '联系了家人、单位、邻居等'][n % 4]},A,第 {n} 条" for n in range(5000))
    assert "加进来 5000 条" in upload(tab, "日期,时间,方式,哪笔贷款,原话\n" + lines)
    assert rows(tab) == 50 and "5000" in tab.locator(".log__heading").inner_text()
    tab.locator("[data-do=more]").click()
    assert rows(tab) == 100
    tab.locator("#log-keep").check()
    tab.evaluate(
        """() => {
          for (let n = 0; n < 5; n++) {
            document.querySelector('#log-date').value = '2026-11-2' + n;
            document.querySelector('#log-time').value = '22:30';
            document.querySelector('.calc__go').click();
          }
        }"""
    )
    # Not one row more is drawn for 5,000 that are held.
    assert "5005" in tab.locator(".log__heading").inner_text() and rows(tab) == 100
    tab.reload()
    tab.locator(".log__table tbody tr").first.wait_for()
    assert "5005" in tab.locator(".log__heading").inner_text()
    watch.assert_clean()


@pytest.mark.parametrize(("lang", "js"), [("zh", True), ("en", True), ("zh", False)])
def test_paper_and_no_javascript(log, lang, js):
    tab, watch = log(lang, js=js)
    blank = tab.locator(".log__blank")
    assert blank.is_visible() and blank.locator("tbody tr").count() >= 12
    assert tab.locator("[data-count]").count() == 6 and tab.locator("[data-count] .badge").count() >= 6
    if js:
        tab.evaluate("document.documentElement.dataset.print = 'paper'")
        pages = PdfReader(io.BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages
        assert len(pages) == 1
        assert "22:00" not in pages[0].extract_text()
        tab.evaluate("delete document.documentElement.dataset.print")
        tab.locator("#log-date").focus()
        tab.locator(".log__table").wait_for(state="attached")
        assert not tab.locator(".log__heading").inner_text().endswith("%s")
    else:
        assert not tab.locator(".log__form").is_visible() and "JavaScript" in tab.locator(".calc__needs").inner_text()
        text = tab.locator("article").inner_text()
        assert "22:00—次日 8:00" in text and "录音" in text
        # Whatever stands before it, the empty table is a sheet of its own.
        pages = PdfReader(io.BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages
        assert len(pages) >= 3
    watch.assert_clean()
