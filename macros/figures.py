"""Figures of a page: a published number in a sentence, and a chart with its table, files and citation."""
from __future__ import annotations

import json
from collections.abc import Mapping

from markupsafe import Markup

from . import charts, data, series as published

_ROUNDED = ("about", "over", "nearly")


def rounding_words(ui: Mapping[str, dict], lang: str) -> dict[str, str]:
    """How a rounded figure is said in the language."""
    return {how: ui[f"figure_{how}"][lang] for how in _ROUNDED}


def start_drawing(facts: data.Facts) -> charts.Drawing:
    """Begin to draw what is not kept yet, for both languages."""
    return charts.Drawing([
        charts.specification(series, lang, rounding_words(facts.ui, lang))
        for series in facts.series.values() if series["chart"] for lang in data.LANGUAGES
    ])


def stat(site, series_id: str, row: str, column: str) -> Markup:
    """One published figure with its unit and the number of its source; one that rests on a single report says so.

    Raises:
        DataError: The series, the row or the column is not there, or the cell is empty.
    """
    series = site.facts.figures(series_id, "it")
    row_of = data._find(series["rows"], row, f'row "{row}"', f"data/series/{series_id}.csv")
    data._find(series["columns"], column, f'column "{column}"', f"data/series/{series_id}.yml")
    if not row_of["values"][column]:
        raise data.DataError(f'no figure was seen for "{column}" in the row "{row}" of data/series/{series_id}.csv. Use another.')
    text = published.figure_text(series, row, column, site.lang, rounding_words(site.facts.ui, site.lang))
    once = site.words("figure_once", _publisher(site, row_of["sources"][0])) if published.once_only(row_of) else ""
    return Markup('<span class="num">{}</span>{}{}').format(text, once, Markup("").join(site.cite(source) for source in row_of["sources"]))


def _publisher(site, source_id: str) -> str:
    return site.facts.sources[source_id]["publisher"][site.lang]


def figure(site, series_id: str) -> Markup:
    """A series as a figure: takeaway, chart, table, sources, files, citation.

    Raises:
        DataError: There is no such series, or it stands on the page already.
    """
    series = site.facts.figures(series_id, f'figure("{series_id}")')
    page = site.env.page
    shown = page.meta.setdefault("figures", [])
    if series_id in shown:
        raise data.DataError("the figure stands on this page already, and its ids must be unique. Call it once.")
    shown.append(series_id)
    lang, words = site.lang, rounding_words(site.facts.ui, site.lang)
    # One copy for both languages, below the root of the site; English pages lie one folder deeper.
    root = "../" * (len(page.file.url.strip("./").split("/")) + (lang == "en"))
    takeaway = published.takeaway(series, lang, words)
    sources = published.sources_of(series)
    return site._render(
        "figure.html", id=f"figure-{series_id}", series=series, takeaway=takeaway,
        takeaway_once=any(published.once_only(row) for row in published.takeaway_rows(series)),
        svg=_svg(site, series, words) if series["chart"] else "",
        head=[published.heading(column, lang) for column in series["columns"].values()],
        rows=[_row(site, series, row, sources) for row in series["rows"].values()],
        sources=[site.facts.sources[source] for source in sources], until=site.day(series["until"]) if "until" in series else "",
        gaps=any(value is None for row in series["rows"].values() for value in row["values"].values()),
        verified=site.day(series["last_verified"]),
        files={kind: f"{root}data/files/{series_id}.{kind}" for kind in ("csv", "json")},
        citation=citation(site, series),
    )


def _svg(site, series: Mapping, words: Mapping[str, str]) -> Markup:
    name = f"figure-{series['id']}"
    text = site.drawing.svg(charts.specification(series, site.lang, words)).replace("__ID__", name)
    attributes = Markup('<svg class="chart" role="img" lang="{}" aria-label="{}" aria-describedby="{}-takeaway"').format(
        site.words("language_code"), series["title"][site.lang], name)
    return Markup(attributes + Markup(text.removeprefix("<svg")))


