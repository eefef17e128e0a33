"""A browser that sleeps, loses its line or its server: the page keeps what was typed, and goes on by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving.conftest import ROOT, free_port, start

pytestmark = pytest.mark.drill


@pytest.fixture
def page(browser: Browser, address: str) -> Any:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
    found = context.new_page()
    found.goto(address)
    found.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
    yield found
    context.close()


def ask(page: Page, text: str) -> None:
    box = page.locator(".ask textarea").first
    box.fill(text)
    box.press("Enter")


def test_a_line_that_is_lost_and_comes_back(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "A warm and unhurried film.")
    page.wait_for_timeout(2000)
    assert page.locator(".ask textarea").first.input_value() == "A warm and unhurried film."
    with page.expect_navigation(timeout=60_000):  # Gradio finds the line again and loads the page anew
        page.context.set_offline(False)
    page.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
    ask(page, "A clumsy and overlong film.")
    expect(page.locator("#reading")).to_contain_text("overlong", timeout=60_000)


def test_a_browser_that_sleeps_and_wakes(page: Page) -> None:
    """Frozen as a closed laptop freezes it, with an answer under way; awake, it shows it and takes new texts."""
    line = page.context.new_cdp_session(page)
    ask(page, "A warm and unhurried film.")
    line.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.wait_for_timeout(3000)
    line.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("#reading")).to_contain_text("unhurried", timeout=60_000)
    ask(page, "A clumsy and overlong film.")
    expect(page.locator("#reading")).to_contain_text("overlong", timeout=60_000)


def test_a_server_that_went_and_came_back(browser: Browser, tmp_path: Path) -> None:
    """As a Space sleeps and wakes: another process at the same address, which knows nothing of the page."""
    (tmp_path / "checkpoints").mkdir()
    for name in ("sentiment-en-rnn", "en-de-transformer"):
        (tmp_path / "checkpoints" / name).symlink_to(ROOT / "checkpoints" / name)
    port = free_port()
    process, served = start(tmp_path / "checkpoints", tmp_path / "app.log", port)
    context = browser.new_context(locale="en-US")
    try:
        page: Any = context.new_page()
        page.goto(served.address)
        page.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
        process.kill()
        process.wait(30)
        ask(page, "A warm and unhurried film.")
        page.wait_for_timeout(1000)
        assert page.locator(".ask textarea").first.input_value() == "A warm and unhurried film."
        with page.expect_navigation(timeout=90_000):
            process, _ = start(tmp_path / "checkpoints", tmp_path / "app.log", port)
        page.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
        ask(page, "A clumsy and overlong film.")
        expect(page.locator("#reading")).to_contain_text("overlong", timeout=60_000)
    finally:
        context.close()
        process.kill()
        process.wait(30)
