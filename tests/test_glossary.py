"""The glossary: enough terms, right pinyin, anchors that term() leads to, both languages alike."""
from __future__ import annotations

import re
from html import unescape

import pytest
from pypinyin import Style, lazy_pinyin

from hooks.parity import macro_calls
from macros import data, glossary, law_table
from macros.site import UsageError
from tests.support import LANGUAGES, ROOT
from tests.test_macros import site, text  # noqa: F401  (site is a fixture: one Site per language)

# Where the dictionary of pypinyin reads a character otherwise than the word is read.
READ_OTHERWISE = {
    "reduction_line": "调 is tiáo in 调减, to adjust; diào is to transfer",
    "early_repayment": "还 is huán, to give back; hái is still",
    "rescheduling": "还 is huán, to give back",
    "rollover": "还 is huán, to give back",
    "secondary_guarantee": "一 is written with its own tone, as dictionaries do",
    "electronic_service": "子 in 电子 has its full tone in the technical word",
}
PAGE = "glossary/index.md"


@pytest.fixture(scope="module")
def facts() -> data.Facts:
    return data.load(ROOT)


def sounds(pinyin: str) -> str:
    return re.sub(r"[\s’'\-,，、（）()·]", "", pinyin).lower()


def groups_of_the_page(lang: str) -> list[str]:
    calls = macro_calls((ROOT / "docs" / lang / PAGE).read_text("utf-8"))
    return [match[1] for call in calls if (match := re.fullmatch(r'glossary\("(\w+)"\)', call))]


def test_terms_are_many_and_have_both_names(facts):
    assert len(facts.glossary) >= 125
    for lang in LANGUAGES:
        names = [term[lang] for term in facts.glossary.values()]
        assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)


def test_pinyin_is_that_of_the_word(facts):
    wrong = {}
    for term_id, term in facts.glossary.items():
        word = re.sub(r"（[^）]*）", "", term["zh"])
        expected = sounds("".join(lazy_pinyin(word, style=Style.TONE)))
        if sounds(term["pinyin"]) != expected:
            wrong[term_id] = (term["pinyin"], expected)
    assert wrong.keys() == READ_OTHERWISE.keys(), wrong


@pytest.mark.parametrize(("term_id", "pinyin"), [("early_repayment", "tíqián huánkuǎn"), ("mediation_paper", "tiáojiěshū"), ("rollover", "jiè xīn huán jiù")])
def test_characters_with_two_sounds_are_read_as_here_meant(facts, term_id, pinyin):
    assert facts.glossary[term_id]["pinyin"] == pinyin


def test_explanation_is_one_sentence(facts):
    for term_id, term in facts.glossary.items():
        for lang, mark in (("zh", "。"), ("en", ".")):
            said = term["explain"][lang]
            assert said.endswith(mark), (term_id, said)
            assert not re.search(r"[。！？]." if lang == "zh" else r"[.!?] [A-Z]", said), (term_id, said)
            assert len(said) <= {"zh": 75, "en": 230}[lang], (term_id, len(said))


def test_law_behind_a_term_is_in_the_list_of_rules(facts):
    listed = law_table.listed(facts)
    for term_id, term in facts.glossary.items():
        if term.get("law"):
            law_id, _, articles = term["law"].partition(" ")
            assert law_id in listed, term_id
            for key in articles.split(","):
                entry = facts.law(law_id, key.strip())
                assert data.publishable(entry.get("confidence") or listed[law_id]["confidence"]), term_id


def test_page_shows_every_group_once_and_in_both_languages(facts):
    groups = list(dict.fromkeys(term["group"] for term in facts.glossary.values()))
    for lang in LANGUAGES:
        assert groups_of_the_page(lang) == groups


def test_every_term_has_its_anchor_once(site):  # noqa: F811
    html = "".join(site.glossary(group) for group in groups_of_the_page(site.lang))
    for term_id in site.facts.glossary:
        assert html.count(f'id="{glossary.anchor(term_id)}"') == 1
    assert set(re.findall(r'href="#(term-[^"]+)"', html)) <= {glossary.anchor(term_id) for term_id in site.facts.glossary}


def test_entry_gives_names_sound_sentence_and_law(site):  # noqa: F811
    html = site.glossary("costs")
    entry = re.search(r'<div id="term-upfront-deduction".*?</div>', html, re.S)[0]
    term = site.facts.glossary["upfront_deduction"]
    for part in (term["zh"], term["en"], "kǎntóuxī", term["explain"][site.lang]):
        assert part in text(entry)
    assert 'href="../../learn/law/#law-civil-code"' in entry
    assert {"zh": "第 670 条", "en": "art. 670"}[site.lang] in entry
    assert "badge--law" in entry


def test_term_resting_on_reports_says_so(site):  # noqa: F811
    entry = re.search(r'<div id="term-whitelist".*?</div>', site.glossary("collection"), re.S)[0]
    guideline = site.facts.laws["cba-collection-guideline-2026"]
    assert site.report(guideline["articles"]["whitelist"], guideline) in unescape(text(entry))


def test_index_has_every_term_under_its_letter(site):  # noqa: F811
    html = site.glossary_index()
    assert len(re.findall(r"<a ", html)) == len(site.facts.glossary)
    letters = re.findall(r"<li><b>(.)</b>", html)
    assert letters == sorted(letters) and all("A" <= letter <= "Z" for letter in letters)
    line = {"zh": "K", "en": "U"}[site.lang]
    assert 'href="#term-upfront-deduction"' in re.search(rf"<li><b>{line}</b>.*?</li>", html)[0]


def test_popover_leads_to_the_glossary(site):  # noqa: F811
    assert 'href="../../glossary/#term-upfront-deduction"' in site.term("upfront_deduction")


def test_unknown_group_is_refused_with_the_known_ones(site):  # noqa: F811
    with pytest.raises(UsageError, match=r'glossary\("cost"\).*costs'):
        site.glossary("cost")


def test_popular_names_are_not_explained_as_rights(facts):
    # What people call it, and that no law does.
    for term_id in ("suspended_interest", "old_zone", "window_guidance"):
        assert re.search("不是", facts.glossary[term_id]["explain"]["zh"]), term_id
