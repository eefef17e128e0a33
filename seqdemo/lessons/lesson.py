"""A lesson as data: steps that each put the views into a state, predictions, questions, further reading.

Every text is Markdown as it stands in assets/lessons/, with references such as {{experiment:cells:...}} not yet
filled in (see fill.py); so a lesson can be read, checked and translated without a network being opened.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """A question to the class, asked before the views show the outcome."""

    question: str
    choices: tuple[tuple[str, str], ...]  # (key, text), in the order of the file
    answer: str  # key of the right choice, a reference that computes it, or "key if {{a}} > {{b}} else ..."
    outcome: str  # what is told when the class has voted

    def __post_init__(self) -> None:
        keys = [key for key, _ in self.choices]
        if len(keys) < 2 or len(set(keys)) != len(keys):
            raise ValueError(f"a prediction needs two or more different choices; {keys} came")
        if not ("{{" in self.answer or self.answer in keys):
            raise ValueError(f"answer: {self.answer!r} came, one of {keys} or a reference was expected")


@dataclass(frozen=True)
class Step:
    """One screen: a text, what the views show beside it, and at most one prediction."""

    title: str
    text: str
    state: dict[str, str] | None = (
        None  # fields of a link (pages/link.py), e.g. {"text": "A fine film.", "models": "rnn"}
    )
    before: dict[str, str] | None = None  # the state until a prediction is revealed; None: the views stay empty
    chart: str | None = None  # row of lessons.charts.CHARTS
    film: str | None = None  # of assets/experiments/film.json
    highlight: str | None = None  # the view meant: it gets a frame
    prediction: Prediction | None = None
    claims: tuple[str, ...] = ()  # "{{a}} > {{b}}": what the text says in words; the tests hold it to the numbers


@dataclass(frozen=True)
class Exercise:
    """A question at the end, with its worked answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class Lesson:
    """One lesson in one language."""

    name: str  # "L1"
    language: str
    title: str
    about: str
    steps: tuple[Step, ...]
    exercises: tuple[Exercise, ...]
    reading: str

    @property
    def places(self) -> int:
        """Steps, and one last place for the exercises and the reading."""
        return len(self.steps) + 1
