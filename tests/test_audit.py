"""The checklist for an audit: every item rests on a clause that was seen, or says that it is advice; it prints without JavaScript."""
from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from macros import audit, data
from macros.site import Site
from tests import language_rules as rules
from tests.support import BUILD_DATE, LANGUAGES, ROOT, Document

FACTS = data.load(ROOT)
ITEMS = [(f"{group_id}.{item_id}", item) for group_id, group in FACTS.audit.items() for item_id, item in group["items"].items()]
ITEM = pytest.mark.parametrize("item", [item for _, item in ITEMS], ids=[name for name, _ in ITEMS])
# Of these no item can ask: headings whose text was not seen, a definition, and the list of bans as a whole.
NO_ITEM = {"management-headings", "personal-data-heading", "complaints-heading", "major-risk-heading", "definition", "bans"}


def _site(lang: str) -> Site:
    meta = {"title": "t", "description": "d", "type": "explainer", "topics": ["audit"], "revision": 1}
    if lang == "en":
        meta["translates"] = 1
    page = SimpleNamespace(file=SimpleNamespace(src_uri="platforms/collection-standard.md", url="platforms/collection-standard/"), meta=meta)
    conf = {"extra": {"locale": lang, "build_date": BUILD_DATE, "operated_by": {}}, "markdown_extensions": []}
    site = Site(SimpleNamespace(conf=conf, page=page))
    site.start_page()
    return site


@pytest.fixture(scope="module", params=LANGUAGES)
def printed(request) -> tuple[Site, str]:
    site = _site(request.param)
    return site, str(site.audit_checklist())


