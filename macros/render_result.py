"""Result -> tree of nodes [tag, {attributes}, *children]; twin of overrides/assets/js/render.js.

Both make the same tree from the same result, so the worked example in the page and the reader's own result look alike
and one test compares them. `words` are the calc_js_ entries of data/ui/calculator.yml in one language, `definition` is
the part of calculator.yml that goes into the page (see calculators.browser_data). What a result consists of stands in
the definition's `blocks`; each type of block is one function here.
"""
from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from .engine.dates import to_day
from .engine.limits import position
from .engine.money import divide_half_up
from .number_format import day, fill, months, percent, percent_exact, plain_yuan, prose_money, yuan

# These stand in line under each other; everything else begins at the left.
_FIGURES = ("money", "plain_money", "prose_money", "rate", "rate1", "exact", "count")


@dataclass(frozen=True)
class _Of:
    """What a block is drawn from: definition, words and result; `start` begins ids and `of` names of regions."""

    d: dict
    w: dict
    result: dict
    lines: list
    start: str
    of: str

    def show(self, scope, spec: str) -> str:
        return show(scope, spec, self.d, self.w)

    def filled(self, scope, text: dict) -> str:
        return fill(text["text"], *(self.show(scope, spec) for spec in text["with"]))


def at(value, path: str):
    """Value at "rate.roots.0"; None where anything on the way is missing."""
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if value is not None else None
    return value


def fits(entry: dict, result: dict) -> bool:
    """Whether an entry's `if` (path: value) and `has` (paths that are not empty) are true of a result."""
    return all(at(result, path) == wanted for path, wanted in entry["if"].items()) and all(
        at(result, path) not in (None, []) for path in entry["has"]
    )


def show(scope, spec: str, definition: dict, words: dict) -> str:
    """A value in words; spec is "path format"."""
    path, how = spec.split(" ")
    return _format(at(scope, path), how, definition, words)


def _format(value, how: str, definition: dict, words: dict) -> str:
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
    if how == "prose_money":
        return prose_money(value, words["lang"])
    if how == "day":
        return day(value, words)
    if how == "date":
        return fill(words["weekday_day"], day(value, words), words["weekdays"].split(" ")[(to_day(value) + 3) % 7])
    if how == "months":
        return months(value, words)
    if how == "length":
        return str(len(value))
    if how.startswith("name."):
        return definition["names"][how[5:]][str(value)]
    if how.startswith("names."):
        return words["join"].join(definition["names"][how[6:]][str(key)] for key in value)
    return str(value)


def answer(definition: dict, words: dict, result: dict) -> str:
    """The first answer that fits."""
    for entry in definition["answers"]:
        if fits(entry, result):
            return fill(entry["text"], *(show(result, spec, definition, words) for spec in entry["with"]))
    raise LookupError("calculator.yml: no entry of `answers` fits. Let the last one have an empty `if`.")


def _scroll(kind: str, label: str, it: _Of, table: list) -> list:
    name = fill(it.w["scroll"], it.of + label)
    return ["div", {"class": f"table-scroll calc__{kind}", "role": "region", "tabindex": "0", "aria-label": name}, table]


def _head(labels: list[str], figures: list[bool]) -> list:
    return ["thead", {}, ["tr", {}, *(
        ["th", {"scope": "col"} | ({"class": "num"} if figure else {}), label] for label, figure in zip(labels, figures, strict=True)
    )]]


def _row_head(row: dict) -> list:
    return ["th", {"scope": "row"}, row["label"], *([["small", {}, row["note"]]] if row.get("note") else [])]


def _summary(block: dict, it: _Of) -> list:
    columns = [column for column in block.get("columns", [{"at": ""}]) if not column["at"] or at(it.result, column["at"]) is not None]
    scopes = [at(it.result, column["at"]) if column["at"] else it.result for column in columns]
    rows = [
        ["tr", {}, _row_head(row), *(["td", {"class": "num"}, it.show(scope, row["value"])] for scope in scopes)]
        for row in block["rows"]
        if any(at(scope, row["value"].split(" ")[0]) is not None for scope in scopes)
    ]
    caption = ["caption", {}, block["title"]]
    if "columns" not in block:
        return [["table", {"class": "calc__summary"}, caption, ["tbody", {}, *rows]]]
    table = ["table", {"class": "calc__summary"}, caption, _head([it.w["side"], *(column["label"] for column in columns)], [False] + [True] * len(columns)), ["tbody", {}, *rows]]
    return [_scroll("side", block["title"], it, table)]


