"""Plain-language rules that a program can count, for Chinese and English pages and for wording in data/.

Every rule returns findings with file and line. An "error" fails the build's tests; a "warn" is only reported: no
authority sets a maximum of characters per sentence, so those limits are house limits and leave room for judgement.

`python tests/language_rules.py` prints everything, warnings included.
"""
from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Iterator

import autocorrect_py
import yaml

ROOT = Path(__file__).resolve().parents[1]
# Readers of these sections are under the most stress: shorter sentences, stricter wording.
HELP_SECTIONS = ("help", "visits", "repay", "sheets")

HAN = r"[\u3400-\u9fff\u3007]"
# Stands for what a macro or placeholder prints. It counts as one Han character and upsets no spacing rule.
STAND_IN = "〇"


@dataclass(frozen=True)
class Finding:
    """One departure from a rule: "error" or "warn", where, which rule, and what to do."""

    level: str
    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.level}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Unit:
    """One line of wording after links, ids, macros and markup are gone.

    kind: "text", "bullet", "cell" (of a table), "heading", "label" (wording from data/).
    block: name of the `/// html | …` container the line stands in, or "".
    """

    line: int
    kind: str
    text: str
    block: str = ""
    level: int = 0


@dataclass(frozen=True)
class Page:
    """A page taken apart: front matter, lines of wording, and the source for rules that look at the markup."""

    file: str
    lang: str
    section: str
    front: dict[str, str]
    units: tuple[Unit, ...]
    source: str

    @property
    def for_help(self) -> bool:
        return self.section in HELP_SECTIONS


