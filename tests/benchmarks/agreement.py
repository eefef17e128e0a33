"""Does another load tool see what our driver sees? locust and load.py ask the same server in turn.

    pip install -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks.agreement --visitors 30 --seconds 30 --rounds 2

--locust names a Python that has locust, where this one has not. Prints answers a second, median and 95th percentile of
both, and by how much they differ. Exit code 1 where answers a second or the median differ by more than 20 %.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.load import MOST_SECONDS, MOST_VISITORS, ROOT, free_port, percentile, run, server

MOST = 0.2  # difference that still is agreement


class Told(NamedTuple):
    """What a tool says of one round. rate: answers a second; median, high: seconds."""

    rate: float
    median: float
    high: float
    errors: int


def by_driver(port: int, visitors: int, seconds: float, think: float) -> Told:
    seen, took = run(port, visitors, seconds, think, 0)
    return Told(len(seen.waits) / took, percentile(seen.waits, 0.5), percentile(seen.waits, 0.95), len(seen.errors))


def by_locust(python: str, port: int, visitors: int, seconds: float, think: float) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            python, "-m", "locust", "-f", "tests/benchmarks/locustfile.py", "--headless", "--only-summary",
            "-u", str(visitors), "-r", str(visitors), "-t", f"{seconds:.0f}s", "--stop-timeout", "30",
            "--host", f"http://127.0.0.1:{port}", "--csv", f"{folder}/told",
        ]  # fmt: skip
        surroundings = {**os.environ, "SEQDEMO_THINK": str(think), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
        path = Path(folder, "told_stats.csv")
        if not path.exists():
            raise SystemExit(f"locust did not run: {done.stderr[-600:]}")
        rows = {one["Name"]: one for one in csv.DictReader(path.open(encoding="utf-8"))}
        if "question" not in rows:
            raise SystemExit(f"locust asked nothing: {done.stderr[-600:]}")
        one = rows["question"]
        return Told(
            float(one["Requests/s"]), float(one["50%"]) / 1000, float(one["95%"]) / 1000, int(one["Failure Count"])
        )


def main() -> int:
    command = argparse.ArgumentParser(description="Does another load tool see what our driver sees?")
    command.add_argument("--visitors", type=int, default=30)
    command.add_argument("--seconds", type=float, default=30)
    command.add_argument("--think", type=float, default=2.0)
    command.add_argument("--rounds", type=int, default=2)
    command.add_argument("--locust", default=sys.executable, metavar="PYTHON", help="a Python that has locust")
    command.add_argument("--checkpoints", help="folder of checkpoints (default: the app's)")
    chosen = command.parse_args()
    if not (0 < chosen.visitors <= MOST_VISITORS and 0 < chosen.seconds * chosen.rounds <= MOST_SECONDS):
        raise SystemExit(f"at most {MOST_VISITORS} visitors and {MOST_SECONDS} seconds")
    port = free_port()
    line = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    line += ["--checkpoints", chosen.checkpoints] if chosen.checkpoints else []
    asked = (port, chosen.visitors, chosen.seconds, chosen.think)
    found: dict[str, list[Told]] = {"load.py": [], "locust": []}
    print("tool     answers/s    p50    p95  errors")
    with server(line, port):
        by_driver(port, 2, min(5.0, chosen.seconds), chosen.think)  # the first questions import and allocate
        for _ in range(chosen.rounds):
            found["load.py"].append(by_driver(*asked))
            found["locust"].append(by_locust(chosen.locust, *asked))
            for name, told in found.items():
                one = told[-1]
                print(f"{name:8} {one.rate:9.2f} {one.median:6.2f} {one.high:6.2f} {one.errors:7}", flush=True)
    apart = {}
    for field in ("rate", "median", "high"):
        ours, theirs = (statistics.median(getattr(one, field) for one in told) for told in found.values())
        apart[field] = theirs / ours - 1
    print("locust beside load.py: " + ", ".join(f"{name} {share:+.0%}" for name, share in apart.items()))
    return 1 if max(abs(apart["rate"]), abs(apart["median"])) > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
