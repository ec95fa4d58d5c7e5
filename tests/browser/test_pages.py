"""Every page in a real browser: silent, light, self-contained, accessible, never wider than the screen.

Opening pages is what takes time, so each page is opened once, on a phone, in one of its languages; one page of each type
also on a desktop, without JavaScript and for its colours. Each opening looks at everything, and tells all that is wrong.
"""
from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest

from hooks.loaded import limit_of
from tests import support
from tests.support import EVERY_PAGE, LANG_CODES, address, axe_violations, describe, overflow, slug, use_scheme

# Each page in one of its two languages, turn by turn: template, script and style are the same in both, and the text has
# its own tests (test_html.py and test_language.py take all). EVERY_LANGUAGE=1 opens all of them.
TURNS = [(lang, page) for number, (lang, page) in enumerate(EVERY_PAGE) if os.environ.get("EVERY_LANGUAGE") or number % 4 in (0, 3)]
EVERY = pytest.mark.parametrize(("lang", "page"), TURNS, ids=[f"{lang}-{slug(page)}" for lang, page in TURNS])
OTHERS = [pair for pair in EVERY_PAGE if pair not in TURNS] or TURNS
OTHER = {"zh": "en", "en": "zh"}


def one_of_each_type() -> list[tuple[str, str]]:
    """The first page of each type of front matter, in a language: template and style hang on the type alone."""
    found: dict[str, tuple[str, str]] = {}
    for lang, page in OTHERS:
        source = support.ROOT / "docs" / lang / f"{page}index.md"
        source = source if source.is_file() else source.parent.with_suffix(".md")
        kind = re.search(r"^type: (\S+)$", source.read_text("utf-8"), re.M)[1]
        found.setdefault(page if os.environ.get("EVERY_LANGUAGE") else kind, (lang, page))
    return list(found.values())


TYPES = one_of_each_type()
EVERY_TYPE = pytest.mark.parametrize(("lang", "page"), TYPES, ids=[f"{lang}-{slug(page)}" for lang, page in TYPES])

# WCAG 2.2 asks for 24 px and lets links inside a sentence be smaller; buttons and menus here take 44.
SMALL_TARGETS = """() => {
  const found = [];
  for (const e of document.querySelectorAll('header a, header button, .big-buttons a, a.call, .menu a, form button')) {
    const box = e.getBoundingClientRect();
    if (box.width && (box.height < 44 || box.width < 44)) {
      found.push(`${e.tagName} ${e.textContent.trim().slice(0, 30)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
    }
  }
  return found;
}"""
KEPT = """async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length].join()"""
# Opens what can be opened, one after the other, and tells what then makes the page wider or leaves the screen.
OPEN_EVERYTHING = """() => {
  const room = document.documentElement.clientWidth, found = [];
  const wide = (name) => {
    const width = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
    if (width > room) found.push(`${name}: the page is ${width} wide in ${room}`);
  };
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
  wide('details');
  const buttons = [...document.querySelectorAll('article button[popovertarget]')].filter((b) => b.checkVisibility());
  for (const button of buttons.slice(0, 12)) {
    button.click();
    const box = document.getElementById(button.getAttribute('popovertarget')).getBoundingClientRect();
    wide(button.textContent);
    if (!box.width || box.left < 0 || box.right > room) found.push(`${button.textContent}: ${box.left} to ${box.right}`);
    button.click();
  }
  return found;
}"""


def heavy(site: Path, site_url: str, file: Path, requests: list[str]) -> list[str]:
    """What is wrong with the weight of the files that a browser asked for."""
    parts = {}
    for url in dict.fromkeys(requests):
        if url.startswith(site_url):
            name = url.removeprefix(site_url).split("#")[0].split("?")[0]
            asked = site / name / "index.html" if (site / name).is_dir() else site / name
            parts[name] = len(gzip.compress(asked.read_bytes(), 9))
    detail = "\n".join(f"{size / 1024:6.1f} KB  {name}" for name, size in sorted(parts.items(), key=lambda p: -p[1]))
    found = []
    if (total := sum(parts.values())) > limit_of(file):
        found.append(f"{total / 1024:.1f} KB before a touch:\n{detail}")
    if any("index.json" in name for name in parts):
        found.append("the search index comes on first use only")
    if len(parts) > 20:
        found.append(f"{len(parts)} requests before a touch:\n{detail}")
    return found


@EVERY
def test_page_on_a_phone(open_page, axe_source, site, site_url, lang, page):
    """Silent, light, stores nothing, accessible, fits at every width, targets for a thumb."""
    tab, watch = open_page(address(lang, page))
    found = [f"stored: {tab.evaluate(KEPT)}"] if tab.evaluate(KEPT) != ",0,0,0" else []
    found += [f"cookie: {cookie}" for cookie in tab.context.cookies()]
    found += [f"small target: {target}" for target in tab.evaluate(SMALL_TARGETS)]
    found += [describe([violation]) for violation in axe_violations(tab, axe_source, without=support.AXE_COLOURS)]
    # By now everything has come that comes by itself; nothing was touched so far.
    found += heavy(site, site_url, site / address(lang, page) / "index.html", watch.requests)
    for width, height in ((1280, 800), (768, 1024), (320, 640)):
        tab.set_viewport_size({"width": width, "height": height})
        found += [f"{width} px wide: {text}" for text in overflow(tab)]
    found += [f"320 px wide: {text}" for text in tab.evaluate(OPEN_EVERYTHING)]
    tab.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert not found, "\n".join(found)
    watch.assert_clean()


