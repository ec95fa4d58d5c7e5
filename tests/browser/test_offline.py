"""With no signal: after a first visit to any page, the pages for a visit and for help open from the phone."""
from __future__ import annotations

import json
import re
import shutil
import time
from contextlib import contextmanager

import pytest

from tests.support import LANGUAGES, address, page_ids

PATIENCE_SECONDS = 20
DOOR = "visits/at-the-door/"
LANG = pytest.mark.parametrize("lang", LANGUAGES)
KEPT = [p for p in page_ids() if p.startswith(("help/", "visits/"))]
NOT_KEPT = [p for p in page_ids() if not p.startswith(("help/", "visits/")) and p not in ("", "search/")]


@contextmanager
def no_network(context, server):
    """Both ways of having no network: the browser knows it, and the server would not answer."""
    context.set_offline(True)
    server.reachable = False
    try:
        yield
    finally:
        context.set_offline(False)
        server.reachable = True


def wait_until(tab, script: str, argument, what: str) -> None:
    """Ask the page again and again until an asynchronous question is answered with yes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not tab.evaluate(script, argument):
        assert time.monotonic() < end, f"{what} within {PATIENCE_SECONDS} s"
        tab.wait_for_timeout(50)


def wait_until_kept(tab, server, lang: str) -> None:
    """Wait until the phone holds all that the service worker says it keeps of a language."""
    source = (server.folder / "sw.js").read_text("utf-8")
    kept = json.loads(re.search(r"const KEEP = (\{.*\});", source)[1])[lang]
    script = "async urls => (await Promise.all(urls.map(u => caches.match(u)))).every(Boolean)"
    wait_until(tab, script, [server.url + one for one in kept], "the pages are kept")


@pytest.mark.parametrize(
    ("where", "lang", "first"),
    [
        ("site_server", "zh", "tools/true-cost/"), ("site_server", "en", "visits/at-the-door/"), ("subpath_server", "zh", ""),
    ],
)
def test_kept_pages_open_without_network(open_page, request, where, lang, first):
    served = request.getfixturevalue(where)
    tab, watch = open_page(address(lang, first), base=served.url, workers=True)
    wait_until_kept(tab, served, lang)
    tab.goto(served.url + address(lang, DOOR))
    assert not tab.locator(".banner--copy").is_visible(), "a page from the network has no age"
    with no_network(tab.context, served):
        for page in KEPT:
            watch.clear()
            tab.goto(served.url + address(lang, page))
            assert tab.locator("article h1").is_visible()
            assert not watch.foreign
            # It is the real page, with its look: the style sheet came from the copy as well.
            sheets = tab.evaluate("[...document.styleSheets].length")
            assert sheets >= 2, page
            assert tab.evaluate("getComputedStyle(document.querySelector('.top')).display") != "", page
            banner = tab.locator(".banner--copy")
            banner.wait_for(state="visible")
            assert "2026" in banner.inner_text() or "20" in banner.inner_text()
            failed = [e for e in watch.errors if "sw.js" not in e and not e.startswith("service worker's ")]
            assert not failed, f"{page}: {failed}"
            if page == DOOR:
                assert tab.locator("section.step").first.is_visible()
                assert tab.locator("a[href='tel:110']").count() >= 1


@LANG
def test_age_of_the_copy_is_the_time_of_the_visit(open_page, site_server, lang):
    tab, _ = open_page(address(lang, ""), base=site_server.url, workers=True, now=None)
    wait_until_kept(tab, site_server, lang)
    today = tab.evaluate(
        "lang => new Date().toLocaleDateString(lang === 'en' ? 'en-GB' : 'zh-CN', { dateStyle: 'long' })", lang
    )
    with no_network(tab.context, site_server):
        tab.goto(site_server.url + address(lang, "visits/at-the-door/"))
        banner = tab.locator(".banner--copy")
        banner.wait_for(state="visible")
        assert today in banner.inner_text()
        # Seen without scrolling: whoever reads an old copy has to know it.
        box = banner.bounding_box()
        assert 0 <= box["y"] <= 844


@pytest.mark.parametrize(("where", "lang"), [("site_server", "zh"), ("subpath_server", "en")])
def test_page_that_is_not_kept_says_so_and_offers_those_that_are(open_page, request, where, lang):
    served = request.getfixturevalue(where)
    tab, _ = open_page(address(lang, ""), base=served.url, workers=True)
    wait_until_kept(tab, served, lang)
    with no_network(tab.context, served):
        tab.goto(served.url + address(lang, NOT_KEPT[0]))
        text = tab.locator("main").inner_text()
        assert "没有网络" in text and "No network" in text
        link = tab.locator(f"main a[href$='{address(lang, 'visits/at-the-door/')}']").first
        link.click()
        tab.wait_for_url(served.url + address(lang, "visits/at-the-door/"))
        assert tab.locator("section.step").count() >= 3


@pytest.mark.parametrize(("lang", "words"), [("zh", "有人敲门"), ("en", "someone at my door")])
def test_search_without_network_finds_the_kept_pages(open_page, site_server, lang, words):
    tab, _ = open_page(address(lang, "help/"), base=site_server.url, workers=True)
    wait_until_kept(tab, site_server, lang)
    with no_network(tab.context, site_server):
        tab.goto(f"{site_server.url}{address(lang, 'search/')}?q={words}")
        tab.locator(f"main a[href*='{DOOR}']").first.click()
        tab.wait_for_url(site_server.url + address(lang, DOOR) + "**")
        assert tab.locator("section.step").count() >= 3


@LANG
def test_newer_page_wins_while_there_is_network(open_page, site_server, tmp_path, lang):
    """Network first: a correction on the server reaches a phone that holds an older copy."""
    tab, _ = open_page(address(lang, "help/"), base=site_server.url, workers=True)
    wait_until_kept(tab, site_server, lang)
    changed = tmp_path / "changed"
    shutil.copytree(site_server.folder, changed)
    file = changed / address(lang, "help/") / "index.html"
    html = file.read_text("utf-8")
    title = tab.locator("article h1").inner_text()
    file.write_text(html.replace(title, "CORRECTED"), "utf-8")
    folder = site_server.folder
    site_server.folder = changed
    try:
        tab.reload()
        assert tab.locator("article h1").inner_text().startswith("CORRECTED")
        # And the copy is renewed with it.
        script = "async url => { const hit = await caches.match(url); return Boolean(hit) && (await hit.text()).includes('CORRECTED'); }"
        wait_until(tab, script, site_server.url + address(lang, "help/"), "the copy is renewed")
    finally:
        site_server.folder = folder


def test_caches_of_other_projects_on_the_same_host_are_left_alone(open_page, subpath_server):
    tab, _ = open_page("", base=subpath_server.url, workers=True)
    tab.evaluate("caches.open('another project').then(c => c.put('/other', new Response('theirs')))")
    wait_until_kept(tab, subpath_server, "zh")
    tab.reload()
    tab.goto(subpath_server.url + "en/")
    wait_until_kept(tab, subpath_server, "en")
    assert tab.evaluate("caches.match('/other').then(r => r.text())") == "theirs"
    scope = tab.evaluate("navigator.serviceWorker.ready.then(r => r.scope)")
    assert scope == subpath_server.url


def test_search_words_are_not_kept(open_page, site_server):
    tab, _ = open_page("search/?q=secret", base=site_server.url, workers=True)
    wait_until_kept(tab, site_server, "zh")
    kept = tab.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(request.url);
          return found;
        }"""
    )
    assert kept and not [url for url in kept if "?" in url or "#" in url]
