"""Calculators in pages: form, worked example and table, computed at build, and the data for the browser.

Everything that belongs to one calculator stands in data/calculators/<slug>/calculator.yml; this module and
overrides/assets/js/calculator.js run any of them.
"""
from __future__ import annotations

import html
import importlib
import json
import re
from pathlib import Path

from markupsafe import Markup

from . import render_result
from .engine.limits import LINES, comparison_lines
from .engine.money import divide_half_up
from .number_format import percent, percent_exact, prose_money, yuan

ROOT = Path(__file__).resolve().parent.parent
_WORDS = "calc_js_"
# Parts of a field that the browser needs; labels, hints and options stand in the form.
_FIELD_KEYS = ("id", "short", "kind", "to", "show", "optional", "missing", "min", "max", "after")
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
    """calculator.yml of a calculator.

    Raises:
        CalculatorError: There is no such calculator.
    """
    if slug not in facts.calculators:
        known = ", ".join(facts.calculators) or "none yet"
        raise CalculatorError(f"data/calculators/{slug}/calculator.yml is missing. There are: {known}.")
    return facts.calculators[slug]


def compute(given: dict, inputs: dict) -> dict:
    """Run a calculator's formula on engine inputs."""
    module = importlib.import_module(f".engine.{given['module']}", __package__)
    return getattr(module, given["function"])(inputs)


def words(lang: str, facts) -> dict[str, str]:
    """Wording that goes into the page, by key without its prefix."""
    return {key.removeprefix(_WORDS): entry[lang] for key, entry in facts.ui.items() if key.startswith(_WORDS)}


def _limit_ids(given: dict, facts) -> list[str]:
    if "lines" not in given:
        return []
    ids = dict.fromkeys(limit for limits in LINES.values() for limit in limits)
    # Not a line of its own: it holds the day between the old and the new rule.
    ids["private_lending_transition"] = None
    return [key for key in ids if key in facts.limits and facts.limits[key]["publish"] != "hold"]


def used_facts(slug: str, facts) -> list[tuple[str, str, list[str]]]:
    """Laws (with articles) and limits behind a calculator, for the page's list of sources."""
    given = definition(slug, facts)
    laws = [("law", law, list(keys)) for law, keys in given.get("laws", {}).items()]
    return laws + [("limit", key, []) for key in _limit_ids(given, facts)]


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
                entry["usual"] = field["options"][0]["value"]
            if field["kind"] == "fees":
                entry["items"] = [{"id": item["id"]} for item in field["items"]]
            fields.append(entry)
    data = {key: given[key] for key in ("module", "function", "version", "answers", "summary", "bars", "rows")}
    data |= {"fields": fields, "words": words(lang, facts)}
    if "lines" not in given:
        return data
    lender = next(field for group in given["groups"] for field in group["fields"] if field["id"] == given["lines"]["lender"])
    limits = {}
    for key in _limit_ids(given, facts):
        limit = facts.limits[key]
        entry = {name: limit[name] for name in _LIMIT_KEYS if limit.get(name) is not None}
        # In order of date: data/limits.yml puts the value in force first.
        values = sorted(limit["values"], key=lambda value: value["from"] or "")
        entry["values"] = [{name: value[name] for name in _VALUE_KEYS if name in value} for value in values]
        if key != "private_lending_transition":
            entry["force"], entry["badge"] = _badge(site.limit_badge(limit))
            entry |= {"name": limit["name"][lang], "display": values[-1]["display"][lang], "caveat": limit["caveat"][lang],
                      "report": site.report(limit)}
        limits[key] = entry
    return data | {
        "lines": given["lines"],
        "lender_types": {option["value"]: option["label"] for option in lender["options"]},
        "limits": limits,
        "lpr": [{name: row[name] for name in ("effective_date", "lpr_1y_percent")} for row in facts.lpr],
        "lpr_verified_until": facts.lpr_notes["verified_until"],
    }


