"""Result -> tree of nodes [tag, {attributes}, *children]; twin of overrides/assets/js/render.js.

Both make the same tree from the same result, so the worked example in the page and the reader's own result look alike
and one test compares them. `words` are the calc_js_ entries of data/ui/calculator.yml in one language, `definition` is
the part of calculator.yml that goes into the page (see calculators.browser_data).
"""
from __future__ import annotations

from markupsafe import Markup, escape

from .engine.limits import position
from .number_format import day, fill, percent, percent_exact, yuan


def at(value, path: str):
    """Value at "rate.roots.0"; None where anything on the way is missing."""
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if value is not None else None
    return value


def show(result: dict, spec: str, words: dict) -> str:
    """A value in words; spec is "path format"."""
    path, how = spec.split(" ")
    return _format(at(result, path), how, words)


def _format(value, how: str, words: dict) -> str:
    if value is None:
        return ""
    if how == "rate":
        return percent(value, 2)
    if how == "rate1":
        return percent(value, 1)
    if how == "exact":
        return percent_exact(value)
    if how == "rates":
        return words["join"].join(percent(root["nominal_annual_rate_ppm"], 2) for root in value)
    if how == "money":
        return fill(words["money"], yuan(value))
    if how == "plain_money":
        return yuan(value)
    return str(value)


def answer(definition: dict, words: dict, result: dict) -> str:
    """The first answer that fits."""
    for entry in definition["answers"]:
        if all(result[key] == wanted for key, wanted in entry["if"].items()) and all(
            at(result, path) is not None for path in entry["has"]
        ):
            return fill(entry["text"], *(show(result, spec, words) for spec in entry["with"]))
    raise LookupError("calculator.yml: no entry of `answers` fits. Let the last one have an empty `if`.")


def _scroll(kind: str, label: str, of: str, words: dict, table: list) -> list:
    name = fill(words["scroll"], of + label)
    return ["div", {"class": f"table-scroll calc__{kind}", "role": "region", "tabindex": "0", "aria-label": name}, table]


def _head(labels: list[str]) -> list:
    return ["thead", {}, ["tr", {}, *(["th", {"scope": "col"}, label] for label in labels)]]


def _summary(definition: dict, words: dict, result: dict) -> list:
    rows = [
        ["tr", {},
         ["th", {"scope": "row"}, row["label"], *([["small", {}, row["note"]]] if row.get("note") else [])],
         ["td", {"class": "num"}, show(result, row["value"], words)]]
        for row in definition["summary"]
        if at(result, row["value"].split(" ")[0]) is not None
    ]
    return ["table", {"class": "calc__summary"}, ["caption", {}, words["summary"]], ["tbody", {}, *rows]]


