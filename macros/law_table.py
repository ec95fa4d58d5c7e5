"""The list of rules by force, its filter, and tables of old and new article numbers.

Everything stands in the page's HTML; law-filter.js only hides what the reader did not ask for.
"""
from __future__ import annotations

from collections import Counter

from markupsafe import Markup
from mkdocs.utils import get_relative_url

from . import data
from .articles import article_name

PAGE = "learn/law/"
# In the order of their force; the page has one section for each.
FORCES = (
    "law", "judicial-interpretation", "court-policy", "local-regulation",
    "department-rule", "recommended-standard", "self-regulation",
)
# What was in force stands first within its degree.
_STATUS = ("in-force", "draft", "repealed")


def anchor(law_id: str) -> str:
    """Id of an instrument on the page of rules."""
    return "law-" + law_id


def address(law_id: str, page_url: str) -> str:
    """Where a page finds the instrument in the list of rules, relative to the page's own address."""
    return f"{get_relative_url(PAGE, page_url)}#{anchor(law_id)}"


def listed(facts: data.Facts, force: str | None = None) -> dict[str, dict]:
    """Instruments of the list in its order: by force, then what holds before drafts and repealed texts."""
    chosen = [(law_id, law) for law_id, law in facts.laws.items() if law.get("topics") and force in (None, law["force"])]
    chosen.sort(key=lambda item: (FORCES.index(item[1]["force"]), _STATUS.index(item[1]["status"])))
    return dict(chosen)


def articles_shown(facts: data.Facts, law_id: str, used=()) -> list[str]:
    """Keys of the articles that the list shows: `listed` (else all) and those the page's own text names, in the order of the file."""
    law = facts.laws[law_id]
    wanted = {*law.get("listed", law["articles"]), *used}
    return [key for key in law["articles"] if key in wanted]


def render(site, force: str) -> Markup:
    """The instruments of one degree of force.

    Raises:
        ValueError: The force is unknown.
    """
    if force not in FORCES:
        raise ValueError(f"unknown force. Use one of: {', '.join(FORCES)}.")
    rules = [_rule(site, law_id, law) for law_id, law in listed(site.facts, force).items()]
    return site._render("law_table.html", force=force, rules=rules)


def _rule(site, law_id: str, law) -> dict:
    lang = site.lang
    separator = site.words("list_separator")
    shown = articles_shown(site.facts, law_id, site.page_facts.laws.get(law_id, ()))
    whole = site.report(law)
    articles = []
    for key in shown:
        entry = law["articles"][key]
        report = site.report(entry, law)
        # What holds of the whole instrument is said once, at its head.
        articles.append({"name": data.article_label(law, key, lang), "says": entry["says"][lang], "report": "" if report == whole else report})
    site._note_expiry(law, law["title"][lang])
    return {
        "anchor": anchor(law_id), "title": site._title(law), "badge": site._status_badge(law),
        "head": site.words("sentence_separator").join(filter(None, [law.get("number"), law["issuer"][lang], site._since(law)])),
        "binds": separator.join(site.words("law_binds_" + code.replace("-", "_")) for code in _bound(law)) or site.words("law_binds_nobody"),
        "codes": " ".join(_bound(law)),
        "topics": separator.join(site.words("law_topic_" + topic) for topic in law["topics"]),
        "replaces": law["replaces"][lang] if law.get("replaces") else "",
        "note": law["note"][lang] if law.get("note") else "",
        "trust": site.words("sentence_separator").join(filter(None, [whole, site._grade(law["confidence"])])),
        "url": site.facts.sources[law["source"]].get("url"),
        "articles": articles,
    }


def _bound(law) -> list[str]:
    """Whom a text binds: a draft or a repealed text nobody."""
    return law["binds"] if law["status"] == "in-force" else []


def filter_form(site) -> Markup:
    """The form that law-filter.js works with; hidden until it does."""
    rules = listed(site.facts).values()
    codes = Counter(code for law in rules for code in _bound(law))
    present = [force for force in FORCES if any(law["force"] == force for law in rules)]
    return site._render("law_filter.html", forces=present, codes=sorted(codes, key=lambda code: (-codes[code], code)), total=len(rules))


def renumbering(site, table_id: str) -> Markup:
    """Old and new article numbers side by side, with what each article says.

    Raises:
        ValueError: There is no such table.
    """
    table = site.facts.renumbering.get(table_id)
    if table is None:
        raise ValueError(f"there is no such table in data/renumbering.yml. Use one of: {', '.join(site.facts.renumbering)}.")
    lang = site.lang
    old, new = site.facts.laws[table["old"]], site.facts.laws[table["new"]]
    for text in ("old", "new"):
        # The table says itself what the articles say.
        site._use_law(table[text], [])
    rows = []
    for row in table["rows"]:
        keys = [key.strip() for key in row["old"].split(",")] if row["old"] else []
        says = [old["articles"][key]["says"][lang] for key in keys if key in old["articles"]]
        rows.append({
            "conduct": row["conduct"][lang],
            "old": site.words("list_separator").join(article_name(key, lang) for key in keys) or site.words("law_old_none"),
            "old_says": " ".join(says),
            "new": data.article_label(new, row["new"], lang), "new_says": new["articles"][row["new"]]["says"][lang],
            "change": row["change"][lang] if row.get("change") else "",
        })
    return site._render("renumbering.html", rows=rows, old=site._title(old), new=site._title(new))
