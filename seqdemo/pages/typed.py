"""What was typed outlives a page that loads itself anew, as Gradio's does when its server was away and is back.

A text that was typed and not answered stands in its box again, in the task, pair and tab that were chosen; the
browser keeps it (components/typed.js). The server is told the choices at load, as by a link, and never the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from seqdemo.components import drawing
from seqdemo.components.order import begins
from seqdemo.pages.link import MOST_CHARACTERS, Link, read_link
from seqdemo.pages.words import Drawn
from seqdemo.protocols import Lab
from seqdemo.records import Notice

HEAD = f"<script>{(drawing.FOLDER / 'typed.js').read_text(encoding='utf-8')}</script>"
# A load's inputs, with the choices that were kept ("" where nothing was) in the place of the first.
TELL = "(_, ...given) => [window.seqdemoTyped.chosen(), ...given]"
CHOICES = (
    "lang",
    "tab",
    "task",
    "models",
    "pair",
    "translators",
    "beam",
)  # fields of a link; its texts are not among them


def box(tab: str) -> dict[str, Any]:
    """Settings of the text box of a tab, by which the browser knows it."""
    return {"elem_id": f"typed-{tab}", "elem_classes": "typed"}


def asking(tab: str) -> str:
    """Script of the event that asks: its first input is the text."""
    return f"(...given) => {{ window.seqdemoTyped.ask('typed-{tab}', given[0]); return ({begins(tab)})(...given); }}"


def remember(fields: Mapping[str, Any]) -> None:
    """Let the browser remember what is chosen. fields: field of a link -> component."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    names = ", ".join(fields)
    choose = f"({names}) => window.seqdemoTyped.choose({{ {names} }})"
    changes = [component.change for component in fields.values()]
    gr.on(changes, None, list(fields.values()), None, js=choose, **quiet)


def restore(loaded: Any, parts: Mapping[str, Drawn], message: Any) -> None:
    """After a load: the texts into their boxes, until they are answered. message: tells of it until the last is."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    texts = [part.text for part in parts.values()]
    ids = [f"typed-{tab}" for tab in parts]
    loaded.then(None, texts, texts, js=f"(...given) => window.seqdemoTyped.restore({ids}, given)", **quiet)
    for tab, part in parts.items():
        over = f"(shown) => window.seqdemoTyped.answer('typed-{tab}') ? '' : shown"
        part.asks.success(None, message, message, js=over, **quiet)


def read_choices(kept: str, query: Mapping[str, str], lab: Lab) -> tuple[Link, tuple[Notice, ...]]:
    """What a load asks for: the address, and above it the choices that the browser kept ("" where it kept none).

    Of the choices, one that is no longer possible (a model that was trained in the visit) is left out.
    """
    if not kept:
        return read_link(query, lab)
    chosen = {name: value for name, value in parse_qsl(kept[:MOST_CHARACTERS]) if name in CHOICES and value}
    link, notices = read_link({**query, **chosen}, lab)
    told = (notice for notice in notices if notice.values.get("field") not in chosen)
    return link, (Notice("typed_back", {}), *told)
