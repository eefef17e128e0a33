"""A lesson on paper: everything that is asked, nothing of what is to be found out."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from seqdemo.lessons.fill import LookUp, fill
from seqdemo.lessons.handout import handout
from seqdemo.lessons.lesson import Prediction
from seqdemo.lessons.parse import NAMES, lesson
from seqdemo.locales import LANGUAGES, strings
from seqdemo.pages.link import read_link
from seqdemo.pages.teaching import FOLDER, teaching
from seqdemo.problems import Problem
from tests.stand_in import StandIn


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_all_steps_and_questions_are_there_and_no_outcome_is(name: str, language: str, look_up: LookUp) -> None:
    taught = lesson(name, language)
    paper = handout(taught, look_up)
    for number, step in enumerate(taught.steps, 1):
        assert f"## {number}. {step.title}" in paper
        if step.prediction:
            assert paper.count("- ☐ ") >= len(step.prediction.choices)
            try:
                outcome = fill(step.prediction.outcome, look_up, language)
            except Problem:  # its experiment is not here
                continue
            assert outcome not in paper
    for exercise in taught.exercises:
        assert exercise.answer[:40] not in paper
    assert taught.reading in paper
    assert "{{" not in paper


def test_an_outcome_that_slipped_in_would_be_seen(look_up: LookUp) -> None:
    taught = lesson("L1", "en")
    place = next(number for number, step in enumerate(taught.steps) if step.prediction)
    step = taught.steps[place]
    assert isinstance(step.prediction, Prediction)
    leaking = replace(step, text=step.prediction.outcome)
    steps = (*taught.steps[:place], leaking, *taught.steps[place + 1 :])
    assert fill(step.prediction.outcome, look_up, "en") in handout(replace(taught, steps=steps), look_up)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_teachers_page_names_what_is_there(language: str) -> None:
    page = teaching(language)
    assert "{{" not in page
    for name in NAMES:
        assert lesson(name, language).title in page
    links = re.findall(r"\]\((\?[^)]*)\)", page)
    assert len(links) == len(NAMES)
    said = {text.replace("{answer}", "") for text in strings(language).values()}
    quoted = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)" if language == "en" else "“([^”\n]+)”", page)
    assert len(quoted) >= 5 and set(quoted) <= said  # buttons by the names that they have
    assert {path.name for path in FOLDER.iterdir()} == {f"{code}.md" for code in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_links_open_the_lessons(language: str) -> None:
    for name, link in zip(NAMES, re.findall(r"\]\(\?([^)]*)\)", teaching(language)), strict=True):
        found, notices = read_link(dict(parse_qsl(link)), StandIn())
        assert (found.tab, found.lesson, found.lang) == ("lessons", name, language)
        assert notices == () and found.hide == ("header", "language")
