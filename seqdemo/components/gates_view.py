"""What does each gate let through, unit by unit, while the words come in? Strips of all models over one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import common, mark
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.figures import theme
from seqdemo.figures.gates import bounds, frame, unit_order
from seqdemo.figures.names import gate_name
from seqdemo.records import ClassificationRecord, packed

FOOT, STRIP = 126, 92  # pixels of a zoomable chart: what stands around its strips, and each strip with its title


def gates_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """Strips for `GatesView`: every gate of every record that has some, as float16 [time, hidden]."""
    return payload(
        common(records, language)
        | {
            "models": [mark(record.source, language) | _strips(record, language) for record in records],
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.sum", "view.zoom", "view.gates"),
        }
    )


def _strips(record: ClassificationRecord, language: str) -> dict[str, Any]:
    """The light drawing's numbers, and the frame that the zoomable chart fills with them."""
    names, spans = [gate.name for gate in record.gates], [bounds(gate) for gate in record.gates]
    return {
        "gates": _gates(record, language),
        "frame": frame(record.source.model, names, spans, language=language, height=FOOT + STRIP * len(names))
        if names
        else None,
    }


def _gates(record: ClassificationRecord, language: str) -> list[dict[str, Any]]:
    """A unit keeps its row in every strip of its model: sorted by the last value of the first gate."""
    order = unit_order(record.gates).tolist() if record.gates else []
    found = []
    for gate in record.gates:
        low, high = bounds(gate)
        same = gate.values.shape[1] == len(order)
        found.append(
            {
                "key": gate.name,
                "name": gate_name(gate.name, language),
                "values": packed(gate.values),
                "low": low,
                "high": high,
                "order": order if same else list(range(gate.values.shape[1])),
                "scale": theme.SEQUENTIAL if low >= 0 else theme.DIVERGING,
            }
        )
    return found


def GatesView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `gates_payload`; "" clears it."""
    return view(value, "gates", elem_id=elem_id)
