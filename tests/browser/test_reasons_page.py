"""What the answer rests on, in the real page: asked on demand, linked, in both languages, and of the text on show."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

TEXT = "The plot is thin, but the acting is wonderful."
OTHER = "A dull film with no wit."


def panel_of(here: Any, text: str = TEXT) -> Locator:
    here.ask(text)
    here.settle()
    panel: Locator = here.page.locator("#reasons")
    panel.scroll_into_view_if_needed()
    return panel


def test_it_is_asked_on_demand_and_then_of_every_text_and_model(visit: Any, lab: Any) -> None:
    here = visit(new=True)
    panel = panel_of(here)
    expect(panel.locator("svg")).to_have_count(0)
    panel.get_by_role("button", name="Ask").click()
    record = lab.faithfulness(TEXT, "sentiment-en", "rnn")
    title = panel.locator(".seqdemo-heading")
    expect(title).to_have_text(f"RNN, “{record.label}” {100 * record.probability:.1f}%")
    figures = [f"{one.comprehensiveness:.2f}".replace("-", "−") for one in record.curves]
    rows = panel.locator(".seqdemo-tool table tr")
    assert [row.split("\t")[1].split(" ")[0] for row in rows.all_inner_texts()[1:]] == figures
    asked = len(here.requests)
    panel.get_by_role("button", name="Integrated gradients").click()
    panel.locator("input[type=range]").fill("2")
    expect(panel.locator("text[text-decoration=line-through]")).to_have_count(2)
    assert here.asked(asked) == []  # nothing of this travels
    here.ask(OTHER)
    record = lab.faithfulness(OTHER, "sentiment-en", "rnn")
    expect(title).to_have_text(f"RNN, “{record.label}” {100 * record.probability:.1f}%")
    panel.get_by_label("Model", exact=True).select_option("gru")
    expect(title).to_contain_text("GRU")
    record = lab.faithfulness(OTHER, "sentiment-en", "gru", "positive")
    panel.get_by_label("Class", exact=True).select_option("positive")
    expect(title).to_have_text(f"GRU, “positive” {100 * record.probability:.1f}%")
    here.page.get_by_role("radio", name="中文").check()
    expect(title).to_have_text(f"GRU，“积极” {100 * record.probability:.1f}%")
    assert here.complaints == []
    assert here.outside == []


def test_a_question_is_in_the_link(visit: Any, fresh: Any, lab: Any) -> None:
    here = visit(new=True)
    panel = panel_of(here)
    panel.get_by_label("Model", exact=True).select_option("bilstm-attention")
    panel.get_by_role("tab", name="Is attention an explanation?").click()
    panel.get_by_role("button", name="Ask").click()
    panel.get_by_role("button", name="shuffled").click()
    here.page.locator("#reading").get_by_role("button", name="Link", exact=True).click()
    expect(here.page.locator("#reading .seqdemo-told")).not_to_be_empty()
    query = "?" + urlsplit(here.page.url).query
    assert dict(parse_qsl(query[1:]))["why"] == "bilstm-attention.weights.shuffled"
    other = fresh(query)
    shown = other.locator("#reasons")
    expect(shown.get_by_role("button", name="shuffled")).to_have_attribute("aria-pressed", "true")
    expect(shown.locator(".seqdemo-heading")).to_have_text(panel.locator(".seqdemo-heading").inner_text())
    assert other.complaints == []


def test_a_unit_is_looked_at_and_held(visit: Any, fresh: Any, lab: Any) -> None:
    page = fresh("?models=lstm,gru&text=" + TEXT.replace(" ", "+") + "&why=lstm.unit")
    panel = page.locator("#reasons")
    best = lab.units("sentiment-en", "lstm").units[0].unit + 1
    expect(panel.locator(".seqdemo-heading")).to_have_text(f"LSTM, unit {best} after each word")
    record = lab.unit(TEXT, "sentiment-en", "lstm", best - 1)
    expect(panel.locator(".seqdemo-contexts").first.locator("mark").first).to_have_text(
        record.highest[0].words[record.highest[0].place]
    )
    panel.get_by_role("button", name=f"Hold unit {best} at 0").click()
    expect(page.locator("#rereading .seqdemo-chip")).to_contain_text(f"unit {best} held at 0")
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_open_panel(visit: Any, scheme: str) -> None:
    here = visit(scheme=scheme, new=True)
    panel = panel_of(here)
    panel.get_by_role("button", name="Ask").click()
    expect(panel.locator("svg")).to_have_count(2)
    found = Axe().run(here.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_phone_shows_it_without_scrolling_sideways(visit: Any) -> None:
    here = visit(width=390, height=844, new=True)
    panel = panel_of(here)
    panel.get_by_role("button", name="Ask").click()
    expect(panel.locator("svg")).to_have_count(2)
    assert here.page.evaluate("document.documentElement.scrollWidth") <= 390
