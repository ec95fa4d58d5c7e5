"""Calculators in pages: form, worked example and table, computed at build, and the data for the browser.

Everything that belongs to one calculator stands in data/calculators/<slug>/calculator.yml; this module and
overrides/assets/js/calculator.js run any of them.
"""
from __future__ import annotations

import copy
import html
import importlib
import json
import re
from pathlib import Path

from markupsafe import Markup

from . import render_result
from .engine import limits
from .engine.money import divide_half_up, percent_to_ppm
from .number_format import fill, percent, percent_exact, prose_money, yuan

ROOT = Path(__file__).resolve().parent.parent
_WORDS = "calc_js_"
# Wording that only some calculators need, by the beginning of its key.
_WORDS_OF = {
    "lines": ("lines", "status_", "invoked_", "times_lpr", "above", "at", "below", "stand_in", "basis"),
    "list": ("wrong_list_", "note_list_", "understood_list"),
    "table": ("table_",),
    "paste": ("skipped",),
    "chart": ("chart_",),
    "date": ("weekday",),
}
# What a letter in Chinese needs on the English page.
_LETTER_WORDS = ("lang", "money", "day", "months", "join", "weekday_day", "weekdays", "year_count", "month_count", "span")
# Unit beside a field where its definition names no other.
_UNITS = {"money": "money", "count": "count", "rate": "rate", "daily_rate": "rate", "percent": "rate"}
# Parts of a field that the browser needs; labels, hints and options stand in the form.
_FIELD_KEYS = ("id", "short", "kind", "to", "show", "optional", "missing", "min", "max", "after", "usual", "row", "start")
_COLUMN_KEYS = ("id", "kind", "to", "label", "optional", "missing", "min", "max", "private")
# Parts of a limit that the engine reads, beside what the page shows.
_LIMIT_KEYS = ("decided_by", "binding_force", "invoked", "publish")
_VALUE_KEYS = ("value", "unit", "from", "until", "term_months_max", "deadline")


class CalculatorError(ValueError):
    """A definition or a call that cannot be right; the message says where and how to mend it."""


def pick(value, lang: str):
    """The same structure with every {zh, en} replaced by its text in one language."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return value[lang]
        return {key: pick(item, lang) for key, item in value.items()}
    return [pick(item, lang) for item in value] if isinstance(value, list) else value


def definition(slug: str, facts) -> dict:
    """calculator.yml of a calculator, with what it may leave out filled in and the law's numbers put in.

    Raises:
        CalculatorError: There is no such calculator, or it names a fact that is not in data/.
    """
    if slug not in facts.calculators:
        known = ", ".join(facts.calculators) or "none yet"
        raise CalculatorError(f"data/calculators/{slug}/calculator.yml is missing. There are: {known}.")
    given = dict(facts.calculators[slug])
    for key in ("names", "messages", "chips", "conventions", "rules", "constants", "laws", "examples", "figures", "sentences"):
        given.setdefault(key, {})
    given.setdefault("changes", [])
    given["answers"] = [_always(entry) for entry in given["answers"]]
    given["blocks"] = [_always(entry) | _block(entry) for entry in given["blocks"]]
    given["messages"] = {key: {"with": [], "chips": []} | entry for key, entry in given["messages"].items()}
    if "calendar" in given:
        given["calendar"] = {"to": given["calendar"], "data": facts.holidays_for_engine}
    given["constants"] = {path: _constant(slug, path, entry, facts) for path, entry in given["constants"].items()}
    return given


def _always(entry: dict) -> dict:
    return {"if": {}, "has": [], "with": []} | entry


def _block(entry: dict) -> dict:
    if entry["type"] == "table":
        return {"open": entry.get("open", True)}
    if entry["type"] == "letter":
        over = {"hand_over": {"with": []} | entry["hand_over"]} if "hand_over" in entry else {}
        return over | {key: [_always(part) for part in entry[key]] for key in ("chinese", "english") if key in entry}
    return {}


def _constant(slug: str, path: str, entry: dict, facts) -> dict:
    """A number of data/limits.yml as both engines read it: {"int": "175"} or {"text": "2014-08-01"}."""
    where = f"data/calculators/{slug}/calculator.yml: constants: {path}"
    limit = facts.limits.get(entry["limit"])
    if limit is None:
        raise CalculatorError(f'{where}: "{entry["limit"]}" is not in data/limits.yml. Add it there, or mend the name.')
    if limit["publish"] == "hold":
        raise CalculatorError(f'{where}: "{entry["limit"]}" is on hold and may not be used. Leave it out.')
    number = entry.get("value", 0)
    if number >= len(limit["values"]):
        raise CalculatorError(f'{where}: "{entry["limit"]}" has {len(limit["values"])} values; {number} is not one of them (they count from 0).')
    value = limit["values"][number]["value"]
    if entry["as"] in ("text", "from"):
        return {"text": limit["values"][number]["from"] if entry["as"] == "from" else value}
    try:
        return {"int": str(percent_to_ppm(value) if entry["as"] == "ppm" else int(value))}
    except ValueError as error:
        raise CalculatorError(f'{where}: "{value}" is not a number. Choose another value of "{entry["limit"]}".') from error


def with_constants(given: dict, inputs: dict) -> dict:
    """Engine inputs with the definition's constants and calendar put in.

    Args:
        given: From definition or browser_data.
    """
    inputs = copy.deepcopy(inputs)
    for path, value in given["constants"].items():
        # What the reader left out stays out: a constant fills a group of inputs, it does not make one.
        *parents, last = path.split(".")
        into = inputs
        for key in parents:
            into = into.get(key) if isinstance(into, dict) else None
        if isinstance(into, dict):
            into[last] = int(value["int"]) if "int" in value else value["text"]
    if "calendar" in given:
        inputs[given["calendar"]["to"]] = given["calendar"]["data"]
    return inputs


def compute(given: dict, inputs: dict) -> dict:
    """Run a calculator's formula on engine inputs; given as in with_constants."""
    module = importlib.import_module(f".engine.{given['module']}", __package__)
    return getattr(module, given["function"])(with_constants(given, inputs))


