"""data/ loads, and every kind of slip in it stops the build with file, line and remedy."""
from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from macros import data
from macros.articles import article_name

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def facts() -> data.Facts:
    return data.load(ROOT)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of data/ (without the parts of other areas) that a test may spoil."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("calculators", "search", "ui", "ui.yml"))
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


# The data itself ---------------------------------------------------------------


def test_every_file_of_the_site_loads(facts):
    assert facts.laws["civil-code"]["title"] == {"zh": "民法典", "en": "Civil Code"}
    assert facts.limit("visit_headcount")["values"][0]["value"] == "2"
    assert facts.hotline("110")["dial"] == "tel:110"
    assert facts.term("lpr")["pinyin"]
    assert facts.source("civil-code")["publisher_url"]


def test_what_was_loaded_is_kept_until_a_file_changes(copy):
    first = data.load(copy)
    assert data.load(copy) is first
    (copy / "data" / "checks.yml").write_text("# changed\n{}\n", "utf-8")
    assert data.load(copy) is not first


def test_every_article_key_has_a_name_in_both_languages(facts):
    for law_id, law in facts.laws.items():
        for key, article in law["articles"].items():
            assert data.ARTICLE_NOTATION.match(key), (law_id, key)
            for lang in data.LANGUAGES:
                assert data.article_label(law, key, lang), (law_id, key)
            if not article.get("label"):
                assert article_name(key, "zh").startswith("第 "), (law_id, key)


# Articles that issue 2 and the pages rest on; the numbers were read in the statute texts.
@pytest.mark.parametrize(
    ("law_id", "keys"),
    [
        ("constitution", "37, 38, 39"),
        ("civil-code", "165, 546, 585, 670, 1032, 1033, 1033(1), 1033(2), 1177"),
        ("public-security-administration-punishments-law", "25, 26.1(1), 30, 47(3), 50.1(5), 50.2, 90, 103"),
        ("criminal-law", "175-1, 238.3, 245, 253-1, 293-1"),
        ("private-lending-provisions", "1, 25, 26, 28, 29, 31"),
        ("cba-collection-guideline-2026", "hours, visit-headcount, visit-id-and-recording, no-entry, call-attempts"),
        ("gbt-45251-2025", "debtor-only, contacts, hours, calls-informative, calls-interactive, records"),
        ("microloan-company-measures-2024", "six-bans, six-bans(2)"),
        ("pbc-announcement-2021-3", "1, 2, 3, 4, 5"),
    ],
)
def test_the_articles_that_pages_rest_on_are_there(facts, law_id, keys):
    for key in keys.split(", "):
        assert facts.law(law_id, key)["says"]["zh"]


def test_the_standard_says_nothing_about_visits(facts):
    # Its visit clause was not seen: regulation.md 1.1, row 8.
    for article in facts.laws["gbt-45251-2025"]["articles"].values():
        assert not re.search("上门|外访|走访|录像|证件", article["says"]["zh"])
        assert not re.search(r"\bvisit|\bidentification", article["says"]["en"])


def test_a_draft_and_a_repealed_text_are_there_and_say_so(facts):
    assert facts.law("enterprise-bankruptcy-revision-draft-2025")["status"] == "draft"
    old = facts.law("public-security-administration-punishments-law-2012")
    assert (old["status"], old["in_force"]["until"]) == ("repealed", "2025-12-31")
    assert data.expires_of(old) is None


def test_what_is_on_hold_stays_on_hold(facts):
    held = {key for key, limit in facts.limits.items() if limit["publish"] == "hold"}
    assert {"consumer_finance_window", "card_daily_rate_old", "complaint_review", "petition_term"} <= held
    assert facts.hotlines["hope24"]["publish"] == "hold"


def test_lines_without_verified_hours_have_none(facts):
    # tone.md E2: no hours for these; 12356 never "24 小时" nationwide.
    for line in ("12378", "12363", "12348", "12355", "12321", "12377", "96110", "12368"):
        assert facts.hotlines[line]["hours"] is None, line
    assert "18" in facts.hotlines["12356"]["hours"]["zh"]