def _row(site, series: Mapping, row: Mapping, sources: list[str]) -> dict:
    lang = site.lang
    cells = []
    for column, value in row["values"].items():
        rounded = series.get("rounded", {}).get(row["key"], {}).get(column)
        number = published.grouped(value) if value else ""
        cells.append(site.words(f"figure_{rounded}", number) if rounded else number)
    grade = {"A": "a", "A-": "a"}.get(row["confidence"]["grade"], "c" if published.once_only(row) else "b")
    return {
        "name": published.row_name(series, row["key"], lang), "cells": cells,
        "definition": series["definitions"][row["definition"]][lang] if row["definition"] else "",
        "sources": [sources.index(source) + 1 for source in row["sources"]],
        "grade": site.words(f"figure_grade_{grade}"),
    }


def address(site, series_id: str) -> str:
    """Where the series stands for good, in this language."""
    return f'{site.conf["site_url"]}data/#figure-{series_id}'


def citation(site, series: Mapping) -> str:
    """A reference to the series: GB/T 7714-2025 in Chinese, in the manner of APA in English."""
    title, day = series["title"][site.lang], series["last_verified"]
    author = site.words("citation_author").rstrip(",")
    if site.lang == "zh":
        # The standard wants the day on which it was read, which only the reader knows.
        return f'{author}. {title}[DS/OL]. （{day}）[{site.words("figure_cite_on")}]. {address(site, series["id"])}.'
    return f'{author}. ({day[:4]}). {title} [Data set]. {site.conf["site_name"]}. {address(site, series["id"])}'


def datasets(site) -> Markup:
    """The series of this page as schema.org Datasets, for search engines and reference managers; data, not a script that runs."""
    lang, base = site.lang, site.conf["site_url"].removesuffix("en/") if site.lang == "en" else site.conf["site_url"]
    graph = []
    for series_id in site.env.page.meta.get("figures", ()):
        series = site.facts.series[series_id]
        spans = list(series["rows"])
        graph.append({
            "@type": "Dataset", "@id": address(site, series_id), "name": series["title"][lang], "description": series["what"][lang],
            "url": address(site, series_id), "inLanguage": site.words("language_code"), "license": published.LICENCE["url"],
            "creator": {"@type": "Organization", "name": site.words("citation_author").rstrip(",")},
            "isBasedOn": [{"@type": "CreativeWork", "name": site.facts.sources[source]["title"][lang], "publisher": _publisher(site, source)}
                          for source in published.sources_of(series)],
            "temporalCoverage": f"{_day_of(spans[0])}/{_day_of(spans[-1], last=True)}", "spatialCoverage": "CN",
            "variableMeasured": [published.heading(column, lang) for column in series["columns"].values()],
            "dateModified": series["last_verified"], "isAccessibleForFree": True,
            "distribution": [{"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{base}data/files/{series_id}.{suffix}"}
                             for suffix, kind in (("csv", "text/csv"), ("json", "application/json"))],
        })
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    # "</" would end the element.
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text.replace("</", "<\\/")))


def _day_of(key: str, last: bool = False) -> str:
    """The year, month or day of a row's key as ISO 8601 wants it; of a span of months, one end."""
    return key.split("..")[-1 if last else 0] if ".." in key else key[:4] if key[4:5] in ("Q", "H") else key


def timeline(site) -> Markup:
    """What happened when, from data/timeline.yml: a list in order of date, each entry with what it rests on."""
    words = rounding_words(site.facts.ui, site.lang)

    def put(match) -> str:
        return published.figure_text(site.facts.series[match["series"]], match["row"], match["column"], site.lang, words)

    entries = []
    for entry in site.facts.timeline.values():
        if "law" in entry:
            law = site.facts.laws[entry["law"]]
            site._use_law(entry["law"], [])
            rests = Markup('<span class="law"><a href="#ref-{}">{}</a>{}</span>').format(entry["law"], site._title(law), site._status_badge(law))
        else:
            rests = site.cite(entry["source"])
        entries.append({
            "date": entry["date"], "day": site.day(entry["date"]), "rests": rests, "ahead": entry["date"] > site.today,
            "text": data.PUBLISHED_FIGURE.sub(put, entry["text"][site.lang]), "reported": data.needs_reporter(entry["confidence"]),
        })
    return site._render("timeline.html", entries=entries)
