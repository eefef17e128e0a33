"""The language is changed at an awkward moment: what is shown in the end is the last question, all in one language."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page, Route, expect

LATE = 1.2  # seconds by which a question reaches the server late


def all_in(page: Page, language: str, word: str) -> None:
    """Every part of the tab speaks this language, and the answer is about this word."""
    tab, verdicts, button = {
        "zh": ("分类", ("积极", "消极"), "开始阅读"),
        "en": ("Classify", ("positive", "negative"), "Read it"),
    }[language]
    expect(page.get_by_role("tab").first).to_have_text(tab)
    expect(page.locator(".run").first).to_have_text(button)
    expect(page.locator("#reading")).to_contain_text(word)
    assert set(page.locator("#reading .seqdemo-verdict").all_text_contents()) <= set(verdicts)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text({"zh": "第", "en": " of "}[language])


def test_while_a_question_is_on_its_way(visit: Any) -> None:
    here = visit(new=True)
    page, late = here.page, []

    def hold(route: Route) -> None:
        if not late and "Slowly" in (route.request.post_data or ""):
            late.append(route)
            time.sleep(LATE)
        route.continue_()

    page.route("**/queue/join*", hold)
    here.ask("Slowly told but fine.")
    page.locator("#language").get_by_text("中文").click()
    here.settle()
    assert late
    all_in(page, "zh", "Slowly")
    assert here.complaints == []


def test_while_a_change_is_on_its_way(visit: Any) -> None:
    here = visit(new=True)
    page, late = here.page, []
    here.ask("A plain and honest film.")
    here.settle()

    def hold(route: Route) -> None:
        if not late:
            late.append(route)
            time.sleep(LATE)
        route.continue_()

    page.route("**/queue/join*", hold)
    page.locator("#rereading").get_by_role("button", name="Hide “A”").click()
    page.locator("#language").get_by_text("中文").click()
    here.settle()
    assert late
    all_in(page, "zh", "honest")
    expect(page.locator("#rereading .seqdemo-chip")).to_have_count(1)
    expect(page.locator("#rereading")).to_contain_text("撤销")
    assert here.complaints == []


def test_to_and_fro(visit: Any) -> None:
    here = visit(new=True)
    for name in ("中文", "English", "中文", "English"):
        here.page.locator("#language").get_by_text(name).click()
    here.settle()
    all_in(here.page, "en", "thin")
    here.page.locator("#language").get_by_text("中文").click()
    here.page.locator("#language").get_by_text("English").click()
    here.page.locator("#language").get_by_text("中文").click()
    here.settle()
    all_in(here.page, "zh", "thin")
