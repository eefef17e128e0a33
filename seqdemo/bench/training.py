"""One training as the app sees it: a process that is started, listened to, told to pause or stop, and killed.

What it tells becomes a `Moment`, which is replaced and never changed, so a page may read it at any time.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from seqdemo.bench.rows import Rows
from seqdemo.bench.settings import Settings
from seqdemo.problems import Problem
from seqdemo.serving.limits import PAUSE_SECONDS
from seqdemo.serving.noting import log

ROOT = Path(__file__).resolve().parents[2]
GRACE = 90.0  # seconds beside the training itself: importing torch on a busy machine, cutting words, the test part
OVER = ("done", "failed")
MOST_LOSSES = 400  # of them are kept, the latest


@dataclass(frozen=True)
class Moment:
    """How a training stands.

    stage: "waiting", "starting", "training", "paused", "judging", then "done" or "failed".
    """

    stage: str = "waiting"
    before: int = 0  # trainings in front of this one, while it waits
    step: int = 0
    steps: int = 0
    left: float | None = None  # seconds, at the pace so far
    spent: float = 0.0  # seconds of training
    losses: tuple[tuple[int, float], ...] = ()  # (step, loss of its batch), thinned
    epochs: tuple[dict[str, float], ...] = ()  # lines of metrics.jsonl, with the "step" each ended at
    reason: str = ""  # why it ended: "finished", "stopped", "time"
    test: dict[str, Any] | None = None  # scores of the test part
    name: str = ""  # of the checkpoint
    problem: Problem | None = None

    @property
    def over(self) -> bool:
        return self.stage in OVER


@dataclass(eq=False)
class Training:
    """A process and what it told. Its folder exists while it runs, and is removed with everything in it after."""

    settings: Settings
    rows: Rows
    seconds: float
    when_over: Callable[[Training], None]
    moment: Moment = field(default_factory=Moment)
    packed: bytes = b""  # the checkpoint's folder as a zip
    process: subprocess.Popen[str] | None = None
    folder: Path | None = None
    keep: Callable[[Path], Any] | None = None  # opens the folder of checkpoints before it is removed
    result: Any = None  # what `keep` returned

    def start(self) -> None:
        """Start the process and the thread that listens to it. Where the disk has no room for a folder, it is over."""
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="seqdemo-bench-"))
        except OSError as error:
            log.error("a training has no folder: %s", error.strerror)
            self.when_over(self)
            self.moment = Moment("failed", problem=Problem("bench_disk"))
            return
        self.moment = Moment("starting")
        command = [sys.executable, "-m", "seqdemo.bench.worker"]
        surroundings = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "CUDA_VISIBLE_DEVICES": ""}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=ROOT, env=surroundings,
            text=True, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(self.process, self.folder), daemon=True).start()

    def say(self, word: str) -> None:
        """pause, go or stop. A process that is gone hears nothing."""
        try:
            if self.process is not None and self.process.stdin is not None:
                self.process.stdin.write(word + "\n")
                self.process.stdin.flush()
        except (OSError, ValueError):
            pass

    def kill(self) -> None:
        """Nobody wants it any more: no result is kept."""
        self.keep = None
        if self.process is not None and self.process.poll() is None:
            self.process.kill()

    def _listen(self, process: subprocess.Popen[str], folder: Path) -> None:
        hard = threading.Timer(self.seconds + PAUSE_SECONDS + GRACE, process.kill)
        hard.daemon = True
        hard.start()
        last = self.moment
        try:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(self._asked(folder)) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                last = self._hear(json.loads(line), folder)
                if last.over:
                    break
                self.moment = last
        except (OSError, ValueError):  # it was killed while we spoke
            log.info("a training was killed")
        finally:
            hard.cancel()
            self._end(process, folder, last)

    def _asked(self, folder: Path) -> dict[str, Any]:
        rows = self.rows
        return {
            "settings": asdict(self.settings), "parts": rows.parts, "languages": rows.languages,
            "labels": rows.labels, "sample": rows.sample, "folder": str(folder), "seconds": self.seconds,
            "pause_seconds": PAUSE_SECONDS, "command": 'the page "Train here"',
        }  # fmt: skip

    def _hear(self, told: dict[str, Any], folder: Path) -> Moment:
        """The moment after a line of the process."""
        event, now = told["event"], self.moment
        if event in ("ready", "going"):
            return replace(now, stage="training")
        if event in ("paused", "judging"):
            return replace(now, stage=event)
        if event == "step":
            losses = (*now.losses, (int(told["step"]), float(told["loss"])))[-MOST_LOSSES:]
            numbers = {name: told[name] for name in ("step", "steps", "left", "spent")}
            return replace(now, stage="training", losses=losses, **numbers)
        if event == "epoch":
            return replace(now, epochs=(*now.epochs, {**told["line"], "step": now.step}))
        if event == "problem":
            return replace(now, stage="failed", problem=Problem(told["code"], **told["values"]))
        if event == "done":
            if self.keep is not None:
                self.packed = _packed(folder / "checkpoint")
                self.result = self.keep(folder / "checkpoint")
            return replace(now, stage="done", reason=told["reason"], test=told["test"], name=told["name"], left=0.0)
        log.error("training failed: %s at %s", told.get("kind"), told.get("place"))
        return replace(now, stage="failed", problem=Problem("bench_failed"))

    def _end(self, process: subprocess.Popen[str], folder: Path, last: Moment) -> None:
        """The process and its folder are gone before anybody is told that it is over."""
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was still to be said
                    stream.close()
        shutil.rmtree(folder, ignore_errors=True)
        self.when_over(self)
        self.moment = last if last.over else replace(last, stage="failed", problem=Problem("bench_failed"))


def _packed(folder: Path) -> bytes:
    """A folder as a zip; its files stand in it as NAME/FILE."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(
                    zipfile.ZipInfo(path.relative_to(folder).as_posix(), time.gmtime()[:6]), path.read_bytes()
                )
    return written.getvalue()
