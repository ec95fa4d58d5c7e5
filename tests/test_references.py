"""A sentence that names an article, an instrument, a time limit or a sum says where that stands.

The pages of the borrower's half are read sentence by sentence, as a reader would: a reference behind the full stop
belongs to the sentence before it.
"""
from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support import LANGUAGES, ROOT

SECTIONS = ("help", "visits", "repay", "tools")
# Any of these says in the page where the sentence comes from: an article, a number with its source, a document, a tested sum.
REFERENCE = re.compile(r"\{\{\s*(?:law|limit|cite|lpr|hotline|example|myth)\(")
_MACRO = re.compile(r"\{\{.*?\}\}")
_LAWS = yaml.safe_load((ROOT / "data" / "laws.yml").read_text("utf-8")).values()
_SPELLED = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety"
DATE = {
    "zh": r"\d{4} ?年(?: ?\d{1,2} ?月)?(?: ?\d{1,2} ?日)?|\d{1,2} ?月 ?\d{1,2} ?日",
    "en": r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?",
}
SIGNALS = {
    "zh": [
        r"第 ?[一二三四五六七八九十百零\d]+ ?条",
        r"《[^》]{2,}》",
        r"(?!一天)[\d一二三四五六七八九十半两]+ ?(?:个工作日|个月|日(?![常子期])|天|年(?!级))(?:内|以内|之内|以后|后|起|的|，|。|；|$)",
        r"[\d,.]+ ?万?元",
    ],
    "en": [
        r"\b[Aa]rticles? \d",
        rf"\b(?:\d+|{_SPELLED})(?:[ -]working)?[ -](?:days?|months?|years?)\b",
        r"(?:¥|CNY|RMB) ?\d[\d,.]*",
    ],
}
TITLES = {lang: re.compile("|".join(sorted((re.escape(law["title"][lang]) for law in _LAWS), key=len, reverse=True))) for lang in LANGUAGES}
# Sentences that look like it and state no rule. Part of the sentence: why it needs no reference.
NO_RULE: dict[str, dict[str, str]] = {
    "zh": {
        "单纯还不起钱不是犯罪": "said of the whole law, marked as our inference; the crimes it is told from follow with their articles",
        "该引治安管理处罚法第 42 条吗": "a question, answered with its reference in the next sentence",
        "企业破产法的修订": "a draft is no law that could be referred to",
        "好过两个月后又断": "our advice, and marked so",
        "一年按 365 天还是 360 天": "a choice in the form",
    },
    "en": {
        "Being unable to pay is not a crime": "said of the whole law, marked as our inference",
        "Should I quote article 42": "a question, answered with its reference in the next sentence",
        "a plan that stops after two months": "our advice, and marked so",
        "better than stopping after two months": "our advice, and marked so",
        "365 or 360 days to a year": "a choice in the form",
    },
}


def sentences(text: str, lang: str):
    """(line, sentence) of a page's body; what stands behind a full stop without words of its own goes with that sentence."""
    body = text.split("\n---\n", 1)[1]
    first = text[: len(text) - len(body)].count("\n") + 1
    end = r"(?<=[。！？；])" if lang == "zh" else r"(?<=[.!?;])(?=\s)"
    for number, line in enumerate(body.split("\n"), first):
        if line.startswith(("#", "///")):
            continue
        for cell in line.strip("|").split("|") if line.startswith("|") else [line]:
            found: list[str] = []
            for part in re.split(end, cell):
                words = re.sub(r"[\s（）()*，,、。.；;：:]", "", re.sub(r"\[[^\]]*\]\([^)]*\)", "x", _MACRO.sub("", part)))
                # A reference that opens the next sentence belongs to the one before.
                lead = re.match(r"\s*(?:[（(]?\s*\{\{.*?\}\}\s*[）)]?\s*)+", part)
                if found and lead:
                    found[-1] += lead[0]
                    part = part[lead.end():]
                if words:
                    found.append(part)
            yield from ((number, sentence) for sentence in found)


def signal(sentence: str, lang: str) -> str | None:
    """What in a sentence asks for a reference, or None."""
    words = re.sub(r"\]\([^)]*\)", "]", _MACRO.sub("", sentence))
    words = re.sub(DATE[lang], "", words)
    for pattern in [*SIGNALS[lang], TITLES[lang].pattern]:
        if found := re.search(pattern, words):
            return found[0]
    return None


def pages(lang: str):
    return [path for section in SECTIONS for path in sorted((ROOT / "docs" / lang / section).glob("*.md"))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_legal_sentences_name_their_reference(lang):
    missing = []
    for path in pages(lang):
        for number, sentence in sentences(path.read_text("utf-8"), lang):
            if (what := signal(sentence, lang)) and not REFERENCE.search(sentence):
                if not any(part in sentence for part in NO_RULE[lang]):
                    missing.append(f"{path.relative_to(ROOT)}:{number}: {what!r} without law(), limit() or cite(): {sentence.strip()[:160]}")
    assert not missing, f"{len(missing)} sentences\n" + "\n".join(missing)


@pytest.mark.parametrize(
    ("lang", "sentence", "expected"),
    [
        ("zh", "收到支付令后 15 日内提出异议。", "15 日内"),
        ("zh", "按《民法典》办。", "《民法典》"),
        ("zh", "2026 年 3 月 31 日已经结束。", None),
        ("zh", "每天记一笔。", None),
        ("en", "Object within fifteen days.", "fifteen days"),
        ("en", "It ended on 31 March 2026.", None),
    ],
)
def test_signals_are_rules_and_not_dates(lang, sentence, expected):
    assert signal(sentence, lang) == expected


def test_reference_behind_the_full_stop_counts_for_the_sentence():
    text = '---\na\n---\n\n十五日内提出。{{ law("civil-procedure-law", "227") }} 之后再说。\n'
    assert [bool(REFERENCE.search(s)) for _, s in sentences(text, "zh")] == [True, False]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_exceptions_are_still_needed(lang):
    everything = "\n".join(path.read_text("utf-8") for path in pages(lang))
    assert [part for part in NO_RULE[lang] if part not in everything] == []
