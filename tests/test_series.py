"""Published series and the timeline: what stops the build, what is printed, and that charts, tables and files say the same."""
from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from macros import charts, data, figures, series
from tests.support import ROOT

NPL = "series/personal-npl-batch-transfer"


@pytest.fixture(scope="module")
def facts() -> data.Facts:
    return data.load(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of data/ that a test may spoil."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("calculators", "search"))
    return tmp_path


def spoil(root: Path, name: str, old: str, new: str) -> int:
    """Replace the first occurrence of a text; return the line on which it begins."""
    path = root / "data" / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} has no {old!r}: the test needs another example"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def problems(root: Path) -> list[str]:
    with pytest.raises(data.DataError) as caught:
        data.load(root)
    return caught.value.problems


# Printing ----------------------------------------------------------------------


# The Chinese figure is the printed one; the English one is the same number with the point moved, worked out by hand.
@pytest.mark.parametrize(
    ("number", "kind", "zh", "en"),
    [
        ("1583.5", "yuan_100m", "1,583.5 亿元", "CNY 158.35 billion"),
        ("7.3", "yuan_100m", "7.3 亿元", "CNY 730 million"),
        ("1000", "yuan_100m", "1,000 亿元", "CNY 100 billion"),
        ("10417.68", "yuan_100m", "10,417.68 亿元", "CNY 1.041768 trillion"),
        ("9999.99", "yuan_100m", "9,999.99 亿元", "CNY 999.999 billion"),
        ("21.01", "yuan_trillion", "21.01 万亿元", "CNY 21.01 trillion"),
        ("1.0", "percent", "1.0%", "1.0%"),
    ],
)
def test_units_are_changed_exactly(number, kind, zh, en):
    assert series.in_unit(number, {"print": kind}, "zh") == zh
    assert series.in_unit(number, {"print": kind}, "en") == en


def test_counts_carry_their_counter_and_their_noun():
    assert series.in_unit("4863", {"print": "count", "unit": {"zh": "家", "en": "companies"}}, "zh") == "4,863 家"
    assert series.in_unit("12727.92", {"print": "count_10k", "unit": {"zh": "人", "en": "people"}}, "en") == "127.2792 million people"
    assert series.in_unit("0", {"print": "count", "unit": {"zh": "家", "en": "platforms"}}, "en") == "0 platforms"


def test_figures_that_the_source_rounded_say_so(facts):
    police = facts.series["police-crackdown"]
    for lang, expected in (("zh", "超过 1,500 起"), ("en", "more than 1,500 cases")):
        words = figures.rounding_words(facts.ui, lang)
        assert series.figure_text(police, "2025-06..2025-11", "cases", lang, words) == expected


def test_rows_are_named_in_words(facts):
    platforms = facts.series["p2p-platforms"]
    assert series.row_name(platforms, "2020-11-15", "en") == "mid-November 2020"
    assert series.row_name(platforms, "2020-11-06", "zh") == "2020 年 11 月 6 日"
    assert series.row_name({}, "2025Q1", "zh") == "2025 年第一季度"
    assert series.row_name({}, "2024-01..2024-09", "zh") == "2024 年 1 月至 9 月"


def test_takeaways_hold_every_figure_of_their_placeholders(facts):
    for name, one in facts.series.items():
        for lang in data.LANGUAGES:
            text = series.takeaway(one, lang, figures.rounding_words(facts.ui, lang))
            assert "{" not in text, name
            assert not re.search(r"[\u3400-\u9fff]\d", text), (name, text)


# What the data may hold -----------------------------------------------------------


def test_unverified_rows_of_the_collection_are_left_out(facts):
    assert "2012-12-31" not in facts.series["p2p-platforms"]["rows"]
    assert not {"2025-12-31", "2026-03-31"} & set(facts.series["credit-cards-in-use"]["rows"])
    assert "2025-03-31" not in facts.series["household-consumer-credit"]["rows"]


