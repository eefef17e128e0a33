"""A page with nothing but the views, filled by made-up records, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.components import drawing, library
from seqdemo.components.attention_view import (
    AttentionView,
    classifier_attention_payload,
    translator_attention_payload,
)
from seqdemo.components.drawing import javascript
from seqdemo.components.gates_view import GatesView, gates_payload
from seqdemo.components.planes_view import PlanesView, planes_payload
from seqdemo.components.reading_view import ReadingView, reading_payload
from seqdemo.components.resources import as_changed
from seqdemo.components.steps_view import StepsView, steps_payload
from seqdemo.records import ClassificationRecord, TranslationRecord
from tests.components.bare import table_of
from tests.drawn_records import HOSTILE, WORDS, classification, translation

CHANGED = "With changes: “dogs” → “cats”."
LONG = tuple(f"word{number}" for number in range(96))
VIEWS: dict[str, Any] = {
    "reading": ReadingView,
    "looks": AttentionView,
    "planes": PlanesView,
    "gates": GatesView,
    "steps": StepsView,
    "attention": AttentionView,
}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, kept from calling home."""
    quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", *quiet.split()]}


def fill(records: list[ClassificationRecord], translated: TranslationRecord, language: str) -> list[str]:
    """The value of each view, in the order of `VIEWS`."""
    return [
        reading_payload(records, language=language),
        classifier_attention_payload(records, language=language),
        planes_payload(records, language=language),
        gates_payload(records, language=language),
        steps_payload([translated], language=language),
        translator_attention_payload([translated], language=language),
    ]


def two() -> list[ClassificationRecord]:
    return [classification("rnn"), classification("attention", seed=2, grid=True)]


def topics() -> list[ClassificationRecord]:
    """Two models that give four classes and do not agree: sports, travel."""
    made = []
    for model, last in (("rnn", (0.04, 0.75, 0.16, 0.05)), ("attention", (0.1, 0.08, 0.62, 0.2))):
        track = np.random.default_rng(len(model)).dirichlet(np.ones(4), len(WORDS))
        track[-1] = last
        record = classification(model, grid=model == "attention")
        made.append(replace(record, labels=("story", "sports", "travel", "world"), track=track.astype(np.float32)))
    return made


CASES: dict[str, Callable[[], list[str]]] = {
    "plain": lambda: fill(two(), translation(), "en"),
    "chinese": lambda: fill(two(), translation(), "zh"),
    "topics": lambda: fill(topics(), translation(), "en"),
    "hostile": lambda: fill([classification("lstm", HOSTILE, grid=True)], translation(HOSTILE), "en"),
    "long": lambda: fill([classification("gru", LONG, grid=True)], translation(LONG), "en"),
    "single": lambda: fill([classification("gru", ("good",), grid=True)], translation(("</s>",)), "en"),
    "changed": lambda: [as_changed(value, {"edits": "word:1,dogs,cats"}, CHANGED) for value in CASES["plain"]()],
    "nothing": lambda: [""] * len(VIEWS),
}


def build_views() -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as views:
        with gr.Tab("seen"):
            filled = dict(zip(VIEWS, CASES["plain"](), strict=True))
            shown = [make(filled[name], elem_id=name) for name, make in VIEWS.items()]
        with gr.Tab("hidden", render_children=True):
            late = ReadingView(filled["reading"], elem_id="late")
        answers, number = gr.HTML("0", elem_id="answers"), count(1)
        for name, case in CASES.items():
            gr.Button(name).click(
                lambda case=case: [*(drawn := case()), drawn[0], str(next(number))],
                None,
                [*shown, late, answers],  # by one request: a test that counts requests must not meet a second one
                show_progress="hidden",
                api_visibility="private",
            )
    return views


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    views = build_views()
    charts = {"routes": [*library.routes(), *drawing.routes()]}
    _, url, _ = views.launch(prevent_thread_lock=True, quiet=True, run_history=False, ssr_mode=False, app_kwargs=charts)
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
        for name in ("reading", "attention"):
            self.page.locator(f"#{name} .seqdemo-sheet").wait_for(timeout=30_000)

    def start_again(self) -> None:
        """Light, the plain case, the first kind, nothing under the pointer."""
        self.page.evaluate("document.body.classList.remove('dark')")
        self.page.mouse.move(0, 0)
        self.page.get_by_role("tab", name="seen").click()
        self.show("nothing", "#reading .seqdemo-view:empty")
        self.show("plain", "#reading .seqdemo-sheet")
        self.wait()
        self.page.get_by_role("tab", name="Cross-attention").click()
        for box in self.page.locator(".seqdemo-switches input:checked").all():
            box.uncheck()
        for select in self.page.locator(".seqdemo-switches select").all():
            select.select_option(index=0)
        self.page.locator("#steps .seqdemo-view input[type=range]").fill("0")
        self.page.locator("#reading .seqdemo-view input[type=range]").fill("5")
        self.complaints.clear()

    def show(self, case: str, wait_for: str) -> None:
        """Press the button of a case; wait until every view has its answer, and an element holds it.

        The views draw one after another: on a busy machine one may show the case while the next still shows the last.
        """
        answers = self.page.locator("#answers .prose")
        before = answers.inner_text()
        self.page.get_by_role("button", name=case, exact=True).click()
        expect(answers).not_to_have_text(before)
        self.page.locator(wait_for).first.wait_for(state="attached")
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def asked(self, before: int) -> list[str]:
        """Requests since then, without the open line that Gradio keeps."""
        return [url for url in self.requests[before:] if "heartbeat" not in url and not url.startswith("data:")]

    def table(self, name: str) -> list[list[str]]:
        cells = table_of(self.page, name)
        self.page.locator(f"#{name} .seqdemo-folds > details").first.locator("summary").click()
        return cells


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


@pytest.fixture(scope="session")
def compute(browser: Browser) -> Iterator[Callable[..., Any]]:
    """compute("topMass(rows, 0.5)", rows=...): an expression in the views' own functions, with no view around it."""
    page = browser.new_page()
    files = javascript(
        "page.js", "colors.js", "numbers.js", "attention_weights.js", "attention_state.js", "link.js", "saving.js"
    )

    def run(expression: str, **values: Any) -> Any:
        body = f"const element = document; const props = {{}};\n{files}\nreturn {expression};"
        made = (
            "([body, values]) => new Function(...Object.keys(values), body)(...Object.values(values))"  # as Gradio does
        )
        return page.evaluate(made, [body, values])

    yield run
    page.close()


expect.set_options(timeout=30_000)  # a busy machine is no failure; what never comes still is
