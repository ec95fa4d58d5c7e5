"""Charts of published series as SVG: specifications for Vega-Lite, drawn by vl-convert and cut down for our pages.

A chart is drawn 320 units wide, so that text of 12 units can be read on the narrowest phone. Colours are classes (figure.css),
since the page's style sheet knows light, dark and print. Rows that were not seen are not drawn, and nothing is joined but the
steps of a rate that holds until the next one.
"""
from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from . import series as published

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "charts"
WIDTH = 320
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.20.json"
# Colours that stand for classes of figure.css; nothing is shown in them.
_INK, _MUTED, _RULE, _FIRST, _SECOND, _HATCHED, _HOLLOW = (f"#01010{number}" for number in range(1, 8))
_CLASSES = {_INK: "ink", _MUTED: "muted", _RULE: "rule", _FIRST: "first", _SECOND: "second", _HATCHED: "hatched", _HOLLOW: "hollow"}
_BAR_KINDS = (_FIRST, _HATCHED, _HOLLOW)
_TEXT, _SMALL = 12, 11.5


# Specifications ----------------------------------------------------------------


def specification(series: Mapping, lang: str, words: Mapping[str, str]) -> dict:
    """The Vega-Lite specification of a series' chart in one language.

    Args:
        words: How "about" and the like are said, for published.figure_text.
    """
    draw = {"bars": _bars, "dots": _dots, "step": _steps}[series["chart"]["kind"]]
    return {
        "$schema": _SCHEMA, "padding": 0, "background": None, **draw(series, lang, words),
        "config": {
            "view": {"stroke": None}, "font": "sans-serif", "concat": {"spacing": 18},
            "axis": {"labelFontSize": _SMALL, "labelColor": _MUTED, "gridColor": _RULE, "domainColor": _MUTED, "tickColor": _MUTED, "title": None},
            "text": {"fontSize": _TEXT, "color": _INK},
        },
    }


def _bars(series: Mapping, lang: str, words: Mapping[str, str]) -> dict:
    """Lying bars, one below the other with their names above them; rows of one definition stand together under its name."""
    column = series["chart"]["columns"][0]
    rows = [row for row in published.drawn_rows(series) if row["values"][column]]
    definitions = list(dict.fromkeys(row["definition"] for row in rows))
    bars, names, heads, below = [], [], [], 0
    for number, definition in enumerate(reversed(definitions)):
        look = _BAR_KINDS[number % len(_BAR_KINDS)]
        bars += [{"row": row["key"], "look": look} for row in rows if row["definition"] == definition]
    looks = {bar["row"]: bar["look"] for bar in bars}
    bars = []
    for definition in definitions:
        if len(definitions) > 1:
            heads.append({"y": below + 13, "text": series["definitions"][definition][lang]})
            below += 22
        for row in (row for row in rows if row["definition"] == definition):
            figure = published.figure_text(series, row["key"], column, lang, words)
            names.append({"y": below + 11, "text": f"{published.row_name(series, row['key'], lang)}　{figure}"})
            bars.append({"y": below + 17, "y2": below + 31, "value": float(row["values"][column]), "look": looks[row["key"]]})
            below += 41
        below += 4
    high = max(bar["value"] for bar in bars)
    y = {"type": "quantitative", "scale": {"domain": [below, 0], "nice": False, "zero": False}, "axis": None}
    x = {"type": "quantitative", "scale": {"domain": [0, high], "nice": False}, "axis": None}
    text = {"type": "text", "align": "left", "baseline": "alphabetic", "x": 0}
    layers = [
        {"data": {"values": bars}, "mark": {"type": "rect", "strokeWidth": 1.5},
         "encoding": {"x": {**x, "field": "value"}, "x2": {"datum": 0}, "y": {**y, "field": "y"}, "y2": {"field": "y2"},
                      "fill": {"field": "look", "type": "nominal", "scale": None}, "stroke": {"value": _FIRST}}},
        {"data": {"values": bars}, "mark": {"type": "rule", "strokeWidth": 1.5, "color": _INK},
         "encoding": {"x": {**x, "datum": 0}, "y": {**y, "field": "y"}, "y2": {"field": "y2"}}},
        {"data": {"values": names}, "mark": text, "encoding": {"y": {**y, "field": "y"}, "text": {"field": "text"}}},
    ]
    if heads:
        layers.append({"data": {"values": heads}, "mark": {**text, "fontWeight": "bold"}, "encoding": {"y": {**y, "field": "y"}, "text": {"field": "text"}}})
    return {"width": WIDTH - 2, "height": below, "padding": {"left": 1, "right": 1, "top": 1, "bottom": 0}, "autosize": "none", "layer": layers}


