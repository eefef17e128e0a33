"""A Markdown file -> a lesson. The file is what an author reads and writes; nothing else knows its shape.

# An RNN reads                          the title; what follows it is the introduction
## Word after word                      a step
[state](?task=sentiment-en&text=...)    what the views show (fields as in a link); [before] until it is revealed
[chart](memory-distance/alone)          a chart of lessons.charts; [highlight](gates): the view that is meant
[film](translator)                      a film of assets/experiments/film.json
[claim]({{one}} > {{other}})            what the text says in words, for the tests to hold against the numbers
### predict                             a question, lines "- key: text", a line "answer: ..." (lesson.Prediction)
### outcome                             what is told after the vote
## exercises                            ### a question, below it its answer; three of them
## reading                              papers with their sections
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qsl

from seqdemo.lessons.lesson import Exercise, Lesson, Prediction, Step
from seqdemo.locales import LANGUAGES

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "lessons"
NAMES = ("L1", "L2", "L3", "L4", "L5", "L6")
DIRECTIVE = re.compile(r"^\[(state|before|chart|film|highlight|claim)\]\(([^\n]*)\)\n?", re.MULTILINE)
CHOICE = re.compile(r"^- ([\w-]+): (.+)$", re.MULTILINE)
ANSWER = re.compile(r"^answer: (.+)$", re.MULTILINE)


def _joined(text: str, language: str) -> str:
    """A Chinese paragraph may stand on several lines: where they meet is no blank, or one beside a number."""
    wide = "\u2e80-\uffef\u2014\u201c\u201d\u2026"
    if language != "zh":
        return text
    text = re.sub(rf"(?<=[{wide}])\n(?=[{wide}])", "", text)
    return re.sub(rf"(?<=[{wide}])\n(?=[{{$\w])|(?<=[}}$\w])\n(?=[{wide}])", " ", text)


def parse(name: str, language: str, text: str) -> Lesson:
    """Raises ValueError where the file is not of the shape above; the message names the part."""
    joined = partial(_joined, language=language)
    head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    if not head.startswith("# "):
        raise ValueError(f"{name}.{language}: the first line must be a title, '# ...'")
    title, _, about = head[2:].partition("\n")
    steps: list[Step] = []
    ends: dict[str, str] = {}
    for section in sections:
        heading, _, body = section.partition("\n")
        if heading.strip() in ("exercises", "reading"):
            ends[heading.strip()] = body
        else:
            steps.append(_step(f"{name}.{language}, {heading.strip()}", heading.strip(), body, joined))
    if set(ends) != {"exercises", "reading"} or not steps:
        raise ValueError(f"{name}.{language}: steps, '## exercises' and '## reading' are needed")
    exercises = [
        Exercise(question.strip(), joined(answer.strip()))
        for question, _, answer in (
            part.partition("\n") for part in re.split(r"^### ", ends["exercises"], flags=re.M)[1:]
        )
    ]
    return Lesson(
        name, language, title.strip(), joined(about.strip()), tuple(steps), tuple(exercises), ends["reading"].strip()
    )


def _step(place: str, title: str, body: str, joined: Callable[[str], str]) -> Step:
    text, *asides = re.split(r"^### ", body, flags=re.MULTILINE)
    parts = {part.partition("\n")[0].strip(): part.partition("\n")[2].strip() for part in asides}
    if not set(parts) <= {"predict", "outcome"} or ("predict" in parts) != ("outcome" in parts):
        raise ValueError(
            f"{place}: '### predict' and '### outcome' come together and nothing else does; {[*parts]} came"
        )
    found = DIRECTIVE.findall(text)
    said = dict(found)
    prediction = _prediction(place, parts["predict"], joined(parts["outcome"])) if parts else None
    if "before" in said and prediction is None:
        raise ValueError(f"{place}: [before] stands only where there is something to predict")
    return Step(
        title=title,
        text=joined(DIRECTIVE.sub("", text).strip()),
        state=_state(place, said.get("state")),
        before=_state(place, said.get("before")),
        chart=said.get("chart"),
        film=said.get("film"),
        highlight=said.get("highlight"),
        prediction=prediction,
        claims=tuple(value for kind, value in found if kind == "claim"),
    )


def _state(place: str, link: str | None) -> dict[str, str] | None:
    if link is None:
        return None
    if not link.startswith("?"):
        raise ValueError(f"{place}: a state is a link that begins with '?'; {link[:40]!r} came")
    return dict(parse_qsl(link[1:], strict_parsing=True))


def _prediction(place: str, text: str, outcome: str) -> Prediction:
    answers = ANSWER.findall(text)
    if len(answers) != 1:
        raise ValueError(f"{place}: one line 'answer: ...' is needed; {len(answers)} came")
    question = ANSWER.sub("", CHOICE.sub("", text)).strip()
    return Prediction(
        question, tuple((key, said.strip()) for key, said in CHOICE.findall(text)), answers[0].strip(), outcome
    )


@cache
def lesson(name: str, language: str) -> Lesson:
    """The lesson of this name. Raises KeyError for a name or language that we do not have."""
    if name not in NAMES or language not in LANGUAGES:
        raise KeyError(f"lesson {name!r} in {language!r} came, one of {NAMES} in one of {[*LANGUAGES]} was expected")
    return parse(name, language, (FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8"))
