"""Search as readers use it: in the header, on its page, by keyboard, with hostile input, without JavaScript, offline."""
from __future__ import annotations

from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import expect

from tests.support import AXE_COLOURS, LANGUAGES, ROOT, address, axe_violations, describe, overflow, page_ids, use_scheme

QUERIES = yaml.safe_load((ROOT / "tests" / "search_queries.yml").read_text("utf-8"))
UI = yaml.safe_load((ROOT / "data" / "ui" / "search.yml").read_text("utf-8"))
LANG = pytest.mark.parametrize("lang", LANGUAGES)
# Both devices and both languages; the finding itself is the same on each device.
EACH = pytest.mark.parametrize(("device", "lang"), [("phone", "zh"), ("desktop", "en")])
WHERE = pytest.mark.parametrize(("where", "lang"), [("site_server", "zh"), ("subpath_server", "en")])
WORD = {"zh": "催收", "en": "collector"}
HOSTILE = [
    "<img src=x onerror=\"document.title='hit'\">", "\"><script>document.title='hit'</script>", "javascript:alert(1)",
    "&lt;b&gt;", "%", "\\u003cb\\u003e", "a" * 3000, "𝒳" * 150, "$& $1 %s %s", "‮⁦",
]


def open_panel(tab):
    tab.locator("header .search-open").first.click()
    box = tab.locator("#search-panel")
    expect(box.locator("input[type=search]")).to_be_focused()
    return box


def ask(box, query: str) -> list[str]:
    """Type a question and wait for the answer to this very question; the addresses of the pages found."""
    field = box.locator("input[type=search]")
    field.fill(query)
    kept = field.input_value().strip()
    results = box.locator("[data-search-results]")
    box.page.wait_for_function("([e, q]) => e.dataset.answers === q", arg=[results.element_handle(), kept])
    return results.locator(".search-hit a").evaluate_all("links => links.map(a => new URL(a.href).pathname)")


ASK_ALL = """async (queries) => {
  const box = document.getElementById("search-page");
  const [form, field, results] = ["form", "input[type=search]", "[data-search-results]"].map((s) => box.querySelector(s));
  const out = [];
  for (const query of queries) {
    field.value = query;
    form.requestSubmit();
    while (results.dataset.answers !== query.trim()) await new Promise((resolve) => setTimeout(resolve, 2));
    const of = (selector) => [...results.querySelectorAll(selector)].map((a) => a.href);
    out.push({ hits: of(".search-hit a"), links: of("a"), text: results.textContent });
  }
  return out;
}"""


@EACH
def test_every_query_finds_its_page(open_page, site_url, device, lang):
    tab, watch = open_page(address(lang, "search/"), device=device)
    cases = QUERIES[lang]["found"]
    root = site_url + address(lang, "")
    wrong = []
    for case, answer in zip(cases, tab.evaluate(ASK_ALL, [case["q"] for case in cases]), strict=True):
        found = [href.removeprefix(root) for href in answer["hits"]]
        if case["page"] not in found[: 1 if case.get("first") else 2]:
            wrong.append(f"{case['q']}: {found}, expected {case['page'] or 'home'}")
    assert not wrong, "\n".join(wrong)
    watch.assert_clean()


@EACH
def test_query_about_something_else_says_what_to_do(open_page, device, lang):
    tab, watch = open_page(address(lang, "search/"), device=device)
    queries = QUERIES[lang]["nothing"]
    for query, answer in zip(queries, tab.evaluate(ASK_ALL, queries), strict=True):
        assert answer["hits"] == [], query
        for place in ("visits/at-the-door/", "help/", "help/overwhelmed/", "#all-pages"):
            assert any(href.endswith(place) for href in answer["links"]), (query, place)
        assert UI["search_none_shorter"][lang] in answer["text"], query
    expect(tab.locator("#search-page [role=status]")).to_have_text(UI["search_js_none"][lang].replace("%s", queries[-1]))
    watch.assert_clean()


@LANG
def test_nothing_of_the_search_is_fetched_before_it_is_used(open_page, lang):
    tab, watch = open_page(address(lang, "visits/rules/"))
    tab.wait_for_load_state("networkidle")
    late = ("search/index.json", "search-core.js", "search-results.js")
    assert not [r for r in watch.requests if r.endswith(late)]
    with tab.expect_request_finished(lambda request: request.url.endswith("search/index.json")):
        open_panel(tab)
    folder = "/en/search/index.json" if lang == "en" else "/search/index.json"
    assert [r for r in watch.requests if r.endswith("index.json")] == [watch.origin + folder]


