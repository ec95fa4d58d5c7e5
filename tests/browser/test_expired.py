"""A fact with an end: the page prints the day, and says so after it, in a later build and in an old build alike."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.static_server import StaticServer
from tests import support
from tests.support import LANGUAGES, address

LANG = pytest.mark.parametrize("lang", LANGUAGES)
LAST_DAY = "2026-12-31"
PAGE = "visits/rules/"


def law_of(tree: Path) -> str:
    """The first law that the page names."""
    return re.search(r'\{\{ law\("([a-z0-9-]+)"', (tree / "docs/zh" / "visits/rules.md").read_text("utf-8"))[1]


def let_expire(tree: Path) -> str:
    """Give a law that the page uses a last day; returns its short names in both languages."""
    path = tree / "data/laws.yml"
    text = path.read_text("utf-8")
    law = law_of(tree)
    head = re.search(rf"^{re.escape(law)}:", text, re.M)
    until = re.compile(r"until: (?:null|~)").search(text, head.end())
    path.write_text(text[: until.start()] + f'until: "{LAST_DAY}"' + text[until.end() :], "utf-8")
    return law


@pytest.fixture(scope="module")
def expiring(tmp_path_factory) -> Path:
    tree = support.copy_sources(tmp_path_factory.mktemp("expiring") / "tree")
    let_expire(tree)
    return tree


@pytest.fixture(scope="module")
def old_build(expiring, tmp_path_factory):
    """Built on the fixed day, while the fact still held."""
    with StaticServer() as server:
        server.folder = support.built(tmp_path_factory.mktemp("old") / "site", source=expiring, SITE_URL=server.url)
        yield server


@pytest.fixture(scope="module")
def late_build(expiring, tmp_path_factory):
    """Built on the day after."""
    with StaticServer() as server:
        server.folder = support.built(
            tmp_path_factory.mktemp("late") / "site", source=expiring, SITE_URL=server.url, BUILD_DATE="2027-01-01"
        )
        yield server


def banner(tab):
    return tab.locator(".banner--expired")


@LANG
def test_page_prints_the_last_day(open_page, old_build, lang):
    tab, _ = open_page(address(lang, PAGE), base=old_build.url)
    day = {"zh": r"2026\s*年\s*12\s*月\s*31\s*日", "en": r"31 December 2026"}[lang]
    assert re.search(day, tab.locator("article").text_content())


@LANG
def test_old_build_shows_no_banner_on_the_last_day(open_page, old_build, lang):
    tab, watch = open_page(address(lang, PAGE), base=old_build.url, now="2026-12-31T15:59:00Z")  # 23:59 in China
    assert banner(tab).count() >= 1
    assert not banner(tab).first.is_visible()
    watch.assert_clean()


@LANG
def test_old_build_shows_the_banner_in_a_browser_of_a_later_day(open_page, old_build, lang):
    tab, watch = open_page(address(lang, PAGE), base=old_build.url, now="2026-12-31T16:01:00Z")  # 00:01 in China
    assert banner(tab).first.is_visible()
    box = banner(tab).first.bounding_box()
    assert box["y"] < 400, "the banner stands above the text"
    text = banner(tab).first.inner_text()
    assert "2026" in text and len(text) > 15
    watch.assert_clean()


@LANG
@pytest.mark.parametrize("js", [True, False], ids=["with-js", "without-js"])
def test_later_build_shows_the_banner(open_page, late_build, lang, js):
    tab, _ = open_page(address(lang, PAGE), base=late_build.url, js=js, now="2027-01-01")
    assert banner(tab).first.is_visible()


@LANG
def test_build_of_the_last_day_shows_no_banner(expiring, tmp_path, lang):
    site = support.built(tmp_path / "site", source=expiring, BUILD_DATE=LAST_DAY)
    doc = support.read(site / address(lang, PAGE) / "index.html")
    banners = [e for e in doc.elements if "banner--expired" in (e.get("class") or "")]
    assert banners and all("hidden" in e.attrs for e in banners)


def test_pages_that_do_not_use_the_fact_show_nothing(expiring, late_build):
    law = law_of(expiring)
    for lang, page in support.EVERY_PAGE:
        source = expiring / "docs" / lang / (page.rstrip("/") + ".md" if page else "index.md")
        if not source.is_file():
            source = expiring / "docs" / lang / page / "index.md"
        text = source.read_text("utf-8")
        doc = support.read(late_build.folder / address(lang, page) / "index.html")
        shown = [e for e in doc.elements if "banner--expired" in (e.get("class") or "") and "hidden" not in e.attrs]
        if f'law("{law}"' in text:
            assert shown, address(lang, page)
        elif "calculator(" not in text and "limit(" not in text:
            assert not shown, address(lang, page)


def test_nothing_on_the_site_has_run_out_on_the_day_of_the_tests(site):
    for lang, page in support.EVERY_PAGE:
        doc = support.read(site / address(lang, page) / "index.html")
        shown = [e for e in doc.elements if "banner--expired" in (e.get("class") or "") and "hidden" not in e.attrs]
        assert not shown, address(lang, page)
