"""Building: no warning, the same with properdocs, what a configuration changes, and a clean failure for each mistake."""
from __future__ import annotations

import random
import re
import shutil
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from jinja2 import Environment, FileSystemLoader

from hooks import parity
from macros import site as macros_site
from tests import support
from tests.support import LANGUAGES, address, build, built, copy_sources

# A good build ------------------------------------------------------------------------------------------


def test_strict_build_has_no_warning(site_server):
    said = site_server.said
    assert "WARNING" not in said and "ERROR" not in said, said


def test_build_prints_the_first_view_of_every_page(site_server):
    pages = support.page_ids() + support.page_ids(embeds=True) + support.page_ids(sheets=True)
    for page in pages:
        for lang in LANGUAGES:
            assert f" {address(lang, page)}index.html" in site_server.said
    sizes = [float(size) for size in re.findall(r"([\d.]+) KB gzip", site_server.said)]
    assert len(sizes) == 2 * len(pages)
    assert max(sizes) <= 45


def test_two_builds_of_one_commit_are_equal(tmp_path, site, site_url):
    again = built(tmp_path / "site", SITE_URL=site_url)

    def content(folder: Path) -> dict[str, bytes]:
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    first, second = content(site), content(again)
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] != second[name]]


def test_properdocs_builds_the_same_pages_in_both_languages(tmp_path, site, site_url):
    other = built(tmp_path / "site", tool="properdocs", SITE_URL=site_url)

    def texts(folder: Path) -> dict[str, str]:
        return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*.html")}

    ours, theirs = texts(site), texts(other)
    assert ours.keys() == theirs.keys()
    assert len(ours) >= 2 * len(support.page_ids())
    assert not [name for name in ours if ours[name] != theirs[name]]
    for name in ("sitemap.xml", "sw.js", "search/index.json", "en/search/index.json"):
        assert (other / name).is_file()


# Configuration -----------------------------------------------------------------------------------------

OPERATOR = {
    "OPERATOR_NAME": "某某社区法律服务站",
    "OPERATOR_CONTACT": "errors@example.org",
    "OPERATOR_ICP": "某ICP备00000000号",
    "OPERATOR_POLICE": "某公网安备00000000000000号",
}


def test_operator_stands_in_the_footer_and_on_about_and_the_address_has_a_default(tmp_path):
    site = built(tmp_path / "site", **OPERATOR)
    for lang, page in support.EVERY_PAGE:
        doc = support.read(site / address(lang, page) / "index.html")
        footer = doc.all("footer")[-1]
        for key in ("OPERATOR_NAME", "OPERATOR_ICP", "OPERATOR_POLICE"):
            assert OPERATOR[key] in footer.text, f"{address(lang, page)}: {key} is not in the footer"
        mails = [a.get("href") for a in doc.all("a") if (a.get("href") or "").startswith("mailto:errors@example.org")]
        assert mails, f"{address(lang, page)}: no link to report an error"
    for lang in LANGUAGES:
        about = support.read(site / address(lang, "about/") / "index.html").all("article")[0].text
        for value in OPERATOR.values():
            assert value in about
    canonical = support.read(site / "index.html").one("link", rel="canonical").get("href")
    assert canonical.startswith("https://") and canonical.endswith("/")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_unset_operator_leaves_no_gap(site, lang):
    doc = support.read(site / address(lang, "about/") / "index.html")
    assert not [a for a in doc.all("a") if (a.get("href") or "").startswith("mailto:")]
    for file in (site / address(lang, "")).glob("**/*.html"):
        if lang == "zh" and "en" in file.relative_to(site).parts:
            continue
        page = support.read(file)
        for element in page.elements:
            name = f"{file.relative_to(site)}, line {element.line}: <{element.tag}>"
            if element.tag in ("li", "p", "h2", "h3", "dt", "dd") and not element.text.strip():
                # Filled by scripts, and hidden until then.
                around = (element, *element.inside)
                scripted = any("hidden" in e.attrs or e.get("role") in ("status", "alert") for e in around)
                assert scripted or any(a.startswith("data-") for a in element.attrs), f"{name} is empty"
        footer = page.all("footer")[-1].text
        for rest in ("None", "[]", "：\n", ": \n", "··", "()", "（）"):
            assert rest not in footer, f"{file.relative_to(site)}: {rest!r} in the footer"


