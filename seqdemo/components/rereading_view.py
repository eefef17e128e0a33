"""Change a word, hold a unit or set a row of attention, and see what becomes of each class, beside the original."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.change_names import changes_in_force
from seqdemo.components.marks import common, grid_shape, mark
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome
from seqdemo.problems import Problem
from seqdemo.records import ClassificationRecord, Notice


def rereading_payload(
    records: Sequence[ClassificationRecord],
    outcomes: Sequence[ClassificationOutcome],
    changes: Changes,
    *,
    language: str,
    dropped: Sequence[Notice] = (),
    problem: Problem | None = None,
) -> str:
    """What `RereadingView` shows. outcomes: one a record, or none after a problem; dropped: what did not fit."""
    texts = [outcome.changed.text for outcome in outcomes if outcome.changed.text != outcome.plain.text]
    return payload(
        common(records, language)
        | changes_in_force(changes, dropped, problem, language, several=len(records) > 1)
        | {
            "title": records[0].text,
            "newText": texts[0] if texts else "",
            "models": [
                _model(record, outcomes[number] if outcomes else None, language)
                for number, record in enumerate(records)
            ],
            "sourceWords": [
                {"first": place, "last": place, "token": word, "text": word}
                for place, word in enumerate(records[0].words)
            ],
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.edits", "view.rereading"),
        }
    )


def _model(record: ClassificationRecord, outcome: ClassificationOutcome | None, language: str) -> dict[str, Any]:
    changed = outcome is not None and outcome.changed is not record
    grid = record.attention
    return mark(record.source, language) | {
        "before": [float(share) for share in record.probabilities],
        "after": [float(share) for share in outcome.changed.probabilities] if outcome is not None and changed else None,
        "units": int(record.gates[0].values.shape[1]) if record.gates else 0,
        "grids": [] if grid is None else [grid_shape(grid, language, classifier=True)],
    }


def RereadingView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `rereading_payload`; its event `again` brings {"line"}: the changes that the visitor wants now."""
    return view(value, "rereading", elem_id=elem_id)
