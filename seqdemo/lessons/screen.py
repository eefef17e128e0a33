"""What a class may see at one place of a lesson: an outcome is not in it before it was revealed.

The page shows a `Screen` and nothing else, so what is not in the screen is neither in the page nor on the way to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seqdemo.lessons.fill import LookUp, fill, holds
from seqdemo.lessons.lesson import Lesson, Prediction
from seqdemo.locales import translate_key
from seqdemo.problems import Problem


@dataclass(frozen=True)
class Progress:
    """What one visitor's session did. It holds no text and is never shown to another."""

    lesson: str = "L1"
    place: int = 1  # counted from 1
    votes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # "L1.4" -> choice -> hands
    revealed: Mapping[str, int] = field(default_factory=dict)  # "L1.4" -> 1; of exercises: how many answers

    @property
    def key(self) -> str:
        return f"{self.lesson}.{self.place}"

    @property
    def seen(self) -> int:
        return self.revealed.get(self.key, 0)


@dataclass(frozen=True)
class Screen:
    """Markdown and a choice of states, filled in; empty strings where there is nothing to show."""

    text: str
    question: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (key, text)
    tally: str = ""
    outcome: str = ""
    more: bool = False  # there is something left to reveal
    state: dict[str, str] | None = None
    chart: str | None = None
    film: str | None = None
    highlight: str | None = None


def screen(
    lesson: Lesson, progress: Progress, look_up: LookUp, require: Callable[[dict[str, str]], None] = lambda state: None
) -> Screen:
    """The present place. A step whose checkpoint or experiment is missing says so instead of its text.

    require: raises Problem where a state cannot be shown.
    """
    language = lesson.language
    if progress.place > len(lesson.steps):
        return _last(lesson, progress, look_up)
    step = lesson.steps[progress.place - 1]
    head = f"### {progress.place} / {lesson.places} · {step.title}"
    try:
        for state in (step.state, step.before):
            require(state or {})
        if step.prediction:
            _outcome(step.prediction, look_up, language)  # what cannot be answered is not asked
        first = f"{fill(lesson.about, look_up, language)}\n\n" if progress.place == 1 else ""
        text = f"{first}{head}\n\n{fill(step.text, look_up, language)}"
        if step.prediction is None:
            return Screen(
                text, state=_state(step.state, look_up), chart=step.chart, film=step.film, highlight=step.highlight
            )
        question = (
            f"**{translate_key(language, 'page.lessons.predict')}** {fill(step.prediction.question, look_up, language)}"
        )
        tally = _tally(step.prediction, progress, look_up, language)
        if not progress.seen:
            choices = tuple((key, fill(said, look_up, language)) for key, said in step.prediction.choices)
            return Screen(text, question, choices, tally, more=True, state=_state(step.before, look_up))
        outcome = _outcome(step.prediction, look_up, language)
        shown: dict[str, Any] = {"chart": step.chart, "film": step.film, "highlight": step.highlight}
        return Screen(text, question, (), tally, outcome, state=_state(step.state, look_up), **shown)
    except Problem as problem:
        return Screen(f"{head}\n\n> {problem.message(language)}")


def _state(state: dict[str, str] | None, look_up: LookUp) -> dict[str, str] | None:
    """Fields of a link; the number of a step or of a head may be what an experiment found."""
    return state and {name: fill(value, look_up, "en") for name, value in state.items()}


def _tally(prediction: Prediction, progress: Progress, look_up: LookUp, language: str) -> str:
    """How often each choice was taken in this session; "" before the first vote."""
    votes = progress.votes.get(progress.key, {})
    if not votes:
        return ""
    lines = [f"- {fill(said, look_up, language)}: **{votes.get(key, 0)}**" for key, said in prediction.choices]
    return "\n".join([translate_key(language, "page.lessons.votes"), "", *lines])


def _outcome(prediction: Prediction, look_up: LookUp, language: str) -> str:
    right = answer_of(prediction, look_up)
    said = fill(dict(prediction.choices)[right], look_up, language)
    told = translate_key(language, "page.lessons.answer", answer=said)
    return f"**{told}**\n\n{fill(prediction.outcome, look_up, language)}"


def answer_of(prediction: Prediction, look_up: LookUp) -> str:
    """Key of the right choice. Raises ValueError where what was computed is none of the choices."""
    right = prediction.answer
    while test := re.fullmatch(r"(\S+) if (.+?) else (.+)", right):
        right = test[1] if holds(test[2], look_up) else test[3]
    right = fill(right, look_up, "en")
    if right not in dict(prediction.choices):
        raise ValueError(f"the answer {right!r} is not among {[key for key, _ in prediction.choices]}")
    return right


def _last(lesson: Lesson, progress: Progress, look_up: LookUp) -> Screen:
    """Exercises, as many answers as were asked for, and what to read."""
    language = lesson.language
    parts = [f"### {progress.place} / {lesson.places} · {translate_key(language, 'page.lessons.exercises')}"]
    for number, exercise in enumerate(lesson.exercises, 1):
        try:
            parts.append(f"**{number}.** {fill(exercise.question, look_up, language)}")
            if number <= progress.seen:
                parts.append("> " + fill(exercise.answer, look_up, language).replace("\n", "\n> "))
        except Problem as problem:
            parts.append(f"> {problem.message(language)}")
    parts += [f"### {translate_key(language, 'page.lessons.reading')}", lesson.reading]
    return Screen("\n\n".join(parts), more=progress.seen < len(lesson.exercises))
