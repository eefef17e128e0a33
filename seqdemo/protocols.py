"""What a page, a command or a test may ask of the lab, and nothing more.

Pages are functions of these protocols, so the same page works over the lab in this process,
over one that runs elsewhere, and over a twenty-line stand-in in a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

from seqdemo.evidence import (
    AttentionExplanationRecord,
    FaithfulnessRecord,
    SumRecord,
    UnitRankingRecord,
    UnitRecord,
)
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome, TranslationOutcome
from seqdemo.problems import Problem
from seqdemo.records import (
    AttributionRecord,
    ClassificationRecord,
    PassageRecord,
    ScoreRecord,
    Source,
    TranslationRecord,
)


@runtime_checkable
class Classifies(Protocol):
    """Reads a text and says to which class it belongs."""

    def tasks(self) -> dict[str, tuple[str, ...]]:
        """Task name -> names of the models that can do it, e.g. {"sentiment-en": ("rnn", "lstm")}."""
        ...

    def chosen_models(self, task: str, models: Sequence[str] | None = None) -> tuple[str, ...]:
        """Those of the task's models that are named (None: all), in the order of the table. Raises Problem."""
        ...

    def labels(self, task: str) -> tuple[str, ...]:
        """The classes of a task, in the order of the columns of a track."""
        ...

    def classify(self, text: str, task: str, models: Sequence[str] | None = None) -> tuple[ClassificationRecord, ...]:
        """One record a model, on the same words. `models=None` is all of the task's models.

        The verdict after a word is that on the words up to it, as the whole text was cut into words.
        Raises `seqdemo.problems.Problem` for a text, task or model that cannot be served.
        """
        ...

    def explain(self, text: str, task: str, model: str, method: str, label: str | None = None) -> AttributionRecord:
        """How much the score of a class (None: the one answered) rests on each word.

        method: "gradient_times_input", "integrated_gradients", "occlusion" or, for a recurrent model,
        "gradient_river" and "gradient_river_words". Raises `seqdemo.problems.Problem`.
        """
        ...


@runtime_checkable
class Reclassifies(Protocol):
    """Reads again with what a visitor changed."""

    def reclassify(self, plain: ClassificationRecord, changes: Changes) -> ClassificationOutcome:
        """plain: what `classify` gave. A change that does not fit is dropped and named. Raises Problem."""
        ...


@runtime_checkable
class Probes(Protocol):
    """Puts explanations to the test and shows single units. All raise `seqdemo.problems.Problem`."""

    def questions(self, task: str) -> dict[str, tuple[str, ...]]:
        """Model -> what it can be asked: methods of `explain`, then "faithfulness", "attention_explanation", "unit"."""
        ...

    def faithfulness(self, text: str, task: str, model: str, label: str | None = None) -> FaithfulnessRecord:
        """What becomes of a class (None: the one answered) as words go in the order of each explanation."""
        ...

    def attention_explanation(self, text: str, task: str, model: str) -> AttentionExplanationRecord:
        """Whether other attention weights give the same answer; for a model that weighs the words once."""
        ...

    def units(self, task: str, model: str, *, label: str | None = None, words: Sequence[str] = ()) -> UnitRankingRecord:
        """The hidden units of a recurrent model that tell a class (None: the last), or these words, from the rest."""
        ...

    def unit(self, text: str, task: str, model: str, unit: int, held: float | None = None) -> UnitRecord:
        """A unit's value over a text, sentences in which it stands out, and the outcome of holding it at a value.

        unit: counted from 0. Raises Problem.
        """
        ...


@runtime_checkable
class Translates(Protocol):
    """Writes a text in another language."""

    def pairs(self) -> dict[str, tuple[str, ...]]:
        """Pair -> names of its models, e.g. {"en-de": ("transformer",)}."""
        ...

    def translate(
        self, text: str, pair: str, model: str | None = None, beam: int = 5, *, prefix: str = "", n_best: int = 1
    ) -> TranslationRecord:
        """The translation of one sentence with everything seen on the way. Raises `seqdemo.problems.Problem`.

        prefix: what it must begin with; n_best: how many of the translations found stand in `alternatives`.
        """
        ...

    def translate_passage(self, text: str, pair: str, model: str | None = None, beam: int = 5) -> PassageRecord:
        """The same for a text of any number of sentences, each translated by itself, in one batch."""
        ...

    def score_translation(self, text: str, translation: str, pair: str, model: str | None = None) -> ScoreRecord:
        """How probable a translator finds a translation that somebody else wrote. Raises Problem."""
        ...

    def translate_lines(
        self, lines: Sequence[str], pair: str, model: str | None = None, beam: int = 5, batch: int = 32
    ) -> list[str]:
        """As many lines as came, each split into sentences; an empty line stays empty. Nothing but text is kept."""
        ...


@runtime_checkable
class Retranslates(Protocol):
    """Translates again with what a visitor changed."""

    def retranslate(self, plain: TranslationRecord, changes: Changes) -> TranslationOutcome:
        """plain: what `translate` gave. A change that does not fit is dropped and named. Raises Problem."""
        ...


@runtime_checkable
class Explains(Protocol):
    """Says where its numbers come from."""

    def sources(self) -> tuple[Source, ...]:
        """Every checkpoint that is open, in the order of the tables."""
        ...

    def device(self) -> str:
        """The device in words, e.g. "cpu (2 threads)"."""
        ...


@runtime_checkable
class DoesAgain(Protocol):
    """Shows how a number of the page is computed. Both raise `seqdemo.problems.Problem`."""

    def show_sum(self, asked: dict[str, Any]) -> SumRecord:
        """The formula with its numbers. asked: the fields of `seqdemo.evidence.SumAsked`, as JSON has them."""
        ...

    def brick_source(self, brick: str) -> tuple[str, str]:
        """(path, text) of the file that a brick of a SumRecord is written in."""
        ...


class Lab(Classifies, Reclassifies, Probes, Translates, Retranslates, Explains, DoesAgain, Protocol):
    """All of it together: what the app is built on."""


def unit_from_one(lab: Probes, text: str, task: str, model: str, number: int, held: float | None = None) -> UnitRecord:
    """`lab.unit` for people, who count units from 1; so does the Problem where there is none of that number."""
    with counted_from_one(number):
        return lab.unit(text, task, model, number - 1, held)


@contextmanager
def counted_from_one(number: int) -> Iterator[None]:
    """A Problem about a unit, in it, counts from 1."""
    try:
        yield
    except Problem as problem:
        if problem.code != "bad_unit":
            raise
        last = int(problem.values["last"]) + 1
        raise Problem("bad_unit", **problem.values | {"first": 1, "last": last, "came": number}) from None


def chosen_of(
    known: dict[str, tuple[str, ...]], name: str, models: Sequence[str] | None, code: str, field: str
) -> tuple[str, ...]:
    """The models to run, in the order of the table; Problem where the task, pair or a model is not there."""
    if name not in known:
        raise Problem(code, **{field: str(name)[:40]}, known=", ".join(known))
    for model in models or ():
        if model not in known[name]:
            raise Problem("unknown_model", model=str(model)[:40], serves=name, known=", ".join(known[name]))
    return tuple(model for model in known[name] if models is None or model in models)