def test_https_contact_is_linked_hostile_names_are_escaped_and_the_day_is_an_input(tmp_path):
    contact = 'https://example.org/issues?"><b>@'
    site = built(tmp_path / "site", OPERATOR_NAME="<script>alert(1)</script>", OPERATOR_CONTACT=contact, BUILD_DATE="2027-06-30")
    home = support.read(site / "index.html")
    assert contact in [a.get("href") for a in home.all("a")]
    assert home.one("body").get("data-today") == "2027-06-30"
    for file in site.rglob("*.html"):
        text = file.read_text("utf-8")
        assert "<script>alert(1)" not in text and '"><b>@' not in text, file.relative_to(site)


class AnyLabel:
    def __getattr__(self, name: str) -> str:
        return name


def test_hostile_mail_contact_is_escaped():
    """By the footer's template alone, without a build."""
    env = Environment(loader=FileSystemLoader(support.ROOT / "overrides"))
    env.filters["url"] = str
    extra = {"operated_by": {"contact": '"><b>@example.org'}, "locale": "zh", "commit": {}}
    config = {"extra": extra, "site_url": "https://example.org/"}
    html = env.get_template("partials/footer.html").render(ui=AnyLabel(), config=config)
    assert "mailto:" in html and '"><b>@' not in html


# Mistakes that stop the build ------------------------------------------------------------------------------


