"""The words of the page that follow the chosen language: which component says which string."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

import gradio as gr

from seqdemo.locales import translate_key

Part = TypeVar("Part")
KEPT = 20_000  # characters of a text that a session remembers, to say its result again in another language


class Use(NamedTuple):
    """How another page makes this one show what was just trained."""

    values: Callable[[str], list[Any]]  # language -> a value for each of `outputs`
    outputs: list[Any]
    asked: dict[str, Any]  # the event that then answers


class Drawn(NamedTuple):
    """A page that was laid out, and what the language switch needs to draw it again."""

    outputs: list[Any]
    render: Callable[..., list[Any]]  # (*shown, language) -> a value for each of `outputs`
    shown: Any  # gr.State: the tuple of what was asked, e.g. (text, models)
    controls: list[Any]  # what a link sets, beside the text box
    follow: Callable[..., Any]  # (link, shown) -> (shown, updates of `controls`, the text)
    text: Any  # the text box, one of `outputs`; None where there is none
    use: Use | None = None
    asks: Any = None  # the event by which the text is asked; None where there is none


class Words:
    """Remembers, while the page is built, what to say anew when the language changes.

    Values are locale keys; a tuple of (key, value) pairs stands for the choices of a radio or checkbox group.
    Where a key is a function, it makes the string: language -> string.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Any, dict[str, Any]]] = []

    def add(self, component: Part, **keys: Any) -> Part:
        """Register e.g. `label="page.text"`; returns the component."""
        self._entries.append((component, keys))
        return component

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._entries]

    def updates(self, language: str) -> list[Any]:
        """One gr.update for each of `components`."""
        return [gr.update(**say(language, keys)) for _, keys in self._entries]


def say(language: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Locale keys -> strings, in the shape that Gradio's constructors and updates take."""
    return {
        name: [(_said(language, label), value) for label, value in key]
        if isinstance(key, tuple)
        else _said(language, key)
        for name, key in keys.items()
    }


def choices(names: Iterable[str], name_of: Callable[[str, str], str]) -> tuple[tuple[Callable[[str], str], str], ...]:
    """Choices whose words are made by name_of(name, language), so that what has no words yet shows its own name."""
    return tuple((partial(name_of, name), name) for name in names)


def _said(language: str, key: str | Callable[[str], str]) -> str:
    return key(language) if callable(key) else translate_key(language, key)
