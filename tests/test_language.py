"""Pages and wording keep the countable rules of plain language, and every rule can fail.

The limits come from the project's plain-language rules, which take them from published guidance (sentences of 15 to 20
English words, four sentences a paragraph) or set them as house limits where no authority gives one (Chinese).
"""
from __future__ import annotations

import warnings

import pytest

from tests import language_rules as rules


class PlainLanguageWarning(UserWarning):
    """A sentence, heading or word that a writer should look at again; it stops nothing."""


def _settle(file: str, found: list[rules.Finding]) -> None:
    """Fail on errors; list the rest in pytest's summary of warnings, once a file."""
    errors = [str(finding) for finding in found if finding.level == "error"]
    advice = [str(finding) for finding in found if finding.level == "warn"]
    if advice:
        warnings.warn(PlainLanguageWarning(f"{file}: {len(advice)} to look at\n  " + "\n  ".join(advice)), stacklevel=2)
    assert not errors, "\n" + "\n".join(errors)


@pytest.mark.parametrize("file, lang", rules.pages())
def test_page_keeps_the_plain_language_rules(file, lang):
    text = (rules.ROOT / file).read_text("utf-8")
    _settle(file, rules.check_page(file, text, lang, rules.legal_terms()))


@pytest.mark.parametrize("file", rules.wording_files())
def test_wording_in_data_keeps_the_rules_for_marks_and_blame(file):
    _settle(file, rules.check_wording(file, (rules.ROOT / file).read_text("utf-8")))


# Each rule finds what it is for -----------------------------------------------------------------------------------

FRONT = "---\ntitle: 标题\ndescription: 一句话。\n---\n\n"
LONG_ZH = "如果你现在已经很久没有办法按照合同里写的日子把钱还给当初借钱给你的那家公司也不要慌。"
LONG_EN = "If you have for a long time been quite unable to pay the company that lent you the money on the day that stands in the paper you signed then call it."

ZH_ERRORS = [
    ("sentence-mean", "help", LONG_ZH),
    ("padding", "help", "可以进行投诉。"),
    ("padding", "visits", "对来人加以核实。"),
    ("double-negative", "tools", "这笔钱不得不还。"),
    ("blame", "about", "这不是老赖。"),
    ("blame", "help", "## 失信者的路 { #road }"),
    ("promise", "tools", "你一定能谈下来。"),
    ("promise", "help", "照做肯定可以。"),
    ("fear-heading", "help", "## 不还的后果严重 { #after }"),
    ("fear-heading", "help", "## 90% 的人都不知道 { #all }"),
    ("fear-heading", "help", "## 欠钱会坐牢吗？ { #prison }\n\n先看是哪一种贷款。"),
    ("fear-heading", "help", "## 坐牢的几种情形 { #prison }\n\n还不起不是犯罪。"),
    ("spacing", "help", "打12356 电话。"),
    ("spacing", "help", "先看 App的名字。"),
    ("marks", "help", "先看日期,再打电话。"),
    ("marks", "help", "利率是 18%,打电话问。"),
    ("marks", "help", "他说\"先还钱\"。"),
    ("marks", "help", "等一等..."),
    ("marks", "help", "太好了！！"),
    ("marks", "help", "年化 18 %。"),
    ("numerals", "tools", "借了五千元。"),
    ("numerals", "tools", "多收百分之二十。"),
    ("bare-rate", "tools", "利息是 1.5 分。"),
    ("legal-term", "help", "# 现在怎么办\n\n收到支付令，先看日期。"),
]
ZH_WARNINGS = [
    ("sentence-max", "tools", LONG_ZH + LONG_ZH.replace("。", "") + LONG_ZH),
    ("clause-max", "tools", LONG_ZH),
    ("paragraph-max", "help", "先停一下。先看日期。先打电话。先写下来。先去找人。"),
    ("bullet-max", "help", "- 先看日期，再打电话，再写下来，再去找一个信得过的人，再把法院的信拍下来，最后再想明天怎么办，怎么开口。"),
    ("too-many-de", "help", "这是我的朋友的公司的信。"),
    ("passive", "help", "电话被打爆，名字被公布，门被堵住。"),
    ("rare-character", "help", "他在门口饕餮。"),
    ("padding", "about", "可以进行投诉。"),
    ("bold-length", "help", "**这一段粗体写得太长了所以读的人一眼看过去什么也抓不住**"),
]
EN_ERRORS = [
    ("sentence-mean", "help", LONG_EN),
    ("office-words", "help", "Call first, e.g. your bank."),
    ("office-words", "about", "Send it via the app."),
    ("office-words", "about", "Do this prior to paying."),
    ("people-words", "help", "A debtor may ask for time."),
    ("people-words", "visits", "Defaulters are people too."),
    ("link-text", "help", "For more [click here](index.md)."),
    ("money", "tools", "You borrowed ¥5000."),
    ("money", "tools", "You borrowed 5,000 yuan."),
    ("money", "tools", "That is $700."),
    ("chinese-term", "visits", "A home visit (上门走访) is not a raid."),
]
EN_WARNINGS = [
    ("sentence-max", "about", LONG_EN),
    ("paragraph-max", "help", "Stop. Read the date. Call first. Write it down. Tell a friend."),
    ("contraction", "help", "You don't have to open."),
    ("heading-length", "help", "## What a collector who stands at your door may do and what he may not do { #may }"),
    ("heading-case", "help", "## What To Do First { #first }"),
    ("passive", "help", "You are called. The door is closed. It is written. He was told. A card is shown. It was sent. "
                        "She was asked. It is signed. They were helped. It was paid."),
    ("reading-grade", "help", " ".join(["Institutional representatives customarily communicate administrative obligations."] * 20)),
]


