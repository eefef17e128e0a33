"""The classify page: one sentence, all models side by side, and what went on inside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.verdict_view import VerdictView, verdict_payload
from seqdemo.pages.guard import guarded
from seqdemo.pages.views import VIEWS, View
from seqdemo.pages.words import KEPT, Drawn, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Classifies
from seqdemo.records import ClassificationRecord

EXAMPLES = (
    "The plot is thin, but the acting is wonderful.",
    "It is good, not bad.",
    "It is bad, not good.",
    "I wanted to like it, but I was bored to tears.",
)


class Slot(NamedTuple):
    """A panel of the page: a view of one model, or of all (model is None)."""

    view: View
    model: str | None
    component: Any


def build_classify(lab: Classifies, task: str, words: Words, language: Any, first: str) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint."""
    names = lab.tasks()[task]
    records = lab.classify(EXAMPLES[0], task)

    with gr.Row(elem_classes="ask", equal_height=False):
        keys: dict[str, Any] = {"label": "page.classify.text", "placeholder": "page.classify.placeholder"}
        text = words.add(
            gr.Textbox(EXAMPLES[0], lines=1, max_lines=4, scale=5, min_width=240, **say(first, keys)), **keys
        )
        keys = {"value": "page.classify.run"}
        run = words.add(
            gr.Button(variant="primary", scale=0, min_width=150, elem_classes="run", **say(first, keys)), **keys
        )
    with gr.Row(elem_classes="choose"):
        keys = {"label": "page.classify.models", "choices": tuple((f"view.model.{name}", name) for name in names)}
        models = words.add(gr.CheckboxGroup(value=list(names), scale=3, min_width=300, **say(first, keys)), **keys)
        with gr.Column(scale=4, min_width=300):
            presets = _presets(words, first)
    message = MessageView(elem_id="classify-message")
    verdict = VerdictView(verdict_payload(records, language=first), elem_id="verdict")
    sections, slots = _panels(records, words, first)
    shown = gr.State((EXAMPLES[0], list(names)))

    def values(text: str, models: Sequence[str], language: str) -> list[Any]:
        """Message, verdict, sections (shown where they have a panel) and panels for one text."""
        found = guarded(lambda: lab.classify(text, task, models))
        if isinstance(found, Problem):
            empty = [gr.update(value="", visible=False) for _ in slots]
            hidden = [gr.update(visible=False) for _ in sections]
            return [message_payload(problem=found, language=language), "", *hidden, *empty]
        notices = [notice for record in found for notice in record.notices]
        asked = {record.source.model for record in found}
        useful = {slot.view for slot in slots if slot.model is None or slot.model in asked}
        headings = [gr.update(visible=view in useful) for view in sections]
        panels = [_panel(slot, found, language) for slot in slots]
        return [
            message_payload(notices=notices, language=language),
            verdict_payload(found, language=language),
            *headings,
            *panels,
        ]

    def classify(text: str, models: list[str], language: str) -> list[Any]:
        return [*values(text, models, language), (text[:KEPT], models)]

    outputs = [message, verdict, *sections.values(), *(slot.component for slot in slots)]
    asked: dict[str, Any] = {
        "fn": classify,
        "inputs": [text, models, language],
        "outputs": [*outputs, shown],
        "show_progress": "hidden",
        "trigger_mode": "always_last",  # quick changes: the last one is what the page shows
        "api_visibility": "private",
        "concurrency_limit": 4,
        "concurrency_id": "classify",
    }
    gr.on([run.click, text.submit, models.input], **asked)
    for preset, sentence in zip(presets, EXAMPLES, strict=True):
        filled = preset.click(
            lambda sentence=sentence: sentence, None, text, show_progress="hidden", api_visibility="private"
        )
        filled.then(**asked)
    return Drawn(outputs, values, shown)


def _presets(words: Words, first: str) -> list[Any]:
    keys = {"value": "page.examples"}
    words.add(gr.Markdown(elem_classes="caption", **say(first, keys)), **keys)
    with gr.Row(elem_classes="presets"):
        return [gr.Button(sentence, size="sm", min_width=120) for sentence in EXAMPLES]


def _panels(
    records: tuple[ClassificationRecord, ...], words: Words, first: str
) -> tuple[dict[View, gr.Column], list[Slot]]:
    """A section a view, a panel a model that has what the view needs."""
    sections, slots = {}, []
    for view in VIEWS:
        able = [record for record in records if view.needs(record)]
        if not able:
            continue
        with gr.Column() as sections[view]:
            keys = {"value": f"page.view.{view.name}"}
            words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
            with gr.Row(elem_classes=f"panels-{view.name}"):
                for record in able[:1] if view.together else able:
                    model = None if view.together else record.source.model
                    shown = tuple(records) if view.together else (record,)
                    with gr.Column(min_width=view.width):
                        name = f"{view.name}-{model or 'all'}"
                        slots.append(Slot(view, model, view.component(view.payload(shown, first), elem_id=name)))
    return sections, slots


def _panel(slot: Slot, records: tuple[ClassificationRecord, ...], language: str) -> Any:
    """The update of one panel; hidden where its model was not asked."""
    chosen = tuple(record for record in records if slot.model in (None, record.source.model))
    if not chosen:
        return gr.update(value="", visible=False)
    return gr.update(value=slot.view.payload(chosen, language), visible=True)
