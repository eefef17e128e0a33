"""The translation, and how it came about: what was written at each step and what else was considered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import mark, question
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.locales import translate_key
from seqdemo.records import DecodingStep, TranslationRecord, packed


def steps_payload(
    records: Sequence[TranslationRecord],
    *,
    language: str,
    translations: Sequence[str] = (),
    passage: str = "",
    part: int = 1,
) -> str:
    """One block a record for `StepsView`: source, steps with their candidates, cross-attention of the last layer.

    translations, passage, part: of the whole text, where the records are those of one of its sentences.
    """
    first = records[0]
    return payload(
        {
            "text": f"{first.pair}: {first.text}",
            "sentence": first.text,
            "question": question(records, language, passage=passage, part=part),
            "target": first.pair.rpartition("-")[2],
            "models": [
                _model(record, language) | {"translation": whole}
                for record, whole in zip(
                    records, translations or [record.translation for record in records], strict=True
                )
            ],
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.sum", "view.clock", "view.steps"),
        }
    )


def _model(record: TranslationRecord, language: str) -> dict[str, Any]:
    cross = record.grid("cross")
    return mark(record.source, language) | {
        "score": translate_key(language, "view.steps.score", score=f"{record.log_probability:.4f}", beam=record.beam),
        "source": record.source_tokens,
        "heads": 0 if cross is None else cross.heads,  # of a layer
        "cross": None if cross is None else packed(cross.weights[-1].mean(axis=0)),  # [step, source]
        "steps": [_step(step) for step in record.steps],
    }


def _step(step: DecodingStep) -> dict[str, Any]:
    """rank: the place of the written token among the candidates, None where a likelier five came before it."""
    names = [candidate.token for candidate in step.candidates]
    return {
        "token": step.token,
        "probability": step.probability,
        "rank": names.index(step.token) if step.token in names else None,
        "candidates": [[candidate.token, candidate.probability] for candidate in step.candidates],
    }


def StepsView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `steps_payload`; "" clears it."""
    return view(value, "steps", elem_id=elem_id)
