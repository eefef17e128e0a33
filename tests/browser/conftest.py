"""The real app in a real browser: every checkpoint that ships, on a free port, for the whole run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from seqdemo.bench.visits import Bench
from seqdemo.lab import TorchLab, open_lab
from seqdemo.pages.app import build_page, launch_settings
from seqdemo.serving.limits import QUEUE, WORKERS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until a page has to be at rest


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, kept from calling home."""
    quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", *quiet.split()]}


@pytest.fixture(scope="session")
def lab() -> TorchLab:
    return open_lab(ROOT / "checkpoints", "cpu")


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    made = Bench(partial(open_lab, device="cpu"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def address(lab: TorchLab, bench: Bench) -> Iterator[str]:
    page = build_page(lab, bench=bench)
    page.queue(default_concurrency_limit=WORKERS, max_size=QUEUE)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **launch_settings(lab))
    yield url
    page.close()


class Visit:
    """An open page that remembers what it must not do: complain, call outside, run what was typed."""

    def __init__(self, page: Page, address: str, panel: str = "reading") -> None:
        """panel: one that the address shows, to wait for."""
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on(
            "console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.waiting: set[Request] = set()  # asked and not yet answered, but Gradio's heartbeat, which stays open
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.goto(address)
        page.locator(f"#{panel} .seqdemo-sheet").first.wait_for(timeout=30_000)
        self.settle()

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        if request.is_navigation_request():
            self.waiting.clear()  # what became of the last page's is never told
        if "/heartbeat/" not in request.url:
            self.waiting.add(request)

    def _answered(self, request: Request) -> None:
        self.waiting.discard(request)

    @property
    def outside(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]

    def asked(self, before: int) -> list[str]:
        """Requests since then, without the charts' library, which is fetched ahead."""
        return [url for url in self.requests[before:] if "/seqdemo/plotly-" not in url]

    def ask(self, text: str, tab: int = 0) -> None:
        """Type a text into the box of a tab (0 classify, 1 translate) and press Enter."""
        box = self.page.locator(".ask textarea").nth(tab)
        box.fill(text)
        box.press("Enter")

    def settle(self) -> None:
        """Until every request is answered and half a second passes without a new one."""
        deadline = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < deadline, f"no answer to {[one.url for one in self.waiting]}"
            before = len(self.requests)
            self.page.wait_for_timeout(500)
            if len(self.requests) == before and not self.waiting:
                return

    def tab(self, number: int) -> None:
        """Open a tab (0 classify, 1 translate, 2 models, 3 lessons) and wait for what it always has."""
        self.page.get_by_role("tab").nth((0, 1, 4, 2)[number]).click()
        self.page.locator(("#reading", "#steps", "#about table", "#lesson-text h3")[number]).wait_for(state="attached")

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture(scope="session")
def visit(browser: Browser, address: str) -> Iterator[Any]:
    """visit(width=1280, height=720, locale="en-US", scheme="light") -> Visit.

    Opening the page costs seconds, so each kind of visit is opened once and used again; a test says what it
    needs (text, tab, models) and never relies on what another left. `new=True` opens a fresh one.
    """
    visits: dict[Any, Visit] = {}

    def make(
        width: int = 1280, height: int = 720, locale: str = "en-US", scheme: Any = "light", new: bool = False
    ) -> Visit:
        kind = (width, height, locale, scheme, len(visits) if new else None)
        if kind not in visits:
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme
            )
            visits[kind] = Visit(context.new_page(), address)
        here = visits[kind]
        here.complaints.clear()
        here.tab(0)
        return here

    yield make
    for one in visits.values():
        one.close()


@pytest.fixture
def fresh(browser: Browser, address: str) -> Any:
    """fresh("?...") -> a page in a browser profile of its own."""
    contexts = []

    def visit(query: str, locale: str = "en-US") -> Page:
        context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 720})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
        page.on("dialog", lambda dialog: (page.complaints.append("dialog"), dialog.dismiss()))  # type: ignore[attr-defined]
        page.goto(address + query)
        page.locator("#reading").wait_for(state="attached", timeout=30_000)
        return page

    yield visit
    for context in contexts:
        context.close()


expect.set_options(timeout=30_000)  # a busy machine is no failure; what never comes still is
