"""Choosers as people use them: with the keyboard alone, without JavaScript, with a hostile address."""
from __future__ import annotations

import pytest

from tests.support import LANGUAGES, address

LANG = pytest.mark.parametrize("lang", LANGUAGES)
# Page of a chooser, the choice made on it, and where that leads.
CHOICES = [
    ("visits/who-is-it/", "#chooser", "#court", "#court"),
    ("repay/court/", "#which-paper", "#payment-order", "#payment-order"),
    ("tools/", "#who", "../visits/who-is-it/#chooser", "visits/who-is-it/#chooser"),
]


def choose(tab, heading: str, href: str):
    """Tab from a heading to a link of its section and press Enter."""
    tab.locator(heading).evaluate("h => { h.tabIndex = -1; h.focus(); }")
    for _ in range(25):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.getAttribute('href')") == href:
            tab.keyboard.press("Enter")
            return
    pytest.fail(f"{href} is not reached with Tab from {heading}")


@LANG
@pytest.mark.parametrize(("page", "heading", "href", "leads"), CHOICES, ids=[page for page, *_ in CHOICES])
def test_choice_is_made_by_keyboard(open_page, site_url, lang, page, heading, href, leads):
    tab, watch = open_page(address(lang, page), device="desktop")
    choose(tab, heading, href)
    target = site_url + (address(lang, leads) if not leads.startswith("#") else address(lang, page) + leads)
    tab.wait_for_url(target)
    box = tab.locator("#" + target.split("#")[1]).bounding_box()
    assert 0 <= box["y"] < 800, "what was chosen is on the screen"
    watch.assert_clean()


@LANG
@pytest.mark.parametrize("page", ["visits/who-is-it/", "repay/court/", "help/complain/", "tools/", ""])
def test_every_choice_leads_somewhere_without_javascript(open_page, lang, page):
    tab, _ = open_page(address(lang, page), js=False)
    links = tab.locator(".cards li > a, .pick a").all()
    assert len(links) >= 5
    for link in links:
        href = link.get_attribute("href")
        if href.startswith("#"):
            assert tab.locator(href).count() == 1, href
        assert link.is_visible(), href


@LANG
def test_where_to_complain_opens_by_keyboard_and_stays_open_for_a_second_look(open_page, lang):
    tab, watch = open_page(address(lang, "help/complain/"), device="desktop")
    first = tab.locator(".lender details").first
    first.locator("summary").focus()
    tab.keyboard.press("Enter")
    steps = first.locator("ol li")
    assert steps.first.is_visible() and steps.count() >= 2
    tab.keyboard.press("Tab")
    assert first.evaluate("d => d.contains(document.activeElement) || d.nextElementSibling.contains(document.activeElement)")
    tab.locator(".lender details summary").nth(1).press("Enter")
    assert steps.first.is_visible(), "looking at a second problem does not close the first"
    watch.assert_clean()


@pytest.mark.parametrize("page", ["visits/who-is-it/", "repay/court/", "help/complain/", "tools/"])
def test_hostile_address_changes_nothing(open_page, page):
    tab, watch = open_page(page + "?x=<script>alert(1)</script>#<img src=x onerror=alert(1)>")
    tab.on("dialog", lambda dialog: (watch.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    assert tab.locator("h1").is_visible() and tab.locator("article img, article script:not([type])").count() == 0
    watch.assert_clean()
