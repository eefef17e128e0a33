"""Change a word, hold a unit or set a row of attention, and see what becomes of each class, beside the original."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from seqdemo.components.change_names import changes_in_force
from seqdemo.components.marks import common, grid_shape, mark
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome
from seqdemo.problems import Problem
from seqdemo.records import ClassificationRecord, Notice, focus_of, packed
from seqdemo.text.as_read import as_read


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
    focus = focus_of(np.stack([record.probabilities for record in records]))
    spoken = records[0].task.split("-")[-1]  # the texts as they were read: the view looks for their words in them
    texts = [outcome.changed.text for outcome in outcomes if outcome.changed.text != outcome.plain.text]
    return payload(
        common(records, language)
        | changes_in_force(changes, dropped, problem, language, several=len(records) > 1)
        | {
            "title": as_read(records[0].text, spoken),
            "newText": as_read(texts[0], spoken) if texts else "",
            "models": [
                _model(record, outcomes[number] if outcomes else None, focus, language)
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


def _model(
    record: ClassificationRecord, outcome: ClassificationOutcome | None, focus: int, language: str
) -> dict[str, Any]:
    grid = record.attention
    return mark(record.source, language) | {
        "before": [float(share) for share in record.probabilities],
        "reread": None if outcome is None or outcome.changed is record else _reread(outcome, focus),
        "units": int(record.gates[0].values.shape[1]) if record.gates else 0,
        "grids": [] if grid is None else [grid_shape(grid, language, classifier=True)],
    }


def _reread(found: ClassificationOutcome, focus: int) -> dict[str, Any]:
    """The changed reading beside the old one, word by word. focus: the class whose probability is shown after each."""
    plain, changed = found.plain, found.changed
    return {
        "after": [float(share) for share in changed.probabilities],
        "logs": found.log_probabilities.tolist(),
        "places": found.places,
        "words": changed.words,
        "hidden": [
            now
            for old, now in found.places
            if old is not None
            and now is not None
            and plain.words[old] == changed.words[now]
            and plain.tokens[old] != changed.tokens[now]
        ],
        "shares": [packed(one.track[:, focus], "float32") for one in (plain, changed)],
        "verdicts": [one.track.argmax(axis=1).tolist() for one in (plain, changed)],
    }


def RereadingView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `rereading_payload`; its event `again` brings {"line"}: the changes that the visitor wants now."""
    return view(value, "rereading", elem_id=elem_id)
