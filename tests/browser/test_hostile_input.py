"""Every calculator against input that is wrong or means harm: a message or a result, in the reader's language, and nothing lost.

Opening a page takes a hundred times as long as a press, so each calculator is opened once, and everything is typed there.
"""
from __future__ import annotations

import pytest

from scripts.audit import FILL, typed_cases
from tests.support import LANGUAGES, address, page_ids

SLUGS = [page.split("/")[1] for page in page_ids(embeds=True)]

# Typed into all the fields of a form at once, under each choice that the form offers.
EVERYWHERE = {
    "empty": "",
    "spaces": " \u3000\t",
    "negative": "-1",
    "zero": "0",
    "beyond a float": "1e309",
    "ten thousand digits": "9" * 10_000,
    "no such day": "2026-02-30",
    "text": "abc 一二三",
    "script": "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>",
    "breaking out": "\"><svg onload=alert(1)>' onfocus='alert(1)",
    "emoji": "💸🧧",
    "formula and format": "=1+1 %s %1$s ${7*7} {{7*7}}",
    "direction marks": "\u202e\u2066100\u0000",
}
# Typed into one field at a time, with everything else in order: what only the arithmetic can refuse.
ALONE = ("0", "-1", "0.01", "9999999999", "1900-01-01")

# Presses the button and gives what is wrong with what then stands on the page.
PRESS = """
  const calc = document.querySelector('.calc'), go = calc.querySelector('.calc__go');
  const foreign = document.documentElement.lang === 'en' ? /[\\u4e00-\\u9fff]/ : /\\b[A-Za-z]{4,} [A-Za-z]{3,}/;
  const texts = () => [...calc.querySelectorAll('form input[type=text], form textarea')];
  const settled = () => calc.querySelector('.calc__answer p, .calc__errors:not([hidden]) li');
  const wait = () => new Promise((done) => setTimeout(done));
  async function look(what, act, typed = '') {
    const found = [];
    let took;
    // A second try where the first took long: the machine may have been busy with something else.
    for (let turn = 0; turn < 2 && !(took < 1000); turn++) {
      // What the press before left would pass for an answer to this one.
      calc.querySelector('.calc__answer').replaceChildren();
      calc.querySelector('.calc__errors').hidden = true;
      const began = performance.now();
      act();
      do await wait(); while (!settled() && performance.now() - began < 3000);
      took = performance.now() - began;
    }
    if (!settled()) found.push('neither an answer nor a message');
    if (took >= 1000) found.push(`after ${Math.round(took)} ms`);
    // Text without its layout, which takes longer than everything else here.
    const places = calc.querySelectorAll('.calc__answer, .calc__detail, .calc__errors, .field__error, .field__said');
    let shown = document.title + ' ' + [...places].map((place) => place.textContent).join(' ');
    // Messages and names of lenders may quote what was typed.
    if (typed.trim()) shown = shown.replaceAll(typed.trim(), '');
    const bad = /NaN|undefined|\\bnull\\b|Infinity|\\[object|%s|\\d+e[+-]?\\d/.exec(shown);
    if (bad) found.push(`shows ${shown.slice(Math.max(0, bad.index - 30), bad.index + 30)}`);
    const said = calc.querySelector('.calc__errors').hidden ? '' : calc.querySelector('.calc__errors').textContent;
    if (said && foreign.test(said.replace(/[“"].*?[”"]/g, ''))) found.push(`in another language: ${said.slice(0, 80)}`);
    if (window.hit || calc.querySelector('img, script:not([type="application/json"]), [onload], [onfocus]')) found.push('it became part of the page');
    return found.map((text) => `${what}: ${text}`);
  }
"""
# Each text under every third choice, each choice with every third text: together they meet all of both.
TYPE_EVERYWHERE = f"""async ([name, text, number]) => {{
  {PRESS}
  const choices = [...calc.querySelectorAll('form select')].map((list) => [...list.options].map((o) => () => {{ list.value = o.value; return list; }}));
  for (const set of calc.querySelectorAll('form fieldset.field__radios'))
    choices.push([...set.querySelectorAll('input')].map((radio) => () => {{ radio.checked = true; return radio; }}));
  const found = [];
  const turns = Math.max(1, ...choices.map((options) => options.length)), step = Math.min(3, turns);
  for (let turn = number % step; turn < turns; turn += step) {{
    for (const options of choices) options[turn % options.length]().dispatchEvent(new Event('change', {{bubbles: true}}));
    const typed = texts().map((field) => {{ field.value = text; return field.value; }});
    found.push(...await look(`${{name}}, choice ${{turn}}`, () => go.click(), text));
    if (texts().some((field, i) => field.value !== typed[i])) found.push(`${{name}}, choice ${{turn}}: what was typed is gone`);
  }}
  return found;
}}"""
# The values of all controls: a state to come back to.
TYPE_ALONE = f"""async (values) => {{
  {PRESS}
  const found = [], controls = [...calc.querySelectorAll('form input[type=text], form textarea')].filter((field) => field.checkVisibility());
  for (const field of controls) {{
    const before = field.value;
    for (const text of values) {{
      field.value = text;
      found.push(...await look(`${{field.id}} = ${{text}}`, () => go.click(), text));
      if (field.value !== text) found.push(`${{field.id}}: what was typed is gone`);
    }}
    field.value = before;
  }}
  found.push(...await look('everything in order again', () => go.click()));
  if (!calc.querySelector('.calc__answer p')) found.push('good input gets no answer any more: ' + calc.querySelector('.calc__errors').innerText);
  return [found, controls.length];
}}"""
OPEN_LINKS = f"""async (fragments) => {{
  {PRESS}
  const found = [];
  for (const fragment of fragments) {{
    calc.querySelector('[data-do=clear]').click();
    await wait();
    found.push(...await look(fragment.slice(0, 60), () => {{
      // The same fragment twice would be no change.
      history.replaceState(null, '', location.pathname);
      location.hash = fragment;
    }}));
  }}
  return found;
}}"""


