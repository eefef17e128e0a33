"""The lab: text -> tensors -> record. The only door between the pages and the models.

Holds the open checkpoints, the device and the limits. Nothing about a visitor survives a call, so
any number of threads may use one lab.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from seqdemo import checkpoint, translating
from seqdemo.checkpoint import Checkpoint, damaged
from seqdemo.classifying import classified, read_text, require_label
from seqdemo.evidence import (
    AttentionExplanationRecord,
    FaithfulnessRecord,
    SumRecord,
    UnitRankingRecord,
    UnitRecord,
)
from seqdemo.explaining import (
    attention_explained,
    explained,
    faithfulness_of,
    methods_of,
    require_method,
    require_pooling,
)
from seqdemo.golden import checked
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome, TranslationOutcome
from seqdemo.microscope import ranked_by_label, ranked_by_words, require_unit, unit_seen
from seqdemo.models import CLASSIFIERS, TRANSLATORS
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.papers import SCORES
from seqdemo.probes.attention_explanation import can_be_asked
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.protocols import chosen_of
from seqdemo.reclassifying import reclassified
from seqdemo.records import (
    AttributionRecord,
    ClassificationRecord,
    PassageRecord,
    ScoreRecord,
    Source,
    TranslationRecord,
)
from seqdemo.retranslating import retranslated
from seqdemo.scoring.headline import aligner_of, headline
from seqdemo.serving.memory import else_on_processor
from seqdemo.serving.noting import log
from seqdemo.sums.bricks import source_of
from seqdemo.sums.doing import asked_of, sum_of

SERVED = (
    "sentiment-en",
    "sentiment-zh",
    "question-en",
    "topic-zh",
    "en-de",
    "de-en",
    "en-zh",
    "zh-en",
)  # in this order


def choose_device(wanted: str) -> torch.device:
    """ "auto", "cpu" or "cuda" -> a device. Raises Problem where CUDA is asked for and there is none."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise Problem("no_cuda")
    return torch.device("cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu")


