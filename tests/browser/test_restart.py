"""A link after a real restart: `python app.py` once, then again as another process; another browser profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, expect

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


def opened(browser: Browser, address: str, locale: str) -> Visit:
    return Visit(browser.new_context(locale=locale, viewport={"width": 1280, "height": 720}).new_page(), address)


def test_a_link_shows_the_same_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    """Text, models, step, head, switches, a change, language and what is hidden: none of it was in the process."""
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    for name in NAMES:
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    port = free_port()
    states: list[Any] = []
    process, served = start(folder, tmp_path / "first.log", port)
    first = process.pid
    try:
        here = opened(browser, served.address + "?lang=en&hide=examples,planes", "en-US")
        page = here.page
        here.ask(SENTENCE)
        expect(page.locator("#reading .seqdemo-place")).to_contain_text("of 10")
        here.settle()
        page.locator("#rereading").get_by_role("button", name="Hide “A”").click()
        expect(page.locator("#rereading .seqdemo-chip")).to_have_count(1)
        page.locator("#reading input[type=range]").fill("2")
        attention = page.locator("#attention")
        attention.get_by_role("button", name="Layer 1, head 4:").click()
        attention.get_by_label("Hide marks and punctuation").check()
        attention.get_by_label("Strongest cells of each row").select_option("0.75")
        page.locator("#reading").get_by_role("button", name="Link", exact=True).click()
        expect(page.locator("#reading .seqdemo-told")).not_to_be_empty()
        query = "?" + urlsplit(page.url).query
        states.append(page.evaluate(STATE))
        page.context.close()
    finally:
        process.terminate()
        process.wait(30)
    said = dict(parse_qsl(query[1:]))
    assert (said["text"], said["step"], said["hide"], said["reedits"]) == (SENTENCE, "3", "examples,planes", "hide:1,A")
    process, served = start(folder, tmp_path / "second.log", port)
    try:
        assert process.pid != first
        page = opened(browser, served.address + query, "zh-CN").page
        expect(page.locator("#rereading .seqdemo-chip")).to_have_count(1)
        expect(page.locator("#reading .seqdemo-place")).to_contain_text("3 of 10")
        expect(page.get_by_label("Strongest cells of each row")).to_have_value("0.75")
        states.append(page.evaluate(STATE))
        page.context.close()
    finally:
        process.terminate()
        process.wait(30)
    assert states[1] == states[0]
