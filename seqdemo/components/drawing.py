"""Which files draw which view; and all views in one script, which a browser fetches once and keeps.

Were each script a part of the page, every visit would carry 1.1 MB of them and Gradio's page would copy them about.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from seqdemo.components import library
from seqdemo.figures import theme
from seqdemo.locales import LANGUAGES, translate_key

FOLDER = Path(__file__).resolve().parent
SHARED = ("page.js", "colors.js", "numbers.js", "svg.js", "clock.js", "link.js", "saving.js", "fold.js", "sum_panel.js")
SHEETS = ("shared.css", "zoomable.css", "sum_panel.css")
SHADES = {"ink": theme.INK, "faint": theme.FAINT, "grid": theme.GRID, "paper": theme.PAPER}
GIVEN = "element, trigger, props, server, upload, watch"  # what Gradio gives a script


class Files(NamedTuple):
    """A view's style sheet, and its scripts in the order in which they run; the last one draws."""

    style: str
    scripts: tuple[str, ...]


VIEWS = {
    "attention": Files(
        "attention_view.css",
        (
            "attention_weights.js",
            "attention_state.js",
            "head_grid.js",
            "heatmap.js",
            "zoomable.js",
            "token_lines.js",
            "attention_view.js",
            "heatmap_chart.js",
            "attention_focus.js",
            "attention_sum.js",
            "attention_heads.js",
            "attention_panel.js",
        ),
    ),
    "chart": Files("plain.css", ("chart_axis.js", "chart_view.js")),
    "edits": Files(
        "edits_view.css",
        ("edits_parts.js", "edits_panel.js", "edits_picture.js", "head_tools.js", "edits_tools.js", "edits_view.js"),
    ),
    "film": Files("film_view.css", ("chart_axis.js", "film_view.js")),
    "gates": Files("plain.css", ("axis.js", "gate_strips.js", "zoomable.js", "gates_chart.js", "gates_view.js")),
    "planes": Files("plain.css", ("plane.js", "zoomable.js", "planes_chart.js", "planes_view.js")),
    "reading": Files("reading_view.css", ("scrub_bar.js", "axis.js", "plane.js", "reading_rows.js", "reading_view.js")),
    "reasons": Files(
        "edits_view.css",
        (
            "edits_parts.js",
            "chart_axis.js",
            "reason_words.js",
            "reason_curves.js",
            "reason_answers.js",
            "reasons_view.js",
        ),
    ),
    "rereading": Files(
        "edits_view.css",
        (
            "edits_parts.js",
            "edits_panel.js",
            "head_tools.js",
            "reason_words.js",
            "rereading_words.js",
            "rereading_view.js",
        ),
    ),
    "steps": Files("steps_view.css", ("scrub_bar.js", "axis.js", "steps_block.js", "steps_view.js")),
    "train": Files("train_view.css", ("chart_axis.js", "train_view.js")),
    "tree": Files("tree_view.css", ("tree_picture.js", "tree_view.js")),
}


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


def javascript(*names: str, style: str = "") -> str:
    """The files one after another, as the body of a function that takes what GIVEN names.

    style: the view's style sheet, which a page that is saved brings along.
    """
    known = {"darkColors": theme.DARK, "colors": SHADES, "fontFamily": theme.FONT, "styleText": style}
    known["plotlyPath"] = library.PATH
    lines = [f"const {name} = {json.dumps(value)};" for name, value in known.items()]
    return "\n".join([*lines, *((FOLDER / name).read_text(encoding="utf-8") for name in names)])


@lru_cache(maxsize=1)
def script() -> str:
    """All views: a JavaScript module that exports `views`, from the name of each to the function that draws it."""
    functions = []
    for name, files in VIEWS.items():
        body = javascript(*SHARED, *files.scripts, style=stylesheet(*SHEETS, files.style))
        whole = "const wholeScript = seqdemoView.toString();"  # for a page that is saved
        functions.append(f"{json.dumps(name)}: function seqdemoView({GIVEN}) {{\n{whole}\n{body}\n}},")
    return "\n".join(["export const views = {", *functions, "};"])


@lru_cache(maxsize=1)
def path() -> str:
    """Where the script is served; another script has another name."""
    return f"/seqdemo/views-{hashlib.sha256(script().encode()).hexdigest()[:16]}.js"


def loader(name: str) -> str:
    """What Gradio runs when a view of that name mounts: fetch the script, unless another view has, and draw.

    Gradio takes an event for one of the view's only if its name stands, in quotes, in this text.
    """
    told = sorted(set(re.findall(r'\btrigger\(("\w+")', javascript(*VIEWS[name].scripts))))
    sorry = " / ".join(translate_key(language, "view.unfetched") for language in LANGUAGES)
    return f"""const events = [{", ".join(told)}];
const home = ((window.gradio_config && window.gradio_config.root) || "").replace(/\\/$/, "");
import(home + {json.dumps(path())})
  .then(({{ views }}) => views[{json.dumps(name)}]({GIVEN}))
  .catch((error) => {{ console.error(error); element.textContent = {json.dumps(sorry)}; }});"""


def routes() -> list[Route]:
    """For `launch(app_kwargs={"routes": ...})`."""
    return [Route(path(), _answer)]


async def _answer(request: Request) -> Response:
    return Response(script(), media_type="text/javascript")
