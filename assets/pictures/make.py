"""Takes the README's pictures of the app, as a visitor sees it.

    python assets/pictures/make.py          (or: make picture)

Starts the app on a free port, opens it in Chromium, 1280 pixels wide, and photographs the classify page, the
translate page and a step of a lesson from the top. Needs the packages of tests/requirements.txt and a Chromium.
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SIZE: ViewportSize = {"width": 1280, "height": 720}
MOST_BYTES = 300_000
LESSON = "?tab=lessons&lesson=L6&place=4&lang=en"  # the tree of a beam search, beside the text that explains it
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def running_app(options: list[str]) -> Iterator[str]:
    """The app's address, for as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen([sys.executable, "app.py", "--port", str(port), *options], cwd=ROOT)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait(app, address)
        yield address
    finally:
        app.terminate()
        app.wait(timeout=30)


def _wait(app: subprocess.Popen[bytes], address: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and app.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the app did not start; run python app.py to see why")


def save(page: Page, name: str, height: int) -> None:
    """The page's first `height` pixels as a PNG of few colours, small enough to stand in a repository."""
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = whole.crop((0, 0, whole.width, min(height, whole.height)))
    path = FOLDER / f"{name}.png"
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size / 1000:.0f} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name} is over {MOST_BYTES // 1000} kB")


def take(address: str) -> None:
    """The pages, finished drawing, in light colours and in English."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        page = browser.new_page(viewport=SIZE, locale="en-GB", color_scheme="light", reduced_motion="reduce")
        page.goto(address)
        page.wait_for_selector("#reading .seqdemo-sheet", timeout=60_000)
        settle(page)
        save(page, "classify", 960)
        page.get_by_role("tab", name="Translate", exact=True).click()
        page.wait_for_selector("#heads .seqdemo-sheet", timeout=60_000)
        settle(page)
        save(page, "translate", 1365)
        page.goto(address + LESSON)
        page.locator("#lesson-reveal").click(timeout=60_000)
        page.wait_for_selector("#lesson-tree .seqdemo-sheet", timeout=60_000)
        settle(page)
        save(page, "lesson", 900)
        browser.close()


def settle(page: Page) -> None:
    """Until the last drawing is on the screen. (The network never rests: Gradio keeps a line open.)"""
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    page.wait_for_timeout(2500)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoints", metavar="DIR", help="folder of checkpoints (default: the shipped ones)")
    chosen = parser.parse_args()
    with running_app(["--checkpoints", chosen.checkpoints] if chosen.checkpoints else []) as address:
        take(address)