def words(lang: str, facts, given: dict | None = None) -> dict[str, str]:
    """Wording that goes into the page, by key without its prefix; with a definition, only what that one needs."""
    found = {key.removeprefix(_WORDS): entry[lang] for key, entry in facts.ui.items() if key.startswith(_WORDS)}
    if given is not None:
        kinds = {field["kind"] for field in _fields(given)}
        blocks = {block["type"] for block in given["blocks"]}
        has = {"lines": "lines" in given, "list": "list" in kinds, "table": "table" in kinds, "paste": bool({"list", "table"} & kinds), "chart": "chart" in blocks, "date": "events" in blocks or " date" in str(given)}
        for part, beginnings in _WORDS_OF.items():
            if not has[part]:
                found = {key: text for key, text in found.items() if not key.startswith(beginnings)}
    return found | {"lang": lang}


def _fields(given: dict) -> list[dict]:
    return [field for group in given["groups"] for field in group["fields"]]


def _limit_ids(given: dict, facts) -> list[str]:
    if "lines" not in given:
        return []
    ids = dict.fromkeys(key for table in limits.PURPOSES[given["lines"]["purpose"]].values() for key in table)
    # Not a line of its own: it holds the day between the old and the new rule.
    ids["private_lending_transition"] = None
    return [key for key in ids if key in facts.limits and facts.limits[key]["publish"] != "hold"]


def used_facts(slug: str, facts) -> list[tuple[str, str, list[str]]]:
    """Laws (with articles) and limits behind a calculator, for the page's list of sources."""
    given = definition(slug, facts)
    laws = [("law", law, list(keys)) for law, keys in given["laws"].items()]
    laws += [("law", chip["law"], [key.strip() for key in chip["articles"].split(",")]) for chip in given["chips"].values()]
    fixed = [entry["limit"] for entry in facts.calculators[slug].get("constants", {}).values()]
    return laws + [("limit", key, []) for key in dict.fromkeys([*_limit_ids(given, facts), *fixed])]


def _badge(markup: str) -> tuple[str, str]:
    # The page's badges are made in one place only; the browser gets their class and wording from there.
    force, text = re.match(r'<span class="badge badge--([\w-]+)">([^<]*)<', str(markup)).groups()
    return force, html.unescape(text)