@EACH
def test_header_search_by_keyboard_alone(open_page, device, lang):
    tab, watch = open_page(address(lang, "about/"), device=device)
    opener = tab.locator("header .search-open").first
    opener.focus()
    tab.keyboard.press("Enter")
    box = tab.locator("#search-panel")
    field = box.locator("input[type=search]")
    expect(field).to_be_focused()
    found = ask(box, WORD[lang])
    assert len(found) >= 2
    links = box.locator("[data-search-results] a")

    tab.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    for _ in range(links.count() + 3):
        tab.keyboard.press("ArrowDown")
    expect(links.last).to_be_focused()

    tab.keyboard.press("Escape")
    assert not tab.evaluate("document.getElementById('search-panel').matches(':popover-open')")
    expect(opener).to_be_focused()

    tab.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert field.input_value() == WORD[lang]
    tab.keyboard.press("ArrowDown")
    aim = links.first.evaluate("a => a.href")
    tab.keyboard.press("Enter")
    tab.wait_for_url(aim)
    watch.assert_clean()


@LANG
def test_escape_closes_at_once_with_text_in_the_field(open_page, lang):
    tab, _ = open_page(address(lang, "help/"), device="desktop")
    box = open_panel(tab)
    box.locator("input[type=search]").fill("abc")
    tab.keyboard.press("Escape")
    assert not tab.evaluate("document.getElementById('search-panel').matches(':popover-open')")


@WHERE
def test_enter_in_the_header_leads_to_an_address_that_can_be_linked(open_page, request, where, lang):
    served = request.getfixturevalue(where)
    tab, watch = open_page(address(lang, "visits/who-is-it/"), base=served.url)
    box = open_panel(tab)
    ask(box, WORD[lang])
    box.locator("input[type=search]").press("Enter")
    tab.wait_for_url(served.url + address(lang, "search/") + "?q=" + quote(WORD[lang]))
    expect(tab.locator("#search-page input[type=search]")).to_have_value(WORD[lang])
    expect(tab.locator("#search-page .search-hit").first).to_be_visible()
    watch.assert_clean()


@WHERE
def test_results_name_page_and_section_and_mark_the_words(open_page, request, where, lang):
    served = request.getfixturevalue(where)
    tab, watch = open_page(address(lang, f"search/?q={quote(WORD[lang])}"), base=served.url)
    results = tab.locator("#search-page-results")
    expect(results.locator("li li a").first).to_be_visible()
    marks = results.locator("p mark").all_inner_texts()
    assert marks and any(m.lower().startswith(WORD[lang]) for m in marks)
    section = results.locator("li li a").first
    target = section.evaluate("a => a.href")
    assert "#" in target and target.startswith(served.url)
    section.click()
    tab.wait_for_url(target)
    assert tab.evaluate("document.getElementById(location.hash.slice(1)) !== null")
    watch.assert_clean()


@LANG
def test_address_follows_what_is_typed_without_filling_the_history(open_page, lang):
    tab, _ = open_page(address(lang, "search/"))
    before = tab.evaluate("history.length")
    box = tab.locator("#search-page")
    field = box.locator("input[type=search]")
    field.press_sequentially("abc", delay=20)
    ask(box, WORD[lang])
    assert tab.evaluate("new URL(location.href).searchParams.get('q')") == WORD[lang]
    assert tab.evaluate("history.length") == before
    field.fill("")
    tab.wait_for_function("() => location.search === ''")
    assert box.locator("[data-search-results]").inner_text() == ""
    tab.reload()
    expect(field).to_have_value("")


@LANG
def test_count_is_announced_once_typing_rests(open_page, lang):
    tab, _ = open_page(address(lang, "search/"))
    box = tab.locator("#search-page")
    status = box.locator("[role=status]")
    tab.evaluate(
        """() => {
          window.said = [];
          new MutationObserver(() => said.push(document.querySelector('#search-page [role=status]').textContent))
            .observe(document.querySelector('#search-page [role=status]'), { childList: true });
        }"""
    )
    ask(box, WORD[lang][0])  # the index is there now, so that only typing is measured
    tab.wait_for_timeout(700)
    tab.evaluate("said.length = 0")
    box.locator("input[type=search]").fill("")
    box.locator("input[type=search]").press_sequentially(WORD[lang], delay=40)
    count = len(ask(box, WORD[lang]))
    text = UI["search_js_count_many"][lang].replace("%s", str(count))
    expect(status).to_contain_text(text)
    tab.wait_for_timeout(300)
    spoken = [s for s in tab.evaluate("said") if s]
    assert len(spoken) == 1 and spoken[0].startswith(text), spoken


@EACH
def test_distress_comes_first_with_the_numbers_to_call(open_page, device, lang):
    tab, _ = open_page(address(lang, "visits/rules/"), device=device)
    box = open_panel(tab)
    for query in ("想死", "suicide", "欠了钱，不想活了", "interest too high, want to die"):
        found = ask(box, query)
        assert found[0].endswith("help/overwhelmed/"), query
        first = box.locator("[data-search-results] a").first
        assert first.get_attribute("href").startswith("tel:") or first.evaluate("a => a.href").endswith("help/overwhelmed/")


