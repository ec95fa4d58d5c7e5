"""Published series: read, check and print the rows of data/series/; no page and no markup.

A row is a dict: `key` (first cell, as printed in the source), `values` (column -> text or None), `definition` (id or None),
`sources` (ids of data/sources.yml, the named original first), `confidence` and `line`. Numbers stay the text that was printed;
other units are made by moving the decimal point, never by floats.
"""
from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from .data import LANGUAGES, _GRADES, _ISO_DAY, _day_problem, _nearest, one_report_only, publishable

SCALE = "regulation.md"
LPR = "lpr"
_NUMBER = re.compile(r"^\d+(?:\.\d+)?$")
_PERIOD = re.compile(r"^(?P<from>\d{4}(?:-(?:0[1-9]|1[0-2]))?)(?:Q[1-4]|H[12]|\.\.(?P<to>\d{4}-(?:0[1-9]|1[0-2])))?$")
# {2024:companies} prints a figure with its unit, {2024} the name of the row.
PLACEHOLDER = re.compile(r"\{(?P<row>[0-9][0-9A-Z.-]*)(?::(?P<column>[a-z0-9_]+))?\}")
# Figures in a takeaway come from the rows; digits that are part of a name are no figures.
_NAMES_WITH_DIGITS = re.compile(r"P2P")
# Powers of ten from the printed unit to one yuan, piece or person.
_SCALES = {"yuan_100m": 8, "yuan_trillion": 12, "count": 0, "count_10k": 4, "count_100m": 8}
_ZH_UNITS = {"yuan_100m": "亿元", "yuan_trillion": "万亿元", "count_10k": "万", "count_100m": "亿"}


# Printing ----------------------------------------------------------------------


def grouped(number: str) -> str:
    """A printed number with groups of three; every digit stays.

    >>> grouped("13848.59"), grouped("1.0")
    ('13,848.59', '1.0')
    """
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part}"