def lines_of(data: dict, case: dict, result: dict) -> list[dict]:
    """Legal lines beside the result of an example."""
    if "lines" not in data or "lender" not in case:
        return []
    return comparison_lines(
        case["lender"], case.get("contract_date"), data["limits"], data["lpr"], data["lpr_verified_until"],
        None, case["inputs"].get("received_date"), result["within_one_month"],
    )


def _worked(given: dict, lang: str) -> dict | None:
    """Table of loans with a flat monthly fee (等本等息): amounts x periods x fee."""
    table = given.get("worked")
    if not table:
        return None

    def instalment(amount_fen: int, periods: int, fee_ppm: int) -> int:
        # An equal part of the principal and the fee on the first amount, rounded once, as lenders do.
        return divide_half_up(amount_fen * (10**6 + fee_ppm * periods), periods * 10**6)

    middle = table["amounts_fen"][len(table["amounts_fen"]) // 2]
    rows = []
    for fee in table["monthly_fee_ppm"]:
        for periods in table["periods"]:
            plan = {"kind": "equal", "instalment_fen": instalment(middle, periods, fee), "periods": periods, "period": "month"}
            rate = compute(given, {"contract_amount_fen": middle, "repayment": plan})["rate"]
            rows.append({
                "fee": percent_exact(fee), "periods": periods,
                "nominal": percent(rate["nominal_annual_rate_ppm"], 2),
                "effective": percent(rate["effective_annual_rate_ppm"], 2),
                "instalments": [yuan(instalment(amount, periods, fee)) for amount in table["amounts_fen"]],
            })
    return {"rows": rows, "amounts": [prose_money(amount, lang) for amount in table["amounts_fen"]]}


def _json(data: dict) -> Markup:
    # "<" would let a text end the script element.
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))


def render_calculator(slug: str, lang: str, facts, site) -> str:
    """Form, worked example and table, and the data for the browser, as one line of HTML."""
    given = pick(definition(slug, facts), lang)
    data = browser_data(slug, lang, facts, site)
    usual = {field["id"]: field["options"][0]["value"] for group in given["groups"] for field in group["fields"] if field["kind"] == "choice"}
    # The template runs with strict names: what a definition leaves out is filled in here.
    for group in given["groups"]:
        group |= {"fold": group.get("fold", False), "note": group.get("note", "")}
        for field in group["fields"]:
            show = field.get("show")
            field["hidden"] = bool(show) and usual.get(show["field"]) != show.get("is", "")
            for key in ("hint", "form", "optional"):
                field.setdefault(key, "")
    case = next(iter(given["examples"].values()))
    result = compute(given, case["inputs"])
    summary, *more = render_result.detail(data, data["words"], result, lines_of(data, case, result), "calc-example", site.words("calc_example_of"))
    example = {
        "caption": case["caption"],
        "answer": render_result.answer(data, data["words"], result),
        "summary": render_result.to_html(summary),
        "more": Markup("").join(render_result.to_html(node) for node in more),
    }
    units = {kind: site.words(f"calc_unit_{kind}") for kind in ("money", "count", "rate")}
    text = site.jinja.get_template("calculator.html").render(
        slug=slug, d=given, units=units, example=example, worked=_worked(given, lang), data=_json(data),
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


def example(slug: str, case: str, key: str, lang: str, facts) -> str:
    """A figure that the engine works out from a named case, for a sentence.

    Args:
        slug: Calculator.
        case: Name below `examples` in calculator.yml, or the id of a case in cases.json.
        key: Name below `figures` in calculator.yml.
    Raises:
        CalculatorError: One of the names is not there, or the case has no such figure.
    """
    given = definition(slug, facts)
    spec = given["figures"].get(key)
    if spec is None:
        raise CalculatorError(f'there is no figure "{key}". Use one of: {", ".join(given["figures"])}.')
    result = compute(given, _case(slug, case, facts))
    path, how = spec.split(" ")
    value = render_result.at(result, path)
    if value is None:
        raise CalculatorError(f'case "{case}" has no "{key}" (status: {result["status"]}).')
    if how == "length":
        return str(len(value))
    if how == "prose_money":
        return prose_money(value, lang)
    return render_result.show(result, spec, words(lang, facts))
