"""Everything works below a sub-path, such as a project page on a forge."""
from __future__ import annotations

import pytest

from tests.support import address


# tests/test_html.py follows every link and file of every page below the sub-path; a browser loads one page of each kind.
@pytest.mark.parametrize(
    ("lang", "page"), [("zh", ""), ("en", "visits/at-the-door/"), ("zh", "tools/true-cost/"), ("en", "search/"), ("en", "about/")]
)
def test_page_is_silent_below_a_sub_path(open_page, subpath_url, lang, page):
    tab, watch = open_page(address(lang, page), base=subpath_url, workers=True)
    tab.wait_for_load_state("networkidle")
    watch.assert_clean()
    outside = [url for url in watch.requests if not url.startswith((subpath_url, "data:"))]
    assert not outside, outside
    style = tab.evaluate("getComputedStyle(document.querySelector('header.top button')).cursor")
    assert style, "the style sheet is loaded"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_links_can_be_followed_through_the_site_below_a_sub_path(open_page, subpath_url, lang):
    tab, watch = open_page(address(lang, ""), base=subpath_url)
    tab.locator(".big-buttons a").first.click()
    tab.wait_for_url(subpath_url + address(lang, "visits/at-the-door/"))
    tab.locator("header button[popovertarget=menu]").first.click()
    tab.locator("#menu a[href*='true-cost']").click()
    tab.wait_for_url(subpath_url + address(lang, "tools/true-cost/"))
    tab.locator("header a").first.click()
    tab.wait_for_url(subpath_url + address(lang, ""))
    watch.assert_clean()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_search_works_below_a_sub_path(open_page, subpath_url, lang):
    query = {"zh": "上门", "en": "door"}[lang]
    tab, watch = open_page(address(lang, "search/") + "?q=" + query, base=subpath_url)
    link = tab.locator("main a[href*='visits/']").first
    link.wait_for()
    link.click()
    tab.wait_for_url(lambda url: url.startswith(subpath_url + address(lang, "visits/")))
    watch.assert_clean()