def _numbers(text: str) -> list[float]:
    """Numbers of a text in one form: 万 and million written out, months as numbers."""
    months = "January February March April May June July August September October November December".split()
    for number, month in enumerate(months, 1):
        text = re.sub(rf"\b{month}\b", f" {number} ", text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    units = {"万": 10_000, "million": 1_000_000, "": 1}
    return sorted(float(n) * units[u] for n, u in re.findall(r"(\d+(?:\.\d+)?)(?: ?(万|million))?", text))


def test_both_languages_of_a_fact_hold_the_same_numbers(facts):
    pairs = [(f"{i} {k}", a["says"]) for i, law in facts.laws.items() for k, a in law["articles"].items()]
    pairs += [(f"limit {i}", v["display"]) for i, limit in facts.limits.items() for v in limit["values"]]
    pairs += [(f"term {i}", term["explain"]) for i, term in facts.glossary.items()]
    differing = [(where, text) for where, text in pairs if _numbers(text["zh"]) != _numbers(text["en"])]
    assert differing == []


# Grades ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "scale", "may", "reported"),
    [
        ("A25", "law.md", True, False), ("A26", "law.md", True, False), ("B", "law.md", True, True), ("C", "law.md", False, False),
        ("A", "regulation.md", True, False), ("A-", "regulation.md", True, False), ("B", "regulation.md", True, True),
        ("B+", "regulation.md", True, True), ("C", "regulation.md", True, True), ("D", "regulation.md", False, False),
        ("A", "hotlines.yml", True, False), ("C", "hotlines.yml", True, True), ("D", "hotlines.yml", False, False),
        ("Z", "law.md", False, False),
    ],
)
def test_which_grades_may_be_printed(grade, scale, may, reported):
    confidence = {"grade": grade, "scale": scale}
    assert data.publishable(confidence) is may
    assert data.needs_reporter(confidence) is reported
    assert data.publishable(confidence, "hold") is False


def test_one_report_says_so():
    assert data.one_report_only({"grade": "C", "scale": "regulation.md"})
    assert not data.one_report_only({"grade": "B", "scale": "regulation.md"})


def test_expiry_comes_from_the_fact_or_from_the_law(facts):
    assert data.expires_of(facts.limit("micro_loan_lpr_target")) == "2027-12-31"
    assert data.expires_of(facts.law("interest-subsidy-notice-2026")) == "2026-12-31"
    assert data.expires_of(facts.law("civil-code")) is None
    assert data.expires_of(facts.law("civil-code", "670")) is None


# Loan prime rate ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        # The first day and the day before each change; figures from the published quotes in the csv's sources.
        ("2019-08-20", "4.25"), ("2019-09-19", "4.25"), ("2019-09-20", "4.20"), ("2020-08-20", "3.85"),
        ("2021-12-19", "3.85"), ("2021-12-20", "3.80"), ("2025-05-19", "3.10"), ("2025-05-20", "3.00"), ("2026-10-19", "3.00"),
    ],
)
def test_a_rate_holds_from_its_publication_until_the_next(facts, day, rate):
    assert facts.lpr_on(day)["lpr_1y_percent"] == rate
    assert facts.lpr_on(dt.date.fromisoformat(day))["lpr_1y_percent"] == rate


def test_date_before_the_first_quote_is_an_error(facts):
    with pytest.raises(data.LprTooEarly, match="2019-08-20"):
        facts.lpr_on("2019-08-19")


def test_date_after_the_last_verified_quote_is_an_error_and_not_carried_on(facts):
    for day in ("2026-10-20", "2026-11-24"):
        with pytest.raises(data.LprNotVerified, match="2026-10-19"):
            facts.lpr_on(day)


def test_rates_are_those_of_the_shared_table(facts):
    # Two rows typed from the source table, one of each end.
    assert (facts.lpr[0]["lpr_1y_percent"], facts.lpr[0]["lpr_5y_percent"]) == ("4.25", "4.85")
    assert (facts.lpr[-1]["effective_date"], facts.lpr[-1]["lpr_5y_percent"]) == ("2025-05-20", "3.50")
    assert len(facts.lpr) == 15


