"""Sheets to print: one side of A4 each, with a code that leads to the page they belong to and nothing that page does not say."""
from __future__ import annotations

import base64
import io
import re

import pytest
import zxingcpp
from pypdf import PdfReader

from scripts.static_server import StaticServer
from tests import support
from tests.support import LANG_CODES, LANGUAGES, ROOT, address, axe_violations, describe, overflow, page_ids, slug, use_scheme

NAMES = [page.split("/")[1] for page in page_ids(sheets=True)]
# What somebody needs in hand; the page that explains why visits happen is for reading.
BELONG = [page for page in page_ids() if page.startswith(("help/", "visits/")) and page != "visits/why-they-happen/"]
EVERY = [(lang, name) for name in NAMES for lang in LANGUAGES]
TURNS = [pair for number, pair in enumerate(EVERY) if number % 4 in (0, 3)]
OTHER = {"zh": "en", "en": "zh"}

A4 = {"format": "A4", "print_background": False, "prefer_css_page_size": True}
A4_POINTS = (595, 842)
TEN_MM_POINTS = 10 / 25.4 * 72
ELEVEN_POINTS_PX = 11 * 96 / 72
LONG = "https://a-copy-with-a-very-long-name.legal-aid-station.some-street-office.example.org/projects/clear-account/mirror/"

# Pixels of a picture as bytes of grey, by the browser: no decoder of pictures is needed.
GREY = """async (png) => {
  const picture = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  let grey = '';
  for (let i = 0; i < data.length; i += 4) grey += String.fromCharCode((data[i] + data[i + 1] + data[i + 2]) / 3);
  return [picture.width, picture.height, btoa(grey)];
}"""


def sheet(lang: str, name: str) -> str:
    return address(lang, f"sheets/{name}/")


def belongs_to(lang: str, name: str) -> str:
    """Address of the page of a sheet, without the language."""
    text = (ROOT / "docs" / lang / "sheets" / f"{name}.md").read_text("utf-8")
    return re.search(r"^of: (\S+)$", text, re.M)[1] + "/"


def scanned(tab, blank) -> list[str]:
    """What a reader of codes sees in the picture of the sheet's code.

    Args:
        tab: The sheet.
        blank: A page without a policy, to read the picture in.
    """
    png = base64.b64encode(tab.locator("svg.qr").screenshot()).decode()
    width, height, grey = blank.evaluate(GREY, png)
    pixels = memoryview(base64.b64decode(grey)).cast("B", shape=[height, width])
    return [code.text for code in zxingcpp.read_barcodes(pixels)]


def printed(tab, **options) -> PdfReader:
    return PdfReader(io.BytesIO(tab.pdf(**{**A4, **options})))


def outermost(page) -> tuple[float, float, float, float]:
    """Least and greatest place of any text of a printed page, in points: left, bottom, right (where it begins), top."""
    places = []

    def note(text, around, matrix, _font, _size):
        if text.strip():
            x, y = matrix[4], matrix[5]
            places.append((around[0] * x + around[2] * y + around[4], around[1] * x + around[3] * y + around[5]))

    page.extract_text(visitor_text=note)
    across, up = [x for x, _ in places], [y for _, y in places]
    return min(across), min(up), max(across), max(up)


# Which there are, and where they are not -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_for_help_and_visits_has_one_sheet(lang):
    assert sorted(belongs_to(lang, name) for name in NAMES) == BELONG


@pytest.mark.parametrize("name", NAMES)
def test_sheet_is_no_page_of_its_own_for_search_and_menu(site, site_url, name):
    sitemap, menu = (site / "sitemap.xml").read_text("utf-8"), (site / "index.html").read_text("utf-8")
    assert "sheets/" not in sitemap and "sheets/" not in menu
    for lang in LANGUAGES:
        index = (site / address(lang, "search/index.json")).read_text("utf-8")
        assert "sheets/" not in index
        doc = support.read(site / sheet(lang, name) / "index.html")
        of = belongs_to(lang, name)
        assert doc.one("meta", name="robots").get("content") == "noindex"
        assert doc.one("link", rel="canonical").get("href") == site_url + address(lang, of)
        assert doc.one("html").get("lang") == LANG_CODES[lang]
        assert not doc.all("header") and not doc.all("form") and not doc.all("link", rel="manifest")
        assert [e.get("src").rsplit("/", 1)[1] for e in doc.all("script")] == ["site.js"]


@pytest.mark.parametrize("name", NAMES)
def test_sheet_names_its_page_the_day_of_its_check_and_whom_to_call(site, site_url, name):
    for lang, not_advice in (("zh", "不是法律意见"), ("en", "not legal advice")):
        of = belongs_to(lang, name)
        doc = support.read(site / sheet(lang, name) / "index.html")
        foot = doc.one("footer").text
        assert site_url + address(lang, of) in foot and not_advice in foot
        whole = [p.text for p in support.read(site / address(lang, of) / "index.html").all("p", class_="checked")]
        day = re.search(r"\d{4} 年 \d+ 月 \d+ 日|\d+ [A-Z][a-z]+ \d{4}", whole[0])
        assert (day[0] if day else whole[0]) in foot
        code = doc.one("svg")
        assert code.get("role") == "img" and site_url + address(lang, of) in code.get("aria-label")
        calls = {e.get("href") for e in doc.all("a")} & {"tel:12356", "tel:110", "tel:120"}
        assert len(calls) == 3
        lines = [e for e in doc.all("li") if any(a.tag == "article" for a in e.inside)]
        assert 8 <= len(lines) <= 16, f"{sheet(lang, name)}: {len(lines)} lines"


