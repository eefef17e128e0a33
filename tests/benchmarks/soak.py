"""Does memory stay flat while ten visitors ask for an hour? Raw HTTP, on this machine only.

    python -m tests.benchmarks.soak --visitors 10 --minutes 60

Starts the app as tests/benchmarks/load.py does. First three times as many visitors press together, ROUNDS times: what
a crowd needs at once is then there, and a slow moment later, when questions pile up, is no leak. Then the visitors
think and ask. Each `--every` seconds it notes the server's resident memory. Prints the notes, the slope of a straight
line through those after the first fifth (caches and allocators fill in the beginning), the errors and the waits. Exit
code 1 where there was an error, or the line rises by more than --most MB an hour.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

import numpy as np

from tests.benchmarks.load import MOST_SECONDS, MOST_VISITORS, free_port, memory, percentile, run, server

ROUNDS = 5
FIRST = 0.2  # of the time, in which memory may still rise


def slope(times: list[float], sizes: list[float]) -> float:
    """MB an hour of the straight line nearest to all notes after the first fifth. times: seconds; sizes: MB.

    >>> round(slope([0, 900, 1800, 2700, 3600], [50.0, 100.0, 101.0, 102.0, 103.0]), 6)
    4.0
    """
    later = [(one, size) for one, size in zip(times, sizes, strict=True) if one >= FIRST * times[-1]]
    if len(later) < 2:
        return float("nan")
    return float(np.polyfit(*np.array(later).T, 1)[0] * 3600)


def main() -> int:
    command = argparse.ArgumentParser(description="Does memory stay flat while ten visitors ask for an hour?")
    command.add_argument("--visitors", type=int, default=10)
    command.add_argument("--minutes", type=float, default=60)
    command.add_argument("--think", type=float, default=2.0, help="mean seconds between two questions of a visitor")
    command.add_argument("--every", type=float, default=10.0, help="seconds between two notes")
    command.add_argument("--most", type=float, default=20.0, help="MB an hour")
    command.add_argument("--checkpoints", help="folder of checkpoints (default: the app's)")
    chosen = command.parse_args()
    seconds = 60 * chosen.minutes
    if not (0 < chosen.visitors <= MOST_VISITORS and 0 < seconds <= MOST_SECONDS):
        raise SystemExit(f"at most {MOST_VISITORS} visitors and {MOST_SECONDS // 60} minutes")
    port, over = free_port(), threading.Event()
    line = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    line += ["--checkpoints", chosen.checkpoints] if chosen.checkpoints else []
    times: list[float] = []
    sizes: list[float] = []
    with server(line, port) as pid:
        crowd, _ = run(port, 3 * chosen.visitors, 0, 0, ROUNDS)
        begin = time.monotonic()

        def watch() -> None:
            while not over.is_set():
                times.append(time.monotonic() - begin)
                sizes.append(memory(pid))
                print(f"{times[-1]:6.0f} s {sizes[-1]:7.1f} MB", flush=True)
                over.wait(chosen.every)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            seen, took = run(port, chosen.visitors, seconds, chosen.think, 0)
            seen.errors += crowd.errors
        finally:
            over.set()
            watcher.join()
    rise = slope(times, sizes)
    print(
        f"{chosen.visitors} visitors, {took / 60:.1f} minutes: {len(seen.waits)} answers, {len(seen.errors)} errors, "
        f"p50 {percentile(seen.waits, 0.5):.2f} s, p95 {percentile(seen.waits, 0.95):.2f} s; "
        f"memory {sizes[0]:.0f} to {sizes[-1]:.0f} MB, {rise:+.1f} MB an hour after the first fifth"
    )
    for words in sorted(set(seen.errors))[:5]:
        print(f"    {words}")
    return 1 if seen.errors or not rise <= chosen.most else 0


if __name__ == "__main__":
    sys.exit(main())
