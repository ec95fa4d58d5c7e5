"""Calculators in frames of other sites: their height, nothing but the calculator, usable without JavaScript, links that lead out."""
from __future__ import annotations

import html
import json
import re

import pytest
import yaml

from hooks.loaded import first_view, limit_of
from scripts.audit import FILL, typed_cases
from scripts.static_server import StaticServer
from tests import support
from tests.support import LANG_CODES, LANGUAGES, address, axe_violations, describe, overflow, use_scheme

SLUGS = [page.split("/")[1] for page in support.page_ids(embeds=True)]
LOAN = {"principal": "10000", "received": "9000", "instalment": "930", "periods": "12"}

# What leads out of the frame's document without opening a tab of its own.
STRAY_LINKS = """() => [...document.links].filter((a) => !/^(tel|sms|mailto):/.test(a.href) && !(a.getAttribute('href') || '').startsWith('#')
  && !(a.target === '_blank' && a.relList.contains('noopener'))).map((a) => a.href)"""


def embed(lang: str, slug: str) -> str:
    return address(lang, f"embed/{slug}/")


def code_to_paste(site, lang: str, slug: str) -> str:
    """What the calculator's own page gives to whoever wants to frame it."""
    page = (site / address(lang, f"tools/{slug}/") / "index.html").read_text("utf-8")
    return html.unescape(re.search(r'<textarea id="calc-embed"[^>]*>(.*?)</textarea>', page, re.S)[1])


@pytest.fixture
def host(tmp_path):
    """host(code) serves a page of another origin with that code, and gives its address."""
    (tmp_path / "host").mkdir()
    with StaticServer(tmp_path / "host") as server:

        def page(code: str) -> str:
            (tmp_path / "host" / "index.html").write_text(
                "<!doctype html><html lang=en><title>host</title><link rel=icon href=data:,><body><h1>A lesson</h1>"
                "<script>window.told = []; addEventListener('message', (event) => told.push(event.data));</script>" + code, "utf-8",
            )
            return server.url

        yield page


# The pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_embed_is_its_calculator_and_no_page_of_the_site(site, site_url, slug):
    sitemap, index = (site / "sitemap.xml").read_text("utf-8"), (site / "search" / "index.json").read_text("utf-8")
    assert "embed/" not in sitemap and '"embed/' not in index
    for lang in LANGUAGES:
        doc = support.read(site / embed(lang, slug) / "index.html")
        whole = support.read(site / address(lang, f"tools/{slug}/") / "index.html")
        assert doc.one("h1").text == whole.one("h1").text and doc.all("title")[0].text == whole.all("title")[0].text
        assert doc.one("meta", name="robots").get("content") == "noindex"
        assert doc.one("link", rel="canonical").get("href") == site_url + address(lang, f"tools/{slug}/")
        assert {e.get("hreflang"): e.get("href") for e in doc.all("link", rel="alternate")} == {
            LANG_CODES["zh"]: site_url + embed("zh", slug), LANG_CODES["en"]: site_url + embed("en", slug),
            "x-default": site_url + embed("zh", slug),
        }
        for tag in ("nav", "header"):
            assert not doc.all(tag)
        assert not doc.all("link", rel="manifest") and "data-root" not in doc.one("body").attrs
        scripts = {e.get("src").rsplit("/", 1)[1] for e in doc.all("script") if e.get("src")}
        assert scripts == {"site.js", "calculator.js", "embed.js"}
        assert not doc.all("textarea", id="calc-embed"), "a frame inside the frame is offered"
        cited = doc.one("p", id="citation").text
        for part in (whole.one("h1").text, {"zh": "明白账", "en": "Clear Account"}[lang], site_url + address(lang, f"tools/{slug}/"), "2026-"):
            assert part in cited
    menu = (site / "index.html").read_text("utf-8")
    assert "embed/" not in menu
    file = site / embed("zh", slug) / "index.html"
    assert sum(first_view(site, file).values()) <= limit_of(file) == 45 * 1024


@pytest.mark.parametrize("slug", SLUGS)
def test_embed_is_silent_accessible_and_narrow_and_works_without_javascript(open_page, axe_source, site_url, slug):
    tab, watch = open_page(embed("zh", slug), width=320)
    # With a result and everything unfolded, so that whatever a calculator can show is looked at.
    case = next(case for case in typed_cases() if case.page == slug)
    tab.evaluate(FILL, [case.fields, case.pasted])
    tab.locator(".calc__go").click()
    tab.locator(".calc__answer p").wait_for()
    tab.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    tab.locator(".calc__detail > :last-child:not([hidden])").wait_for()
    violations = axe_violations(tab, axe_source)
    use_scheme(tab, "dark")
    violations += axe_violations(tab, None, rules=support.AXE_COLOURS)
    assert not violations, describe(violations)
    assert tab.evaluate(STRAY_LINKS) == []
    tab.set_viewport_size({"width": 280, "height": 600})
    assert not overflow(tab)
    watch.assert_clean()

    tab, watch = open_page(embed("en", slug), js=False)
    assert tab.locator(".calc__example").is_visible() and tab.locator(".calc__needs").is_visible()
    assert not tab.locator(".calc__form").is_visible() and not tab.locator("[data-copy]").is_visible()
    assert tab.evaluate(STRAY_LINKS) == []
    assert not overflow(tab)
    back = tab.locator("footer a").first
    assert back.evaluate("a => a.href") == site_url + address("en", f"tools/{slug}/")
    watch.assert_clean()


