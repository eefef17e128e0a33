"""The classify page: one sentence, all models side by side, and what went on inside each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import gradio as gr

from seqdemo.bench.settings import OWN
from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.order import answered, begins
from seqdemo.components.reasons_view import ReasonsView
from seqdemo.components.rereading_view import RereadingView
from seqdemo.components.resources import when_asked
from seqdemo.locales import translate_key
from seqdemo.pages.editing import reread
from seqdemo.pages.examples import MOST_EXAMPLES, TASKS, shown_tasks
from seqdemo.pages.guard import guarded
from seqdemo.pages.link import Link
from seqdemo.pages.reasons import reasons
from seqdemo.pages.ticking import boxes, remembered, ticked
from seqdemo.pages.turns import Turns
from seqdemo.pages.typed import asking, box
from seqdemo.pages.views import VIEWS, View
from seqdemo.pages.words import KEPT, Drawn, Use, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Classifies, Probes, Reclassifies
from seqdemo.records import ClassificationRecord
from seqdemo.serving.limits import LONG, READERS, WORKERS
from seqdemo.serving.noting import tried


class Panel(NamedTuple):
    """A view on the page: its section (heading and all) and the component that draws."""

    view: View
    section: Any
    component: Any


def build_classify(
    lab: Classifies, words: Words, language: Any, first: str, own: Callable[[], tuple[str, ...]] = tuple
) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint.

    own: examples for what the present visit trained itself, as task OWN; none where it trained nothing.
    """
    tasks = shown_tasks(lab.tasks())
    task_name = next(iter(tasks))
    records = {name: lab.classify(TASKS[name][0], name) for name in tasks}
    example = TASKS[task_name][0]

    def able_to(task: str) -> tuple[str, ...]:
        """The models of a task; of the visit's own, those that it trained."""
        return lab.tasks().get(task, ()) if task == OWN else tasks.get(task, ())

    def offered(task: str) -> tuple[str, ...]:
        return (*(own() if task == OWN else TASKS[task]), *[""] * MOST_EXAMPLES)[:MOST_EXAMPLES]

    def choices(language: str) -> list[tuple[str, str]]:
        """The tasks that there are for the present visit."""
        names = (*tasks, *([OWN] if able_to(OWN) else []))
        return [(translate_key(language, f"page.task.{name}"), name) for name in names]

    def read_by(task: str, language: str) -> dict[str, Any]:
        """The boxes of the models that a task has."""
        return boxes(able_to(task), language, "page.classify.models")

    with gr.Row(elem_classes="ask", equal_height=False):
        keys: dict[str, Any] = {
            "label": "page.classify.task",
            "choices": choices,
        }
        task = gr.Dropdown(
            value=task_name, elem_id="task", scale=2, min_width=190, visible=len(tasks) > 1, **say(first, keys)
        )
        words.add(task, **keys)
        asks_for = _asks(task_name, first)
        text = gr.Textbox(example, lines=1, max_lines=4, scale=7, min_width=240, **asks_for, **box("classify"))
        keys = {"value": "page.classify.run"}
        run = words.add(
            gr.Button(variant="primary", scale=0, min_width=120, elem_classes="run", **say(first, keys)), **keys
        )
    with gr.Row(elem_classes="choose"):
        models = gr.CheckboxGroup(
            value=list(able_to(task_name)), elem_id="models", min_width=300, **read_by(task_name, first)
        )
        presets = _presets(task_name, words, first)
    message = MessageView(elem_id="classify-message")
    panels = _panels(VIEWS[:1], records, words, first)
    with gr.Column(elem_id="section-rereading", visible=isinstance(lab, Reclassifies)):
        keys = {"value": "page.view.rereading"}
        words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
        changes = RereadingView(reread(lab, records[task_name], "", language=first).payload, elem_id="rereading")
    with gr.Column(elem_id="section-reasons", visible=isinstance(lab, Probes)):
        keys = {"value": "page.view.reasons"}
        words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
        basis = ReasonsView(reasons(lab, records[task_name], language=first), elem_id="reasons")
    panels += _panels(VIEWS[1:], records, words, first)
    all_names = [name for models_of in tasks.values() for name in models_of]
    turns = gr.State(Turns())
    shown = gr.State((example, task_name, list(dict.fromkeys(all_names)), ""))  # at first all of every task are wanted

    def values(text: str, task: str, models: Sequence[str], line: str, language: str) -> list[Any]:
        """Message, a section and a panel a view (hidden where no record has what it needs), changes, reasons (not asked
        for yet), and what was asked."""
        able = able_to(task)
        found = guarded(lambda: lab.classify(text, task, [name for name in models if name in able]))
        if isinstance(found, Problem):
            hidden = [update for _ in panels for update in (gr.update(visible=False), "")]
            now = (text[:KEPT], task, models, line)
            return [message_payload(problem=found, language=language), *hidden, "", "", now]
        told = {record.source.model: record.notices for record in found}
        change = reread(lab, found, line, language=language)
        drawn: list[Any] = []
        for panel in panels:
            chosen = panel.view.able(change.shown)
            drawn.append(gr.update(visible=bool(chosen)))
            drawn.append(change.view(panel.view.payload(chosen, language=language)) if chosen else "")
        now = (text[:KEPT], task, models, change.line)
        rest = reasons(lab, found, language=language)
        return [message_payload(of_models=told, language=language), *drawn, change.payload, rest, now]

    def clothes(task: str, language: str) -> list[Any]:
        """What the page says of a task: about its text box, on its examples, and the models that it has."""
        sentences = (gr.update(value=sentence, visible=bool(sentence)) for sentence in offered(task))
        return [gr.update(**_asks(task, language)), *sentences, gr.update(**read_by(task, language))]

    def classify(text: str, task: str, models: list[str], asked: tuple[Any, ...], language: str, turn: Turns) -> Any:
        question = (text, task, remembered(models, asked[2], able_to(task)), asked[3], language)
        return turn.ask(question, lambda: values(*question))

    def again(asked: tuple[Any, ...], language: str, turn: Turns, event: gr.EventData) -> Any:
        """The same text with other changes."""
        text, task, models, _ = asked
        line = getattr(event, "line", "")

        def changed() -> list[Any]:
            *drawn, _, now = values(text, task, models, line if isinstance(line, str) else "", language)[1:]
            return [*drawn, now]

        return turn.change(changed)

    def ask(asked: tuple[Any, ...], language: str, event: gr.EventData) -> str:
        """What the answer of one model rests on."""
        text, task, models, _ = asked
        able = able_to(task)
        found = tried(lambda: lab.classify(text, task, [name for name in models if name in able]))
        return "" if isinstance(found, Problem) else reasons(lab, found, getattr(event, "line", ""), language=language)

    def change(task: str, wanted: Sequence[str], language: str) -> list[Any]:
        label, *sentences, choices = clothes(task, language)
        able = able_to(task)
        return [{**label, "value": offered(task)[0]}, *sentences, {**choices, "value": ticked(able, wanted, able)}]

    def render(text: str, task: str, models: list[str], line: str, language: str) -> list[Any]:
        return [*values(text, task, models, line, language)[:-1], *clothes(task, language)]

    def follow(link: Link, shown: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[Any], str]:
        """What a link asks for, else what is on show: (the question, updates of its controls, its text)."""
        task = link.task if link.task in tasks else shown[1]
        text = link.text or (offered(task)[0] if task != shown[1] else shown[0])
        able = able_to(task)
        wanted = link.models or shown[2]
        chosen = ticked(able, wanted, able)
        line = link.reedits or ("" if link.text else shown[3])
        return (
            (text, task, remembered(chosen, wanted, able), line),
            [gr.update(value=task), gr.update(value=chosen)],
            text,
        )

    drawn = [*(part for panel in panels for part in (panel.section, panel.component)), changes]
    outputs = [message, *drawn, basis]
    dressed = [text, *presets, models]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    asked: dict[str, Any] = {
        "fn": classify,
        "inputs": [text, task, models, shown, language, turns],
        "outputs": [*outputs, shown],
        "js": asking("classify"),
        "trigger_mode": "always_last",  # quick changes: the last one is what the page shows
        "concurrency_limit": READERS,
        "concurrency_id": "classify",
        **quiet,
    }
    asks = answered(gr.on([run.click, text.submit, models.input], **asked), "classify")
    when_asked(
        changes,
        again,
        [shown, language, turns],
        [*drawn, shown],
        concurrency_limit=READERS,
        concurrency_id="classify",
        **quiet,
    )
    for event, line, most in (("again", "probe", WORKERS), ("long", "long", LONG)):
        kind: dict[str, Any] = {"event": event, "concurrency_id": line, "concurrency_limit": most}
        when_asked(basis, ask, [shown, language], basis, **kind, **quiet)
    begun: dict[str, Any] = {"js": begins("classify"), **quiet}
    other = task.input(
        lambda task, shown, language: change(task, shown[2], language), [task, shown, language], dressed, **begun
    )
    for start in (other, *(one.click(lambda sentence: sentence, one, text, **begun) for one in presets)):
        answered(start.then(**asked | {"trigger_mode": "multiple"}), "classify")  # Turns tells a twin from a new one

    def use(language: str) -> list[Any]:
        """What was just trained: the task's choices, every model ticked, a sentence and the words around it."""
        return [
            gr.update(choices=choices(language), value=OWN, visible=True),
            *change(OWN, able_to(OWN), language),
        ]

    made = Use(use, [task, *dressed], asked)
    return Drawn([*outputs, *dressed], render, shown, [task, models], follow, text, made, asks)


