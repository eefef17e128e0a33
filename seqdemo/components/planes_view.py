"""Where does the hidden state walk while the words come in? One plane a model, fitted on the training text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import common, mark, plane
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.figures import landscape, theme, trajectory
from seqdemo.figures.names import model_name
from seqdemo.records import ClassificationRecord, packed


def planes_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """One plane a record for `PlanesView`."""
    return payload(
        common(records, language)
        | {
            "models": [mark(record.source, language) | _plane(record, language) for record in records],
            "provenance": provenance([record.source for record in records], language=language, ahead="plane"),
            "strings": strings_of(language, "view.panel", "view.keep", "view.sum", "view.zoom", "view.planes"),
        }
    )


def _plane(record: ClassificationRecord, language: str) -> dict[str, Any]:
    """The light drawing's numbers, and the frames that the zoomable chart fills with them."""
    explained = record.trajectory.explained
    asked = (record.source.model, record.labels[record.focus], explained)
    flat, deep = trajectory.frame(*asked, language=language), landscape.frame(*asked, language=language)
    flat["layout"]["title"]["text"] = theme.plain(model_name(record.source.model, language))
    flat["layout"]["annotations"] = trajectory.arrow(record, language)
    deep["layout"]["title"] = flat["layout"]["title"]
    return {
        "plane": plane(record),
        "focusTrack": packed(record.track[:, record.focus], "float32"),
        "flat": flat,
        "deep": deep,
    }


def PlanesView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `planes_payload`; "" clears it."""
    return view(value, "planes", elem_id=elem_id)