def _dots(series: Mapping, lang: str, _words: Mapping[str, str]) -> dict:
    """Dots at the true days, a panel for each column, which says the unit; some carry their figures."""
    chart = series["chart"]
    rows = published.drawn_rows(series)
    first, last = int(rows[0]["key"][:4]), int(rows[-1]["key"][:4]) + 1
    panels = []
    for column in chart["columns"]:
        entry = series["columns"][column]
        # What a column is measured in for drawing: English readers count money in billions.
        factor, unit = (0.1, "CNY billion") if (lang, entry["print"]) == ("en", "yuan_100m") else (1, None)
        seen = [row for row in rows if row["values"][column]]
        high = max(float(row["values"][column]) for row in seen) * factor
        dots = [{"day": row["key"], "value": float(row["values"][column]) * factor} for row in seen]
        labels = []
        for row in (row for row in seen if row["key"] in chart.get("labelled", ())):
            day = row["key"]
            # To the left of a dot there is room, where a later one could stand to its right.
            side = "left" if row is seen[0] else "right"
            labels.append({"day": day, "value": float(row["values"][column]) * factor, "side": side,
                           "text": published.grouped(published.shifted(row["values"][column], -1) if unit else row["values"][column])})
        heading = f"{entry['name'][lang]} ({unit})" if unit else published.heading(entry, lang)
        x = {"field": "day", "type": "temporal", "scale": {"domain": [f"{first}-01-01", f"{last}-01-01"]},
             "axis": {"format": "%Y", "grid": False, "values": [f"{year}-01-01" for year in range(first + first % 2, last + 1, 4)], "tickSize": 4}}
        y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, high * 1.22], "nice": False},
             "axis": {"format": ",~f", "tickCount": 4, "domain": False, "ticks": False, "labelPadding": 4}}
        rise = {"left": -14, "right": -12}
        panels.append({
            "width": WIDTH, "height": 170,
            "title": {"text": heading, "anchor": "start", "frame": "bounds", "fontSize": _TEXT, "fontWeight": "bold", "color": _INK, "offset": 6},
            "layer": [
                *({"data": {"values": chosen}, "mark": {"type": "text", "align": side, "dy": rise[side]}, "encoding": {"x": x, "y": y, "text": {"field": "text"}}}
                  for side in ("left", "right") if (chosen := [label for label in labels if label["side"] == side])),
                {"data": {"values": dots}, "mark": {"type": "point", "size": 34, "filled": True, "opacity": 1, "color": _FIRST}, "encoding": {"x": x, "y": y}},
            ],
        })
    if len(panels) == 1:
        return {**panels[0], "autosize": {"type": "fit-x", "contains": "padding"}, "padding": {"left": 0, "right": 14, "top": 0, "bottom": 0}}
    # Panels in a column cannot be fitted to a width: room is left for the numbers at the axis and half of the last year.
    return {"vconcat": [{**panel, "width": WIDTH - 46} for panel in panels], "padding": {"left": 0, "right": 2, "top": 0, "bottom": 0}}


def _steps(series: Mapping, lang: str, words: Mapping[str, str]) -> dict:
    """Steps that end on the last verified day, each line with its name and its figures at both ends."""
    chart, until = series["chart"], series["until"]
    rows = published.drawn_rows(series)
    high = max(float(row["values"][column]) for row in rows for column in chart["columns"])
    first, last = rows[0], rows[-1]
    x = {"field": "day", "type": "temporal", "scale": {"domain": [first["key"], until]},
         "axis": {"format": "%Y", "grid": False, "values": [f"{year}-01-01" for year in range(int(first["key"][:4]) + 1, int(until[:4]) + 1, 2)], "tickSize": 4}}
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, high * 1.2], "nice": False},
         "axis": {"tickCount": 4, "domain": False, "ticks": False, "labelPadding": 4, "labelExpr": "datum.label + '%'"}}
    layers = []
    for column, colour, dash in zip(chart["columns"], (_FIRST, _SECOND), ([1, 0], [6, 4])):
        line = [{"day": row["key"], "value": float(row["values"][column])} for row in rows]
        line.append({"day": until, "value": line[-1]["value"]})
        layers.append({"data": {"values": line}, "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5, "strokeDash": dash, "color": colour},
                       "encoding": {"x": x, "y": y}})
        ends = [{**line[0], "text": published.figure_text(series, first["key"], column, lang, words)}]
        named = [{**line[-1], "text": f"{series['columns'][column]['name'][lang]} {published.figure_text(series, last['key'], column, lang, words)}"}]
        # Rates fell: above the first step and below the last one no line passes.
        for values, side, dy in ((ends, "left", -9), (named, "right", 15)):
            layers.append({"data": {"values": values}, "mark": {"type": "text", "align": side, "dy": dy, "color": _INK}, "encoding": {"x": x, "y": y, "text": {"field": "text"}}})
    return {"width": WIDTH, "height": 210, "autosize": {"type": "fit-x", "contains": "padding"}, "padding": {"left": 0, "right": 2, "top": 0, "bottom": 0}, "layer": layers}


