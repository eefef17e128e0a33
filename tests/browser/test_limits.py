"""The limits in the browser: the doors let the whole page in, and a limit that is met is told in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from seqdemo.problems import Problem


@pytest.mark.drill
def test_every_request_of_a_visit_is_let_in(visit: Any) -> None:
    here = visit(new=True)
    refused: list[str] = []
    here.page.on("response", lambda answer: answer.status >= 400 and refused.append(f"{answer.status} {answer.url}"))
    here.page.reload()
    here.page.locator("#reading .seqdemo-model").first.wait_for(timeout=30_000)
    here.ask("A fine film.")
    here.settle()
    for tab in (1, 2, 3):
        here.tab(tab)
        here.settle()
    assert refused == []
    assert here.complaints == []


@pytest.mark.parametrize(("locale", "words"), [("en-US", "300 questions wait"), ("zh-CN", "最多 300 个问题排队")])
def test_the_models_page_states_the_limits(visit: Any, locale: str, words: str) -> None:
    here = visit(locale=locale)
    here.tab(2)
    expect(here.page.locator("#about")).to_contain_text(words)


@pytest.mark.parametrize(("locale", "words"), [("en-US", "asking faster"), ("zh-CN", "提问太快")])
def test_a_visitor_who_asks_too_fast_reads_how_long_to_wait(
    visit: Any, monkeypatch: pytest.MonkeyPatch, locale: str, words: str
) -> None:
    here = visit(locale=locale, new=True)
    monkeypatch.setattr("seqdemo.pages.pace.BURST", 0.5)
    here.ask("A fine film.")
    expect(here.page.locator("#classify-message .problem")).to_contain_text(words)
    monkeypatch.undo()
    here.ask("A fine film, too.")
    expect(here.page.locator("#classify-message .problem")).to_be_empty()
    assert here.complaints == []


def test_a_full_queue_is_shown_in_our_words(visit: Any) -> None:
    """What the doors answer for Gradio's 503 (tests/serving/test_doors.py) reaches the visitor's eyes."""
    here = visit(new=True)
    words = Problem("queue_full", most=300).message("zh")
    body = json.dumps({"detail": words})
    here.page.route(
        "**/queue/join*", lambda route: route.fulfill(status=429, body=body, content_type="application/json")
    )
    here.ask("A fine film.")
    expect(here.page.get_by_text("300 个问题在排队")).to_be_visible()
