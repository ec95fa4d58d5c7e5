"""The search index: what goes into it, what is found with it, and that browser and Python find the same."""
from __future__ import annotations

import gzip
import json
import random
import subprocess
from pathlib import Path

import pytest
import yaml

from macros.search_index import (
    Model,
    PageSource,
    build_index,
    distance,
    dumps,
    load_synonyms,
    log2,
    runs,
    sections_of,
    simplify_map,
    stem,
    terms,
    toneless,
)
from tests.support import LANGUAGES, ROOT

SYNONYMS = ROOT / "data" / "search" / "synonyms.yml"
QUERIES = yaml.safe_load((ROOT / "tests" / "search_queries.yml").read_text("utf-8"))
FOUND = [(lang, case) for lang in LANGUAGES for case in QUERIES[lang]["found"]]
NOTHING = [(lang, query) for lang in LANGUAGES for query in QUERIES[lang]["nothing"]]


def few_synonyms(**more) -> dict:
    return {
        "distress": {"page": "help/", "say": {"zh": ["想死"], "en": ["want to die", "suicide"]}},
        "ignore": {"zh": ["怎么办", "我", "的"], "en": ["the", "my", "is", "what"]},
        "synonyms": [
            {"id": "collectors", "say": {"zh": ["要债"], "en": ["debt collector"]}, "means": {"zh": ["催收"], "en": ["collector"]}},
        ],
    } | more


def page(url: str, title: str, body: str, description: str = "") -> PageSource:
    return PageSource(url, title, description, f"<article><h1>{title}</h1>{body}</article>")


# Three small pages: enough for every rule, few enough to foresee the answer.
ZH = [
    page("door/", "有人敲门", '<p>先不开门。</p><h2 id="card">给对方看的话</h2><p>请您离开。</p><h3 id="night">夜里来</h3><p>催收的人夜里不该来。</p>'),
    page("rate/", "一年到底要多少钱", '<p>年化利率怎么算。</p><h2 id="fees">费用</h2><p>服务费和担保费都算。征信查询不收费。</p>'),
    page("help/", "先做三件事", '<p>缓一口气。</p><h2 id="credit">征信记录</h2><p>征信保存五年。催收不能写征信。催收电话。</p>'),
]
EN = [
    page("door/", "Someone is knocking", '<p>Keep the door shut.</p><h2 id="who">Who is it</h2><p>A collector asks you to repay.</p>'),
    page("rate/", "What it costs a year", '<p>The interest and all fees.</p><h2 id="lend">Lenders</h2><p>Lenders must show the yearly rate.</p>'),
    page("help/", "Three things first", '<p>Take a breath.</p><h2 id="complain">Complaints</h2><p>Complain to the regulator about collectors.</p>'),
]


@pytest.fixture(scope="module")
def zh() -> Model:
    return Model(build_index(ZH, "zh", few_synonyms()))


@pytest.fixture(scope="module")
def en() -> Model:
    return Model(build_index(EN, "en", few_synonyms()))


def addresses(model: Model, query: str) -> list[str]:
    return [model.pages[hit["page"]][0] for hit in model.search(query)["hits"]]


# HTML -> sections ----------------------------------------------------------------


def test_text_is_split_at_headings_with_an_id():
    title, found, _ = sections_of('<h1 id="t">Title</h1><p>Intro</p><h2 id="a">A <em>b</em></h2><p>One</p><h3 id="c">C</h3><p>Two</p>')
    assert title == "Title"
    assert found == [("", "", "Intro"), ("a", "A b", "One"), ("c", "C", "Two")]


def test_heading_without_an_id_is_text_of_the_section_before():
    assert sections_of("<p>a</p><h2>b</h2><p>c</p>")[1] == [("", "", "a b c")]