# Drawing -----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _stamp() -> str:
    """Changes with the library and with this module, so that kept charts are drawn anew."""
    return version("vl-convert-python") + hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _kept(spec: Mapping) -> Path:
    key = hashlib.sha256((_stamp() + json.dumps(spec, ensure_ascii=False, sort_keys=True)).encode())
    return CACHE / f"{key.hexdigest()[:20]}.svg"


class Drawing:
    """Charts that are wanted, drawn together in a process of their own while the build goes on.

    The library takes more than a second to start, which a build with nothing new to draw is spared.
    """

    def __init__(self, specs: Iterable[Mapping]):
        self.missing = [spec for spec in specs if not _kept(spec).is_file()]
        self.process = None
        if self.missing:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "import json, sys, vl_convert; json.dump([vl_convert.vegalite_to_svg(spec) for spec in json.load(sys.stdin)], sys.stdout)"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            self.process.stdin.write(json.dumps(self.missing).encode())
            self.process.stdin.close()
            self.process.stdin = None

    def svg(self, spec: Mapping) -> str:
        """The cut-down SVG; __ID__ stands in it for the id of the figure.

        Raises:
            RuntimeError: The library could not draw a chart; its words are in the message.
        """
        if self.process:
            out, said = self.process.communicate()
            if self.process.returncode:
                raise RuntimeError(f"vl-convert could not draw the charts: {said.decode(errors='replace').strip()[-400:]}")
            self.process = None
            CACHE.mkdir(parents=True, exist_ok=True)
            for drawn, text in zip(self.missing, json.loads(out)):
                target = _kept(drawn)
                unfinished = target.with_suffix(f".{os.getpid()}")
                unfinished.write_text(cut_down(text), encoding="utf-8")
                unfinished.replace(target)
        return _kept(spec).read_text("utf-8")


_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_DROPPED = {"font-family", "pointer-events", "stroke-miterlimit", "width", "height", "version", "class", "role", "opacity"}


def cut_down(svg: str) -> str:
    """Take from the library's SVG what our pages do not need, and turn its colours into classes."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("class") in ("background", "foreground") or (child.tag.endswith("}path") and not child.get("d")):
                parent.remove(child)
    hatched = False
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if name in _DROPPED or name.startswith("aria-")]:
            del element.attrib[name]
        looks = []
        for name, letter in (("fill", "f"), ("stroke", "s")):
            look = _CLASSES.get(element.get(name, ""))
            if look == "hatched":
                element.set(name, "url(#__ID__-hatch)")
                hatched = True
            elif look:
                del element.attrib[name]
                looks.append(f"{letter}-{look}")
        if looks:
            element.set("class", " ".join(looks))
        for name in ("d", "transform", "x", "y", "x1", "x2", "y1", "y2"):
            if element.get(name):
                element.set(name, _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), element.get(name)))
        if element.get("font-size"):
            element.set("font-size", element.get("font-size").removesuffix("px"))
    _flatten(root)
    if hatched:
        pattern = ElementTree.Element("pattern", {"id": "__ID__-hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"})
        ElementTree.SubElement(pattern, "path", {"d": "M0,6L6,0M-1,1L1,-1M5,7L7,5", "class": "s-first", "stroke-width": "1.5"})
        root.insert(0, pattern)
    return ElementTree.tostring(root, encoding="unicode")


def _flatten(parent: ElementTree.Element) -> None:
    """Drop groups that hold nothing, and put in their place what groups without attributes hold."""
    for child in list(parent):
        _flatten(child)
        if child.tag == "g" and (not len(child) or not child.attrib or child.attrib == {"transform": "translate(0,0)"}):
            place = list(parent).index(child)
            parent.remove(child)
            for offset, inner in enumerate(child):
                parent.insert(place + offset, inner)