def fragments(shorts: list[str]) -> list[str]:
    """Share links that were cut, mistyped, or written to do harm, by the short names of a calculator's fields."""
    good = "&".join(f"{short}=1" for short in shorts)
    return [
        "v=1", "v=1&", "v=&" + good, "v=1&" + good + "&" + good, "v=1&" + good[: len(good) // 2], "v=99&" + good,
        "v=%F0%9F%92%B8&" + good, "v=1&__proto__=1&constructor=2&toString=3",
        *("v=1&" + "&".join(f"{short}={text}" for short in shorts) for text in (
            "", "%E0%A4%A", "%00", "-1", "9" * 400, "20260230", "2026-02-30", "%3Cscript%3Ewindow.hit%3D1%3C/script%3E",
            "%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E", "1e309", "NaN", "%F0%9F%92%B8", ";;;,,,:::", "a,b;c,d:e",
        )),
        "v=1&" + "&".join(f"{short}=" + "20250101:930;" * 400 for short in shorts[:3]),
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_wrong_and_hostile_input_gets_a_message_or_a_result(open_page, slug):
    # The forms of both languages are one; they take turns.
    lang = LANGUAGES[SLUGS.index(slug) % 2]
    tab, watch = open_page(address(lang, f"tools/{slug}/"))
    dialogs = []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found = []
    for number, (name, text) in enumerate(EVERYWHERE.items()):
        found += tab.evaluate(TYPE_EVERYWHERE, [name, text, number])
    assert not found, "\n".join(found)

    tab.reload()
    case = next(case for case in typed_cases() if case.page == slug)
    tab.evaluate("document.querySelectorAll('.calc form details').forEach((fold) => { fold.open = true; })")
    tab.evaluate(FILL, [case.fields, case.pasted])
    found, fields = tab.evaluate(TYPE_ALONE, list(ALONE))
    assert fields >= 1 and not found, "\n".join(found)

    definition = tab.evaluate("JSON.parse(document.querySelector('.calc script').textContent).fields.map((field) => field.short)")
    found = tab.evaluate(OPEN_LINKS, fragments([short for short in definition if short]))
    assert not found, "\n".join(found)
    assert not dialogs
    watch.assert_clean()
