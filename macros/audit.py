"""The checklist for an audit of collection: a table for each group of data/audit.yml, made to be printed and ticked on paper."""
from __future__ import annotations

from markupsafe import Markup

from . import data

# The order of references in an item: what was written for collection comes first, then the rest by force.
_ORDER = ("recommended-standard", "self-regulation", "law", "judicial-interpretation", "court-policy", "local-regulation", "department-rule")
# How binding an item is, strongest first, with the forces that make it so.
DUTIES = {
    "law": ("law", "judicial-interpretation"),
    "rule": ("department-rule", "court-policy", "local-regulation"),
    "recommended": ("recommended-standard",),
    "self-regulation": ("self-regulation",),
    "advice": (),
}


def duty(item, facts: data.Facts) -> str:
    """How binding an item is: a key of DUTIES, taken from the strongest text it rests on; advice outranks none of them."""
    if item.get("advice"):
        return "advice"
    forces = {facts.laws[basis["law"]]["force"] for basis in item["laws"]}
    return next(name for name, covers in DUTIES.items() if forces & set(covers))


def in_order(item, facts: data.Facts) -> list:
    """The references of an item: the national standard, the association's guideline, law, department rules."""
    return sorted(item.get("laws", ()), key=lambda basis: _ORDER.index(facts.laws[basis["law"]]["force"]))


def render(site) -> Markup:
    """All groups, with a key of the texts behind them; numbers such as 3.2 stand for group and item."""
    facts, lang = site.facts, site.lang
    used: dict[str, None] = {}
    groups = []
    for number, (group_id, group) in enumerate(facts.audit.items(), 1):
        items = []
        for place, (item_id, item) in enumerate(group["items"].items(), 1):
            bases = in_order(item, facts)
            used.update(dict.fromkeys(basis["law"] for basis in bases))
            items.append({
                "anchor": f"audit-{item_id}", "number": f"{number}.{place}", "duty": duty(item, facts),
                "ask": site._worded(item["ask"][lang]), "look": site._worded(item["evidence"][lang]),
                "note": site._worded(item["note"][lang]) if item.get("note") else "",
                "bases": [_reference(site, basis) for basis in bases], "related": bool(item.get("advice")),
            })
        groups.append({"anchor": f"audit-{group_id}", "number": number, "title": group["title"][lang], "items": items})
    texts = sorted(used, key=lambda law_id: _ORDER.index(facts.laws[law_id]["force"]))
    return site._render("audit.html", groups=groups, texts=[_text(site, law_id) for law_id in texts], duties=DUTIES)


def _reference(site, basis) -> dict:
    """Name of the clause, its force, its grade and, where it differs from the whole text's, who reported it."""
    law_id, keys = basis["law"], [key.strip() for key in basis["articles"].split(",")]
    law = site.facts.laws[law_id]
    site._use_law(law_id, keys)
    chip = site.law_chip(law_id, basis["articles"])
    entries = [law["articles"][key] for key in keys]
    grades = dict.fromkeys((entry.get("confidence") or law["confidence"])["grade"] for entry in entries)
    whole = site.report(law)
    reports = dict.fromkeys(filter(None, (site.report(entry, law) for entry in entries)))
    # The reporters of a whole text are named once, in the key.
    told = [site.words("audit_reported") if report == whole else report for report in reports]
    trust = [site.words("audit_grade", site.words("list_separator").join(grades)), *told]
    return {**chip, "trust": site.words("sentence_separator").join(trust)}


def _text(site, law_id: str) -> dict:
    """One text of the key: its force, whom it binds, since when, who reported it, its grade."""
    law = site.facts.laws[law_id]
    codes = site.words("list_separator").join(site.words("law_binds_" + code.replace("-", "_")) for code in law.get("binds", ()))
    about = (
        codes and site.words("law_binds") + codes, site._since(law, short=True), site.report(law),
        site.words("audit_grade", law["confidence"]["grade"]),
    )
    return {
        "href": f"#ref-{law_id}", "title": site._title(law), "badge": site._status_badge(law),
        "about": site.words("sentence_separator").join(filter(None, about)),
    }
