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


def typed(page: Page) -> list[str]:
    return [box.input_value() for box in page.locator(".ask textarea").all()]


def stored(page: Page) -> Any:
    return page.evaluate("({...sessionStorage})")


def test_a_line_that_is_lost_and_comes_back(page: Page) -> None:
    page.context.set_offline(True)
    ask(page, "A warm and unhurried film.")
    page.wait_for_timeout(2000)
    assert page.locator(".ask textarea").first.input_value() == "A warm and unhurried film."
    with page.expect_navigation(timeout=60_000):  # Gradio finds the line again and loads the page anew
        page.context.set_offline(False)
    expect(page.locator(".ask textarea").first).to_have_value("A warm and unhurried film.", timeout=60_000)
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
    """As a Space sleeps and wakes: another process at the same address, which knows nothing of the page.

    What was typed meanwhile stands in its box again, in the task and language that were chosen; it was not sent.
    """
    (tmp_path / "checkpoints").mkdir()
    for name in ("sentiment-en-rnn", "question-en-rnn", "en-de-transformer"):
        (tmp_path / "checkpoints" / name).symlink_to(ROOT / "checkpoints" / name)
    port = free_port()
    process, served = start(tmp_path / "checkpoints", tmp_path / "app.log", port)
    context = browser.new_context(locale="en-US")
    sent: list[str] = []
    try:
        page: Any = context.new_page()
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        page.goto(served.address)
        page.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
        page.locator("#language").get_by_text("中文").click()
        page.get_by_role("combobox", name="任务").click()
        page.get_by_role("option", name="英文问题").click()
        expect(page.locator("#reading")).to_contain_text("spider", timeout=60_000)
        ask(page, "Who wrote Faust?")
        expect(page.locator("#reading")).to_contain_text("Faust", timeout=60_000)
        assert typed(page) == ["Who wrote Faust?"]
        process.kill()
        process.wait(30)
        ask(page, "Where is the warm sea?")
        page.get_by_role("tab").nth(1).click()
        page.locator(".ask textarea").nth(1).fill("A man sits")
        page.wait_for_timeout(1000)
        assert stored(page) == {}
        sent.clear()
        with page.expect_navigation(timeout=90_000):
            process, _ = start(tmp_path / "checkpoints", tmp_path / "app.log", port)
        expect(page.locator("#link-message")).to_contain_text("文字", timeout=60_000)
        expect(page.locator(".ask textarea").nth(1)).to_have_value("A man sits")
        expect(page.get_by_role("tab").nth(1)).to_have_attribute("aria-selected", "true")
        page.get_by_role("tab").nth(0).click()
        expect(page.locator(".ask textarea").first).to_have_value("Where is the warm sea?")
        expect(page.locator("#task input")).to_have_value("英文问题类型")
        assert stored(page) == {}
        assert not [one for one in sent if "sea" in one or "sits" in one]
        page.locator(".ask textarea").first.press("Enter")
        expect(page.locator("#reading")).to_contain_text("sea", timeout=60_000)
        page.reload()  # what was answered is not kept, what was not is, however often
        expect(page.locator("#link-message")).to_contain_text("文字", timeout=60_000)
        expect(page.locator(".ask textarea").first).to_have_value("How many legs does a spider have?")
        page.get_by_role("tab").nth(1).click()
        expect(page.locator(".ask textarea").nth(1)).to_have_value("A man sits")
        page.locator(".ask textarea").nth(1).press("Enter")
        expect(page.locator("#steps")).to_contain_text("Mann", timeout=60_000)
        expect(page.locator("#link-message .notices")).to_be_empty()
        page.reload()
        page.locator("#reading .seqdemo-model").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        expect(page.locator("#link-message .notices")).to_be_empty()
        assert "sea" not in typed(page)[0] and stored(page) == {}
    finally:
        context.close()
        process.kill()
        process.wait(30)
