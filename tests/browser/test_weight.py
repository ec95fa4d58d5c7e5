"""What a phone really loads before the reader touches anything."""
from __future__ import annotations

import gzip

import pytest

from hooks.loaded import first_view_limit
from tests.support import EVERY_PAGE, EVERY_PAGE_IDS, address


@pytest.mark.parametrize(("lang", "page"), EVERY_PAGE, ids=EVERY_PAGE_IDS)
def test_first_view_loads_little(open_page, site, site_url, lang, page):
    tab, watch = open_page(address(lang, page))
    tab.wait_for_load_state("networkidle")
    parts = {}
    for url in dict.fromkeys(watch.requests):
        if not url.startswith(site_url):
            continue
        name = url.removeprefix(site_url).split("#")[0].split("?")[0]
        file = site / name
        if file.is_dir():
            file = file / "index.html"
        parts[name] = len(gzip.compress(file.read_bytes(), 9))
    total = sum(parts.values())
    detail = "\n".join(f"{size / 1024:6.1f} KB  {name}" for name, size in sorted(parts.items(), key=lambda p: -p[1]))
    assert total <= first_view_limit(address(lang, page)), f"{total / 1024:.1f} KB:\n{detail}"
    assert not any("index.json" in name for name in parts), "the search index comes on first use only"
    widest = len(parts)
    assert widest <= 20, f"{widest} requests before a touch:\n{detail}"