# Asking for what is not there ----------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda f: f.law("civil-cod", "670"), r'law\("civil-cod"\) is not in data/laws.yml. Did you mean "civil-code"'),
        (lambda f: f.law("civil-code", "1033(9)"), r'article "1033\(9\)" of civil-code is not in data/laws.yml. Did you mean'),
        (lambda f: f.law("public-security-administration-punishments-law", "50(5)"), r'Did you mean .*"50.1\(5\)"'),
        (lambda f: f.law("civil-code", "第670条"), r'cannot be read. Write "47\(3\)"'),
        (lambda f: f.limit("visit_head_count"), r'Did you mean "visit_headcount"'),
        (lambda f: f.limit("consumer_finance_window"), r"on hold in data/limits.yml"),
        (lambda f: f.hotline("12379"), r'Did you mean'),
        (lambda f: f.hotline("hope24"), r"on hold in data/hotlines.yml"),
        (lambda f: f.term("lrp"), r'Did you mean "lpr"'),
        (lambda f: f.source("civilcode"), r'cite\("civilcode"\) is not in data/sources.yml. Did you mean "civil-code"'),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest_ones(facts, ask, expected):
    with pytest.raises(data.DataError, match=expected):
        ask(facts)


# Slips in the files --------------------------------------------------------------


def test_a_key_that_stands_twice_is_an_error(copy):
    path = copy / "data" / "glossary.yml"
    text = path.read_text("utf-8")
    path.write_text(text + "\nlpr:\n  zh: 又一个\n  en: again\n  pinyin: yòu\n  explain: {zh: 又, en: again}\n  group: costs\n", "utf-8")
    line = text.count("\n") + 2
    first = text[: text.index("\nlpr:")].count("\n") + 2
    assert problems(copy) == [f'data/glossary.yml, line {line}: lpr: "lpr" stands twice (first on line {first}). Keep one.']


def test_a_dangling_source_is_an_error(copy):
    line = spoil(copy, "laws.yml", "  source: civil-code\n", "  source: civil-cod\n")
    (message,) = problems(copy)
    assert message.startswith(f'data/laws.yml, line {line}: civil-code: source "civil-cod" is not in data/sources.yml. Did you mean "civil-code"')


def test_a_dangling_article_is_an_error(copy):
    line = spoil(copy, "limits.yml", '      articles: "585"\n', '      articles: "5855"\n')
    (message,) = problems(copy)
    assert message.startswith(f'data/limits.yml, line {line}: liquidated_damages_excess: article "5855" of civil-code is not in data/laws.yml.')


def test_an_unquoted_date_is_an_error(copy):
    line = spoil(copy, "laws.yml", 'verified_on: "2026-11-24"', "verified_on: 2026-11-24")
    assert problems(copy) == [f'data/laws.yml, line {line}: constitution: the date 2026-11-24 has no quotes. Quote dates: "2026-11-24".']


def test_a_date_in_another_form_is_an_error(copy):
    line = spoil(copy, "laws.yml", 'verified_on: "2026-11-24"', 'verified_on: "2026-11-4"')
    assert problems(copy) == [f'data/laws.yml, line {line}: constitution: verified_on is "2026-11-4". Write dates as YYYY-MM-DD: 2026-11-04.']


def test_a_day_that_does_not_exist_is_an_error(copy):
    line = spoil(copy, "laws.yml", 'verified_on: "2026-11-24"', 'verified_on: "2026-11-31"')
    assert problems(copy) == [f'data/laws.yml, line {line}: constitution: verified_on is "2026-11-31". There is no such day. Correct it.']


def test_an_unquoted_number_is_an_error(copy):
    line = spoil(copy, "limits.yml", 'value: "0.0175"', "value: 0.0175")
    (message,) = problems(copy)
    assert message == (
        f'data/limits.yml, line {line}: doubled_interest_after_judgment: the number 0.0175 has no quotes. '
        'Numbers are kept as printed: "0.0175".'
    )


@pytest.mark.parametrize(("missing", "name"), [("en", "English"), ("zh", "Chinese")])
def test_wording_in_one_language_only_is_an_error(copy, missing, name):
    kept = {"en": "{zh: 民法典}", "zh": "{en: Civil Code}"}[missing]
    line = spoil(copy, "laws.yml", "title: {zh: 民法典, en: Civil Code}", f"title: {kept}")
    assert problems(copy) == [
        f"data/laws.yml, line {line}: civil-code: title has no {name} ({missing}). Write zh and en in the same entry."
    ]


