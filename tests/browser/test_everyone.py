"""Two languages, two themes, a projector, a phone, a keyboard and a screen reader."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit


def serious(page: Any) -> list[str]:
    """What axe-core calls serious or critical, with the places."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_axe_finds_nothing_serious_on_any_tab(visit: Any, scheme: str, locale: str) -> None:
    here = visit(scheme=scheme, locale=locale)
    assert serious(here.page) == []
    for tab, ready in ((1, "#heads .seqdemo-sheet"), (2, "#about table")):
        here.tab(tab)
        here.page.locator(ready).first.wait_for()
        assert serious(here.page) == []


def test_the_language_follows_the_browser(visit: Any) -> None:
    page = visit(locale="zh-CN").page
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("tab").first).to_have_text("分类")
    expect(page.locator("#reading .seqdemo-verdict").first).to_have_text(re.compile("消极|积极"))


def test_switching_the_language_keeps_text_choice_and_result(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    page = here.page
    page.get_by_role("checkbox", name="RNN", exact=True).uncheck()
    expect(page.locator("#reading .seqdemo-model")).to_have_count(4)
    here.ask("A dull and lifeless film.")
    records = lab.classify(
        "A dull and lifeless film.", "sentiment-en", ["lstm", "gru", "attention", "bilstm-attention"]
    )
    numbers = [f"{100 * record.probability:.1f}%" for record in records]
    expect(page.locator("#reading .seqdemo-number")).to_have_text(numbers)
    page.get_by_role("radio", name="中文").check()
    expect(page.get_by_role("tab").first).to_have_text("分类")
    expect(page.locator("#reading .seqdemo-verdict").first).to_have_text(re.compile("消极|积极"))
    expect(page.locator(".ask textarea").first).to_have_value("A dull and lifeless film.")
    expect(page.locator("#reading .seqdemo-number")).to_have_text(numbers)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("tab").first).to_have_text("Classify")
    expect(page.get_by_role("checkbox", name="RNN", exact=True)).not_to_be_checked()


def test_no_english_is_left_in_the_chinese_page(visit: Any) -> None:
    here = visit(locale="zh-CN")
    expect(here.page.get_by_role("tab").first).to_have_text("分类")
    for tab in (0, 1, 2):
        here.tab(tab)
        here.page.wait_for_timeout(300)
        text = here.page.locator("main").inner_text()
        for word in ("Query", "Key:", "Word by word", "Where the state", "Gates", "Save", "Layer", "Beam", "computed"):
            assert word not in text, f"{word!r} on tab {tab}"


def test_the_result_is_on_a_projectors_first_screen(visit: Any) -> None:
    here = visit(width=1280, height=720, new=True)
    box = here.page.locator("#reading").bounding_box()
    assert box["y"] + box["height"] <= 720
    here.tab(1)
    here.page.locator(".seqdemo-translation").wait_for()
    strip = here.page.locator("#steps").bounding_box()
    assert strip["y"] + strip["height"] <= 720


@pytest.mark.parametrize("tab", [0, 1, 2])
def test_a_phone_never_scrolls_sideways(visit: Any, tab: int) -> None:
    here = visit(width=390, height=844)
    here.tab(tab)
    here.page.wait_for_timeout(500)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 390


COUNT_FRAMES = """
const ask = window.requestAnimationFrame;
window.framesAsked = 0;
window.requestAnimationFrame = (draw) => { window.framesAsked += 1; return ask.call(window, draw); };
"""


@pytest.mark.drill
def test_a_page_at_rest_asks_for_no_frame(browser: Any, address: str) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.add_init_script(COUNT_FRAMES)  # before any script of the page
    here = Visit(page, address)
    here.tab(1)
    here.settle()
    page.wait_for_timeout(5000)  # what Gradio shows while it starts swings out
    before = page.evaluate("window.framesAsked")
    page.wait_for_timeout(2000)
    assert before > 0  # so they are counted
    assert page.evaluate("window.framesAsked") - before <= 3
    context.close()


def test_who_wants_less_motion_gets_none(browser: Any, address: str) -> None:
    moving = """Array.from(document.querySelectorAll('*')).filter((one) => ['', '::before', '::after'].some((part) => {
      const style = getComputedStyle(one, part);
      return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
    })).length"""
    found = {}
    for wish in ("no-preference", "reduce"):
        context = browser.new_context(reduced_motion=wish)
        page = context.new_page()
        page.goto(address)
        page.locator("#reading .seqdemo-sheet").wait_for()
        found[wish] = page.evaluate(moving)
        context.close()
    assert found["no-preference"] > 0  # else there would be nothing to honour
    assert found["reduce"] == 0


def test_a_keyboard_is_enough(visit: Any) -> None:
    """From the text box: type, Enter, then reach a head of the attention map and change it, all by keys."""
    here = visit()
    page = here.page
    page.locator(".ask textarea").first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("A moving and wise film.")
    page.keyboard.press("Enter")
    expect(page.locator("#reading .seqdemo-model")).to_have_count(5)
    heads = page.locator("#attention")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label') || ''").startswith("Layer"):
            break
    before = heads.locator(".seqdemo-heading").first.inner_text()
    page.keyboard.press("ArrowRight")
    expect(heads.locator(".seqdemo-heading").first).not_to_have_text(before)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"  # the focus can be seen
