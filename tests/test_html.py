"""The built HTML, without a browser: valid, in two matching languages, self-contained, with no dead link and no spare file."""
from __future__ import annotations

import json
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from hooks.loaded import first_view, limit_of
from scripts import tools
from tests import support
from tests.support import EVERY_PAGE, EVERY_PAGE_IDS, LANG_CODES, address

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@lru_cache(maxsize=256)
def document(path: Path) -> support.Document:
    return support.read(path)


def page_file(site: Path, lang: str, page: str) -> Path:
    return site / address(lang, page) / "index.html"


def html_files(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def target_of(folder: Path, prefix: str, here: str, link: str) -> tuple[Path, str]:
    """File and fragment that a link leads to, as a static host resolves it.

    Args:
        folder: The built site.
        prefix: Path below which it is served.
        here: Path of the linking page on the host, such as "/some/project/en/".
        link: The href as written.
    """
    resolved, fragment = urldefrag(urljoin("http://host" + here, link))
    path = unquote(urlsplit(resolved).path)
    if not path.startswith(prefix):
        return Path("outside of the site: " + path), fragment
    target = folder / path[len(prefix) :]
    if path.endswith("/") or target.is_dir():
        target = target / "index.html"
    return target, fragment


def is_local(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.scheme and not parts.netloc


def path_on_host(folder: Path, prefix: str, file: Path) -> str:
    name = file.relative_to(folder).as_posix()
    return prefix + re.sub(r"(^|/)index\.html$", r"\1", name)


# Languages ---------------------------------------------------------------------------------------


def test_every_page_is_built_in_both_languages(site):
    missing = [address(lang, page) for lang, page in EVERY_PAGE if not page_file(site, lang, page).is_file()]
    assert not missing


@pytest.mark.parametrize(("lang", "page"), EVERY_PAGE, ids=EVERY_PAGE_IDS)
def test_page_names_its_language_its_address_and_its_twin(site, site_url, lang, page):
    doc = document(page_file(site, lang, page))
    assert doc.one("html").get("lang") == LANG_CODES[lang]
    assert doc.one("link", rel="canonical").get("href") == site_url + address(lang, page)
    alternates = {e.get("hreflang"): e.get("href") for e in doc.all("link", rel="alternate")}
    assert alternates == {
        "zh-Hans": site_url + page,
        "en": site_url + "en/" + page,
        "x-default": site_url + page,
    }


def test_hreflang_is_reciprocal_and_leads_to_files(site, site_url):
    for lang, page in EVERY_PAGE:
        mine = {e.get("hreflang"): e.get("href") for e in document(page_file(site, lang, page)).all("link", rel="alternate")}
        for code, href in mine.items():
            twin = site / href.removeprefix(site_url) / "index.html"
            assert twin.is_file(), f"{address(lang, page)}: hreflang {code} leads to {href}, which is not built"
            theirs = {e.get("hreflang"): e.get("href") for e in document(twin).all("link", rel="alternate")}
            assert theirs == mine


def test_addresses_in_the_head_follow_the_sub_path(subpath_server, subpath_url):
    for lang, page in EVERY_PAGE:
        doc = document(page_file(subpath_server.folder, lang, page))
        assert doc.one("link", rel="canonical").get("href") == subpath_url + address(lang, page)


@pytest.mark.parametrize(("lang", "page"), EVERY_PAGE, ids=EVERY_PAGE_IDS)
def test_both_languages_have_the_same_heading_ids(site, lang, page):
    def ids(language: str) -> list[str]:
        doc = document(page_file(site, language, page))
        return [f"{e.tag}#{e.get('id')}" for e in doc.elements if e.tag in ("h2", "h3") and e.get("id")]

    assert ids("zh") == ids("en")


def test_titles_and_descriptions_are_unique_and_in_bounds(site):
    for lang, longest in (("zh", 120), ("en", 155)):
        titles, descriptions = {}, {}
        for page in support.page_ids():
            doc = document(page_file(site, lang, page))
            name = address(lang, page)
            titles.setdefault(doc.all("title")[0].text, []).append(name)
            text = doc.one("meta", name="description").get("content")
            descriptions.setdefault(text, []).append(name)
            assert 0 < len(text) <= longest, f"{name}: description of {len(text)} characters"
        for seen in (titles, descriptions):
            twice = {k: v for k, v in seen.items() if len(v) > 1}
            assert not twice


def test_page_has_one_title_and_headings_without_jumps(site):
    for file in html_files(site):
        levels = [int(e.tag[1]) for e in document(file).elements if re.fullmatch(r"h[1-6]", e.tag)]
        name = file.relative_to(site)
        assert levels.count(1) == 1, f"{name}: {levels.count(1)} h1"
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:])), f"{name}: {levels}"


