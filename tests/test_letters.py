"""The letters: every legal sentence has its article, both languages say what each paragraph is, and nothing looks filled that is not."""
from __future__ import annotations

import re
import shutil

import pytest

from macros import data, letters
from tests import language_rules as rules
from tests.support import LANGUAGES, ROOT, address, read

FACTS = data.load(ROOT)
LETTERS = FACTS.letters["letters"]
FIELDS = {field["label"]["zh"]: field_id for field_id, field in FACTS.letters["fields"].items()}
PARTS = [(letter_id, number, part) for letter_id, letter in LETTERS.items() for number, part in enumerate(letter["parts"], 1)]
PART = pytest.mark.parametrize(("letter_id", "number", "part"), PARTS, ids=[f"{letter_id}-{number}" for letter_id, number, _ in PARTS])

# What makes a sentence one that a reader could check: an instrument, an article, a time, a share.
LEGAL = re.compile(r"《|GB/T|法律|规定|第 ?\d+ ?条|\{limit:|\d+ ?(?:日|天|年|个月|次|小时|%|元)|不得|应当|依法|\bthe law\b|Civil Code|must not|may not")
# Insults, moral judgements and threats; in these letters they would hurt the reader or make an offence of the letter.
BLAME = re.compile(r"老赖|赖账|恶意|失信者|活该|骗子公司|流氓|无耻|后果自负|不然就|否则我|曝光你|赔偿我.{0,6}元|defaulter|deadbeat|\bscum\b", re.I)


def _all_texts():
    for letter_id, letter in LETTERS.items():
        for path, text in letters.texts(letter):
            yield letter_id, path, text


def test_the_eight_templates_are_there():
    # Eight by the plan of the page: the complaint in three variants, the note in two.
    assert list(LETTERS) == ["plan", "contact", "papers", "complaint-regulator", "complaint-association", "complaint-local",
                             "data", "employer", "family", "court", "credit"]


@PART
def test_paragraph_that_names_a_rule_has_its_article(letter_id, number, part):
    legal = LEGAL.search(part["text"]) or any(LEGAL.search(part["explain"][lang]) for lang in LANGUAGES)
    assert not legal or part.get("rests"), f"{letter_id}, paragraph {number}: {part['text']}"
    assert part.get("rests") or part.get("advice")


def test_lists_that_name_a_rule_have_their_article():
    bare = [
        f"{letter_id}.{path}: {text['zh']}" for letter_id, path, text in _all_texts()
        if path[0] in ("use", "attach", "send", "never") and re.search(r"犯罪|受罚|条|时效|不得|应当|\{limit:|拘留|罚款", text["zh"])
        and not letters.references(text["zh"])
    ]
    assert not bare, "\n".join(bare)


@PART
def test_a_letter_itself_names_only_what_was_seen(letter_id, number, part):
    # Beside the letter a report can be called one; in the letter it would read as the text of the rule.
    named = re.findall(r"《([^》]+)》", part["text"])
    titles = {law_id: (law["title"]["zh"], law["full_title"]["zh"]) for law_id, law in FACTS.laws.items()}
    for title in named:
        ids = [law_id for law_id, own in titles.items() if title in own]
        assert ids, f"《{title}》 is no title of data/laws.yml"
        based = [letters.split_basis(basis) for basis in part["rests"]]
        assert ids[0] in [law_id for law_id, _ in based], f"{letter_id}, paragraph {number} names 《{title}》 but does not rest on it"


@PART
def test_paragraph_is_explained_in_both_languages(letter_id, number, part):
    zh, en = part["explain"]["zh"], part["explain"]["en"]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert len(en.split()) >= 5 and not re.search(r"[\u4e00-\u9fff]", en)
    if "option" in part:
        assert not re.search(r"[\u4e00-\u9fff]", part["option"]["en"])


def test_no_blame_no_threat():
    texts = [part["text"] for _, _, part in PARTS] + [text[lang] for _, path, text in _all_texts() for lang in LANGUAGES if path[0] != "never"]
    assert [text for text in texts if BLAME.search(text)] == []


def test_no_letter_promises_confirms_or_admits():
    for letter_id, number, part in PARTS:
        said = re.sub(r"不表示我(?:确认|认可)|也不确认|不确认", "", part["text"])
        assert not re.search(r"保证|承诺|一定还|我确认|我承认|我认可|全部还清", said), f"{letter_id}, paragraph {number}"


