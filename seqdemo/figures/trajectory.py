"""Where does the hidden state walk while the words come in?

The plane is a PCA fitted on the training corpus and stored with the checkpoint, never on the sentence
shown. Behind the path: states of the training corpus, coloured by the class that the model would read
from them (Maheswaranathan et al. 2019 found that sentiment networks move along a line).
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.figures.placing import place
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord

HEIGHT = 400
AREAS = ((200.0, 175.0), (300.0, 190.0), (500.0, 260.0))  # pixels of the plane: a phone, one of four panels, alone
CROWDED = 24  # words, from which on a marker is a dot without its number


def steps_by_move(points: np.ndarray) -> list[int]:
    """All steps by importance: the three that moved the state furthest, the last, the first, then the others."""
    moves = np.linalg.norm(np.diff(points, axis=0), axis=1)
    furthest = [int(step) + 1 for step in np.argsort(-moves, kind="stable")]
    return list(dict.fromkeys([*furthest[:3], len(points) - 1, 0, *furthest]))


def window(points: np.ndarray, cloud: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper corner of what is shown: all of the path and nine tenths of the cloud, with a border.

    The border is wider below, where the read-out direction is drawn.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    if len(cloud):
        low = np.minimum(low, np.quantile(cloud, 0.05, axis=0))
        high = np.maximum(high, np.quantile(cloud, 0.95, axis=0))
    border = 0.13 * np.maximum(high - low, 1e-3)
    return low - border * np.array([1.0, 2.5]), high + border


def trajectory(record: ClassificationRecord, *, language: str) -> go.Figure:
    """The path of the states word by word, over the cloud of the training corpus."""
    seen, model = record.trajectory, model_name(record.source.model, language)
    low, high = window(seen.points, seen.cloud)
    figure = theme.figure(
        height=HEIGHT,
        title=translate_key(language, "figure.trajectory.title", model=model),
        subtitle=translate_key(language, "figure.trajectory.fitted"),
        legend=True,
    )
    _cloud(figure, record, language)
    _path(figure, record, language)
    _words(figure, record, low, high)
    _arrow(figure, record, low, high, language)
    axes = [
        theme.axis(
            translate_key(language, "figure.trajectory.component", number=number, share=f"{100 * float(share):.1f}"),
            range=[float(low[number - 1]), float(high[number - 1])],
            nticks=6,
        )
        for number, share in enumerate(seen.explained, start=1)
    ]
    figure.update_layout(xaxis=axes[0], yaxis=axes[1], legend_itemsizing="constant")
    return figure


def _cloud(figure: go.Figure, record: ClassificationRecord, language: str) -> None:
    seen = record.trajectory
    figure.add_scatter(
        x=seen.cloud[:, 0],
        y=seen.cloud[:, 1],
        mode="markers",
        name=translate_key(language, "figure.trajectory.cloud"),
        showlegend=False,
        hoverinfo="skip",
        marker={
            "size": 5,
            "opacity": 0.6,
            "color": seen.cloud_probability,
            "colorscale": [list(stop) for stop in theme.DIVERGING],
            "cmin": 0,
            "cmax": 1,
            "colorbar": {
                "title": {"text": _probability(record, language), "side": "right", "font": {"size": 12}},
                "thickness": 9,
                "tickvals": [0, 0.5, 1],
                "outlinewidth": 0,
            },
        },
    )


def _probability(record: ClassificationRecord, language: str) -> str:
    return theme.plain(f"P({label_name(record.labels[record.focus], language)})")


def _path(figure: go.Figure, record: ClassificationRecord, language: str) -> None:
    """Numbered markers in reading order, with the first and the last one framed."""
    points, words, color = record.trajectory.points, theme.labels(record.words), theme.style(record.source.model).color
    crowded = len(points) > CROWDED
    figure.add_scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="lines+markers" if crowded else "lines+markers+text",
        name=translate_key(language, "figure.trajectory.path"),
        showlegend=False,
        line={"color": color, "width": 1 if crowded else 2},
        marker={
            "size": 6 if crowded else 17,
            "color": theme.PAPER,
            "line": {"color": color, "width": 1.5 if crowded else 2},
        },
        text=[str(step + 1) for step in range(len(points))],
        textfont={"size": 10, "color": theme.INK},
        customdata=[[word, float(row[record.focus])] for word, row in zip(words, record.track, strict=True)],
        hovertemplate="%{text}. %{customdata[0]}<br>"
        + _probability(record, language)
        + " = %{customdata[1]:.4f}<extra></extra>",
    )
    for key, step, symbol in (("start", 0, "square-open"), ("end", len(points) - 1, "diamond-open")):
        figure.add_scatter(
            x=points[[step], 0],
            y=points[[step], 1],
            mode="markers",
            name=translate_key(language, f"figure.trajectory.{key}"),
            marker={"symbol": symbol, "size": 24, "color": color, "line": {"width": 2.5, "color": color}},
            hoverinfo="skip",
        )


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


def _arrow(figure: go.Figure, record: ClassificationRecord, low: np.ndarray, high: np.ndarray, language: str) -> None:
    """The read-out direction along the lower edge of the plane, as long as half of it, and what it means."""
    direction, size = record.trajectory.readout.astype(float), high - low
    step = direction * 0.5 / float(np.abs(direction / size).max())
    tail = (low + high) / 2 - step / 2
    tail[1] = low[1] + 0.05 * size[1] - min(0.0, step[1])
    tip = tail + step
    figure.add_annotation(
        x=float(tip[0]),
        y=float(tip[1]),
        ax=float(tail[0]),
        ay=float(tail[1]),
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        text="",
        arrowhead=2,
        arrowsize=1.1,
        arrowwidth=2.5,
        arrowcolor=theme.INK,
    )
    meaning = translate_key(
        language, "figure.trajectory.towards", label=label_name(record.labels[record.focus], language)
    )
    figure.add_annotation(
        x=float((tip[0] + tail[0]) / 2),
        y=float((tip[1] + tail[1]) / 2),
        text=theme.plain(meaning),
        showarrow=False,
        yshift=13 + 0.5 * abs(float(step[1] / size[1])) * AREAS[1][1],
        font={"size": 12, "color": theme.INK},
        bgcolor=theme.PAPER,
        opacity=0.85,
    )