# Links ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["site_server", "subpath_server"], ids=["root", "subpath"])
def test_every_internal_link_and_anchor_resolves(request, where):
    server = request.getfixturevalue(where)
    problems = []
    for file in html_files(server.folder):
        here = path_on_host(server.folder, server.prefix, file)
        for element in document(file).elements:
            for name in ("href", "src", "action", "data-index"):
                link = element.get(name)
                if link is None or not is_local(link):
                    continue
                target, fragment = target_of(server.folder, server.prefix, here, link)
                where_from = f"{file.relative_to(server.folder)}, line {element.line}: {link}"
                if not target.is_file():
                    problems.append(f"{where_from} leads to no file")
                # What stands behind "#v=1&" is read by a script of that page: sums for a form.
                elif fragment and not fragment.startswith("v=1&") and target.suffix == ".html" and unquote(fragment) not in document(target).ids:
                    problems.append(f"{where_from}: that page has no id {fragment}")
    assert not problems, "\n".join(problems)


def test_links_between_pages_name_folders_not_files(site):
    # A link to index.html would be a second address of the same page.
    for file in html_files(site):
        bad = [e.get("href") for e in document(file).all("a") if is_local(e.get("href") or "") and "index.html" in e.get("href", "")]
        assert not bad, f"{file.relative_to(site)}: {bad}"


def test_english_pages_link_to_english_pages(site):
    # Only the language link crosses over, and the tables of series, which have one address for both languages.
    for page in support.page_ids():
        for lang in support.LANGUAGES:
            file = page_file(site, lang, page)
            for element in document(file).all("a"):
                href = element.get("href") or ""
                if not is_local(href) or element.get("hreflang"):
                    continue
                path = path_on_host(site, "/", target_of(site, "/", path_on_host(site, "/", file), href)[0])
                if path.startswith("/data/files/"):
                    continue
                assert path.startswith("/en/") == (lang == "en"), f"{address(lang, page)}, line {element.line}: {href}"


def test_external_links_use_https_and_tell_nobody_where_the_reader_was(site):
    for file in html_files(site):
        for element in document(file).all("a"):
            href = element.get("href") or ""
            parts = urlsplit(href)
            # Some official sites of the state answer without encryption only.
            official = parts.scheme == "http" and parts.netloc.endswith(".gov.cn")
            good = parts.scheme in ("", "https", "tel", "sms", "mailto") or official
            assert good, f"{file.relative_to(site)}, line {element.line}: {href}"
        assert document(file).one("meta", name="referrer").get("content") == "no-referrer"


def test_every_id_is_used_once(site):
    for file in html_files(site):
        ids = document(file).ids
        twice = sorted({i for i in ids if ids.count(i) > 1})
        assert not twice, f"{file.relative_to(site)}: {twice}"


# Security and weight ---------------------------------------------------------------------------------

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
DATA_TYPES = ("application/json", "application/ld+json")


def test_pages_carry_a_strict_policy_and_nothing_inline(site):
    for file in html_files(site):
        name = file.relative_to(site)
        doc = document(file)
        text = doc.one("meta", http_equiv="Content-Security-Policy").get("content")
        policy = dict(part.strip().split(" ", 1) for part in text.split(";") if part.strip())
        for directive, value in STRICT.items():
            assert policy.get(directive) == value, f"{name}: {directive} {policy.get(directive)}"
        assert "unsafe" not in text and "http:" not in text and "https:" not in text, f"{name}: {text}"
        for element in doc.elements:
            where = f"{name}, line {element.line}: <{element.tag}>"
            assert "style" not in element.attrs, f"{where} has a style attribute"
            handlers = [a for a in element.attrs if a.startswith("on")]
            assert not handlers, f"{where} has {handlers}"
            assert element.tag != "style", f"{where} is an inline style sheet"
            assert element.tag not in ("base", "iframe", "object", "embed"), where
            if element.tag == "script" and not element.get("src"):
                assert element.get("type") in DATA_TYPES, f"{where} is an inline script"
                json.loads(element.text)


def test_scripts_and_styles_set_no_cookie_and_store_nothing(site):
    for file in site.rglob("*.js"):
        text = file.read_text("utf-8")
        if file.name in ("log.js", "log-page.js"):
            # The contact log is kept, under one key, when the reader asks for it (tests/browser/test_evidence_log.py).
            assert set(re.findall(r"localStorage\.\w+\(([^,)]*)", text)) == {"KEY"}
            text = text.replace("localStorage", "")
        for word in ("document.cookie", "localStorage", "sessionStorage", "indexedDB", "sendBeacon", "WebSocket", "eval("):
            assert word not in text, f"{file.relative_to(site)} uses {word}"


