"""Whichever of two answers comes first, the page and the session end with what was asked last."""

from __future__ import annotations

import threading
from copy import deepcopy

import gradio as gr
import pytest

from seqdemo.pages.turns import Turns


def test_an_answer_that_was_overtaken_leaves_everything_as_it_is() -> None:
    turn = Turns()
    later: list[object] = []

    def slow() -> list[str]:
        later.append(turn.ask("b", lambda: ["second"]))  # asked, and answered, while the first is under way
        return ["first"]

    assert turn.ask("a", slow) == gr.skip()
    assert later == [["second"]]
    assert turn.ask("a", lambda: ["third"]) == ["third"]


def test_a_change_gives_way_to_a_question() -> None:
    turn = Turns()
    assert turn.change(lambda: ["changed"]) == ["changed"]
    during: list[object] = []

    def question() -> list[str]:
        during.append(turn.change(lambda: pytest.fail("its answer would be covered by the question's")))
        return ["answer"]

    assert turn.ask("a", question) == ["answer"]
    assert during == [gr.skip()]

    def overtaken() -> list[str]:
        turn.ask("a", lambda: ["answer"])
        return ["changed"]

    assert turn.change(overtaken) == gr.skip()
    assert turn.change(lambda: ["changed"]) == ["changed"]


def test_a_question_that_fails_is_over() -> None:
    turn = Turns()

    def fails() -> list[str]:
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError):
        turn.ask("a", fails)
    assert turn.change(lambda: ["changed"]) == ["changed"]


def test_a_visit_has_turns_of_its_own() -> None:
    first = Turns()
    second = deepcopy(first)
    answered: list[object] = []

    def slow() -> list[str]:
        answered.append(second.ask("a", lambda: ["of another visit"]))
        return ["mine"]

    assert first.ask("a", slow) == ["mine"]
    assert answered == [["of another visit"]]


def test_the_same_question_once_more_is_answered_once() -> None:
    turn = Turns()
    begun, go = threading.Event(), threading.Event()
    found: dict[str, object] = {}

    def slow() -> list[str]:
        begun.set()
        assert go.wait(10)
        return ["answer"]

    first = threading.Thread(target=lambda: found.update(first=turn.ask(("a", ["gru"]), slow)))
    first.start()
    assert begun.wait(10)
    twin = threading.Thread(target=lambda: found.update(twin=turn.ask(("a", ["gru"]), lambda: pytest.fail("asked"))))
    twin.start()
    twin.join(0.2)
    assert twin.is_alive()  # a page that waits for it waits for the answer
    go.set()
    for thread in (first, twin):
        thread.join(10)
    assert found == {"first": ["answer"], "twin": gr.skip()}
    assert turn.ask(("a", ["gru"]), lambda: ["again"]) == ["again"]  # asked anew later, it is answered anew


def test_a_question_that_was_overtaken_and_is_asked_again_is_answered() -> None:
    turn = Turns()
    later: list[object] = []

    def slow() -> list[str]:
        later.append(turn.ask("b", lambda: ["b"]))
        later.append(turn.ask("a", lambda: ["a, asked last"]))
        return ["a, asked first"]

    assert turn.ask("a", slow) == gr.skip()
    assert later == [["b"], ["a, asked last"]]