def test_every_letter_warns_of_what_never_to_write():
    for letter_id, letter in LETTERS.items():
        assert letter["never"] and letter["attach"] and letter["send"], letter_id
    # Letters in which an unlucky sentence restarts the limitation period say so.
    for letter_id in ("plan", "complaint-regulator", "complaint-local"):
        assert any(("limitation-provisions", "14, 19") in letters.references(text["zh"]) for text in LETTERS[letter_id]["never"]), letter_id


def test_micro_loan_companies_go_to_the_local_authority():
    send = " ".join(text["zh"] for text in LETTERS["complaint-local"]["send"])
    assert "{local_fin}" in send and "不打 {12378}" in send
    assert "{12378}" in " ".join(text["zh"] for text in LETTERS["complaint-regulator"]["send"])


def test_only_sums_can_come_from_an_address():
    assert {field_id for field_id, field in FACTS.letters["fields"].items() if field.get("short")} == {"income", "needs", "offer", "fee"}
    assert all(field["kind"] == "money" for field in FACTS.letters["fields"].values() if field.get("short"))


def test_wording_keeps_the_rules_of_plain_language():
    text = (ROOT / "data" / "letters.yml").read_text("utf-8")
    text = re.sub(r"\{law:[^}]*\}|\{advice\}", "", text)
    text = re.sub(r"\{limit:[^}]*\}|\{[a-z0-9_]+\}", "{x}", text)
    found = [str(finding) for finding in rules.check_wording("data/letters.yml", text) if finding.level == "error"]
    assert not found, "\n".join(found)


# On the page ---------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_holds_every_letter_below_a_heading_of_the_same_id(lang):
    text = (ROOT / "docs" / lang / "tools" / "letters.md").read_text("utf-8")
    headings = dict(re.findall(r"^## (.+?) \{ #([\w-]+) \}", text, re.M))
    names = {anchor: title for title, anchor in headings.items()}
    assert re.findall(r'\{\{ letter\("([\w-]+)"\) \}\}', text) == list(LETTERS)
    for letter_id, letter in LETTERS.items():
        assert names[letter_id] == letter["name"][lang]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_built_letters_mark_every_blank_and_number_every_paragraph(site, lang):
    page = read(site / address(lang, "tools/letters/") / "index.html")
    for letter_id, letter in LETTERS.items():
        section = page.one("section", data_letter=letter_id)
        inside = [e for e in page.elements if section in e.inside]
        numbers = {e.get("data-part") for e in inside if e.get("data-part")}
        assert numbers == {str(n) for n in range(1, len(letter["parts"]) + 1)}
        marked = {e.text for e in inside if e.tag == "mark"}
        assert marked == {f"【{label}】" for part in letter["parts"] for label in letters.blanks(part["text"])} | {"【姓名】", "【写信日期】"}
        # Nothing stands between the brackets of a blank without the mark.
        paper = "".join(e.text for e in inside if e.get("data-part") or "letter__closing" in e.get("class", ""))
        assert len(letters.BLANK.findall(paper)) == sum(1 for e in inside if e.tag == "mark")
        why = next(e for e in inside if e.get("class") == "letter__why")
        assert sum(1 for e in page.elements if e.tag == "li" and why in e.inside) == len(letter["parts"])
    # Paragraphs are Chinese on both pages, and say so to a voice.
    assert all(e.get("lang") == "zh-Hans" for e in page.elements if "letter__paper" in e.get("class", ""))
    assert "{limit" not in page.elements[0].text and "{law" not in page.elements[0].text


# Mistakes are refused --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('rests: ["civil-code 543"]', 'rests: ["civil-code 5433"]', 'article "5433" of civil-code is not in data/laws.yml'),
        ("我是合同【合同编号】的借款人。我现在", "我是合同【合同号】的借款人。我现在", "【合同号】 is no field"),
        ("    kind: line\n    usual: today", "    kind: line\n    short: d\n    usual: today", "only a money field may be filled from an address"),
    ],
    ids=["article", "field", "address"],
)
def test_mistakes_in_the_file_are_named(tmp_path, before, after, says):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / "letters.yml"
    path.write_text(path.read_text("utf-8").replace(before, after, 1), "utf-8")
    with pytest.raises(data.DataError) as error:
        data.load(tmp_path)
    assert any(says in problem for problem in error.value.problems), error.value.problems
