"""Compare the Chinese and English sources of every page.

Both languages must have the same pages, heading ids, macro calls with their arguments, and numbers. Numbers in
prose are compared after 万, dates and clock times are put into one form.
"""
from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

_FENCE = re.compile(r"^---\n(.*?)\n---\n", re.S)
_MACRO = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.S)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{\s*#([A-Za-z0-9_-]+)[^}]*\})?\s*$", re.M)
_BLOCK = re.compile(r"^/// .*$|^///\s*$", re.M)
_LINK_TARGET = re.compile(r"\]\([^)]*\)|\{[^{}]*\}|<https?://[^>]*>")
_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}


def _body(text: str) -> str:
    match = _FENCE.match(text)
    return text[match.end() :] if match else text


def _line_of(text: str, needle: str) -> int:
    position = text.find(needle)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1


def macro_calls(text: str) -> list[str]:
    """Macro calls in order, spaces and quote style put into one form."""
    return [re.sub(r"\s+", " ", call).replace("'", '"') for call in _MACRO.findall(_body(text))]


def heading_ids(text: str) -> list[str]:
    """`level#id` of every heading below the title, in order; a heading without an id gives `level#?`."""
    found = []
    for marks, _title, anchor in _HEADING.findall(_body(text)):
        if len(marks) > 1:
            found.append(f"{len(marks)}#{anchor or '?'}")
    return found


def numbers(text: str) -> Counter:
    """Numbers in the prose: dates as YYYY-MM-DD, times as HH:MM, 万 multiplied out, separators dropped."""
    prose = _BLOCK.sub(" ", _body(text))
    prose = _MACRO.sub(" ", prose)
    prose = _LINK_TARGET.sub(" ", prose)
    prose = re.sub(r"^\s*\d+[.)]\s", " ", prose, flags=re.M)  # numbering of lists
    found: Counter = Counter()

    def take(pattern: str, form) -> None:
        nonlocal prose

        def note(match: re.Match) -> str:
            found[form(match)] += 1
            return " "

        prose = re.sub(pattern, note, prose, flags=re.I)

    def iso(year, month, day=None) -> str:
        text = f"{int(year):04d}-{int(month):02d}"
        return text + (f"-{int(day):02d}" if day else "")

    month = "|".join(_MONTHS)
    take(r"(\d{4})-(\d{2})-(\d{2})", lambda m: iso(m[1], m[2], m[3]))
    take(r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日", lambda m: iso(m[1], m[2], m[3]))
    take(rf"(\d{{1,2}}) ({month}) (\d{{4}})", lambda m: iso(m[3], _MONTHS[m[2].lower()], m[1]))
    take(rf"({month}) (\d{{1,2}}), (\d{{4}})", lambda m: iso(m[3], _MONTHS[m[1].lower()], m[2]))
    take(r"(\d{4}) ?年 ?(\d{1,2}) ?月", lambda m: iso(m[1], m[2]))
    take(rf"({month}) (\d{{4}})", lambda m: iso(m[2], _MONTHS[m[1].lower()]))
    take(r"(\d{1,2}):(\d{2})", lambda m: f"{int(m[1]):02d}:{m[2]}")
    take(r"(\d{1,2}) ?(am|pm)\b", lambda m: f"{int(m[1]) % 12 + (12 if m[2].lower() == 'pm' else 0):02d}:00")
    take(r"(\d+(?:\.\d+)?) ?万", lambda m: _plain(m[1], 10_000))
    take(r"\d[\d,]*(?:\.\d+)?", lambda m: _plain(m[0]))
    return found


def _plain(text: str, times: int = 1) -> str:
    whole, _, part = text.replace(",", "").rstrip(".").partition(".")
    digits = int(whole + part) * times
    scale = 10 ** len(part)
    return str(digits // scale) if digits % scale == 0 else f"{digits}/{scale}"


def _front_matter(text: str) -> dict[str, str]:
    match = _FENCE.match(text)
    pairs = re.findall(r"^([a-z_]+):[ \t]*(.*)$", match[1], re.M) if match else []
    return dict(pairs)


def problems(root: Path) -> list[str]:
    """Everything in which the two languages differ, one message each, naming both files."""
    zh_root, en_root = root / "docs" / "zh", root / "docs" / "en"
    zh_pages = {p.relative_to(zh_root).as_posix(): p for p in zh_root.rglob("*.md")}
    en_pages = {p.relative_to(en_root).as_posix(): p for p in en_root.rglob("*.md")}
    found = []
    for name in sorted(zh_pages.keys() - en_pages.keys()):
        found.append(f"docs/zh/{name}: there is no docs/en/{name}. Write the English page, or remove the Chinese one.")
    for name in sorted(en_pages.keys() - zh_pages.keys()):
        found.append(f"docs/en/{name}: there is no docs/zh/{name}. Write the Chinese page, or remove the English one.")
    for name in sorted(zh_pages.keys() & en_pages.keys()):
        found += _compare(name, zh_pages[name].read_text("utf-8"), en_pages[name].read_text("utf-8"))
    return found


def _compare(name: str, zh: str, en: str) -> list[str]:
    zh_file, en_file = f"docs/zh/{name}", f"docs/en/{name}"
    found = []
    front_zh, front_en = _front_matter(zh), _front_matter(en)
    for key in sorted((front_zh.keys() ^ front_en.keys()) - {"translates"}):
        where = zh_file if key in front_zh else en_file
        found.append(f"{where}: front matter has `{key}`, which {zh_file if where == en_file else en_file} has not.")
    if front_en.get("translates") != front_zh.get("revision"):
        found.append(
            f"{en_file}: translates: {front_en.get('translates', 'nothing')}, but {zh_file} is at revision "
            f"{front_zh.get('revision', 'nothing')}. Bring the translation up to date, then set translates to it."
        )
    ids_zh, ids_en = heading_ids(zh), heading_ids(en)
    if ids_zh != ids_en:
        found.append(_first_difference("heading id", zh_file, en_file, ids_zh, ids_en, zh, en))
    for file, ids, text in ((zh_file, ids_zh, zh), (en_file, ids_en, en)):
        if any(i.endswith("#?") for i in ids):
            found.append(f"{file}: a heading has no id. Write `## Title {{ #ascii-id }}`.")
    calls_zh, calls_en = macro_calls(zh), macro_calls(en)
    if calls_zh != calls_en:
        found.append(_first_difference("macro call", zh_file, en_file, calls_zh, calls_en, zh, en))
    numbers_zh, numbers_en = numbers(zh), numbers(en)
    for number in sorted((numbers_zh - numbers_en).elements()):
        found.append(f"{zh_file}: the number {number} is not in {en_file} (or fewer times). Make both say the same.")
    for number in sorted((numbers_en - numbers_zh).elements()):
        found.append(f"{en_file}: the number {number} is not in {zh_file} (or fewer times). Make both say the same.")
    return found


def _first_difference(what, zh_file, en_file, list_zh, list_en, zh, en) -> str:
    for position in range(max(len(list_zh), len(list_en))):
        left = list_zh[position] if position < len(list_zh) else None
        right = list_en[position] if position < len(list_en) else None
        if left != right:
            break
    needle = lambda item: (item or "").split("#")[-1] if what == "heading id" else (item or "")  # noqa: E731
    return (
        f"{zh_file}, line {_line_of(zh, needle(left))}: {what} number {position + 1} is {left or 'missing'}; "
        f"{en_file}, line {_line_of(en, needle(right))}: {right or 'missing'}. "
        f"Both languages need the same ones in the same order."
    )
