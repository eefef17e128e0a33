"""Who trains what: a visit has its rows, its training and its results; the bench bounds them all.

A visit is known by Gradio's session name and kept in memory alone. It ends when the tab is closed, or when nobody has
asked for anything in a while: then its training is killed, its rows and results are forgotten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from seqdemo.bench.rows import Rows, sample_rows
from seqdemo.bench.settings import OWN, Settings
from seqdemo.bench.training import Moment, Training
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.serving.limits import (
    MAX_RESULTS,
    RESULT_MINUTES,
    TRAINING_SECONDS,
    TRAININGS,
    TRAININGS_WAIT,
    VISIT_SECONDS,
)

UNWATCHED = 30.0  # seconds after which a training that no page asks about is given up
FEWEST_SECONDS = 10.0  # less than this is not worth starting
MOST_VISITS = 200  # that keep a table, a training or results; each has at most a few MB


@dataclass
class Visit:
    """What one visitor brought, runs and made."""

    seen: float  # when something was last asked, in seconds
    rows: Rows | None = None  # of the visitor's own
    training: Training | None = None
    results: dict[str, Training] = field(default_factory=dict)  # model -> finished training, all of the same rows
    spent: float = 0.0  # seconds of training that were used up
    language: str = "en"  # that its page is in

    @property
    def keeps(self) -> bool:
        """Is there something that its visitor would miss?"""
        return self.rows is not None or self.training is not None or bool(self.results)


@dataclass
class Bench:
    """Runs trainings, a bounded number at a time, in the order in which they were asked for.

    opened: a folder of checkpoints -> a lab of them, for use in Classify and Translate.
    """

    opened: Callable[[Path], Lab]
    at_once: int = TRAININGS
    seconds: float = TRAINING_SECONDS
    visits: dict[str, Visit] = field(default_factory=dict)
    waiting: list[Training] = field(default_factory=list)
    running: list[Training] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        threading.Thread(target=self._look_after, daemon=True).start()

    # -- what a page asks ------------------------------------------------------------------------------

    def bring(self, who: str, rows: Rows | None) -> None:
        """Remember (None: forget) a visitor's own rows. Raises Problem while they are being trained on."""
        with self.lock:
            visit = self._visit(who)
            if visit.training is not None and not visit.training.moment.over:
                raise Problem("bench_busy")
            visit.rows = rows

    def rows(self, who: str) -> Rows | None:
        with self.lock:
            visit = self.visits.get(who)
            return visit.rows if visit else None

    def start(self, who: str, settings: Settings) -> None:
        """Start a training, or let it wait for its turn. Raises Problem."""
        rows = None if settings.data == OWN else sample_rows(settings.data)
        with self.lock:
            visit = self._visit(who)
            rows = rows or visit.rows
            if rows is None:
                raise Problem("bench_no_rows")
            if rows.kind != settings.kind:
                raise Problem(f"bench_needs_{settings.kind}")
            if visit.training is not None and not visit.training.moment.over:
                raise Problem("bench_busy")
            left = VISIT_SECONDS - visit.spent
            if left < FEWEST_SECONDS:
                raise Problem("bench_used_up", minutes=VISIT_SECONDS // 60)
            if len(self.waiting) >= TRAININGS_WAIT:
                raise Problem("bench_full", most=TRAININGS_WAIT)
            training = Training(settings, rows, min(self.seconds, left), self._over, keep=self.opened)
            visit.training = training
            self.waiting.append(training)
            self._next()

    def moment(self, who: str) -> Moment | None:
        """How the visit's training stands; None where there was none. Asking keeps it alive."""
        with self.lock:
            visit = self.visits.get(who)
            if visit is None or visit.training is None:
                return None
            visit.seen = self.clock()
            training = visit.training
            if training in self.waiting:
                return replace(training.moment, before=self.waiting.index(training) + 1)
            return training.moment

    def trained(self, who: str) -> Training | None:
        """The visit's last training, running or over."""
        with self.lock:
            visit = self.visits.get(who)
            return visit.training if visit else None

    def speak(self, who: str, language: str) -> None:
        """Remember the language of a visit that trains; its page is drawn from more than one event."""
        with self.lock:
            if who in self.visits:
                self.visits[who].language = language

    def spoken(self, who: str) -> str:
        with self.lock:
            visit = self.visits.get(who)
            return visit.language if visit else "en"

    def say(self, who: str, word: str) -> None:
        """pause, go or stop."""
        with self.lock:
            visit = self.visits.get(who)
            training = visit.training if visit else None
            if training is None or training.moment.over:
                return
            if training in self.waiting and word == "stop":
                self.waiting.remove(training)
                training.moment = Moment("failed", reason="stopped", problem=Problem("bench_stopped_early"))
            elif training in self.running:
                training.say(word)

    def results(self, who: str) -> dict[str, Training]:
        """Model -> its finished training, for the rows last trained on."""
        with self.lock:
            visit = self.visits.get(who)
            if visit is None:
                return {}
            visit.seen = self.clock()
            return dict(visit.results)

    def leave(self, who: str) -> None:
        """The tab is closed: kill, forget, remove."""
        with self.lock:
            visit = self.visits.pop(who, None)
            if visit is None or visit.training is None:
                return
            if visit.training in self.waiting:
                self.waiting.remove(visit.training)
            visit.training.kill()

    def close(self) -> None:
        """End every visit, when the server stops."""
        with self.lock:
            for who in list(self.visits):
                self.leave(who)

    # -- inside ----------------------------------------------------------------------------------------

    def _visit(self, who: str) -> Visit:
        """The visit of this name, else a new one. Raises Problem where every place holds something of a visitor's."""
        if who not in self.visits and len(self.visits) >= MOST_VISITS:
            empty = [name for name, one in self.visits.items() if not one.keeps]
            if not empty:
                raise Problem("bench_visits_full", most=MOST_VISITS)
            self.leave(min(empty, key=lambda name: self.visits[name].seen))
        visit = self.visits.setdefault(who, Visit(self.clock()))
        visit.seen = self.clock()
        return visit

    def _next(self) -> None:
        """Start what waits, as far as there are places."""
        while self.waiting and len(self.running) < self.at_once:
            training = self.waiting.pop(0)
            self.running.append(training)
            training.start()

    def _over(self, training: Training) -> None:
        """A process has ended: its time is counted, its result kept if its visit is there, the next one starts."""
        with self.lock:
            if training in self.running:
                self.running.remove(training)
            visit = next((one for one in self.visits.values() if one.training is training), None)
            if visit is not None:
                visit.spent += training.moment.spent
                visit.seen = self.clock()
                if training.result is not None:
                    same = {name: one for name, one in visit.results.items() if one.rows == training.rows}
                    visit.results = dict(list({**same, training.settings.model: training}.items())[-MAX_RESULTS:])
            self._next()

    def _look_after(self) -> None:
        """For ever: give up what nobody asks about (a tab that went without a word), forget what is old."""
        while True:
            time.sleep(5)
            self.sweep()

    def sweep(self) -> None:
        """Leave every visit that has not been seen for too long."""
        with self.lock:
            now = self.clock()
            for who, visit in list(self.visits.items()):
                busy = visit.training is not None and not visit.training.moment.over
                if now - visit.seen > (UNWATCHED if busy else RESULT_MINUTES * 60):
                    self.leave(who)