def edit(path: Path, old: str, new: str, count: int = 1) -> int:
    """Replace text that must be there; returns the line on which it begins."""
    text = path.read_text("utf-8")
    assert old in text, f"the test expects {old!r} in {path.name}"
    path.write_text(text.replace(old, new, count), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def swap(path: Path, pattern: str, new: str) -> int:
    """Replace the first match of a pattern; returns its line."""
    text = path.read_text("utf-8")
    match = re.search(pattern, text, re.M)
    assert match, f"the test expects a match of {pattern!r} in {path.name}"
    path.write_text(text[: match.start()] + match.expand(new) + text[match.end() :], "utf-8")
    return text.count("\n", 0, match.start()) + 1


def in_entry(path: Path, entry: str, pattern: str, new: str) -> int:
    """Replace the first match of a pattern inside one entry of a data file; returns its line."""
    text = path.read_text("utf-8")
    head = re.search(rf"""^["']?{re.escape(entry)}["']?:""", text, re.M)
    assert head, f"the test expects an entry {entry} in {path.name}"
    after = re.compile(r"^\S", re.M).search(text, head.end())
    end = after.start() if after else len(text)
    match = re.compile(pattern, re.M).search(text, head.start(), end)
    assert match, f"the test expects a match of {pattern!r} in {entry} of {path.name}"
    path.write_text(text[: match.start()] + match.expand(new) + text[match.end() :], "utf-8")
    return text.count("\n", 0, match.start()) + 1


def add_to_page(tree: Path, page: str, zh: str, en: str | None = None) -> dict[str, int]:
    """Put a paragraph before the last line of a page in both languages; returns its line in each."""
    lines = {}
    for lang, text in (("zh", zh), ("en", zh if en is None else en)):
        path = tree / "docs" / lang / page
        body = path.read_text("utf-8")
        position = body.rindex("{{ references() }}")
        path.write_text(body[:position] + text + "\n\n" + body[position:], "utf-8")
        lines[lang] = body.count("\n", 0, position) + 1
    return lines


def load(tree: Path, name: str):
    return yaml.safe_load((tree / "data" / name).read_text("utf-8"))


RULES = "visits/rules.md"
DOOR = "visits/at-the-door.md"


def remove_twin(tree):
    (tree / "docs/en" / RULES).unlink()
    return ["docs/zh/visits/rules.md", "docs/en/visits/rules.md"]


def remove_original(tree):
    (tree / "docs/zh" / RULES).unlink()
    return ["docs/en/visits/rules.md", "docs/zh/visits/rules.md"]


def heading_without_id(tree):
    swap(tree / "docs/en" / RULES, r"^(## .*?) \{ #[a-z0-9-]+ \}$", r"\1")
    return ["docs/zh/visits/rules.md", "docs/en/visits/rules.md", "id"]


def other_heading_id(tree):
    line = swap(tree / "docs/en" / RULES, r"\{ #([a-z0-9-]+) \}$", r"{ #another-\1 }")
    return ["docs/zh/visits/rules.md", f"docs/en/visits/rules.md, line {line}", "another-"]


def heading_in_one_language(tree):
    path = tree / "docs/zh" / RULES
    text = path.read_text("utf-8")
    position = text.rindex("{{ references() }}")
    path.write_text(text[:position] + "## 多出来的一节 { #extra }\n\n一句话。\n\n" + text[position:], "utf-8")
    return ["docs/zh/visits/rules.md", "docs/en/visits/rules.md", "extra"]


def other_macro_argument(tree):
    line = edit(tree / "docs/en" / DOOR, '{{ hotline("110") }}', '{{ hotline("120") }}')
    return ["docs/zh/visits/at-the-door.md", f"docs/en/visits/at-the-door.md, line {line}", 'hotline("120")']


def macro_call_left_out(tree):
    swap(tree / "docs/en" / RULES, r"\{\{ law\([^)]*\) \}\}", "")
    return ["docs/zh/visits/rules.md", "docs/en/visits/rules.md", "macro call"]


def other_number(tree):
    add_to_page(tree, DOOR, "一共 7341 次。", "7342 times in all.")
    return ["docs/zh/visits/at-the-door.md", "docs/en/visits/at-the-door.md", "7341", "7342"]


def number_in_one_language(tree):
    add_to_page(tree, DOOR, "一共 7341 次。", "Many times in all.")
    return ["docs/zh/visits/at-the-door.md", "docs/en/visits/at-the-door.md", "7341"]


def translation_behind(tree):
    swap(tree / "docs/zh" / RULES, r"^revision: (\d+)$", "revision: 99")
    return ["docs/zh/visits/rules.md", "docs/en/visits/rules.md", "99", "translates"]


def unknown_law(tree):
    lines = add_to_page(tree, RULES, '{{ law("civil-cod", "1032") }}')
    return [f"docs/zh/visits/rules.md, line {lines['zh']}", "civil-cod", "civil-code", "data/laws.yml"]


def unknown_macro(tree):
    add_to_page(tree, RULES, '{{ no_such_macro("x") }}')
    return ["rules.md", "no_such_macro"]


def law_of_low_grade(tree):
    in_entry(tree / "data/laws.yml", "civil-code", r"grade: [\"']?A2\d[\"']?", "grade: C")
    return ["data/laws.yml, line", "civil-code", "grade C"]


def dead_link(tree):
    lines = add_to_page(tree, RULES, "[x](no-such-page.md)")
    assert lines
    return ["visits/rules.md", "no-such-page.md"]


def dead_anchor(tree):
    add_to_page(tree, RULES, "[x](who-is-it.md#no-such-section)")
    return ["visits/rules.md", "no-such-section"]


def dead_anchor_on_the_page_itself(tree):
    add_to_page(tree, RULES, "[x](#no-such-section)")
    return ["visits/rules.md", "no-such-section"]


def references_left_out(tree):
    for lang in LANGUAGES:
        edit(tree / "docs" / lang / RULES, "{{ references() }}", "")
    return ["docs/zh/visits/rules.md", "references()"]


def unknown_key(tree):
    in_entry(tree / "data/laws.yml", "civil-code", r"^  number:", "  nummer: x\n  number:")
    return ["data/laws.yml, line", "civil-code", "nummer"]


def duplicate_key(tree):
    path = tree / "data/glossary.yml"
    first = next(iter(load(tree, "glossary.yml")))
    text = path.read_text("utf-8")
    block = re.search(rf"^{re.escape(first)}:.*?(?=^\S)", text, re.M | re.S)[0]
    path.write_text(text.rstrip("\n") + "\n" + block, "utf-8")
    return ["data/glossary.yml, line", first, "twice"]


def dangling_source(tree):
    in_entry(tree / "data/laws.yml", "civil-code", r"^  source: \S+", "  source: civil-cod")
    return ["data/laws.yml, line", "civil-cod", "data/sources.yml", "civil-code"]


def date_in_the_wrong_form(tree):
    line = swap(tree / "data/lpr.csv", r"^2024-07-22", "2024-7-22")
    return [f"data/lpr.csv, line {line}", "2024-7-22", "2024-07-22"]


def no_yaml(tree):
    path = tree / "data/hotlines.yml"
    path.write_text(path.read_text("utf-8") + "broken: [1, 2\n", "utf-8")
    return ["data/hotlines.yml, line", "YAML"]


def label_in_one_language(tree):
    line = swap(tree / "data/ui.yml", r"^menu: .*$", "menu: {zh: 菜单}")
    return [f"data/ui.yml, line {line}", "menu", "en"]


def article_in_one_language(tree):
    path = tree / "data/laws.yml"
    in_entry(path, "civil-code", r"^( +)\"?1033\(2\)\"?:(.|\n)*?en: .*", r'\1"1033(2)":\n\1  says: {zh: 只有中文}')
    return ["data/laws.yml, line", "civil-code", "en"]


def front_matter_left_out(tree):
    for lang in LANGUAGES:
        swap(tree / "docs" / lang / RULES, r"^description: .*\n", "")
    return ["docs/zh/visits/rules.md", "description"]


def unknown_page_type(tree):
    for lang in LANGUAGES:
        swap(tree / "docs" / lang / RULES, r"^type: .*$", "type: sermon")
    return ["docs/zh/visits/rules.md", "type", "sermon"]


def checked_against_nothing(tree):
    check = '    - {on: "2026-11-24", revision: 1, against: [civil-code, no-such-text]}\n'
    (tree / "data/checks.yml").write_text(f"visits/rules:\n  zh:\n{check}  en:\n{check}", "utf-8")
    return ["data/checks.yml, line 3", "no-such-text"]


def page_without_navigation(tree):
    for lang in LANGUAGES:
        source = (tree / "docs" / lang / "help/overwhelmed.md").read_text("utf-8")
        (tree / "docs" / lang / "help/stray.md").write_text(source, "utf-8")
    return ["help/stray.md", "nav"]


def too_heavy(tree):
    # Letters drawn at random hardly compress: 50,000 of 62 kinds are 37 KB on the way, on top of what a page weighs.
    letters = string.ascii_letters + string.digits
    noise = "".join(random.Random(1).choices(letters, k=50_000))
    path = tree / "overrides/assets/css/site.css"
    path.write_text(path.read_text("utf-8") + f"\nbody::after {{ --noise: {noise}; }}\n", "utf-8")
    return ["index.html", "40 KB"]


@pytest.mark.parametrize(
    "mistake",
    [
        remove_twin, remove_original, heading_without_id, other_heading_id, heading_in_one_language, other_macro_argument,
        macro_call_left_out, other_number, number_in_one_language, translation_behind,
    ],
    ids=lambda f: f.__name__,
)
def test_difference_between_the_languages_is_named(tmp_path, mistake):
    """By the comparison itself; the build below shows that what it says stops a build."""
    shutil.copytree(support.ROOT / "docs", tmp_path / "docs")
    expected = mistake(tmp_path)
    said = "\n".join(parity.problems(tmp_path))
    missing = [text for text in expected if text not in said]
    assert not missing, f"not named: {missing}\n{said}"


def stopped(tree: Path, tmp_path: Path, mistakes: list[Callable[[Path], list[str]]]) -> None:
    """Make all the mistakes, build, and look for each of them in what the failed build says."""
    expected = [mistake(tree) for mistake in mistakes]
    done = build(tmp_path / "site", source=tree)
    assert done.returncode != 0, f"the build went through:\n{done.stdout[-3000:]}"
    missing = {m.__name__: text for m, texts in zip(mistakes, expected) for text in texts if text not in done.stdout}
    assert not missing, f"not named: {missing}\n{done.stdout[-6000:]}"


# Each list is one build: what is said of one mistake does not hide the others.
@pytest.mark.parametrize(
    "mistakes",
    [
        # References go last: the others put their text in front of them.
        [
            other_number, heading_without_id, translation_behind, dead_link, dead_anchor, dead_anchor_on_the_page_itself,
            page_without_navigation, unknown_page_type, front_matter_left_out, references_left_out,
        ],
        # What a file holds is compared with other files once each of them can be read.
        [unknown_key, duplicate_key, date_in_the_wrong_form, label_in_one_language, article_in_one_language, no_yaml],
        [law_of_low_grade, dangling_source, checked_against_nothing],
        [unknown_law],
        [unknown_macro],
        [too_heavy],
    ],
    ids=["pages", "data-form", "data", "law", "macro", "weight"],
)
def test_mistakes_stop_the_build_and_are_named(tmp_path, mistakes):
    stopped(copy_sources(tmp_path / "tree"), tmp_path, mistakes)


def held(tree: Path, name: str) -> str:
    """An entry that may not be published."""
    return next(key for key, entry in load(tree, name).items() if entry["publish"] == "hold")


def test_wrong_macro_call_names_file_line_and_remedy(tmp_path, monkeypatch):
    """By the macros themselves; the builds above show that their refusal stops a build."""
    tree = copy_sources(tmp_path / "tree")
    wrong = {
        'law("civil-cod", "1032")': ["civil-code", "data/laws.yml"],
        'law("civil-code", "99999")': ["99999", "data/laws.yml"],
        'term("no-such-term")': ["data/glossary.yml"],
        'cite("no-such-source")': ["data/sources.yml"],
        'limit("no_such_limit")': ["data/limits.yml"],
        'hotline("00000")': ["data/hotlines.yml"],
        'calculator("no-such-calculator")': ["data/calculators/no-such-calculator"],
        'example("true-cost", "no-such-case", "contract")': ["no-such-case"],
        'lpr("2010-01-01")': ["2019-08-20"],
        'lpr("2026-11-21")': ["2026-10-19"],
        f'limit("{held(tree, "limits.yml")}")': ["hold"],
        f'hotline("{held(tree, "hotlines.yml")}")': ["hold"],
    }
    monkeypatch.setattr(macros_site, "ROOT", tree)
    site = macros_site.Site(StandIn())
    for call, expected in wrong.items():
        line = add_to_page(tree, RULES, f"{{{{ {call} }}}}")["zh"]
        with pytest.raises(macros_site.UsageError) as refused:
            eval(call, {name: getattr(site, name) for name in re.findall(r"^\w+", call)})
        said = str(refused.value)
        assert said.startswith(f"docs/zh/{RULES}, line {line}: {call}: "), said
        assert not [text for text in expected if text not in said], said


class StandIn:
    """As much of the macros plugin as a Site asks for, on the page to which the wrong calls are added."""

    conf = {
        "extra": {"locale": "zh", "build_date": support.BUILD_DATE, "operated_by": {}}, "markdown_extensions": [],
        "site_url": "https://example.org/",
    }
    page = SimpleNamespace(file=SimpleNamespace(src_uri=RULES, url="visits/rules/"), meta={})


@dataclass(frozen=True)
class SameNumber:
    zh: str
    en: str


SAME = [
    SameNumber("借 1.2 万元。", "Borrow 12,000 yuan."),
    SameNumber("从 2026 年 3 月 31 日起。", "From 31 March 2026."),
    SameNumber("从 2026 年 3 月 31 日起。", "From March 31, 2026."),
    SameNumber("晚上 22:00 以后。", "After 10 pm."),
    SameNumber("早上 8:00 以前。", "Before 8 am."),
    SameNumber("2026 年 3 月。", "In March 2026."),
]


def test_one_number_written_in_two_ways_is_no_mistake(tmp_path):
    shutil.copytree(support.ROOT / "docs", tmp_path / "docs")
    for pair in SAME:
        add_to_page(tmp_path, DOOR, pair.zh, pair.en)
    assert parity.problems(tmp_path) == []


def test_day_that_is_no_date_stops_the_build(tmp_path):
    done = build(tmp_path / "site", BUILD_DATE="soon")
    assert done.returncode != 0
    assert "BUILD_DATE" in done.stdout, done.stdout[-1500:]
