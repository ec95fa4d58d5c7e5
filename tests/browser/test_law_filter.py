"""The list of rules narrowed by words, by force and by who is bound; without JavaScript all of it stands there."""
from __future__ import annotations

import pytest

from tests.support import LANGUAGES, address, axe_violations, describe, overflow

LANG = pytest.mark.parametrize("lang", LANGUAGES)
PAGE = "learn/law/"


def shown(tab) -> list[str]:
    return tab.locator(".rule").evaluate_all("rules => rules.filter(r => r.checkVisibility()).map(r => r.querySelector('h3').id)")


@LANG
def test_without_javascript_every_rule_is_there_and_no_form(open_page, lang):
    tab, watch = open_page(address(lang, PAGE), js=False)
    assert tab.locator(".rule").count() > 50
    assert len(shown(tab)) == tab.locator(".rule").count()
    assert not tab.locator("form.law-filter").is_visible()
    watch.assert_clean()


@LANG
def test_filter_works_by_keyboard_and_counts_aloud(open_page, device, lang):
    tab, watch = open_page(address(lang, PAGE), device=device)
    form = tab.locator("form.law-filter")
    form.wait_for()
    status = form.locator("[role=status]")
    total = tab.locator(".rule").count()
    assert str(total) in status.inner_text()
    tab.locator("#law-words").focus()
    tab.keyboard.type("GB/T")
    found = shown(tab)
    assert "law-gbt-45251-2025" in found and len(found) < total
    assert str(len(found)) in status.inner_text()
    # The folded articles of what was found are open.
    assert tab.locator(".rule:has(#law-gbt-45251-2025) details").get_attribute("open") is not None
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "law-force"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "law-binds"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    # The list follows after the event that empties the boxes.
    tab.locator(".rule:visible").nth(total - 1).wait_for()
    assert len(shown(tab)) == total and tab.locator("#law-words").input_value() == ""
    # Enter in the box sends nothing anywhere.
    before = tab.url
    tab.locator("#law-words").press("Enter")
    assert tab.url == before
    watch.assert_clean()


@LANG
def test_force_and_who_is_bound_narrow_together(open_page, lang):
    tab, _ = open_page(address(lang, PAGE))
    tab.locator("form.law-filter").wait_for()
    tab.locator("#law-force").select_option("department-rule")
    rules = shown(tab)
    assert "law-microloan-company-measures-2024" in rules and "law-civil-code" not in rules
    # Degrees without a hit go with their headings.
    assert not tab.locator("#force-court-policy").is_visible() and tab.locator("#force-department-rule").is_visible()
    tab.locator("#law-binds").select_option("micro-loan")
    fewer = shown(tab)
    assert set(fewer) < set(rules) and "law-microloan-company-measures-2024" in fewer
    tab.locator("#law-words").fill("zzzz")
    assert shown(tab) == []
    assert tab.locator("form.law-filter [role=status]").inner_text() == tab.locator("form.law-filter [role=status]").get_attribute("data-none")


@LANG
def test_link_to_a_rule_that_is_filtered_away_shows_it(open_page, lang):
    tab, _ = open_page(address(lang, PAGE))
    tab.locator("form.law-filter").wait_for()
    tab.locator("#law-force").select_option("self-regulation")
    tab.evaluate("location.hash = '#law-civil-code'")
    tab.locator("#law-civil-code").wait_for()
    assert tab.locator(".rule:has(#law-civil-code) details").get_attribute("open") is not None
    assert len(shown(tab)) == tab.locator(".rule").count()


@LANG
def test_filtered_list_is_accessible_and_fits(open_page, axe_source, lang):
    tab, watch = open_page(address(lang, PAGE))
    tab.locator("form.law-filter").wait_for()
    tab.locator("#law-force").select_option("court-policy")
    violations = axe_violations(tab, axe_source)
    assert not violations, describe(violations)
    tab.set_viewport_size({"width": 320, "height": 640})
    assert not overflow(tab)
    watch.assert_clean()
