"""What needs the finished HTML of both languages: search index, used styles and scripts made small, service worker."""
from __future__ import annotations

import hashlib
import json
import re
from importlib import import_module
from pathlib import Path

from rcssmin import cssmin
from rjsmin import jsmin

from hooks import stylesheet
from hooks.loaded import first_view, limit_of, loaded_by

# Below these folders every page is kept on the phone after the first visit to any page of the language, and search.
KEPT = ("help/", "visits/", "sheets/")


def run(site: Path, root: Path, *, serving: bool, log) -> None:
    """Finish the site in place."""
    pages = sorted(site.rglob("*.html"))
    write_search(site, root)
    stylesheet.write(pages, site / "assets" / "css" / "material.css")
    remove_unused(site, pages)
    if not serving:
        minify(site / "assets")
        write_service_worker(site, root)
        report_weights(site, pages, log)


# Search ------------------------------------------------------------------------------------------

_TITLE = re.compile(r'<meta property="og:title" content="([^"]*)"')
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_ARTICLE = re.compile(r"<article.*?</article>", re.S)


def _navigation_order(site: Path, lang: str) -> list[str]:
    home = (site / ("en" if lang == "en" else "") / "index.html").read_text("utf-8")
    menu = re.search(r'<div popover id="menu".*?</nav>', home, re.S)
    return re.findall(r'href="([^"#]*)"', menu[0]) if menu else []


def write_search(site: Path, root: Path) -> None:
    """One index a language, pages in the order of the navigation."""
    from html import unescape

    module = import_module("macros.search_index")
    synonyms = module.load_synonyms(root / "data" / "search" / "synonyms.yml")
    for lang, folder in (("zh", site), ("en", site / "en")):
        sources = []
        for address in _navigation_order(site, lang):
            url = "" if address in (".", "./") else address
            text = (folder / url / "index.html").read_text("utf-8")
            sources.append(
                module.PageSource(
                    url=url,
                    title=unescape(_TITLE.search(text)[1]),
                    description=unescape(_DESCRIPTION.search(text)[1]),
                    html=_ARTICLE.search(text)[0],
                )
            )
        (folder / "search").mkdir(exist_ok=True)
        index = module.build_index(sources, lang, synonyms)
        # Without network only the kept pages can be opened, so their index is enough then, and half as heavy.
        kept = module.only_pages(index, lambda url: not url or url.startswith(KEPT))
        for name, found in (("index", index), ("offline", kept)):
            (folder / "search" / f"{name}.json").write_text(module.dumps(found), encoding="utf-8")


# What each page loads ------------------------------------------------------------------------------


def remove_unused(site: Path, pages: list[Path]) -> None:
    """Drop scripts, styles and maps that no page loads, now or later."""
    used: set[Path] = set()
    for page in pages:
        if page.parent == site and page.name in ("404.html", "offline.html"):
            continue
        used |= {path.resolve() for path in loaded_by(site, page, later=True)}
    for path in (site / "assets").rglob("*"):
        if path.suffix in (".js", ".css", ".map") and path.resolve() not in used:
            path.unlink()


def minify(assets: Path) -> None:
    """Take comments and spare blanks out of our scripts and style sheets: they explain, and would cost each reader 2 KB."""
    for path in assets.rglob("*"):
        shorten = {".js": jsmin, ".css": cssmin}.get(path.suffix)
        if shorten:
            path.write_text(shorten(path.read_text("utf-8")), encoding="utf-8")


def report_weights(site: Path, pages: list[Path], log) -> None:
    """Print the compressed weight of every page's first view, heaviest first; warn of each above the limit."""
    weights = [
        (sum(first_view(site, page).values()), page.relative_to(site).as_posix(), limit_of(page))
        for page in pages if page.name == "index.html"
    ]
    for total, name, limit in sorted(weights, reverse=True):
        log.info("First view %5.1f KB gzip  %s", total / 1024, name)
        if total > limit:
            log.warning("%s: the first view weighs %.1f KB, more than %d KB. Make it lighter.", name, total / 1024, limit // 1024)


# Service worker -------------------------------------------------------------------------------------


def write_service_worker(site: Path, root: Path) -> None:
    """Fill hooks/service-worker.js with the addresses to keep for each language and a version made of their content."""
    keep: dict[str, list[str]] = {}
    digest = hashlib.sha256()
    for lang, folder in (("zh", site), ("en", site / "en")):
        pages = [folder / "index.html", folder / "search" / "index.html"]
        for section in KEPT:
            pages += sorted((folder / section).rglob("index.html"))
        files: set[Path] = {site / "offline.html", folder / "search" / "offline.json"}
        for page in pages:
            files |= loaded_by(site, page, later=True)
        addresses = []
        for path in [*pages, *sorted(files)]:
            address = path.resolve().relative_to(site.resolve()).as_posix()
            digest.update(address.encode() + path.read_bytes())
            addresses.append(re.sub(r"(^|/)index\.html$", r"\1", address) or "./")
        keep[lang] = addresses
    source = (root / "hooks" / "service-worker.js").read_text("utf-8")
    digest.update(source.encode())
    text = source.replace('"__KEEP__"', json.dumps(keep, ensure_ascii=False)).replace("__VERSION__", digest.hexdigest()[:12])
    (site / "sw.js").write_text(text, encoding="utf-8")