def _bars(definition: dict, words: dict, result: dict, start: str) -> list:
    # From zero; lengths in whole tenths of a per cent of the longest, labels and values as text beside them.
    bars = definition["bars"]
    sizes = [at(result, part["value"]) for part in bars["parts"]]
    if any(size is None or size < 0 for size in sizes) or result["status"] != "one":
        return []
    shown = [(part, size) for part, size in zip(bars["parts"], sizes) if size > 0]
    longest = max([size for _, size in shown], default=1)
    drawn = []
    for number, (part, size) in enumerate(shown):
        tenths = (size * 1000 + longest // 2) // longest
        drawn.append(["text", {"x": "0", "y": f"{4 * number + 1}em"}, part["label"]])
        drawn.append(["text", {"x": "0", "y": f"{4 * number + 2}.2em"}, _format(size, "money", words)])
        drawn.append(["rect", {"class": f"bar bar--{part['tone']}", "x": "0", "y": f"{4 * number + 2}.6em", "height": ".8em",
                               "width": f"{tenths // 10}.{tenths % 10}%"}])
    return [
        ["figure", {"class": "calc__bars"},
         ["figcaption", {}, bars["title"]],
         ["svg", {"role": "img", "aria-label": bars["title"], "aria-describedby": f"{start}-bars", "width": "100%",
                  "height": f"{4 * len(shown)}em"}, *drawn],
         ["p", {"id": f"{start}-bars"}, fill(bars["takeaway"], *(show(result, spec, words) for spec in bars["with"]))]]
    ]


def _plan(definition: dict, words: dict, result: dict, of: str) -> list:
    title, columns = definition["rows"]["title"], definition["rows"]["columns"]
    used = [column for column in columns if any(row[column["value"]] not in (None, 0) for row in result["rows"])]
    body = [
        ["tr", {}, *(
            ["td" if number else "th", {"class": "num"} if number else {"scope": "row"},
             _format(row[column["value"]], column["as"], words)]
            for number, column in enumerate(used)
        )]
        for row in result["rows"]
    ]
    table = ["table", {"class": "calc__table"}, ["caption", {}, title], _head([column["label"] for column in used]),
             ["tbody", {}, *body]]
    return _scroll("plan", title, of, words, table)


def _line_number(line: dict, words: dict, limits: dict) -> str:
    # What a line says in numbers, or why it says none.
    if line["status"] == "line":
        rate = percent_exact(line["rate_ppm"])
        if line["lpr_ppm"] is None:
            return rate
        text = words["times_lpr_typed"] if line["lpr_source"] == "typed" else words["times_lpr"]
        return fill(text, rate, line["value"], percent(line["lpr_ppm"], 2))
    if line["status"] == "transition":
        old = line["parts"][0]
        return fill(words["status_transition"], day(old["until"], words), percent_exact(old["rate_ppm"]))
    if line["status"] == "date_needed":
        return fill(words["status_date_needed"], limits[line["limit_id"]]["display"])
    return fill(words["status_" + line["status"]], day(line["first_date"], words) if line["first_date"] else "")


def _lines(definition: dict, words: dict, result: dict, lines: list[dict], of: str) -> list:
    rate = result["rate"]
    several = len({line["lender_type"] for line in lines}) > 1
    limits = definition["limits"]

    def place(line: dict, kind: str) -> list:
        if line["rate_ppm"] is None:
            return ["td", {}, words["no_comparison"]]
        return ["td", {}, words[position(rate[kind + "_e12"], line["rate_ppm"])]]

    labels = ([words["lines_type"]] if several else []) + [words["lines_line"], words["lines_number"]]
    if rate:
        labels.append(fill(words["lines_simple"], percent(rate["nominal_annual_rate_ppm"], 2)))
        labels.append(fill(words["lines_compound"], percent(rate["effective_annual_rate_ppm"], 2)))

    def row(line: dict) -> list:
        name = limits[line["limit_id"]]["name"]
        cells = [["th", {"scope": "row"}, definition["lender_types"][line["lender_type"]]], ["td", {}, name]] if several else [
            ["th", {"scope": "row"}, name]]
        cells.append(["td", {}, _line_number(line, words, limits)])
        if rate:
            cells += [place(line, "nominal_annual_rate"), place(line, "effective_annual_rate")]
        return ["tr", {}, *cells]

    def note(line: dict) -> list:
        limit = limits[line["limit_id"]]
        used = words.get("invoked_" + line["invoked"], words["invoked_other"])
        return [
            "li", {}, ["strong", {}, limit["name"]], " ",
            ["span", {"class": f"badge badge--{limit['force']}"}, limit["badge"]], " ",
            ["a", {"href": f"#lim-{line['limit_id']}"}, words["basis"]],
            ["p", {}, used], *([["p", {}, words["stand_in"]]] if line["stand_in"] else []),
            ["p", {"class": "calc__caveat"}, limit["caveat"]], *([["p", {}, limit["report"]]] if limit["report"] else []),
        ]

    first: dict[str, dict] = {}
    for line in lines:
        first.setdefault(line["limit_id"], line)
    table = ["table", {"class": "calc__table"}, ["caption", {}, words["lines"]], _head(labels),
             ["tbody", {}, *(row(line) for line in lines)]]
    return [
        ["h4", {}, words["lines"]],
        *([["p", {}, words["lines_unknown"]]] if several else []),
        _scroll("beside", words["lines"], of, words, table),
        *([["p", {}, words["lines_both"]]] if rate else []),
        ["ul", {"class": "calc__lines"}, *(note(line) for line in first.values())],
        ["p", {"class": "calc__end"}, words["lines_end"]],
    ]


def detail(definition: dict, words: dict, result: dict, lines: list[dict], start: str, of: str = "") -> list:
    """Everything below the answer; `start` begins ids and `of` names of regions, so that two results can stand on one page."""
    return [
        _summary(definition, words, result), *_bars(definition, words, result, start), _plan(definition, words, result, of),
        ["h4", {}, words["how"]],
        ["ul", {}, *(["li", {}, words["convention_" + key]] for key in result["conventions"])],
        *(_lines(definition, words, result, lines, of) if lines else []),
        ["p", {"class": "calc__end"}, words["assumptions"]],
    ]


def to_html(node) -> Markup:
    """A tree as HTML; every text and attribute is escaped."""
    if isinstance(node, str):
        return escape(node)
    tag, attributes, *children = node
    given = Markup("").join(Markup(' {}="{}"').format(Markup(name), value) for name, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), given, Markup("").join(to_html(child) for child in children))