@pytest.mark.parametrize(
    "html",
    [
        '<nav>x</nav>', '<script>x</script>', '<template><p>x</p></template>', '<div hidden><div>x</div>x</div>',
        '<span popover id="p">x<span>x</span></span>', '<section class="references"><h2 id="r">x</h2></section>',
        '<p class="distress">x</p>', '<div class="a no-search"><br>x</div>', '<a class="headerlink" href="#a">x</a>',
        '<button type="submit">x</button>', "<svg><text>x</text></svg>", "<input hidden><input type=hidden>",
    ],
)
def test_furniture_is_not_indexed(html):
    assert sections_of(f"<p>a</p>{html}<p>b</p>")[1] == [("", "", "a b")]


def test_word_with_an_explanation_is_kept_without_the_explanation():
    html = '<p>The <span class="term"><button type="button" popovertarget="p">LPR</button><span popover id="p">long</span></span> is.</p>'
    assert sections_of(html)[1] == [("", "", "The LPR is.")]


def test_references_are_kept_apart_from_the_sentence_each_once():
    chip = '<span class="law"><a class="law__name" href="#ref-x">Civil Code art. 1</a><span class="badge">Law</span></span>'
    _, found, cited = sections_of(f"<p>No entry. {chip} Go on. {chip}</p>")
    assert found == [("", "", "No entry. Go on.")]
    assert cited == "Civil Code art. 1"


def test_cited_law_finds_the_page(zh):
    chip = '<span class="law"><a class="law__name" href="#ref-x">《民法典》 第 1033 条</a></span>'
    pages = [page("a/", "甲", f"<p>不进门。{chip}</p>"), *ZH]
    assert addresses(Model(build_index(pages, "zh", few_synonyms())), "民法典1033")[0] == "a/"


def test_inline_tags_do_not_split_words_and_blocks_do():
    assert sections_of("<p>上<b>门</b></p><p>走访</p><table><tr><td>a</td><td>b</td></tr></table>")[1] == [("", "", "上门 走访 a b")]


# Text -> terms -------------------------------------------------------------------


def test_text_is_brought_to_one_form():
    assert ["".join(c for c, _ in run) for _, run in runs("ＡＰＲ１２％ Shàngmén don't", {})] == ["apr12", "shangmen", "dont"]


def test_traditional_characters_become_simplified():
    assert [t for t, _, _ in terms("徵信", simplify_map(["徵", "征"]))] == ["征", "信", "征信"]


def test_positions_point_into_the_text_as_written():
    text = "找 ㎏ 催收上门"
    assert [(t, text[a : b + 1]) for t, a, b in terms(text, {}) if len(t) == 2] == [
        ("kg", "㎏"), ("催收", "催收"), ("收上", "收上"), ("上门", "上门"),
    ]


