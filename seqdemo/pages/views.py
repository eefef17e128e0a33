"""The views of the classify page. To add one, add a line: the page builds its panels from this table.

A view says what it needs of a record; a model whose record lacks it simply offers no such panel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seqdemo.components.attention_view import AttentionView, attention_payload
from seqdemo.components.figure_view import FigureView, figure_payload
from seqdemo.figures.gates import gates
from seqdemo.figures.probability_track import probability_track
from seqdemo.figures.trajectory import trajectory
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord

Records = tuple[ClassificationRecord, ...]


@dataclass(frozen=True)
class View:
    """One way to look at what the classifiers did."""

    name: str  # locale keys "page.view.NAME" (heading) and "page.view.NAME.info" (one sentence)
    component: Callable[..., Any]
    payload: Callable[[Records, str], str]  # (records, language) -> the component's value
    together: bool = False  # True: one panel for all models; False: one a model
    needs: Callable[[ClassificationRecord], bool] = lambda record: True
    width: int = 300  # the least a panel may have, in pixels; panels wrap


def _label(name: str, records: Records, language: str) -> str:
    models = ", ".join(record.source.model for record in records)
    return translate_key(language, f"page.view.{name}.label", models=models, words=len(records[0].words))


VIEWS = (
    View(
        "track",
        FigureView,
        lambda records, language: figure_payload(
            probability_track(records, language=language),
            label=_label("track", records, language),
            language=language,
            height=300,
        ),
        together=True,
    ),
    View(
        "trajectory",
        FigureView,
        lambda records, language: figure_payload(
            trajectory(records[0], language=language),
            label=_label("trajectory", records, language),
            language=language,
            height=340,
        ),
        width=480,
    ),
    View(
        "gates",
        FigureView,
        lambda records, language: figure_payload(
            gates(records[0], language=language),
            label=_label("gates", records, language),
            language=language,
            height=560,
        ),
        needs=lambda record: bool(record.gates),
        width=420,
    ),
    View(
        "attention",
        AttentionView,
        lambda records, language: attention_payload((records[0].attention,), language=language),  # type: ignore[arg-type]
        needs=lambda record: record.attention is not None,
    ),
)
