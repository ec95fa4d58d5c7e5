"""Every page in a real browser: silent, self-contained, accessible, never wider than the screen."""
from __future__ import annotations

import pytest

from tests import support
from tests.support import EVERY_PAGE, EVERY_PAGE_IDS, address, axe_violations, describe, overflow, use_scheme

EVERY = pytest.mark.parametrize(("lang", "page"), EVERY_PAGE, ids=EVERY_PAGE_IDS)


@EVERY
def test_page_is_silent_and_asks_no_other_host(open_page, device, lang, page):
    # Under the page's own policy and with its service worker, so that a breach of either is logged.
    tab, watch = open_page(address(lang, page), device=device, workers=True)
    tab.wait_for_load_state("networkidle")
    # Touch what there is: a lazy image or script may only come now.
    tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    for button in tab.locator("button[popovertarget]").all()[:6]:
        if button.is_visible():
            button.click()
            tab.keyboard.press("Escape")
    tab.wait_for_load_state("networkidle")
    watch.assert_clean()


@EVERY
def test_page_leaves_no_cookie_and_no_storage(open_page, lang, page):
    tab, _ = open_page(address(lang, page), workers=True)
    tab.wait_for_load_state("networkidle")
    assert tab.context.cookies() == []
    assert tab.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert tab.evaluate("indexedDB.databases().then(d => d.length)") == 0
    # The offline copy of the site's own pages is all that is kept, under a name that says whose it is.
    names = tab.evaluate("caches.keys()")
    assert all(name.startswith("clear-account ") for name in names), names


@EVERY
def test_page_has_no_violation_in_axe(open_page, axe_source, device, lang, page):
    tab, _ = open_page(address(lang, page), device=device, bypass_csp=True)
    problems = []
    # One page serves both schemes: the colours follow the system's setting at once.
    for scheme in ("light", "dark"):
        use_scheme(tab, scheme)
        found = axe_violations(tab, axe_source)
        if found:
            problems.append(f"{scheme}:\n{describe(found)}")
    assert not problems, "\n".join(problems)


# One visible link of each kind: what stands around it decides its colours.
LINK_KINDS = """() => {
  const kinds = new Map();
  for (const link of document.querySelectorAll('main a[href], footer a[href]')) {
    if (!link.checkVisibility()) continue;
    const kind = link.className + ' in ' + link.parentElement.tagName + ' ' + (link.closest('[class]:not(a)')?.className ?? '');
    if (!kinds.has(kind)) kinds.set(kind, link);
  }
  [...kinds.values()].slice(0, 25).forEach((link, number) => link.setAttribute('data-kind', number));
  return kinds.size;
}"""
CONTRAST = """async (link) => {
  const result = await axe.run(link, { runOnly: ['color-contrast'], resultTypes: ['violations'] });
  return result.violations.flatMap(v => v.nodes.map(n => n.html.slice(0, 120) + ' ' + n.failureSummary));
}"""


@pytest.mark.parametrize("page", ["", "visits/rules/", "tools/true-cost/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_keep_their_contrast_under_the_pointer_and_with_focus(open_page, axe_source, page, scheme):
    # The theme gives links a colour of its own in both states.
    tab, _ = open_page(page, device="desktop", scheme=scheme, bypass_csp=True)
    tab.evaluate(axe_source)
    assert tab.evaluate(LINK_KINDS) > 3
    problems = []
    for link in tab.locator("[data-kind]").all():
        for act in (link.hover, link.focus):
            act()
            use_scheme(tab, scheme)
            problems += link.evaluate(CONTRAST)
    assert not problems, "\n".join(problems)


@EVERY
def test_page_does_not_scroll_sideways(open_page, lang, page):
    tab, _ = open_page(address(lang, page), width=320)
    problems = {}
    for width, height in ((320, 640), (390, 844), (768, 1024), (1280, 800)):
        tab.set_viewport_size({"width": width, "height": height})
        if found := overflow(tab):
            problems[width] = found
    assert not problems, support.dump(problems)


@EVERY
def test_page_does_not_scroll_sideways_with_everything_open(open_page, lang, page):
    tab, _ = open_page(address(lang, page), width=320)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert not overflow(tab)
    for button in tab.locator("article button[popovertarget]").all()[:12]:
        if not button.is_visible():
            continue
        button.click()
        assert not overflow(tab), button.inner_text()
        box = tab.locator(f"#{button.get_attribute('popovertarget')}").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 320, f"{button.inner_text()}: {box}"
        tab.keyboard.press("Escape")


@EVERY
def test_page_reads_the_same_without_javascript(open_page, lang, page):
    tab, watch = open_page(address(lang, page), js=False)
    watch.assert_clean()
    article = tab.locator("article")
    assert article.is_visible()
    assert tab.locator("h1").first.is_visible()
    for heading in tab.locator("article h2").all():
        assert heading.is_visible(), f"hidden without JavaScript: {heading.inner_text()}"
    assert not overflow(tab)


@EVERY
def test_targets_are_large_enough_for_a_finger(open_page, lang, page):
    # WCAG 2.2 asks for 24 px and lets links inside a sentence be smaller; buttons and menus here take 44.
    tab, _ = open_page(address(lang, page))
    small = tab.evaluate(
        """() => {
          const found = [];
          for (const e of document.querySelectorAll('header a, header button, .big-buttons a, a.call, .menu a, form button')) {
            const box = e.getBoundingClientRect();
            if (box.width && (box.height < 44 || box.width < 44)) {
              found.push(`${e.tagName} ${e.textContent.trim().slice(0, 30)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
            }
          }
          return found;
        }"""
    )
    assert not small, small


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_systems_setting(open_page, scheme):
    tab, _ = open_page(scheme=scheme)
    channels = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)")
    paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(channels) > 600 if scheme == "light" else sum(channels) < 200, (channels, paper)
