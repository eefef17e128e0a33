"""Which models can be ticked: those that the task or pair has. What was ticked for another one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqdemo.figures.names import model_name
from seqdemo.locales import translate_key


def boxes(able: Sequence[str], language: str, label: str) -> dict[str, Any]:
    """Settings of the boxes: one for each model that is able; hidden where there is no choice. label: a locale key."""
    choices = [(model_name(name, language), name) for name in able]
    return {"label": translate_key(language, label), "choices": choices, "visible": len(able) > 1}


def ticked(able: Sequence[str], wanted: Sequence[str], instead: Sequence[str]) -> list[str]:
    """Those of the able that are wanted, in their order; `instead` where none is.

    >>> ticked(("rnn", "gru"), ["transformer", "gru"], ["rnn"]), ticked(("rnn", "gru"), ["transformer"], ["rnn"])
    (['gru'], ['rnn'])
    """
    return [name for name in able if name in wanted] or list(instead)


def remembered(now: Sequence[str], before: Sequence[str], able: Sequence[str]) -> list[str]:
    """What a visitor wants: the ticks of now, and of before those for which there is no box now.

    >>> remembered(["transformer"], ["transformer", "seq2seq"], ("transformer",))
    ['transformer', 'seq2seq']
    >>> remembered(["transformer"], ["transformer", "seq2seq"], ("transformer", "seq2seq"))
    ['transformer']
    """
    return [*now, *(name for name in before if name not in able and name not in now)]