# Taking a page apart ----------------------------------------------------------------------------------------------

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)
_MACRO = re.compile(r"\{\{\s*(\w+)\((.*?)\)\s*\}\}", re.S)
# These print words that belong to the sentence; the others print a chip, a card or a list beside it.
_WORDS_OF_A_SENTENCE = {"term", "limit", "lpr", "hotline"}
_BLOCK = re.compile(r"^\s*///\s*(?:html\s*\|\s*(\S+?)(?:\[.*)?)?\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


def _macro_stand_in(match: re.Match) -> str:
    name, arguments = match.groups()
    as_block = re.search(r"""["'](?:card|button)["']""", arguments)
    breaks = "\n" * match[0].count("\n")
    return (STAND_IN if name in _WORDS_OF_A_SENTENCE and not as_block else "\x00") + breaks


def without_markup(text: str) -> str:
    """Replace macros, links, ids, emphasis and code by the words a reader sees; the number of lines stays."""
    text = _MACRO.sub(_macro_stand_in, text)
    # A chip takes its spaces with it, but between two Latin sentences one space stays.
    text = re.sub(r"(?<=[!-~])[ \t]*(?:\x00[ \t]*)+(?=[A-Za-z¥\"(])", " ", text)
    text = re.sub(r"[ \t]*\x00[ \t]*", "", text)
    text = re.sub(r"<https?://[^>\s]*>", STAND_IN, text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[ \t]*\{[ \t]*(?:[#.:]|[\w-]+=)[^{}]*\}", "", text)
    # A space after **…。** keeps the bold closed in stricter Markdown readers; it is not a space in the sentence.
    text = re.sub(r"(?<=[。！？，：；”）]\*\*) ", "", text)
    text = re.sub(r"`[^`\n]*`", STAND_IN, text)
    return re.sub(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", text)


def read_page(file: str, text: str, lang: str) -> Page:
    """Take one page's Markdown apart. `file` is the name used in messages, such as docs/zh/help/index.md."""
    front_match = _FRONT.match(text)
    front = dict(re.findall(r"^([a-z_]+):[ \t]*(.*)$", front_match[1], re.M)) if front_match else {}
    first = front_match[0].count("\n") + 1 if front_match else 1
    body = text[front_match.end():] if front_match else text
    units: list[Unit] = []
    blocks: list[str] = []
    fenced = False
    for number, line in enumerate(without_markup(body).split("\n"), first):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        if fenced or not line.strip():
            units.append(Unit(number, "gap", ""))
            continue
        marker = _BLOCK.match(line)
        if marker:
            if marker[1]:
                blocks.append(marker[1])
            elif blocks:
                blocks.pop()
            units.append(Unit(number, "gap", ""))
            continue
        block = blocks[-1] if blocks else ""
        heading = re.match(r"^(#{1,6})\s+(.*)$", line)
        if heading:
            units.append(Unit(number, "heading", heading[2].strip(), block, len(heading[1])))
        elif line.lstrip().startswith("|"):
            if not re.fullmatch(r"[\s|:-]*", line):
                cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
                units += [Unit(number, "cell", cell.strip(), block) for cell in cells if cell.strip()]
        elif _LIST_ITEM.match(line):
            units.append(Unit(number, "bullet", _LIST_ITEM.sub("", line).strip(), block))
        else:
            units.append(Unit(number, "text", line.strip().lstrip("> "), block))
    parts = Path(file).parts
    section = parts[2] if len(parts) > 3 else ""
    return Page(file, lang, section, front, tuple(units), text)


def _words_of(page: Page, *kinds: str) -> Iterator[Unit]:
    for unit in page.units:
        if unit.kind != "gap" and (not kinds or unit.kind in kinds):
            yield unit


def _front_units(page: Page) -> list[Unit]:
    lines = page.source.split("\n")
    return [
        Unit(next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1), "label",
             page.front[key].strip("\"' "))
        for key in ("title", "description")
        if key in page.front
    ]


def _all(page: Page) -> list[Unit]:
    return [*_front_units(page), *_words_of(page)]


def paragraphs(page: Page) -> Iterator[tuple[int, str]]:
    """Runs of text lines between blank lines, with the line on which each begins."""
    start, held = 0, []
    for unit in (*page.units, Unit(0, "gap", "")):
        if unit.kind == "text":
            start = start or unit.line
            held.append(unit.text)
        elif held:
            yield start, ("" if page.lang == "zh" else " ").join(held)
            start, held = 0, []


# Chinese ----------------------------------------------------------------------------------------------------------

_COUNTED = re.compile(r"[\u3400-\u9fff\u30070-9]")
_LAW_NAMES = re.compile(r"《[^》]*》")


def zh_length(text: str) -> int:
    """Han characters and digits; names of laws in 《》 count as one, as nobody can shorten them."""
    return len(_COUNTED.findall(_LAW_NAMES.sub(STAND_IN, text)))


def zh_sentences(text: str) -> list[str]:
    """Split after 。！？ (and a closing quotation mark or bracket behind it)."""
    parts = re.split(r"(?<=[。！？])(?![”’）」』])|(?<=[。！？][”’）」』])", text)
    return [part.strip() for part in parts if zh_length(part)]


def _zh_running_text(page: Page) -> Iterator[tuple[int, str]]:
    for unit in _words_of(page, "text", "bullet"):
        if unit.block.startswith(("div.next", "div.big-buttons", "div.cards")):
            continue
        for sentence in zh_sentences(unit.text):
            yield unit.line, sentence


def zh_sentence_length(page: Page) -> Iterator[Finding]:
    sentences = list(_zh_running_text(page))
    if not sentences:
        return
    limit = 25 if page.for_help else 32
    mean = sum(zh_length(s) for _, s in sentences) / len(sentences)
    if mean > limit:
        yield Finding("error", page.file, sentences[0][0], "sentence-mean",
                      f"sentences have {mean:.1f} characters on average; at most {limit} here. Split the long ones.")
    for line, sentence in sentences:
        if zh_length(sentence) > 50:
            yield Finding("warn", page.file, line, "sentence-max",
                          f"{zh_length(sentence)} characters, better at most 50: {sentence[:24]}…")
        for clause in re.split(r"[，、；：。！？（）]", sentence):
            if zh_length(clause) > 20:
                yield Finding("warn", page.file, line, "clause-max",
                              f"{zh_length(clause)} characters without a mark, better at most 20: {clause.strip()}")


def zh_paragraph_length(page: Page) -> Iterator[Finding]:
    limit = 90 if page.for_help else 150
    for line, text in paragraphs(page):
        count = len(zh_sentences(text))
        if zh_length(text) > limit or (page.for_help and count > 4):
            yield Finding("warn", page.file, line, "paragraph-max",
                          f"{zh_length(text)} characters in {count} sentences, better at most {limit} and 4.")
    for unit in _words_of(page, "bullet"):
        if zh_length(unit.text) > 40:
            yield Finding("warn", page.file, unit.line, "bullet-max",
                          f"{zh_length(unit.text)} characters, better at most 40 and one idea.")


def zh_de_and_bei(page: Page) -> Iterator[Finding]:
    total, passives, where = 0, 0, 0
    for unit in _words_of(page):
        total += zh_length(unit.text)
        found = len(re.findall(r"被(?!起诉|执行人|告(?!知)|申请人|扶养人|保险人)", unit.text))
        passives += found
        where = where or (unit.line if found else 0)
        for clause in re.split(r"[，、；：。！？（）]", unit.text):
            if clause.count("的") > 2:
                yield Finding("warn", page.file, unit.line, "too-many-de",
                              f"的 stands {clause.count('的')} times in one clause: {clause.strip()}")
    if passives > max(1, total / 100):
        yield Finding("warn", page.file, where, "passive",
                      f"被 stands {passives} times in {total} characters, better once in 100.")


# 进行 after a verb of time (正在进行) is not padding.
_PADDING = re.compile(r"(?<!正在)(?<!没有)进行(?!的|时|中)|予以|开展[^，。；]{0,12}工作|对[^，。；]{1,14}加以")


def zh_padding(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in _PADDING.finditer(unit.text):
        yield "padding", f"“{match[0]}” only pads. Use the verb itself."


def zh_double_negative(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"不得不|不无(?!关)|未必不|并非不|不是不(?=能|可)", unit.text):
        yield "double-negative", f"“{match[0]}” is a double negative. Say it straight."


def zh_blame(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"老赖|恶意逃废债|赖账|失信者", unit.text):
        yield "blame", f"“{match[0]}” blames the reader. Say what happened, or use the legal term."


def zh_promise(unit: Unit) -> Iterator[tuple[str, str]]:
    pattern = (r"(?<!不)(?:一定(?!的|期|条件|时间|金额|程度)|肯定|保证(?!人|期间|责任|合同|金|方式)|绝对(?!不))"
               r"[^，。；！？]{0,6}?(?:能|可以)")
    for match in re.finditer(pattern, unit.text):
        yield "promise", f"“{match[0]}” promises what nobody can promise."


_CLICKBAIT = re.compile(r"后果严重|必看|速看|\d+\s?% ?的人都不知道")
_CALMING = re.compile(r"不是|不会|不用|不等于|没有|不算")


def zh_fear_heading(page: Page) -> Iterator[Finding]:
    units = [unit for unit in page.units if unit.kind != "gap"]
    for position, unit in enumerate(units):
        if unit.kind != "heading":
            continue
        if _CLICKBAIT.search(unit.text):
            yield Finding("error", page.file, unit.line, "fear-heading",
                          f"“{unit.text}” frightens. Say what the section helps with.")
        if "坐牢" in unit.text:
            after = units[position + 1].text if position + 1 < len(units) else ""
            first = (zh_sentences(after) or [""])[0]
            if not (unit.text.endswith("？") and _CALMING.search(first)):
                yield Finding("error", page.file, unit.line, "fear-heading",
                              "坐牢 may stand in a heading only as a question whose first sentence calms.")


def zh_marks(unit: Unit) -> Iterator[tuple[str, str]]:
    """Our own rules for marks; autocorrect leaves a half-width mark after % and before Latin letters as it is."""
    text = unit.text
    checks = (
        (rf"(?<={HAN})[,;:!?()]", "is a half-width mark after a Han character. Use ，；：！？（）."),
        (rf"[,;!?](?=\s?{HAN})|:(?={HAN})", "is a half-width mark before a Han character. Use ，；：！？."),
        (rf"(?<={HAN})[\"']|[\"'](?={HAN})", "is a straight quotation mark. Use “ ”."),
        (r"\.{3}|。{2,}", "should be …… or, better, nothing."),
        (r"[！？。，、；：!?]{2,}", "doubles a mark. One is enough."),
        (r"\d\s+[%％‰]|％", "should be a half-width % with no space before it."),
    )
    for pattern, message in checks:
        for match in re.finditer(pattern, text):
            yield "marks", f"“{match[0]}” in “{text[max(0, match.start() - 6):match.end() + 4]}” {message}"


_ZH_NUMBER_WORDS = re.compile(r"[一二三四五六七八九十百千两〇]+[十百千万][一二三四五六七八九十百千万]*(?:元|块钱)"
                              r"|[二三四五六七八九两]元|百分之[一二三四五六七八九十百]+")
_BARE_FEN = re.compile(r"\d(?:\.\d+)?\s?(?:分|厘)(?!之|钟|期|公司|类|别|行|析|享|清|辨|到|开)")


def zh_numbers(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in _ZH_NUMBER_WORDS.finditer(unit.text):
        yield "numerals", f"“{match[0]}”: write amounts and shares in arabic digits."
    for match in _BARE_FEN.finditer(unit.text):
        before = unit.text[max(0, match.start() - 6):match.start()]
        if not re.search(r"[年月日天](?:息|利率)?[^，。；]{0,4}$", before):
            yield "bare-rate", f"“{match[0]}” says no period. Write 月息 {match[0]} or, better, the yearly rate."


# Outside level 1, yet on every phone: 浏览器.
_EVERYDAY = "浏"


def zh_common_characters(page: Page) -> Iterator[Finding]:
    """Characters outside level 1 of GB 2312 (3,755 characters), the nearest list to the 3,500 that every build has."""
    seen: set[str] = set()
    for unit in _words_of(page):
        for character in unit.text:
            if re.fullmatch(r"[\u3400-\u9fff]", character) and character not in seen:
                try:
                    common = 0xB0 <= character.encode("gb2312")[0] <= 0xD7
                except UnicodeEncodeError:
                    common = False
                if not common and character not in _EVERYDAY:
                    seen.add(character)
                    yield Finding("warn", page.file, unit.line, "rare-character", f"{character} is not a common character.")


def zh_spacing(file: str, lines: dict[int, str]) -> Iterator[Finding]:
    """Spaces between Han and Latin letters or digits, and full-width marks, by autocorrect.

    Args:
        file: Name for messages.
        lines: Wording by line number, already without markup.
    """
    numbers = sorted(lines)
    # Document numbers, 〔2021〕第3号, keep the form of their issuer.
    lines = {n: re.sub(r"[〔\[]\d{4}[〕\]]第?\d+号", STAND_IN, text) for n, text in lines.items()}
    result = autocorrect_py.lint_for("\n".join(lines[n] for n in numbers), "text")
    for item in result.lines:
        yield Finding("error", file, numbers[item.line - 1], "spacing", f"write “{item.new}” for “{item.old}”.")


def zh_legal_terms(page: Page, legal_terms: dict[str, str]) -> Iterator[Finding]:
    """The first use of a legal term is a term() call or has a gloss in （）.

    Args:
        legal_terms: Chinese label -> id in data/glossary.yml.
    """
    front = _FRONT.match(page.source)
    offset = front[0].count("\n") if front else 0
    body = page.source[front.end():] if front else page.source
    blank = lambda match: re.sub(r"[^\n]", " ", match[0])  # noqa: E731
    calls = {m[1]: m.start() for m in reversed(list(re.finditer(r"\{\{\s*term\(\s*[\"']([\w-]+)[\"']", body)))}
    # The words of a link belong to the page it leads to.
    prose = re.sub(r"\{\{[^{}]*\}\}|^#{1,6} .*$|^///.*$|\[[^\]\n]*\]\([^)\n]*\)", blank, body, flags=re.M)
    longest_first = sorted(legal_terms, key=len, reverse=True)
    for label in longest_first:
        for match in re.finditer(re.escape(label), prose):
            # 民间借贷利率 is not a use of 借贷: a longer term of the list covers it.
            if any(label in other and label != other and other in prose[max(0, match.start() - len(other)):match.end() + len(other)]
                   for other in longest_first):
                continue
            explained = calls.get(legal_terms[label], len(body) + 1) < match.start()
            glossed = re.match(r"[”》]?\s?（", prose[match.end():match.end() + 3])
            inside_gloss = re.search(r"（[^）\n]*$", prose[:match.start()])
            if not (explained or glossed or inside_gloss):
                yield Finding("error", page.file, offset + body.count("\n", 0, match.start()) + 1, "legal-term",
                              f"{label} stands unexplained. Use term(\"{legal_terms[label]}\") at its first use, or a gloss in （）.")
            break


# English ----------------------------------------------------------------------------------------------------------

_ABBREVIATIONS = re.compile(r"\b(arts?|No|nos|para|paras|ch|Mr|Ms|Dr|St|Co|vs)\.", re.I)
_WORD = re.compile(r"[A-Za-zÀ-ɏ¥\d〇][\w’'.,%/-]*")
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"


def en_sentences(text: str) -> list[str]:
    text = _ABBREVIATIONS.sub(r"\1", text)
    parts = re.split(r"(?<=[.!?])[”\"’)]*\s+(?=[A-Z¥“\"‘(\d〇])", text)
    return [part for part in parts if _WORD.search(part)]


def en_words(text: str) -> list[str]:
    return _WORD.findall(text)


def _en_running_text(page: Page) -> Iterator[tuple[int, str]]:
    for line, text in paragraphs(page):
        for sentence in en_sentences(text):
            yield line, sentence
    for unit in _words_of(page, "bullet"):
        if not unit.block.startswith(("div.next", "div.big-buttons", "div.cards")):
            for sentence in en_sentences(unit.text):
                yield unit.line, sentence


def en_sentence_length(page: Page) -> Iterator[Finding]:
    sentences = list(_en_running_text(page))
    if not sentences:
        return
    limit = 16 if page.for_help else 20
    mean = sum(len(en_words(s)) for _, s in sentences) / len(sentences)
    if mean > limit:
        yield Finding("error", page.file, sentences[0][0], "sentence-mean",
                      f"sentences have {mean:.1f} words on average; at most {limit} here. Split the long ones.")
    for line, sentence in sentences:
        if len(en_words(sentence)) > 25:
            yield Finding("warn", page.file, line, "sentence-max",
                          f"{len(en_words(sentence))} words, better at most 25: {sentence[:40]}…")
    for line, text in paragraphs(page):
        if len(en_sentences(text)) > 4:
            yield Finding("warn", page.file, line, "paragraph-max", f"{len(en_sentences(text))} sentences, better at most 4.")


def _syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    if not word:
        return 1
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def en_grade(page: Page) -> Iterator[Finding]:
    """Flesch-Kincaid grade, with a plain syllable counter: good to about one grade, so it only warns."""
    sentences = [s for _, s in _en_running_text(page)]
    words = [w for s in sentences for w in en_words(s)]
    if len(words) < 100:
        return
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
    limit = 8 if page.for_help else 11
    if grade > limit:
        yield Finding("warn", page.file, 1, "reading-grade", f"Flesch-Kincaid grade {grade:.1f}, better at most {limit}.")


_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|not\s+)?"
                      r"(?:\w{2,}ed|made|taken|given|sent|told|held|paid|sold|kept|shown|seen|found|known|written|brought|left|lent|put|set)\b", re.I)


def en_passive(page: Page) -> Iterator[Finding]:
    sentences = list(_en_running_text(page))
    passive = [line for line, s in sentences if _PASSIVE.search(s)]
    if len(sentences) >= 10 and len(passive) > len(sentences) / 10:
        yield Finding("warn", page.file, passive[0], "passive",
                      f"{len(passive)} of {len(sentences)} sentences are passive, better one in ten.")


_BANNED = re.compile(r"\be\.\s?g\.|\bi\.\s?e\.|\betc\.|\bvia\b|\butili[sz]e\w*|\bcommenc\w+|\bprior to\b|\bin respect of\b", re.I)


def en_banned(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in _BANNED.finditer(unit.text):
        yield "office-words", f'"{match[0]}": use a plain English word.'


def en_people(unit: Unit) -> Iterator[tuple[str, str]]:
    # "judgment debtor" and the "Dishonest Debtor List" are names the law gives; every other use labels a person.
    for match in re.finditer(r"(?<!judgment )(?<!Judgment )\b(?:debtors?(?! list)|defaulters?|delinquents?|deadbeats?)\b", unit.text, re.I):
        yield "people-words", f'"{match[0]}": say "borrower" or "person behind on a loan".'


def en_contractions(unit: Unit) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"\b\w+n['’]t\b", unit.text):
        yield "contraction", f'"{match[0]}": write the negative out, "do not", "cannot".'


def en_money(unit: Unit) -> Iterator[tuple[str, str]]:
    pattern = (r"(?:RMB|CNY)\s?\d[\d,]*|\d[\d,.]*\s?(?:yuan|RMB|CNY)\b|¥\s+\d|¥\d{4,}|(?:US)?\$\s?\d|\d\s+%|\d\s*per ?cent\b")
    for match in re.finditer(pattern, unit.text):
        yield "money", f'"{match[0]}": write ¥5,000 and 18%, and convert nothing into another currency.'


def en_headings(page: Page) -> Iterator[Finding]:
    names = ("China", "Chinese", "English", "Hong", "Kong", "Macao", "Taiwan", "Mainland", "App", "Clear", "Account",
             "WeChat", "Monday", "Sunday", "January", "I", "I’m", "Markdown")
    for unit in _words_of(page, "heading"):
        if len(unit.text) > 65:
            yield Finding("warn", page.file, unit.line, "heading-length", f"{len(unit.text)} characters, better at most 65.")
        words = re.findall(r"[A-Za-z’']+", re.sub(r"[.:?!]\s+\w+", " ", unit.text))[1:]
        capital = [w for w in words if w[0].isupper() and not w.isupper() and w not in names]
        if capital:
            yield Finding("warn", page.file, unit.line, "heading-case",
                          f"headings are in sentence case; capital in {', '.join(capital)}.")


def en_link_text(page: Page) -> Iterator[Finding]:
    for match in re.finditer(r"(?<!!)\[([^\]]*)\]\(", page.source):
        if re.fullmatch(r"\s*(?:click here|here|this|this page|read more|more|link)\s*", match[1], re.I):
            yield Finding("error", page.file, page.source.count("\n", 0, match.start()) + 1, "link-text",
                          f'"{match[1]}" does not say where the link goes.')


def en_chinese_terms(page: Page) -> Iterator[Finding]:
    """Chinese words come with plain English and pinyin; what is to be shown to a visitor stays Chinese."""
    for unit in _words_of(page):
        if "show-card" in unit.block:
            continue
        # A name of ours, and words in quotation marks that the reader is to find or type as they are.
        text = unit.text.replace(STAND_IN, "").replace("明白账", "")
        text = re.sub(rf"[“\"]{HAN}+[”\"]", "", text)
        if re.search(HAN, text) and not re.search(rf"[{_TONES}]", text):
            yield Finding("error", page.file, unit.line, "chinese-term",
                          "Chinese without pinyin. Plain English first, then 汉字 and pinyin: home visit (上门走访, shàngmén zǒufǎng).")


# Both languages ---------------------------------------------------------------------------------------------------

def both_markup(page: Page) -> Iterator[Finding]:
    for number, line in enumerate(page.source.split("\n"), 1):
        for match in re.finditer(r"!\[([^\]]*)\]\(", line):
            if len(match[1]) > 250:
                yield Finding("error", page.file, number, "alt-text", f"{len(match[1])} characters, at most 250.")
        for match in re.finditer(r"\*\*([^*]+)\*\*", line):
            too_long = zh_length(match[1]) > 24 if page.lang == "zh" else len(en_words(match[1])) > 12
            if too_long:
                yield Finding("warn", page.file, number, "bold-length", f"bold text is for a few words: {match[1][:30]}…")
    limit = 120 if page.lang == "zh" else 155
    for unit in _front_units(page)[1:]:
        if len(unit.text) > limit:
            yield Finding("error", page.file, unit.line, "description", f"{len(unit.text)} characters, at most {limit}.")


ZH_UNIT_RULES: tuple[Callable, ...] = (zh_padding, zh_double_negative, zh_blame, zh_promise, zh_marks, zh_numbers)
ZH_PAGE_RULES: tuple[Callable, ...] = (zh_sentence_length, zh_paragraph_length, zh_de_and_bei, zh_fear_heading, zh_common_characters)
EN_UNIT_RULES: tuple[Callable, ...] = (en_banned, en_people, en_contractions, en_money)
EN_PAGE_RULES: tuple[Callable, ...] = (en_sentence_length, en_grade, en_passive, en_headings, en_link_text, en_chinese_terms)
WARN_ONLY = {"contraction"}


def _level(rule: str, help_page: bool) -> str:
    if rule == "padding":
        return "error" if help_page else "warn"
    return "warn" if rule in WARN_ONLY else "error"


def check_page(file: str, text: str, lang: str, legal_terms: dict[str, str] | None = None) -> list[Finding]:
    """All findings for one page, in the order of its lines."""
    page = read_page(file, text, lang)
    found: list[Finding] = list(both_markup(page))
    for rule in ZH_UNIT_RULES if lang == "zh" else EN_UNIT_RULES:
        for unit in _all(page):
            found += [Finding(_level(name, page.for_help), file, unit.line, name, message) for name, message in rule(unit)]
    for rule in ZH_PAGE_RULES if lang == "zh" else EN_PAGE_RULES:
        found += rule(page)
    if lang == "zh":
        lines: dict[int, str] = {}
        for unit in _all(page):
            lines[unit.line] = lines[unit.line] + "\n" + unit.text if unit.line in lines else unit.text
        found += zh_spacing(file, {n: re.sub(r"\s*\n\s*", "；", t) for n, t in lines.items()})
        found += zh_legal_terms(page, legal_terms or {})
    return sorted(found, key=lambda f: (f.level, f.line))


def wording_of(node: yaml.Node, lang: str | None = None) -> Iterator[tuple[int, str, str]]:
    """(line, language, wording) of every text below a zh or en key of a YAML document."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value
            yield from wording_of(value, name if name in ("zh", "en") else lang)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from wording_of(value, lang)
    elif isinstance(node, yaml.ScalarNode) and lang and node.tag == "tag:yaml.org,2002:str":
        yield node.start_mark.line + 1, lang, node.value


def check_wording(file: str, text: str) -> list[Finding]:
    """Marks, spacing, blame and promises in the zh and en wording of a YAML file."""
    found: list[Finding] = []
    lines: dict[int, str] = {}
    for line, lang, words in wording_of(yaml.compose(text) or yaml.ScalarNode("", "")):
        # Placeholders of Python and of our own scripts: %s, {name}; a reference such as {law:id:1} is a chip beside the words.
        words = without_markup(re.sub(r"%s|%\(\w+\)s|\{\w+\}", STAND_IN, re.sub(r" ?\{law:[^{}]*\}", "", words)))
        if lang == "zh" and not re.search(HAN, words.replace(STAND_IN, "")):
            continue  # a code or the name of the other language
        if lang == "en" and re.search(HAN, words.replace(STAND_IN, "")):
            continue  # a Chinese label on purpose, such as the link to the other language
        unit = Unit(line, "label", " ".join(words.split()) if lang == "en" else words.replace("\n", ""))
        rules = (zh_double_negative, zh_blame, zh_promise, zh_marks) if lang == "zh" else (en_banned, en_people, en_contractions, en_money)
        for rule in rules:
            found += [Finding(_level(name, False), file, line, name, message) for name, message in rule(unit)]
        if lang == "zh":
            lines[line] = lines[line] + "；" + unit.text if line in lines else unit.text
    found += zh_spacing(file, lines)
    return sorted(found, key=lambda f: (f.level, f.line))


def legal_terms(root: Path = ROOT) -> dict[str, str]:
    """Chinese label -> id of the glossary's legal terms: those whose entry names an article, but not the optional ones."""
    path = root / "data" / "glossary.yml"
    entries = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    return {entry["zh"]: key for key, entry in (entries or {}).items() if entry.get("law") and not entry.get("optional")}


def pages(root: Path = ROOT) -> list[tuple[str, str]]:
    """(file, language) of every page, Chinese first."""
    return [
        (path.relative_to(root).as_posix(), lang)
        for lang in ("zh", "en")
        for path in sorted((root / "docs" / lang).rglob("*.md"))
    ]


def wording_files(root: Path = ROOT) -> list[str]:
    """YAML files whose wording readers see."""
    data = root / "data"
    facts = [data / name for name in ("ui.yml", "glossary.yml", "laws.yml", "limits.yml", "hotlines.yml", "complaints.yml", "myths.yml", "letters.yml")]
    found = [*facts, *data.glob("ui/*.yml"), *data.glob("calculators/*/*.yml")]
    return sorted(path.relative_to(root).as_posix() for path in found if path.exists())


def everything(root: Path = ROOT) -> Iterable[Finding]:
    terms = legal_terms(root)
    for file, lang in pages(root):
        yield from check_page(file, (root / file).read_text("utf-8"), lang, terms)
    for file in wording_files(root):
        yield from check_wording(file, (root / file).read_text("utf-8"))


if __name__ == "__main__":
    findings = list(everything())
    print("\n".join(map(str, findings)))
    sys.exit(any(finding.level == "error" for finding in findings))
