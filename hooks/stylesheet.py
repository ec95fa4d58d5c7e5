"""Keep of Material's style sheet the rules that some page can use.

The whole sheet weighs 22 KB compressed, half of what a first view may weigh, and most of it serves parts of the theme
that this site replaces. A rule stays when every class, id and tag its selector names occurs in the built pages.
"""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from functools import lru_cache
from pathlib import Path

import tinycss2

CACHE = Path(__file__).resolve().parent.parent / ".cache"
# Classes that scripts add, or that Material's selectors negate; nothing of the theme's may be kept for them.
_STATES = {"no-js"}


class _Names:
    """Tags, classes and ids that occur in the pages."""

    def __init__(self, pages: list[Path]):
        self.tags: set[str] = set()
        self.classes: set[str] = set()
        self.ids: set[str] = set()
        # The pages come from our own templates, which quote every attribute; a parser would take ten times as long.
        for page in pages:
            text = page.read_text("utf-8")
            self.tags.update(re.findall(r"<([a-z][a-z0-9]*)", text))
            self.ids.update(re.findall(r'\sid="([^"]+)"', text))
            for value in set(re.findall(r'\sclass="([^"]+)"', text)):
                self.classes.update(value.split())
        self.classes -= _STATES


@lru_cache(maxsize=1)
def _parsed(path: Path):
    return tinycss2.parse_stylesheet(path.read_text("utf-8"), skip_comments=True, skip_whitespace=True)


def _theme_sheet() -> Path:
    import material

    return next((Path(material.__file__).parent / "templates" / "assets" / "stylesheets").glob("main.*.min.css"))


def _split(tokens) -> list[list]:
    groups: list[list] = [[]]
    for token in tokens:
        if token == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


def _usable(selector: list, names: _Names) -> bool:
    """Whether every simple selector outside a negation can match in the pages."""
    # "+ *": a browser works out the style of all that follows anew when anything is put in, a hundredth of a second for
    # a long table. Our tables stand in boxes of their own, with nothing behind them.
    if tinycss2.serialize(selector).replace(" ", "").endswith("+*"):
        return False
    after = ""
    for token in selector:
        if token.type == "ident":
            if after == "." and token.value not in names.classes:
                return False
            if after == "" and token.lower_value not in names.tags:
                return False
        elif token.type == "hash" and token.value not in names.ids:
            return False
        elif token.type == "[] block":
            text = tinycss2.serialize(token.content)
            # Parts of the theme that only its scripts or its own header make.
            if text.startswith("data-md-"):
                return False
        elif token.type == "function" and token.lower_name in ("is", "where", "has"):
            if not any(_usable(group, names) for group in _split(token.arguments)):
                return False
        after = token.value if token.type == "literal" and token.value in ".:" else ""
    return True


def _keep(rules, names: _Names) -> str:
    out = []
    for rule in rules:
        if rule.type == "qualified-rule":
            groups = [g for g in _split(rule.prelude) if _usable(g, names)]
            if groups:
                selectors = ",".join(tinycss2.serialize(g).strip() for g in groups)
                out.append(f"{selectors}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            text = _keep(inner, names)
            if text:
                out.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{text}}}")
    return "".join(out)


_VARIABLE = re.compile(r"(--md-[a-z-]+):url\([^)]*\);?")


def write(pages: list[Path], target: Path) -> None:
    """Write the used part of the theme's sheet for these pages to `target`."""
    names, sheet = _Names(pages), _theme_sheet()
    # The same names give the same rules; parsing the sheet is the slowest step after the pages themselves.
    key = hashlib.sha256(repr([sheet.name, sorted(names.tags), sorted(names.classes), sorted(names.ids)]).encode())
    key.update(Path(__file__).read_bytes())
    kept = CACHE / f"material-{key.hexdigest()[:16]}.css"
    if kept.is_file():
        target.write_bytes(kept.read_bytes())
        return
    text = _keep(_parsed(sheet), names)
    # Icons of admonitions we do not use, embedded as data.
    text = _VARIABLE.sub("", text)
    target.write_text(text, encoding="utf-8")
    CACHE.mkdir(exist_ok=True)
    shutil.copyfile(target, unfinished := kept.with_suffix(f".{os.getpid()}"))
    unfinished.replace(kept)
