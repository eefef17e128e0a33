"""A page with nothing but the views, filled by made-up records, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page

from seqdemo.components.attention_view import AttentionView, attention_payload
from seqdemo.components.figure_view import FigureView, figure_payload
from seqdemo.components.steps_view import StepsView, steps_payload
from seqdemo.components.verdict_view import VerdictView, verdict_payload
from seqdemo.figures.probability_track import probability_track
from seqdemo.records import ClassificationRecord, TranslationRecord
from tests.drawn_records import HOSTILE, classification, translation

LONG = tuple(f"word{number}" for number in range(96))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, kept from calling home."""
    quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", *quiet.split()]}


def fill(records: list[ClassificationRecord], translated: TranslationRecord, language: str) -> list[str]:
    """The value of each view, in the order of `build_views`."""
    track = probability_track(records, language=language)
    return [
        verdict_payload(records, language=language),
        figure_payload(track, label="a track", language=language),
        steps_payload(translated, language=language),
        attention_payload(translated.attention, language=language),
        figure_payload(track, label="a hidden track", language=language),
    ]


CASES = {
    "plain": lambda: fill([classification("rnn"), classification("lstm", seed=2)], translation(), "en"),
    "chinese": lambda: fill([classification("rnn"), classification("lstm", seed=2)], translation(), "zh"),
    "hostile": lambda: fill([classification("lstm", HOSTILE)], translation(HOSTILE), "en"),
    "long": lambda: fill([classification("gru", LONG)], translation(LONG), "en"),
    "nothing": lambda: [""] * 5,
}


def build_views() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as views:
        with gr.Tab("seen"):
            verdict, track, steps, attention, hidden = CASES["plain"]()
            shown = [
                VerdictView(verdict, elem_id="verdict"),
                FigureView(track, elem_id="track"),
                StepsView(steps, elem_id="steps"),
                AttentionView(attention, elem_id="attention"),
            ]
        with gr.Tab("hidden", render_children=True):
            shown.append(FigureView(hidden, elem_id="late"))
        for name, case in CASES.items():
            gr.Button(name).click(case, None, shown, show_progress="hidden", api_visibility="private")
    return views


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    views = build_views()
    _, url, _ = views.launch(prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False)
    yield url
    views.close()


class Views:
    """The page, and what it did that it should not."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.requests, self.complaints = page, list[str](), list[str]()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        self.wait()

    def wait(self) -> None:
        for name in ("attention", "track"):
            self.page.locator(f"#{name} .main-svg").first.wait_for(timeout=30_000)

    def start_again(self) -> None:
        """Light, the plain case, the first head of the first kind."""
        self.page.evaluate("document.body.classList.remove('dark')")
        self.page.get_by_role("tab", name="seen").click()
        self.show("nothing", "#verdict .seqdemo-view:empty")
        self.show("plain", "#verdict .seqdemo-card")
        self.wait()
        self.page.get_by_role("tab", name="Cross-attention").click()
        self.page.get_by_role("button", name="Layer 1, head 1", exact=True).click()
        self.page.mouse.move(0, 0)
        self.complaints.clear()

    def show(self, case: str, wait_for: str) -> None:
        """Press the button of a case; wait until an element holds it."""
        self.page.get_by_role("button", name=case, exact=True).click()
        self.page.locator(wait_for).first.wait_for(state="attached")

    def cells(self) -> list[list[float]]:
        """The numbers that the large heatmap draws."""
        read = "() => document.querySelector('#attention .js-plotly-plot').data[0].z.map((row) => Array.from(row))"
        found: list[list[float]] = self.page.evaluate(read)
        return found


@pytest.fixture(scope="session")
def opened(browser: Browser, address: str) -> Iterator[Views]:
    """Opening the page costs seconds, so the tests take turns on one."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    yield Views(page, address)
    page.close()


@pytest.fixture
def views(opened: Views) -> Views:
    opened.start_again()
    return opened
