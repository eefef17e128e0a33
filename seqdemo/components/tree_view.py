"""The family tree of a beam search: every beginning that it considered, who was given up, and the way to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import mark, question
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.records import TranslationRecord


def tree_payload(records: Sequence[TranslationRecord], *, language: str, passage: str = "", part: int = 1) -> str:
    """A tree for each record that has one; raises ValueError where none has."""
    able = [record for record in records if record.tree]
    if not able:
        raise ValueError("no record has a tree; a greedy search leaves none")
    first = records[0]
    return payload(
        {
            "text": f"{first.pair}: {first.text}",
            "title": first.text,
            "question": question(records, language, passage=passage, part=part),
            "models": [mark(record.source, language) | _tree(record) for record in able],
            "provenance": provenance([record.source for record in able], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.tree"),
        }
    )


def _tree(record: TranslationRecord) -> dict[str, Any]:
    return {
        "beam": record.beam,
        "steps": [[[one.token, one.parent, one.log_probability, one.fate] for one in step] for step in record.tree],
        "best": best_path(record),
        "written": len(record.steps),
    }


def best_path(record: TranslationRecord) -> list[int]:
    """The place, in each step of the tree, of the member that the answer goes through."""
    path, parent = [], 0
    for token, step in zip(record.output_tokens, record.tree, strict=False):
        place = next(place for place, one in enumerate(step) if (one.token, one.parent) == (token, parent))
        path.append(place)
        parent = sum(one.fate == "kept" for one in step[:place])
    return path


def TreeView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `tree_payload`; "" clears it."""
    return view(value, "tree", elem_id=elem_id)
