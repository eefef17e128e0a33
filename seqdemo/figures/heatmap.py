"""One head of attention: how much each query (row) takes from each key (column)."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from seqdemo.figures import theme
from seqdemo.locales import translate_key
from seqdemo.records import AttentionGrid


def heatmap(grid: AttentionGrid, layer: int, head: int, *, language: str) -> go.Figure:
    """Row 1 on top, colour from 0 to 1; layer and head count from 0 here and from 1 in the title.

    Raises IndexError for a layer or head that the grid does not have.
    """
    if not (0 <= layer < grid.layers and 0 <= head < grid.heads):
        raise IndexError(f"layer {layer}, head {head} came; the grid has {grid.layers} layers of {grid.heads} heads")
    made = frame(grid.kind, language=language)
    rows, columns = theme.labels(grid.queries), theme.labels(grid.keys)
    made["data"][0] |= {"x": columns, "y": rows, "z": grid.weights[layer, head]}
    title = translate_key(language, "figure.heatmap.title", layer=layer + 1, head=head + 1)
    made["layout"] |= theme.layout(height=140 + min(24 * max(len(rows), 7), 500), title=title)
    made["layout"]["xaxis"]["categoryarray"], made["layout"]["yaxis"]["categoryarray"] = list(columns), list(rows)
    return theme.drawn(made)


def frame(kind: str, *, language: str) -> dict[str, Any]:
    """The figure without its numbers: which a notebook fills in above, the page in the browser (zoomable.js)."""
    trace = {
        "type": "heatmap",
        "zmin": 0,
        "zmax": 1,
        "xgap": 1,
        "ygap": 1,
        "colorscale": [list(stop) for stop in theme.SEQUENTIAL],
        "colorbar": {"thickness": 12, "tickvals": [0, 0.5, 1], "tickformat": ".3~f", "outlinewidth": 0},
        "hovertemplate": translate_key(language, "figure.heatmap.hover") + "<extra></extra>",
    }
    axes = {
        "xaxis": theme.word_axis((), translate_key(language, f"figure.heatmap.key.{kind}")),
        "yaxis": theme.word_axis((), translate_key(language, f"figure.heatmap.query.{kind}"), autorange="reversed"),
    }
    return {"data": [trace], "layout": theme.layout(height=400) | axes}
