"""What frightened people ask is answered within two touches of the home page, on links in the text."""
from __future__ import annotations

from urllib.parse import urljoin

import pytest
import yaml

from tests.support import LANGUAGES, ROOT, address, read

FEARS = {
    lang: [entry["page"] for entry in found["found"] if entry["kind"] == "fear"]
    for lang, found in yaml.safe_load((ROOT / "tests" / "search_queries.yml").read_text("utf-8")).items()
}


def links(site, page: str) -> list[tuple[str, str]]:
    """(target page, href as written) of each link in a page's text, header and footer left out."""
    found = []
    for element in read(site / page / "index.html").all("a"):
        href = element.get("href", "")
        if any(outer.tag == "article" for outer in element.inside) and not href.startswith(("#", "tel:", "sms:", "http", "mailto:")):
            target = urljoin("http://here/" + page, href).removeprefix("http://here/").split("#")[0].split("?")[0]
            found.append((target, href))
    return found


def path_to(site, start: str, goal: str) -> list[str] | None:
    """The hrefs to touch, at most two, or None."""
    if start == goal:
        return []
    first = links(site, start)
    for target, href in first:
        if target == goal:
            return [href]
    for target, href in first:
        for further, second in links(site, target):
            if further == goal:
                return [href, second]
    return None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_fears_are_answered_within_two_touches(open_page, site, site_url, lang):
    assert len(FEARS[lang]) >= 10
    for page in dict.fromkeys(FEARS[lang]):
        touches = path_to(site, address(lang, ""), address(lang, page))
        assert touches is not None, f"{page} is more than two touches from the home page"
        tab, watch = open_page(address(lang, ""))
        for href in touches:
            link = tab.locator(f'article a[href="{href}"]').first
            folds = link.locator("xpath=ancestor::details[not(@open)]")
            assert folds.count() == 0, f"{href} is hidden in a fold: that is a third touch"
            with tab.expect_navigation():
                link.tap()
        assert tab.url.split("#")[0] == site_url + address(lang, page)
        watch.assert_clean()