def device_in_words(device: torch.device) -> str:
    """E.g. "cpu (2 threads)" or "cuda (NVIDIA H100)"."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    threads = torch.get_num_threads()
    return f"cpu ({threads} thread{'s' * (threads > 1)})"


@dataclass(frozen=True)
class TorchLab:
    """Open checkpoints on one device. Implements `seqdemo.protocols.Lab`."""

    on: torch.device
    classifiers: dict[tuple[str, str], Checkpoint]  # (task, model) -> checkpoint, in the order of the tables
    translators: dict[tuple[str, str], Checkpoint]  # (pair, model)
    problems: tuple[CheckpointProblem, ...] = ()  # folders that could not be opened
    shared: Callable[[Checkpoint], Checkpoint] = lambda opened: opened  # what runs a text (seqdemo.serving.sharing)
    measured: str = ""  # why this device (seqdemo.serving.quicker); empty where there was no choice
    spare: Callable[[], TorchLab] | None = None  # the same on the processor, for when a GPU is full

    # -- what there is ---------------------------------------------------------------------------------

    def tasks(self) -> dict[str, tuple[str, ...]]:
        return _models_by_first(self.classifiers)

    def pairs(self) -> dict[str, tuple[str, ...]]:
        return _models_by_first(self.translators)

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        if models is not None and not models:
            raise Problem("no_models")
        return chosen_of(self.tasks(), task, models, "unknown_task", "task")

    def labels(self, task: str) -> tuple[str, ...]:
        return self.classifiers[task, self.chosen_models(task)[0]].config.labels

    def sources(self) -> tuple[Source, ...]:
        return tuple(self._source(opened) for opened in self.opened())

    def opened(self) -> tuple[Checkpoint, ...]:
        """All checkpoints, classifiers first."""
        return (*self.classifiers.values(), *self.translators.values())

    def device(self) -> str:
        return device_in_words(self.on) + (f"; {self.measured}" if self.measured else "")

    def _source(self, opened: Checkpoint) -> Source:
        config = opened.config
        texts = (config.training.get("corpus", ""), *(title for title, _ in config.training.get("also", ())))
        return Source(
            checkpoint=config.name,
            model=config.model,
            parameters=opened.parameters,
            sha256=opened.sha256,
            seed=int(config.training.get("seed", 0)),
            data="; ".join(texts),
            device=self.device(),
            scores=headline(opened.scores),
            aligner=aligner_of(opened.scores),
        )

    # -- classify --------------------------------------------------------------------------------------

    @else_on_processor
    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        chosen = [self.classifiers[task, model] for model in self.chosen_models(task, models)]
        reading = read_text(text, task)
        return tuple(classified(reading, self.shared(opened), self._source(opened)) for opened in chosen)

    @else_on_processor
    def reclassify(self, plain: ClassificationRecord, changes: Changes) -> ClassificationOutcome:
        opened = self._classifier(plain.task, plain.source.model)
        return reclassified(opened, plain, changes.about(plain.source.model), source=self._source(opened))

    # -- explain ---------------------------------------------------------------------------------------

    @else_on_processor
    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        opened = self._classifier(task, model)
        return explained(read_text(text, task), opened, self._source(opened), method, label)

    def questions(self, task: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for model in self.chosen_models(task):
            opened = self.classifiers[task, model]
            more = (("attention_explanation", can_be_asked), ("unit", _has_units))
            able = (name for name, can in more if can(opened.network))
            found[model] = (*methods_of(opened), "faithfulness", *able)
        return found

    @else_on_processor
    def faithfulness(self, text: str, task: str, model: str, label: str | None = None) -> FaithfulnessRecord:
        opened = self._classifier(task, model)
        return faithfulness_of(read_text(text, task), opened, self._source(opened), label)

    @else_on_processor
    def attention_explanation(self, text: str, task: str, model: str) -> AttentionExplanationRecord:
        opened = self._classifier(task, model)
        return attention_explained(read_text(text, task), opened, self._source(opened), self._able(task, can_be_asked))

    @else_on_processor
    def units(self, task: str, model: str, *, label: str | None = None, words: Sequence[str] = ()) -> UnitRankingRecord:
        opened = self._with_units(task, model)
        if words:
            return ranked_by_words(opened, self._source(opened), words)
        return ranked_by_label(opened, self._source(opened), opened.config.labels[-1] if label is None else label)

    @else_on_processor
    def unit(self, text: str, task: str, model: str, unit: int, held: float | None = None) -> UnitRecord:
        opened = self._with_units(task, model)
        return unit_seen(read_text(text, task), opened, self._source(opened), unit, held)

    def require_question(self, task: str, model: str, *, method: str | None = None, label: str | None = None) -> None:
        """Raises the Problem that `explain` (method), `faithfulness` and so on would raise for any text."""
        opened = self._classifier(task, model)
        require_label(opened, label)
        if method is not None:
            require_method(opened, method)

    def require_attention(self, task: str, model: str) -> None:
        """Raises the Problem that `attention_explanation` would raise for any text."""
        require_pooling(self._classifier(task, model), self._able(task, can_be_asked))

    def require_unit(self, task: str, model: str, unit: int, held: float | None = None) -> None:
        """Raises the Problem that `unit` would raise for any text."""
        require_unit(self._with_units(task, model), unit, held)

    def _with_units(self, task: str, model: str) -> Checkpoint:
        """A recurrent classifier. Raises Problem for another one."""
        opened = self._classifier(task, model)
        if not _has_units(opened.network):
            raise Problem("no_units", model=model, known=", ".join(self._able(task, _has_units)) or "-")
        return opened

    def _able(self, task: str, can: Callable[[Any], bool]) -> tuple[str, ...]:
        """The models of a task whose network can be asked something."""
        return tuple(model for model in self.tasks()[task] if can(self.classifiers[task, model].network))

    def _classifier(self, task: str, model: str) -> Checkpoint:
        return self.classifiers[task, self.chosen_models(task, [model])[0]]

    # -- do a number again -----------------------------------------------------------------------------

    @else_on_processor
    def show_sum(self, asked: dict[str, Any]) -> SumRecord:
        question = asked_of(asked)
        for opened in self.opened():
            if opened.config.name == question.checkpoint:
                return sum_of(opened, question)
        raise Problem("bad_sum", field="checkpoint", came=question.checkpoint[:40])

    def brick_source(self, brick: str) -> tuple[str, str]:
        return source_of(brick)

    # -- translate -------------------------------------------------------------------------------------

    @else_on_processor
    def translate(
        self, text: str, pair: str, model: str | None = None, beam: int = 5, *, prefix: str = "", n_best: int = 1
    ) -> TranslationRecord:
        opened = self.shared(self._translator(pair, model, beam))
        source, turned = self._source(opened), self._turned(pair)
        return translating.translate(
            opened, text, source=source, beam=beam, prefix=prefix, n_best=n_best, turned=turned
        )

    @else_on_processor
    def translate_passage(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> PassageRecord:
        opened = self.shared(self._translator(pair, model, beam))
        source, turned = self._source(opened), self._turned(pair)
        return translating.translate_passage(opened, text, source=source, beam=beam, turned=turned)

    @else_on_processor
    def translate_lines(
        self,
        lines: Sequence[str],
        pair: str,
        model: str | None = None,
        beam: int = 5,
        batch: int = 32,
        tell: translating.Tell = lambda *_: None,
    ) -> list[str]:
        """tell: as of `seqdemo.translating.translate_lines`."""
        opened = self._translator(pair, model, beam)
        return translating.translate_lines(opened, lines, beam=beam, batch=batch, tell=tell)

    @else_on_processor
    def score_translation(self, text: str, translation: str, pair: str, model: str | None = None) -> ScoreRecord:
        opened = self._translator(pair, model)
        return translating.score_translation(opened, text, translation, source=self._source(opened))

    @else_on_processor
    def retranslate(self, plain: TranslationRecord, changes: Changes) -> TranslationOutcome:
        opened = self._translator(plain.pair, plain.source.model, plain.beam)
        return retranslated(opened, plain, changes.about(plain.source.model), source=self._source(opened))

    def _turned(self, pair: str) -> frozenset[str]:
        """The words that the translators of the turned pair know; none where there is no such pair."""
        turned = "-".join(reversed(pair.split("-")))
        known = (opened.source_words for (serves, _), opened in self.translators.items() if serves == turned)
        return next(known, frozenset())

    def _translator(self, pair: str, model: str | None, beam: int = 1) -> Checkpoint:
        translating.require_beam(beam)
        models = chosen_of(self.pairs(), pair, None if model is None else [model], "unknown_pair", "pair")
        return self.translators[pair, models[0]]


def open_lab(folder: Path, device: str = "auto") -> TorchLab:
    """Open every checkpoint in `folder`. One that cannot be opened, does not answer its own golden sentence as
    written down, or serves what an earlier one does, is left out and named in `lab.problems`.

    Raises Problem where none can be opened, or the device is not there or has no memory for them.
    """
    on = choose_device(device)
    try:
        return _open(folder, on)
    except torch.OutOfMemoryError:
        if device == "cuda":
            raise Problem("gpu_full") from None
    log.warning("the GPU has no memory for the checkpoints; computing on the processor")
    return _open(folder, torch.device("cpu"))


def _open(folder: Path, on: torch.device) -> TorchLab:
    tables: dict[str, dict[tuple[str, str], Checkpoint]] = {"classifier": {}, "translator": {}}
    problems = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and not path.name.startswith("."):
            try:
                one = _told(checked(checkpoint.load(path, on)))
                table, place = tables[one.config.kind], (one.config.serves, one.config.model)
                if place in table:
                    first, (serves, model) = table[place].config.name, place
                    raise CheckpointProblem("checkpoint_twice", name=path.name, serves=serves, model=model, first=first)
                table[place] = one
            except CheckpointProblem as problem:
                problems.append(problem)
    if not any(tables.values()):
        for left_out in problems:
            log.warning("%s", left_out)
        raise Problem("no_checkpoints", folder=str(folder))
    classifiers, translators = (
        dict(sorted(tables[kind].items(), key=lambda item: (_place(item[0][0]), order.index(item[0][1]))))
        for kind, order in (("classifier", list(CLASSIFIERS)), ("translator", list(TRANSLATORS)))
    )
    spare = None if on.type == "cpu" else cache(partial(_open, folder, torch.device("cpu")))  # opened when needed
    return TorchLab(on, classifiers, translators, tuple(problems), spare=spare)


def _told(opened: Checkpoint) -> Checkpoint:
    """The checkpoint as it came, if its scores can be told with each answer. Raises CheckpointProblem."""
    with damaged(opened.folder, SCORES):
        headline(opened.scores)
        aligner_of(opened.scores)
    return opened


def _place(serves: str) -> tuple[int, str]:
    """Known tasks and pairs in the order of SERVED, then others by their names."""
    return (SERVED.index(serves) if serves in SERVED else len(SERVED), serves)


def _models_by_first(table: dict[tuple[str, str], Checkpoint]) -> dict[str, tuple[str, ...]]:
    """{("a", "x"): ..., ("a", "y"): ...} -> {"a": ("x", "y")}."""
    result: dict[str, tuple[str, ...]] = {}
    for first, model in table:
        result[first] = (*result.get(first, ()), model)
    return result


def _has_units(network: Any) -> bool:
    return isinstance(network, RecurrentClassifier)
