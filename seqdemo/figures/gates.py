"""What does each gate let through, unit by unit, while the words come in?

One strip a gate: a row is a unit, a column is a word, and a unit keeps its row in every strip. The thin
line is the mean over all units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from seqdemo.figures import theme
from seqdemo.figures.names import gate_name, model_name
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord, Gate

HEIGHT, FRAME, GAP = 560, 126, 26  # pixels: the figure, what stands around its strips, the title above each strip


def unit_order(gates: tuple[Gate, ...]) -> np.ndarray:
    """[hidden]: units from the lowest to the highest last value of the first gate; the same for all strips."""
    return np.argsort(gates[0].values[-1], kind="stable")


def bounds(gate: Gate) -> tuple[float, float]:
    """Ends of the colour scale: the gate's own for a sigmoid, the same on both sides of 0 for all others."""
    if gate.lowest >= 0:
        return gate.lowest, gate.highest
    edge = max(abs(gate.lowest), abs(gate.highest))
    if not np.isfinite(edge):
        edge = float(np.abs(gate.values).max()) or 1.0
    return -edge, edge


def gates(record: ClassificationRecord, *, language: str) -> go.Figure:
    """Strips of all gates of a record over one axis of words. Raises ValueError for a model without gates."""
    if not record.gates:
        raise ValueError(f"{record.source.model}: this record has no gates to draw")
    words, order = theme.labels(record.words), unit_order(record.gates)
    names = [gate.name for gate in record.gates]
    made = frame(record.source.model, names, [bounds(gate) for gate in record.gates], language=language)
    for number, gate in enumerate(record.gates):
        strip, rim, line = made["data"][3 * number : 3 * number + 3]
        strip |= {"x": words, "y": [str(unit + 1) for unit in order], "z": gate.values.T[order]}
        rim |= {"x": words, "y": gate.values.mean(axis=1)}
        line |= {"x": words, "y": gate.values.mean(axis=1)}
    made["layout"]["xaxis"]["categoryarray"] = list(words)
    return theme.drawn(made)


def frame(
    model: str, names: Sequence[str], spans: Sequence[tuple[float, float]], *, language: str, height: int = HEIGHT
) -> dict[str, Any]:
    """The figure without its numbers, which a notebook fills in above, the page in the browser (zoomable.js).

    names, spans: of the gates, in order. Each has three traces: the strip, a rim of its mean, its mean.
    """
    count, subject = len(names), "states" if set(names) == {"hidden"} else "gates"  # a plain RNN has no gate
    layout = theme.layout(
        height=height,
        title=translate_key(language, f"figure.{subject}.title", model=model_name(model, language)),
        subtitle=translate_key(language, "figure.gates.order"),
    )
    last = f"y{2 * count - 1}" if count > 1 else "y"
    layout |= {"xaxis": theme.word_axis((), translate_key(language, "figure.words"), anchor=last), "annotations": []}
    traces: list[dict[str, Any]] = []
    for number, (name, span) in enumerate(zip(names, spans, strict=True)):
        lower, upper = 1 - (number + 1) / count, 1 - number / count - GAP / (height - FRAME)
        units, mean = ("" if number == 0 else str(2 * number + 1)), str(2 * number + 2)  # the strip's two y axes
        traces += [_strip(name, span, (lower, upper), f"y{units}", language), *_means(name, f"y{mean}", language)]
        bare: dict[str, Any] = {"showticklabels": False, "ticks": "", "showgrid": False}
        layout[f"yaxis{units}"] = theme.axis(domain=[lower, upper], type="category", **bare)
        layout[f"yaxis{mean}"] = theme.axis(overlaying=f"y{units}", range=list(span), **bare)
        layout["annotations"].append(_title(name, upper, language))
    return {"data": traces, "layout": layout}


def _strip(
    name: str, span: tuple[float, float], domain: tuple[float, float], axis: str, language: str
) -> dict[str, Any]:
    low, high = span
    return {
        "type": "heatmap",
        "zmin": low,
        "zmax": high,
        "colorscale": [list(stop) for stop in (theme.SEQUENTIAL if low >= 0 else theme.DIVERGING)],
        "colorbar": {
            "y": sum(domain) / 2,
            "len": domain[1] - domain[0],
            "thickness": 10,
            "tickvals": [low, (low + high) / 2, high],
            "tickformat": ".2~f",
            "outlinewidth": 0,
        },
        "hovertemplate": "%{x}<br>" + translate_key(language, "figure.gates.unit") + " %{y}: %{z:.4f}<extra></extra>",
        "name": name,
        "xaxis": "x",
        "yaxis": axis,
    }


def _means(name: str, axis: str, language: str) -> list[dict[str, Any]]:
    """The mean over units: a light rim first, which keeps the line apart from dark cells."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "showlegend": False,
            "line": {"color": color, "width": width},
            "hovertemplate": "%{x}<br>" + translate_key(language, "figure.gates.mean") + ": %{y:.4f}<extra></extra>",
            "name": f"{name} mean",
            "xaxis": "x",
            "yaxis": axis,
        }
        for color, width in ((theme.PAPER, 5), (theme.INK, 2))
    ]


def _title(name: str, height: float, language: str) -> dict[str, Any]:
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": height,
        "yref": "paper",
        "yanchor": "bottom",
        "text": theme.plain(gate_name(name, language)),
        "showarrow": False,
        "font": {"size": 13, "color": theme.INK},
    }
