"""Letters: what data/letters.yml holds -> the letter on paper, its explanations, and what the browser needs to fill it in.

In a letter, 【label】 is a place to fill in. The parsing is pure, so that data.py can check the file with it; rendering
goes through a Site, which knows the language and remembers the facts that a page used.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

BLANK = re.compile(r"【([^【】]+)】")
# Beside the placeholders of data.py: a reference in the middle of a text, and the badge of our own advice.
_OWN = re.compile(r"\{(?:law:(?P<law>[a-z0-9-]+):(?P<articles>[^{}]+)|advice)\}")
_NUMBER = re.compile(r"\{limit:(?P<limit>[a-z0-9_-]+)(?::(?P<index>\d+))?\}|\{(?P<channel>\d+)\}")


def blanks(text: str) -> list[str]:
    """Chinese labels of the fields that a text names, in order of first use."""
    return list(dict.fromkeys(BLANK.findall(text)))


def references(text: str) -> list[tuple[str, str]]:
    """(law id, article keys) of every {law:...} in a text."""
    return [(m["law"], m["articles"]) for m in _OWN.finditer(text) if m["law"]]


def without_references(text: str) -> str:
    """A text as data.py checks it: with the placeholders that all files share, and no others."""
    return _OWN.sub("", text)


def split_basis(basis: str) -> tuple[str, str]:
    """"civil-code 543, 678" -> ("civil-code", "543, 678")."""
    law_id, _, articles = basis.partition(" ")
    return law_id, articles


def texts(letter: Mapping) -> Iterator[tuple[tuple, Mapping]]:
    """Every text of a letter in two languages, with its path below the letter."""
    for key in ("name", "use"):
        yield (key,), letter[key]
    for index, part in enumerate(letter["parts"]):
        for key in ("option", "explain"):
            if key in part:
                yield ("parts", index, key), part[key]
    for key in ("attach", "send", "never"):
        for index, text in enumerate(letter[key]):
            yield (key, index), text


# Rendering ---------------------------------------------------------------------


def index(site) -> Markup:
    """The letters as links to their places on the page, and the fields for the browser."""
    fields = {}
    for field_id, field in site.facts.letters["fields"].items():
        fields[field["label"]["zh"]] = {"id": field_id, "label": field["label"][site.lang], "hint": field.get("hint", {}).get(site.lang, ""),
                                        **{key: field[key] for key in ("kind", "short", "usual") if key in field}}
    words = {key.removeprefix("letters_js_"): entry[site.lang] for key, entry in site.facts.ui.items() if key.startswith("letters_js_")}
    names = [(letter_id, letter["name"][site.lang]) for letter_id, letter in site.facts.letters["letters"].items()]
    return site._render("letters.html", names=names, browser={"fields": fields, "words": words}, part="index")


def render(letter_id: str, site) -> Markup:
    """One letter: when it serves, its text, what each paragraph says and rests on, attachments, where to, what never to write."""
    letter = site.facts.letters["letters"][letter_id]
    ids = {field["label"]["zh"]: field_id for field_id, field in site.facts.letters["fields"].items()}
    parts = []
    for number, part in enumerate(letter["parts"], 1):
        option = part.get("option")
        why = [_rich(part["explain"][site.lang], site)]
        why += [site._brief_law(dict(zip(("law", "articles"), split_basis(basis)))) for basis in part.get("rests", ())]
        why += [site.advice()] if part.get("advice") else []
        parts.append({"number": number, "text": _letter_text(part["text"], ids, site), "option": option and option[site.lang],
                      "usual": not option or part.get("usual", False), "why": Markup(" ").join(why)})
    closing = _letter_text("【姓名】\n【写信日期】", ids, site)
    lists = [(key, [_rich(text[site.lang], site) for text in letter[key]]) for key in ("attach", "send", "never")]
    return site._render("letters.html", part="letter", id=letter_id, name=letter["name"][site.lang], heading=letter.get("heading") or letter["name"]["zh"],
                        use=_rich(letter["use"][site.lang], site), parts=parts, closing=closing, lists=lists)


def _rich(text: str, site) -> Markup:
    """A text with its references, numbers, channels and badges put in."""
    parts, end = [], 0
    for match in _OWN.finditer(text):
        parts += [site._worded(text[end : match.start()]),
                  site._brief_law({"law": match["law"], "articles": match["articles"]}) if match["law"] else site.advice()]
        end = match.end()
    return Markup("").join([*parts, site._worded(text[end:])])


def _letter_text(text: str, ids: Mapping[str, str], site) -> Markup:
    """A paragraph of the letter, always in Chinese: numbers as plain text, blanks marked, lines kept."""

    def number(match: re.Match) -> str:
        if match["channel"]:
            return site.facts.hotline(match["channel"])["number"]
        site._use_limit(match["limit"])
        return site.facts.limit(match["limit"])["values"][int(match["index"] or 0)]["display"]["zh"]

    parts, end, text = [], 0, _NUMBER.sub(number, text)
    for match in BLANK.finditer(text):
        parts += [escape(text[end : match.start()]), Markup('<mark class="blank" data-field="{}">{}</mark>').format(ids[match[1]], match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])]).replace("\n", Markup("<br>"))