def test_rows_that_are_meant_to_add_up_do(facts):
    """The source gives 2,771.8 as the total to the end of 2024."""
    rows = facts.series["personal-npl-batch-transfer"]["rows"]
    tenths = sum(round(float(rows[year]["values"]["personal_npl_transferred_100m_yuan"]) * 10) for year in ("2021", "2022", "2023", "2024"))
    assert tenths == 27718


def test_lpr_series_is_the_table_of_rates_and_four_times_it(facts):
    rows = facts.series["lpr"]["rows"]
    assert list(rows) == [row["effective_date"] for row in facts.lpr]
    assert rows["2019-08-20"]["values"]["lpr_4x_percent"] == "17.00"
    assert rows["2025-05-20"]["values"]["lpr_4x_percent"] == "12.00"
    # Rows that rest on one dataset say so.
    assert series.once_only(rows["2024-07-22"]) and not series.once_only(rows["2025-05-20"])


def test_series_rests_on_named_sources_of_a_grade_that_may_be_shown(facts):
    for name, one in facts.series.items():
        for key, row in one["rows"].items():
            assert row["sources"], (name, key)
            assert row["confidence"]["grade"] in ("A-", "B", "C"), (name, key)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (f"{NPL}.csv", ",B\n", ",D\n", "grade D may not be published"),
        (f"{NPL}.csv", ",B\n", ",E\n", 'grade "E" is not a grade'),
        (f"{NPL}.csv", "yindeng-transfer-statistics; cailianshe-2025-11-05,B", ",B", "source is empty"),
        (f"{NPL}.csv", "yindeng-transfer-statistics;", "yindeng-transfer-statistic;", "Did you mean"),
        (f"{NPL}.csv", "47.3", '"47,3"', "Write the number as printed"),
        (f"{NPL}.csv", "2022,175.7", "2021,175.7", "stands twice"),
        (f"{NPL}.csv", "2025Q1,", "2025-Q1,", "Write 2024, 2025Q1"),
        (f"{NPL}.csv", "2021,47.3,", "2021,,", "no figure stands in this row"),
        (f"{NPL}.csv", ",,yindeng,", ",,yinden,", "is not among definitions"),
        (f"{NPL}.csv", "period,personal", "when,personal", "the columns are"),
        (f"{NPL}.csv", "2021,47.3,,", "2021,47.3,", "cells instead of"),
        ("series/p2p-balance.csv", "2016-12-31", "2016-12-32", "There is no such day"),
        (f"{NPL}.yml", ", en: Bulk sales of personal bad loans", "", "has no English (en)"),
        (f"{NPL}.yml", "{2021:personal_npl_transferred_100m_yuan}", "47.3 亿元", "the figures differ between zh and en"),
        (f"{NPL}.yml", "批量转让的个人不良贷款", "批量转让的 3 批个人不良贷款", 'the figure "3" is typed by hand'),
        (f"{NPL}.yml", "rows: [\"2021\", \"2022\"", "rows: [\"2020\", \"2022\"", 'row "2020" is not in the table'),
        (f"{NPL}.yml", 'rows: ["2021", "2022", "2023", "2024"]', 'rows: ["2024", "2025Q1"]', "rows of different length"),
        (f"{NPL}.yml", "chart: {kind: bars", "chart: {kind: step", "steps join rows"),
        (f"{NPL}.yml", "chart: {kind: bars", "chart: {kind: pie", "Use one of"),
        (f"{NPL}.yml", "industry: {zh", "unused: {zh: 无, en: none}\n  industry: {zh", "no row uses this definition"),
        ("series/p2p-platforms.yml", "kind: bars", "kind: dots", "Use bars"),
        ("series/police-crackdown.yml", "chart: null", "chart: {kind: bars, columns: [cases]}", "belong together"),
        ("series/credit-cards-in-use.yml", ", unit: {zh: 张, en: cards}", "", "a count needs unit"),
    ],
)
def test_slip_in_a_series_stops_with_file_line_and_remedy(copy, file, old, new, said):
    spoil(copy, file, old, new)
    found = problems(copy)
    assert any(said in problem for problem in found), found
    assert any(re.match(rf"data/{file}, line \d+: .+\.", problem) for problem in found), found


