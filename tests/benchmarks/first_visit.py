"""What does a first visit cost? Bytes, requests, and thirty browsers that come at once.

    python -m tests.benchmarks.first_visit --visitors 30 --rounds 5

Three servers on this machine: the app; the same page on Gradio's server as it comes; and a Gradio page with two text
boxes. A real Chromium visits each once, with an empty cache, and says what it asked for. Then so many visitors ask
for those files at once, each over six lines as a browser does, taking turns between the servers. Prints the median
seconds until the last visitor has all, and the processor seconds of the server for one visit.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import threading
import time
from contextlib import ExitStack
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from tests.benchmarks.load import TRIVIAL, free_port, processor_seconds, server

LINES = 6  # of one browser to one server
PLAIN = """
from functools import partial
from pathlib import Path
from seqdemo.bench.visits import Bench
from seqdemo.lab import open_lab
from seqdemo.pages.app import build_page, launch_settings
lab = open_lab(Path("checkpoints"), "cpu")
page = build_page(lab, "auto", Bench(partial(open_lab, device="cpu")))
page.queue()
settings = launch_settings(lab, lab.problems)
settings.pop("app_kwargs")
page.launch(server_port=PORT, _frontend=False, **settings)
"""
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"


class Visit(NamedTuple):
    """What one browser asked for. paths: of this server; bytes: over the line, headers too."""

    paths: tuple[str, ...]
    bytes: int


def visit(port: int, accepted: str) -> Visit:
    """Open the page in Chromium until it rests. accepted: what it says that it can unpack."""
    home = f"http://127.0.0.1:{port}"
    seen: dict[str, str] = {}
    took: list[int] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS.split())
        page = browser.new_page()
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": accepted}})
        line.on("Network.requestWillBeSent", lambda event: seen.update({event["requestId"]: event["request"]["url"]}))
        line.on("Network.loadingFinished", lambda event: took.append(int(event["encodedDataLength"])))
        page.goto(home)
        page.wait_for_timeout(6000)
        browser.close()
    paths = [url.removeprefix(home) for url in seen.values() if url.startswith(home)]
    files = [path for path in paths if not path.startswith("/gradio_api/") or "file=" in path]
    return Visit(tuple(dict.fromkeys(files)), sum(took))


def fetch_all(port: int, paths: list[str], accepted: str) -> None:
    """These files over one line that stays open."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for path in paths:
        line.request("GET", path, headers={"Accept-Encoding": accepted})
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
    line.close()


def come(port: int, paths: tuple[str, ...], accepted: str) -> None:
    """One visitor: the page first, then what it names, over LINES lines."""
    fetch_all(port, [paths[0]], accepted)
    parts = [list(paths[1 + part :: LINES]) for part in range(LINES)]
    lines = [threading.Thread(target=fetch_all, args=(port, part, accepted)) for part in parts]
    for line in lines:
        line.start()
    for line in lines:
        line.join()


def main() -> None:
    command = argparse.ArgumentParser(description="What does a first visit cost?")
    command.add_argument("--visitors", type=int, default=30)
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--accept", default="gzip, deflate, br", help='as a browser says it; "gzip" over plain http')
    chosen = command.parse_args()
    scripts = {"Gradio as it comes": PLAIN, "two text boxes": TRIVIAL}
    ports = {name: free_port() for name in ("seqdemo", *scripts)}
    words = {name: [sys.executable, "-c", text.replace("PORT", str(ports[name]))] for name, text in scripts.items()}
    words["seqdemo"] = [sys.executable, "app.py", "--port", str(ports["seqdemo"]), "--device", "cpu"]
    with ExitStack() as stack:
        ids = {name: stack.enter_context(server(words[name], port)) for name, port in ports.items()}
        visits = {name: visit(port, chosen.accept) for name, port in ports.items()}
        seconds: dict[str, list[float]] = {name: [] for name in ports}
        work: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(chosen.rounds):
            for name, port in ports.items():
                before, begin = processor_seconds(ids[name]), time.perf_counter()
                crowd = [
                    threading.Thread(target=come, args=(port, visits[name].paths, chosen.accept))
                    for _ in range(chosen.visitors)
                ]
                for one in crowd:
                    one.start()
                for one in crowd:
                    one.join()
                seconds[name].append(time.perf_counter() - begin)
                work[name].append((processor_seconds(ids[name]) - before) / chosen.visitors)
    print(f"server              files  kB a visit  seconds for {chosen.visitors}  processor s a visit")
    for name, one in visits.items():
        wait, cost = statistics.median(seconds[name]), statistics.median(work[name])
        print(f"{name:18} {len(one.paths):6} {one.bytes / 1000:11.0f} {wait:15.2f} {cost:20.3f}")
    ours = statistics.median(seconds["seqdemo"])
    for name in scripts:
        print(f"seqdemo takes {ours / statistics.median(seconds[name]):.0%} of the time of: {name}")


if __name__ == "__main__":
    main()