@LANG
def test_input_method_is_not_interrupted(open_page, lang):
    tab, _ = open_page(address(lang, "search/"))
    box = tab.locator("#search-page")
    ask(box, "apr")
    results = box.locator("[data-search-results]")
    field = box.locator("input[type=search]")
    field.dispatch_event("compositionstart")
    field.evaluate("(e) => { e.value = 'cui'; e.dispatchEvent(new InputEvent('input', { isComposing: true, bubbles: true })) }")
    # Keys that choose a candidate belong to the input method.
    field.evaluate("(e) => e.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', isComposing: true, bubbles: true }))")
    tab.wait_for_timeout(400)
    assert results.get_attribute("data-answers") == "apr"
    assert tab.evaluate("document.activeElement.tagName") != "A"
    field.evaluate("(e) => { e.value = '催收'; e.dispatchEvent(new CompositionEvent('compositionend', { data: '催收', bubbles: true })) }")
    tab.wait_for_function("() => document.querySelector('#search-page-results').dataset.answers === '催收'")


@LANG
def test_hostile_question_stays_text(open_page, site_url, lang):
    tab, watch = open_page(go=False)
    # The script is one for both languages; each of its pages takes half.
    for query in HOSTILE[LANGUAGES.index(lang) :: 2]:
        tab.goto(f"{site_url}{address(lang, 'search/')}?q={quote(query)}")
        tab.wait_for_function("() => document.querySelector('#search-page-results').dataset.answers !== undefined")
        expect(tab.locator("#search-page [role=status]")).not_to_be_empty()
        assert tab.title() != "hit", query
        assert tab.locator("#search-page :is(img, script, [onerror], a[href^='javascript:'])").count() == 0, query
        assert not overflow(tab), query
    watch.assert_clean()


def test_broken_address_does_not_break_the_page(open_page, site_url):
    tab, watch = open_page(go=False)
    for broken in ("%E5%82", "%", "%ff%fe", "a&q=b", "%00"):
        tab.goto(f"{site_url}search/?q={broken}")
        assert ask(tab.locator("#search-page"), "催收"), broken
    watch.assert_clean()


@LANG
def test_without_javascript_every_page_is_listed_by_its_question(open_page, lang):
    tab, _ = open_page(address(lang, f"search/?q={quote(WORD[lang])}"), js=False)
    hrefs = tab.locator("article a").evaluate_all("links => links.map(a => a.href)")
    for page in page_ids():
        if page != "search/":
            assert any(h.endswith("/" + address(lang, page)) or (not page and h.endswith(("/en/", "/"))) for h in hrefs), page
    # The form in the header still leads there.
    tab.goto(tab.url.split("search/")[0] + "help/")
    form = tab.locator("#search-panel form")
    assert form.get_attribute("method") == "get" and form.evaluate("f => f.action").endswith(address(lang, "search/"))


@LANG
def test_failed_fetch_says_so_and_is_tried_again(open_page, lang):
    tab, _ = open_page(address(lang, "help/"))
    tab.route("**/search/index.json", lambda route: route.abort())
    box = open_panel(tab)
    box.locator("input[type=search]").fill(WORD[lang])
    expect(box.locator("[role=status]")).to_have_text(UI["search_js_failed"][lang])
    assert box.locator("[data-search-results] a[href$='search/#all-pages']").count() == 1
    tab.unroute("**/search/index.json")
    assert ask(box, WORD[lang] + " ") or ask(box, WORD[lang])


@LANG
def test_results_pass_axe_and_fit_a_narrow_screen(open_page, axe_source, lang):
    tab, _ = open_page(address(lang, f"search/?q={quote(WORD[lang])}"), width=320)
    found = []

    def look() -> None:
        assert not overflow(tab)
        found.extend(axe_violations(tab, axe_source))
        use_scheme(tab, "dark")
        found.extend(axe_violations(tab, None, rules=AXE_COLOURS))
        use_scheme(tab, "light")

    expect(tab.locator("#search-page .search-hit").first).to_be_visible()
    look()
    tab.goto(tab.url.split("search/")[0] + "help/")
    ask(open_panel(tab), WORD[lang])
    look()
    assert not found, describe(found)


@LANG
def test_links_are_large_enough_to_touch(open_page, lang):
    tab, _ = open_page(address(lang, f"search/?q={quote(WORD[lang])}"))
    expect(tab.locator("#search-page .search-hit").first).to_be_visible()
    heights = tab.locator("#search-page-results a, #search-page button, #search-page input").evaluate_all(
        "list => list.map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44, heights