def test_table_without_description_and_description_without_table_are_reported(copy):
    (copy / "data" / "series" / "p2p-balance.yml").unlink()
    (copy / "data" / "series" / "credit-cards-in-use.csv").unlink()
    found = "\n".join(problems(copy))
    assert "there is no p2p-balance.yml" in found
    assert "there is no credit-cards-in-use.csv" in found


# Timeline ----------------------------------------------------------------------


def test_timeline_is_in_order_and_rests_on_more_than_one_report(facts):
    days = [entry["date"] for entry in facts.timeline.values()]
    assert days == sorted(days) and len(days) >= 30
    assert not any(entry["confidence"]["grade"] in ("C", "D", "B-") for entry in facts.timeline.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('date: "2013-01-21"', 'date: "2010-01-21"', "Put the entries in order"),
        ("law: credit-reporting-regulation", "law: credit-reporting", "is not in data/laws.yml"),
        ("source: reuters-2015-10-23", "source: reuters", "is not in data/sources.yml"),
        ("law: credit-reporting-regulation", "law: credit-reporting-regulation\n  source: reuters-2015-10-23", "law or source, and not both"),
        ("{grade: A, scale: regulation.md}", "{grade: C, scale: regulation.md}", "one report is not enough"),
        ("{small-loan-companies/2011-06-30/companies}", "{small-loan-companies/2011-06-30/company}", "there is no such figure"),
        ("{small-loan-companies/2015-06-30/companies}", "{small-loan-companies/2015-09-30/companies}", "the figures differ"),
    ],
)
def test_slip_in_the_timeline_is_reported(copy, old, new, said):
    spoil(copy, "timeline.yml", old, new)
    found = problems(copy)
    assert any(said in problem and problem.startswith("data/timeline.yml, line") for problem in found), found


# Files -------------------------------------------------------------------------


def test_each_series_has_a_table_and_its_description_in_both_languages(facts):
    found = series.files(facts)
    for name, one in facts.series.items():
        text = found[f"data/files/{name}.csv"]
        assert text.startswith("\ufeff")
        head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        assert len(rows) == len(one["rows"])
        for cells, (key, row) in zip(rows, one["rows"].items()):
            assert cells[0] == key
            assert cells[1 : 1 + len(one["columns"])] == [value or "" for value in row["values"].values()]
            assert cells[-1] == row["confidence"]["grade"]
        for cell, column in zip(head[1:], one["columns"].values()):
            assert column["name"]["zh"] in cell and column["name"]["en"] in cell
        described = json.loads(found[f"data/files/{name}.json"])
        assert described["title"] == one["title"] and described["last_verified"] == one["last_verified"]
        assert described["caveats"] == one["caveats"] and described["licence"]["name"] == "CC BY 4.0"
        assert [row[one["row"]["column"]] for row in described["rows"]] == list(one["rows"])
        assert all(row["grade"] in described["grades"] and set(row["source"]) <= set(described["sources"]) for row in described["rows"])


# Charts ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(facts) -> dict[tuple[str, str], ElementTree.Element]:
    """Every chart in both languages, as our pages get it."""
    drawing = figures.start_drawing(facts)
    return {
        (name, lang): ElementTree.fromstring(drawing.svg(charts.specification(one, lang, figures.rounding_words(facts.ui, lang))))
        for name, one in facts.series.items() if one["chart"] for lang in data.LANGUAGES
    }


def test_charts_carry_no_style_and_no_colour_of_their_own(drawn):
    for key, svg in drawn.items():
        for element in svg.iter():
            assert not {"style", "font-family", "role", "width"} & (set(element.attrib) - ({"width"} if element.tag == "pattern" else set())), key
            for name in ("fill", "stroke"):
                assert element.get(name, "none") in ("none", "url(#__ID__-hatch)"), (key, element.attrib)


