"""Where does the hidden state walk while the words come in? One plane a model, fitted on the training text."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from seqdemo.components.marks import common, mark, plane
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.records import ClassificationRecord


def planes_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """One plane a record for `PlanesView`."""
    return payload(
        common(records, language)
        | {
            "models": [mark(record.source, language) | {"plane": plane(record)} for record in records],
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.planes"),
        }
    )


def PlanesView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `planes_payload`; "" clears it."""
    return view(value, "plain.css", ("plane.js", "planes_view.js"), elem_id=elem_id)
