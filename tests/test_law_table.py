"""The list of rules by force, and old and new article numbers: what each entry says, in which order, what is refused."""
from __future__ import annotations

import re
import shutil
from html import unescape

import pytest

from hooks.parity import macro_calls
from macros import data, law_table
from macros.site import UsageError
from tests.support import LANGUAGES, ROOT
from tests.test_macros import site, text  # noqa: F401  (site is a fixture: one Site per language)

PAGE = "learn/law.md"


@pytest.fixture(scope="module")
def facts() -> data.Facts:
    return data.load(ROOT)


def forces_of_the_page(lang: str) -> list[str]:
    calls = macro_calls((ROOT / "docs" / lang / PAGE).read_text("utf-8"))
    return [match[1] for call in calls if (match := re.fullmatch(r'law_table\("([\w-]+)"\)', call))]


def entry_of(html: str, law_id: str) -> str:
    return re.search(rf'<section class="rule"[^>]*>\s*<h3 id="law-{law_id}">.*?</section>', html, re.S)[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_goes_from_the_strongest_force_to_the_weakest(lang):
    assert forces_of_the_page(lang) == list(law_table.FORCES)


def test_every_instrument_with_topics_stands_in_the_list_once(site):  # noqa: F811
    html = "".join(site.law_table(force) for force in law_table.FORCES)
    found = re.findall(r'<h3 id="law-([^"]+)">', html)
    assert found == list(law_table.listed(site.facts))
    assert len(found) >= 50


def test_what_holds_stands_before_drafts_and_repealed_texts(facts):
    for force in law_table.FORCES:
        states = [law["status"] for law in law_table.listed(facts, force).values()]
        assert states == sorted(states, key=["in-force", "draft", "repealed"].index)


def test_entry_says_whom_it_binds_since_when_and_how_sure_we_are(site):  # noqa: F811
    html = entry_of(site.law_table("law"), "personal-information-protection-law")
    said = text(html)
    for part in {
        "zh": ["《个人信息保护法》", "约束： 处理个人信息的人和机构", "2021 年 11 月 1 日", "A26", "第 6 条"],
        "en": ["Personal Information Protection Law", "Binds: Whoever handles personal data", "1 November 2021", "A26", "art. 6"],
    }[site.lang]:
        assert part in said
    assert 'data-binds="data-handlers"' in html


def test_entry_known_from_reports_names_them(site):  # noqa: F811
    html = entry_of(site.law_table("recommended-standard"), "gbt-45251-2025")
    assert site.report(site.facts.laws["gbt-45251-2025"]) in unescape(text(html))
    assert {"zh": "取代了：", "en": "Replaced:"}[site.lang] in html


def test_draft_and_repealed_text_bind_nobody(site):  # noqa: F811
    for force, law_id in (("law", "enterprise-bankruptcy-revision-draft-2025"), ("self-regulation", "nifa-collection-guideline-2024")):
        html = entry_of(site.law_table(force), law_id)
        assert 'data-binds=""' in html and site.words("law_binds_nobody") in html


def test_guideline_of_the_association_is_never_called_a_ban_on_visits(site):  # noqa: F811
    said = text(entry_of(site.law_table("self-regulation"), "cba-collection-guideline-2026"))
    assert {"zh": "不禁止上门", "en": "does not ban"}[site.lang] in said


def test_list_shows_the_articles_that_the_page_itself_names(site):  # noqa: F811
    assert "114.1(5)" not in law_table.articles_shown(site.facts, "civil-procedure-law")
    site.law("civil-procedure-law", "114.1(5)")
    html = entry_of(site.law_table("law"), "civil-procedure-law")
    assert data.article_label(site.facts.laws["civil-procedure-law"], "114.1(5)", site.lang) in html


def test_references_of_the_page_of_rules_lead_into_its_list(site):  # noqa: F811
    site.env.page.file.url = law_table.PAGE
    assert 'href="#law-civil-code"' in site.law("civil-code", "680")
    assert 'id="ref-civil-code"' not in site.references()


def test_filter_offers_every_force_and_everybody_who_is_bound(site):  # noqa: F811
    html = site.law_filter()
    assert re.search(r"<form[^>]* hidden", html), "without JavaScript there is nothing to filter with"
    options = set(re.findall(r'<option value="([^"]*)"', html))
    listed = law_table.listed(site.facts).values()
    assert options == {""} | {law["force"] for law in listed} | {code for law in listed if law["status"] == "in-force" for code in law["binds"]}
    assert str(len(listed)) in html


def test_old_and_new_numbers_stand_side_by_side(site):  # noqa: F811
    rows = [text(row) for row in re.findall(r"<tr>.*?</tr>", site.renumbering("public-security"), re.S)]
    harassment = next(row for row in rows if {"zh": "第 42 条", "en": "art. 42"}[site.lang] in row)
    assert {"zh": "第 50 条", "en": "art. 50"}[site.lang] in harassment
    new = next(row for row in rows if {"zh": "第 56 条", "en": "art. 56"}[site.lang] in row)
    assert site.words("law_old_none") in new
    assert len(rows) == 1 + len(site.facts.renumbering["public-security"]["rows"])


@pytest.mark.parametrize(("old", "new"), [("23", "26.1(1)"), ("26", "30"), ("40(3)", "47(3)"), ("42", "50"), ("43", "51"), ("51", "62"), ("60(2)", "72(2)")])
def test_numbers_are_those_of_the_two_texts(facts, old, new):
    # Read off the text of 2012 and that of 2025.
    assert (old, new) in [(row["old"], row["new"]) for row in facts.renumbering["public-security"]["rows"]]


def test_unknown_force_and_unknown_table_are_refused(site):  # noqa: F811
    with pytest.raises(UsageError, match="judicial-interpretation"):
        site.law_table("judicial")
    with pytest.raises(UsageError, match="public-security"):
        site.renumbering("penal")


# Mistakes in data/ -----------------------------------------------------------------


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def problems(root) -> str:
    try:
        data.load(root)
    except data.DataError as error:
        return str(error)
    return ""


def spoil(root, file: str, old: str, new: str) -> None:
    path = root / "data" / file
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("laws.yml", "  binds: [everyone]\n", "", "belong together"),
        ("laws.yml", '  listed: ["37"', '  listed: ["9999"', "9999"),
        ("laws.yml", "  topics: [collection]", "  topics: [colection]", "collection"),
        ("glossary.yml", "  law: civil-code 670\n", "  law: civil-cod 670\n", "civil-code"),
        ("glossary.yml", "  law: civil-code 670\n", "  law: social-assistance-law 2\n", "has no topics"),
        ("glossary.yml", "  group: market\n", "", "has no group"),
        ("glossary.yml", "  see_also: [lender_of_record, ", "  see_also: [lender_of_recrod, ", "lender_of_record"),
        ("renumbering.yml", '      new: "50"\n', '      new: "5000"\n', "5000"),
        ("renumbering.yml", "  new: public-security-administration-punishments-law\n", "  new: public-security\n", "data/laws.yml"),
    ],
    ids=["binds left out", "unknown article", "unknown topic", "unknown law", "law not listed", "group left out", "unknown term", "unknown number", "unknown text"],
)
def test_mistake_in_the_data_is_named(copy, file, old, new, said):
    spoil(copy, file, old, new)
    assert said in problems(copy)
