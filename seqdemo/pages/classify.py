"""The classify page: one sentence, all models side by side, and what went on inside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.verdict_view import VerdictView, verdict_payload
from seqdemo.pages.examples import TASKS, shown_tasks
from seqdemo.pages.guard import guarded
from seqdemo.pages.views import VIEWS, View
from seqdemo.pages.words import KEPT, Drawn, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Classifies
from seqdemo.records import ClassificationRecord


class Slot(NamedTuple):
    """A panel of the page: a view of one model, or of all (model is None)."""

    view: View
    model: str | None
    component: Any


def build_classify(lab: Classifies, words: Words, language: Any, first: str) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint."""
    tasks = shown_tasks(lab.tasks())
    task_name = next(iter(tasks))
    names = tuple(dict.fromkeys(name for models in tasks.values() for name in models))
    records = {name: lab.classify(_examples(name)[0], name) for name in tasks}
    example = _examples(task_name)[0]

    with gr.Row(elem_classes="choose", visible=len(tasks) > 1):
        keys: dict[str, Any] = {"label": "page.classify.task", "choices": _named("page.task", tuple(tasks))}
        task = words.add(gr.Radio(value=task_name, elem_id="task", min_width=300, **say(first, keys)), **keys)
    with gr.Row(elem_classes="ask", equal_height=False):
        text = gr.Textbox(example, lines=1, max_lines=4, scale=5, min_width=240, **_asks(task_name, first))
        keys = {"value": "page.classify.run"}
        run = words.add(
            gr.Button(variant="primary", scale=0, min_width=150, elem_classes="run", **say(first, keys)), **keys
        )
    with gr.Row(elem_classes="choose"):
        keys = {"label": "page.classify.models", "choices": _named("view.model", names)}
        models = words.add(
            gr.CheckboxGroup(value=list(names), elem_id="models", scale=6, min_width=300, **say(first, keys)), **keys
        )
        with gr.Column(scale=5, min_width=300):
            presets = _presets(task_name, words, first)
    message = MessageView(elem_id="classify-message")
    verdict = VerdictView(verdict_payload(records[task_name], language=first), elem_id="verdict")
    sections, slots = _panels(records, words, first)
    shown = gr.State((example, task_name, list(names)))

    def values(text: str, task: str, models: Sequence[str], language: str) -> list[Any]:
        """Message, verdict, sections (shown where they have a panel) and panels for one text."""
        able = tasks.get(task, ())
        found = guarded(lambda: lab.classify(text, task, [name for name in models if name in able]))
        if isinstance(found, Problem):
            empty = [gr.update(value="", visible=False) for _ in slots]
            hidden = [gr.update(visible=False) for _ in sections]
            return [message_payload(problem=found, language=language), "", *hidden, *empty]
        notices = [notice for record in found for notice in record.notices]
        useful = {slot.view for slot in slots if any(_shows(slot.view, slot.model, record) for record in found)}
        headings = [gr.update(visible=view in useful) for view in sections]
        panels = [_panel(slot, found, language) for slot in slots]
        return [
            message_payload(notices=notices, language=language),
            verdict_payload(found, language=language),
            *headings,
            *panels,
        ]

    def clothes(task: str, language: str) -> list[Any]:
        """What the page says of a task: about its text box, and on its examples."""
        return [gr.update(**_asks(task, language)), *(gr.update(value=sentence) for sentence in _examples(task))]

    def classify(text: str, task: str, models: list[str], language: str) -> list[Any]:
        return [*values(text, task, models, language), (text[:KEPT], task, models)]

    def change(task: str, language: str) -> list[Any]:
        label, *sentences = clothes(task, language)
        return [{**label, "value": _examples(task)[0]}, *sentences]

    def render(text: str, task: str, models: list[str], language: str) -> list[Any]:
        return [*values(text, task, models, language), *clothes(task, language)]

    outputs = [message, verdict, *sections.values(), *(slot.component for slot in slots)]
    dressed = [text, *presets]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked: dict[str, Any] = {
        "fn": classify,
        "inputs": [text, task, models, language],
        "outputs": [*outputs, shown],
        "trigger_mode": "always_last",  # quick changes: the last one is what the page shows
        "concurrency_limit": 4,
        "concurrency_id": "classify",
        **quiet,
    }
    gr.on([run.click, text.submit, models.input], **asked)
    task.input(change, [task, language], dressed, **quiet).then(**asked)
    for preset in presets:
        preset.click(lambda sentence: sentence, preset, text, **quiet).then(**asked)
    return Drawn([*outputs, *dressed], render, shown)


def _named(prefix: str, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{prefix}.{name}", name) for name in names)


def _examples(task: str) -> tuple[str, ...]:
    return TASKS[task]


def _asks(task: str, language: str) -> dict[str, Any]:
    """Label and placeholder of the text box."""
    return say(language, {"label": f"page.classify.text.{task}", "placeholder": f"page.classify.placeholder.{task}"})


def _presets(task: str, words: Words, first: str) -> list[Any]:
    keys = {"value": "page.examples"}
    words.add(gr.Markdown(elem_classes="caption", **say(first, keys)), **keys)
    with gr.Row(elem_classes="presets"):
        return [gr.Button(sentence, size="sm", min_width=120) for sentence in _examples(task)]


def _panels(
    records: dict[str, tuple[ClassificationRecord, ...]], words: Words, first: str
) -> tuple[dict[View, gr.Column], list[Slot]]:
    """A section a view, a panel a model that has what the view needs for some task; filled for the first task.

    records: one example read for each task.
    """
    sections: dict[View, gr.Column] = {}
    slots: list[Slot] = []
    now = next(iter(records.values()))
    for view in VIEWS:
        able = [record for one in records.values() for record in one if view.needs(record)]
        models = [None] if view.together else list(dict.fromkeys(record.source.model for record in able))
        if not able:
            continue
        shows_something = any(view.needs(record) for record in now)
        with gr.Column(visible=shows_something) as sections[view]:
            keys = {"value": f"page.view.{view.name}"}
            words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
            with gr.Row(elem_classes=f"panels-{view.name}"):
                for model in models:
                    chosen = tuple(record for record in now if _shows(view, model, record))
                    value = view.payload(chosen, first) if chosen else ""
                    with gr.Column(min_width=view.width):
                        component = view.component(value, elem_id=f"{view.name}-{model or 'all'}")
                    slots.append(Slot(view, model, component))
    return sections, slots


def _shows(view: View, model: str | None, record: ClassificationRecord) -> bool:
    return model in (None, record.source.model) and view.needs(record)


def _panel(slot: Slot, records: tuple[ClassificationRecord, ...], language: str) -> Any:
    """The update of one panel; hidden where its model was not asked."""
    chosen = tuple(record for record in records if _shows(slot.view, slot.model, record))
    if not chosen:
        return gr.update(value="", visible=False)
    return gr.update(value=slot.view.payload(chosen, language), visible=True)