def browser_data(slug: str, lang: str, facts, site) -> dict:
    """What calculator.js and render_result need, in one language."""
    full = definition(slug, facts)
    given = pick(full, lang)
    fields = []
    for group in given["groups"]:
        for field in group["fields"]:
            entry = {key: field[key] for key in _FIELD_KEYS if field.get(key) is not None}
            if field["kind"] == "choice":
                entry.setdefault("usual", field["options"][0]["value"])
            if field["kind"] == "fees":
                entry["items"] = [{"id": item["id"]} for item in field["items"]]
            if field["kind"] == "table":
                entry["columns"] = [{key: column[key] for key in _COLUMN_KEYS if column.get(key) is not None} for column in field["columns"]]
            fields.append(entry)
    wanted = ("module", "function", "version", "changes", "answers", "blocks", "names", "messages", "conventions", "rules", "constants", "calendar", "ics")
    data = {key: given[key] for key in wanted if key in given}
    data |= {"fields": fields, "words": words(lang, facts, given)}
    if lang == "zh":
        # What a Chinese letter means is said to those who do not read it.
        data["blocks"] = [{key: part for key, part in block.items() if key != "english"} for block in data["blocks"]]
    groups = [{"id": group["id"], "show": group["show"]} for group in given["groups"] if group.get("show")]
    if groups:
        data["groups"] = groups
    if given["chips"]:
        data["chips"] = {key: site.law_chip(chip["law"], chip["articles"]) for key, chip in given["chips"].items()}
    if any(block["type"] == "letter" for block in given["blocks"]):
        data["words_zh"] = {key: text for key, text in words("zh", facts, given).items() if key in _LETTER_WORDS}
    if "lines" not in given:
        return data
    lender = next(field for field in _fields(given) if field["id"] == given["lines"]["lender"])
    limits = {}
    for key in _limit_ids(given, facts):
        limit = facts.limits[key]
        entry = {name: limit[name] for name in _LIMIT_KEYS if limit.get(name) is not None}
        # In order of date: data/limits.yml puts the value in force first.
        values = sorted(limit["values"], key=lambda value: value["from"] or "")
        entry["values"] = [{name: value[name] for name in _VALUE_KEYS if name in value} for value in values]
        if key != "private_lending_transition":
            entry["force"], entry["badge"] = _badge(site.limit_badge(limit))
            entry |= {"name": limit["name"][lang], "display": limit["values"][0]["display"][lang], "caveat": limit["caveat"][lang],
                      "report": site.report(limit)}
        limits[key] = entry
    return data | {
        "lines": given["lines"],
        "lender_types": {option["value"]: option["label"] for option in lender["options"]},
        "limits": limits,
        "lpr": [{name: row[name] for name in ("effective_date", "lpr_1y_percent")} for row in facts.lpr],
        "lpr_verified_until": facts.lpr_notes["verified_until"],
    }


def lines_of(data: dict, case: dict, result: dict, typed_lpr_ppm: int | None = None) -> list[dict]:
    """Legal lines beside the result of an example."""
    if "lines" not in data or "lender" not in case:
        return []
    given = data["lines"]
    found = limits.comparison_lines(
        case["lender"], case.get("contract_date"), data["limits"], data["lpr"], data["lpr_verified_until"],
        typed_lpr_ppm, case["inputs"].get("received_date"), result.get("within_one_month"), given["purpose"],
    )
    if "measure" not in given:
        return found
    module = importlib.import_module(f".engine.{data['module']}", __package__)
    return getattr(module, given["measure"])(result, found)


def _worked(given: dict, words: dict, site) -> dict | None:
    """A table of typical cases, computed at build: {title, note, head: labels, rows: texts}."""
    table = given.get("worked")
    if not table:
        return None
    if "monthly_fee_ppm" in table:
        return _flat_fees(given, table, words, site)
    down, across = table["rows"], table["columns"]

    def label(axis: dict, value: object) -> str:
        return fill(axis["label"], render_result.show({"value": value}, f"value {axis['as']}", given, words))

    def cell(row: object, column: object) -> str:
        inputs = copy.deepcopy(table["base"])
        for axis, value in ((down, row), (across, column)):
            *parents, last = axis["path"].split(".")
            into = inputs
            for key in parents:
                into = into[int(key)] if isinstance(into, list) else into.setdefault(key, {})
            into[int(last) if isinstance(into, list) else last] = value
        result = compute(given, inputs)
        return render_result.show(result, table["cell"], given, words) or table.get("empty", "")

    rows = [[label(down, row), *(cell(row, column) for column in across["values"])] for row in down["values"]]
    return {"title": table["title"], "note": table["note"], "rows": rows,
            "head": [table["corner"], *(label(across, column) for column in across["values"])]}


def _flat_fees(given: dict, table: dict, words: dict, site) -> dict:
    """Loans with a flat monthly fee (等本等息): amounts x periods x fee."""

    def instalment(amount_fen: int, periods: int, fee_ppm: int) -> int:
        # An equal part of the principal and the fee on the first amount, rounded once, as lenders do.
        return divide_half_up(amount_fen * (10**6 + fee_ppm * periods), periods * 10**6)

    middle = table["amounts_fen"][len(table["amounts_fen"]) // 2]
    rows = []
    for fee in table["monthly_fee_ppm"]:
        for periods in table["periods"]:
            plan = {"kind": "equal", "instalment_fen": instalment(middle, periods, fee), "periods": periods, "period": "month"}
            rate = compute(given, {"contract_amount_fen": middle, "repayment": plan})["rate"]
            rows.append([
                percent_exact(fee), str(periods), percent(rate["nominal_annual_rate_ppm"], 2), percent(rate["effective_annual_rate_ppm"], 2),
                *(yuan(instalment(amount, periods, fee)) for amount in table["amounts_fen"]),
            ])
    head = [site.words(f"calc_worked_{key}") for key in ("fee", "periods", "nominal", "effective")]
    head += [site.words("calc_worked_amount", prose_money(amount, words["lang"])) for amount in table["amounts_fen"]]
    return {"title": site.words("calc_worked_title"), "note": site.words("calc_worked_note"), "head": head, "rows": rows}


def _json(data: dict) -> Markup:
    # "<" would let a text end the script element.
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))


