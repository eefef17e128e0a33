"""Change something and see the outcome beside the original: heads, rows, words, the beginning of a translation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.change_names import changes_in_force
from seqdemo.components.marks import grid_shape, mark, question
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.components.tokens import word_groups
from seqdemo.interventions.changes import Changes, mark_of
from seqdemo.interventions.outcome import TranslationOutcome, differing
from seqdemo.problems import Problem
from seqdemo.records import Notice, TranslationRecord


def edits_payload(
    records: Sequence[TranslationRecord],
    outcomes: Sequence[TranslationOutcome],
    changes: Changes,
    *,
    language: str,
    dropped: Sequence[Notice] = (),
    problem: Problem | None = None,
    passage: str = "",
    part: int = 1,
) -> str:
    """What `EditsView` shows. records: as they are without changes; outcomes: likewise in order, none after a problem.

    changes: what is in force; dropped: a word for each change that did not fit.
    """
    first = records[0]
    return payload(
        changes_in_force(changes, dropped, problem, language, several=len(records) > 1)
        | {
            "text": f"{first.pair}: {first.text}",
            "title": first.text,
            "question": question(records, language, passage=passage, part=part),
            "target": first.pair.rpartition("-")[2],
            "madeFor": mark_of(first.text),
            "models": [
                _model(record, outcomes[number] if outcomes else None, changes.shown, language)
                for number, record in enumerate(records)
            ],
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.edits"),
        }
    )


def _model(record: TranslationRecord, outcome: TranslationOutcome | None, shown: bool, language: str) -> dict[str, Any]:
    seen = outcome.changed if outcome is not None and shown else record
    return mark(record.source, language) | {
        "old": record.translation,
        "outcome": None if outcome is None or outcome.changed is record else _outcome(outcome),
        "words": [] if len(record.source_tokens) < 2 else source_words(record.source_tokens[:-1]),
        "grids": [grid_shape(grid, language) for grid in record.attention],
        "steps": [[step.token, [[one.token, one.probability] for one in step.candidates]] for step in seen.steps],
    }


def _outcome(found: TranslationOutcome) -> dict[str, Any]:
    gone, fresh = differing(found.plain.output_tokens, found.changed.output_tokens)
    scores = found.scores
    return {
        "new": found.changed.translation,
        "source": found.changed.text,
        "oldTokens": list(zip(found.plain.output_tokens, gone, strict=True)),
        "newTokens": list(zip(found.changed.output_tokens, fresh, strict=True)),
        "same": not any((*gone, *fresh)),
        "inside": found.inside,
        "scores": [scores.plain_old, scores.plain_new, scores.changed_old, scores.changed_new],
    }


def source_words(tokens: Sequence[str]) -> list[dict[str, Any]]:
    """The words of a source, bytes of one run joined: first and last token, their joined text, and how to show it.

    >>> source_words(("▁bal", "lo", "on", "."))[0]
    {'first': 0, 'last': 2, 'token': '▁balloon', 'text': 'balloon'}
    """
    groups: list[list[int]] = []
    for group in word_groups(tokens):
        is_byte = all(tokens[place].startswith("<0x") for place in group)
        if is_byte and groups and tokens[groups[-1][-1]].startswith("<0x"):
            groups[-1] += group
        else:
            groups.append(group)
    return [
        {
            "first": group[0],
            "last": group[-1],
            "token": "".join(tokens[place] for place in group),
            "text": _readable([tokens[place] for place in group]),
        }
        for group in groups
    ]


def _readable(tokens: Sequence[str]) -> str:
    if tokens[0].startswith("<0x"):
        return bytes(int(token[3:5], 16) for token in tokens).decode("utf-8", errors="replace")
    return "".join(tokens).replace("▁", " ").strip() or "▁"


def EditsView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows an `edits_payload`; its event `again` brings {"line"}: the changes that the visitor wants now."""
    return view(value, "edits", elem_id=elem_id)
