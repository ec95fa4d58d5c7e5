"""The contact log in a page: form, rules to count against, paper table, and the data for the browser.

The rules stand in the page's HTML with their chips, so that they can be read without JavaScript; log.js fills in the counts.
"""
from __future__ import annotations

import json
import re

from markupsafe import Markup

_WORDS = "log_js_"
# Words that log.js shares with the calculators, since outcome.js asks for them.
_SHARED = ("calc_js_copied", "calc_js_press_long", "calc_js_in_app", "calc_js_scroll")
FIELDS = ("date", "time", "how", "people", "loan", "who", "number", "words", "file")
HOWS = ("talk", "notice", "missed", "text", "visit", "third", "letter", "other")
PAPER_ROWS = 16

# Each rule with the values of data/limits.yml it shows, and the articles behind each of them.
_RULES = (
    ("quiet", "collection_quiet_hours", ((0, "gbt-45251-2025", "hours"), (1, "cba-collection-guideline-2026", "hours"))),
    ("talk", "calls_per_day_standard", ((1, "gbt-45251-2025", "calls-interactive"),)),
    ("notice", "calls_per_day_standard", ((0, "gbt-45251-2025", "calls-informative"),)),
    ("missed", "call_attempts_unanswered", ((0, "cba-collection-guideline-2026", "call-attempts"),)),
    ("third", "third_party_contact_trigger", ((0, "cba-collection-guideline-2026", "third-party-timing"), (1, "", ""))),
    ("visit", "visit_headcount", ((0, "cba-collection-guideline-2026", "visit-headcount"),)),
)
# The same numbers for the browser: limit and the unit of the value.
_NUMBERS = {
    "talk": ("calls_per_day_standard", "effective_interactive_calls_per_day"),
    "notice": ("calls_per_day_standard", "connected_informative_calls_per_day"),
    "missed": ("call_attempts_unanswered", "attempts_per_day_per_number"),
    "third_calls": ("third_party_contact_trigger", "failed_attempts_then_next_day"),
    "third_days": ("third_party_contact_trigger", "days_of_failed_attempts"),
    "people": ("visit_headcount", "persons"),
}


def limits(facts) -> dict:
    """What log-core.js counts against, from data/limits.yml.

    Raises:
        ValueError: A limit has no value of the unit that the log counts in, or the standard and the guideline name different hours.
    """
    hours = {value["value"] for value in facts.limit("collection_quiet_hours")["values"]}
    if len(hours) != 1:
        raise ValueError(f"collection_quiet_hours has several spans ({', '.join(sorted(hours))}). The log counts one: extend log-core.js.")
    start, end = hours.pop().split("-")
    found: dict = {"quiet": {"from": start, "to": end}}
    for key, (limit_id, unit) in _NUMBERS.items():
        values = [value["value"] for value in facts.limit(limit_id)["values"] if value["unit"] == unit]
        if len(values) != 1:
            raise ValueError(f'{limit_id} has {len(values)} values with the unit "{unit}". The log needs one.')
        found[key] = int(values[0])
    return found


def names(facts) -> list[dict]:
    """Heads and words of the CSV in each language, Chinese first."""
    return [
        {"columns": {field: facts.ui[f"log_column_{field}"][lang] for field in FIELDS},
         "how": {how: facts.ui[f"log_how_{how}"][lang] for how in HOWS}}
        for lang in ("zh", "en")
    ]


def render(site) -> str:
    """The log as one line of HTML.

    Args:
        site: The build's Site; the laws and limits shown here join the page's list of sources.
    """
    both = names(site.facts)
    words = {key.removeprefix(_WORDS): entry[site.lang] for key, entry in site.facts.ui.items() if key.startswith(_WORDS)}
    words |= {key.removeprefix("calc_js_"): site.words(key) for key in _SHARED}
    rules = [
        {"id": rule, "parts": [
            Markup(" ").join(part for part in (site.limit(limit_id, index), law and site.law(law, articles)) if part)
            for index, law, articles in parts
        ]}
        for rule, limit_id, parts in _RULES
    ]
    data = {"lang": site.lang, "words": words, "limits": limits(site.facts), "names": both}
    text = site.jinja.get_template("contact_log.html").render(
        fields=both[site.lang == "en"]["columns"], hows=both[site.lang == "en"]["how"], rules=rules, paper_rows=PAPER_ROWS,
        # "<" would let a text end the script element.
        data=Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")),
    )
    # One line: a blank one would end the HTML block inside Markdown.
    return re.sub(r"\s*\n\s*", "", text)
