"""A change in the visitor's words: what stands on its button to take it back."""

from __future__ import annotations

from seqdemo.figures.names import model_name
from seqdemo.interventions.changes import Begun, Change, HeadOff, RowSet, Typed, UnitHeld, WordHidden, WordReplaced
from seqdemo.locales import translate_key


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
        return translate_key(language, "view.edits.isOff", kind=_kind(change.kind, language), **values)
    if isinstance(change, RowSet):
        values = {"layer": change.layer + 1, "head": change.head + 1, "row": change.query + 1}
        tokens = {"query": change.query_token, "key": change.key_token}
        return translate_key(language, "view.edits.isSet", kind=_kind(change.kind, language), **values, **tokens)
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


def _kind(kind: str, language: str) -> str:
    return translate_key(language, f"view.kind.{kind}")


def _plain(word: str) -> str:
    return word.replace("▁", " ").strip() or "▁"
