"""The parts that gr.HTML asks for: a script, a style sheet and a payload, each from a file or a record.

Whatever a visitor typed travels in the payload, as JSON, and reaches the page by `textContent` only.
The HTML template of a view is fixed: Gradio evaluates `${...}` in it, which would run typed code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import gradio as gr

from seqdemo.components import drawing
from seqdemo.components.order import answered, begins
from seqdemo.locales import strings

TEMPLATE = '<div class="seqdemo-view"></div>'


def payload(content: dict[str, Any]) -> str:
    """JSON without a literal `<`, which no HTML or template reader on the way could mistake for a tag."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def in_lesson(value: str, fields: str) -> str:
    """A payload as a lesson's step shows it. fields: step, head and switches, as in a link; never empty."""
    return payload(json.loads(value) | {"lesson": fields})


def as_changed(value: str, fields: dict[str, str], words: str) -> str:
    """A payload of a run with changes: it says so itself, in every file that is saved. fields: of a link."""
    return payload(json.loads(value) | {"changed": {"fields": fields, "words": words}})


def strings_of(language: str, *groups: str) -> dict[str, str]:
    """The last part of each key of these groups -> its string: strings_of("en", "view.clock")["play"]."""
    return dict(_gathered(language, groups))


@lru_cache(maxsize=128)
def _gathered(language: str, groups: tuple[str, ...]) -> dict[str, str]:
    return {key.rpartition(".")[2]: text for key, text in strings(language).items() if key.rpartition(".")[0] in groups}


def view(value: str, name: str, *, elem_id: str | None = None) -> gr.HTML:
    """A gr.HTML that a script of ours draws from its payload. name: one of drawing.VIEWS."""
    return gr.HTML(
        value,
        html_template=TEMPLATE,
        css_template=drawing.stylesheet(*drawing.SHEETS, drawing.VIEWS[name].style),
        js_on_load=drawing.loader(name),
        apply_default_css=False,
        elem_id=elem_id,
    )


def when_asked(
    component: gr.HTML, work: Callable[..., Any], inputs: Any, outputs: Any, *, event: str = "again", **settings: Any
) -> None:
    """Answer a view's event with `work`, and tell the view when that is over, so that it can ask the next.

    The view itself keeps the last wish meanwhile (edits_parts.js): Gradio's "always_last" repeats the first one's data.
    """
    place = f"#{component.elem_id} .seqdemo-view"
    listen: Callable[..., Any] = getattr(component, event)
    asked = listen(work, inputs, outputs, js=begins(place), trigger_mode="multiple", **settings)
    answered(asked, place, f"document.querySelector({json.dumps(place)})?.dispatchEvent(new Event('seqdemo-answered'))")
