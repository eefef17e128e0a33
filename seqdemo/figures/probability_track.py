"""How sure is each model after each word? One line a model, all on one axis of words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord, focus_of

HEIGHT = 320


def probability_track(records: Sequence[ClassificationRecord], *, language: str) -> go.Figure:
    """Probability of the class in focus after every word, one line a record.

    Raises ValueError if the records do not share words and labels: one axis could not tell the truth.
    """
    if not records:
        raise ValueError("no record came; at least one was expected")
    words, classes = records[0].words, records[0].labels
    for record in records:
        if record.words != words or record.labels != classes:
            raise ValueError(f"{record.source.model}: all records must read the same words into the same labels")
    focus = focus_of(np.stack([record.probabilities for record in records]))
    label = label_name(classes[focus], language)
    figure = theme.figure(height=HEIGHT, title=translate_key(language, "figure.track.title", label=label), legend=True)
    ticks = theme.labels(words)
    for record in records:
        look = theme.style(record.source.model)
        figure.add_scatter(
            x=ticks,
            y=record.track[:, focus],
            name=theme.plain(model_name(record.source.model, language)),
            mode="lines+markers",
            line={"color": look.color, "dash": look.dash, "width": 2.5},
            marker={"color": look.color, "symbol": look.marker, "size": 8},
            hovertemplate="%{y:.4f}",
        )
    figure.add_hline(y=0.5, line={"color": theme.FAINT, "width": 1, "dash": "dot"})
    figure.update_layout(
        hovermode="x unified",
        legend_itemwidth=40,
        xaxis=theme.word_axis(ticks, translate_key(language, "figure.words")),
        yaxis=theme.axis(
            translate_key(language, "figure.track.axis", label=label),
            range=[-0.03, 1.03],
            tickvals=[0, 0.25, 0.5, 0.75, 1],
        ),
    )
    return figure
