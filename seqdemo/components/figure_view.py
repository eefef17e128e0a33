"""A plotly figure on the page: follows light and dark, keeps the zoom, fits a phone, draws in the browser.

`FigureView` makes a gr.HTML rather than being a subclass of it: Gradio writes a .pyi file beside the
source of each component subclass at import, and a type checker would read that copy from then on.
"""

from __future__ import annotations

import json

import gradio as gr
import plotly.graph_objects as go

from seqdemo.components.plotly_script import HEAD
from seqdemo.components.resources import payload, view
from seqdemo.locales import translate_key


def figure_payload(figure: go.Figure, *, label: str, language: str, height: int | None = None) -> str:
    """What `FigureView` draws. `label` is read out to who cannot see it; `height` in pixels, else the figure's own."""
    return payload(
        {
            "figure": json.loads(figure.to_json()),
            "label": label,
            "height": height or figure.layout.height or 400,
            "strings": {name: translate_key(language, f"view.figure.{name}") for name in ("save", "reset", "missing")},
        }
    )


def FigureView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `figure_payload`; "" clears it. Give events that write to it `show_progress="hidden"`."""
    return view(value, "figure_view.css", ("drawing.js", "figure_view.js"), elem_id=elem_id, head=HEAD)
