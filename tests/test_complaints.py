"""Where to complain: every lender and problem has its steps, in a safe order, through channels that may be published."""
from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from macros import data
from macros.site import Site, UsageError
from tests import language_rules, support
from tests.support import BUILD_DATE, ROOT


class _Env:
    """Stand-in for the macros plugin: a configuration and a page."""

    def __init__(self, lang: str):
        self.conf = {"extra": {"locale": lang, "build_date": BUILD_DATE, "operated_by": {}}, "markdown_extensions": []}
        meta = {"title": "t", "description": "d", "type": "how-to", "topics": ["help"], "revision": 1}
        if lang == "en":
            meta["translates"] = 1
        self.page = SimpleNamespace(file=SimpleNamespace(src_uri="help/complain.md", url="help/complain/"), meta=meta)


def _site(lang: str) -> Site:
    site = Site(_Env(lang))
    site.start_page()
    return site


@pytest.fixture(scope="module")
def facts() -> data.Facts:
    return data.load(ROOT)


@pytest.fixture(scope="module", params=support.LANGUAGES)
def built(request) -> tuple[Site, support.Document]:
    site = _site(request.param)
    return site, support.Document(str(site.complaints()) + str(site.complaints("channels")))


def _cells(facts: data.Facts):
    return [(lender, problem, cell) for lender, row in facts.complaints["cells"].items() for problem, cell in row.items()]


# The table ---------------------------------------------------------------------


def test_every_lender_and_problem_has_a_cell(facts):
    table = facts.complaints
    assert len(table["lenders"]) == 10 and len(table["problems"]) == 10
    assert {(lender, problem) for lender, problem, _ in _cells(facts)} == {(a, b) for a in table["lenders"] for b in table["problems"]}


def test_micro_loan_companies_lead_to_the_local_authority_and_never_to_12378(facts):
    for problem, cell in facts.complaints["cells"]["micro_loan"].items():
        assert "12378" not in cell["channels"], problem
    # A credit record, a fake paper shop and a scam are not the supervisor's business.
    for problem in ("threat", "third_party", "visit", "overcharge", "data_leak", "refused_plan", "fake_papers", "illegal_lending"):
        assert {"local_fin", "12345"} <= set(facts.complaints["cells"]["micro_loan"][problem]["channels"]), problem


def test_nobody_without_a_supervisor_is_sent_to_12378(facts):
    for lender, problem, cell in _cells(facts):
        if lender in ("unlicensed", "individual"):
            assert "12378" not in cell["channels"], (lender, problem)


def test_danger_comes_first_and_the_lender_before_the_regulator(facts):
    steps = facts.complaints["steps"]
    for lender, problem, cell in _cells(facts):
        kinds = [steps[step]["kind"] for step in cell["steps"]]
        assert "danger" not in kinds[1:], (lender, problem)
        # Illegal lending need not be put to the lender at all.
        if "regulator" in kinds and ("lender" in kinds or problem != "illegal_lending"):
            assert "lender" in kinds[: kinds.index("regulator")], (lender, problem)


@pytest.mark.parametrize("problem", ["threat", "third_party", "visit"])
def test_whoever_is_threatened_reads_110_first(facts, problem):
    for row in facts.complaints["cells"].values():
        assert row[problem]["steps"][0] == "danger"


def test_every_channel_may_be_published_and_a_doubtful_one_says_so(facts):
    for step in facts.complaints["steps"].values():
        for match in data.placeholders(step["does"]["zh"]):
            if not match["channel"]:
                continue
            line = facts.hotline(match["channel"])
            assert data.publishable(line["confidence"], line["publish"])
            if data.needs_reporter(line["confidence"]):
                assert step["unverified"]


def test_what_is_not_verified_says_so(facts):
    table = facts.complaints
    entries = [*table["steps"].values(), *table["lenders"].values()]
    for entry in entries:
        assert entry["confidence"]["grade"] != "D"
        assert not data.needs_reporter(entry["confidence"]) or entry["unverified"]


def test_numbers_on_hold_stay_away(facts):
    text = (ROOT / "data" / "complaints.yml").read_text("utf-8")
    held = [key for key, limit in facts.limits.items() if limit["publish"] == "hold"]
    held += [key for key, line in facts.hotlines.items() if line["publish"] == "hold"]
    assert not [key for key in held if re.search(rf"[{{:]{re.escape(key)}[}}:]", text)]