def test_nothing_built_names_another_host_to_load_from(site):
    # Links to official texts are meant to be followed by a reader; nothing may be fetched from there.
    for file in html_files(site):
        for element in document(file).elements:
            link = element.get("src") or (element.get("href") if element.tag == "link" else "") or ""
            if element.tag == "link" and element.get("rel") in ("canonical", "alternate", "license"):
                continue
            assert is_local(link) or link.startswith("data:"), f"{file.relative_to(site)}: {element.tag} {link}"
    for file in [*site.rglob("*.css"), *site.rglob("*.js"), *site.rglob("*.svg")]:
        loads = re.findall(r"""(?:url\(|@import|from|import\(?|fetch\()\s*["']?(https?://[^"')\s]+)""", file.read_text("utf-8"))
        assert not loads, f"{file.relative_to(site)}: {loads}"


def test_first_view_of_every_page_keeps_within_its_limit(site):
    # tests/browser/test_pages.py measures the same in a browser; here embeds and the pages for errors count too.
    heavy = {
        f.relative_to(site).as_posix(): f"{total / 1024:.1f} KB"
        for f in html_files(site) if (total := sum(first_view(site, f).values())) > limit_of(f)
    }
    assert not heavy


@pytest.mark.parametrize(("page_type", "kilobytes"), [("calculator", 45), ("embed", 45), ("letters", 45), ("how-to", 40), ("home", 40), ("plain", 40)])
def test_calculators_may_weigh_45_kb_and_other_pages_40(page_type, kilobytes, tmp_path):
    page = tmp_path / "index.html"
    page.write_text(f'<body class="type-{page_type}">')
    assert limit_of(page) == kilobytes * 1024


def test_page_with_a_figure_may_weigh_60_kb(tmp_path):
    page = tmp_path / "index.html"
    page.write_text('<body class="type-explainer"><figure class="series no-search" id="figure-lpr">')
    assert limit_of(page) == 60 * 1024


def referenced_files(site: Path) -> set[str]:
    """Everything that some page, script, style sheet, manifest or the service worker names, relative to the site."""
    found: set[str] = set()
    texts = [p for p in site.rglob("*") if p.suffix in (".html", ".js", ".css", ".webmanifest", ".svg")]
    for file in texts:
        here = "/" + file.relative_to(site).as_posix()
        text = file.read_text("utf-8")
        names = re.findall(r"""["'(=]\s*([^"'()<>\s]+\.(?:js|css|png|svg|json|csv|webmanifest|woff2|ico))(?:[#?][^"')]*)?["')]""", text)
        for name in names:
            if is_local(name):
                found.add(unquote(urlsplit(urljoin(here, name)).path).lstrip("/"))
                found.add(name.lstrip("./"))  # the service worker names its files from the root
    return found


def test_site_holds_no_file_that_no_page_uses(site):
    used = referenced_files(site)
    spare = []
    for file in site.rglob("*"):
        name = file.relative_to(site).as_posix()
        if not file.is_file() or file.suffix in (".html",):
            continue
        if name in ("robots.txt", "sitemap.xml", "sitemap.xml.gz", "sw.js"):  # their readers know the address
            continue
        if name not in used:
            spare.append(name)
    assert not spare


def test_site_holds_no_source_map_and_no_script_of_the_theme(site):
    assert not list(site.rglob("*.map"))
    assert not (site / "assets" / "javascripts").exists()
    for file in [*site.rglob("*.js"), *site.rglob("*.css")]:
        assert "sourceMappingURL" not in file.read_text("utf-8"), file.relative_to(site)


def test_both_languages_share_one_copy_of_the_assets(site):
    assert not (site / "en" / "assets").exists()
    contents: dict[bytes, list[str]] = {}
    for file in site.rglob("*"):
        if file.is_file() and file.suffix in (".js", ".css", ".png", ".svg", ".woff2"):
            contents.setdefault(file.read_bytes(), []).append(file.relative_to(site).as_posix())
    assert not [names for names in contents.values() if len(names) > 1]


# Files for machines -----------------------------------------------------------------------------------


