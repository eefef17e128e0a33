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
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord

HEIGHT = 440
MOST_LABELS = 14  # words written beside the path; further ones show on hover


def labelled_steps(points: np.ndarray, most: int = MOST_LABELS) -> list[int]:
    """The steps whose word is written out: first, last and those that moved the state furthest."""
    if len(points) <= most:
        return list(range(len(points)))
    moves = np.linalg.norm(np.diff(points, axis=0), axis=1)
    furthest = np.argsort(-moves, kind="stable")[: most - 2] + 1
    return sorted({0, len(points) - 1, *(int(step) for step in furthest)})


def trajectory(record: ClassificationRecord, *, language: str) -> go.Figure:
    """The path of the states word by word, over the cloud of the training corpus."""
    seen, words = record.trajectory, theme.labels(record.words)
    label, look = label_name(record.labels[-1], language), theme.style(record.source.model)
    figure = theme.figure(
        height=HEIGHT,
        title=translate_key(language, "figure.trajectory.title", model=model_name(record.source.model, language)),
        subtitle=translate_key(language, "figure.trajectory.fitted"),
    )
    _cloud(figure, record, label, language)
    probabilities, points = record.track[:, -1], seen.points
    shown = set(labelled_steps(points))
    figure.add_scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="lines+markers+text",
        name=translate_key(language, "figure.trajectory.path"),
        line={"color": look.color, "width": 2.5},
        marker={"size": 19, "color": theme.PAPER, "line": {"color": look.color, "width": 2}},
        text=[str(step + 1) for step in range(len(points))],
        textfont={"size": 10, "color": theme.INK},
        customdata=[[words[step], float(probabilities[step])] for step in range(len(points))],
        hovertemplate=f"%{{text}}. %{{customdata[0]}}<br>P({theme.plain(label)}) = %{{customdata[1]:.4f}}<extra></extra>",
        showlegend=False,
    )
    for step in sorted(shown):
        figure.add_annotation(**_word(points, step, words[step]))
    _ends(figure, points, look.color, language)
    _arrow(figure, record, translate_key(language, "figure.trajectory.towards", label=label))
    first, second = (f"{100 * float(share):.1f}" for share in seen.explained)
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        margin_t=86,
        xaxis=theme.axis(translate_key(language, "figure.trajectory.component", number=1, share=first)),
        yaxis=theme.axis(
            translate_key(language, "figure.trajectory.component", number=2, share=second), scaleanchor="x"
        ),
    )
    return figure


def _cloud(figure: go.Figure, record: ClassificationRecord, label: str, language: str) -> None:
    seen = record.trajectory
    figure.add_scatter(
        x=seen.cloud[:, 0],
        y=seen.cloud[:, 1],
        mode="markers",
        name=translate_key(language, "figure.trajectory.cloud"),
        marker={
            "size": 5,
            "opacity": 0.55,
            "color": seen.cloud_probability,
            "colorscale": [list(stop) for stop in theme.DIVERGING],
            "cmin": 0,
            "cmax": 1,
            "colorbar": {
                "title": {"text": f"P({theme.plain(label)})", "side": "right", "font": {"size": 12}},
                "thickness": 12,
                "tickvals": [0, 0.5, 1],
                "outlinewidth": 0,
            },
        },
        hoverinfo="skip",
    )


def _word(points: np.ndarray, step: int, word: str) -> dict[str, object]:
    """A word beside its marker, on the side away from the path's neighbours."""
    near = [points[other] for other in (step - 1, step + 1) if 0 <= other < len(points)]
    away = points[step] - np.mean(near, axis=0) if near else np.array([0.0, 1.0])
    length = float(np.linalg.norm(away))
    away = away / length if length > 1e-9 else np.array([0.0, 1.0])
    return {
        "x": float(points[step, 0]),
        "y": float(points[step, 1]),
        "text": word,
        "showarrow": False,
        "xshift": round(14 * float(away[0]), 1),
        "yshift": round(18 * float(away[1]), 1),
        "xanchor": "left" if away[0] > 0.35 else "right" if away[0] < -0.35 else "center",
        "font": {"size": 13, "color": theme.INK},
    }


def _ends(figure: go.Figure, points: np.ndarray, color: str, language: str) -> None:
    for key, step, symbol in (("start", 0, "square-open"), ("end", len(points) - 1, "diamond-open")):
        figure.add_scatter(
            x=[float(points[step, 0])],
            y=[float(points[step, 1])],
            mode="markers",
            name=translate_key(language, f"figure.trajectory.{key}"),
            marker={"symbol": symbol, "size": 27, "color": color, "line": {"width": 3, "color": color}},
            hoverinfo="skip",
        )


def _arrow(figure: go.Figure, record: ClassificationRecord, meaning: str) -> None:
    """The read-out direction, from the middle of the cloud; a quarter of the cloud's width long."""
    seen = record.trajectory
    everything = np.concatenate([seen.cloud, seen.points])
    middle = (everything.min(axis=0) + everything.max(axis=0)) / 2
    length = 0.3 * float(np.ptp(everything, axis=0).max() or 1.0)
    tip = middle + length * seen.readout
    figure.add_annotation(
        x=float(tip[0]),
        y=float(tip[1]),
        ax=float(middle[0]),
        ay=float(middle[1]),
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        text="",
        arrowhead=2,
        arrowsize=1.2,
        arrowwidth=3,
        arrowcolor=theme.INK,
    )
    figure.add_annotation(
        x=float(tip[0]),
        y=float(tip[1]),
        text=theme.plain(meaning),
        showarrow=False,
        xanchor="left" if seen.readout[0] >= 0 else "right",
        yshift=14 if seen.readout[1] >= 0 else -14,
        font={"size": 13, "color": theme.INK},
        bgcolor=theme.PAPER,
        opacity=0.9,
    )
