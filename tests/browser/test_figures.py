"""Figures in a real browser: readable on the narrowest phone, accessible in both schemes, nothing that needs a script or breaks the policy."""
from __future__ import annotations

import pytest

from hooks.loaded import first_view, limit_of
from tests.support import LANGUAGES, address, axe_violations, describe, overflow, use_scheme

PAGES = pytest.mark.parametrize(("lang", "page"), [(lang, page) for lang in LANGUAGES for page in ("data/", "learn/market/")])

# Size of the text of each chart as it stands on the screen, and what of a chart or its labels leaves the figure.
TEXT_SIZES = """() => [...document.querySelectorAll('svg.chart')].map((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return Math.min(...[...svg.querySelectorAll('text')].map((text) => parseFloat(text.getAttribute('font-size')) * scale));
})"""
OUTSIDE = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.chart')) {
    const room = svg.closest('figure').getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (box.left < room.left - 1 || box.right > room.right + 1) found.push(`${svg.getAttribute('aria-label')}: ${text.textContent}`);
    }
  }
  return found;
}"""
# Labels that lie on one another cannot be read.
OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.chart')) {
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([name, a], number) => boxes.slice(number + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left), high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 4) found.push(`${svg.getAttribute('aria-label')}: "${name}" and "${other}"`);
    }));
  }
  return found;
}"""
PAINT = """(selector) => [...document.querySelectorAll(selector)].map((e) => [getComputedStyle(e).fill, getComputedStyle(e).stroke].join())"""


@PAGES
def test_figures_fit_the_narrowest_phone_and_pass_axe(open_page, axe_source, site, lang, page):
    tab, watch = open_page(address(lang, page), width=320)
    assert not overflow(tab)
    assert min(tab.evaluate(TEXT_SIZES)) >= 9.9
    assert not tab.evaluate(OUTSIDE)
    assert not tab.evaluate(OVERLAPS)
    assert not tab.locator("article [style]").count()
    violations = axe_violations(tab, axe_source, within="article")
    use_scheme(tab, "dark")
    violations += axe_violations(tab, None, within="article")
    assert not violations, describe(violations)
    file = site / address(lang, page) / "index.html"
    assert sum(first_view(site, file).values()) <= limit_of(file) == 60 * 1024
    watch.assert_clean()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_chart_has_a_name_and_the_takeaway_as_its_description(open_page, lang):
    tab, _ = open_page(address(lang, "data/"), js=False)
    for chart in tab.locator("svg.chart").all():
        assert chart.get_attribute("role") == "img" and chart.get_attribute("aria-label")
        takeaway = tab.locator(f"#{chart.get_attribute('aria-describedby')}")
        assert takeaway.is_visible() and takeaway.inner_text()
    # The table twin, the files and the citation need no script.
    assert tab.locator("figure.series table caption").count() == tab.locator("figure.series").count()
    assert all(line.is_visible() for line in tab.locator(".series__citation").all())


def test_colours_follow_the_scheme_and_the_paper(open_page):
    tab, _ = open_page("data/")
    light = tab.evaluate(PAINT, "#figure-p2p-platforms svg path, #figure-p2p-platforms svg text")
    use_scheme(tab, "dark")
    dark = tab.evaluate(PAINT, "#figure-p2p-platforms svg path, #figure-p2p-platforms svg text")
    assert len(light) == len(dark) and not set(light) & set(dark)
    tab.emulate_media(media="print", color_scheme="light")
    # On paper bars of different definitions differ by pattern, since there is no colour.
    fills = {pair.rsplit(",", 3)[0] for pair in tab.evaluate(PAINT, "#figure-p2p-platforms svg > g > path")}
    assert len(fills) == 3, fills


def test_files_come_from_one_address_in_both_languages(open_page, site_url):
    found = []
    for lang in LANGUAGES:
        tab, _ = open_page(address(lang, "data/"))
        found.append(tab.evaluate("[...document.querySelectorAll('.series__files a')].map((a) => a.href)"))
        assert tab.request.get(found[-1][0]).ok
    assert found[0] == found[1] and all(link.startswith(site_url + "data/files/") for link in found[0])


def test_one_touch_selects_the_whole_citation(open_page):
    tab, _ = open_page("data/", device="desktop")
    line = tab.locator(".series__citation").first
    line.click()
    assert tab.evaluate("getSelection().toString().trim()") == line.inner_text().strip()