def test_a_grade_that_may_not_be_published_is_an_error(copy):
    line = spoil(copy, "laws.yml", "confidence: {grade: A26, scale: law.md}", "confidence: {grade: C, scale: law.md}")
    (message,) = problems(copy)
    assert message.startswith(f"data/laws.yml, line {line}: constitution: grade C of law.md may not be published. Verify the fact")


def test_a_grade_of_another_scale_is_an_error(copy):
    line = spoil(copy, "laws.yml", "confidence: {grade: A26, scale: law.md}", "confidence: {grade: A26, scale: regulation.md}")
    (message,) = problems(copy)
    assert message.startswith(f'data/laws.yml, line {line}: constitution: grade "A26" is not a grade of regulation.md. Use one of:')


def test_one_report_without_the_reporter_is_an_error(copy):
    line = spoil(copy, "laws.yml", "      reported_by: {zh: 券商中国 2026-01-31 摘要, en: a Quanshang China summary of 2026-01-31}\n", "")
    (message,) = problems(copy)
    assert message == (
        f"data/laws.yml, line {line - 1}: cba-collection-guideline-2026: grade C of regulation.md may only be printed with who "
        "reported it. Add reported_by with zh and en."
    )


def test_a_number_taken_from_hold_without_a_better_grade_is_an_error(copy):
    text = (copy / "data" / "limits.yml").read_text("utf-8")
    head, tail = text.split("\nconsumer_finance_window:", 1)
    (copy / "data" / "limits.yml").write_text(head + "\nconsumer_finance_window:" + tail.replace("publish: hold", "publish: ready", 1), "utf-8")
    (message,) = problems(copy)
    assert "consumer_finance_window: grade D of regulation.md may not be published." in message


def test_hours_that_nobody_verified_are_an_error(copy):
    text = (copy / "data" / "hotlines.yml").read_text("utf-8")
    head, tail = text.split('\n"12378":', 1)
    (copy / "data" / "hotlines.yml").write_text(
        head + '\n"12378":' + tail.replace("  hours: null\n", "  hours: {zh: 9 点到 17 点, en: 9:00 to 17:00}\n", 1), "utf-8"
    )
    (message,) = problems(copy)
    assert "12378: hours is filled in, but its grade is D (not verified). Set it to null." in message


def test_a_time_limit_from_one_report_without_the_reporter_is_an_error(copy):
    line = spoil(copy, "hotlines.yml", "      reported_by: {zh: \"2024-03-29 的一处报道\", en: one report of 2024-03-29}\n", "")
    (message,) = problems(copy)
    assert message.startswith(f"data/hotlines.yml, line {line - 1}: 12378: grade C of hotlines.yml may only be printed with who reported it.")


def test_an_unknown_field_is_an_error(copy):
    line = spoil(copy, "laws.yml", "  force: law\n", "  force: law\n  verifed_on: later\n")
    assert problems(copy) == [f'data/laws.yml, line {line + 1}: constitution: "verifed_on" is not known here. Did you mean "verified_on"?']


def test_a_missing_field_is_an_error(copy):
    line = spoil(copy, "laws.yml", "constitution:\n", "constitution:\n")
    spoil(copy, "laws.yml", "  force: law\n", "")
    (message,) = problems(copy)
    assert message.startswith(f'data/laws.yml, line {line}: constitution: this entry has no "force".')


def test_an_unknown_force_is_an_error(copy):
    line = spoil(copy, "laws.yml", "  force: law\n", "  force: lawful\n")
    assert problems(copy) == [f'data/laws.yml, line {line}: constitution: force is "lawful". Did you mean "law"?']


def test_broken_yaml_is_an_error_with_its_line(copy):
    spoil(copy, "glossary.yml", "  zh: 本金\n", "  zh: [本金\n")
    messages = problems(copy)
    assert re.match(r"data/glossary\.yml, line \d+: this is not valid YAML", messages[0])


def test_an_article_key_that_cannot_be_read_is_an_error(copy):
    line = spoil(copy, "laws.yml", '    "1033(2)":\n', '    "1033 (2)":\n')
    messages = problems(copy)
    assert f'data/laws.yml, line {line}: civil-code: article "1033 (2)" cannot be read.' in messages[0]


