"""Every lesson, walked in both languages: each state loads, each number is the computed one, each claim holds."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from seqdemo.lab import TorchLab
from seqdemo.lessons.charts import CHARTS
from seqdemo.lessons.facts import require
from seqdemo.lessons.fill import REFERENCE, LookUp, fill, holds, value_of
from seqdemo.lessons.handout import handout
from seqdemo.lessons.lesson import Lesson, Step
from seqdemo.lessons.parse import FOLDER, NAMES, lesson
from seqdemo.lessons.screen import Progress, answer_of, screen
from seqdemo.locales import LANGUAGES, strings
from seqdemo.pages.lesson_views import BESIDE, LOOKS, payloads
from seqdemo.pages.link import read_link
from seqdemo.problems import Problem
from tests.stand_in import StandIn

PLACES = [
    (name, language, place)
    for name in NAMES
    for language in LANGUAGES
    for place in range(1, lesson(name, language).places + 1)
]
STEPS = [(name, language, place) for name, language, place in PLACES if place < lesson(name, language).places]


def step_of(name: str, language: str, place: int) -> Step:
    return lesson(name, language).steps[place - 1]


def missing(step: Step, lab: TorchLab, look_up: LookUp) -> str:
    """What the step needs and is not here; "" where nothing is missing."""
    try:
        for state in (step.state, step.before):
            require(lab, state or {})
        if step.chart:
            CHARTS[step.chart](look_up)
        for text in (step.text, step.prediction.outcome if step.prediction else ""):
            for reference in REFERENCE.finditer(text):
                value_of(reference, look_up, "en")
    except Problem as problem:
        return str(problem)
    return ""


def test_there_are_six_lessons_and_every_file_is_one() -> None:
    assert len(NAMES) == 6
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.{code}.md" for name in NAMES for code in LANGUAGES}


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_tell_the_same_lesson(name: str) -> None:
    """Same steps, states, charts, predictions and numbers, in the same order; only the words differ."""

    def bones(one: Lesson) -> list[object]:
        shared = []
        for step in one.steps:
            asked = step.prediction
            keys = asked and ([key for key, _ in asked.choices], asked.answer)
            shared.append((step.state, step.before, step.chart, step.highlight, step.claims, keys))
        return shared

    def numbers(one: Lesson) -> list[list[str]]:
        texts = [one.about, *(step.text + (step.prediction.outcome if step.prediction else "") for step in one.steps)]
        texts += [exercise.question + exercise.answer for exercise in one.exercises]
        return [sorted({found[0] for found in REFERENCE.finditer(text)}) for text in texts]

    english, chinese = lesson(name, "en"), lesson(name, "zh")
    assert bones(english) == bones(chinese)
    assert numbers(english) == numbers(chinese)
    assert len(english.exercises) == len(chinese.exercises) == 3
    assert len(english.reading.splitlines()) == len(chinese.reading.splitlines()) >= 3


@pytest.mark.parametrize(("name", "language", "place"), STEPS)
def test_every_step_has_a_view_names_the_part_meant_and_asks_for_something(
    name: str, language: str, place: int
) -> None:
    step = step_of(name, language, place)
    assert step.state or step.chart or step.film
    assert step.highlight in BESIDE
    assert step.prediction or {"en": "> **Do:**", "zh": "> **动手**："}[language] in step.text


def test_a_chart_of_probabilities_begins_where_they_can(look_up: LookUp) -> None:
    """The likelier of two answers has half of the probability at least: there is no place for a point left of it."""
    chart = CHARTS["reliability"](look_up)
    assert chart.left == chart.low == 0.5
    assert all(x >= chart.left for line in chart.lines for x in line.xs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_everything_to_read_is_named_with_its_place(name: str, language: str) -> None:
    part = r"sections? \d|pages \d|figure \d" if language == "en" else r"第 \d.*[节页]"
    for paper in re.split(r"; (?=[A-Z])|；|\n", lesson(name, language).reading):
        assert re.search(r"\b(19|20)\d\d\b", paper) and re.search(part, paper), paper


@pytest.mark.parametrize(("name", "language", "place"), PLACES)
def test_every_place_shows_itself_whole(name: str, language: str, place: int, lab: TorchLab, look_up: LookUp) -> None:
    """Before and after the outcome is revealed: nothing unfilled, views as far as they are asked for."""
    taught = lesson(name, language)
    able = partial(require, lab)
    progress = Progress(name, place)
    for seen in (progress, replace(progress, revealed={progress.key: 3})):
        shown = screen(taught, seen, look_up, able)
        for text in (shown.text, shown.question, shown.outcome, *dict(shown.choices).values()):
            assert not REFERENCE.search(text) and "{{" not in text
        found = payloads(lab, look_up, shown, seen.key, language)
        assert set(found) <= set(BESIDE)
        if shown.state or shown.chart:
            assert found
        if shown.highlight:
            assert shown.highlight in found


@pytest.mark.parametrize(("name", "language", "place"), STEPS)
def test_a_step_whose_part_is_missing_says_so_and_shows_nothing_else(
    name: str, language: str, place: int, lab: TorchLab, look_up: LookUp
) -> None:
    progress = Progress(name, place)
    shown = screen(lesson(name, language), progress, look_up, partial(require, lab))
    reason = missing(step_of(name, language, place), lab, look_up)
    apology = strings(language)["problem.lesson_needs"].split("{")[0].strip()
    assert (apology in shown.text) == bool(reason), reason
    if reason:
        assert not (shown.question or shown.state or shown.chart or shown.outcome)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_about_a_translator_that_is_not_here_says_what_is_missing(language: str, look_up: LookUp) -> None:
    class Without(StandIn):
        """A lab that has no recurrent translator."""

        def pairs(self) -> dict[str, tuple[str, ...]]:
            return {"en-de": ("transformer",)}

    progress = Progress("L3", 4)
    shown = screen(lesson("L3", language), progress, look_up, partial(require, Without()))
    assert "en-de-seq2seq, en-de-seq2seq-attention" in shown.text
    assert strings(language)["problem.lesson_needs"].split("{")[0].strip() in shown.text
    assert not (shown.question or shown.state or shown.chart or shown.outcome or shown.more)


ASKED = [one for one in STEPS if step_of(*one).prediction]


@pytest.mark.parametrize(("name", "language", "place"), ASKED)
def test_nothing_that_is_sent_before_the_reveal_tells_the_outcome(
    name: str, language: str, place: int, lab: TorchLab, look_up: LookUp
) -> None:
    """For every question: neither a run of words nor a measured number of the outcome is in the screen or the views."""
    taught = lesson(name, language)
    asked = step_of(name, language, place).prediction
    assert asked is not None
    reason = missing(step_of(name, language, place), lab, look_up)
    if reason:
        pytest.skip(reason)
    key = Progress(name, place).key
    voted = Progress(name, place, votes={key: {asked.choices[0][0]: 3}})
    before = screen(taught, voted, look_up, partial(require, lab))
    sent = repr(before) + repr(payloads(lab, look_up, before, key, language)) + handout(taught, look_up)
    told = fill(asked.outcome, look_up, language)
    bare = re.sub(r"“[^”]*”", "\n", told)  # sentences that the question may quote as well
    pieces = re.findall(r"[\u4e00-\u9fff，；：、]{8,}" if language == "zh" else r"[^*`$|\n(]{26,}", bare)
    runs = [piece.strip() for piece in pieces]
    numbers = set(re.findall(r"\d+[.,]\d+", told)) - {"0.0"}  # smaller ones stand in other places by chance
    assert runs or numbers
    assert [one for one in runs if one in sent] == []
    assert [one for one in numbers if one in repr(before)] == []
    after = screen(taught, replace(voted, revealed={key: 1}), look_up, partial(require, lab))
    assert all(one in after.outcome for one in (*runs, *numbers)), "else the search above could not have found them"


@pytest.mark.parametrize(("name", "language", "place"), STEPS)
def test_what_a_step_says_in_words_holds(name: str, language: str, place: int, lab: TorchLab, look_up: LookUp) -> None:
    step = step_of(name, language, place)
    reason = missing(step, lab, look_up)
    if reason:
        pytest.skip(reason)
    for claim in step.claims:
        assert holds(claim, look_up), claim
    if step.prediction:
        assert answer_of(step.prediction, look_up) in dict(step.prediction.choices)


@pytest.mark.parametrize(("name", "language", "place"), STEPS)
def test_a_state_is_a_link_that_the_page_itself_would_take(name: str, language: str, place: int, lab: TorchLab) -> None:
    for state in (step_of(name, language, place).state, step_of(name, language, place).before):
        try:
            require(lab, state or {})
        except Problem as problem:
            pytest.skip(str(problem))
        fields = {key: value for key, value in (state or {}).items() if key not in LOOKS}
        _, notices = read_link(fields, lab)
        assert notices == ()


TYPED = re.compile(r"\d+[.,]\d|\d\s?%|\d\s?(?:ms|毫秒)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_measured_number_is_typed(name: str, language: str) -> None:
    """Decimals, shares and times come from references; formulas compute with their own numbers, links name heads."""
    taught = lesson(name, language)
    texts = [taught.about, *(exercise.question + exercise.answer for exercise in taught.exercises)]
    for step in taught.steps:
        texts.append(step.text)
        if step.prediction:
            texts += [step.prediction.question, step.prediction.outcome, *dict(step.prediction.choices).values()]
    for text in texts:
        bare = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\]\(\?[^)]*\)", "", REFERENCE.sub("", text), flags=re.DOTALL)
        assert TYPED.findall(bare) == [], bare
    assert TYPED.search("it has 85.2 of them") and TYPED.search("of 40 %")
