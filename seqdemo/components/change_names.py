"""Changes in the visitor's words: what stands on the button that takes one back, and what is told of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqdemo.components.marks import kind_name
from seqdemo.figures.names import model_name
from seqdemo.interventions.changes import (
    Begun,
    Change,
    Changes,
    HeadOff,
    RowSet,
    Typed,
    UnitHeld,
    WordHidden,
    WordReplaced,
)
from seqdemo.interventions.spelling import write_changes
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import Notice


def changes_in_force(
    changes: Changes, dropped: Sequence[Notice], problem: Problem | None, language: str, *, several: bool
) -> dict[str, Any]:
    """What every panel of changes says of them: those made, a word for each that did not fit, and what went wrong."""
    told = [translate_key(language, f"notice.{one.code}", **one.values) for one in dropped]
    return {
        "line": write_changes(changes),
        "items": [
            {"line": write_changes(Changes((one,))), "words": change_name(one, language, several=several)}
            for one in changes.made
        ],
        "shown": changes.shown,
        "told": list(dict.fromkeys(told)),
        "problem": "" if problem is None else problem.message(language),
    }


def change_name(change: Change, language: str, *, several: bool) -> str:
    """several: whether more than one model is on show, so that it must be said whose change it is."""
    said = _said(change, language)
    model = getattr(change, "model", None)
    if not several or model is None:
        return said
    return translate_key(language, "view.edits.ofModel", model=model_name(model, language), change=said)


def _said(change: Change, language: str) -> str:
    if isinstance(change, HeadOff):
        values = {"layer": change.layer + 1, "head": change.head + 1}
        return translate_key(language, "view.edits.isOff", kind=kind_name(change.kind, language), **values)
    if isinstance(change, RowSet):
        values = {"layer": change.layer + 1, "head": change.head + 1, "row": change.query + 1}
        tokens = {"query": change.query_token, "key": change.key_token}
        return translate_key(language, "view.edits.isSet", kind=kind_name(change.kind, language), **values, **tokens)
    if isinstance(change, WordReplaced):
        word = _plain(change.word)
        if not change.by.strip():
            return translate_key(language, "view.edits.isOut", word=word)
        return translate_key(language, "view.edits.isReplaced", word=word, by=change.by.strip())
    if isinstance(change, WordHidden):
        return translate_key(language, "view.edits.isHidden", word=_plain(change.word))
    if isinstance(change, Begun):
        return translate_key(language, "view.edits.begins", text=_plain("".join(change.tokens)))
    if isinstance(change, Typed):
        return translate_key(language, "view.edits.begins", text=change.text.strip())
    assert isinstance(change, UnitHeld)
    return translate_key(language, "view.edits.isHeld", unit=change.unit + 1, value=f"{change.value:g}")


def _plain(word: str) -> str:
    return word.replace("▁", " ").strip() or "▁"
