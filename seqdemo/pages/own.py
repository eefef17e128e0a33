"""What a visitor trained here, beside what the lab has: a task and a pair that this visit alone can ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradio.context import LocalContext

from seqdemo.bench.settings import CLASSIFIERS, OWN
from seqdemo.bench.training import Training
from seqdemo.bench.visits import Bench
from seqdemo.evidence import (
    AttentionExplanationRecord,
    FaithfulnessRecord,
    SumRecord,
    UnitRankingRecord,
    UnitRecord,
)
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome, TranslationOutcome, as_asked
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.records import (
    AttributionRecord,
    ClassificationRecord,
    PassageRecord,
    ScoreRecord,
    Source,
    TranslationRecord,
)

EXAMPLES = 4


def who_asks() -> str:
    """Gradio's name of the session of the present event; "" outside of one, and for programs that keep none."""
    request = LocalContext.request.get(None)
    return str(request.session_hash or "") if request is not None else ""


@dataclass(frozen=True)
class VisitLab:
    """A lab, and for each visit what it trained: as task "own" or pair "own". Implements `seqdemo.protocols.Lab`."""

    lab: Lab
    bench: Bench

    def _made(self, kind: str) -> dict[str, Training]:
        """Model -> the present visit's finished training of this kind, in the order of the table."""
        who = who_asks()
        found = self.bench.results(who) if who else {}
        order = {name: place for place, name in enumerate(CLASSIFIERS)}
        names = sorted(
            (name for name, one in found.items() if one.rows.kind == kind), key=lambda name: order.get(name, 9)
        )
        return {name: found[name] for name in names}

    def examples(self, kind: str) -> tuple[str, ...]:
        """Texts of the test part, which the networks have not learnt from."""
        made = self._made(kind)
        if not made:
            return ()
        rows = next(iter(made.values())).rows
        texts = [one if kind == "translator" else other for one, other in rows.parts["test"]]
        return tuple(texts[:: max(1, len(texts) // EXAMPLES)][:EXAMPLES])

    def _classifies(self, task: str, model: str) -> tuple[Lab, str]:
        """Who answers, and what the task is called there."""
        if task != OWN:
            return self.lab, task
        self.chosen_models(task, [model])
        training = self._made("classifier")[model]
        return training.result, training.rows.serves

    def _translates(self, pair: str, model: str | None) -> tuple[Lab, str]:
        if pair != OWN:
            return self.lab, pair
        made = self._made("translator")
        if not made or (model is not None and model not in made):
            raise Problem("bench_gone")
        training = made[model or next(iter(made))]
        return training.result, training.rows.serves

    # -- the protocol ----------------------------------------------------------------------------------

    def tasks(self) -> dict[str, tuple[str, ...]]:
        own = tuple(self._made("classifier"))
        return self.lab.tasks() | ({OWN: own} if own else {})

    def pairs(self) -> dict[str, tuple[str, ...]]:
        own = tuple(self._made("translator"))
        return self.lab.pairs() | ({OWN: own} if own else {})

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        if task != OWN:
            return self.lab.chosen_models(task, models)
        known = tuple(self._made("classifier"))
        if not known:
            raise Problem("bench_gone")
        if models is not None and not models:
            raise Problem("no_models")
        for model in models or ():
            if model not in known:
                raise Problem("unknown_model", model=str(model)[:40], serves=OWN, known=", ".join(known))
        return tuple(name for name in known if models is None or name in models)

    def labels(self, task: str) -> tuple[str, ...]:
        if task != OWN:
            return self.lab.labels(task)
        lab, name = self._classifies(task, self.chosen_models(task)[0])
        return lab.labels(name)

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        if task != OWN:
            return self.lab.classify(text, task, models)
        found: list[ClassificationRecord] = []
        for model in self.chosen_models(task, models):
            lab, name = self._classifies(task, model)
            found += (replace(record, task=OWN) for record in lab.classify(text, name, [model]))
        return tuple(found)

    def reclassify(self, plain: ClassificationRecord, changes: Changes) -> ClassificationOutcome:
        if plain.task != OWN:
            return self.lab.reclassify(plain, changes)
        lab, name = self._classifies(OWN, plain.source.model)
        return as_asked(lab.reclassify(replace(plain, task=name), changes), plain, task=OWN)

    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        lab, name = self._classifies(task, model)
        return lab.explain(text, name, model, method, label)

    def questions(self, task: str) -> dict[str, tuple[str, ...]]:
        if task != OWN:
            return self.lab.questions(task)
        found: dict[str, tuple[str, ...]] = {}
        for model in self.chosen_models(task):
            lab, name = self._classifies(task, model)
            found |= lab.questions(name)
        return found

    def faithfulness(self, text: str, task: str, model: str, label: str | None = None) -> FaithfulnessRecord:
        lab, name = self._classifies(task, model)
        return lab.faithfulness(text, name, model, label)

    def attention_explanation(self, text: str, task: str, model: str) -> AttentionExplanationRecord:
        lab, name = self._classifies(task, model)
        return lab.attention_explanation(text, name, model)

    def units(self, task: str, model: str, *, label: str | None = None, words: Sequence[str] = ()) -> UnitRankingRecord:
        lab, name = self._classifies(task, model)
        return lab.units(name, model, label=label, words=words)

    def unit(self, text: str, task: str, model: str, unit: int, held: float | None = None) -> UnitRecord:
        lab, name = self._classifies(task, model)
        return lab.unit(text, name, model, unit, held)

    def translate(
        self, text: str, pair: str, model: str | None = None, beam: int = 5, *, prefix: str = "", n_best: int = 1
    ) -> TranslationRecord:
        lab, name = self._translates(pair, model)
        return replace(lab.translate(text, name, model, beam, prefix=prefix, n_best=n_best), pair=pair)

    def translate_passage(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> PassageRecord:
        lab, name = self._translates(pair, model)
        found = lab.translate_passage(text, name, model, beam)
        return replace(found, pair=pair, sentences=tuple(replace(one, pair=pair) for one in found.sentences))

    def translate_lines(
        self, lines: Sequence[str], pair: str, model: str | None = None, beam: int = 5, batch: int = 32
    ) -> list[str]:
        lab, name = self._translates(pair, model)
        return lab.translate_lines(lines, name, model, beam, batch)

    def score_translation(self, text: str, translation: str, pair: str, model: str | None = None) -> ScoreRecord:
        lab, name = self._translates(pair, model)
        return lab.score_translation(text, translation, name, model)

    def retranslate(self, plain: TranslationRecord, changes: Changes) -> TranslationOutcome:
        if plain.pair != OWN:
            return self.lab.retranslate(plain, changes)
        lab, name = self._translates(OWN, plain.source.model)
        return as_asked(lab.retranslate(replace(plain, pair=name), changes), plain, pair=OWN)

    def show_sum(self, asked: dict[str, Any]) -> SumRecord:
        return self.lab.show_sum(asked)

    def brick_source(self, brick: str) -> tuple[str, str]:
        return self.lab.brick_source(brick)

    def sources(self) -> tuple[Source, ...]:
        return self.lab.sources()

    def device(self) -> str:
        return self.lab.device()
