"""What does each gate let through, unit by unit, while the words come in?

One strip a gate: a row is a unit, a column is a word, and a unit keeps its row in every strip. The thin
line is the mean over all units.
"""

from __future__ import annotations

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
    subject = "states" if all(gate.name == "hidden" for gate in record.gates) else "gates"  # a plain RNN has no gate
    count, words, order = len(record.gates), theme.labels(record.words), unit_order(record.gates)
    figure = theme.figure(
        height=HEIGHT,
        title=translate_key(language, f"figure.{subject}.title", model=model_name(record.source.model, language)),
        subtitle=translate_key(language, "figure.gates.order"),
    )
    for number, gate in enumerate(record.gates):
        lower, upper = 1 - (number + 1) / count, 1 - number / count - GAP / (HEIGHT - FRAME)
        _strip(figure, gate, number, (lower, upper), words, order, language)
    last = f"y{2 * count - 1}" if count > 1 else "y"
    figure.update_layout(xaxis=theme.word_axis(words, translate_key(language, "figure.words"), anchor=last))
    return figure


def _strip(
    figure: go.Figure,
    gate: Gate,
    number: int,
    domain: tuple[float, float],
    words: tuple[str, ...],
    order: np.ndarray,
    language: str,
) -> None:
    low, high = bounds(gate)
    units, mean = ("" if number == 0 else str(2 * number + 1)), str(2 * number + 2)  # the strip's two y axes
    scale = theme.SEQUENTIAL if low >= 0 else theme.DIVERGING
    figure.add_heatmap(
        x=words,
        y=[str(unit + 1) for unit in order],
        z=gate.values.T[order],
        zmin=low,
        zmax=high,
        colorscale=[list(stop) for stop in scale],
        colorbar={
            "y": sum(domain) / 2,
            "len": domain[1] - domain[0],
            "thickness": 10,
            "tickvals": [low, (low + high) / 2, high],
            "tickformat": ".2~f",
            "outlinewidth": 0,
        },
        hovertemplate="%{x}<br>" + translate_key(language, "figure.gates.unit") + " %{y}: %{z:.4f}<extra></extra>",
        name=gate.name,
        xaxis="x",
        yaxis=f"y{units}",
    )
    for color, width in ((theme.PAPER, 5), (theme.INK, 2)):  # a light rim keeps the line apart from dark cells
        figure.add_scatter(
            x=words,
            y=gate.values.mean(axis=1),
            mode="lines",
            line={"color": color, "width": width},
            hovertemplate="%{x}<br>" + translate_key(language, "figure.gates.mean") + ": %{y:.4f}<extra></extra>",
            name=f"{gate.name} mean",
            xaxis="x",
            yaxis=f"y{mean}",
        )
    figure.update_layout(
        {
            f"yaxis{units}": theme.axis(domain=domain, type="category", showticklabels=False, ticks="", showgrid=False),
            f"yaxis{mean}": theme.axis(
                overlaying=f"y{units}", range=[low, high], showticklabels=False, ticks="", showgrid=False
            ),
        }
    )
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=domain[1],
        yref="paper",
        yanchor="bottom",
        text=theme.plain(gate_name(gate.name, language)),
        showarrow=False,
        font={"size": 13, "color": theme.INK},
    )
