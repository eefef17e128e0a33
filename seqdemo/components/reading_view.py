"""All models read the same words: after each of them every verdict, its probability and the state, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from seqdemo.components.marks import common, mark, plane
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.figures import theme
from seqdemo.records import ClassificationRecord, packed


def reading_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """Rows for `ReadingView`: the track (float32) and the trajectory (float16) of each record."""
    return payload(
        common(records, language)
        | {
            "models": [
                mark(record.source, language) | {"track": packed(record.track, "float32"), "plane": plane(record)}
                for record in records
            ],
            "shades": theme.SEQUENTIAL,  # of several classes none is the contrary of another, so half is no border
            "provenance": provenance([record.source for record in records], language=language, ahead="plane"),
            "strings": strings_of(language, "view.panel", "view.keep", "view.sum", "view.clock", "view.reading"),
        }
    )


def ReadingView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `reading_payload`; "" clears it. Give events that write to it `show_progress="hidden"`."""
    return view(value, "reading", elem_id=elem_id)
