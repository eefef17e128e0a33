"""A lesson on paper: all its steps with their questions, nothing of what the class is to find out.

What is not revealed on the screen is not on paper either: no outcome, no answer. Boxes are there to tick.
"""

from __future__ import annotations

from seqdemo.lessons.fill import LookUp, fill
from seqdemo.lessons.lesson import Lesson, Step
from seqdemo.locales import translate_key
from seqdemo.problems import Problem


def handout(lesson: Lesson, look_up: LookUp) -> str:
    """Markdown. A step whose checkpoint or experiment is missing says so in its place."""
    language = lesson.language
    parts = [f"# {lesson.name[1:]}. {lesson.title}", _filled(lesson.about, look_up, language)]
    parts += [_on_paper(number, step, look_up, language) for number, step in enumerate(lesson.steps, 1)]
    parts.append(f"## {translate_key(language, 'page.lessons.exercises')}")
    parts += [
        f"**{number}.** {_filled(exercise.question, look_up, language)}"
        for number, exercise in enumerate(lesson.exercises, 1)
    ]
    parts += [f"## {translate_key(language, 'page.lessons.reading')}", lesson.reading]
    return "\n\n".join(parts)


def _on_paper(number: int, step: Step, look_up: LookUp, language: str) -> str:
    parts = [f"## {number}. {step.title}", _filled(step.text, look_up, language)]
    if step.prediction:
        asked = translate_key(language, "page.lessons.predict")
        parts.append(f"**{asked}** {_filled(step.prediction.question, look_up, language)}")
        parts.append("\n".join(f"- ☐ {_filled(said, look_up, language)}" for _, said in step.prediction.choices))
    return "\n\n".join(parts)


def _filled(text: str, look_up: LookUp, language: str) -> str:
    try:
        return fill(text, look_up, language)
    except Problem as problem:
        return f"> {problem.message(language)}"
