"""A link after a real restart: `python app.py` once, then again as another process; another browser profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.serving.conftest import ROOT, free_port, start

pytestmark = pytest.mark.drill

NAMES = ("sentiment-en-gru", "sentiment-en-attention", "en-de-transformer")
SENTENCE = "A dull, lifeless and far too long film."
STATE = """() => {
  const all = (what) => [...document.querySelectorAll(what)].filter((node) => node.checkVisibility());
  const text = (view) => {
    const copy = view.cloneNode(true);
    copy.querySelectorAll(".seqdemo-told, [role=status]").forEach((node) => node.remove());
    return copy.textContent;
  };
  return {
    language: document.documentElement.lang,
    panels: all(".seqdemo-view").map(text),
    controls: all("input, select, textarea").map((node) => (node.type === "checkbox" ? node.checked : node.value)),
    pressed: all("[aria-pressed=true], [aria-selected=true]").map((node) => node.textContent),
  };
}"""


SHOWN = (
    ("reading", "rereading", "3 of 10"),
    ("steps", "edits", "3 of"),
)  # of each link: panels, and where the clock is
SOURCE = "Two dogs are running on the beach."


def opened(browser: Browser, address: str, locale: str, panel: str = "reading") -> Visit:
    return Visit(browser.new_context(locale=locale, viewport={"width": 1280, "height": 720}).new_page(), address, panel)


def link_of(page: Page, view: str) -> str:
    """The query that a view's button gives."""
    page.locator(f"#{view}").get_by_role("button", name="Link", exact=True).click()
    expect(page.locator(f"#{view} .seqdemo-told")).not_to_be_empty()
    return "?" + urlsplit(page.url).query


def classified(here: Visit) -> str:
    """A link to a classification with a step, a head, switches and a change chosen."""
    page = here.page
    here.ask(SENTENCE)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_contain_text("of 10")
    here.settle()
    page.locator("#rereading").get_by_role("button", name="Hide “A”").click()
    expect(page.locator("#rereading .seqdemo-chip")).to_have_count(1)
    page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    attention = page.locator("#attention")
    attention.get_by_role("button", name="Layer 1, head 4:").click()
    attention.get_by_label("Hide marks and punctuation").check()
    attention.get_by_label("Strongest cells of each row").select_option("0.75")
    return link_of(page, "reading")


def translated(here: Visit) -> str:
    """A link to a translation with a beam, a step, a head, a switch and a change chosen."""
    page = here.page
    page.get_by_role("tab", name="Translate", exact=True).click()
    here.ask(SOURCE, tab=1)
    page.get_by_role("spinbutton").fill("3")
    expect(page.locator(".seqdemo-score")).to_contain_text("beam 3")
    here.settle()
    edits = page.locator("#edits")
    edits.get_by_role("button", name="dogs", exact=True).click()
    edits.get_by_label("In place of").fill("cats")
    edits.get_by_role("button", name="Replace", exact=True).click()
    expect(edits.locator(".seqdemo-chip")).to_have_count(1)
    edits.get_by_role("button", name="Two", exact=True).click()  # which word is offered is no part of a link
    page.locator("#steps .seqdemo-view input[type=range]").fill("2")
    heads = page.locator("#heads")
    heads.get_by_role("tab", name="Decoder self").click()
    heads.get_by_role("button", name="Layer 2, head 3:").click()
    heads.get_by_label("Hide marks and punctuation").check()
    return link_of(page, "steps")


def test_a_link_shows_the_same_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    """Text, models, beam, step, head, switches, changes, language, what is hidden: none of it was in the process."""
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for name in NAMES:
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    port = free_port()
    queries: list[str] = []
    before: list[Any] = []
    after: list[Any] = []
    process, served = start(folder, tmp_path / "first.log", port)
    first = process.pid
    try:
        for make in (classified, translated):
            here = opened(browser, served.address + "?lang=en&hide=examples,planes", "en-US")
            queries.append(make(here))
            before.append(here.page.evaluate(STATE))
            here.page.context.close()
    finally:
        process.terminate()
        process.wait(30)
    said, other = (dict(parse_qsl(query[1:])) for query in queries)
    assert (said["text"], said["step"], said["hide"], said["reedits"]) == (SENTENCE, "3", "examples,planes", "hide:1,A")
    assert (other["sentence"], other["beam"], other["hide"]) == (SOURCE, "3", "examples,planes")
    process, served = start(folder, tmp_path / "second.log", port)
    try:
        assert process.pid != first
        for query, (panel, view, place) in zip(queries, SHOWN, strict=True):
            page = opened(browser, served.address + query, "zh-CN", panel).page
            expect(page.locator(f"#{view} .seqdemo-chip")).to_have_count(1)
            expect(page.locator(".seqdemo-place").filter(visible=True).first).to_contain_text(place)
            after.append(page.evaluate(STATE))
            page.context.close()
    finally:
        process.terminate()
        process.wait(30)
    assert after == before
