"""Does a class still get answers while others train? Thirty classify, first alone, then beside three who train.

    python -m tests.benchmarks.training_load --visitors 30 --trainings 3 --seconds 20

Starts `python app.py` in a process of its own and presses Start on the page "Train here" as three visitors do, who keep
their event streams open. Prints how long the others waited for their verdicts without and with them (median, 95th
percentile, errors), and what became of each training: when it was over, and its accuracy beside the majority class's.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.load import Seen, fetch, fetch_plain, free_port, percentile, run, server

MOST_VISITORS, MOST_TRAININGS, MOST_SECONDS = 100, 6, 120
BAR = 60  # seconds within which a useful classifier is promised, on two cores that have nothing else to do
LONGEST = 400  # seconds after which we no longer wait for a training


@dataclass
class Trained:
    """What one who trains saw."""

    first: float = 0.0  # seconds from Start until the first step
    seconds: float = 0.0  # until it was over
    told: str = "not over"


def start_event(config: dict[str, Any]) -> tuple[int, list[Any]]:
    """(number of the handler behind the button Start, what stands in its inputs at first)."""
    parts = {one["id"]: one for one in config["components"]}
    button = next(number for number, one in parts.items() if one["props"].get("elem_id") == "train-start")
    event = next(one for one in config["dependencies"] if [button, "click"] in [list(it) for it in one["targets"]])
    data = [None if parts[number]["type"] == "state" else parts[number]["props"].get("value")
            for number in event["inputs"]]  # fmt: skip
    return int(event["id"]), data


def train(port: int, number: int, seen: Trained) -> None:
    """Press Start and look on until the training is over. Its stream stays open, as that of a page does."""
    session, began = f"bench{number}x{os.getpid()}", time.perf_counter()
    event, data = start_event(json.loads(fetch_plain(port, "/config")))
    asked = {"data": data, "fn_index": event, "session_hash": session}
    status, body = fetch(port, "/gradio_api/queue/join", asked)
    if status != 200:
        seen.told = f"{status} {body[:80]!r}"
        return
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    line.request("GET", f"/gradio_api/queue/data?session_hash={session}")
    answer = line.getresponse()
    while time.perf_counter() - began < LONGEST:
        text = answer.readline().decode()
        if not text:
            break
        if not seen.first and re.search(r"step [1-9]\d* of", text):
            seen.first = time.perf_counter() - began
        told = re.search(r"[^\"\\]*rows that it never saw[^\"\\]*", text)
        if told:
            seen.told = told[0]
        if '"process_completed"' in text:
            break
    seen.seconds = time.perf_counter() - began
    line.close()


def tell(name: str, seen: Seen) -> None:
    print(
        f"{name:24} {len(seen.waits):7} {percentile(seen.waits, 0.5):7.2f} {percentile(seen.waits, 0.95):7.2f} "
        f"{len(seen.errors):7}",
        flush=True,
    )


def main() -> None:
    command = argparse.ArgumentParser(description="How long do thirty wait for a verdict while three train?")
    command.add_argument("--visitors", type=int, default=30)
    command.add_argument("--trainings", type=int, default=3)
    command.add_argument("--seconds", type=float, default=20, help="of each of the two runs")
    command.add_argument("--think", type=float, default=4.0, help="mean seconds between two questions of a visitor")
    chosen = command.parse_args()
    bounds = (chosen.visitors, MOST_VISITORS), (chosen.trainings, MOST_TRAININGS), (chosen.seconds, MOST_SECONDS)
    if not all(0 < came <= most for came, most in bounds):
        raise SystemExit(f"at most {MOST_VISITORS} visitors, {MOST_TRAININGS} trainings and {MOST_SECONDS} seconds")
    port = free_port()
    with server([sys.executable, "app.py", "--port", str(port), "--device", "cpu", "--language", "en"], port):
        print("thirty classify          answers    p50     p95  errors".replace("thirty", f"{chosen.visitors:6}"))
        alone, _ = run(port, chosen.visitors, chosen.seconds, chosen.think, 0)
        tell("nobody trains", alone)
        trained = [Trained() for _ in range(chosen.trainings)]
        threads = [threading.Thread(target=train, args=(port, *pair)) for pair in enumerate(trained)]
        for thread in threads:
            thread.start()
        beside, _ = run(port, chosen.visitors, chosen.seconds, chosen.think, 0)
        tell(f"{chosen.trainings} train", beside)
        for thread in threads:
            thread.join()
    print(f"median with them over without: {percentile(beside.waits, 0.5) / percentile(alone.waits, 0.5):.2f}")
    for number, one in enumerate(trained, 1):
        print(f"training {number}: first step after {one.first:.1f} s, over after {one.seconds:.1f} s. {one.told}")
    print(f"the first was over within {BAR} s: {'yes' if trained and min(o.seconds for o in trained) < BAR else 'no'}")


if __name__ == "__main__":
    main()
