"""Header, menu, search panel, footer and the not-found page, by touch, by keyboard and without JavaScript."""
from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.support import AXE_COLOURS, LANGUAGES, address, axe_violations, describe, overflow, page_ids, use_scheme

LANG = pytest.mark.parametrize("lang", LANGUAGES)
# Both devices and both languages, without every pair of them: the languages share the markup, the devices the wording.
EACH = pytest.mark.parametrize(("device", "lang"), [("phone", "zh"), ("desktop", "en")])


def opener(tab, panel: str):
    """The header's button that opens a panel."""
    return tab.locator(f"header button[popovertarget={panel}]").first


def tab_to(tab, matches: str, most: int = 30) -> bool:
    """Press Tab until the focused element matches a selector."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("s => document.activeElement.matches(s)", matches):
            return True
    return False


def is_open(tab, panel: str) -> bool:
    return tab.evaluate("id => document.getElementById(id).matches(':popover-open')", panel)


def focus_is_visible(tab) -> bool:
    """Whether the focused element has an outline or a ring that somebody can see."""
    return tab.evaluate(
        """() => {
          const style = getComputedStyle(document.activeElement);
          const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
          return outlined || style.boxShadow !== 'none';
        }"""
    )


@LANG
def test_first_tab_stop_skips_to_the_text(open_page, lang):
    tab, _ = open_page(address(lang, "visits/rules/"), device="desktop")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert tab.locator(":focus").is_visible()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"


@EACH
def test_menu_is_operable_by_keyboard(open_page, device, lang):
    tab, watch = open_page(address(lang, "visits/rules/"), device=device)
    assert tab_to(tab, "header button[popovertarget=menu]"), "the menu button is not reached with Tab"
    assert focus_is_visible(tab)
    tab.keyboard.press("Enter")
    assert is_open(tab, "menu")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.getElementById('menu').contains(document.activeElement)"), "focus does not enter the menu"
    tab.keyboard.press("Escape")
    assert not is_open(tab, "menu")
    assert tab.evaluate("document.activeElement.matches('button[popovertarget=menu]')"), "focus does not come back"
    tab.keyboard.press("Space")
    assert is_open(tab, "menu")
    assert tab_to(tab, "#menu a[href*='at-the-door']")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/visits/at-the-door/")
    watch.assert_clean()


@LANG
def test_menu_lists_every_page_and_marks_the_current_one(open_page, site_url, lang):
    tab, _ = open_page(address(lang, "visits/rules/"))
    opener(tab, "menu").click()
    hrefs = tab.locator("#menu a").evaluate_all("links => links.map(a => a.href)")
    listed = {h.removeprefix(site_url) for h in hrefs}
    assert listed == {address(lang, p) for p in page_ids() if p != "search/"}
    current = tab.locator("#menu a[aria-current=page]")
    assert current.count() == 1 and current.get_attribute("href").endswith(("rules/", "./", "."))


@LANG
@pytest.mark.parametrize("js", [True, False], ids=["with-js", "without-js"])
def test_menu_opens_and_leads_on_by_touch(open_page, site_url, lang, js):
    tab, watch = open_page(address(lang, ""), js=js)
    opener(tab, "menu").tap()
    link = tab.locator("#menu a[href*='who-is-it']")
    assert link.is_visible()
    assert not overflow(tab)
    link.tap()
    tab.wait_for_url(site_url + address(lang, "visits/who-is-it/"))
    assert not tab.locator("#menu").is_visible()
    watch.assert_clean()


@EACH
def test_search_panel_is_operable_by_keyboard(open_page, device, lang):
    tab, _ = open_page(address(lang, "visits/rules/"), device=device)
    assert tab_to(tab, "header button[popovertarget=search-panel]")
    tab.keyboard.press("Enter")
    assert is_open(tab, "search-panel")
    field = tab.locator("#search-panel input[type=search]")
    assert field.evaluate("e => e === document.activeElement"), "typing can start at once"
    assert focus_is_visible(tab)
    assert tab.locator("label[for=search-q]").is_visible()
    tab.keyboard.press("Escape")
    if is_open(tab, "search-panel"):  # the first Escape may clear a search field
        tab.keyboard.press("Escape")
    assert not is_open(tab, "search-panel")
    assert tab.evaluate("document.activeElement.matches('button[popovertarget=search-panel]')")


@LANG
def test_search_panel_leads_to_the_search_page_without_javascript(open_page, site_url, lang):
    tab, watch = open_page(address(lang, "visits/rules/"), js=False)
    opener(tab, "search-panel").tap()
    tab.locator("#search-panel input[type=search]").fill("x")
    tab.locator("#search-panel button[type=submit]").tap()
    tab.wait_for_url("**/search/?q=x")
    assert urlsplit(tab.url).path == urlsplit(site_url + address(lang, "search/")).path
    links = tab.locator("article a").evaluate_all("links => links.map(a => a.href)")
    listed = {href.removeprefix(site_url).split("#")[0] for href in links}
    assert {address(lang, p) for p in page_ids() if p not in ("search/",)} - {address(lang, "")} <= listed
    watch.assert_clean()


@EACH
def test_open_panels_have_no_violation_in_axe(open_page, axe_source, device, lang):
    tab, _ = open_page(address(lang, ""), device=device)
    tab.evaluate(axe_source)
    found = []
    for panel in ("menu", "search-panel"):
        opener(tab, panel).click()
        found += axe_violations(tab, None)
        use_scheme(tab, "dark")
        found += axe_violations(tab, None, rules=AXE_COLOURS)
        use_scheme(tab, "light")
        tab.keyboard.press("Escape")
    assert not found, describe(found)


@LANG
def test_header_fits_a_narrow_phone(open_page, lang):
    tab, _ = open_page(address(lang, ""), width=320)
    assert not overflow(tab)
    boxes = tab.locator("header").first.locator("a:visible, button:visible").evaluate_all(
        "list => list.map(e => e.getBoundingClientRect()).map(b => [b.left, b.right, b.top, b.bottom])"
    )
    assert all(left >= 0 and right <= 320 for left, right, _, _ in boxes), boxes
    for i, (l1, r1, t1, b1) in enumerate(boxes):
        for l2, r2, t2, b2 in boxes[i + 1 :]:
            assert r1 <= l2 + 0.5 or r2 <= l1 + 0.5 or b1 <= t2 + 0.5 or b2 <= t1 + 0.5, "buttons of the header overlap"


@LANG
def test_home_page_opens_with_the_three_buttons(open_page, site_url, lang):
    tab, _ = open_page(address(lang, ""))
    links = tab.locator(".big-buttons a")
    assert links.evaluate_all("a => a.map(e => e.href)") == [
        site_url + address(lang, p) for p in ("visits/at-the-door/", "help/", "help/overwhelmed/")
    ]
    for link in links.all():
        box = link.bounding_box()
        assert box["height"] >= 56
        assert box["y"] + box["height"] <= 844, "the three buttons are on the first screen of a phone"


@LANG
def test_term_explains_itself_in_place(open_page, lang):
    for js in (True, False):
        tab, _ = open_page(address(lang, "visits/rules/"), js=js)
        buttons = tab.locator("button.term__word")
        if buttons.count() == 0:
            tab.goto(tab.url.replace("visits/rules/", "tools/true-cost/"))
            buttons = tab.locator("button.term__word")
        assert buttons.count() > 0, "no page of these two explains a term"
        button = buttons.first
        pop = tab.locator(f"#{button.get_attribute('popovertarget')}")
        assert not pop.is_visible()
        button.tap()
        assert pop.is_visible() and len(pop.inner_text()) > 10
        tab.keyboard.press("Escape")
        assert not pop.is_visible()
        button.focus()
        tab.keyboard.press("Enter")
        assert pop.is_visible()


@LANG
def test_footer_leads_to_about_and_names_licences(open_page, lang):
    tab, _ = open_page(address(lang, "help/"))
    footer = tab.locator("footer").last
    assert "CC BY 4.0" in footer.inner_text() and "MIT" in footer.inner_text()
    for anchor in ("privacy", "accessibility"):
        footer.locator(f"a[href$='#{anchor}']").click()
        assert tab.locator(f"#{anchor}").is_visible()
        tab.go_back()


# 404 -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "device"), [("site_server", "phone"), ("subpath_server", "desktop")])
def test_unknown_address_gets_the_not_found_page_with_working_links(open_page, request, where, device):
    served = request.getfixturevalue(where)
    for address_ in ("nothing/here/at/all/", "en/no-such-page/"):
        tab, watch = open_page(base=served.url, device=device, go=False)
        answer = tab.goto(served.url + address_)
        assert answer.status == 404
        # The miss itself is what this page is for; nothing else may fail.
        watch.errors = [e for e in watch.errors if address_ not in e]
        watch.assert_clean()
        text = tab.locator("main").inner_text()
        assert "没有这一页" in text and "No such page" in text
        assert tab.locator("main [lang=en]").first.is_visible()
        assert not overflow(tab)
        tab.locator("main [lang=en] a", has_text="door").first.click()
        tab.wait_for_url(served.url + "en/visits/at-the-door/")


def test_not_found_page_has_no_violation_in_axe(open_page, axe_source, site_url):
    tab, _ = open_page("no/such/page/")
    for scheme in ("light", "dark"):
        use_scheme(tab, scheme)
        found = axe_violations(tab, axe_source)
        assert not found, f"{scheme}:\n{describe(found)}"