def render_calculator(slug: str, lang: str, facts, site, embed_url: str = "") -> str:
    """Form, worked example and table, and the data for the browser, as one line of HTML.

    Args:
        embed_url: Absolute address of the page that others may frame; empty on that page itself.
    """
    given = pick(definition(slug, facts), lang)
    data = browser_data(slug, lang, facts, site)
    usual = {field["id"]: field.get("usual", field["options"][0]["value"]) for field in _fields(given) if field["kind"] == "choice"}

    def hidden(entry: dict) -> bool:
        show = entry.get("show")
        if not show:
            return False
        wanted = show.get("is", "")
        return usual.get(show["field"]) not in (wanted if isinstance(wanted, list) else [wanted])

    # The template runs with strict names: what a definition leaves out is filled in here.
    for group in given["groups"]:
        group |= {"fold": group.get("fold", False), "note": group.get("note", ""), "hidden": hidden(group)}
        for field in group["fields"]:
            field["hidden"] = hidden(field)
            for entry in (field, *field.get("columns", [])):
                for key in ("hint", "form", "optional", "unit", "usual"):
                    entry.setdefault(key, "")
    case = next(iter(given["examples"].values()))
    result = compute(data, case["inputs"])
    first, *more = render_result.detail(data, data["words"], result, lines_of(data, case, result), "calc-example", site.words("calc_example_of"))
    example = {
        "caption": case["caption"],
        "answer": render_result.answer(data, data["words"], result),
        "summary": render_result.to_html(first),
        "more": Markup("").join(render_result.to_html(node) for node in more),
    }
    units = {kind: site.words(f"calc_unit_{unit}") for kind, unit in _UNITS.items()}
    text = site.jinja.get_template("calculator.html").render(
        slug=slug, d=given, units=units, example=example, worked=_worked(data | given, data["words"], site), data=_json(data),
        embedded=not embed_url, embed_url=embed_url, has_letter="words_zh" in data, has_ics="ics" in data,
    )
    # One line: a blank one would end the HTML block inside Markdown.
    return re.sub(r"\s*\n\s*", "", text)


def _case(slug: str, name: str, facts) -> dict:
    """Engine inputs of a named case, from calculator.yml or cases.json."""
    examples = definition(slug, facts).get("examples", {})
    if name in examples:
        return examples[name]["inputs"]
    path = ROOT / "data" / "calculators" / slug / "cases.json"
    cases = json.loads(path.read_text("utf-8")) if path.is_file() else []
    for case in cases if isinstance(cases, list) else cases.get("cases", []):
        if case["id"] == name:
            return case["inputs"]
    known = ", ".join(examples)
    raise CalculatorError(f'"{name}" is neither in calculator.yml (examples: {known}) nor in cases.json. Add it there first.')


# Pages quote several figures of one case, in both languages.
_results: dict[tuple[int, str, str], dict] = {}


def _worked_out(slug: str, case: str, given: dict, facts) -> dict:
    key = (id(facts), slug, case)
    if key not in _results:
        _results[key] = compute(given, _case(slug, case, facts))
    return _results[key]


def example(slug: str, case: str, key: str, lang: str, facts) -> str:
    """A figure that the engine works out from a named case, for a sentence.

    Args:
        slug: Calculator.
        case: Name below `examples` in calculator.yml, or the id of a case in cases.json.
        key: Name below `figures` or `sentences` in calculator.yml.
    Raises:
        CalculatorError: One of the names is not there, or the case has no such figure.
    """
    given = definition(slug, facts)
    sentence = given["sentences"].get(key)
    if sentence is None and key not in given["figures"]:
        known = ", ".join([*given["figures"], *given["sentences"]])
        raise CalculatorError(f'there is no figure "{key}". Use one of: {known}.')
    result = _worked_out(slug, case, given, facts)
    specs = sentence["with"] if sentence else [given["figures"][key]]
    for spec in specs:
        if render_result.at(result, spec.split(" ")[0]) is None:
            raise CalculatorError(f'case "{case}" has no "{key}" (status: {result["status"]}).')
    shown = [render_result.show(result, spec, pick(given, lang), words(lang, facts)) for spec in specs]
    return fill(sentence["text"][lang], *shown) if sentence else shown[0]
