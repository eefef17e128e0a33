"""One visitor cannot take everybody's turn: a bucket each, and a word about how long to wait."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqdemo.pages.pace import REMEMBERED, Pace
from seqdemo.problems import Problem
from seqdemo.serving.limits import BURST


def allowed(pace: Pace, who: str, now: float) -> bool:
    try:
        pace.require(who, burst=5, a_second=2.0, now=now)
    except Problem as problem:
        return problem.code != "too_fast" or int(problem.values["seconds"]) < 1
    return True


def test_a_burst_then_a_steady_pace() -> None:
    pace = Pace()
    assert [allowed(pace, "a", 100.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert allowed(pace, "b", 100.0)  # nobody pays for another
    assert not allowed(pace, "a", 100.4)
    assert allowed(pace, "a", 100.6)
    assert [allowed(pace, "a", 1000.0) for _ in range(7)] == [True] * 5 + [False] * 2  # never more than a burst


@settings(max_examples=50)
@given(st.lists(st.floats(min_value=-5, max_value=5), max_size=60))
def test_no_window_has_more_than_burst_and_pace(steps: list[float]) -> None:
    """Also where the clock jumps back."""
    pace, now, clock, passed = Pace(), 0.0, 0.0, 0
    for step in steps:
        now += step
        clock += max(step, 0.0)
        passed += allowed(pace, "a", now)
    assert passed <= 5 + 2.0 * clock + 1e-6


def test_who_comes_no_more_is_forgotten() -> None:
    pace = Pace()
    for number in range(REMEMBERED + 10):
        pace.require(f"visitor {number}", burst=5, a_second=2.0, now=float(number))
    assert len(pace.buckets) < REMEMBERED


def test_a_visitor_who_asks_too_fast_is_told_and_another_is_served(served: Any) -> None:
    function = served.functions()["classify"]
    text = ["", "sentiment-en", "gru"]  # an empty text is a question too, and soon answered
    told = [json.dumps(served.ask("hasty", function, text)) for _ in range(BURST + 15)]
    assert "There is no text" in told[0]
    assert any("asking faster" in one for one in told)
    assert "There is no text" in json.dumps(served.ask("calm", function, text))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_wait_is_said_in_both_languages(language: str) -> None:
    assert "3" in Problem("too_fast", seconds=3).message(language)
