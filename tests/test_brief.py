"""Every section of the article that the site began from is answered, at headings that exist, by text before anything else."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests import language_rules as rules

ROOT = Path(__file__).resolve().parent.parent
BRIEF = yaml.safe_load((ROOT / "data" / "brief.yml").read_text("utf-8"))
# The article's own outline: seven parts and what each is about. From the brief, not from data/brief.yml.
OUTLINE = {
    "market": ["rise", "risks"],
    "causes": ["economic-pressure", "information-asymmetry", "fraud"],
    "visits": ["background", "manner", "reactions"],
    "law-and-ethics": ["gaps", "ethics"],
    "borrowers": ["communicate", "plan", "know-rights"],
    "platforms": ["collection-process", "risk-control", "consumer-education"],
    "conclusion": ["conclusion"],
}
ANSWERS = sorted({answer for part in BRIEF.values() for section in part["sections"].values() for answer in section["answers"]})
# Shorter than this is a caption or a lead-in to a list, not an answer. Characters in Chinese, words in English.
LEAST = {"zh": 20, "en": 10}
_HEADING = re.compile(r"^(?P<marks>#{2,6})\s.*\{\s*#(?P<id>[A-Za-z0-9_-]+)[^}]*\}\s*$")


def page_file(root: Path, lang: str, page: str) -> Path | None:
    """The Markdown of an address, learn/gaps or help; None where there is none."""
    for name in (f"{page}.md", f"{page}/index.md"):
        path = root / "docs" / lang / name
        if path.is_file():
            return path
    return None


def headings(text: str) -> list[str]:
    """Ids of all headings below the title."""
    return [match["id"] for match in map(_HEADING.match, text.split("\n")) if match]


def opening(text: str, heading: str) -> str:
    """The first block below a heading, as it is written; empty where the section is empty or the next heading follows."""
    lines = text.split("\n")
    start = next(n for n, line in enumerate(lines) if (match := _HEADING.match(line)) and match["id"] == heading)
    block: list[str] = []
    for line in lines[start + 1:]:
        if not line.strip():
            if block:
                break
            continue
        if line.startswith("#"):
            break
        block.append(line)
    return "\n".join(block)


def is_answer(block: str, lang: str) -> bool:
    """Whether a block is a paragraph that says something: no list, table, quotation, container or lone macro."""
    if re.match(r"\s*(?:[-*+]\s|\d+[.)]\s|\||>|///|```|!\[)", block):
        return False
    words = rules.without_markup(block).replace("\x00", "").strip()
    if not re.search(r"[。！？]" if lang == "zh" else r"[.!?](?:\s|$)", words):
        return False
    length = rules.zh_length(words) if lang == "zh" else len(rules.en_words(words))
    return length >= LEAST[lang]


def test_every_part_and_section_of_the_article_is_covered_in_order():
    assert {part: list(entry["sections"]) for part, entry in BRIEF.items()} == OUTLINE
    assert list(BRIEF) == list(OUTLINE)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_answer_stands_at_its_heading_and_opens_the_section(answer, lang):
    page, _, heading = answer.partition("#")
    path = page_file(ROOT, lang, page)
    assert path, f"data/brief.yml: {answer}: there is no docs/{lang}/{page}.md. Correct the address, or write the page."
    text = path.read_text("utf-8")
    assert heading in headings(text), (
        f"data/brief.yml: {answer}: {path.relative_to(ROOT)} has no heading #{heading}. It has: {', '.join(headings(text))}."
    )
    block = opening(text, heading)
    assert is_answer(block, lang), (
        f"{path.relative_to(ROOT)}, #{heading}: the section opens with {block[:40]!r}. Open it with a paragraph that answers."
    )


# The rule can fail --------------------------------------------------------------

SAMPLE = """# Title

## Whole answer { #whole }

Collectors may knock, but nobody may come in without your clear consent. {{ law("civil-code", "1033(2)") }}

- a point

## List first { #list }

- Collectors may knock, but nobody may come in without your clear consent.

## Figure first { #figure }

{{ figure("lpr") }}

Collectors may knock, but nobody may come in without your clear consent.

## Nothing first { #nothing }

### Below it { #below }

It depends.
"""


def test_headings_are_found_with_their_ids():
    assert headings(SAMPLE) == ["whole", "list", "figure", "nothing", "below"]


@pytest.mark.parametrize(
    ("heading", "answers"),
    [("whole", True), ("list", False), ("figure", False), ("nothing", False), ("below", False)],
)
def test_only_a_paragraph_that_says_something_is_an_answer(heading, answers):
    assert is_answer(opening(SAMPLE, heading), "en") is answers


def test_a_page_that_is_an_index_is_found_and_a_missing_one_is_not():
    assert page_file(ROOT, "zh", "help") == ROOT / "docs" / "zh" / "help" / "index.md"
    assert page_file(ROOT, "zh", "learn/nowhere") is None