def test_charts_are_narrow_enough_for_a_phone_and_their_text_is_text(drawn):
    for key, svg in drawn.items():
        width = float(svg.get("viewBox").split()[2])
        assert width <= 345, (key, width)
        sizes = [float(text.get("font-size")) for text in svg.iter("text")]
        assert sizes and min(sizes) >= 11, key


def test_bars_name_every_row_and_figure_they_show(facts, drawn):
    for (name, lang), svg in drawn.items():
        one = facts.series[name]
        if one["chart"]["kind"] != "bars":
            continue
        shown = "\n".join("".join(text.itertext()) for text in svg.iter("text"))
        for row in series.drawn_rows(one):
            if row["values"][one["chart"]["columns"][0]]:
                assert series.row_name(one, row["key"], lang) in shown, (name, lang)


def test_dots_are_not_joined_and_each_row_seen_is_one(facts, drawn):
    svg = drawn["credit-card-overdue-6m", "zh"]
    dots = [path for path in svg.iter("path") if path.get("class") == "f-first"]
    assert len(dots) == len(facts.series["credit-card-overdue-6m"]["rows"])
    assert not [path for path in svg.iter("path") if "s-first" in path.get("class", "")]


def test_steps_end_on_the_last_verified_day(facts):
    spec = charts.specification(facts.series["lpr"], "en", figures.rounding_words(facts.ui, "en"))
    lines = [layer["data"]["values"] for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    assert {line[-1]["day"] for line in lines} == {facts.lpr_notes["verified_until"]}


def test_kept_chart_is_drawn_anew_when_its_figures_change(facts):
    one = facts.series["p2p-balance"]
    words = figures.rounding_words(facts.ui, "zh")
    before = charts.specification(one, "zh", words)
    changed = json.loads(json.dumps(before).replace("6795.11", "6795.12"))
    assert charts._kept(before) != charts._kept(changed)


# Built pages -------------------------------------------------------------------


@pytest.mark.parametrize("lang", data.LANGUAGES)
def test_table_of_every_figure_equals_its_csv(site, facts, lang):
    html = (site / ("" if lang == "zh" else "en") / "data" / "index.html").read_text("utf-8")
    for name, one in facts.series.items():
        figure = re.search(rf'<figure class="series[^>]*id="figure-{name}".*?</figure>', html, re.S)
        assert figure, name
        rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", figure[0], re.S)
        assert len(rows) == len(one["rows"]), name
        for (title, cells), (key, row) in zip(rows, one["rows"].items()):
            assert title == series.row_name(one, key, lang)
            shown = re.findall(r'<td class="num">(.*?)</td>', cells)
            for text, value in zip(shown, row["values"].values(), strict=True):
                assert text.endswith(series.grouped(value)) if value else text == "—", (name, key)
        assert " style=" not in figure[0]
        # What is cited is the address of the figure itself.
        assert f"data/#figure-{name}" in figure[0]


@pytest.mark.parametrize("lang", data.LANGUAGES)
def test_dataset_is_described_for_each_figure_of_the_data_page(site, facts, lang):
    html = (site / ("" if lang == "zh" else "en") / "data" / "index.html").read_text("utf-8")
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[1])["@graph"]
    assert [entry["@id"].split("#figure-")[1] for entry in graph] == re.findall(r'<figure class="series[^>]*id="figure-([a-z0-9-]+)"', html)
    for entry in graph:
        for file in entry["distribution"]:
            assert (site / file["contentUrl"].split("/data/files/")[1].join(["data/files/", ""])).is_file()


def test_both_languages_share_one_copy_of_the_files(site):
    assert (site / "data" / "files" / "lpr.csv").is_file()
    assert not (site / "en" / "data" / "files").exists()
    assert 'href="../../data/files/lpr.csv"' in (site / "en" / "data" / "index.html").read_text("utf-8")
