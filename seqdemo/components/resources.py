"""The parts that gr.HTML asks for: a script, a style sheet and a payload, each from a file or a record.

Whatever a visitor typed travels in the payload, as JSON, and reaches the page by `textContent` only.
The HTML template of a view is fixed: Gradio evaluates `${...}` in it, which would run typed code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from seqdemo.components import library
from seqdemo.figures import theme
from seqdemo.locales import strings

FOLDER = Path(__file__).resolve().parent
TEMPLATE = '<div class="seqdemo-view"></div>'
SHARED = ("page.js", "colors.js", "numbers.js", "svg.js", "clock.js", "link.js", "saving.js", "fold.js", "sum_panel.js")
SHEETS = ("shared.css", "zoomable.css", "sum_panel.css")
SHADES = {"ink": theme.INK, "faint": theme.FAINT, "grid": theme.GRID, "paper": theme.PAPER}


def javascript(*names: str, style: str = "") -> str:
    """The files one after another, as the body of the function that Gradio calls when the view mounts.

    style: the view's style sheet, which a page that is saved brings along.
    """
    known = {"darkColors": theme.DARK, "colors": SHADES, "fontFamily": theme.FONT, "styleText": style}
    known["plotlyPath"] = library.PATH
    lines = [f"const {name} = {json.dumps(value)};" for name, value in known.items()]
    lines.append("const wholeScript = arguments.callee.toString();")  # for a page that is saved
    return "\n".join([*lines, *((FOLDER / name).read_text(encoding="utf-8") for name in names)])


def stylesheet(*names: str) -> str:
    """The files one after another, below the house colours; Gradio nests all of it under the view's own id.

    Raises ValueError for a character that Gradio's template language would evaluate.
    """
    light = "".join(f"--seqdemo-{name}: {color}; " for name, color in SHADES.items())
    dark = "".join(f"--seqdemo-{name}: {theme.DARK[color]}; " for name, color in SHADES.items())
    files = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
    text = f"{light}\n.dark & {{ {dark} }}\n{files}"
    for mark in ("`", "\\", "${", "{{"):
        if mark in text:
            raise ValueError(f"{mark!r} in {names}: Gradio evaluates style sheets as templates")
    return text


def payload(content: dict[str, Any]) -> str:
    """JSON without a literal `<`, which no HTML or template reader on the way could mistake for a tag."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def in_lesson(value: str, fields: str) -> str:
    """A payload as a lesson's step shows it. fields: step, head and switches, as in a link; never empty."""
    return payload(json.loads(value) | {"lesson": fields})


def strings_of(language: str, *groups: str) -> dict[str, str]:
    """The last part of each key of these groups -> its string: strings_of("en", "view.clock")["play"]."""
    return {key.rpartition(".")[2]: text for key, text in strings(language).items() if key.rpartition(".")[0] in groups}


def view(value: str, style: str, scripts: tuple[str, ...], *, elem_id: str | None = None) -> gr.HTML:
    """A gr.HTML that a script of ours draws from its payload. style, scripts: files beside this one."""
    css = stylesheet(*SHEETS, style)
    return gr.HTML(
        value,
        html_template=TEMPLATE,
        css_template=css,
        js_on_load=javascript(*SHARED, *scripts, style=css),
        apply_default_css=False,
        elem_id=elem_id,
    )