def _found(lang: str, section: str, body: str) -> list[rules.Finding]:
    return rules.check_page(f"docs/{lang}/{section}/sample.md", FRONT + body + "\n", lang, {"支付令": "payment_order"})


@pytest.mark.parametrize("rule, section, body", ZH_ERRORS)
def test_chinese_rule_finds_an_error(rule, section, body):
    assert (rule, "error") in {(f.rule, f.level) for f in _found("zh", section, body)}


@pytest.mark.parametrize("rule, section, body", ZH_WARNINGS)
def test_chinese_rule_reports_what_to_look_at(rule, section, body):
    assert (rule, "warn") in {(f.rule, f.level) for f in _found("zh", section, body)}


@pytest.mark.parametrize("rule, section, body", EN_ERRORS)
def test_english_rule_finds_an_error(rule, section, body):
    assert (rule, "error") in {(f.rule, f.level) for f in _found("en", section, body)}


@pytest.mark.parametrize("rule, section, body", EN_WARNINGS)
def test_english_rule_reports_what_to_look_at(rule, section, body):
    assert (rule, "warn") in {(f.rule, f.level) for f in _found("en", section, body)}


@pytest.mark.parametrize("lang, length", [("zh", 121), ("en", 156)])
def test_description_longer_than_a_search_result_shows_is_an_error(lang, length):
    words = "说" * length if lang == "zh" else "w" * length
    found = rules.check_page(f"docs/{lang}/a/b.md", f"---\ntitle: x\ndescription: {words}\n---\n\nx\n", lang)
    assert "description" in {f.rule for f in found}


def test_alternative_text_longer_than_a_breath_is_an_error():
    assert "alt-text" in {f.rule for f in _found("en", "about", f"![{'a' * 251}](x.svg)")}


# And leaves alone what is right -----------------------------------------------------------------------------------