@pytest.fixture()
def copy(tmp_path: Path) -> Path:
    """A copy of data/ (without the parts of other areas) that a test may spoil."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("calculators", "search", "ui", "ui.yml"))
    return tmp_path


def _refused(root: Path, name: str, old: str, new: str) -> str:
    """Spoil one place of a file; return what the build says, without what the copy itself may lack."""
    path = root / "data" / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} has no {old!r}: the test needs another example"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(data.DataError) as caught:
        data.load(root)
    return "\n".join(problem for problem in caught.value.problems if problem.startswith("data/audit.yml"))


# Mistakes stop the build -----------------------------------------------------------


def test_unknown_law_is_refused(copy):
    said = _refused(copy, "audit.yml", "{law: gbt-45251-2025, articles: records}", "{law: gbt-45251-2024, articles: records}")
    assert 'law "gbt-45251-2024" is not in data/laws.yml. Did you mean "gbt-45251-2025"' in said


def test_unknown_clause_is_refused(copy):
    said = _refused(copy, "audit.yml", "articles: agency-review}", "articles: \"5.4\"}")
    assert 'article "5.4" of gbt-45251-2025 is not in data/laws.yml' in said


@pytest.mark.parametrize(("lang", "name"), [("zh", "Chinese"), ("en", "English")])
def test_missing_translation_is_refused(copy, lang, name):
    path = copy / "data" / "audit.yml"
    text = path.read_text("utf-8")
    line = re.search(rf"^        {lang}: .*\n", text, re.M)[0]
    assert f"ask has no {name}" in _refused(copy, "audit.yml", line, "").replace("items.name-the-institution.", "")


def test_item_without_reference_must_say_that_it_is_advice(copy):
    said = _refused(copy, "audit.yml", "      advice: true\n\nhours:", "\nhours:")
    assert "says neither on what it rests nor that it is advice" in said


@pytest.mark.parametrize("typed", ["第 22 条", "第二十二条", "5.3", "article 22", "art. 22"])
def test_number_of_a_clause_is_not_typed(copy, typed):
    said = _refused(copy, "audit.yml", "zh: 派单、签到、录像里的人数, en: 'Assignment, check-in",
                    f"zh: '派单、签到、录像里的人数，{typed}', en: 'Assignment, check-in")
    assert f'"{typed}" is the number of a clause' in said


def test_number_that_the_law_sets_is_not_typed(copy):
    said = _refused(copy, "audit.yml", "{zh: 保存制度；调一份最早的记录出来,", "{zh: 保存 2 年的制度,")
    assert '"2 年" is typed by hand' in said


@pytest.mark.parametrize("grade", ["D", "C"])
def test_clause_that_may_not_be_published_is_refused(copy, grade):
    # D of regulation.md; C of law.md is its like.
    scale = "regulation.md" if grade == "D" else "law.md"
    said = _refused(copy, "laws.yml", "confidence: {grade: C, scale: regulation.md}\n      reported_by: {zh: 中国证券报 2026-01-31",
                    f"confidence: {{grade: {grade}, scale: {scale}}}\n      reported_by: {{zh: 中国证券报 2026-01-31")
    assert 'article "ai" of cba-collection-guideline-2026 may not be published' in said


def test_repealed_text_is_refused(copy):
    said = _refused(copy, "audit.yml", "{law: gbt-45251-2025, articles: hours}", "{law: nifa-collection-guideline-2024, articles: hours}")
    assert "nifa-collection-guideline-2024 is repealed" in said


# What the checklist holds ----------------------------------------------------------


@ITEM
def test_item_rests_on_a_clause_or_says_that_it_is_advice(item):
    assert item.get("laws") or item.get("advice")
    assert audit.duty(item, FACTS) in audit.DUTIES


@ITEM
def test_item_is_one_question(item):
    assert item["ask"]["zh"].endswith("？") and item["ask"]["zh"].count("？") == 1 and "吗" in item["ask"]["zh"]
    assert item["ask"]["en"].endswith("?") and item["ask"]["en"].count("?") == 1


@ITEM
def test_national_standard_and_guideline_come_first(item):
    forces = [FACTS.laws[basis["law"]]["force"] for basis in audit.in_order(item, FACTS)]
    assert forces == sorted(forces, key=["recommended-standard", "self-regulation", "law", "department-rule"].index)


def test_every_clause_seen_of_the_standard_and_the_guideline_is_asked_about():
    asked = {(basis["law"], key.strip()) for _, item in ITEMS for basis in item.get("laws", ()) for key in basis["articles"].split(",")}
    for law_id in ("gbt-45251-2025", "cba-collection-guideline-2026"):
        missing = {key for key in FACTS.laws[law_id]["articles"] if (law_id, key) not in asked} - NO_ITEM
        assert not missing, f"{law_id}: no item asks about {', '.join(sorted(missing))}"


def test_groups_cover_the_whole_of_collection():
    # The groups that the plan of the checklist names.
    assert list(FACTS.audit) == ["mandate", "hours", "contacts", "visits", "documents", "outsourced", "personal-data",
                                 "complaints", "vulnerable", "transfer"]


def test_item_ids_are_anchors_and_stand_once():
    assert not [name for name, count in Counter(name.split(".")[1] for name, _ in ITEMS).items() if count > 1]


def test_weight_is_that_of_the_strongest_text():
    standard, guideline, rule, statute = (
        {"law": law, "articles": key} for law, key in (
            ("gbt-45251-2025", "hours"), ("cba-collection-guideline-2026", "hours"),
            ("microloan-company-measures-2024", "six-bans"), ("civil-code", "165")))
    assert audit.duty({"laws": [standard, guideline]}, FACTS) == "recommended"
    assert audit.duty({"laws": [guideline]}, FACTS) == "self-regulation"
    assert audit.duty({"laws": [guideline, rule]}, FACTS) == "rule"
    assert audit.duty({"laws": [standard, rule, statute]}, FACTS) == "law"
    assert audit.duty({"laws": [statute], "advice": True}, FACTS) == "advice"


def test_hours_and_frequency_are_no_law():
    # law.md, M18: the hours and the counts of calls are not law; of this group only pestering is.
    found = {item_id: audit.duty(item, FACTS) for item_id, item in FACTS.audit["hours"]["items"].items()}
    assert [item_id for item_id, duty in found.items() if duty == "law"] == ["no-pestering"]
    assert "rule" not in found.values()


def test_headcount_and_recording_of_visits_do_not_rest_on_the_standard():
    # regulation.md 1.1: its clause on visits was not seen.
    for item in FACTS.audit["visits"]["items"].values():
        assert "gbt-45251-2025" not in [basis["law"] for basis in item.get("laws", ())]


def test_wording_keeps_the_plain_language_rules():
    found = rules.check_wording("data/audit.yml", (ROOT / "data/audit.yml").read_text("utf-8"))
    assert not [str(finding) for finding in found if finding.level == "error"]


# What is printed -------------------------------------------------------------------


def test_boxes_are_text_to_tick_on_paper(printed):
    _, html = printed
    assert not re.search(r"<(?:input|button|select|form|script)\b", html) and "style=" not in html
    for row in re.findall(r"<tr id=.*?</tr>", html, re.S):
        assert row.endswith("</th><td>□</td><td>□</td><td></td></tr>")


def test_every_group_is_a_table_with_its_columns(printed):
    site, html = printed
    document = Document(html)
    assert len(document.all("table")) == len(FACTS.audit)
    heads = [element.text for element in document.all("th", scope="col")]
    assert heads == [site.words("audit_" + name) for name in ("question", "yes", "no", "evidence")] * len(FACTS.audit)
    assert len(document.all("tr")) == len(ITEMS) + len(FACTS.audit)


def test_every_item_says_how_binding_it_is_and_how_sure(printed):
    site, html = printed
    rows = re.findall(r"<tr id=.*?</tr>", html, re.S)
    assert len(rows) == len(ITEMS)
    for row, (name, item) in zip(rows, ITEMS):
        duty = audit.duty(item, FACTS)
        assert f'<b class="audit__duty">{site.words("audit_duty_" + duty.replace("-", "_"))}</b>' in row, name
        grade = re.escape(site.words("audit_grade", "")).strip("\\ ")
        assert len(re.findall(grade, row)) == len(item.get("laws", ())), name


def test_number_of_a_clause_is_printed_only_where_it_was_seen(printed):
    site, html = printed
    for row, (name, item) in zip(re.findall(r"<tr id=.*?</tr>", html, re.S), ITEMS):
        text = re.sub(r"<[^>]+>", " ", row)
        allowed = "".join(
            FACTS.laws[basis["law"]]["title"][site.lang] + data.article_label(FACTS.laws[basis["law"]], key.strip(), site.lang)
            for basis in item.get("laws", ()) for key in basis["articles"].split(","))
        for number in re.findall(r"第 ?[\d一二三四五六七八九十]+ ?[条章]|\bart\. ?\d+", text):
            assert number in allowed, f"{name}: {number}"


def test_what_one_report_says_is_marked_as_one_report(printed):
    site, html = printed
    row = re.search(r'<tr id="audit-id-and-recording">.*?</tr>', html, re.S)[0]
    assert site.words("reported_once", "")[:6] in row


def test_both_languages_have_the_same_items_and_references():
    shapes = []
    for lang in LANGUAGES:
        document = Document(str(_site(lang).audit_checklist()))
        shapes.append([(e.tag, e.attrs.get("id"), e.attrs.get("href")) for e in document.elements])
    assert shapes[0] == shapes[1]


def test_references_lead_to_the_list_of_sources(printed):
    site, html = printed
    document = Document(html + str(site.references()))
    ids = {element.attrs.get("id") for element in document.elements}
    assert {e.attrs["href"][1:] for e in document.all("a") if e.attrs["href"].startswith("#")} <= ids