@EVERY_TYPE
def test_colours_of_each_type_of_page_keep_their_contrast_on_a_phone(open_page, axe_source, lang, page):
    # Measuring contrast takes longer than all else, and colours hang on the type of a page, not on its text.
    tab, _ = open_page(address(lang, page))
    found = [f"light: {describe([violation])}" for violation in axe_violations(tab, axe_source, rules=support.AXE_COLOURS)]
    use_scheme(tab, "dark")
    found += [f"dark: {describe([violation])}" for violation in axe_violations(tab, None, rules=support.AXE_COLOURS)]
    assert not found, "\n".join(found)


@EVERY_TYPE
def test_page_on_a_desktop(open_page, axe_source, lang, page):
    """Silent, and accessible in what a wide screen changes: sizes of text against their colours, the list of contents."""
    tab, watch = open_page(address(lang, page), device="desktop", scheme="dark")
    violations = axe_violations(tab, axe_source, rules=support.AXE_COLOURS)
    if tab.locator("nav.contents").count():
        violations += axe_violations(tab, None, within="nav.contents")
        use_scheme(tab, "light")
        violations += axe_violations(tab, None, rules=support.AXE_COLOURS, within="nav.contents")
    assert not violations, describe(violations)
    watch.assert_clean()


@EVERY_TYPE
def test_page_without_javascript(open_page, site_url, lang, page):
    """The text is there, nothing is hidden, and the language link leads to the twin."""
    tab, watch = open_page(address(lang, page), js=False)
    watch.assert_clean()
    assert tab.locator("article").is_visible() and tab.locator("h1").first.is_visible()
    hidden = tab.evaluate("[...document.querySelectorAll('article h2')].filter(h => !h.checkVisibility()).map(h => h.textContent)")
    assert not hidden, f"hidden without JavaScript: {hidden}"
    assert not overflow(tab)
    link = tab.locator("header a[hreflang]").first
    assert link.get_attribute("hreflang") == LANG_CODES[OTHER[lang]]
    assert link.evaluate("a => a.href") == site_url + address(OTHER[lang], page)


@pytest.mark.parametrize(("lang", "page"), [("zh", ""), ("en", "tools/true-cost/"), ("zh", "visits/at-the-door/"), ("en", "search/")])
def test_page_with_its_service_worker_is_silent_and_keeps_only_the_offline_copy(open_page, lang, page):
    tab, watch = open_page(address(lang, page), workers=True)
    tab.wait_for_load_state("networkidle")
    for button in tab.locator("button[popovertarget]").all()[:6]:
        if button.is_visible():
            button.click()
            tab.keyboard.press("Escape")
    tab.wait_for_load_state("networkidle")
    watch.assert_clean()
    assert tab.context.cookies() == [] and tab.evaluate(KEPT) == ",0,0,0"
    # Under a name that says whose it is.
    names = tab.evaluate("caches.keys()")
    assert names and all(name.startswith("clear-account ") for name in names), names


# One visible link of each kind: what stands around it decides its colours.
LINK_KINDS = """(known) => {
  const kinds = new Map();
  for (const link of document.querySelectorAll('main a[href], footer a[href]')) {
    if (!link.checkVisibility()) continue;
    const kind = link.className + ' in ' + link.parentElement.tagName + ' ' + (link.closest('[class]:not(a)')?.className ?? '');
    if (!kinds.has(kind) && !known.includes(kind)) kinds.set(kind, link);
  }
  [...kinds.values()].slice(0, 25).forEach((link, number) => link.setAttribute('data-kind', number));
  return [...kinds.keys()];
}"""
CONTRAST = """async (link) => {
  for (const animation of document.getAnimations()) animation.finish();
  const result = await axe.run(link, { runOnly: ['color-contrast'], resultTypes: ['violations'], preload: false });
  return result.violations.flatMap(v => v.nodes.map(n => n.html.slice(0, 120) + ' ' + n.failureSummary));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_keep_their_contrast_under_the_pointer_and_with_focus(open_page, axe_source, site_url, scheme):
    # The theme gives links a colour of its own in both states.
    tab, _ = open_page(device="desktop", scheme=scheme, go=False)
    known: list[str] = []
    problems = []
    for page in ("", "visits/rules/", "tools/true-cost/"):
        tab.goto(site_url + page)
        tab.evaluate(axe_source)
        known += tab.evaluate(LINK_KINDS, known)
        for link in tab.locator("[data-kind]").all():
            for act in (link.hover, link.focus):
                act()
                problems += link.evaluate(CONTRAST)
    assert len(known) > 8
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_systems_setting(open_page, scheme):
    tab, _ = open_page(scheme=scheme)
    channels = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)")
    paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(channels) > 600 if scheme == "light" else sum(channels) < 200, (channels, paper)