@pytest.mark.parametrize("file", ["complaints.yml", "myths.yml", "ui/complaints.yml"])
def test_wording_keeps_the_rules_for_marks_and_blame(file):
    found = language_rules.check_wording(f"data/{file}", (ROOT / "data" / file).read_text("utf-8"))
    assert [str(finding) for finding in found if finding.level == "error"] == []


def test_sentences_are_as_short_as_on_help_pages(facts):
    steps = facts.complaints["steps"].values()
    for lang, limit in (("zh", 25), ("en", 16)):
        text = "\n".join(re.sub(r"\{[^}]*\}", "〇" if lang == "zh" else "x", step["does"][lang]) for step in steps)
        if lang == "zh":
            lengths = [language_rules.zh_length(s) for s in re.split(r"[。！？；：\n]", text) if s.strip()]
        else:
            lengths = [len(language_rules.en_words(s)) for line in text.split("\n") for s in language_rules.en_sentences(line)]
        assert sum(lengths) / len(lengths) <= limit


# What a mistake says -----------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("calculators", "search"))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("complaints", "不归{12378:name}管", "不归{12379:name}管", 'channel "12379" is not in data/hotlines.yml. Did you mean'),
        ("complaints", "打 {12356}。", "打 12356。", "the number 12356 is typed by hand"),
        ("complaints", "先打 {12356}。", "先打 {hope24}。", "may not be published"),
        ("complaints", "{limit:credit_complaint}内书面答复", "{limit:complaint_review}内书面答复", "may not be published"),
        ("complaints", "{limit:credit_complaint}内书面答复", "30 日内书面答复", '"30 日" is typed by hand'),
        ("complaints", "{limit:complaint_institution:2}。", "{limit:complaint_institution:7}。", "has no value number 7"),
        ("complaints", 'articles: "195, 543, 678"', 'articles: "195, 543, 9999"', 'article "9999" of civil-code is not in'),
        ("complaints", "steps: [danger, calm,", "steps: [calm, danger,", "danger does not come first"),
        ("complaints", "steps: [bill, inst_bank, nfra,", "steps: [nfra, bill, inst_bank,", "a regulator comes before the lender"),
        ("complaints", "inst_local, local_micro, mediate", "inst_local, nfra, mediate", 'leads to 12378, where this lender never belongs'),
        ("complaints", "steps: [danger, calm,", "steps: [dangr, calm,", 'step "dangr" is not in data/complaints.yml, steps. Did you mean "danger"'),
        ("complaints", "grade: A, scale: hotlines.yml", "grade: D, scale: hotlines.yml", "may not be published"),
        ("complaints", "grade: A, scale: hotlines.yml", "grade: C, scale: hotlines.yml", "Add unverified"),
        ("myths", 'articles: "16"}', 'articles: "1600"}', 'article "1600" of credit-reporting-regulation is not in'),
        ("myths", "grade: A26, scale: law.md", "grade: C, scale: law.md", "may not be published"),
        ("myths", "grade: A26, scale: law.md", "grade: B, scale: law.md", "who reported it"),
        ("myths", "number: M7", "number: M4", "M4 also stands at"),
    ],
)
def test_mistake_names_itself(copy, file, old, new, says):
    path = copy / "data" / f"{file}.yml"
    text = path.read_text("utf-8")
    assert old in text, f"{file}.yml has no {old!r}: the test needs another example"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(data.DataError) as caught:
        data.load(copy)
    assert any(says in problem for problem in caught.value.problems), caught.value.problems


def test_missing_cell_is_an_error(copy):
    path = copy / "data" / "complaints.yml"
    text = path.read_text("utf-8")
    start = text.index("  trust:\n", text.index("\ncells:"))
    end = text.index("    third_party:", start)
    path.write_text(text[:start] + "  trust:\n" + text[end:], "utf-8")
    with pytest.raises(data.DataError, match='there is no cell for the problem "threat"'):
        data.load(copy)


# What a reader gets ------------------------------------------------------------


def test_it_works_with_links_and_folds_alone(built):
    site, doc = built
    assert not doc.all("script") and not doc.all("button") and not doc.all("form")
    picks = [e.get("href") for e in doc.all("a") if e.inside and any(i.get("class") == "pick" for i in e.inside)]
    assert len(picks) == len(site.facts.complaints["lenders"])
    for href in picks:
        assert href.removeprefix("#") in doc.ids


