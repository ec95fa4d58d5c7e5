"""The macros that pages call, on the real data: what a reference, a number, a telephone and a list of sources show."""
from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from macros.articles import article_name
from macros.site import Site, UsageError
from tests.support import BUILD_DATE


class _Env:
    """Stand-in for the macros plugin: a configuration and a page."""

    def __init__(self, lang: str, today: str):
        self.conf = {"extra": {"locale": lang, "build_date": today, "operated_by": {}}, "markdown_extensions": []}
        meta = {"title": "t", "description": "d", "type": "explainer", "topics": ["start"], "revision": 1}
        if lang == "en":
            meta["translates"] = 1
        self.page = SimpleNamespace(file=SimpleNamespace(src_uri="visits/rules.md", url="visits/rules/"), meta=meta)


@pytest.fixture(params=["zh", "en"])
def site(request) -> Site:
    site = Site(_Env(request.param, BUILD_DATE))
    site.start_page()
    return site


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_reference_names_instrument_article_force_and_since(site):
    html = site.law("civil-code", "1033(2)")
    expected = {
        "zh": ["《民法典》", "第 1033 条第 2 项", "法律", "2021-01-01 起施行"],
        "en": ["Civil Code", "art. 1033 item 2", "Law", "in force since 2021-01-01"],
    }[site.lang]
    for part in expected:
        assert part in text(html)


def test_state_council_regulation_is_called_by_its_own_name(site):
    assert {"zh": "行政法规", "en": "State Council regulation"}[site.lang] in site.law("credit-reporting-regulation", "16")


@pytest.mark.parametrize(
    ("law_id", "article", "word"),
    [
        ("enterprise-bankruptcy-revision-draft-2025", "scope", {"zh": "草案，不是法律", "en": "Draft, not law"}),
        ("nifa-collection-guideline-2024", "hours", {"zh": "已废止", "en": "Repealed"}),
    ],
)
def test_draft_or_repealed_text_says_so_in_place_of_its_force(site, law_id, article, word):
    html = site.law(law_id, article)
    assert word[site.lang] in html
    assert site.words("badge_" + site.facts.laws[law_id]["force"].replace("-", "_")) not in html


def test_fact_known_from_reports_says_by_whom(site):
    once = site.law("cba-collection-guideline-2026", "visit-id-and-recording")
    assert {"zh": "只有一处报道", "en": "one report only"}[site.lang] in once
    assert "券商中国" in once or "Brokers China" in once or site.lang == "en"
    several = site.law("gbt-45251-2025", "hours")
    assert {"zh": "据", "en": "as reported by"}[site.lang] in several


def test_unknown_article_stops_with_a_message_that_names_the_call(site):
    with pytest.raises(UsageError, match=r'law\("civil-code", "9999"\).*9999'):
        site.law("civil-code", "9999")


def test_unknown_ids_suggest_what_may_have_been_meant(site):
    with pytest.raises(UsageError, match="civil-code"):
        site.law("civil-cod", "680")
    with pytest.raises(UsageError, match="collection_quiet_hours"):
        site.limit("collection_quiet_hour")
    with pytest.raises(UsageError, match="summons"):
        site.term("sumons")


def test_number_on_hold_may_not_be_called(site):
    with pytest.raises(UsageError, match="hold"):
        site.limit("consumer_finance_window")


def test_each_value_shows_the_force_of_its_own_instrument(site):
    standard, guideline = site.limit("collection_quiet_hours", 0), site.limit("collection_quiet_hours", 1)
    assert site.words("badge_recommended_standard") in standard
    assert site.words("badge_self_regulation") in guideline
    assert site.words("badge_recommended_standard") not in guideline


def test_number_never_comes_without_its_caveat(site):
    html = site.limit("financial_loan_reduction_line")
    assert site.facts.limits["financial_loan_reduction_line"]["caveat"][site.lang] in re.sub("&#39;|&#34;", '"', html)
    assert 'id="lim-financial_loan_reduction_line"' in site.references()


def test_telephone_can_be_called_and_prints_no_unverified_hours(site):
    assert 'href="tel:12356"' in site.hotline("12356")
    line = site.facts.hotlines["12378"]
    assert line["hours"] is None
    assert site.words("hours") not in text(site.hotline("12378", "card"))
    assert {"zh": "24 小时", "en": "24 hours"}[site.lang] in site.hotline("110", "card")


def test_word_of_the_trade_explains_itself_without_script(site):
    html = site.term("lpr")
    target = re.search(r'popovertarget="([^"]+)"', html)[1]
    assert f'popover id="{target}"' in html
    assert site.facts.glossary["lpr"]["explain"][site.lang] in html


def test_rate_of_a_day_is_the_one_published_before_it(site):
    # Published rates: 3.10 % from 2024-10-21, 3.00 % from 2025-05-20.
    assert "3.10%" in site.lpr("2025-05-19")
    assert "3.00%" in site.lpr("2025-05-20")
    with pytest.raises(UsageError, match="2026-10-19"):
        site.lpr("2026-10-20")


def test_list_of_sources_holds_every_instrument_used_once(site):
    site.law("civil-code", "1033(2)")
    site.law("civil-code", "1032, 1033(2)")
    site.law("criminal-law", "245")
    html = site.references()
    assert html.count('id="ref-civil-code"') == 1
    assert html.count('id="ref-criminal-law"') == 1
    says = site.facts.laws["civil-code"]["articles"]["1032"]["says"][site.lang]
    assert says[:10] in html


