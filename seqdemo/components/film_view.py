"""A film of a training: a slider over its kept moments, the score at each, and what became of one sentence."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seqdemo.components.provenance import measured
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.figures.names import label_name
from seqdemo.locales import translate_key


def film_payload(name: str, found: dict[str, Any], made: dict[str, Any], *, language: str) -> str:
    """What `FilmView` draws. name: "classifier" or "translator"; found, made: as `experiment film` writes them."""
    classifier = name == "classifier"
    rows = [label_name(row, language) for row in found["rows"]] if classifier else found["rows"]
    frames = [
        {
            **frame,
            "written": label_name(frame["written"], language) if classifier else frame["written"],
            "scored": f"{100 * frame['score']:.1f}%" if classifier else f"{frame['score']:.1f}",
        }
        for frame in found["frames"]
    ]
    return payload(
        {
            "name": name,
            "title": translate_key(language, f"view.film.title.{name}"),
            "figure": translate_key(language, f"view.film.figure.{name}", n=found["n"]),
            "rows": rows,
            "columns": found["columns"],
            "sentence": found["text"],
            "reference": found["reference"],
            "frames": frames,
            "provenance": measured(made, language=language, checkpoint=found),
            "strings": strings_of(language, "view.panel", "view.keep", "view.film"),
        }
    )


def FilmView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `film_payload`; "" clears it."""
    return view(value, "film", elem_id=elem_id)
