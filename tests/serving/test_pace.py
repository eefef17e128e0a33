"""One visitor cannot take everybody's turn: a bucket each, and a word about how long to wait."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.context import LocalContext
from hypothesis import given, settings
from hypothesis import strategies as st

from seqdemo.pages import pace
from seqdemo.pages.pace import REMEMBERED, Pace
from seqdemo.problems import Problem
from seqdemo.serving.limits import BURST, PROGRAM_A_SECOND, PROGRAM_BURST


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


@pytest.mark.drill
def test_programs_without_a_session_share_the_pace_of_their_address(served: Any) -> None:
    """Gradio calls the session of such a call after its event: each had a fresh bucket of its own."""
    path, begin = "/gradio_api/call/brick", time.monotonic()

    def call(_: int) -> str:
        event = json.loads(served.send(path, {"data": ["lstm"]}, language="zh").text)["event_id"]
        return str(served.send(f"{path}/{event}").text)

    with ThreadPoolExecutor(8) as programs:
        told = list(programs.map(call, range(300)))
    passed = sum("event: complete" in one for one in told)
    assert passed <= PROGRAM_BURST + PROGRAM_A_SECOND * (time.monotonic() - begin) + 1
    refused = [one for one in told if "event: complete" not in one]
    assert all("\\u63d0\\u95ee\\u592a\\u5feb" in one for one in refused), refused[:1]


def test_a_program_is_known_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Gradio calls the session of its event."""
    monkeypatch.setattr(pace, "PACE", Pace())
    request, event = (variable.get(None) for variable in (LocalContext.request, LocalContext.event_id))
    told = []
    for number in range(PROGRAM_BURST + 5):
        name = f"event{number}"
        LocalContext.event_id.set(name)
        asked = SimpleNamespace(session_hash=name, client=SimpleNamespace(host="10.0.0.1"))
        LocalContext.request.set(asked)  # type: ignore[arg-type]
        try:
            pace.require_pace()
            told.append("")
        except Problem as problem:
            told.append(problem.code)
    LocalContext.request.set(request)
    LocalContext.event_id.set(event)
    assert told[:PROGRAM_BURST] == [""] * PROGRAM_BURST
    assert "too_fast" in told


def test_a_bucket_has_a_short_key_whatever_the_name() -> None:
    pace = Pace()
    for name in ("a" * 1_000_000, "\ud800", ""):
        pace.require(name, burst=5, a_second=2.0, now=0.0)
    assert {len(key) for key in pace.buckets} == {16}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_wait_is_said_in_both_languages(language: str) -> None:
    assert "3" in Problem("too_fast", seconds=3).message(language)