def shifted(number: str, places: int) -> str:
    """A printed number times ten to the power of `places`, exactly and without closing zeros.

    >>> shifted("1583.5", -1), shifted("7.27", 2), shifted("1000", -1)
    ('158.35', '727', '100')
    """
    text = format(Decimal(number).scaleb(places), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_unit(number: str, column: Mapping, lang: str) -> str:
    """A figure with its unit as readers of the language write it.

    Args:
        number: As printed in the CSV.
        column: Its entry in `columns`: print, and for counts the unit (zh counter, en noun in the plural).

    >>> in_unit("1583.5", {"print": "yuan_100m"}, "zh"), in_unit("1583.5", {"print": "yuan_100m"}, "en")
    ('1,583.5 亿元', 'CNY 158.35 billion')
    >>> cards = {"print": "count_100m", "unit": {"zh": "张", "en": "cards"}}
    >>> in_unit("7.27", cards, "zh"), in_unit("7.27", cards, "en")
    ('7.27 亿张', '727 million cards')
    """
    kind = column["print"]
    if kind == "percent":
        return f"{number}%"
    unit = column.get("unit", {}).get(lang, "")
    if lang == "zh":
        return f"{grouped(number)} {_ZH_UNITS.get(kind, '')}{unit}"
    text = _english(number, _SCALES[kind]) if _SCALES[kind] else grouped(number)
    return f"CNY {text}" if kind.startswith("yuan") else f"{text} {unit}"


def _english(number: str, scale: int) -> str:
    """In billions and so on, whichever leaves a number of at least one in front."""
    size = Decimal(number).scaleb(scale)
    for power, word in ((12, "trillion"), (9, "billion"), (6, "million")):
        if size >= Decimal(1).scaleb(power):
            return f"{grouped(shifted(number, scale - power))} {word}"
    return grouped(shifted(number, scale))


def heading(column: Mapping, lang: str) -> str:
    """Name of a column with its unit, for tables whose cells hold the printed numbers."""
    name, unit = column["name"][lang], _unit_name(column, lang)
    if lang == "zh":
        return f"{name}（{unit}）"
    return name if name.lower() == unit else f"{name} ({unit})"


def day_in_words(iso: str, lang: str) -> str:
    """A date as readers write it; a month or a year alone stays one.

    >>> day_in_words("2026-03-31", "zh"), day_in_words("2026-03-31", "en"), day_in_words("2026-03", "en")
    ('2026 年 3 月 31 日', '31 March 2026', 'March 2026')
    """
    parts = [int(part) for part in iso.split("-")]
    if lang == "zh":
        return "".join(f"{part} {unit}" + " " * (unit != "日") for part, unit in zip(parts, "年月日")).strip()
    names = "January February March April May June July August September October November December".split()
    if len(parts) == 1:
        return str(parts[0])
    month = f"{names[parts[1] - 1]} {parts[0]}"
    return f"{parts[2]} {month}" if len(parts) == 3 else month


def row_name(series: Mapping, key: str, lang: str) -> str:
    """A row's key in words.

    >>> row_name({}, "2025H1", "zh"), row_name({}, "2025H1", "en"), row_name({}, "2025-06..2025-11", "en")
    ('2025 年上半年', 'first half of 2025', 'June to November 2025')
    """
    named = series.get("row_names", {}).get(key)
    if named:
        return named[lang]
    zh = lang == "zh"
    if key[4:5] == "Q":
        number = int(key[5])
        return f"{key[:4]} 年第{'一二三四'[number - 1]}季度" if zh else f"Q{number} {key[:4]}"
    if key[4:5] == "H":
        half = int(key[5]) - 1
        return f"{key[:4]} 年{'上下'[half]}半年" if zh else f"{('first', 'second')[half]} half of {key[:4]}"
    if ".." in key:
        first, last = key.split("..")
        same = first[:4] == last[:4]
        begins, ends = day_in_words(first, lang), day_in_words(last, lang)
        if zh:
            return f"{begins}至 {ends[7:] if same else ends}"
        return f"{begins[:-5] if same else begins} to {ends}"
    return day_in_words(key, lang)


# Reading -----------------------------------------------------------------------


def read_all(folder: Path, root: Path, read: Callable, facts_sources: Mapping, lpr: list[dict], lpr_notes: Mapping, problems: list[str]) -> dict[str, dict]:
    """Every series of a folder, by id.

    Args:
        folder: data/series/.
        read: Reads a YAML file and checks it against a schema; returns a document with .data, .sound and .say.
        facts_sources: Entries of sources.yml.
        lpr: Rows of lpr.csv, which the series "lpr" shows.
        lpr_notes: Entries of lpr.yml.
        problems: Gets a message for every mistake.
    """
    found = {}
    described = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    tabled = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    for name in sorted(tabled.keys() - described.keys()):
        problems.append(f"data/series/{name}.csv: there is no {name}.yml. Describe the series there: title, columns, units, caveats.")
    for name in sorted(described.keys() - tabled.keys() - {LPR}):
        problems.append(f"data/series/{name}.yml: there is no {name}.csv. Put the rows there.")
    for name, path in described.items():
        document = read(path, "series")
        if not document.sound or (name != LPR and name not in tabled):
            continue
        series = document.data
        before = len(problems)
        if name == LPR:
            series["rows"] = _lpr_rows(series, lpr, lpr_notes)
            series["until"] = lpr_notes["verified_until"]
        else:
            series["rows"] = _Table(tabled[name], root, series, facts_sources, problems).rows()
        if len(problems) == before:
            _check(document, series)
        series["id"] = name
        found[name] = series
    return found


def _lpr_rows(series: Mapping, lpr: list[dict], notes: Mapping) -> dict[str, dict]:
    """The rates as published, and their multiples, exactly."""
    rows = {}
    for row in lpr:
        values = {}
        for column, entry in series["columns"].items():
            times = entry.get("lpr_times")
            values[column] = str(Decimal(row["lpr_1y_percent"]) * times) if times else row.get(column)
        once = row["effective_date"] in notes["one_source_rows"]
        grade = "C" if once else notes["confidence"]["grade"]
        rows[row["effective_date"]] = {
            "key": row["effective_date"], "values": values, "definition": None, "sources": row["source"],
            "confidence": {"grade": grade, "scale": notes["confidence"]["scale"]}, "line": row["line"],
        }
    return rows


class _Table:
    """The CSV of one series."""

    def __init__(self, path: Path, root: Path, series: Mapping, sources: Mapping, problems: list[str]):
        self.name = path.relative_to(root).as_posix()
        self.text = path.read_text("utf-8")
        self.series, self.sources, self.problems = series, sources, problems
        defined = ["definition"] if "definitions" in series else []
        self.columns = [series["row"]["column"], *series["columns"], *defined, "source", "grade"]

    def _say(self, line: int, message: str) -> None:
        self.problems.append(f"{self.name}, line {line}: {message}")

    def rows(self) -> dict[str, dict]:
        reader = csv.reader(io.StringIO(self.text, newline=""))
        header = next(reader, [])
        if header != self.columns:
            self._say(1, f"the columns are {', '.join(header)}. Write {','.join(self.columns)}, or correct columns in the .yml beside it.")
            return {}
        rows: dict[str, dict] = {}
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(self.columns):
                self._say(line, f"{len(cells)} cells instead of {len(self.columns)}. Quote cells that hold a comma.")
                continue
            row = self._row(dict(zip(self.columns, cells)), line)
            if row["key"] in rows:
                self._say(line, f'"{row["key"]}" stands twice (first on line {rows[row["key"]]["line"]}). Keep one.')
            rows[row["key"]] = row
        if not rows:
            self._say(1, "there is no row. Put the figures there.")
        return rows

    def _row(self, cells: Mapping[str, str], line: int) -> dict:
        first = self.series["row"]
        key = cells[first["column"]]
        if first["kind"] == "day" and (problem := _day_problem(key)):
            self._say(line, f'{first["column"]} is "{key}". {problem}')
        elif first["kind"] == "period" and not _PERIOD.match(key):
            self._say(line, f'{first["column"]} is "{key}". Write 2024, 2025Q1, 2025H1, 2024-01 or 2024-01..2024-09.')
        values = {column: cells[column] or None for column in self.series["columns"]}
        for column, value in values.items():
            if value and not _NUMBER.match(value):
                self._say(line, f'{column} is "{value}". Write the number as printed, with a point and without separators: 1583.5. Leave it empty where none was seen.')
        if not any(values.values()):
            self._say(line, "no figure stands in this row. Take the row out.")
        return {"key": key, "values": values, "definition": self._definition(cells, line), "sources": self._sources(cells["source"], line),
                "confidence": self._confidence(cells["grade"], line), "line": line}

    def _definition(self, cells: Mapping[str, str], line: int) -> str | None:
        if "definitions" not in self.series:
            return None
        if cells["definition"] not in self.series["definitions"]:
            self._say(line, f'definition "{cells["definition"]}" is not among definitions of the .yml beside it. ' + _nearest(cells["definition"], self.series["definitions"], "Add it there first."))
        return cells["definition"]

    def _sources(self, cell: str, line: int) -> list[str]:
        sources = [part for part in re.split(r"\s*;\s*", cell) if part]
        if not sources:
            self._say(line, "source is empty. Name an id of data/sources.yml; several are separated by semicolons, the original first.")
        for source in sources:
            if source not in self.sources:
                self._say(line, f'source "{source}" is not in data/sources.yml. ' + _nearest(source, self.sources, "Add it there first."))
        return sources

    def _confidence(self, grade: str, line: int) -> dict:
        confidence = {"grade": grade, "scale": SCALE}
        if grade not in _GRADES[SCALE]:
            self._say(line, f'grade "{grade}" is not a grade of {SCALE}. Use one of: {", ".join(_GRADES[SCALE])}.')
        elif not publishable(confidence):
            self._say(line, f"grade {grade} may not be published: the figure was not verified. Verify it, or take the row out.")
        return confidence


# Checks that need rows and description together ---------------------------------------


def _check(document, series: Mapping) -> None:
    say, rows, columns = document.say, series["rows"], series["columns"]

    def row_known(path: tuple, key: str) -> bool:
        if key in rows:
            return True
        say(path, f'row "{key}" is not in the table. ' + _nearest(key, rows, "Use the first cell of a row as it is printed."))
        return False

    def column_known(path: tuple, column: str) -> bool:
        if column in columns:
            return True
        say(path, f'column "{column}" is not in columns. ' + _nearest(column, columns, "Add it there first."))
        return False

    for column, entry in columns.items():
        counts = entry["print"].startswith("count")
        if counts != ("unit" in entry):
            say(("columns", column), "a count needs unit (zh: the counter, en: what is counted, in the plural)." if counts else f"unit does not belong to {entry['print']}. Take it out.")
        if "lpr_times" in entry and document.name != f"data/series/{LPR}.yml":
            say(("columns", column, "lpr_times"), "only the series lpr has multiples of the rate. Take it out.")
        if not any(row["values"][column] for row in rows.values()):
            say(("columns", column), "no row has a figure in this column. Take the column out.")
    if document.name != f"data/series/{LPR}.yml":
        for definition in series.get("definitions", {}):
            if all(row["definition"] != definition for row in rows.values()):
                say(("definitions", definition), "no row uses this definition. Take it out.")
    for key in series.get("row_names", {}):
        row_known(("row_names", key), key)
    for key, cells in series.get("rounded", {}).items():
        if row_known(("rounded", key), key):
            for column in cells:
                if column_known(("rounded", key, column), column) and not rows[key]["values"][column]:
                    say(("rounded", key, column), "there is no figure in this cell. Correct it.")
    if _day_problem(series["last_verified"]):
        say(("last_verified",), f'last_verified is "{series["last_verified"]}". {_day_problem(series["last_verified"])}')
    _check_takeaway(say, series, row_known, column_known)
    _check_chart(say, series, row_known, column_known)


def _check_takeaway(say: Callable, series: Mapping, row_known: Callable, column_known: Callable) -> None:
    takeaway = series["takeaway"]
    found = {lang: sorted(match[0] for match in PLACEHOLDER.finditer(takeaway[lang])) for lang in LANGUAGES}
    if found["zh"] != found["en"]:
        say(("takeaway",), "the figures differ between zh and en. Write the same placeholders in both.")
    for match in PLACEHOLDER.finditer(takeaway["zh"]):
        known = row_known(("takeaway",), match["row"])
        if match["column"] and column_known(("takeaway",), match["column"]) and known and not series["rows"][match["row"]]["values"][match["column"]]:
            say(("takeaway",), f"{match[0]}: there is no figure in this cell. Choose another.")
    for lang in LANGUAGES:
        bare = _NAMES_WITH_DIGITS.sub("", PLACEHOLDER.sub("", takeaway[lang]))
        typed = re.search(r"\d[\d.,]*", bare)
        if typed or "{" in bare or "}" in bare:
            what = f'the figure "{typed[0]}" is typed by hand' if typed else "a brace that is no placeholder"
            say(("takeaway", lang), what + ". Write {row:column}, or {row} for the name of a row.")


def _check_chart(say: Callable, series: Mapping, row_known: Callable, column_known: Callable) -> None:
    chart = series["chart"]
    if (chart is None) != ("no_chart" in series):
        say(("chart",), "chart null and no_chart (zh and en: why there is none) belong together. Add or take out one of them.")
    if chart is None:
        return
    known = all([*(column_known(("chart", "columns", i), c) for i, c in enumerate(chart["columns"])),
                 *(row_known(("chart", "rows", i), r) for i, r in enumerate(chart.get("rows", ()))),
                 *(row_known(("chart", "labelled", i), r) for i, r in enumerate(chart.get("labelled", ())))])
    if not known:
        return
    units = {series["columns"][column]["print"] for column in chart["columns"]}
    if chart["kind"] == "step" and (len(units) > 1 or "definitions" in series):
        say(("chart", "kind"), "steps join rows, so all must have one definition and one unit. Use bars or dots.")
    if chart["kind"] == "dots" and "definitions" in series:
        say(("chart", "kind"), "dots look alike, and these rows do not all count the same. Use bars, which keep definitions apart.")
    if chart["kind"] in ("step", "dots") and series["row"]["kind"] != "day":
        say(("chart", "kind"), f"{chart['kind']} stand at days, and these rows are periods. Use bars.")
    drawn = drawn_rows(series)
    for column in chart["columns"]:
        if sum(1 for row in drawn if row["values"][column]) < 2:
            say(("chart", "columns"), f'fewer than two figures of "{column}" would be drawn. Leave the chart out (chart: null, no_chart).')
    lengths = {_length(row["key"]) for row in drawn}
    if len(lengths) > 1:
        say(("chart", "rows"), "rows of different length (a year, a quarter) would stand side by side. Name in rows those of one length.")


def _length(key: str) -> str:
    """What kind of period a row covers."""
    if _ISO_DAY.match(key):
        return "day"
    return {"Q": "quarter", "H": "half-year", "-": "month" if ".." not in key else key}.get(key[4:5], "year")


def drawn_rows(series: Mapping) -> list[dict]:
    """The rows that the chart shows, in order."""
    chosen = series["chart"].get("rows") if series["chart"] else None
    return [row for key, row in series["rows"].items() if chosen is None or key in chosen]


def sources_of(series: Mapping) -> list[str]:
    """Ids of the sources of a series, each once, in the order of the rows."""
    return list(dict.fromkeys(source for row in series["rows"].values() for source in row["sources"]))


# Sentences and files ----------------------------------------------------------------


def figure_text(series: Mapping, key: str, column: str, lang: str, words: Mapping[str, str]) -> str:
    """One figure with its unit, and "about" or the like where the source rounds.

    Args:
        words: {"about": "约 %s", "over": ..., "nearly": ...} in the language.
    """
    text = in_unit(series["rows"][key]["values"][column], series["columns"][column], lang)
    rounded = series.get("rounded", {}).get(key, {}).get(column)
    return words[rounded].replace("%s", text) if rounded else text


def takeaway(series: Mapping, lang: str, words: Mapping[str, str]) -> str:
    """The sentence under the title, its figures put in."""

    def put(match: re.Match) -> str:
        if match["column"]:
            return figure_text(series, match["row"], match["column"], lang, words)
        return row_name(series, match["row"], lang)

    text = PLACEHOLDER.sub(put, series["takeaway"][lang])
    # What was put in may begin with a digit: between it and a Han character stands a space.
    return re.sub(r"(?<=[\u3400-\u9fff])(?=\d)", " ", text)


def takeaway_rows(series: Mapping) -> list[dict]:
    """The rows whose figures the takeaway prints."""
    return [series["rows"][match["row"]] for match in PLACEHOLDER.finditer(series["takeaway"]["zh"]) if match["column"]]


def files(facts) -> dict[str, str]:
    """Content of every data/files/<series>.csv and .json, by address below the root of the site."""
    found = {}
    for name, series in facts.series.items():
        found[f"data/files/{name}.csv"] = csv_text(series, facts.sources)
        found[f"data/files/{name}.json"] = json_text(series, facts.sources)
    return found


def csv_text(series: Mapping, sources: Mapping) -> str:
    """The rows with headings in both languages; begins with a byte order mark, without which Excel misreads Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    defined = ["口径 / Definition"] if "definitions" in series else []
    rounded = ["约数 / Rounded"] if "rounded" in series else []
    writer.writerow([
        "{zh} / {en}".format(**series["row"]["name"]),
        *(f"{heading(column, 'zh')} / {heading(column, 'en')}" for column in series["columns"].values()),
        *defined, *rounded, "来源 / Source", "把握 / Confidence",
    ])
    for key, row in series["rows"].items():
        cells = [key, *(value or "" for value in row["values"].values())]
        if defined:
            cells.append("{zh} / {en}".format(**series["definitions"][row["definition"]]))
        if rounded:
            cells.append("; ".join(f"{column}: {how}" for column, how in series["rounded"].get(key, {}).items()))
        writer.writerow([*cells, "; ".join("{zh} / {en}".format(**sources[source]["title"]) for source in row["sources"]), row["confidence"]["grade"]])
    return "\ufeff" + out.getvalue()


LICENCE = {
    "name": "CC BY 4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/",
    "note": {
        "zh": "许可及于本站的整理、说明和文字。公布的数字是事实，不归任何人；引用时请写明原始来源。",
        "en": "The licence covers our compilation, notes and wording. Published figures are facts and nobody's; name the original source when you use them.",
    },
}


def json_text(series: Mapping, sources: Mapping) -> str:
    """Everything about a series in both languages: title, columns with units, rows, sources, licence, caveats."""
    used = sources_of(series)
    columns = [{"id": series["row"]["column"], "name": series["row"]["name"]}] + [
        {"id": column, "name": entry["name"], "unit": {lang: _unit_name(entry, lang) for lang in LANGUAGES}}
        for column, entry in series["columns"].items()
    ]
    data = {
        "id": series["id"], "title": series["title"], "description": series["what"], "columns": columns,
        **({"definitions": series["definitions"]} if "definitions" in series else {}),
        "rows": [
            {series["row"]["column"]: key, **row["values"],
             **({"definition": row["definition"]} if row["definition"] else {}),
             **({"rounded": series["rounded"][key]} if key in series.get("rounded", {}) else {}),
             "source": row["sources"], "grade": row["confidence"]["grade"]}
            for key, row in series["rows"].items()
        ],
        "sources": {source: {"title": sources[source]["title"], "publisher": sources[source]["publisher"], "url": sources[source]["url"]} for source in used},
        "grades": GRADE_MEANINGS, "caveats": series["caveats"], "last_verified": series["last_verified"],
        "licence": {**LICENCE, **({"series_note": series["licence_note"]} if "licence_note" in series else {})},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


GRADE_MEANINGS = {
    "A-": {"zh": "官方网站转载，或官方表格的完整转载", "en": "on an official site, or an official table reproduced in full"},
    "B": {"zh": "两处转述一致，原文没有打开", "en": "two reports agree; the original was not opened"},
    "C": {"zh": "只有一处报道，原文没有打开", "en": "one report only; the original was not opened"},
}


def _unit_name(column: Mapping, lang: str) -> str:
    """The unit of the printed numbers.

    >>> _unit_name({"print": "yuan_100m"}, "en"), _unit_name({"print": "count", "unit": {"zh": "家", "en": "companies"}}, "zh")
    ('CNY 100 million', '家')
    """
    unit, kind = column.get("unit", {}).get(lang, ""), column["print"]
    if kind == "percent":
        return "%"
    if lang == "zh":
        return _ZH_UNITS.get(kind, "") + unit
    return {"yuan_100m": "CNY 100 million", "yuan_trillion": "CNY trillion", "count_10k": f"10,000 {unit}", "count_100m": f"100 million {unit}"}.get(kind, unit)


def once_only(row: Mapping) -> bool:
    """Whether one report is all that stands behind a row."""
    return one_report_only(row["confidence"])
