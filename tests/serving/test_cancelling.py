"""A long text that is cancelled, or whose visitor is gone, stops after the part under way and frees its worker."""

from __future__ import annotations

import json
import re
import socket
import time
from typing import Any

import pytest

from seqdemo.problems import Problem
from seqdemo.wanted import WANTED, require_wanted

LONG = "A very old man in a red shirt is slowly riding his bicycle along the beach. " * 13
ASKED = [LONG, "en-de", ["transformer"], 10, None, "en", None]  # as the page's Translate sends it


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


class Line:
    """A question and the open stream in which its visitor waits for the answer."""

    def __init__(self, served: Any, session: str, function: int, data: list[Any]) -> None:
        self.served, self.asked = served, {"fn_index": function, "session_hash": session}
        self.event = json.loads(served.send("/gradio_api/queue/join", {"data": data, **self.asked}).text)["event_id"]
        host, port = served.address.removeprefix("http://").split(":")
        self.stream = socket.create_connection((host, int(port)), 30)
        path = f"/gradio_api/queue/data?session_hash={session}"
        self.stream.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.heard = b""

    def has_heard(self, message: str) -> bool:
        """Whether such a message has come by now."""
        self.stream.setblocking(False)
        try:
            while more := self.stream.recv(65536):
                self.heard += more
        except BlockingIOError:
            pass
        return f'"msg":"{message}"'.encode() in self.heard.replace(b'": "', b'":"')

    def cancel(self) -> None:
        self.served.send("/gradio_api/cancel", {**self.asked, "event_id": self.event})

    def leave(self) -> None:
        self.stream.close()


@pytest.mark.parametrize("how", ["cancelled", "gone"])
def test_a_long_text_that_nobody_wants_ends(served: Any, how: str) -> None:
    cancelled, runs = 'seqdemo_problems_total{code="cancelled"}', "seqdemo_batch_size_count"
    before, begun = counted(served, cancelled), counted(served, runs)
    line = Line(served, f"long{how}", translate_of(served), ASKED)
    until(lambda: counted(served, runs) > begun)
    if how == "cancelled":
        line.cancel()
        until(lambda: counted(served, cancelled) > before)
    line.leave()
    until(lambda: counted(served, cancelled) > before)
    short = served.ask("after", served.functions()["translate"], ["Two dogs run.", "en-de", "transformer", 1])
    assert short["success"]
    assert "seqdemo_queue_length 0.0" in served.send("/metrics").text


def test_explanations_put_to_the_test_end_where_nobody_wants_them(served: Any) -> None:
    cancelled = 'seqdemo_problems_total{code="cancelled"}'
    before, functions = counted(served, cancelled), served.functions()
    line = Line(served, "erased", functions["faithfulness"], [LONG, "sentiment-en", "gru"])
    until(lambda: line.has_heard("process_starts"))
    line.cancel()
    until(lambda: counted(served, cancelled) > before)
    line.leave()


def test_many_long_explanations_do_not_hold_up_a_short_one(served: Any) -> None:
    functions = served.functions()
    many = [
        Line(served, f"erasing{number}", functions["faithfulness"], [f"{number} {LONG}", "sentiment-en", "gru"])
        for number in range(6)
    ]
    until(lambda: many[0].has_heard("process_starts"))
    short = served.ask("short", functions["unit"], ["A fine film.", "sentiment-en", "gru", 3, None])
    assert short["success"]
    assert not many[-1].has_heard("process_starts")  # it waits for its turn still
    for line in many:
        line.cancel()
        line.leave()


def test_work_outside_of_a_visit_is_wanted() -> None:
    require_wanted()
    token = WANTED.set(lambda: True)
    require_wanted()
    WANTED.set(lambda: False)
    with pytest.raises(Problem, match="was cancelled"):
        require_wanted()
    WANTED.reset(token)
    require_wanted()
