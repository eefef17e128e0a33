"""The lessons page: a text with its steps on the left, the views in the state of that step on the right.

What a class has not revealed is not sent: the page shows a `Screen` (seqdemo.lessons.screen), made on the server from
the progress of this session. Votes and progress live in the session alone and are gone with it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from seqdemo.components.message_view import MessageView, message_payload
from seqdemo.components.place_view import PlaceView, place_payload
from seqdemo.lessons.facts import facts, require
from seqdemo.lessons.handout import handout
from seqdemo.lessons.parse import NAMES, lesson
from seqdemo.lessons.screen import Progress, Screen, screen
from seqdemo.locales import translate_key
from seqdemo.pages.guard import guarded
from seqdemo.pages.lesson_views import build_views, payloads, updates
from seqdemo.pages.link import Link
from seqdemo.pages.teaching import teaching
from seqdemo.pages.words import Drawn, Words, say
from seqdemo.problems import Problem
from seqdemo.protocols import Lab

LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
MOST_HANDS = 999  # votes for one choice
PRINT = """() => {
  const tab = document.getElementById("lesson-handout").parentElement; // Gradio gives rules for print to what is inside
  tab.classList.add("print-handout");
  addEventListener("afterprint", () => tab.classList.remove("print-handout"), { once: true });
  setTimeout(() => print(), 300);  // after the formulas are set
}"""


def build_lessons(lab: Lab, words: Words, language: Any, first: str) -> Drawn:
    """Lay out the page inside the present gr.Blocks. language: its component; first: language at first paint."""
    look_up = facts(lab)
    able = partial(require, lab)
    with gr.Row(elem_classes="lesson"):
        with gr.Column(scale=4, min_width=320, elem_classes="lesson-text"):
            keys: dict[str, Any] = {
                "label": "page.lessons.lesson",
                "choices": tuple((_titled(name), name) for name in NAMES),
            }
            chooser = words.add(gr.Dropdown(value=NAMES[0], elem_id="lesson", **say(first, keys)), **keys)
            where = PlaceView(elem_id="lesson-place")
            with gr.Row(elem_classes="lesson-keys"):
                back = gr.Button(size="sm", min_width=70, elem_id="lesson-back")
                steps = gr.Radio([], elem_id="lesson-steps", min_width=160, scale=3, show_label=False)
                on = gr.Button(size="sm", variant="primary", min_width=70, elem_id="lesson-next")
            text = gr.Markdown(elem_id="lesson-text", latex_delimiters=LATEX)
            with gr.Column(visible=False, elem_id="lesson-predict") as predict:
                question = gr.Markdown(elem_id="lesson-question", latex_delimiters=LATEX)
                hands = gr.Radio([], elem_id="lesson-hands")
                vote = gr.Button(size="sm", elem_id="lesson-vote")
                tally = gr.Markdown(elem_id="lesson-tally", latex_delimiters=LATEX)
            reveal = gr.Button(size="sm", visible=False, elem_id="lesson-reveal")
            outcome = gr.Markdown(elem_id="lesson-outcome", latex_delimiters=LATEX)
            own = gr.Markdown(elem_id="lesson-own")
            keys = {"value": "page.lessons.print"}
            paper = words.add(gr.Button(size="sm", elem_id="lesson-print", **say(first, keys)), **keys)
        with gr.Column(scale=7, min_width=320, elem_classes="lesson-views"):
            message = MessageView(elem_id="lesson-message")
            wait = gr.Markdown(elem_id="lesson-wait")
            beside = build_views(words, first)
    on_paper = gr.Markdown(elem_id="lesson-handout", latex_delimiters=LATEX)  # seen by the printer alone
    keys = {"label": "page.teaching.title"}
    with words.add(gr.Accordion(open=False, elem_id="teaching", **say(first, keys)), **keys):
        keys = {"value": teaching}
        words.add(gr.Markdown(elem_id="teaching-text", **say(first, keys)), **keys)

    def values(progress: Progress, language: str) -> list[Any]:
        """Everything that depends on the place: the text with its votes, then the views."""
        taught = lesson(progress.lesson, language)
        seen = screen(taught, progress, look_up, able)
        found = guarded(lambda: payloads(lab, look_up, seen, progress.key, language))
        problem = found if isinstance(found, Problem) else None
        shown: dict[str, str] = {} if isinstance(found, Problem) else found
        told = {"place": progress.place, "places": taught.places}
        numbers = [(str(number), number) for number in range(1, taught.places)]
        answers = "reveal" if seen.question else "nextAnswer"

        def called(key: str) -> str:
            return translate_key(language, f"page.lessons.{key}")

        return [
            place_payload(translate_key(language, "page.lessons.place", **told), progress.place, taught.places),
            gr.update(value=called("back"), interactive=progress.place > 1),
            gr.update(
                choices=[*numbers, (called("exercises"), taught.places)], value=progress.place, label=called("step")
            ),
            gr.update(value=called("next"), interactive=progress.place < taught.places),
            seen.text,
            gr.update(visible=bool(seen.question)),
            seen.question,
            gr.update(
                choices=[(said, key) for key, said in seen.choices],
                value=None,
                visible=bool(seen.choices),
                label=called("choose"),
            ),
            gr.update(value=called("vote"), visible=bool(seen.choices)),
            seen.tally,
            gr.update(value=called(answers), visible=seen.more),
            seen.outcome,
            _link(seen, language),
            message_payload(problem=problem, language=language),
            called("wait") if seen.question and not seen.outcome and not shown else "",
            *updates(beside, shown, seen.highlight),
        ]

    outputs = [where, back, steps, on, text, predict, question, hands, vote, tally, reveal, outcome, own, message, wait]
    outputs += [part for one in beside for part in (one.section, one.component)]
    shown = gr.State((Progress(),))

    def go(progress: Progress, language: str) -> list[Any]:
        return [*values(progress, language), (progress,)]

    def choose(name: str, shown: tuple[Progress], language: str) -> list[Any]:
        return go(replace(shown[0], lesson=name if name in NAMES else NAMES[0], place=1), language)

    def jump(place: int, shown: tuple[Progress], language: str) -> list[Any]:
        return go(_moved(shown[0], place), language)

    def move(by: int, shown: tuple[Progress], language: str) -> list[Any]:
        return go(_moved(shown[0], shown[0].place + by), language)

    def count(choice: str | None, shown: tuple[Progress], language: str) -> list[Any]:
        return go(_voted(shown[0], choice, look_up), language)

    def show(shown: tuple[Progress], language: str) -> list[Any]:
        progress = shown[0]
        return go(replace(progress, revealed={**progress.revealed, progress.key: progress.seen + 1}), language)

    def follow(link: Link, shown: tuple[Progress]) -> tuple[tuple[Progress], list[Any], str]:
        """What a link asks for, else what is on show."""
        progress = replace(shown[0], lesson=link.lesson, place=1) if link.lesson else shown[0]
        progress = _moved(progress, link.place or progress.place)
        return (progress,), [gr.update(value=progress.lesson)], ""

    quiet: dict[str, Any] = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "trigger_mode": "always_last",  # a key pressed while the step before is still on its way is not lost
        "concurrency_limit": 4,
        "concurrency_id": "lessons",
    }

    def printed(shown: tuple[Progress], language: str) -> str:
        return handout(lesson(shown[0].lesson, language), look_up)

    answered = [*outputs, shown]
    paper.click(printed, [shown, language], on_paper, **quiet).then(None, None, None, js=PRINT, **quiet)
    chooser.input(choose, [chooser, shown, language], answered, **quiet)
    steps.input(jump, [steps, shown, language], answered, **quiet)
    back.click(partial(move, -1), [shown, language], answered, **quiet)
    on.click(partial(move, 1), [shown, language], answered, **quiet)
    vote.click(count, [hands, shown, language], answered, **quiet)
    reveal.click(show, [shown, language], answered, **quiet)
    for component, value in zip(outputs, values(Progress(), first), strict=True):  # the first step at first paint
        for name, one in ({"value": value} if not isinstance(value, dict) else value).items():
            if name != "__type__":
                setattr(component, name, one)
    return Drawn(outputs, values, shown, [chooser], follow, None)


def _titled(name: str) -> Any:
    return lambda language: f"{name[1:]}. {lesson(name, language).title}"


def _moved(progress: Progress, place: int) -> Progress:
    """The same progress at another place, if there is one."""
    places = lesson(progress.lesson, "en").places
    return replace(progress, place=min(max(1, place), places)) if isinstance(place, int) else progress


def _voted(progress: Progress, choice: str | None, look_up: Any) -> Progress:
    """One vote more for a choice of the question at hand; anything else changes nothing."""
    keys = [key for key, _ in screen(lesson(progress.lesson, "en"), progress, look_up).choices]
    if choice not in keys:
        return progress
    votes = dict(progress.votes.get(progress.key, {}))
    votes[choice] = min(votes.get(choice, 0) + 1, MOST_HANDS)
    return replace(progress, votes={**progress.votes, progress.key: votes})


def _link(seen: Screen, language: str) -> str:
    """Markdown: the step's state on a page of its own."""
    if seen.state is None:
        return ""
    tab = "translate" if "pair" in seen.state else "classify"
    fields = {"tab": tab, "lang": language, **{name: value for name, value in seen.state.items() if name != "hide"}}
    return f"[{translate_key(language, 'page.lessons.own')}](?{urlencode(fields)})"
