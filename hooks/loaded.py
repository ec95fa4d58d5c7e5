"""Which files a built page loads, before the reader touches anything and later, and what they weigh."""
from __future__ import annotations

import gzip
import os
import re
from functools import lru_cache
from pathlib import Path

# A calculator brings its form and its worked example; any other page is text.
_LIMIT_KB = {"calculator": 45, "embed": 45, "letters": 45, "log": 45}
_OTHER_LIMIT_KB = 40
# Charts stand in the page, with their tables.
_FIGURE_LIMIT_KB = 60
_FIGURE = '<figure class="series'
_TYPE = re.compile(r'<body class="type-([a-z-]+)')

# Our templates quote every attribute and put rel before href, so patterns serve; a parser takes ten times as long.
_IN_HTML = re.compile(
    r'<(?:script|img|source|iframe|embed)\b[^>]*?\ssrc="([^"]+)"'
    r'|<link\b[^>]*?\srel="(?:stylesheet|manifest|icon|preload|modulepreload)"[^>]*?\shref="([^"]+)"'
    r'|\ssrcset="([^"\s]+)'
)
_IN_SCRIPT = re.compile(r"""(?:^|;)\s*(?:import|export)\b[^;"'()]*?(?:from\s*)?["']([^"']+)["']""", re.M)
_IN_SCRIPT_LATER = re.compile(r"""\bimport\(\s*["']([^"']+)["']\s*\)""")
_IN_STYLE = re.compile(r"""@import\s+(?:url\()?\s*["']?([^"')\s;]+)|url\(\s*["']?([^"')]+)""")


def limit_bytes(page_type: str) -> int:
    """How much a first view of a page of this type (front matter) may weigh, in bytes after gzip."""
    return _LIMIT_KB.get(page_type, _OTHER_LIMIT_KB) * 1024


def limit_of(page: Path) -> int:
    """The same for a built page, whose body names its type."""
    text = page.read_text("utf-8")
    if _FIGURE in text:
        return _FIGURE_LIMIT_KB * 1024
    found = _TYPE.search(text)
    return limit_bytes(found[1] if found else "")


@lru_cache(maxsize=None)
def _loads(site: Path, file: Path, stamp: int, later: bool) -> tuple[Path, ...]:
    """Files of the site that one file names to be loaded; kept, since all pages share their scripts and styles."""
    patterns = {
        ".html": [_IN_HTML], ".css": [_IN_STYLE], ".js": [_IN_SCRIPT, _IN_SCRIPT_LATER] if later else [_IN_SCRIPT],
    }.get(file.suffix, [])
    text = file.read_text("utf-8") if patterns else ""
    found = []
    for address in dict.fromkeys("".join(match.groups(default="")) for pattern in patterns for match in pattern.finditer(text)):
        address = re.split(r"[?#]", address)[0]
        if not address or re.match(r"[a-z]+:|//", address):
            continue
        path = site / address.lstrip("/") if address.startswith("/") else Path(os.path.normpath(file.parent / address))
        if path.is_file():
            found.append(path)
    return tuple(found)


def loaded_by(site: Path, page: Path, *, later: bool = False) -> set[Path]:
    """Files of the site that a page makes a browser load, the page itself left out.

    Args:
        site: Root of the built site, for addresses that begin with a slash.
        page: The HTML file.
        later: Whether modules that scripts import on first use count too.
    """
    site, page = site.resolve(), page.resolve()
    found: set[Path] = set()
    waiting = [page]
    while waiting:
        file = waiting.pop()
        for path in _loads(site, file, file.stat().st_mtime_ns, later):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found


@lru_cache(maxsize=None)
def _weight(file: Path, stamp: int) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


def first_view(site: Path, page: Path) -> dict[Path, int]:
    """Bytes after gzip of a page and of every file it loads before a touch."""
    return {file: _weight(file, file.stat().st_mtime_ns) for file in {page.resolve()} | loaded_by(site, page)}