@pytest.mark.parametrize(("today", "over"), [("2027-12-31", False), ("2028-01-01", True)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_fact_that_ran_out_is_marked_from_the_day_after(lang, today, over):
    # The target for micro-loan companies runs to 31 December 2027.
    site = Site(_Env(lang, today))
    site.start_page()
    site.limit("micro_loan_lpr_target")
    assert [(day, gone) for _, day, gone in site.page_facts.expired] == [("2027-12-31", over)]


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("680", "第 680 条", "art. 680"),
        ("47(3)", "第 47 条第 3 项", "art. 47 item 3"),
        ("50.1(5)", "第 50 条第 1 款第 5 项", "art. 50 para. 1 item 5"),
        ("293-1", "第 293 条之一", "art. 293-1"),
    ],
)
def test_article_is_named_as_each_language_does(key, zh, en):
    assert article_name(key, "zh") == zh
    assert article_name(key, "en") == en
    assert article_name("hours", "zh") is None


def test_article_put_in_later_shows_its_own_day(site):
    # Criminal Law art. 293-1 came with Amendment XI, in force 1 March 2021; the law itself is of 1997.
    assert "2021-03-01" in site.law("criminal-law", "293-1") and "1997-10-01" in site.law("criminal-law", "274")


# Sheets to print -------------------------------------------------------------------


@pytest.fixture
def sheet(site) -> Site:
    site.conf["site_url"] = "https://example.org/" + ("en/" if site.lang == "en" else "")
    site.env.page.file = SimpleNamespace(src_uri="sheets/rules.md", url="sheets/rules/")
    site.env.page.meta |= {"type": "sheet", "of": "visits/rules"}
    site.start_page()
    return site


def test_on_a_sheet_laws_and_numbers_lead_to_the_sources_of_its_page(sheet):
    law, limit = sheet.law("civil-code", "1033(2)"), sheet.limit("payment_order_objection")
    assert 'href="../../visits/rules/#ref-civil-code"' in law and "badge--law" in law
    assert 'href="../../visits/rules/#lim-payment_order_objection"' in limit and "<button" not in limit
    with pytest.raises(UsageError, match="no list of sources"):
        sheet.cite("caixin-2025-12-25")


def test_sheet_carries_the_check_of_its_page(sheet):
    def said() -> str:
        sheet.env.page.meta.pop("sheet")
        sheet.start_page()
        return " ".join(sheet.env.page.meta["sheet"]["checked"])

    assert sheet.day(sheet.facts.checks["visits/rules"][sheet.lang][-1]["on"]) in said()
    changed = sheet.words("checked_changed")
    assert changed not in said()
    last = {**sheet.facts.checks["visits/rules"][sheet.lang][-1], "revision": 0}
    sheet._check_rows = lambda page_id: [last]
    assert changed in said()
    sheet._check_rows = lambda page_id: []
    assert said() == sheet.words("checked_never")


def test_code_of_a_sheet_is_drawn_without_any_style(sheet):
    code = sheet.env.page.meta["sheet"]["qr"]
    assert sheet.env.page.meta["sheet"]["address"] == sheet.conf["site_url"] + "visits/rules/"
    assert "style" not in code and 'role="img"' in code and 'viewBox="0 0 ' in code
    assert "&#34;" in sheet._qr('https://example.org/"x') or "&quot;" in sheet._qr('https://example.org/"x')


def test_published_figure_has_its_unit_and_its_source(site):
    html = site.stat("personal-npl-batch-transfer", "2024", "personal_npl_transferred_100m_yuan")
    assert {"zh": "1,583.5 亿元", "en": "CNY 158.35 billion"}[site.lang] in html
    assert "yindeng-transfer-statistics" in site.page_facts.sources
    assert 'href="#src-yindeng-transfer-statistics"' in html
    assert {"zh": "一处", "en": "one report"}[site.lang] not in text(html)


def test_published_figure_of_one_report_says_so_and_names_whose_it_is(site):
    html = text(site.stat("credit-card-overdue-6m", "2024-12-31", "overdue_6m_100m_yuan"))
    assert {"zh": "1,239.64 亿元 （中国人民银行，只有一处报道）", "en": "CNY 123.964 billion (People's Bank of China, one report only)"}[site.lang] in html.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("personal-npl", "2024", "deals"), "personal-npl-batch-transfer"),
        (("npl-transfer-all", "2024Q1", "deals"), '"2024'),
        (("npl-transfer-all", "2023", "deal"), '"deals"'),
        (("npl-transfer-all", "2024", "deals"), "no figure was seen"),
    ],
)
def test_figure_that_is_not_there_stops_with_the_nearest_ones(site, arguments, said):
    with pytest.raises(UsageError, match=said):
        site.stat(*arguments)


def test_figure_stands_once_on_a_page(site):
    site.conf["site_url"], site.conf["site_name"] = "https://example.org/", "n"
    html = site.figure("police-crackdown")
    assert 'id="figure-police-crackdown"' in html and "../../" in html
    with pytest.raises(UsageError, match="on this page already"):
        site.figure("police-crackdown")


def test_timeline_says_what_each_entry_rests_on_and_what_lies_ahead(site):
    html = site.timeline()
    entries = re.findall(r"<li>.*?</li>", html, re.S)
    assert len(entries) == len(site.facts.timeline)
    assert all("#ref-" in entry or "#src-" in entry for entry in entries)
    ahead = [entry for entry in entries if {"zh": "还没到", "en": "still ahead"}[site.lang] in entry]
    assert len(ahead) == 2 and all(day > BUILD_DATE for entry in ahead for day in re.findall(r'datetime="([^"]+)"', entry))