@pytest.mark.parametrize(
    "family",
    [
        "collect collector collectors collecting collected collection", "pay pays paid paying payment payments",
        "visit visits visited visiting visitor visitors", "harass harassed harassing harassment", "owe owes owed owing",
        "lend lends lent lending lender lenders", "sue sues sued suing", "family families", "worry worries worried worrying",
        "negotiate negotiated negotiating negotiation", "charge charges charged charging", "stop stops stopped stopping",
        "threaten threatened threatening", "answer answers answered answering", "die dies died dying", "day days", "fee fees",
    ],
)
def test_forms_of_one_word_share_a_stem(family):
    assert len({stem(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["police policy", "court count", "house hours", "door debt", "lawyer law", "interest internet"])
def test_different_words_keep_different_stems(pair):
    first, second = pair.split()
    assert stem(first) != stem(second)


def test_distance_counts_swapped_neighbours_once():
    # By hand: swap; insert; replace + insert; nothing alike.
    assert [distance(a, b, 2) for a, b in [("laon", "loan"), ("colector", "collector"), ("lowyr", "lawyer"), ("abc", "xyz")]] == [1, 1, 2, 3]


def test_log2_is_exact_for_powers_and_close_between():
    assert [log2(x) for x in (1, 2, 8, 1024)] == [0, 1, 3, 10]
    assert abs(log2(10) - 3.321928) < 2**-12


def test_readings_have_no_tones_and_keep_the_common_second_one():
    assert [toneless(c) for c in "催律还调透"] == [("cui",), ("lu",), ("hai", "huan"), ("diao", "tiao"), ("tou",)]


# Ranking on three pages ------------------------------------------------------------


def test_title_beats_heading_beats_body(zh, en):
    assert addresses(zh, "征信") == ["help/", "rate/"]
    assert addresses(zh, "敲门")[0] == "door/"
    assert addresses(en, "knocking")[0] == "door/"


def test_sections_come_with_the_page(zh):
    hit = zh.search("夜里")["hits"][0]
    assert [zh.sections[s][1] for s in hit["sections"]] == ["night"]


def test_homophone_is_found_when_the_typed_pair_is_unknown(zh):
    assert addresses(zh, "正信") == addresses(zh, "征信")
    assert "征信" in zh.search("正信")["terms"]


def test_pinyin_is_found_with_and_without_gaps(zh):
    assert addresses(zh, "zhengxin") == addresses(zh, "zheng xin") == addresses(zh, "征信")


def test_single_character_is_found(zh):
    assert addresses(zh, "夜") == ["door/"]


def test_synonyms_work_in_both_languages_of_the_reader(zh, en):
    assert set(addresses(zh, "要债")) == set(addresses(zh, "debt collectors")) == set(addresses(zh, "催收"))
    assert "door/" in addresses(en, "要债")


def test_slip_in_a_word_is_mended(en):
    assert addresses(en, "intrest") == addresses(en, "interest") == ["rate/"]
    assert addresses(en, "complian")[0] == "help/"


def test_word_being_typed_finds_what_begins_with_it(en):
    assert addresses(en, "regul") == ["help/"]
    assert addresses(en, "regul ") == []


def test_words_without_subject_do_not_count(en, zh):
    assert addresses(en, "what is my") == []
    assert addresses(zh, "我的征信怎么办") == addresses(zh, "征信")


def test_question_about_something_else_finds_nothing(en, zh):
    assert addresses(en, "chocolate cake breath recipe oven") == []
    assert addresses(zh, "今天红烧肉要放多少糖和酱油") == []


def test_distress_comes_first_whatever_else_is_asked(en, zh):
    for model, query in [(zh, "年化利率费用担保费想死"), (en, "yearly rate fees lenders suicide"), (en, "WANTED TO DIE, interest"), (en, "suicde")]:
        assert addresses(model, query)[0] == "help/", query
        assert model.search(query)["distress"]


def test_words_of_distress_alone_lead_nowhere_else(en, zh):
    assert addresses(zh, "想死") == addresses(en, "I want to die") == ["help/"]
    assert addresses(zh, "想死，年化利率") == ["help/", "rate/"]


def test_page_that_answers_in_part_stands_below_one_that_answers(zh):
    assert addresses(zh, "夜里催收") == ["door/", "help/"]


def test_equal_scores_keep_the_order_of_the_navigation():
    twins = [page("b/", "甲", "<p>同样的话语</p>"), page("a/", "乙", "<p>同样的话语</p>"), page("help/", "丙", "<p>别的</p>")]
    assert addresses(Model(build_index(twins, "zh", few_synonyms())), "话语") == ["b/", "a/"]


@pytest.mark.parametrize("query", ["", "   ", "？！", "\ud800", "\x00", "🙂" * 300, "a" * 5000, "征" * 5000, "'''", "__proto__ constructor"])
def test_odd_questions_are_answered_without_error(zh, en, query):
    for model in (zh, en):
        assert isinstance(model.search(query)["hits"], list)


def test_index_is_the_same_for_the_same_pages():
    assert dumps(build_index(ZH, "zh", few_synonyms())) == dumps(build_index(list(ZH), "zh", few_synonyms()))


def test_title_that_differs_from_the_heading_is_searched_too():
    pages = [PageSource("a/", "还款与协商", "", "<h1>现在先做什么</h1><p>一二三</p>"), ZH[2]]
    model = Model(build_index(pages, "zh", few_synonyms()))
    assert addresses(model, "协商") == ["a/"]
    assert model.pages[0][1] == "现在先做什么"


# The file of synonyms ---------------------------------------------------------------


def test_missing_page_of_distress_stops_the_build():
    with pytest.raises(ValueError, match="distress: no zh page has the address 'gone/'"):
        build_index(ZH, "zh", few_synonyms(distress={"page": "gone/", "say": {"zh": ["a"], "en": ["b"]}}))


def write_synonyms(folder: Path, text: str) -> Path:
    (folder / "data" / "search").mkdir(parents=True)
    (folder / "data" / "schemas").mkdir()
    schema = (ROOT / "data" / "schemas" / "synonyms.json").read_text("utf-8")
    (folder / "data" / "schemas" / "synonyms.json").write_text(schema, "utf-8")
    path = folder / "data" / "search" / "synonyms.yml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  - id: night\n", "  - id: night\n    wrong: 1\n", "wrong"),
        ("zh: [想死, ", "zh: [想死, 1, ", "1 is not of type 'string'. Quote it"),
        ("    zh: [想死, ", "    zh: [a]\n    zh: [想死, ", "stands twice"),
        ("zh: [要债, ", "zh: [要债, 黑户, ", "also stands in"),
        ("so, some,", "so, on, some,", "True is not of type 'string'"),
    ],
)
def test_mistakes_in_the_synonyms_stop_the_build_and_name_the_file(tmp_path, old, new, message):
    text = SYNONYMS.read_text("utf-8")
    assert old in text
    path = write_synonyms(tmp_path, text.replace(old, new, 1))
    with pytest.raises(ValueError, match=r"data/search/synonyms\.yml: ") as caught:
        load_synonyms(path)
    assert message in str(caught.value)


