"""The translation, and how it came about: what was written at each step and what else was considered."""

from __future__ import annotations

import gradio as gr

from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, view
from seqdemo.locales import translate_key
from seqdemo.records import TranslationRecord


def steps_payload(record: TranslationRecord, *, language: str, translation: str = "") -> str:
    """The translation for `StepsView`, with the candidates of every step.

    translation: of the whole text, where the record is that of one of its sentences.
    """
    return payload(
        {
            "label": translate_key(language, "view.steps.strip"),
            "translation": translation or record.translation,
            "target": record.pair.rpartition("-")[2],
            "score": translate_key(
                language, "view.steps.score", score=f"{record.log_probability:.4f}", beam=record.beam
            ),
            "source": provenance(record.source, language=language),
            "steps": [
                {
                    "title": translate_key(language, "view.steps.step", number=number),
                    "token": step.token,
                    "probability": f"{step.probability:.3f}",
                    "share": step.probability,
                    "candidates": [
                        {
                            "token": candidate.token,
                            "probability": f"{candidate.probability:.3f}",
                            "share": candidate.probability,
                            "written": candidate.token == step.token,
                        }
                        for candidate in step.candidates
                    ],
                }
                for number, step in enumerate(record.steps, start=1)
            ],
        }
    )


def StepsView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `steps_payload`; "" clears it."""
    return view(value, "steps_view.css", ("drawing.js", "steps_view.js"), elem_id=elem_id)
