"""Show me the sum: a click or Enter opens it, Escape closes it, and it says what the network computed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SENTENCE = "A dull, lifeless and far too long film."
HOSTILE = '"); import os; print("<img src=x onerror=alert(1)> ${alert(2)} film'


def opened(page: Page) -> Any:
    """The panel, once its number is there."""
    panel = page.locator(".seqdemo-sum")
    panel.locator(".seqdemo-result").wait_for(timeout=60_000)
    return panel


def result(page: Page) -> float:
    return float(opened(page).locator(".seqdemo-result").inner_text().removeprefix("= "))


def ask(here: Any, text: str) -> None:
    here.ask(text)
    expect(here.page.locator("#reading .seqdemo-sheet text", has_text="film").first).to_be_visible()
    here.settle()


def test_a_click_on_a_cell_shows_its_sum_and_escape_closes_it(visit: Any, lab: Any) -> None:
    here = visit()
    page = here.page
    ask(here, SENTENCE)
    page.locator("#attention").get_by_role("button", name="Layer 2, head 2:").click()
    image = page.locator("#attention .seqdemo-sheet image")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    weights = lab.classify(SENTENCE, "sentiment-en", ["attention"])[0].attention.weights
    words = weights.shape[-1]
    page.mouse.click(box["x"] + box["width"] * 2.5 / words, box["y"] + box["height"] * 3.5 / words)
    assert result(page) == pytest.approx(weights[1, 1, 3, 2], abs=1e-5)
    panel = opened(page)
    assert SENTENCE in panel.locator(".seqdemo-code").first.inner_text()
    panel.locator("summary").click()
    expect(panel.locator("summary")).to_contain_text("seqdemo/layers/multihead_attention.py")
    expect(panel.locator(".seqdemo-long")).to_contain_text("class MultiHeadAttention(nn.Module)")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert here.complaints == []


def test_enter_on_the_focused_cell_opens_it_and_the_focus_comes_back(visit: Any, lab: Any) -> None:
    here = visit()
    page = here.page
    ask(here, SENTENCE)
    page.locator("#attention").get_by_role("button", name="Layer 1, head 1:").click()
    page.locator("#reading .seqdemo-view input[type=range]").fill("4")
    page.locator("#attention .seqdemo-sheet").focus()
    weights = lab.classify(SENTENCE, "sentiment-en", ["attention"])[0].attention.weights[0, 0]
    row, column = 4, int(weights[4].argmax())
    for key in ("ArrowDown", "ArrowUp", "ArrowLeft" if column else "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="The sum behind this number")
    expect(panel).to_be_focused()
    row -= 1  # the first key shows the cell, the second goes up, the third aside
    column += -1 if column else 1
    assert result(page) == pytest.approx(weights[row, column], abs=1e-5)
    page.keyboard.press("Escape")
    expect(page.locator("#attention .seqdemo-sheet")).to_be_focused()


def test_the_cells_of_a_table_open_sums_by_keyboard(visit: Any, lab: Any) -> None:
    here = visit()
    page = here.page
    ask(here, SENTENCE)
    fold = page.locator("#reading details").first
    fold.locator("summary").click()
    fold.locator("td").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    track = lab.classify(SENTENCE, "sentiment-en", ["lstm"])[0].track
    assert result(page) == pytest.approx(track[1, 1], abs=1e-5)
    page.keyboard.press("Escape")
    expect(fold.locator("td:focus")).to_have_count(1)
    fold.locator("summary").click()


def test_a_gate_and_a_verdict_say_their_sums(visit: Any, lab: Any) -> None:
    here = visit()
    page = here.page
    ask(here, SENTENCE)
    records = {record.source.model: record for record in lab.classify(SENTENCE, "sentiment-en")}
    page.locator("#reading .seqdemo-view input[type=range]").fill(str(len(records["gru"].words) - 1))
    page.locator("#reading .seqdemo-number").nth(2).click()
    assert result(page) == pytest.approx(records["gru"].probability, abs=1e-5)
    page.keyboard.press("Escape")
    strip = page.locator("#gates .seqdemo-sheet image").nth(1)
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 1)
    gate = records["lstm"].gates[0]
    panel = opened(page)
    heading = re.fullmatch(r"LSTM, Input gate, unit (\d+), after “A”", panel.locator(".seqdemo-heading").inner_text())
    assert heading is not None
    unit = int(heading[1]) - 1
    assert unit in gate.values[-1].argsort(kind="stable")[:8]  # a pixel is three units high
    assert result(page) == pytest.approx(gate.values[0, unit], abs=1e-5)
    page.keyboard.press("Escape")
    assert here.complaints == []


def test_a_token_says_its_sum(visit: Any, lab: Any) -> None:
    here = visit()
    here.tab(1)
    page = here.page
    page.locator("#steps .seqdemo-asks").nth(1).click()
    text = page.locator(".ask textarea").nth(1).input_value()
    candidate = lab.translate(text, "en-de").steps[0].candidates[1]
    expect(opened(page).locator(".seqdemo-heading")).to_contain_text(f"“{candidate.token}”")
    assert result(page) == pytest.approx(candidate.probability, abs=1e-5)
    page.keyboard.press("Escape")


def test_what_was_typed_is_a_literal_of_the_snippet(visit: Any) -> None:
    here = visit(locale="zh-CN", new=True)
    page = here.page
    ask(here, HOSTILE)
    page.locator("#reading .seqdemo-number").first.click()
    panel = opened(page)
    assert "算" in (panel.get_attribute("aria-label") or "")
    assert repr(HOSTILE) in panel.locator(".seqdemo-code").first.inner_text()
    assert panel.locator("img").count() == 0
    assert here.complaints == []
