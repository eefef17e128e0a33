"""The parts that gr.HTML asks for: a script, a style sheet and a payload, each from a file or a record.

Whatever a visitor typed travels in the payload, as JSON, and reaches the page by `textContent` only.
The HTML template of a view is fixed: Gradio evaluates `${...}` in it, which would run typed code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from seqdemo.figures import theme

FOLDER = Path(__file__).resolve().parent
TEMPLATE = '<div class="seqdemo-view"></div>'


def javascript(*names: str) -> str:
    """The files one after another, as the body of the function that Gradio calls when the view mounts."""
    colors = f"const darkColors = {json.dumps(theme.DARK)};\n"
    return colors + "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def stylesheet(*names: str) -> str:
    """The files one after another, below the house colours; Gradio nests all of it under the view's own id.

    Raises ValueError for a character that Gradio's template language would evaluate.
    """
    shades = {"ink": theme.INK, "faint": theme.FAINT, "grid": theme.GRID}
    light = "".join(f"--seqdemo-{name}: {color}; " for name, color in shades.items())
    dark = "".join(f"--seqdemo-{name}: {theme.DARK[color]}; " for name, color in shades.items())
    files = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
    text = f"{light}\n.dark & {{ {dark} }}\n{files}"
    for mark in ("`", "\\", "${", "{{"):
        if mark in text:
            raise ValueError(f"{mark!r} in {names}: Gradio evaluates style sheets as templates")
    return text


def payload(content: dict[str, Any]) -> str:
    """JSON without a literal `<`, which no HTML or template reader on the way could mistake for a tag."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def view(
    value: str, style: str, scripts: tuple[str, ...], *, elem_id: str | None = None, head: str | None = None
) -> gr.HTML:
    """A gr.HTML that a script of ours draws from its payload. style, scripts: files beside this one."""
    return gr.HTML(
        value,
        html_template=TEMPLATE,
        css_template=stylesheet("shared.css", style),
        js_on_load=javascript(*scripts),
        head=head,
        apply_default_css=False,
        elem_id=elem_id,
    )
