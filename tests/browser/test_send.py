"""Sending a page to somebody: its plain address, by the clipboard or the phone's own sheet."""
from __future__ import annotations

import re

import pytest

from tests.support import LANGUAGES, ROOT, address, page_ids, read

LANG = pytest.mark.parametrize("lang", LANGUAGES)
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
SHEET = "navigator.share = async (data) => { window.shared = data; };"


@LANG
def test_copied_address_holds_nothing_that_was_typed(open_page, site_url, lang):
    tab, watch = open_page(address(lang, "tools/deadlines/") + "?from=chat#v=1&a=2", **CLIPBOARD)
    tab.locator("[data-send=link]").click()
    tab.locator(".send__said:not(:empty)").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == site_url + address(lang, "tools/deadlines/")
    watch.assert_clean()


@LANG
def test_phones_own_sheet_gets_title_and_address(open_page, site_url, lang):
    tab, watch = open_page(go=False, reduced_motion="reduce")
    tab.add_init_script(SHEET)
    tab.goto(site_url + address(lang, "help/overwhelmed/") + "#call")
    tab.locator("[data-send=share]").click()
    page = "help/overwhelmed/"
    front = (ROOT / "docs" / lang / "help" / "overwhelmed.md").read_text("utf-8")
    card = re.search(r"^card: (.+)$", front, re.M)[1]
    assert tab.evaluate("window.shared") == {"title": card, "url": site_url + address(lang, page)}
    assert tab.title().startswith(card + " | "), "the tab says no more than the card"
    watch.assert_clean()


def test_where_the_phone_has_no_sheet_no_button_offers_it(open_page):
    tab, _ = open_page("help/", device="desktop")
    assert tab.evaluate("typeof navigator.share") == "undefined", "this browser has a sheet: test another way"
    assert tab.locator("[data-send=link]").is_visible()
    assert not tab.locator("[data-send=share]").is_visible()


def test_without_clipboard_the_address_itself_can_be_copied(open_page, site_url):
    tab, _ = open_page("visits/rules/")
    tab.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    tab.locator("[data-send=link]").click()
    said = tab.locator(".send__said:not(:empty)")
    said.wait_for()
    assert site_url + "visits/rules/" in said.inner_text()


def test_without_javascript_no_dead_button_shows(open_page):
    tab, _ = open_page("help/", js=False)
    assert not tab.locator(".send").is_visible()


@pytest.mark.parametrize("page", [p for p in page_ids() if p.startswith(("help/", "visits/", "repay/", "tools/"))])
def test_every_page_of_the_borrowers_half_can_be_sent(site, page):
    for lang in LANGUAGES:
        document = read(site / address(lang, page) / "index.html")
        assert [e.attrs["data-send"] for e in document.elements if "data-send" in e.attrs] == ["link", "share"]
