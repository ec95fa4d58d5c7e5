"""Both languages: what the comparison of the sources notices, and that the real pages pass it."""
from __future__ import annotations

import pytest

from hooks import parity
from tests.support import ROOT


def test_real_pages_match():
    assert parity.problems(ROOT) == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("借 1.2 万元", "You borrow ¥12,000"),
        ("到 2026 年 3 月 31 日", "until 31 March 2026"),
        ("到 2026 年 3 月 31 日", "until March 31, 2026"),
        ("2025 年 12 月起", "from December 2025"),
        ("22:00 到次日 8:00", "10 pm to 8 am"),
        ("年化 18.5%", "18.5% a year"),
        ("共 20 万元", "¥200,000 in all"),
    ],
)
def test_same_number_in_both_languages_counts_as_the_same(zh, en):
    assert parity.numbers(zh) == parity.numbers(en)


@pytest.mark.parametrize(
    ("zh", "en"),
    [("借 1.2 万元", "You borrow ¥1,200"), ("22:00 到 8:00", "9 pm to 8 am"), ("3 次", "twice"), ("15 日内", "within 51 days")],
)
def test_different_number_is_noticed(zh, en):
    assert parity.numbers(zh) != parity.numbers(en)


def test_numbers_inside_macros_links_and_ids_do_not_count():
    text = '[page](../a-12.md) {{ law("civil-code", "1033(2)") }}\n\n## Step { #step-1 }\n\n1. first\n2. second\n'
    assert not parity.numbers(text)


def _pair(tmp_path, zh: str, en: str, front_en: str = "translates: 1\n"):
    for lang, body, extra in (("zh", zh, ""), ("en", en, front_en)):
        folder = tmp_path / "docs" / lang
        folder.mkdir(parents=True)
        (folder / "page.md").write_text(f"---\ntitle: t\nrevision: 1\n{extra}---\n\n{body}", "utf-8")
    return parity.problems(tmp_path)


@pytest.mark.parametrize(
    ("zh", "en", "says"),
    [
        ("## 一 { #one }", "## One { #two }", "heading id number 1 is 2#one"),
        ("## 一", "## One", "no id"),
        ('{{ term("lpr") }}', "", "macro call number 1"),
        ('{{ law("a", "1") }}', '{{ law("a", "2") }}', "macro call number 1"),
        ("3 天", "4 days", "the number 3"),
    ],
)
def test_difference_names_both_files(tmp_path, zh, en, says):
    found = _pair(tmp_path, zh, en)
    assert any(says in message for message in found), found
    assert all("docs/zh/page.md" in m or "docs/en/page.md" in m for m in found)


def test_translation_of_an_older_revision_is_noticed(tmp_path):
    found = _pair(tmp_path, "甲", "A", front_en="translates: 0\n")
    assert any("translates: 0" in message and "revision 1" in message for message in found)


def test_missing_twin_is_noticed_in_both_directions(tmp_path):
    for lang, name in (("zh", "only-zh.md"), ("en", "only-en.md")):
        folder = tmp_path / "docs" / lang
        folder.mkdir(parents=True)
        (folder / name).write_text("---\ntitle: t\n---\n", "utf-8")
    found = parity.problems(tmp_path)
    assert any("docs/zh/only-zh.md" in m and "docs/en/only-zh.md" in m for m in found)
    assert any("docs/en/only-en.md" in m and "docs/zh/only-en.md" in m for m in found)