def test_every_lender_shows_every_problem(built):
    site, doc = built
    headings = [e for e in doc.all("h3") if e.get("id", "").startswith("lender-")]
    folds = [e for e in doc.all("details") if any(i.get("class") == "lender" for i in e.inside)]
    assert len(folds) == len(headings) * len(site.facts.complaints["problems"])
    assert len(doc.ids) == len(set(doc.ids))


def test_links_inside_lead_somewhere(built):
    site, doc = built
    ids = set(doc.ids) | set(support.Document(str(site.references())).ids)
    dead = {e.get("href") for e in doc.all("a") if e.get("href", "").startswith("#") and e.get("href")[1:] not in ids}
    assert dead == set()


def test_no_number_of_a_channel_that_may_not_be_printed(built):
    site, doc = built
    allowed = {line["dial"] for line in site.facts.hotlines.values() if line["publish"] != "hold" and data.publishable(line["confidence"])}
    dialled = {e.get("href") for e in doc.all("a") if re.match("tel:|sms:", e.get("href", ""))}
    assert dialled and dialled <= allowed
    held = [line["number"] for line in site.facts.hotlines.values() if line["publish"] == "hold" and line["number"]]
    shown = "".join(e.text for e in doc.elements if not e.inside)
    assert held and not [number for number in held if number in shown]


def test_hours_show_only_where_they_are_known(built):
    site, doc = built
    for channel in doc.all("details"):
        if channel.get("id", "").startswith("channel-"):
            line = site.facts.hotlines[channel.get("id").removeprefix("channel-")]
            assert (site.words("hours") in [e.text for e in doc.all("dt") if channel in e.inside]) == bool(line["hours"])


def test_micro_loan_section_offers_12378_only_to_say_that_it_is_not_the_place(built):
    _site_, doc = built
    section = next(e for e in doc.all("section") if any(h.get("id") == "lender-micro-loan" and e in h.inside for h in doc.all("h3")))
    assert not [a for a in doc.all("a") if a.get("href") == "tel:12378" and any(i.tag == "details" for i in a.inside) and section in a.inside]


def test_both_languages_have_the_same_steps_links_and_anchors():
    def shape(lang: str):
        site = _site(lang)
        doc = support.Document(str(site.complaints()) + str(site.complaints("channels")) + str(site.myths("court")))
        return doc.ids, Counter(e.get("href") for e in doc.all("a")), len(doc.all("li"))

    assert shape("zh") == shape("en")


def test_unknown_part_or_claim_says_what_there_is():
    site = _site("zh")
    with pytest.raises(UsageError, match="lenders"):
        site.complaints("people")
    with pytest.raises(UsageError, match="money"):
        site.myths("monney")
    with pytest.raises(UsageError, match='Did you mean "jail"'):
        site.myth("jails")


# Common claims -----------------------------------------------------------------


def test_the_thirty_claims_are_there_once(facts):
    assert sorted(int(myth["number"][1:]) for myth in facts.myths.values()) == list(range(1, 31))


@pytest.mark.parametrize("lang", support.LANGUAGES)
def test_truth_stands_before_the_claim(lang):
    site = _site(lang)
    for topic in dict.fromkeys(myth["topic"] for myth in site.facts.myths.values()):
        html = str(site.myths(topic))
        for section in html.split("<section")[1:]:
            assert section.index("myth__truth") < section.index('class="law') < section.index("<q>") < section.index("myth__verdict")


@pytest.mark.parametrize("lang", support.LANGUAGES)
def test_box_leads_to_its_claim_on_the_list(lang):
    site = _site(lang)
    site.env.page.file.url = "visits/rules/"
    box = site.myth("three-years")
    assert 'href="../../help/myths/#three-years"' in box
    assert box.index(site.facts.myths["three-years"]["ask"][lang]) < box.index("myth__truth") < box.index("<q>")
    assert 'id="ref-limitation-provisions"' in site.references()


def test_the_claim_itself_is_never_the_truth(facts):
    for myth in facts.myths.values():
        for lang in data.LANGUAGES:
            assert myth["claim"][lang].rstrip("。.") not in myth["truth"][lang]


def test_file_holds_nothing_but_what_is_described():
    # The head of the file explains the placeholders; a new kind would be printed as it stands.
    text = yaml.safe_load((ROOT / "data" / "myths.yml").read_text("utf-8"))
    for myth in text.values():
        for lang in data.LANGUAGES:
            for part in ("ask", "claim", "origin"):
                assert "{" not in myth[part][lang]