def _asks(task: str, language: str) -> dict[str, Any]:
    """Label and placeholder of the text box."""
    return say(language, {"label": f"page.classify.text.{task}", "placeholder": f"page.classify.placeholder.{task}"})


def _presets(task: str, words: Words, first: str) -> list[Any]:
    keys = {"value": "page.examples"}
    with gr.Row(elem_classes="presets"):
        words.add(gr.Markdown(elem_classes="caption", **say(first, keys)), **keys)
        return [gr.Button(sentence, size="sm", min_width=90) for sentence in TASKS[task]]


def _panels(
    views: Sequence[View], records: dict[str, tuple[ClassificationRecord, ...]], words: Words, first: str
) -> list[Panel]:
    """A panel a view that some task's models can fill; filled for the first task. records: an example a task."""
    panels: list[Panel] = []
    now = next(iter(records.values()))
    for view in views:
        if not any(view.able(one) for one in records.values()):
            continue
        chosen = view.able(now)
        with gr.Column(visible=bool(chosen), elem_id=f"section-{view.name}") as section:
            if view.headed:
                keys = {"value": f"page.view.{view.name}"}
                words.add(gr.Markdown(elem_classes="section", **say(first, keys)), **keys)
            component = view.component(view.payload(chosen, language=first) if chosen else "", elem_id=view.name)
        panels.append(Panel(view, section, component))
    return panels
