"""Places in the queue: no visit and no address takes all of them, and what nobody listens for is dropped."""

from __future__ import annotations

import json
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.context import LocalContext

from seqdemo.pages.guard import guarded
from seqdemo.problems import Problem
from seqdemo.serving.limits import ADDRESS_QUEUE, MAX_BODIES, OWN_QUEUE, QUEUE, UNHEARD_SECONDS
from seqdemo.serving.places import Place, Places

SLOW = ["It is good, not bad. " * 8, "sentiment-en", "gru"]  # for /faithfulness: some work each


class Queue:
    """As much of Gradio's queue as the places look at."""

    def __init__(self) -> None:
        self.part = SimpleNamespace(queue=[])
        self.event_queue_per_concurrency_id = {"probe": self.part}

    def push(self, place: Place) -> None:
        self.part.queue.append(SimpleNamespace(request=SimpleNamespace(scope={"place": place})))


def joined(places: Places, queue: Queue, session: str, address: str = "a", size: int = 100) -> str:
    """ "" where the question found a place and waits now, else what was told."""
    try:
        with places.taken(queue, session, address, size) as place:
            queue.push(place)
        return ""
    except Problem as problem:
        return problem.code


def test_a_visit_has_a_few_places_and_gets_them_back() -> None:
    places, queue = Places(), Queue()
    assert [joined(places, queue, "greedy") for _ in range(OWN_QUEUE + 2)] == [""] * OWN_QUEUE + ["own_queue_full"] * 2
    assert joined(places, queue, "calm") == ""
    queue.part.queue.pop(3)  # answered, cancelled or left
    assert [joined(places, queue, "greedy") for _ in range(2)] == ["", "own_queue_full"]


def test_an_address_never_has_the_whole_queue() -> None:
    """A class behind one address has two places each; whoever comes from elsewhere finds one free."""
    places, queue = Places(), Queue()
    told = [joined(places, queue, f"pupil{number % 100}") for number in range(QUEUE)]
    assert told == [""] * ADDRESS_QUEUE + ["address_queue_full"] * (QUEUE - ADDRESS_QUEUE)
    assert ADDRESS_QUEUE < QUEUE
    assert joined(places, queue, "elsewhere", "b") == ""


def test_programs_without_a_session_count_for_their_address_alone() -> None:
    places, queue = Places(), Queue()
    assert {joined(places, queue, "") for _ in range(OWN_QUEUE + 5)} == {""}


def test_those_that_join_at_the_same_moment_count() -> None:
    """Between the doors and the queue Gradio does other things: a hundred may be on that way at once."""
    places, queue = Places(), Queue()
    held = [places.taken(queue, "greedy", "a", 1) for _ in range(OWN_QUEUE)]
    for one in held:
        one.__enter__()
    assert joined(places, queue, "greedy") == "own_queue_full"
    for one in held:
        one.__exit__(None, None, None)
    assert places.joining == set()
    assert joined(places, queue, "greedy") == ""


def test_what_waits_is_bounded_in_bytes() -> None:
    places, queue = Places(), Queue()
    told = [joined(places, queue, f"visit{number}", size=MAX_BODIES // 10) for number in range(11)]
    assert told == [""] * 10 + ["requests_full"]


def test_a_question_is_unheard_when_no_stream_was_opened_in_time() -> None:
    places = Places()
    place = Place("visit", "a", 1, 100.0, places.streams)
    late = 100.0 + UNHEARD_SECONDS + 1
    assert (place.unheard("event", 101.0), place.unheard("event", late)) == (False, True)
    for name in ("visit", "event"):
        with places.heard(name):
            assert not place.unheard("event", late)
    assert places.streams == Counter()
    assert not Place("", "a", 1, 100.0, places.streams).unheard("event", late), "a program may fetch later"


def test_an_unheard_question_is_not_worked_on() -> None:
    """The worker that picks it up asks the place that came with it."""
    before = [variable.get(None) for variable in (LocalContext.request, LocalContext.event_id)]
    places, worked = Places(), []
    place = Place("visit", "a", 1, time.monotonic() - UNHEARD_SECONDS - 1, places.streams)
    asked = SimpleNamespace(session_hash="visit", request=SimpleNamespace(scope={"place": place}), client=None)
    LocalContext.request.set(asked)  # type: ignore[arg-type]
    LocalContext.event_id.set("event")
    try:
        found = guarded(lambda: worked.append("unheard"))
        assert isinstance(found, Problem) and found.code == "not_awaited"
        with places.heard("visit"):
            assert guarded(lambda: worked.append("heard")) is None
    finally:
        LocalContext.request.set(before[0])
        LocalContext.event_id.set(before[1])
    assert worked == ["heard"]


@pytest.mark.parametrize(("language", "words"), [("en", "of yours are waiting"), ("zh", "你已有 10 个问题在排队")])
def test_one_visit_cannot_lock_out_the_others(served: Any, language: str, words: str) -> None:
    """Over HTTP: one session asks and asks without listening; it is told, and another visit is served meanwhile."""
    functions, session = served.functions(), f"capture{language}"
    body = {"data": SLOW, "fn_index": functions["faithfulness"], "session_hash": session}
    answers = [served.send("/gradio_api/queue/join", body, language=language) for _ in range(40)]
    refused = [one for one in answers if one.status == 429]
    assert refused and all(words in json.loads(one.text)["detail"] for one in refused)
    assert {one.status for one in answers} == {200, 429}
    status = json.loads(served.send("/gradio_api/queue/status").text)
    assert status["queue_size"] <= OWN_QUEUE
    told = json.dumps(served.ask(f"calm{language}", functions["classify"], ["", "sentiment-en", "gru"]))
    assert "There is no text" in told
    served.send(f"/gradio_api/queue/data?session_hash={session}")  # to the end, for the tests that follow
