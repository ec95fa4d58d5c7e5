"""The glossary in a page: its terms by group, and an index by first letter. Each term has an anchor that term() leads to."""
from __future__ import annotations

import unicodedata

from markupsafe import Markup
from mkdocs.utils import get_relative_url

PAGE = "glossary/"


def anchor(term_id: str) -> str:
    """Id of a term on the glossary's page."""
    return "term-" + term_id.replace("_", "-")


def address(term_id: str, page_url: str) -> str:
    """Where a page finds the term, relative to the page's own address."""
    return f"{get_relative_url(PAGE, page_url)}#{anchor(term_id)}"


def letters_of(term, lang: str) -> str:
    """What a term is sorted by: the letters of its pinyin in Chinese, of its name in English; 24% and marks do not count."""
    text = unicodedata.normalize("NFKD", term["pinyin"] if lang == "zh" else term["en"])
    return "".join(c for c in text.lower() if c.isascii() and c.isalpha())


def render(site, group: str) -> Markup:
    """The terms of one group in the order of data/glossary.yml.

    Raises:
        ValueError: No term has this group.
    """
    found = {term_id: term for term_id, term in site.facts.glossary.items() if term["group"] == group}
    if not found:
        groups = ", ".join(dict.fromkeys(term["group"] for term in site.facts.glossary.values()))
        raise ValueError(f"no term has this group. Use one of: {groups}.")
    return site._render("glossary.html", terms=[_entry(site, term_id, term) for term_id, term in found.items()])


def _entry(site, term_id: str, term) -> dict:
    lang = site.lang
    other = "en" if lang == "zh" else "zh"
    law_id, _, articles = term.get("law", "").partition(" ")
    return {
        "anchor": anchor(term_id), "id": term_id, "name": term[lang], "other": term[other], "pinyin": term["pinyin"],
        "explain": term["explain"][lang],
        "law": site._listed_law(law_id, articles) if law_id else "",
        "see_also": [(anchor(key), site.facts.glossary[key][lang]) for key in term.get("see_also", ())],
    }


def index(site) -> Markup:
    """Every term by its first letter, each a link to its entry."""
    letters: dict[str, list] = {}
    for term_id, term in sorted(site.facts.glossary.items(), key=lambda item: letters_of(item[1], site.lang)):
        letters.setdefault(letters_of(term, site.lang)[0].upper(), []).append((anchor(term_id), term[site.lang]))
    return site._render("glossary_index.html", letters=letters)
