"""Where does the hidden state walk while the words come in?

The plane is a PCA fitted on the training corpus and stored with the checkpoint, never on the sentence
shown. Behind the path: states of the training corpus, coloured by the class that the model would read
from them (Maheswaranathan et al. 2019 found that sentiment networks move along a line).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.figures.placing import place
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord, Floats, Trajectory

HEIGHT = 400
AREAS = ((200.0, 175.0), (300.0, 190.0), (500.0, 260.0))  # pixels of the plane: a phone, one of four panels, alone
CROWDED = 24  # words, from which on a marker is a dot without its number


def steps_by_move(points: np.ndarray) -> list[int]:
    """All steps by importance: the three that moved the state furthest, the last, the first, then the others."""
    moves = np.linalg.norm(np.diff(points, axis=0), axis=1)
    furthest = [int(step) + 1 for step in np.argsort(-moves, kind="stable")]
    return list(dict.fromkeys([*furthest[:3], len(points) - 1, 0, *furthest]))


def window(seen: Trajectory) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner of what is shown: all of the path and nine tenths of the cloud, with a border.

    The border is wider below, where the read-out direction is drawn.
    """
    low, high = np.minimum(seen.points.min(axis=0), seen.reach[0]), np.maximum(seen.points.max(axis=0), seen.reach[1])
    border = 0.13 * np.maximum(high - low, 1e-3)
    return low - border * np.array([1.0, 2.5]), high + border


def trajectory(record: ClassificationRecord, *, language: str) -> go.Figure:
    """The path of the states word by word, over the cloud of the training corpus."""
    seen, color = record.trajectory, theme.style(record.source.model).color
    low, high = window(seen)
    made = frame(record.source.model, record.labels[record.focus], seen.explained, language=language)
    cloud, path, first, last = made["data"]
    cloud |= {"x": seen.cloud[:, 0], "y": seen.cloud[:, 1]}
    cloud["marker"]["color"] = seen.cloud_probability
    path |= {"x": seen.points[:, 0], "y": seen.points[:, 1]}
    path["text"] = [str(step + 1) for step in range(len(seen.points))]
    shares = record.track[:, record.focus]
    path["customdata"] = [[word, float(share)] for word, share in zip(theme.labels(record.words), shares, strict=True)]
    if len(seen.points) > CROWDED:
        path |= {"mode": "lines+markers", "line": {"color": color, "width": 1}}
        path["marker"] = {"size": 6, "color": theme.PAPER, "line": {"color": color, "width": 1.5}}
    first |= {"x": seen.points[:1, 0], "y": seen.points[:1, 1]}
    last |= {"x": seen.points[-1:, 0], "y": seen.points[-1:, 1]}
    for number, name in enumerate(("xaxis", "yaxis")):
        made["layout"][name]["range"] = [float(low[number]), float(high[number])]
    figure = theme.drawn(made)
    _words(figure, record, low, high)
    for note in arrow(record, language):
        figure.add_annotation(**note)
    return figure


