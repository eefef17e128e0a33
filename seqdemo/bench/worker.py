"""One training in a process of its own, at low priority: python -m seqdemo.bench.worker.

Standard input brings one line of JSON (settings, rows, folder, seconds), then commands: pause, go, stop. Where it
ends, nobody wants the training any more: the folder is removed and the process ends at once. Standard output tells
what happens, an object of JSON a line.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqdemo.bench.rows import Rows
from seqdemo.bench.settings import Settings, recipe_of
from seqdemo.problems import Problem

NICE = 10  # of 19: the pages come first
TELL_EVERY = 0.2  # seconds
FULL = (errno.ENOSPC, errno.EDQUOT)


def tell(event: str, **values: Any) -> None:
    """A line to whoever started this process."""
    print(json.dumps({"event": event, **values}), flush=True)


@dataclass
class Command:
    """What the visitor wants now. A thread listens to standard input and writes here."""

    folder: Path
    going: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False

    def listen(self) -> None:
        """Until standard input ends; then the process ends with it."""
        self.going.set()
        for line in sys.stdin:
            word = line.strip()
            self.stopped = self.stopped or word == "stop"
            if word == "pause" and not self.stopped:
                self.going.clear()
            else:
                self.going.set()
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)


@dataclass
class Reporter:
    """Implements `seqdemo.training.watching.Watch`: tells each step and epoch, pauses, and stops in order."""

    command: Command
    seconds: float  # that the training may take, pauses not counted
    pause_seconds: float
    began: float | None = None  # when the first step was made
    paused: float = 0.0
    told: float = 0.0
    reason: str = "finished"  # or "stopped" (by the visitor), "time"

    def step(self, done: int, of: int, loss: float) -> bool:
        if not self.command.going.is_set():
            self._wait()
        now = time.monotonic()
        self.began = now if self.began is None else self.began
        spent = now - self.began - self.paused
        ended = self.command.stopped or spent > self.seconds
        if now - self.told > TELL_EVERY or done == of or ended:
            self.told = now
            left = 0.0 if ended else min(spent / done * (of - done), self.seconds - spent)
            tell("step", step=done, steps=of, loss=round(loss, 4), left=round(left, 1), spent=round(spent, 1))
        if ended:
            self.reason = "stopped" if self.command.stopped else "time"
        return not ended

    def _wait(self) -> None:
        """Nothing is computed until the visitor goes on, or has waited too long."""
        since = time.monotonic()
        tell("paused")
        self.command.going.wait(self.pause_seconds)
        self.command.going.set()
        self.paused += time.monotonic() - since
        tell("going")

    def epoch(self, line: dict[str, float]) -> None:
        tell("epoch", line=line)


def main() -> None:
    """Read what to train, train it, score it on its test part; leave the checkpoint in folder/NAME."""
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    asked = json.loads(sys.stdin.readline())
    folder = Path(asked["folder"])
    command = Command(folder)
    threading.Thread(target=command.listen, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        _train(asked, folder, command)
    except Problem as problem:
        disk = problem.code == "output_failed"  # which names files that the visitor knows nothing of
        tell("problem", code="bench_disk" if disk else problem.code, values={} if disk else problem.values)
    except Exception as error:  # its message may quote the visitor's text
        if isinstance(error, OSError) and error.errno in FULL:
            tell("problem", code="bench_disk", values={})
            return
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        tell("error", kind=type(error).__name__, place=where)


def _train(asked: dict[str, Any], folder: Path, command: Command) -> None:
    import torch  # here, so that the process listens within a moment of its start

    from seqdemo.bench.judging import judge
    from seqdemo.bench.preparing import corpus_of, prepare_rows
    from seqdemo.training.loop import train

    torch.set_num_threads(1)
    settings = Settings(**asked["settings"])
    parts = {part: tuple((one, other) for one, other in some) for part, some in asked["parts"].items()}
    rows = Rows(tuple(asked["languages"]), parts, tuple(asked["labels"]), sample=asked["sample"])
    recipe = recipe_of(settings, rows.serves, len(parts["train"]))
    prepare_rows(rows, recipe, folder / "prepared")
    reporter = Reporter(command, asked["seconds"], asked["pause_seconds"])
    tell("ready")
    made = train(
        recipe, folder / "prepared", folder / "run",
        command=asked["command"], say=lambda line: None, corpus=corpus_of(rows), watch=reporter,
    )  # fmt: skip
    tell("judging")
    final = folder / "checkpoint" / recipe.name
    final.parent.mkdir()
    made.rename(final)
    tell("done", reason=reporter.reason, name=recipe.name, test=judge(final, rows, settings))


if __name__ == "__main__":
    main()
