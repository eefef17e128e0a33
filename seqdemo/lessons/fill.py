"""No number in a lesson is typed: a text holds references, and they are filled with what was computed.

    {{experiment:memory-distance:ways.alone.rnn.mean[3]|percent}}
    {{classify:sentiment-en/lstm/"It is good, not bad.":probability|percent}}

A reference is a kind, a subject, a path into what was found there, and what to do with the value. Steps of a
path: a name (a field, a key, or the item of that name), `*` (all of them, a table or a list) and [3] (a place).
What to do: a row of DOINGS or a format such as .2f.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from seqdemo.locales import strings
from seqdemo.problems import Problem

REFERENCE = re.compile(r'\{\{(\w+):((?:"[^"]*"|[^":|{}])+)(?::([^|{}]*))?((?:\|[^|{}]+)*)\}\}')
LookUp = Callable[[str, str], Any]  # (kind, subject) -> what the path goes into; raises Problem where it is not there


def walk(value: Any, path: str) -> Any:
    """Follow a path.

    >>> walk({"rnn": {"mean": [0.5, 1.0]}, "gru": {"mean": [0.9, 0.8]}}, "*.mean[1]")
    {'rnn': 1.0, 'gru': 0.8}
    """
    steps = re.findall(r"\[(-?\d+)\]|([^.\[\]]+)", path)
    for number, (place, name) in enumerate(steps):
        if name == "*":
            rest = ".".join(f"[{one}]" if one else other for one, other in steps[number + 1 :])
            if isinstance(value, Mapping):
                return {key: walk(item, rest) for key, item in value.items()}
            return [walk(item, rest) for item in value]
        value = value[int(place)] if place else _named(value, name)
    return value


def _named(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value[name]
    if isinstance(value, tuple) and not hasattr(value, name):  # e.g. gates: each has its name
        return next(one for one in value if name in (getattr(one, "name", None), getattr(one, "kind", None)))
    if dataclasses.is_dataclass(value) or hasattr(value, name):
        return getattr(value, name)
    raise KeyError(name)


def _best(value: Mapping[str, float]) -> str:
    return max(value, key=lambda key: value[key])


DOINGS: dict[str, Callable[[Any, str], Any]] = {
    "percent": lambda value, language: f"{100 * float(value):.1f}" + ("\u00a0%" if language == "en" else "%"),
    "label": lambda value, language: strings(language).get(f"view.label.{value}", value),
    "model": lambda value, language: strings(language).get(f"view.model.{value}", value),
    "mean": lambda value, _: float(np.mean(value)),
    "highest": lambda value, _: float(np.max(value)),
    "lowest": lambda value, _: float(np.min(value)),
    "best": lambda value, _: _best(value),
    "worst": lambda value, _: _best({key: -one for key, one in value.items()}),
    "least": lambda value, _: min(value.values()),
    "most": lambda value, _: max(value.values()),
    "size": lambda value, _: len(value),
    "count": lambda value, _: f"{int(value):,}",
    "tokens": lambda value, _: " ".join(f"`{token}`" for token in value),
    "list": lambda value, language: ("、" if language == "zh" else ", ").join(str(one) for one in value),
    "bullets": lambda value, _: "\n".join(f"- {one}" for one in value),
}


def value_of(reference: re.Match[str], look_up: LookUp, language: str) -> str:
    """What stands for one reference. Raises Problem where it is not there, KeyError or IndexError where it never is."""
    kind, subject, path, doings = reference.groups()
    value = look_up(kind, subject)
    if kind == "scores" and path.split(".")[0] not in value:  # evaluated before there was such a part
        raise Problem("lesson_needs", what=f"python -m seqdemo evaluate {subject} --data DIR --write")
    if path:
        value = walk(value, path)
    for doing in doings.split("|")[1:]:
        value = DOINGS[doing](value, language) if doing in DOINGS else format(value, doing)
    return value if isinstance(value, str) else str(value)


def fill(text: str, look_up: LookUp, language: str) -> str:
    """The text with every reference filled."""
    return REFERENCE.sub(lambda reference: value_of(reference, look_up, language), text)


def holds(claim: str, look_up: LookUp) -> bool:
    """Whether "{{one}} > {{other}}" is true; numbers are compared as numbers, anything else as text.

    >>> holds("0.9 > 0.25", lambda kind, subject: None), holds("negative == positive", lambda kind, subject: None)
    (True, False)
    """
    one, sign, other = re.split(r" (==|!=|<|>) ", fill(claim, look_up, "en"))
    try:
        left: Any = float(one)
        right: Any = float(other)
    except ValueError:
        left, right = one.strip(), other.strip()
    return bool({"==": left == right, "!=": left != right, "<": left < right, ">": left > right}[sign])