# The built site ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def indexes(site) -> dict[str, dict]:
    return {lang: json.loads((site / ("en" if lang == "en" else "") / "search" / "index.json").read_text("utf-8")) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def models(indexes) -> dict[str, Model]:
    return {lang: Model(index) for lang, index in indexes.items()}


@pytest.mark.parametrize(("lang", "case"), FOUND, ids=[f"{lang}-{case['kind']}-{case['q'][:24]}" for lang, case in FOUND])
def test_query_finds_its_page(models, lang, case):
    found = addresses(models[lang], case["q"])
    assert case["page"] in found[: 1 if case.get("first") else 2], found


@pytest.mark.parametrize(("lang", "query"), NOTHING)
def test_query_about_something_else_finds_nothing(models, lang, query):
    assert addresses(models[lang], query) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_distress_in_any_wording_puts_help_first(models, lang):
    said = load_synonyms(SYNONYMS)["distress"]["say"]
    for phrase in said["zh"] + said["en"]:
        for query in (phrase.upper(), f"催收 利息 {phrase} APR" if lang == "zh" else f"collector interest {phrase} today"):
            assert addresses(models[lang], query)[0] == "help/overwhelmed/", query


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_meaning_stands_on_some_page(models, lang):
    missing = []
    for entry in load_synonyms(SYNONYMS)["synonyms"]:
        for word in entry["means"][lang]:
            if not models[lang].meaning(word) or any(t not in models[lang].in_section for t, _, _ in terms(word, models[lang].simplified)):
                missing.append(f"{entry['id']}: {word}")
    assert not missing, f"data/search/synonyms.yml: in no {lang} page, so they find nothing: {missing}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_queries_are_many_of_all_kinds_and_few_repeat_the_title(models, lang):
    model, cases = models[lang], QUERIES[lang]["found"]
    assert len(cases) >= {"zh": 34, "en": 24}[lang]
    assert len(QUERIES[lang]["nothing"]) >= 5
    kinds = {case["kind"] for case in cases}
    assert kinds >= {"question", "everyday", "word", "distress"} | ({"traditional", "homophone", "pinyin"} if lang == "zh" else {"stem", "typo", "prefix"})
    titles = {p[0]: p[1] + " " + p[3] for p in model.pages}

    def words(text: str) -> set[str]:
        return {t for t, a, b in terms(text, model.simplified) if (len(t) > 1) and t not in model.quiet}

    sharing = [case["q"] for case in cases if words(case["q"]) & words(titles[case["page"]])]
    assert 3 * len(sharing) <= len(cases), sharing


@pytest.mark.parametrize("lang", LANGUAGES)
def test_index_stays_light(site, lang):
    text = (site / ("en" if lang == "en" else "") / "search" / "index.json").read_bytes()
    # It comes on the first search, and grows with the pages.
    assert len(gzip.compress(text, 9)) <= 4 * 1024 * len(json.loads(text)["pages"])


def test_scripts_stay_light():
    sizes = {p.name: len(gzip.compress(p.read_bytes(), 9)) for p in (ROOT / "overrides" / "assets" / "js").glob("search*.js")}
    assert sizes["search.js"] <= 2.5 * 1024, sizes  # in the first view of every page
    assert sum(sizes.values()) <= 10 * 1024, sizes


def test_reference_lists_and_help_lines_are_not_in_the_index(indexes):
    for index in indexes.values():
        anchors = {s[1] for s in index["sections"]}
        assert not anchors & {"references", "references-numbers"}
        assert not any(p[0].startswith("search") for p in index["pages"])


def test_every_section_has_its_anchor_on_the_page(site, indexes):
    for lang, index in indexes.items():
        html = {p[0]: (site / ("en" if lang == "en" else "") / p[0] / "index.html").read_text("utf-8") for p in index["pages"]}
        for number, anchor, _, _ in index["sections"]:
            assert not anchor or f'id="{anchor}"' in html[index["pages"][number][0]], anchor


# The browser's twin --------------------------------------------------------------------

TWIN = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const { Model, stem, terms } = await import(pathToFileURL(process.argv[1]));
const { index, queries, words } = JSON.parse(readFileSync(0, "utf8"));
const model = new Model(index);
process.stdout.write(JSON.stringify({
  stems: words.map(stem),
  answers: queries.map((query) => {
    const { distress, terms, hits } = model.search(query);
    return [distress, [...terms], hits.map((hit) => [hit.page, hit.score, hit.sections])];
  }),
}));
"""


def random_queries(model: Model, count: int, seed: int) -> list[str]:
    """Pieces of the site's own text, of the query list and of noise, joined and damaged."""
    rng = random.Random(seed)
    texts = [s[3] for s in model.sections if len(s[3]) > 20]
    typed = [c["q"] for lang in LANGUAGES for c in QUERIES[lang]["found"]] + [q for lang in LANGUAGES for q in QUERIES[lang]["nothing"]]
    noise = "abcdefghijklmnopqrstuvwxyz 一二三崔正尚律诗函預徵'’，。%1２３\u3000éß"
    out = []
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 3)):
            kind = rng.random()
            if kind < 0.4:
                text = rng.choice(texts)
                start = rng.randrange(len(text) - 10)
                parts.append(text[start : start + rng.randint(1, 14)])
            elif kind < 0.75:
                parts.append(rng.choice(typed))
            else:
                parts.append("".join(rng.choice(noise) for _ in range(rng.randint(1, 9))))
        query = list(rng.choice(["", " "]).join(parts))
        for _ in range(rng.randint(0, 2)):
            query[rng.randrange(len(query))] = rng.choice(noise)
        out.append("".join(query))
    return out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_python_and_javascript_rank_alike_to_the_last_bit(models, indexes, node, lang):
    seed = random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    model = models[lang]
    queries = [c["q"] for which in LANGUAGES for c in QUERIES[which]["found"]]
    queries += [q for which in LANGUAGES for q in QUERIES[which]["nothing"]] + random_queries(model, 200, seed)
    words = sorted(model.words)
    done = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "-e", TWIN, str(ROOT / "overrides" / "assets" / "js" / "search-core.js")],
        input=json.dumps({"index": indexes[lang], "queries": queries, "words": words}), capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    assert theirs["stems"] == [stem(word) for word in words]
    for query, answer in zip(queries, theirs["answers"], strict=True):
        ours = model.search(query)
        mine = [ours["distress"], [list(x) for x in ours["terms"].items()], [[h["page"], h["score"], h["sections"]] for h in ours["hits"]]]
        assert answer == mine, query