def frame(model: str, label: str, explained: Floats, *, language: str) -> dict[str, Any]:
    """The figure without its numbers, which a notebook fills in above, the page in the browser (zoomable.js).

    Traces: the cloud of the training corpus; numbered markers in reading order; the first and the last one's frame.
    """
    color, probability = theme.style(model).color, theme.plain(f"P({label_name(label, language)})")
    cloud = {
        "type": "scatter",
        "mode": "markers",
        "name": translate_key(language, "figure.trajectory.cloud"),
        "showlegend": False,
        "hoverinfo": "skip",
        "marker": {"size": 5, "opacity": 0.6} | by_probability(probability),
    }
    path = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": translate_key(language, "figure.trajectory.path"),
        "showlegend": False,
        "line": {"color": color, "width": 2},
        "marker": {"size": 17, "color": theme.PAPER, "line": {"color": color, "width": 2}},
        "textfont": {"size": 10, "color": theme.INK},
        "hovertemplate": f"%{{text}}. %{{customdata[0]}}<br>{probability} = %{{customdata[1]:.4f}}<extra></extra>",
    }
    ends = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": translate_key(language, f"figure.trajectory.{key}"),
            "marker": {"symbol": symbol, "size": 24, "color": color, "line": {"width": 2.5, "color": color}},
            "hoverinfo": "skip",
        }
        for key, symbol in (("start", "square-open"), ("end", "diamond-open"))
    ]
    axes = {
        name: theme.axis(
            translate_key(language, "figure.trajectory.component", number=number, share=f"{100 * float(share):.1f}"),
            nticks=6,
        )
        for number, (name, share) in enumerate(zip(("xaxis", "yaxis"), explained, strict=True), start=1)
    }
    title = translate_key(language, "figure.trajectory.title", model=model_name(model, language))
    fitted = translate_key(language, "figure.trajectory.fitted")
    layout = theme.layout(height=HEIGHT, title=title, subtitle=fitted, legend=True) | axes
    layout["legend"]["itemsizing"] = "constant"
    return {"data": [cloud, path, *ends], "layout": layout}


def by_probability(title: str) -> dict[str, Any]:
    """Of a marker: coloured by a probability, with the scale beside the plane."""
    bar = {"title": {"text": title, "side": "right", "font": {"size": 12}}, "thickness": 9, "tickvals": [0, 0.5, 1]}
    return {
        "colorscale": [list(stop) for stop in theme.DIVERGING],
        "cmin": 0,
        "cmax": 1,
        "colorbar": bar | {"outlinewidth": 0},
    }


def _words(figure: go.Figure, record: ClassificationRecord, low: np.ndarray, high: np.ndarray) -> None:
    """Each word with its number beside its marker, as far as there is room; the others show on hover."""
    points = record.trajectory.points
    radius = 5.0 if len(points) > CROWDED else 11.0
    texts = [f"{step + 1} {word}" for step, word in enumerate(record.words)]
    offsets = place((points - low) / (high - low), texts, steps_by_move(points), radius=radius, areas=AREAS)
    for step, (across, up) in sorted(offsets.items()):
        figure.add_annotation(
            x=float(points[step, 0]),
            y=float(points[step, 1]),
            text=theme.plain(texts[step]),
            showarrow=True,  # a hair line leads from a word to its marker
            ax=round(across, 1),
            ay=-round(up, 1),
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=theme.FAINT,
            standoff=radius,
            borderpad=0,
            font={"size": 12, "color": theme.INK},
        )


def arrow(record: ClassificationRecord, language: str) -> list[dict[str, Any]]:
    """The read-out direction along the lower edge of the plane, as long as half of it, and what it means: two notes."""
    low, high = window(record.trajectory)
    direction, size = record.trajectory.readout.astype(float), high - low
    step = direction * 0.5 / float(np.abs(direction / size).max())
    tail = (low + high) / 2 - step / 2
    tail[1] = low[1] + 0.05 * size[1] - min(0.0, step[1])
    tip = tail + step
    label = label_name(record.labels[record.focus], language)
    return [
        {
            "x": float(tip[0]),
            "y": float(tip[1]),
            "ax": float(tail[0]),
            "ay": float(tail[1]),
            **{"xref": "x", "yref": "y", "axref": "x", "ayref": "y"},
            "text": "",
            "arrowhead": 2,
            "arrowsize": 1.1,
            "arrowwidth": 2.5,
            "arrowcolor": theme.INK,
        },
        {
            "x": float((tip[0] + tail[0]) / 2),
            "y": float((tip[1] + tail[1]) / 2),
            "text": theme.plain(translate_key(language, "figure.trajectory.towards", label=label)),
            "showarrow": False,
            "yshift": 13 + 0.5 * abs(float(step[1] / size[1])) * AREAS[1][1],
            "font": {"size": 12, "color": theme.INK},
            "bgcolor": theme.PAPER,
            "opacity": 0.85,
        },
    ]
