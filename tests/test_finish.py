"""What is made from the finished HTML: the used part of the theme's sheet, unused files gone, what a phone keeps."""
from __future__ import annotations

import gzip
import json
import re

import pytest
import tinycss2

from hooks import finish, loaded, stylesheet
from tests.support import LANGUAGES


def kept(css: str, html: str, tmp_path) -> str:
    page = tmp_path / "page.html"
    page.write_text(html, "utf-8")
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return stylesheet._keep(rules, stylesheet._Names([page]))


def test_rule_stays_when_all_its_names_occur(tmp_path):
    css = ".a p{color:red}.b p{color:blue}.a .c{color:green}"
    assert kept(css, '<div class="a x"><p>1</p></div>', tmp_path) == ".a p{color:red}"


def test_selector_list_loses_only_the_part_that_cannot_match(tmp_path):
    assert kept(".a,.b{margin:0}", '<p class="b"></p>', tmp_path) == ".b{margin:0}"


def test_negated_names_do_not_have_to_occur(tmp_path):
    assert ".a:not(.b)" in kept(".a:not(.b){margin:0}", '<p class="a"></p>', tmp_path)


def test_media_rule_without_used_selectors_goes_whole(tmp_path):
    css = "@media print{.a{margin:0}}@media screen{.b{margin:0}}"
    assert kept(css, '<p class="a"></p>', tmp_path) == "@media print{.a{margin:0}}"


def test_parts_that_need_the_themes_scripts_are_left_out(tmp_path):
    assert kept("[data-md-state=lock]{overflow:hidden}", "<p></p>", tmp_path) == ""


def test_site_holds_the_used_part_of_the_themes_sheet_only(site):
    written = (site / "assets" / "css" / "material.css").read_text("utf-8")
    whole = stylesheet._theme_sheet().read_text("utf-8")
    assert ".md-typeset" in written
    assert len(written) < len(whole) / 4
    for part in (".md-header", ".md-search", ".md-nav"):
        assert part in whole and part not in written


def test_phone_keeps_help_visits_and_their_sheets_of_its_language_and_what_they_load(site):
    worker = (site / "sw.js").read_text("utf-8")
    keep = json.loads(re.search(r"const KEEP = (\{.*?\});", worker)[1])
    assert keep.keys() == set(LANGUAGES)
    for lang, prefix in (("zh", ""), ("en", "en/")):
        expected = {
            prefix + p.parent.relative_to(site / prefix).as_posix() + "/"
            for section in ("help", "visits", "sheets") for p in (site / prefix / section).rglob("index.html")
        }
        pages = {a for a in keep[lang] if a.endswith("/")} - {"./", "en/", f"{prefix}search/"}
        assert f"{prefix}search/offline.json" in keep[lang]
        assert pages == expected
        assert "offline.html" in keep[lang]
        for address in keep[lang]:
            assert (site / address).exists()
        for page in expected:
            for path in loaded.loaded_by(site, site / page / "index.html"):
                assert path.relative_to(site.resolve()).as_posix() in keep[lang]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_offline_copy_of_a_language_weighs_at_most_300_kb(site, lang):
    keep = json.loads(re.search(r"const KEEP = (\{.*\});", (site / "sw.js").read_text("utf-8"))[1])[lang]
    weights = {}
    for address in dict.fromkeys(keep):
        path = site / address
        path = path / "index.html" if path.is_dir() else path
        weights[address] = len(gzip.compress(path.read_bytes(), 9))
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:10]
    assert sum(weights.values()) <= 300 * 1024, f"{sum(weights.values()) / 1024:.1f} KB, most in {heaviest}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_offline_search_knows_the_kept_pages_and_no_others(site, lang):
    folder = site / ("en" if lang == "en" else "") / "search"
    whole, kept = (json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("index", "offline"))
    found = {page[0] for page in kept["pages"]}
    assert found and found < {page[0] for page in whole["pages"]}
    assert all(not page or page.startswith(("help/", "visits/")) for page in found)


def test_version_of_the_worker_changes_with_a_kept_page(site, tmp_path):
    import shutil

    from tests.support import ROOT

    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    finish.write_service_worker(copy, ROOT)
    before = (copy / "sw.js").read_text("utf-8")
    assert before == (site / "sw.js").read_text("utf-8")
    page = copy / "visits" / "rules" / "index.html"
    page.write_text(page.read_text("utf-8") + "<!-- changed -->", "utf-8")
    finish.write_service_worker(copy, ROOT)
    assert re.search(r'VERSION = "(\w+)"', before)[1] != re.search(r'VERSION = "(\w+)"', (copy / "sw.js").read_text("utf-8"))[1]


def names(files, folder) -> set[str]:
    return {path.relative_to(folder.resolve()).as_posix() for path in files}


def test_weight_counts_what_a_page_loads_by_itself(tmp_path):
    (tmp_path / "a").mkdir()
    page = tmp_path / "index.html"
    page.write_text(
        '<link rel="stylesheet" href="a/s.css"><link rel="canonical" href="a/not-loaded.css">'
        '<script type="module" src="a/m.js"></script><img src="a/i.svg" srcset="a/j.svg 2x"><a href="a/not-loaded.js">x</a>'
    )
    (tmp_path / "a/s.css").write_text('@import "t.css"; .x { background: url(k.svg) }')
    (tmp_path / "a/m.js").write_text('import {\n  x,\n} from "./n.js";\nexport * from "./o.js";\nconst y = () => import("./later.js");\n')
    for name in ("t.css", "n.js", "o.js", "later.js", "i.svg", "j.svg", "k.svg", "not-loaded.css", "not-loaded.js"):
        (tmp_path / "a" / name).write_text("")
    first = {"a/s.css", "a/t.css", "a/m.js", "a/n.js", "a/o.js", "a/i.svg", "a/j.svg", "a/k.svg"}
    assert names(loaded.loaded_by(tmp_path, page), tmp_path) == first
    assert names(loaded.loaded_by(tmp_path, page, later=True), tmp_path) == first | {"a/later.js"}
    assert names(loaded.first_view(tmp_path, page), tmp_path) == first | {"index.html"}


def test_page_above_the_limit_is_named(tmp_path):
    import logging
    import os

    (tmp_path / "index.html").write_bytes(b"<p>" + os.urandom(loaded.limit_bytes("how-to")).hex().encode())
    said: list[str] = []
    log = logging.Logger("test")
    log.addHandler(type("Keep", (logging.Handler,), {"emit": lambda self, record: said.append(record.getMessage())})())
    finish.report_weights(tmp_path, [tmp_path / "index.html"], log)
    assert any("index.html" in line and "more than 40 KB" in line for line in said)
