"""Every layer and head of attention: small maps to choose from, one large map to read. No server round trip."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.plotly_script import HEAD
from seqdemo.components.resources import payload, view
from seqdemo.figures.heatmap import heatmap
from seqdemo.figures.theme import SEQUENTIAL
from seqdemo.locales import strings, translate_key
from seqdemo.records import AttentionGrid, numbered, packed

ORDER = ("cross", "encoder_self", "decoder_self", "pooling")  # the first that is there is shown first


def attention_payload(grids: Sequence[AttentionGrid], *, language: str, note: str = "") -> str:
    """Grids for `AttentionView`: one for a classifier, up to three for a translator.

    Weights travel as float16 (base64); `note` is a sentence shown below the map, in the visitor's language.
    """
    known, alone = strings(language), [grid.kind for grid in grids] == ["encoder_self"]
    ordered = sorted(grids, key=lambda grid: ORDER.index(grid.kind))
    return payload(
        {
            "grids": [_grid(grid, language, alone) for grid in ordered],
            "scale": SEQUENTIAL,
            "note": note,
            "strings": {
                key.rpartition(".")[2]: text for key, text in known.items() if key.startswith("view.attention.")
            }
            | {name: known[f"view.figure.{name}"] for name in ("save", "missing")},
        }
    )


def _grid(grid: AttentionGrid, language: str, alone: bool) -> dict[str, Any]:
    figure = json.loads(heatmap(grid, 0, 0, language=language).to_json())
    del figure["data"][0]["z"]  # the browser puts in the head that was chosen
    return {
        "kind": grid.kind,
        "name": translate_key(language, "view.kind.classifier" if alone else f"view.kind.{grid.kind}"),
        "about": translate_key(language, f"view.about.{grid.kind}"),
        "queries": numbered(grid.queries),
        "keys": numbered(grid.keys),
        "weights": packed(grid.weights),
        "figure": figure,
    }


def AttentionView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows an `attention_payload`; "" clears it. Give events that write to it `show_progress="hidden"`."""
    return view(
        value,
        "attention_view.css",
        ("drawing.js", "attention_weights.js", "attention_view.js"),
        elem_id=elem_id,
        head=HEAD,
    )
