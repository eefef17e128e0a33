"""Whichever of two answers comes first, the page and the session end with what was asked last."""

from __future__ import annotations

from copy import deepcopy

import gradio as gr
import pytest

from seqdemo.pages.turns import Turns


def test_an_answer_that_was_overtaken_leaves_everything_as_it_is() -> None:
    turn = Turns()
    later: list[object] = []

    def slow() -> list[str]:
        later.append(turn.ask(lambda: ["second"]))  # asked, and answered, while the first is under way
        return ["first"]

    assert turn.ask(slow) == gr.skip()
    assert later == [["second"]]
    assert turn.ask(lambda: ["third"]) == ["third"]


def test_a_change_gives_way_to_a_question() -> None:
    turn = Turns()
    assert turn.change(lambda: ["changed"]) == ["changed"]
    during: list[object] = []

    def question() -> list[str]:
        during.append(turn.change(lambda: pytest.fail("its answer would be covered by the question's")))
        return ["answer"]

    assert turn.ask(question) == ["answer"]
    assert during == [gr.skip()]

    def overtaken() -> list[str]:
        turn.ask(lambda: ["answer"])
        return ["changed"]

    assert turn.change(overtaken) == gr.skip()
    assert turn.change(lambda: ["changed"]) == ["changed"]


def test_a_question_that_fails_is_over() -> None:
    turn = Turns()

    def fails() -> list[str]:
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError):
        turn.ask(fails)
    assert turn.change(lambda: ["changed"]) == ["changed"]


def test_a_visit_has_turns_of_its_own() -> None:
    first = Turns()
    second = deepcopy(first)
    answered: list[object] = []

    def slow() -> list[str]:
        answered.append(second.ask(lambda: ["of another visit"]))
        return ["mine"]

    assert first.ask(slow) == ["mine"]
    assert answered == [["of another visit"]]
