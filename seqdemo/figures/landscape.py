"""The state's path as a walk over a landscape: the plane of the training corpus below, the probability as height.

Where the ground is steep a small step of the state changes the verdict; the flat ends are where the network is sure.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from seqdemo.figures import theme, trajectory
from seqdemo.figures.names import label_name
from seqdemo.records import ClassificationRecord, Floats

FLAT = {
    "aspectmode": "manual",
    "aspectratio": {"x": 1.3, "y": 1.3, "z": 0.7},
    "camera": {"eye": {"x": 1.5, "y": -1.7, "z": 1.0}, "center": {"x": 0, "y": 0, "z": -0.15}},
}


def landscape(record: ClassificationRecord, *, language: str) -> go.Figure:
    """PC 1 and PC 2 across, the probability of the class in focus upwards; the same states as `trajectory`."""
    seen, shares = record.trajectory, record.track[:, record.focus]
    made = frame(record.source.model, record.labels[record.focus], seen.explained, language=language)
    cloud, path = made["data"]
    cloud |= {"x": seen.cloud[:, 0], "y": seen.cloud[:, 1], "z": seen.cloud_probability}
    cloud["marker"]["color"] = seen.cloud_probability
    path |= {"x": seen.points[:, 0], "y": seen.points[:, 1], "z": shares}
    path["text"] = [f"{step}. {word}" for step, word in enumerate(theme.labels(record.words), start=1)]
    return theme.drawn(made)


def frame(model: str, label: str, explained: Floats, *, language: str) -> dict[str, Any]:
    """The figure without its numbers (see `trajectory.frame`). Traces: the cloud, the path."""
    flat = trajectory.frame(model, label, explained, language=language)
    color, probability = theme.style(model).color, theme.plain(f"P({label_name(label, language)})")
    cloud, path, *_ = flat["data"]
    cloud |= {"type": "scatter3d"}
    cloud["marker"] |= {"size": 2.5, "showscale": False}  # the height says it
    path |= {
        "type": "scatter3d",
        "mode": "lines+markers",
        "line": {"color": color, "width": 5},
        "marker": {"size": 4, "color": color},
        "hovertemplate": f"%{{text}}<br>{probability} = %{{z:.4f}}<extra></extra>",
    }
    del path["textfont"]
    axes = {name: _axis(flat["layout"][name]["title"]["text"]) for name in ("xaxis", "yaxis")}
    height = _axis(probability) | {"range": [0, 1], "tickvals": [0, 0.5, 1]}
    return {
        "data": [cloud, path],
        "layout": theme.layout(height=trajectory.HEIGHT) | {"scene": FLAT | axes | {"zaxis": height}},
    }


def _axis(title: str) -> dict[str, Any]:
    """An axis of a 3-D scene, which knows fewer settings than a flat one."""
    small = {"title": {"text": title, "font": {"size": 11}}, "tickfont": {"size": 10}, "nticks": 4}
    return small | {"color": theme.INK, "gridcolor": theme.GRID}