# In a frame ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_frame_on_another_site_gets_the_height_it_needs(open_page, site, site_url, host, lang):
    """With the very code that the calculator's page gives out."""
    tab, watch = open_page(go=False, device="desktop")
    watch.origin = site_url.rstrip("/")
    tab.goto(host(code_to_paste(site, lang, "true-cost")))
    frame = tab.frame_locator("iframe")
    assert tab.locator("iframe").get_attribute("title") and tab.locator("iframe").get_attribute("src") == site_url + embed(lang, "true-cost")

    def fits() -> int:
        """Wait until the frame is as high as its document; give that height."""
        for _ in range(100):
            inside = frame.locator("body").evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
            if inside == tab.locator("iframe").evaluate("f => f.clientHeight"):
                return inside
            tab.wait_for_timeout(20)
        pytest.fail(f"the frame is {tab.locator('iframe').evaluate('f => f.clientHeight')} high, its document {inside}")

    first = fits()
    for name, text in LOAN.items():
        frame.locator(f"#calc-{name}").fill(text)
    frame.locator(".calc__go").click()
    assert "41.7%" in frame.locator(".calc__answer p").inner_text()
    with_result = fits()
    assert with_result > first + 300
    assert frame.locator("html").evaluate("html => html.scrollHeight <= html.clientHeight")
    # What gets shorter makes the frame shorter again.
    frame.locator("[data-do=clear]").first.click()
    frame.locator(".references summary").click()
    assert fits() > first + 300
    frame.locator(".references summary").click()
    assert fits() == first
    messages = tab.evaluate("told")
    assert all(set(m) == {"type", "slug", "height"} for m in messages), messages
    assert {(m["type"], m["slug"]) for m in messages} == {("clear-account:height", "true-cost")}
    foreign = [url for url in watch.foreign if not url.startswith(tab.url)]
    assert not foreign and not watch.errors, foreign + watch.errors


def test_share_link_of_an_older_version_opens_in_a_frame_and_says_so(open_page, site_url, host):
    """Figures of a link stay in the frame: the page around it gets the height only."""
    tab, _ = open_page(go=False)
    tab.goto(host(f'<iframe src="{site_url}{embed("zh", "true-cost")}#v=0&p=10000&r=9000&i=930&n=12" width="100%"></iframe>'))
    frame = tab.frame_locator("iframe")
    frame.locator(".calc__answer p").first.wait_for()
    said = frame.locator(".calc__answer").inner_text()
    changes = yaml.safe_load((support.ROOT / "data/calculators/true-cost/calculator.yml").read_text("utf-8"))["changes"]
    assert "41.7%" in said and all(change["text"]["zh"] in said for change in changes)
    assert frame.locator("#calc-principal").input_value() in ("10000", "10,000.00")
    assert not re.search("9000|930", json.dumps(tab.evaluate("told.map(({height, ...rest}) => rest)")))


def test_links_lead_out_of_the_frame_and_the_citation_can_be_copied(open_page, site_url, host):
    tab, watch = open_page(go=False, permissions=["clipboard-read", "clipboard-write"])
    tab.goto(host(f'<iframe src="{site_url}{embed("en", "true-cost")}" width="100%" height="4000" allow="clipboard-write"></iframe>'))
    frame = tab.frame_locator("iframe")
    frame.locator("footer summary").click()
    frame.locator("[data-copy]").click()
    frame.locator("footer [role=status]", has_text="Copied").wait_for()
    cited = frame.locator("#citation").inner_text()
    assert tab.evaluate("navigator.clipboard.readText()") == cited
    assert cited.startswith("Clear Account Editors, “") and f"{site_url}en/tools/true-cost/" in cited
    # With a result, every link is still one that leaves the frame alone.
    for name, text in LOAN.items():
        frame.locator(f"#calc-{name}").fill(text)
    frame.locator(".calc__go").click()
    frame.locator(".calc__answer p").first.wait_for()
    assert frame.locator("body").evaluate(STRAY_LINKS) == []
    with tab.context.expect_page() as opened:
        frame.locator("footer a").first.click()
    assert opened.value.url == site_url + "en/tools/true-cost/"
    assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((list) => list.length)") == 0