def test_sitemap_lists_every_page_of_both_languages_with_its_twin(site, site_url):
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    listed = {}
    for url in root.findall(SITEMAP + "url"):
        alternates = {e.get("hreflang"): e.get("href") for e in url.findall(XHTML + "link")}
        listed[url.findtext(SITEMAP + "loc")] = alternates
    # The search page asks not to be indexed: it is a form.
    wanted = {site_url + address(lang, page) for lang, page in EVERY_PAGE if page != "search/"}
    assert set(listed) == wanted
    for alternates in listed.values():
        assert set(alternates) == {"zh-Hans", "en", "x-default"}
        assert alternates["x-default"] == alternates["zh-Hans"]
    assert not (site / "en" / "sitemap.xml").exists()


def test_robots_names_the_one_sitemap(site, site_url):
    text = (site / "robots.txt").read_text("utf-8")
    assert f"Sitemap: {site_url}sitemap.xml" in text
    assert "User-agent: *" in text
    assert not re.search(r"^Disallow: */", text, re.M), "nothing is closed to search engines, in either language"
    assert not (site / "en" / "robots.txt").exists()


@pytest.mark.parametrize("where", ["site_server", "subpath_server"], ids=["root", "subpath"])
@pytest.mark.parametrize("lang", support.LANGUAGES)
def test_manifest_lets_the_site_be_put_on_the_home_screen(request, where, lang):
    server = request.getfixturevalue(where)
    home = server.folder / address(lang, "") / "index.html"
    link = document(home).one("link", rel="manifest").get("href")
    file, _ = target_of(server.folder, server.prefix, path_on_host(server.folder, server.prefix, home), link)
    manifest = json.loads(file.read_text("utf-8"))
    assert manifest["lang"] == LANG_CODES[lang]
    assert manifest["display"] in ("standalone", "minimal-ui")
    assert manifest["name"] and len(manifest["short_name"]) <= 15
    here = path_on_host(server.folder, server.prefix, file)
    start, _ = target_of(server.folder, server.prefix, here, manifest["start_url"])
    assert start == home
    scope = urlsplit(urljoin("http://host" + here, manifest["scope"])).path
    assert scope == server.prefix, "the other language must not open outside of the app"
    sizes = {}
    for icon in manifest["icons"]:
        path, _ = target_of(server.folder, server.prefix, here, icon["src"])
        assert path.is_file(), icon["src"]
        width, height = png_size(path)
        assert icon["sizes"] == f"{width}x{height}"
        assert icon["type"] == "image/png"
        sizes[width] = icon.get("purpose", "any")
    assert 192 in sizes and 512 in sizes
    assert any("maskable" in purpose for purpose in sizes.values())


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


@pytest.mark.parametrize("where", ["site_server", "subpath_server"], ids=["root", "subpath"])
def test_not_found_page_speaks_both_languages_with_absolute_links(request, where):
    server = request.getfixturevalue(where)
    doc = document(server.folder / "404.html")
    assert {e.get("lang") for e in doc.elements if e.get("lang")} >= {"zh-Hans", "en"}
    for element in doc.elements:
        for name in ("href", "src", "action"):
            link = element.get(name)
            if link and is_local(link) and not link.startswith("#"):
                # It is shown for any address, however deep: a relative link would lead anywhere.
                assert link.startswith(server.prefix) and not link.startswith("//"), f"line {element.line}: {link}"
    hrefs = {e.get("href") for e in doc.all("a")}
    assert {server.prefix, server.prefix + "en/"} <= {h.rstrip(".").replace("/./", "/") for h in hrefs if h}
    assert doc.one("meta", name="robots").get("content") == "noindex"
    assert not (server.folder / "en" / "404.html").exists()


# Footer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", support.LANGUAGES)
def test_footer_names_the_commit_built_and_its_date(site, lang):
    done = subprocess.run(
        ["git", "log", "-1", "--format=%h %cs"], cwd=support.ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this tree is not a repository, or has no commit yet")
    commit, day = done.stdout.split()
    footer = document(page_file(site, lang, "")).all("footer")[-1].text
    assert commit in footer and day in footer


# Validity -----------------------------------------------------------------------------------------------


def test_html_is_valid(site):
    jar = tools.vnu()
    if not jar.is_file():
        pytest.fail(f"the HTML checker is missing: there is no {jar}. Get it with: make test", pytrace=False)
    done = subprocess.run(
        [str(tools.java()), "-Xss1024k", "-jar", str(jar), "--skip-non-html", "--errors-only", "--format", "gnu", str(site)],
        capture_output=True, text=True, timeout=180, check=False,
    )
    assert done.returncode == 0, done.stderr.replace(f'"file:{site}/', '"')[-6000:]