def test_the_same_label_in_two_ui_files_is_an_error(copy):
    (copy / "data" / "ui").mkdir()
    (copy / "data" / "ui" / "zz_one.yml").write_text("zz_test_key: {zh: 一, en: one}\n", "utf-8")
    (copy / "data" / "ui" / "zz_two.yml").write_text("zz_test_key: {zh: 二, en: two}\n", "utf-8")
    assert problems(copy) == [
        "data/ui/zz_two.yml, line 1: zz_test_key: the key also stands in data/ui/zz_one.yml. "
        "Rename one: keys of all ui files are one list."
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2024-07-22", "2024-7-22", 'effective_date is "2024-7-22". Write dates as YYYY-MM-DD: 2024-07-22.'),
        ("2024-07-22", "2024-02-30", 'effective_date is "2024-02-30". There is no such day. Correct it.'),
        ("2024-07-22", "2023-07-22", 'effective_date "2023-07-22" does not come after "2024-02-20". Put the rows in order of date.'),
        ("3.35,3.85,lpr-notices", "3.4,3.85,lpr-notices", 'lpr_1y_percent is "3.4". Write the percentage as printed, with two decimals: 3.45.'),
        ("3.35,3.85,lpr-notices", "3.35,3.85,lpr-notice", 'source "lpr-notice" is not in data/sources.yml. Did you mean "lpr-notices"'),
    ],
)
def test_a_slip_in_the_rates_names_file_and_line(copy, old, new, expected):
    line = spoil(copy, "lpr.csv", old, new)
    assert any(message.startswith(f"data/lpr.csv, line {line}: {expected}") for message in problems(copy))


def test_all_mistakes_are_told_at_once(copy):
    spoil(copy, "laws.yml", 'verified_on: "2026-11-24"', "verified_on: 2026-11-24")
    spoil(copy, "glossary.yml", "  pinyin: běnjīn\n", "")
    spoil(copy, "lpr.csv", "2024-07-22", "2024-7-22")
    with pytest.raises(data.DataError) as caught:
        data.load(copy)
    assert len(caught.value.problems) == 3
    assert str(caught.value).startswith("3 mistakes in data/:\n")


def test_a_missing_file_is_an_error_and_missing_ui_is_not(copy):
    (copy / "data" / "glossary.yml").unlink()
    assert "data/glossary.yml: the file is missing. Put it back." in problems(copy)
    shutil.copy(ROOT / "data" / "glossary.yml", copy / "data" / "glossary.yml")
    # The copy holds no ui files.
    assert dict(data.load(copy).ui) == {}


# Front matter ----------------------------------------------------------------------

GOOD = {"title": "谁在门外", "description": "先隔着门问。", "type": "how-to", "topics": ["visits"], "revision": 1}


def test_good_front_matter_has_no_problem():
    assert data.check_front_matter(GOOD, "docs/zh/x.md", "zh", ROOT) == []
    assert data.check_front_matter({**GOOD, "translates": 1}, "docs/en/x.md", "en", ROOT) == []
    for of in ("help", "visits/rules"):
        assert data.check_front_matter({**GOOD, "type": "sheet", "of": of}, "docs/zh/sheets/x.md", "zh", ROOT) == []


@pytest.mark.parametrize(
    ("change", "lang", "expected"),
    [
        ({"revision": None}, "zh", "revision: "),
        ({"type": "howto"}, "zh", 'Did you mean "how-to"'),
        ({"description": "长" * 121}, "zh", "description has 121 characters; 120 is the most"),
        ({"kind": "x"}, "zh", '"kind" is not known here'),
        ({"translates": 1}, "zh", "belongs into the English page only"),
        ({}, "en", '"translates" is missing'),
        ({"type": "sheet"}, "zh", "a page of type sheet needs it"),
        ({"of": "help"}, "zh", "no other may have it"),
        ({"type": "sheet", "of": "help/nothing"}, "zh", 'there is no page "help/nothing"'),
        ({"type": "sheet", "of": "help/"}, "zh", "of: "),
    ],
)
def test_a_slip_in_front_matter_names_the_page(change, lang, expected):
    where = f"docs/{lang}/x.md"
    messages = data.check_front_matter({**GOOD, **change}, where, lang, ROOT)
    assert any(message.startswith(where) and expected in message for message in messages), messages
