"""The language link stays on the page and on the section, by mouse, keyboard, touch and without JavaScript."""
from __future__ import annotations

import re

import pytest

from tests.support import LANG_CODES, address

OTHER = {"zh": "en", "en": "zh"}
# test_pages.py looks at the link of every page; here it is pressed, on pages at each depth of folders.
SOME = pytest.mark.parametrize(("lang", "page"), [("zh", ""), ("en", "help/"), ("zh", "tools/true-cost/"), ("en", "search/")])


def language_link(tab):
    return tab.locator("header a[hreflang]").first


@SOME
def test_language_link_leads_to_the_same_page_and_back(open_page, site_url, device, lang, page):
    tab, watch = open_page(address(lang, page), device=device)
    assert language_link(tab).get_attribute("hreflang") == LANG_CODES[OTHER[lang]]
    language_link(tab).click()
    tab.wait_for_url(site_url + address(OTHER[lang], page))
    assert tab.locator("html").get_attribute("lang") == LANG_CODES[OTHER[lang]]
    language_link(tab).click()
    tab.wait_for_url(site_url + address(lang, page))
    watch.assert_clean()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_language_link_stays_on_the_section(open_page, site_url, device, lang):
    page = "visits/rules/"
    tab, _ = open_page(address(lang, page), device=device)
    heading = tab.locator("article h2[id]").nth(2)
    anchor = heading.get_attribute("id")
    heading.evaluate("e => e.scrollIntoView()")
    language_link(tab).evaluate("e => e.focus({ preventScroll: true })")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("#"))
    assert tab.url == site_url + address(OTHER[lang], page) + "#" + anchor
    assert tab.locator(f"#{anchor}").is_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_language_link_is_at_hand_at_the_section_being_read(open_page, site_url, device, lang):
    page = "visits/rules/"
    tab, _ = open_page(address(lang, page), device=device)
    heading = tab.locator("article h2[id]").nth(3)
    anchor = heading.get_attribute("id")
    heading.evaluate("e => e.scrollIntoView()")
    box = language_link(tab).bounding_box()
    assert box["y"] >= 0, "the link has scrolled away"
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.wait_for_url(site_url + address(OTHER[lang], page) + "#" + anchor)
    top = tab.locator(f"#{anchor}").bounding_box()["y"]
    assert top >= tab.locator("header.top").bounding_box()["height"] - 1, "the header covers the heading"


def test_language_link_stays_on_a_section_reached_by_its_address(open_page, site_url):
    tab, _ = open_page("visits/rules/", go=False)
    tab.goto(site_url + "visits/rules/")
    anchor = tab.locator("article h2[id]").nth(3).get_attribute("id")
    tab.goto(site_url + "visits/rules/#" + anchor)
    language_link(tab).click()
    tab.wait_for_url(re.compile("/en/"))
    assert tab.url == site_url + "en/visits/rules/#" + anchor


@SOME
def test_language_link_works_without_javascript(open_page, site_url, lang, page):
    tab, _ = open_page(address(lang, page), js=False)
    language_link(tab).click()
    tab.wait_for_url(site_url + address(OTHER[lang], page))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_language_link_stays_on_the_page_below_a_sub_path(open_page, subpath_url, lang):
    for page in ("", "visits/at-the-door/"):
        tab, watch = open_page(address(lang, page), base=subpath_url)
        language_link(tab).click()
        tab.wait_for_url(subpath_url + address(OTHER[lang], page))
        watch.assert_clean()
