"""A fact with an end: the page prints the day, and says so after it, in a later build and in an old build alike."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.static_server import StaticServer
from tests import support
from tests.support import address

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


def banner(tab):
    return tab.locator(".banner--expired")


def test_build_of_the_last_day_shows_the_banner_in_browsers_of_later_days_only(expiring, tmp_path, open_page):
    with StaticServer() as server:
        server.folder = support.built(tmp_path / "site", source=expiring, SITE_URL=server.url, BUILD_DATE=LAST_DAY)
        for lang, day in (("zh", r"2026\s*年\s*12\s*月\s*31\s*日"), ("en", r"31 December 2026")):
            tab, watch = open_page(address(lang, PAGE), base=server.url, now="2026-12-31T15:59:00Z")  # 23:59 in China
            assert re.search(day, tab.locator("article").text_content()), "the page prints the last day"
            assert banner(tab).count() >= 1
            assert not banner(tab).first.is_visible()
            watch.assert_clean()
            tab, watch = open_page(address(lang, PAGE), base=server.url, now="2026-12-31T16:01:00Z")  # 00:01 in China
            assert banner(tab).first.is_visible()
            assert banner(tab).first.bounding_box()["y"] < 400, "the banner stands above the text"
            text = banner(tab).first.inner_text()
            assert "2026" in text and len(text) > 15
            watch.assert_clean()


def test_build_of_a_later_day_shows_the_banner_on_the_pages_that_use_the_fact(expiring, tmp_path, open_page):
    with StaticServer() as server:
        server.folder = support.built(tmp_path / "site", source=expiring, SITE_URL=server.url, BUILD_DATE="2027-01-01")
        for lang, js in (("zh", True), ("en", False)):
            tab, _ = open_page(address(lang, PAGE), base=server.url, js=js, now="2027-01-01")
            assert banner(tab).first.is_visible()
        law = law_of(expiring)
        for lang, page in support.EVERY_PAGE:
            source = expiring / "docs" / lang / (page.rstrip("/") + ".md" if page else "index.md")
            if not source.is_file():
                source = expiring / "docs" / lang / page / "index.md"
            text = source.read_text("utf-8")
            # Letters, myths and the like name laws in data/: the list of sources knows them all.
            if f'id="ref-{law}"' in (server.folder / address(lang, page) / "index.html").read_text("utf-8"):
                assert shown(server.folder, lang, page), address(lang, page)
            elif not any(call in text for call in ("calculator(", "limit(", "glossary(", "law_table(")):
                assert not shown(server.folder, lang, page), address(lang, page)


def shown(site: Path, lang: str, page: str) -> list:
    """Banners that a built page shows by itself."""
    doc = support.read(site / address(lang, page) / "index.html")
    return [e for e in doc.elements if "banner--expired" in (e.get("class") or "") and "hidden" not in e.attrs]


def test_nothing_on_the_site_has_run_out_on_the_day_of_the_tests(site):
    over = [address(lang, page) for lang, page in support.EVERY_PAGE if shown(site, lang, page)]
    assert not over
