"""A long text that is cancelled, or whose visitor is gone, stops after the part under way and frees its worker."""

from __future__ import annotations

import json
import re
import socket
import time
from typing import Any

import pytest

from seqdemo.problems import Problem
from seqdemo.serving.wanted import WANTED, require_wanted

LONG = "A very old man in a red shirt is slowly riding his bicycle along the beach. " * 13
ASKED = [LONG, "en-de", ["transformer"], 10, None, "en"]  # as the page's Translate sends it


def counted(served: Any, name: str) -> float:
    found = re.findall(rf"^{re.escape(name)} (\S+)$", served.send("/metrics").text, re.MULTILINE)
    return float(found[0]) if found else 0.0


def translate_of(served: Any) -> int:
    """The page's own translate handler: one event of several targets, with a beam among its inputs."""
    config = json.loads(served.send("/config").text)
    beam = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "beam")
    for event in config["dependencies"]:
        if beam in event["inputs"] and any(kind == "submit" for _, kind in event["targets"]):
            return int(event["id"])
    raise AssertionError("the page has no translate handler")


def until(what: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@pytest.mark.parametrize("how", ["cancelled", "gone"])
def test_a_long_text_that_nobody_wants_ends(served: Any, how: str) -> None:
    cancelled, runs = 'seqdemo_problems_total{code="cancelled"}', "seqdemo_batch_size_count"
    function, session = translate_of(served), f"long{how}"
    before, begun = counted(served, cancelled), counted(served, runs)
    body = {"data": ASKED, "fn_index": function, "session_hash": session}
    event = json.loads(served.send("/gradio_api/queue/join", body).text)["event_id"]
    host, port = served.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 30) as line:
        line.sendall(f"GET /gradio_api/queue/data?session_hash={session} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        until(lambda: counted(served, runs) > begun)
        if how == "cancelled":
            served.send("/gradio_api/cancel", {"session_hash": session, "fn_index": function, "event_id": event})
            until(lambda: counted(served, cancelled) > before)
    until(lambda: counted(served, cancelled) > before)
    short = served.ask("after", served.functions()["translate"], ["Two dogs run.", "en-de", "transformer", 1])
    assert short["success"]
    assert "seqdemo_queue_length 0.0" in served.send("/metrics").text


def test_work_outside_of_a_visit_is_wanted() -> None:
    require_wanted()
    token = WANTED.set(lambda: True)
    require_wanted()
    WANTED.set(lambda: False)
    with pytest.raises(Problem, match="was cancelled"):
        require_wanted()
    WANTED.reset(token)
    require_wanted()
