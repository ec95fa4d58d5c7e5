"""Figures in the explaining half come from data/ by macro: no digit is typed, dates and names of documents apart."""
from __future__ import annotations

import re

import pytest

from tests.support import LANGUAGES, ROOT

FOLDERS = ("learn", "platforms", "data", "glossary")
PAGES = ("visits/why-they-happen.md",)
_MACRO = re.compile(r"\{\{.*?\}\}", re.S)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
# What may hold digits without being a figure: the day or year of something, a document's own name, the number of a list's line.
NO_FIGURE = [
    r"\]\([^)]*\)", r"\{[^{}]*\}", r"^\s*\d+\. ", r"GB/T \d+-\d+", r"〔\d{4}〕\s*\d*", r"\bP2P\b", r"A4",
    r"(?:19|20)\d{2}(?: ?[至到–-] ?(?:19|20)\d{2})? ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?日)?)?", r"\d{1,2} ?月(?: ?\d{1,2} ?日)?",
    r"(?:19|20)\d{2}-\d\d-\d\d", r"\b(?:19|20)\d{2}\b", rf"(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}})?", r"CC BY 4\.0",
]
# Part of a line: why its digits stay.
EXCEPTIONS = {
    "旧第 42 条": "the number of an article in a text that was replaced; its new one is in the same sentence",
    "Old article 42 on harassment": "the same",
}


def typed(text: str) -> list[tuple[int, str]]:
    """(line, text) of each line of a page's body that holds a typed digit."""
    front = re.match(r"---\n.*?\n---\n", text, re.S)[0]
    body = _MACRO.sub(lambda match: "\n" * match[0].count("\n"), text[len(front):])
    found = []
    for number, line in enumerate(body.split("\n"), front.count("\n") + 1):
        rest = line
        for pattern in NO_FIGURE:
            rest = re.sub(pattern, "", rest)
        if re.search(r"\d", rest) and not any(part in line for part in EXCEPTIONS):
            found.append((number, line.strip()))
    return found


def pages(lang: str):
    folder = ROOT / "docs" / lang
    return [path for name in FOLDERS for path in sorted((folder / name).glob("*.md"))] + [folder / name for name in PAGES]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_figure_is_typed(lang):
    found = [f"{path.relative_to(ROOT)}:{number}: {line[:160]}" for path in pages(lang) for number, line in typed(path.read_text("utf-8"))]
    assert not found, "use stat(), limit() or example():\n" + "\n".join(found)


def test_figures_are_told_from_dates_and_names():
    page = "---\ntitle: x\n---\n\n逾期率是 1.43%。\n2025 年 2 月 28 日起。\nGB/T 45251-2025\nIt fell by 12 points.\nIn 2019 it rose.\n{{ stat(\"a\", \"2024\", \"b\") }}\n"
    assert [line for line, _ in typed(page)] == [5, 8]


def test_exceptions_are_still_needed():
    everything = "\n".join(path.read_text("utf-8") for lang in LANGUAGES for path in pages(lang))
    assert [part for part in EXCEPTIONS if part not in everything] == []
