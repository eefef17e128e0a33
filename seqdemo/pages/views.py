"""The views of the classify page. To add one, add a line: the page builds its panels from this table.

A view says what it needs of a record and shows all records that have it; a model whose record lacks it is
simply not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from seqdemo.components.attention_view import AttentionView, classifier_attention_payload
from seqdemo.components.gates_view import GatesView, gates_payload
from seqdemo.components.planes_view import PlanesView, planes_payload
from seqdemo.components.reading_view import ReadingView, reading_payload
from seqdemo.records import ClassificationRecord

Records = Sequence[ClassificationRecord]


@dataclass(frozen=True)
class View:
    """One way to look at what the classifiers did."""

    name: str  # locale key "page.view.NAME": its heading and one sentence; also its name in links: &hide=NAME
    component: Callable[..., Any]
    payload: Callable[..., str]  # (records, language=...) -> the component's value
    needs: Callable[[ClassificationRecord], bool] = lambda record: True
    headed: bool = True  # False: it stands first and needs no heading

    def able(self, records: Records) -> tuple[ClassificationRecord, ...]:
        """The records that have what the view needs."""
        return tuple(record for record in records if self.needs(record))


VIEWS = (
    View("reading", ReadingView, reading_payload, headed=False),
    View("attention", AttentionView, classifier_attention_payload, needs=lambda record: record.attention is not None),
    View("planes", PlanesView, planes_payload),
    View("gates", GatesView, gates_payload, needs=lambda record: bool(record.gates)),
)
