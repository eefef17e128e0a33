"""A lab whose models run elsewhere, on Ray Serve. A question whose replica dies is asked again of another.

A question changes nothing, so asking twice is safe. What a visitor sees of a replica's death is a wait, of at most
PATIENCE seconds; only where no replica answers for so long is it said that the models are away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from seqdemo.cluster.catalogue import READING, TRANSLATING, Catalogue, Told
from seqdemo.evidence import (
    AttentionExplanationRecord,
    FaithfulnessRecord,
    SumRecord,
    UnitRankingRecord,
    UnitRecord,
)
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome, TranslationOutcome, as_asked
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.protocols import chosen_of
from seqdemo.records import (
    AttributionRecord,
    ClassificationRecord,
    PassageRecord,
    ScoreRecord,
    Source,
    TranslationRecord,
)
from seqdemo.sums.bricks import source_of

PATIENCE = 30.0  # seconds
AGAIN = 0.2  # seconds until a lost question is asked again


@dataclass(frozen=True)
class FarLab:
    """Implements `seqdemo.protocols.Lab`. reading, translating: what each application can do, and how to ask it."""

    reading: Catalogue
    translating: Catalogue
    call: Callable[..., Any]  # application, method, what to give it -> what came back

    @property
    def problems(self) -> tuple[CheckpointProblem, ...]:
        told = {one.values.get("name"): one for one in (*self.reading.left_out, *self.translating.left_out)}
        return tuple(CheckpointProblem(one.code, **one.values) for one in told.values())

    def tasks(self) -> dict[str, tuple[str, ...]]:
        return self.reading.tasks

    def pairs(self) -> dict[str, tuple[str, ...]]:
        return self.translating.pairs

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        if models is not None and not models:
            raise Problem("no_models")
        return chosen_of(self.tasks(), task, models, "unknown_task", "task")

    def labels(self, task: str) -> tuple[str, ...]:
        self.chosen_models(task)
        return self.reading.labels[task]

    def questions(self, task: str) -> dict[str, tuple[str, ...]]:
        self.chosen_models(task)
        return self.reading.questions[task]

    def sources(self) -> tuple[Source, ...]:
        return (*self.reading.sources, *self.translating.sources)

    def device(self) -> str:
        return " + ".join(
            sorted({f"Ray Serve, {one.device}" for one in (self.reading, self.translating) if one.device})
        )

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        question = (text, task, None if models is None else tuple(models))
        found: tuple[ClassificationRecord, ...] = _of(self.call(READING, "classify", question))
        return found

    def reclassify(self, plain: ClassificationRecord, changes: Changes) -> ClassificationOutcome:
        found: ClassificationOutcome = self._read("reclassify", plain, changes)
        return as_asked(found, plain)

    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        found: AttributionRecord = self._read("explain", text, task, model, method, label)
        return found

    def faithfulness(self, text: str, task: str, model: str, label: str | None = None) -> FaithfulnessRecord:
        found: FaithfulnessRecord = self._read("faithfulness", text, task, model, label)
        return found

    def attention_explanation(self, text: str, task: str, model: str) -> AttentionExplanationRecord:
        found: AttentionExplanationRecord = self._read("attention_explanation", text, task, model)
        return found

    def units(self, task: str, model: str, *, label: str | None = None, words: Sequence[str] = ()) -> UnitRankingRecord:
        found: UnitRankingRecord = self._read("units", task, model, label=label, words=tuple(words))
        return found

    def unit(self, text: str, task: str, model: str, unit: int, held: float | None = None) -> UnitRecord:
        found: UnitRecord = self._read("unit", text, task, model, unit, held)
        return found

    def translate(
        self, text: str, pair: str, model: str | None = None, beam: int = 5, *, prefix: str = "", n_best: int = 1
    ) -> TranslationRecord:
        found: TranslationRecord = self._write("translate", text, pair, model, beam, prefix=prefix, n_best=n_best)
        return found

    def translate_passage(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> PassageRecord:
        found: PassageRecord = self._write("translate_passage", text, pair, model, beam)
        return found

    def translate_lines(
        self, lines: Sequence[str], pair: str, model: str | None = None, beam: int = 5, batch: int = 32
    ) -> list[str]:
        found: list[str] = self._write("translate_lines", list(lines), pair, model, beam, batch)
        return found

    def score_translation(self, text: str, translation: str, pair: str, model: str | None = None) -> ScoreRecord:
        found: ScoreRecord = self._write("score_translation", text, translation, pair, model)
        return found

    def retranslate(self, plain: TranslationRecord, changes: Changes) -> TranslationOutcome:
        found: TranslationOutcome = self._write("retranslate", plain, changes)
        return as_asked(found, plain)

    def show_sum(self, asked: dict[str, Any]) -> SumRecord:
        translators = {source.checkpoint for source in self.translating.sources}
        ask = self._write if asked.get("checkpoint") in translators else self._read
        found: SumRecord = ask("show_sum", asked)
        return found

    def brick_source(self, brick: str) -> tuple[str, str]:
        return source_of(brick)

    def _read(self, name: str, *given: Any, **named: Any) -> Any:
        return _of(self.call(READING, "ask", name, given, named))

    def _write(self, name: str, *given: Any, **named: Any) -> Any:
        return _of(self.call(TRANSLATING, "ask", name, given, named))


def _of(answer: Any) -> Any:
    """The answer. Raises Problem where there is one to tell instead."""
    if isinstance(answer, Told):
        raise Problem(answer.code, **answer.values)
    return answer


def patient(handles: dict[str, Any], patience: float = PATIENCE) -> Callable[..., Any]:
    """`FarLab.call` over handles of Ray Serve, by application. Raises Problem where nobody answers in time."""
    from ray.exceptions import RayActorError, WorkerCrashedError
    from ray.serve.exceptions import DeploymentUnavailableError

    def call(application: str, method: str, *given: Any) -> Any:
        deadline = time.monotonic() + patience
        while True:
            left = deadline - time.monotonic()
            try:
                return getattr(handles[application], method).remote(*given).result(timeout_s=max(0.01, left))
            except (RayActorError, WorkerCrashedError, DeploymentUnavailableError):
                if left < AGAIN:
                    raise Problem("models_away", seconds=round(patience)) from None
                time.sleep(AGAIN)
            except TimeoutError:
                raise Problem("models_away", seconds=round(patience)) from None

    return call


def open_far_lab(address: str) -> FarLab:
    """address: "ray://auto" (the cluster that this machine has joined) or "ray://HOST:PORT" (of the cluster's head).

    Raises Problem where Ray is not installed, or no models of ours run there.
    """
    try:
        import ray
        from ray import serve
        from ray.serve.exceptions import RayServeException
    except ImportError:
        raise Problem("export_package", package="ray[serve]") from None
    place = address.removeprefix("ray://")
    if place == address or not place:
        raise Problem("bad_lab_address", came=address[:60])
    try:
        ray.init(address=place, log_to_driver=False, ignore_reinit_error=True)
    except (ConnectionError, RuntimeError, ValueError):
        raise Problem("no_cluster", address=address[:60]) from None
    handles = {}
    for name in (READING, TRANSLATING):
        try:
            handles[name] = serve.get_app_handle(name)
        except RayServeException:  # this application is not deployed
            continue
    if not handles:
        raise Problem("nothing_deployed", address=address[:60])
    call = patient(handles)
    reading, translating = (
        call(name, "catalogue") if name in handles else Catalogue() for name in (READING, TRANSLATING)
    )
    return FarLab(reading, translating, call)
