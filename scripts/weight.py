"""The weight of the first view of every built page: what a phone loads before the reader touches anything.

    python scripts/weight.py site [--limit-kb 40]

Counted with gzip: the HTML and every style sheet, script, image and icon that it names, the modules that a script
imports, and what the style sheets import or show. Not counted: what comes on first use (the search index) and what the
service worker copies in the background. A module that a script fetches while it starts shows only in a browser:
tests/browser/test_weight.py measures that.
"""
from __future__ import annotations

import argparse
import gzip
import re
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

LIMIT_BYTES = 40 * 1024

_NAMES = r"[\w$*{},\s]+?"
_IMPORT = re.compile(rf"""^\s*(?:import\s*(?:{_NAMES}\s*from\s*)?|export\s*{_NAMES}\s*from\s*)["']([^"']+)["']""", re.M)
_CSS_REFERENCE = re.compile(r"""@import\s+(?:url\()?\s*["']?([^"')\s;]+)|url\(\s*["']?([^"')]+)""")


@dataclass(frozen=True)
class Weight:
    """What one page loads.

    Attributes:
        page: The page, relative to the site.
        parts: Bytes after gzip of each file, by its path relative to the site.
    """

    page: str
    parts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.parts.values())


class _Loaded(HTMLParser):
    """Addresses that a browser fetches for a page by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        at = dict(attrs)
        if tag == "script" and at.get("src"):
            self.found.append(at["src"])
        elif tag == "link" and at.get("href"):
            kinds = set((at.get("rel") or "").lower().split())
            if kinds & {"stylesheet", "icon", "modulepreload", "preload"}:
                self.found.append(at["href"])
        elif tag in ("img", "source", "iframe", "embed", "video", "audio") and at.get("src"):
            self.found.append(at["src"])
        elif tag == "object" and at.get("data"):
            self.found.append(at["data"])
        elif tag in ("use", "image"):
            self.found.append(at.get("href") or at.get("xlink:href") or "")
        for candidate in (at.get("srcset") or "").split(","):
            if candidate.strip():
                self.found.append(candidate.split()[0])


def references(site: Path, file: Path) -> list[str]:
    """Files of the site that `file` makes a browser load, as paths relative to the site."""
    text = file.read_text("utf-8", errors="replace")
    if file.suffix == ".html":
        parser = _Loaded()
        parser.feed(text)
        found = parser.found
    elif file.suffix in (".js", ".mjs"):
        found = _IMPORT.findall(text)
    elif file.suffix == ".css":
        found = [a or b for a, b in _CSS_REFERENCE.findall(text)]
    else:
        return []
    here = "/" + file.relative_to(site).as_posix()
    result = []
    for address in found:
        parts = urlsplit(address)
        if not address or parts.scheme or parts.netloc or address.startswith("#"):
            continue
        target = unquote(urlsplit(urljoin(here, address)).path).lstrip("/")
        if (site / target).is_file():
            result.append(target)
    return result


def weigh(site: Path, page: str) -> Weight:
    """The first view of one page of a built site."""
    parts: dict[str, int] = {}
    waiting = [page]
    while waiting:
        name = waiting.pop()
        if name in parts:
            continue
        file = site / name
        parts[name] = len(gzip.compress(file.read_bytes(), 9))
        waiting += references(site, file)
    return Weight(page, parts)


def weigh_all(site: Path) -> list[Weight]:
    """Every page of a built site, heaviest first."""
    pages = [p.relative_to(site).as_posix() for p in site.rglob("*.html")]
    return sorted((weigh(site, page) for page in pages), key=lambda w: (-w.total, w.page))


def report(site: Path, limit: int = LIMIT_BYTES) -> tuple[str, bool]:
    """A table for people, and whether every page keeps the limit (bytes)."""
    weights = weigh_all(site)
    lines = [f"First view of each page, with gzip (limit {limit / 1024:.0f} KB):"]
    for w in weights:
        mark = "  TOO HEAVY" if w.total > limit else ""
        lines.append(f"  {w.total / 1024:6.1f} KB  {len(w.parts):2d} files  {w.page}{mark}")
    if weights and weights[0].total > limit:
        lines.append(f"Heaviest, {weights[0].page}:")
        for name, size in sorted(weights[0].parts.items(), key=lambda item: -item[1]):
            lines.append(f"  {size / 1024:6.1f} KB  {name}")
    return "\n".join(lines), all(w.total <= limit for w in weights)


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the first-view weight of every built page.")
    parser.add_argument("site", type=Path, nargs="?", default=Path("site"))
    parser.add_argument("--limit-kb", type=float, default=LIMIT_BYTES / 1024)
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        print(f"there is no built site in {options.site}. Run: make build", file=sys.stderr)
        return 2
    text, good = report(options.site, int(options.limit_kb * 1024))
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