def test_a_sheet_names_only_laws_and_numbers_that_its_page_has(site):
    # That the anchors exist is for test_html.py; here, that none leads anywhere else.
    for lang, name in EVERY:
        doc = support.read(site / sheet(lang, name) / "index.html")
        way = "../../" + belongs_to(lang, name)
        anchors = [e.get("href") for e in doc.all("a") if "#" in e.get("href", "")]
        assert all(href.startswith((f"{way}#ref-", f"{way}#lim-", "../../glossary/#term-")) for href in anchors), (lang, name, anchors)
        assert not [i for i in doc.ids if i.startswith(("ref-", "lim-", "src-"))]


# On paper ------------------------------------------------------------------------------------------------------------


# Every sheet in one of its languages; the test below prints all of them, in a harder case.
@pytest.mark.parametrize(("lang", "name"), TURNS, ids=["-".join(pair) for pair in TURNS])
def test_sheet_prints_to_one_a4_page_and_its_code_opens_the_page(open_page, site_url, lang, name):
    tab, watch = open_page(sheet(lang, name), device="desktop", scheme="dark")
    blank, _ = open_page(go=False)
    assert scanned(tab, blank) == [site_url + address(lang, belongs_to(lang, name))]
    pdf = printed(tab)
    assert len(pdf.pages) == 1
    box = pdf.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == A4_POINTS
    left, bottom, right, top = outermost(pdf.pages[0])
    assert left >= TEN_MM_POINTS and bottom >= TEN_MM_POINTS
    assert right <= A4_POINTS[0] - TEN_MM_POINTS and top <= A4_POINTS[1] - TEN_MM_POINTS
    # 1 cm all round is what browsers set by themselves.
    assert len(printed(tab, prefer_css_page_size=False, margin=dict.fromkeys(("top", "right", "bottom", "left"), "1cm")).pages) == 1
    tab.emulate_media(media="print")
    assert not tab.locator(".sheet__screen").is_visible()
    sizes = tab.evaluate("[...document.querySelectorAll('article li, article p')].map((e) => parseFloat(getComputedStyle(e).fontSize))")
    assert min(sizes) >= ELEVEN_POINTS_PX
    assert tab.evaluate("getComputedStyle(document.querySelector('article li')).color") == "rgb(0, 0, 0)"
    watch.assert_clean()


def test_with_a_long_address_run_out_facts_and_an_old_copy_it_is_still_one_page(open_page, tmp_path):
    site = support.built(tmp_path / "site", SITE_URL=LONG, BUILD_DATE="2031-01-01")
    with StaticServer() as server:
        server.folder = site
        blank, _ = open_page(go=False)
        tab, _ = open_page(go=False, device="desktop", now="2031-01-01")
        for lang, name in EVERY:
            tab.goto(server.url + sheet(lang, name))
            tab.evaluate("""(b) => { b.textContent = b.dataset.text + b.dataset.old; b.hidden = false; }""", tab.locator(".banner--copy").element_handle())
            assert len(printed(tab).pages) == 1, sheet(lang, name)
        # A longer address makes a finer pattern.
        assert scanned(tab, blank) == [LONG + address(lang, belongs_to(lang, name))]


# On the screen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "name"), TURNS, ids=["-".join(pair) for pair in TURNS])
def test_sheet_on_a_phone_is_silent_accessible_and_narrow(open_page, axe_source, lang, name):
    tab, watch = open_page(sheet(lang, name), width=320)
    violations = axe_violations(tab, axe_source)
    assert not overflow(tab)
    use_scheme(tab, "dark")
    violations += axe_violations(tab, None, rules=support.AXE_COLOURS)
    assert not violations, describe(violations)
    for term in tab.locator("article button[popovertarget]").all():
        term.click()
        assert not overflow(tab)
        term.press("Escape")
    watch.assert_clean()


@pytest.mark.parametrize("page", BELONG, ids=[slug(page) for page in BELONG])
def test_page_leads_to_its_sheet_and_back_without_javascript(open_page, site_url, page):
    for lang in LANGUAGES:
        tab, watch = open_page(address(lang, page), js=False)
        link = tab.locator(".to-sheet a")
        assert link.inner_text() == {"zh": "打印成一页纸", "en": "One page to print"}[lang]
        link.click()
        name = next(name for name in NAMES if belongs_to(lang, name) == page)
        assert tab.url == site_url + sheet(lang, name)
        twin = tab.locator(".sheet__screen a[hreflang]")
        assert twin.evaluate("a => a.href") == site_url + sheet(OTHER[lang], name)
        tab.locator(".sheet__screen a").first.click()
        assert tab.url == site_url + address(lang, page)
        watch.assert_clean()


def test_link_to_the_sheet_stands_on_no_other_page_and_not_on_paper(open_page, site):
    for lang, page in support.EVERY_PAGE:
        links = support.read(site / address(lang, page) / "index.html").all("div", class_="md-typeset to-sheet")
        assert len(links) == (page in BELONG), address(lang, page)
    tab, _ = open_page("help/complain/", device="desktop")
    assert tab.locator(".to-sheet a").is_visible()
    tab.emulate_media(media="print")
    assert not tab.locator(".to-sheet a").is_visible()