@pytest.mark.parametrize(
    "body",
    [
        "## 欠网贷会坐牢吗？ { #prison }\n\n单纯还不起钱不是犯罪。",
        '收到{{ term("payment_order") }}，先看日期。支付令要书面提异议。',
        "收到支付令（法院的付款通知），先看日期。",
        '收到后 {{ limit("payment_order_objection") }}内，打 {{ hotline("12368") }} 问。{{ law("civil-procedure-law", "227") }} 再看通知。',
        "**不躲，不关机。** 可以静音。",
        "保证人可以用借款人的抗辩。月息 1.5 分，合年化 18%。2026 年 3 月 31 日，22:00—次日 8:00。",
        "法发〔2017〕22号和公告〔2021〕第3号。绝对不能转账。",
        "看[门外是谁](../visits/who-is-it.md)，或者 `12,000`。",
        "/// html | div.show-card\n您好。我不开门。\n{ lang=\"zh-Hans\" }\n///",
    ],
)
def test_good_chinese_passes(body):
    assert [str(f) for f in _found("zh", "help", body) if f.level == "error"] == []


@pytest.mark.parametrize(
    "body",
    [
        "A home visit (上门走访, shàngmén zǒufǎng) is not a raid. It costs ¥5,000, or 18% a year.",
        'Call {{ hotline("110") }}. {{ law("civil-code", "1033(2)") }} Then read [who is at the door](who-is-it.md).',
        "The list of dishonest judgment debtors is kept by courts.",
        "/// html | div.show-card\n您好。我不开门。\n///",
    ],
)
def test_good_english_passes(body):
    assert [str(f) for f in _found("en", "visits", body) if f.level == "error"] == []


def test_a_chip_does_not_glue_two_english_sentences():
    page = rules.read_page("docs/en/help/a.md", 'Stay safe. {{ law("civil-code", "18") }} Then call. {{ advice() }}\n', "en")
    assert rules.en_sentences(page.units[0].text) == ["Stay safe.", "Then call."]


def test_a_finding_names_file_and_line():
    found = [f for f in _found("zh", "help", "先看日期。\n\n这不是老赖。") if f.rule == "blame"]
    assert str(found[0]).startswith("docs/zh/help/sample.md:8: error: blame: ")


def test_help_pages_have_the_stricter_mean():
    # 30 characters: above the 25 of help pages, within the 32 of the others.
    body = "先看合同上写的贷款人是谁，再看这一家有没有牌照，最后才打投诉电话。"
    assert rules.zh_length(body) == 30
    assert "sentence-mean" in {f.rule for f in _found("zh", "help", body)}
    assert "sentence-mean" not in {f.rule for f in _found("zh", "tools", body)}


@pytest.mark.parametrize(
    "text, rule",
    [
        ("a: {zh: '看日期,再打', en: Look}\n", "marks"),
        ("a: {zh: 打12356, en: Call}\n", "spacing"),
        ("a:\n  explain: {zh: 不是老赖, en: Not so}\n", "blame"),
        ("a: {zh: 一定能行, en: It works}\n", "promise"),
        ("a: {zh: 名字, en: 'for the debtor'}\n", "people-words"),
        ("a: {zh: 名字, en: 'via the app'}\n", "office-words"),
        ("a: {zh: 名字, en: '5,000 yuan'}\n", "money"),
    ],
)
def test_wording_in_data_is_checked(text, rule):
    assert rule in {f.rule for f in rules.check_wording("data/ui/x.yml", text)}


def test_placeholders_and_codes_in_data_are_left_alone():
    text = "a: {zh: '第 %s 步，共 {total} 步', en: 'Step %s of {total}'}\nb: {zh: zh_CN, en: 中文}\nother: 坏,的\n"
    assert rules.check_wording("data/ui/x.yml", text) == []


def test_finding_in_data_names_the_line():
    found = rules.check_wording("data/ui/x.yml", "a: {zh: 好, en: Good}\nb:\n  zh: 不是老赖\n  en: No\n")
    assert [(f.line, f.rule) for f in found] == [(3, "blame")]
