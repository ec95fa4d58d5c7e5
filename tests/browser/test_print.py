"""What has to be on paper: the page for the door fits on one sheet, others lose their frame."""
from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.support import LANGUAGES, address

LANG = pytest.mark.parametrize("lang", LANGUAGES)
# As the paper dialog offers it: the page's own @page margins count, the browser's header and footer do not.
A4 = {"format": "A4", "print_background": False, "prefer_css_page_size": True}
A4_POINTS = (595, 842)


def printed(tab, **options) -> PdfReader:
    return PdfReader(io.BytesIO(tab.pdf(**{**A4, **options})))


@pytest.mark.parametrize(
    ("lang", "device", "scheme", "js"),
    [
        ("zh", "phone", "light", True), ("en", "phone", "dark", True), ("zh", "phone", "light", False),
        ("en", "phone", "light", False), ("zh", "desktop", "dark", True), ("en", "desktop", "light", True),
    ],
)
def test_at_the_door_prints_to_one_a4_page(open_page, lang, device, scheme, js):
    tab, _ = open_page(address(lang, "visits/at-the-door/"), device=device, js=js, scheme=scheme)
    pdf = printed(tab)
    assert len(pdf.pages) == 1
    box = pdf.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == A4_POINTS
    text = pdf.pages[0].extract_text()
    # Steps are counted by their numbers: text taken out of a PDF may hold look-alikes of Chinese characters.
    squeezed = "".join(text.split())
    steps = tab.locator("section.step").count()
    for number in range(1, steps + 1):
        assert f"第{number}步" in squeezed or f"Step{number}" in squeezed, f"step {number} is not on the paper"
    assert "110" in squeezed
    buttons = tab.locator("header button").all_text_contents()
    assert not [b for b in buttons if b.strip() and b.strip() + "\n" in text], "the frame of the page stays on the screen"


@LANG
def test_at_the_door_still_fits_with_the_browsers_own_margins(open_page, lang):
    # 1 cm all round is what browsers set by themselves.
    tab, _ = open_page(address(lang, "visits/at-the-door/"))
    pdf = printed(tab, prefer_css_page_size=False, margin=dict.fromkeys(("top", "right", "bottom", "left"), "1cm"))
    assert len(pdf.pages) == 1


@pytest.mark.parametrize(
    ("lang", "page"), [("zh", ""), ("en", "help/"), ("zh", "visits/rules/"), ("en", "visits/rules/"), ("zh", "tools/true-cost/")]
)
def test_printing_drops_the_frame_and_keeps_the_text(open_page, lang, page):
    tab, _ = open_page(address(lang, page), device="desktop", scheme="dark")
    tab.emulate_media(media="print")
    for part in ("header.top button", "header.top .language", "nav.contents"):
        for element in tab.locator(part).all():
            assert not element.is_visible(), part
    assert tab.locator("h1").first.is_visible()
    # Dark ink on nothing, whatever the screen's scheme is.
    ink = tab.evaluate("getComputedStyle(document.querySelector('article p')).color.match(/[0-9.]+/g).slice(0, 3).map(Number)")
    assert sum(ink) < 300, ink
    assert len(printed(tab).pages) >= 1
