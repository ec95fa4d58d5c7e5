"""The page for the two minutes when somebody knocks: one step a screen, a card to show, numbers to call."""
from __future__ import annotations

import pytest

from tests.support import LANGUAGES, address, axe_violations, describe, overflow

LANG = pytest.mark.parametrize("lang", LANGUAGES)
DOOR = "visits/at-the-door/"


def visible_steps(tab) -> list[int]:
    return tab.locator("section.step").evaluate_all(
        "steps => steps.map((s, i) => s.checkVisibility() ? i : -1).filter(i => i >= 0)"
    )


@LANG
def test_phone_shows_one_step_at_a_time(open_page, lang):
    tab, watch = open_page(address(lang, DOOR))
    tab.locator(".steps__next:visible").wait_for()
    steps = tab.locator("section.step").count()
    assert steps >= 3
    for number in range(steps):
        assert visible_steps(tab) == [number]
        assert not overflow(tab)
        step = tab.locator("section.step").nth(number)
        assert str(number + 1) in step.locator(".steps__count").inner_text()
        if number < steps - 1:
            step.locator(".steps__next").tap()
            # Whoever hears the page gets the next step read out.
            assert tab.evaluate("document.activeElement.tagName") == "H2"
    assert tab.locator(".steps__next:visible").count() == 0
    tab.locator(".steps__back:visible").tap()
    assert visible_steps(tab) == [steps - 2]
    watch.assert_clean()


@LANG
# A small phone, or a browser's own bars, may take a short scroll; never so long that the button is a screen away.
@pytest.mark.parametrize(("width", "height", "screens"), [(390, 844, 1.0), (360, 640, 1.5)], ids=["phone", "small-phone"])
def test_each_step_fits_on_one_screen(open_page, lang, width, height, screens):
    tab, _ = open_page(address(lang, DOOR))
    tab.set_viewport_size({"width": width, "height": height})
    tab.locator(".steps__next:visible").wait_for()
    steps = tab.locator("section.step").count()
    too_high = []
    for number in range(steps):
        step = tab.locator("section.step").nth(number)
        high = step.bounding_box()["height"]
        if high > height * screens:
            too_high.append(f"step {number + 1}: {high:.0f} px in {height}")
        if number < steps - 1:
            step.locator(".steps__next").tap()
    assert not too_high, too_high


@LANG
def test_first_step_is_on_the_first_screen(open_page, lang):
    tab, _ = open_page(address(lang, DOOR))
    box = tab.locator("section.step h2").first.bounding_box()
    assert box["y"] + box["height"] < 844


@LANG
def test_steps_can_be_gone_through_by_keyboard(open_page, device, lang):
    tab, _ = open_page(address(lang, DOOR), device=device)
    tab.locator(".steps__all").wait_for()
    if device == "desktop":
        # A wide screen shows the list; the choice is the reader's.
        assert len(visible_steps(tab)) == tab.locator("section.step").count()
        tab.locator(".steps__all").focus()
        tab.keyboard.press("Enter")
    assert visible_steps(tab) == [0]
    tab.locator(".steps__next:visible").focus()
    tab.keyboard.press("Enter")
    assert visible_steps(tab) == [1]
    tab.locator(".steps__all").focus()
    tab.keyboard.press("Enter")
    assert len(visible_steps(tab)) == tab.locator("section.step").count()


@LANG
def test_step_can_be_linked(open_page, site_url, lang):
    tab, _ = open_page(address(lang, DOOR))
    anchor = tab.locator("section.step h2").nth(2).get_attribute("id")
    other, _ = open_page(address(lang, DOOR) + "#" + anchor)
    other.locator(".steps__next:visible").wait_for()
    assert visible_steps(other) == [2]


@LANG
def test_without_javascript_the_steps_are_a_list(open_page, lang):
    tab, _ = open_page(address(lang, DOOR), js=False)
    steps = tab.locator("section.step")
    assert steps.count() >= 3
    for step in steps.all():
        assert step.is_visible()
    assert tab.locator(".show-card").is_visible()
    assert tab.locator(".steps__next").count() == 0, "no button that would do nothing"


@LANG
def test_card_fills_the_screen_in_large_black_type_on_white(open_page, axe_source, lang):
    for scheme in ("light", "dark"):
        tab, _ = open_page(address(lang, DOOR), scheme=scheme)
        tab.locator(".card-open").tap()
        dialog = tab.locator("dialog[open]")
        box = dialog.bounding_box()
        assert box["width"] >= 380 and box["height"] >= 800, box
        style = dialog.locator("p").first.evaluate(
            "e => { const s = getComputedStyle(e); return [s.color, getComputedStyle(e.closest('dialog')).backgroundColor, parseFloat(s.fontSize)]; }"
        )
        assert style[:2] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], f"{scheme}: {style}"
        assert style[2] >= 24
        text = dialog.inner_text()
        assert len(text) > 20
        found = axe_violations(tab, axe_source)
        assert not found, describe(found)
        tab.keyboard.press("Escape")
        assert tab.locator("dialog[open]").count() == 0


@LANG
def test_card_is_read_whole_on_a_small_phone(open_page, lang):
    tab, _ = open_page(address(lang, DOOR))
    tab.set_viewport_size({"width": 360, "height": 640})
    tab.locator(".card-open").tap()
    dialog = tab.locator("dialog[open]")
    # Longer than the screen is allowed only if it scrolls; nothing may be cut off.
    assert dialog.evaluate("d => d.scrollHeight <= d.clientHeight || getComputedStyle(d).overflowY !== 'hidden'")
    button = dialog.locator("button")
    button.scroll_into_view_if_needed()
    button.tap()
    assert tab.locator("dialog[open]").count() == 0


@LANG
def test_numbers_can_be_called_with_one_touch(open_page, lang):
    tab, _ = open_page(address(lang, DOOR))
    links = tab.locator("article a[href^='tel:']")
    numbers = set(links.evaluate_all("a => a.map(e => e.getAttribute('href'))"))
    assert "tel:110" in numbers
    tab.locator(".steps__all").tap()
    button = tab.locator("article a[href='tel:110']").all()
    heights = [b.bounding_box()["height"] for b in button if b.is_visible()]
    assert max(heights) >= 44, heights


@LANG
def test_what_to_do_comes_before_what_the_law_says(open_page, lang):
    tab, _ = open_page(address(lang, DOOR), js=False)
    order = tab.evaluate(
        """() => {
          const last = [...document.querySelectorAll('section.step')].at(-1).getBoundingClientRect().top;
          const laws = [...document.querySelectorAll('article .law')].map(e => e.getBoundingClientRect().top);
          return [last, Math.min(...laws, Infinity)];
        }"""
    )
    assert order[0] < order[1]
