"""What does an answer rest on? Explanations of it put to the test, other attention weights, a single hidden unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import common, mark
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.evidence import (
    AttentionExplanationRecord,
    Context,
    ErasureCurve,
    FaithfulnessRecord,
    UnitRankingRecord,
    UnitRecord,
    beside_chance,
)
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import COMPLETE, ClassificationRecord, Notice, packed

Found = FaithfulnessRecord | AttentionExplanationRecord | UnitRecord
UNSIGNED = ("gradient_river", "attention")  # what is never below 0 says that a word counts, not for which class
DEVIATIONS = 2  # of the random orders, from which on an explanation of one text is better or worse than chance


def reasons_payload(
    records: Sequence[ClassificationRecord],
    questions: Mapping[str, Sequence[str]],
    *,
    language: str,
    line: str = "",
    found: Found | None = None,
    ranking: UnitRankingRecord | Problem | None = None,
    problem: Problem | None = None,
) -> str:
    """What `ReasonsView` shows. records: one text by each model on show; questions: model -> what it can be asked.

    line: what was asked, as in a link; found: its answer; ranking: of a unit's model, or why there is none.
    """
    first = records[0]
    answer = None
    if isinstance(found, FaithfulnessRecord):
        answer = _words(found, first.labels, language)
    elif isinstance(found, AttentionExplanationRecord):
        answer = _weights(found, language)
    elif found is not None:
        answer = _unit(found, language) | {"ranking": _ranking(ranking, language)}
    sources = [record.source for record in records] if found is None else [found.source]
    return payload(
        common(records, language)
        | {
            "title": first.text,
            "line": line,
            "labelKeys": first.labels,
            "models": [mark(one.source, language) | {"asks": _asks(questions[one.source.model])} for one in records],
            "found": answer,
            "problem": "" if problem is None else problem.message(language),
            "provenance": provenance(sources, language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.reasons"),
        }
    )


def _asks(known: Sequence[str]) -> list[str]:
    names = {"faithfulness": "words", "attention_explanation": "weights", "unit": "unit"}
    return [short for name, short in names.items() if name in known]


def _said(notice: Notice, model: str, language: str) -> str:
    """The sentence of a verdict, with the model's name in the visitor's language."""
    return translate_key(language, f"notice.{notice.code}", **notice.values | {"model": model_name(model, language)})


def _words(found: FaithfulnessRecord, labels: Sequence[str], language: str) -> dict[str, Any]:
    chance = found.curve("random")
    return {
        "kind": "words",
        "model": found.source.model,
        "label": labels.index(found.label),
        "probability": found.probability,
        "whole": found.score - found.baseline,
        "texts": found.texts,
        "methods": [
            _curve(curve, language) | {"against": against(curve, chance), "complete": curve.method == COMPLETE}
            for curve in found.curves
            if curve is not chance
        ],
        "chance": _curve(chance, language),
    }


def _curve(curve: ErasureCurve, language: str) -> dict[str, Any]:
    return {
        "key": curve.method,
        "name": translate_key(language, f"view.reasons.method.{curve.method}"),
        "about": translate_key(language, f"view.reasons.about.{curve.method}"),
        "signed": curve.method not in UNSIGNED,
        "values": packed(curve.values, "float32"),
        "order": curve.order,
        "deletion": packed(curve.deletion, "float32"),
        "deletionDeviation": packed(curve.deletion_deviation, "float32"),
        "insertion": packed(curve.insertion, "float32"),
        "insertionDeviation": packed(curve.insertion_deviation, "float32"),
        "figures": [curve.comprehensiveness, curve.sufficiency],
        "deviations": [curve.comprehensiveness_deviation, curve.sufficiency_deviation],
        "texts": curve.over_texts,
    }


def against(curve: ErasureCurve, chance: ErasureCurve) -> str:
    """As `beside_chance`: an explanation of one text; what lies within DEVIATIONS of random orders may be chance.

    Better is that more is lost without its first words, and less with them alone.
    """
    more = curve.comprehensiveness - chance.comprehensiveness
    less = chance.sufficiency - curve.sufficiency
    return beside_chance(
        ((more, DEVIATIONS * chance.comprehensiveness_deviation), (less, DEVIATIONS * chance.sufficiency_deviation))
    )


def _weights(found: AttentionExplanationRecord, language: str) -> dict[str, Any]:
    allowed = f"{found.tolerance:.0%}"
    return {
        "kind": "weights",
        "model": found.source.model,
        "label": found.labels.index(found.label),
        "trials": [
            {
                "key": trial.name,
                "name": translate_key(language, f"view.reasons.trial.{trial.name}"),
                "about": translate_key(language, f"view.reasons.about.{trial.name}", tolerance=allowed),
                "weights": packed(trial.weights, "float32"),
                "probabilities": [float(share) for share in trial.probabilities],
                "distance": trial.distance,
                "change": trial.change,
                "flips": trial.flips,
            }
            for trial in found.trials
        ],
        "measures": [
            [translate_key(language, f"view.reasons.measure.{one.measure}"), one.tau] for one in found.correlations
        ],
        "verdict": _said(found.verdict, found.source.model, language),
        "corpus": [_said(notice, found.source.model, language) for notice in found.corpus],
    }


def _unit(found: UnitRecord, language: str) -> dict[str, Any]:
    """Units are counted from 1, as everywhere on the page."""
    return {
        "kind": "unit",
        "model": found.source.model,
        "unit": found.unit + 1,
        "units": found.hidden,
        "values": packed(found.values, "float32"),
        "between": "" if found.task.endswith("zh") else " ",  # two words of another sentence
        "readout": [float(weight) for weight in found.readout],
        "highest": [_context(one, language) for one in found.highest],
        "lowest": [_context(one, language) for one in found.lowest],
    }


def _context(context: Context, language: str) -> dict[str, Any]:
    return {
        "words": context.words,
        "place": context.place,
        "value": context.value,
        "origin": translate_key(language, f"view.reasons.origin.{context.origin}"),
    }


def _ranking(ranking: UnitRankingRecord | Problem | None, language: str) -> dict[str, Any]:
    if not isinstance(ranking, UnitRankingRecord):
        return {"problem": "" if ranking is None else ranking.message(language), "units": [], "random": []}
    by = "rankedLabel" if ranking.by == "label" else "rankedWords"
    asked = label_name(ranking.asked, language) if ranking.by == "label" else ranking.asked
    chance = f"{0.5 + ranking.chance / 2:.2f}"
    return {
        "problem": "",
        "words": ranking.asked if ranking.by == "words" else "",
        "title": translate_key(language, f"view.reasons.{by}", asked=asked),
        "about": translate_key(language, "view.reasons.aboutRanking", chance=chance),
        "units": [[one.unit + 1, one.area] for one in ranking.units],
        "random": [[one.unit + 1, one.area] for one in ranking.random],
    }


def ReasonsView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `reasons_payload`; its events `again` and `long` (what takes seconds) bring {"line"}: what is asked."""
    return view(value, "reasons", elem_id=elem_id)
