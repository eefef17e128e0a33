"""The live views beside a lesson: the state that a step asks for, computed now, drawn as on the other tabs."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

import gradio as gr

from seqdemo.components.attention_view import AttentionView, translator_attention_payload
from seqdemo.components.chart_view import ChartView, chart_payload
from seqdemo.components.film_view import FilmView, film_payload
from seqdemo.components.resources import in_lesson
from seqdemo.components.steps_view import StepsView, steps_payload
from seqdemo.components.tree_view import TreeView, tree_payload
from seqdemo.lessons.charts import CHARTS
from seqdemo.lessons.fill import LookUp
from seqdemo.lessons.screen import Screen
from seqdemo.pages.views import VIEWS
from seqdemo.pages.words import Words, say
from seqdemo.protocols import Lab

BEAM = 5
LOOKS = ("step", "map", "row", "on", "switches", "mass")  # fields of a link that the browser reads: components/link.js
BESIDE = ("chart", "film", *(view.name for view in VIEWS), "steps", "tree", "heads")  # for [highlight] and hide=


class Beside(NamedTuple):
    """One view beside the lesson: its section, and the component that draws."""

    name: str
    section: Any
    component: Any


def build_views(words: Words, first: str) -> list[Beside]:
    """One place for each of BESIDE in the present gr.Blocks, all of them empty and hidden."""
    makers: dict[str, Any] = {"chart": ChartView, "film": FilmView}
    makers |= {"steps": StepsView, "tree": TreeView, "heads": AttentionView}
    makers |= {view.name: view.component for view in VIEWS}
    made = []
    for name in BESIDE:
        with gr.Column(visible=False, elem_id=f"section-lesson-{name}", elem_classes=["beside"]) as section:
            if name in ("attention", "planes", "gates", "tree", "heads"):
                keys: dict[str, Any] = {"value": f"page.view.{name}"}
                words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
            made.append(Beside(name, section, makers[name](elem_id=f"lesson-{name}")))
    return made


def payloads(lab: Lab, look_up: LookUp, screen: Screen, key: str, language: str) -> dict[str, str]:
    """Name of a view -> what it shows for this screen; views that show nothing are left out. Raises Problem."""
    found = (
        {}
        if screen.chart is None
        else {"chart": chart_payload(screen.chart, CHARTS[screen.chart](look_up), language=language)}
    )
    if screen.film is not None:
        films = look_up("experiment", "film")
        found["film"] = film_payload(screen.film, films[screen.film], films["made"], language=language)
    state = screen.state
    if state is None:
        return found
    hidden = state.get("hide", "").split(",")
    drawn = _translated(lab, state, language) if "pair" in state else _classified(lab, state, language)
    fields = urlencode({"at": key, **{name: state[name] for name in LOOKS if name in state}})
    return found | {name: in_lesson(value, fields) for name, value in drawn.items() if name not in hidden}


def _classified(lab: Lab, state: dict[str, str], language: str) -> dict[str, str]:
    models = state["models"].split(",") if "models" in state else None
    records = lab.classify(state["text"], state["task"], models)
    able = {view: view.able(records) for view in VIEWS}
    return {view.name: view.payload(chosen, language=language) for view, chosen in able.items() if chosen}


def _translated(lab: Lab, state: dict[str, str], language: str) -> dict[str, str]:
    models = state["translators"].split(",") if "translators" in state else lab.pairs()[state["pair"]]
    beam = int(state.get("beam", BEAM))
    records = [lab.translate(state["sentence"], state["pair"], model, beam) for model in models]
    looking = [record for record in records if record.attention]
    found = {"steps": steps_payload(records, language=language)}
    if any(record.tree for record in records):
        found["tree"] = tree_payload(records, language=language)
    if looking:
        found["heads"] = translator_attention_payload(looking, language=language)
    return found


def updates(beside: list[Beside], shown: dict[str, str], highlight: str | None) -> list[Any]:
    """A section and a value for each view; the one that is meant gets a frame."""
    changes: list[Any] = []
    for one in beside:
        classes = ["beside", *(["meant"] if one.name == highlight else [])]
        changes += [gr.update(visible=one.name in shown, elem_classes=classes), shown.get(one.name, "")]
    return changes
