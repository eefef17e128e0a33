"""The panel "What does the answer rest on?": from the line of a link to the record that answers it.

lstm.words.occlusion            explanations of the answer; the browser chooses among the methods
lstm.words.occlusion.negative   of another class
bilstm-attention.weights.own    other attention weights
lstm.unit.40                    a hidden unit, counted from 1; without a number the most telling one
lstm.unit.40.not, never         ranked by these words, not by a class
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seqdemo.components.reasons_view import Found, reasons_payload
from seqdemo.evidence import UnitRankingRecord
from seqdemo.pages.guard import guarded
from seqdemo.pages.link import WHY
from seqdemo.problems import Problem
from seqdemo.protocols import Probes, unit_from_one
from seqdemo.records import ClassificationRecord
from seqdemo.serving.noting import tried
from seqdemo.text.named_words import named_words


class Why(NamedTuple):
    """A line read. choice: method, trial or unit; more: class or words."""

    model: str
    question: str
    choice: str = ""
    more: str = ""


class Answer(NamedTuple):
    """line: what was answered; ranking: of the units, or why there is none."""

    line: str
    found: Found
    ranking: UnitRankingRecord | Problem | None = None


def read_why(line: object) -> Why | None:
    """None for a line that says nothing that can be asked.

    >>> read_why("lstm.unit.40.not, never")
    Why(model='lstm', question='unit', choice='40', more='not, never')
    """
    return Why(*line.split(".", 3)) if isinstance(line, str) and WHY.fullmatch(line) else None


def reasons(lab: object, records: Sequence[ClassificationRecord], line: object = "", *, language: str) -> str:
    """The panel's payload. records: one text by each model on show; a lab without probes has no panel."""
    if not isinstance(lab, Probes):
        return ""
    task, why = records[0].task, read_why(line)
    questions = lab.questions(task)
    if why is None or why.model not in {record.source.model for record in records}:
        return reasons_payload(records, questions, language=language)
    answer = guarded(lambda: _answer(lab, records[0], why))
    if isinstance(answer, Problem):
        return reasons_payload(records, questions, language=language, problem=answer)
    return reasons_payload(records, questions, language=language, **answer._asdict())


def _answer(lab: Probes, record: ClassificationRecord, why: Why) -> Answer:
    """Raises Problem."""
    text, task, model = record.text, record.task, why.model
    if why.question == "words":
        return Answer(".".join(filter(None, why)), lab.faithfulness(text, task, model, why.more or None))
    if why.question == "weights":
        return Answer(".".join(filter(None, why[:3])), lab.attention_explanation(text, task, model))
    ranking = tried(lambda: lab.units(task, model, words=named_words(why.more) if why.more.strip() else ()))
    best = 1 if isinstance(ranking, Problem) else ranking.units[0].unit + 1
    number = int(why.choice) if why.choice else best
    line = ".".join(filter(None, (model, "unit", str(number), why.more)))
    return Answer(line, unit_from_one(lab, text, task, model, number), ranking)