def _figure(block: dict, it: _Of, kind: str, height: str, drawn: list) -> list:
    name = f"{it.start}-{kind}"
    return [
        ["figure", {"class": "calc__bars"},
         ["figcaption", {}, block["title"]],
         ["svg", {"role": "img", "aria-label": block["title"], "aria-describedby": name, "width": "100%", "height": height}, *drawn],
         ["p", {"id": name}, it.filled(it.result, {"text": block["takeaway"], "with": block["with"]})]]
    ]


def _bars(block: dict, it: _Of) -> list:
    # From zero; lengths in whole tenths of a per cent of the longest, labels and values as text beside them.
    sizes = [at(it.result, part["value"]) for part in block["parts"]]
    if any(size is None or size < 0 for size in sizes) or not sum(sizes):
        return []
    shown = [(part, size) for part, size in zip(block["parts"], sizes) if size > 0]
    longest = max(size for _, size in shown)
    drawn = []
    for number, (part, size) in enumerate(shown):
        tenths = (size * 1000 + longest // 2) // longest
        drawn.append(["text", {"x": "0", "y": f"{4 * number + 1}em"}, part["label"]])
        drawn.append(["text", {"x": "0", "y": f"{4 * number + 2}.2em"}, fill(it.w["money"], yuan(size))])
        drawn.append(["rect", {"class": f"bar bar--{part['tone']}", "x": "0", "y": f"{4 * number + 2}.6em", "height": ".8em",
                               "width": f"{tenths // 10}.{tenths % 10}%"}])
    return _figure(block, it, "bars", f"{4 * len(shown)}em", drawn)


def _chart(block: dict, it: _Of) -> list:
    # Lines over the rows, from zero. The text keeps its size: only the inner picture is stretched to the width.
    rows = at(it.result, block["rows"]) or []
    most = max((row[part["value"]] or 0 for row in rows for part in block["series"]), default=0)
    if len(rows) < 2 or most <= 0:
        return []
    drawn, lines = [], []
    for number, part in enumerate(block["series"]):
        line = {"class": f"curve curve--{part['tone']}"}
        ends = {"x1": "0", "x2": "2em", "y1": f"{2 * number}.7em", "y2": f"{2 * number}.7em"}
        label = fill(it.w["chart_label"], part["label"], fill(it.w["money"], yuan(rows[-1][part["value"]] or 0)))
        drawn += [["line", line | ends], ["text", {"x": "2.6em", "y": f"{2 * number + 1}em"}, label]]
        points = " ".join(
            f"{place * 1000 // (len(rows) - 1)},{1000 - (row[part['value']] or 0) * 1000 // most}" for place, row in enumerate(rows)
        )
        lines.append(["polyline", line | {"points": points, "fill": "none", "vector-effect": "non-scaling-stroke"}])
    top = 2 * len(block["series"]) + 1
    drawn += [
        ["text", {"x": "0", "y": f"{top}em"}, fill(it.w["money"], yuan(most))],
        ["svg", {"x": "0", "y": f"{top}.6em", "width": "100%", "height": "11em", "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none"},
         ["path", {"class": "axis", "d": "M0 0V1000H1000", "fill": "none", "vector-effect": "non-scaling-stroke"}], *lines],
        ["text", {"x": "0", "y": f"{top + 13}em"}, fill(it.w["chart_period"], 1)],
        ["text", {"x": "100%", "y": f"{top + 13}em", "text-anchor": "end"}, fill(it.w["chart_period"], len(rows))],
    ]
    return _figure(block, it, "chart", f"{top + 14}em", drawn)


def _table(block: dict, it: _Of) -> list:
    rows = at(it.result, block["rows"]) or []
    used = [column for column in block["columns"] if any(row.get(column["value"]) not in (None, 0, []) for row in rows)]
    if not rows or not used:
        return []

    def cell(number: int, column: dict, row: dict) -> list:
        head = {"scope": "row"} if not number else {"class": "num"} if column["as"] in _FIGURES else {}
        if column["as"] == "message":
            return ["td" if number else "th", head, *_message(row, it)]
        return ["td" if number else "th", head, it.show(row, f"{column['value']} {column['as']}")]

    body = [["tr", {}, *(cell(number, column, row) for number, column in enumerate(used))] for row in rows]
    table = ["table", {"class": "calc__table"}, ["caption", {}, block["title"]],
             _head([column["label"] for column in used], [bool(number) and column["as"] in _FIGURES for number, column in enumerate(used)]),
             ["tbody", {}, *body]]
    scroll = _scroll("plan", block["title"], it, table)
    return [scroll] if block["open"] else [["details", {}, ["summary", {}, block["title"]], scroll]]


def _message(row: dict, it: _Of) -> list:
    message = it.d["messages"][row["key"]]
    nodes = [it.filled(row, message)]
    for chip_id in message["chips"]:
        chip = it.d["chips"][chip_id]
        nodes += [" ", ["span", {"class": "law"}, ["a", {"class": "law__name", "href": chip["href"]}, chip["text"]],
                        ["span", {"class": f"badge badge--{chip['force']}"}, chip["badge"]], *([" ", chip["report"]] if chip["report"] else [])]]
    return nodes


def _titled(block: dict, *nodes: list) -> list:
    return [*([["h4", {}, block["title"]]] if block.get("title") else []), *nodes]


def _messages(block: dict, it: _Of) -> list:
    rows = at(it.result, block["rows"]) or []
    return _titled(block, ["ul", {}, *(["li", {}, *_message(row, it)] for row in rows)]) if rows else []


def _events(block: dict, it: _Of) -> list:
    rows = at(it.result, block["rows"]) or []

    def item(row: dict) -> list:
        date = row[block["date"]]
        when = [["time", {"datetime": date}, _format(date, "date", it.d, it.w)]] if date else []
        notes = row.get(block.get("notes")) or []
        return ["li", {}, *when, ["p", {}, *_message(row, it)], *(["p", {"class": "calc__caveat"}, *_message(note, it)] for note in notes)]

    return _titled(block, ["ol", {"class": "calc__events"}, *(item(row) for row in rows)]) if rows else []


def _letter_lines(parts: list[dict], it: _Of, words: dict) -> list[str]:
    lines = []
    for part in parts:
        if not fits(part, it.result):
            continue
        scopes = at(it.result, part["each"]) or [] if part.get("each") else [it.result]
        lines += [fill(part["text"], *(show(scope, spec, it.d, words) for spec in part["with"])) for scope in scopes]
    return lines


def _letter(block: dict, it: _Of) -> list:
    lines = _letter_lines(block["chinese"], it, it.d["words_zh"])
    # Collectors and lenders read Chinese; the English page says what each paragraph means.
    meaning = [["p", {}, line] for line in _letter_lines(block.get("english", []), it, it.w) if line]
    text = ["textarea", {"class": "calc__letter-text", "rows": str(min(2 * len(lines) + 2, 24)), "lang": "zh-Hans", "spellcheck": "false",
                         "aria-label": it.of + block["title"]}, "\n".join(lines)]
    note = [["p", {}, block["note"]]] if block.get("note") else []
    return [["h4", {}, block["title"]], *note, text, *([["div", {"class": "calc__meaning"}, *meaning]] if meaning else []),
            *_hand_over(block.get("hand_over"), it)]


def _hand_over(over: dict | None, it: _Of) -> list:
    """Links that carry sums, and nothing else, into a letter of the letters page, one for each row."""
    rows = at(it.result, over["rows"]) or [] if over else []
    if not rows:
        return []
    links = []
    for row in rows:
        sums = {key: row[path] if path in row else at(it.result, path) for key, path in over["sums"].items()}
        given = "".join(f"&{key}={plain_yuan(fen)}" for key, fen in sums.items() if fen is not None)
        text = fill(over["text"], *(show(row, spec, it.d, it.w) for spec in over["with"]))
        # In a tab of its own, so that what was typed stays where it is.
        href = f"{over['page']}#v=1&l={over['letter']}{given}"
        links.append(["li", {}, ["a", {"href": href, "rel": "noopener", "target": "_blank"}, text]])
    return [["p", {}, over["lead"]], ["ul", {}, *links]]


def _method(block: dict, it: _Of) -> list:
    return [["h4", {}, it.w["how"]], ["ul", {}, *(["li", {}, it.d["conventions"][key]] for key in it.result["conventions"])]]


def _note(block: dict, it: _Of) -> list:
    return [["p", {"class": "calc__end"}, block["text"]]]


def _line_number(line: dict, it: _Of) -> str:
    # What a line says in numbers, or why it says none.
    words = it.w
    if line["status"] == "line":
        rate = percent_exact(line["rate_ppm"])
        if line["lpr_ppm"] is None:
            return rate
        text = words["times_lpr_typed"] if line["lpr_source"] == "typed" else words["times_lpr"]
        return fill(text, rate, line["value"], percent(line["lpr_ppm"], 2))
    if line["status"] == "transition":
        old = line["parts"][0]
        if old["rate_ppm"] is None:
            return fill(words["status_transition_open"], day(old["until"], words))
        return fill(words["status_transition"], day(old["until"], words), percent_exact(old["rate_ppm"]))
    if line["status"] in ("date_needed", "information"):
        return fill(words["status_" + line["status"]], it.d["limits"][line["limit_id"]]["display"])
    return fill(words["status_" + line["status"]], day(line["first_date"], words) if line["first_date"] else "")


def _lines(block: dict, it: _Of) -> list:
    if not it.lines:
        return []
    given, words = it.d["lines"], it.w
    types = list(dict.fromkeys(line["lender_type"] for line in it.lines))
    rates = [(part["label"], at(it.result, part["value"])) for part in given["compare"]]
    rates = [(label, rate) for label, rate in rates if rate is not None]
    told: set[str] = set()

    def card(line: dict) -> list:
        limit = it.d["limits"][line["limit_id"]]
        nodes = [["strong", {}, limit["name"]], " ", ["span", {"class": f"badge badge--{limit['force']}"}, limit["badge"]], " ",
                 ["a", {"href": f"#lim-{line['limit_id']}"}, words["basis"]],
                 ["p", {"class": "calc__line"}, fill(words["lines_number"], _line_number(line, it))]]
        if line["rate_ppm"] is not None:
            places = [
                fill(words["lines_place"], fill(label, percent(divide_half_up(rate, 10**6), 2)), words[position(rate, line["rate_ppm"])])
                for label, rate in rates
            ]
            if places:
                nodes.append(["p", {}, words["lines_join"].join(places)])
        if line.get("allowed_fen") is not None:
            money = [fill(words["money"], yuan(line[key])) for key in ("allowed_fen", "excess_fen")]
            nodes.append(["p", {}, fill(words["lines_money"], *money)])
        nodes.append(["p", {}, words.get("invoked_" + line["invoked"], words["invoked_other"])])
        if line["stand_in"]:
            nodes.append(["p", {}, words["stand_in"]])
        # A line that several types of lender share is explained once.
        if line["limit_id"] not in told:
            nodes += [["p", {"class": "calc__caveat"}, limit["caveat"]], *([["p", {}, limit["report"]]] if limit["report"] else [])]
        told.add(line["limit_id"])
        return ["li", {}, *nodes]

    nodes = [["h4", {}, words["lines"]], *([["p", {}, words["lines_unknown"]]] if len([kind for kind in types if kind in it.d["lender_types"]]) > 1 else []),
             *([["p", {}, given["note"]]] if rates and given.get("note") else [])]
    for kind in types:
        # A rule that holds for every lender stands under no type.
        if len(types) > 1 and kind in it.d["lender_types"]:
            nodes.append(["h5", {}, it.d["lender_types"][kind]])
        nodes.append(["ul", {"class": "calc__lines"}, *(card(line) for line in it.lines if line["lender_type"] == kind)])
    return [*nodes, ["p", {"class": "calc__end"}, given["end"]]]


_BLOCKS = {"summary": _summary, "bars": _bars, "chart": _chart, "table": _table, "messages": _messages, "events": _events,
           "letter": _letter, "method": _method, "note": _note, "lines": _lines}


def detail(definition: dict, words: dict, result: dict, lines: list[dict], start: str, of: str = "") -> list:
    """Everything below the answer; `start` begins ids and `of` names of regions, so that two results can stand on one page."""
    it = _Of(definition, words, result, lines, start, of)
    return [node for block in definition["blocks"] if fits(block, result) for node in _BLOCKS[block["type"]](block, it)]


def to_html(node) -> Markup:
    """A tree as HTML; every text and attribute is escaped, and a line break in a text survives the joining of lines."""
    if isinstance(node, str):
        return Markup(escape(node).replace("\n", Markup("&#10;")))
    tag, attributes, *children = node
    given = Markup("").join(Markup(' {}="{}"').format(Markup(name), value) for name, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), given, Markup("").join(to_html(child) for child in children))
