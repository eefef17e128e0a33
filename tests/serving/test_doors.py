"""What is let in: the page and its documented endpoints, in bounded requests, and nothing else of Gradio."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.serving import bodies
from seqdemo.serving.bodies import is_plain
from seqdemo.serving.doors import Doors
from seqdemo.serving.limits import BODY_SECONDS, MAX_BODY, MAX_DEPTH

CLOSED = (  # what Gradio would serve, and nobody here needs
    ("GET", "/gradio_api/file=http://127.0.0.1:1/x"),  # it would fetch an address for the visitor
    ("GET", "/gradio_api/file=%68ttps://example.org/x"),
    ("GET", "/gradio_api/proxy=https://example.org/x"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/run/classify"),
    ("POST", "/gradio_api/api/classify"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/gradio_api/component_server"),
    ("POST", "/gradio_api/stream/x"),
    ("POST", "/gradio_api/vibe-edit"),
    ("GET", "/gradio_api/vibe-code"),
    ("GET", "/gradio_api/run-history/records"),
    ("GET", "/gradio_api/deep_link?session_hash=x"),
    ("GET", "/gradio_api/dev/reload"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("POST", "/login"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("PUT", "/"),
    ("DELETE", "/config"),
)
OUTSIDE = (  # path traversal: files of the machine and of the repository that are not the page's
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=app.py",
    "/gradio_api/file=checkpoints/sentiment-en-rnn/config.json",
    "/gradio_api/file=..%2f..%2f..%2fetc%2fpasswd",
    "/gradio_api/file=/proc/self/environ",
    "/static/..%2f..%2f..%2f..%2froutes.py",
    "/assets/..%2f..%2f..%2froutes.py",
    "/svelte/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/gradio_api/custom_component/x/client/component/..%2f..%2fx",
)
BODIES = {
    "deep": (b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "deep objects": (b'{"a":' * 1000 + b"1" + b"}" * 1000, 400),
    "many": (b'{"data":[' + b"[]," * 100_000 + b"[]]}", 400),
    "not a number": (b'{"data":[NaN]}', 400),
    "infinite": (b'{"data":[],"trigger_id":-Infinity}', 400),
    "large": (b'{"data":["' + b"a" * MAX_BODY + b'"]}', 413),
    "no JSON": (b"{", 422),
    "nothing": (b"", 422),
    "null": (b"null", 422),
    "a list": (b"[]", 422),
    "no data": (b"{}", 422),
    "data of another kind": (b'{"data":"x"}', 422),
    "not UTF-8": (b'{"data":["\xff"]}', 400),
    "a number of 5000 digits": (b'{"data":[' + b"9" * 5000 + b"]}", 400),
}


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=[path for _, path in CLOSED])
def test_what_the_page_does_not_need_is_closed(served: Any, method: str, path: str) -> None:
    answer = served.send(path, {} if method in ("POST", "PUT") else None, method=method)
    assert (answer.status, json.loads(answer.text)) == (404, {"detail": "Not found"})


@pytest.mark.parametrize("path", ["/", "/config"])
@pytest.mark.parametrize("accepted", ["br, gzip", "identity"])
def test_a_page_with_the_name_that_a_visitor_gave_is_kept_for_nobody_else(
    served: Any, path: str, accepted: str
) -> None:
    """With one process Gradio believes X-Forwarded-Host: some proxies tell the name that visitors typed only so."""
    for host in ({}, {"X-Forwarded-Host": "course.example"}):
        request = urllib.request.Request(served.address + path, headers={"Accept-Encoding": accepted, **host})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.headers.get_all("Cache-Control") == ["private, no-cache"]
    assert "course.example" not in served.send(path).text


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(served: Any, path: str) -> None:
    answer = served.send(path)
    assert answer.status in (403, 404)
    assert "root:" not in answer.text and "import" not in answer.text


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["/gradio_api/call/classify", "/gradio_api/queue/join"])
def test_a_request_that_is_none_is_answered_at_once(served: Any, name: str, path: str) -> None:
    body, status = BODIES[name]
    begin = time.monotonic()
    answer = served.send(path, body, language="zh")
    assert answer.status == status
    assert "Traceback" not in answer.text
    assert time.monotonic() - begin < 20
    if status in (400, 413) and name not in ("not UTF-8", "a number of 5000 digits"):
        assert "请求" in json.loads(answer.text)["detail"]


def test_the_page_and_its_documentation_are_open(served: Any) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/health", "/metrics", "/theme.css"):
        assert served.send(path).status == 200, path


def test_brackets_in_a_text_are_text() -> None:
    assert is_plain(json.dumps({"data": ["[" * 1000, '"[' * 1000, "\\" * 999 + '"' + "[" * 99]}).encode())
    assert is_plain(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert not is_plain(b"[" * (MAX_DEPTH + 1))
    assert is_plain(b'["NaN", "-Infinity"]')


@given(
    st.recursive(
        st.text(alphabet='[]{}"\\a', max_size=8),
        lambda inner: st.lists(inner, max_size=2) | st.fixed_dictionaries({"[": inner}),
    )
)
def test_depth_is_that_of_the_value(value: Any) -> None:
    def depth(one: Any) -> int:
        if isinstance(one, str):
            return 0
        return 1 + max(map(depth, one.values() if isinstance(one, dict) else one), default=0)

    wrapped = value
    for _ in range(MAX_DEPTH - depth(value)):
        wrapped = [wrapped]
    assert is_plain(json.dumps(wrapped).encode()) == (depth(wrapped) <= MAX_DEPTH)
    assert not is_plain(json.dumps([wrapped]).encode())


@pytest.mark.parametrize("body", [b'"\\' * 400_000, b'\\"' * 400_000, b'"' * 800_001, b"\\" * 800_000])
def test_looking_for_brackets_takes_linear_time(body: bytes) -> None:
    begin = time.process_time()
    is_plain(body)
    assert time.process_time() - begin < 2


def lines_of(query: str) -> str:
    return f"/gradio_api/queue/data?session_hash={query}"


@pytest.mark.parametrize("name", ["session_hash", "event_id", "trigger_id"])
@pytest.mark.parametrize("value", ["a" * 65, 10**20, ["a"], {"a": 1}, 1.5, True])
@pytest.mark.parametrize("path", ["queue/join", "call/classify", "cancel"])
def test_a_long_or_odd_name_is_refused(served: Any, path: str, name: str, value: Any) -> None:
    """Gradio keeps what a session is called in six places, and never looks how long it is."""
    before = json.loads(served.send("/gradio_api/queue/status").text)["queue_size"]
    sent = {"data": ["Fine.", "sentiment-en", "gru"], "fn_index": 0, "session_hash": "named", "event_id": None}
    answer = served.send(f"/gradio_api/{path}", sent | {name: value}, language="zh")
    assert answer.status == 400, answer
    assert "64 个字符" in json.loads(answer.text)["detail"]
    assert json.loads(served.send("/gradio_api/queue/status").text)["queue_size"] <= before


def test_a_stream_of_a_long_name_is_refused(served: Any) -> None:
    assert served.send(lines_of("a" * 65)).status == 400
    assert served.send("/gradio_api/heartbeat/" + "a" * 65).status == 404
    assert served.send("/gradio_api/call/classify/" + "a" * 65).status == 404


def through(message: Any, *, sent: dict[str, Any] | None = None) -> list[Any]:
    """What the doors answer to one who sends `message` again and again, each a moment after the other."""
    told: list[Any] = []

    async def gradio(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nothing of it may come so far")

    async def receive() -> Any:
        await asyncio.sleep(0.01)
        return message

    async def send(one: Any) -> None:
        told.append(one)

    scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", **(sent or {})}
    with ThreadPoolExecutor(1) as thread:  # of its own: beside browser tests a loop runs in this one
        doors = Doors(gradio)
        asked = doors(scope | {"headers": [(b"accept-language", b"zh-CN")]}, receive, send)
        thread.submit(lambda: asyncio.run(asked)).result()  # type: ignore[arg-type]
    assert doors.bodies.held == 0, "what was held of it is free again"
    return told


def test_who_sends_byte_by_byte_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    start, body = through({"type": "http.request", "body": b"[", "more_body": True})
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]
    assert "秒内到达" in json.loads(body["body"])["detail"]


def test_all_bodies_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MAX_BODIES", 1000)
    start, body = through({"type": "http.request", "body": b" " * 300, "more_body": True})
    assert start["status"] == 429
    assert "太多" in json.loads(body["body"])["detail"]


@pytest.mark.drill
def test_a_dawdling_connection_is_closed(served: Any) -> None:
    """Over a real socket: the answer comes, and then the end."""
    host, port = served.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     b"Content-Length: 5000\r\n\r\n{")  # fmt: skip
        begin, told = time.monotonic(), b""
        while part := line.recv(4096):
            told += part
    assert told.startswith(b"HTTP/1.1 408")
    assert BODY_SECONDS - 1 < time.monotonic() - begin < 50


def test_a_full_queue_is_told_in_the_visitors_language() -> None:
    """Gradio's 503 becomes a 429 with our words, which its page shows; all else passes unchanged."""

    async def gradio(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b'{"data":[]}'
        await send({"type": "http.response.start", "status": scope["status"], "headers": []})
        await send({"type": "http.response.body", "body": b'{"detail":', "more_body": True})
        await send({"type": "http.response.body", "body": b'"Queue is full."}'})

    async def answered(status: int) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b'{"data":[]}'}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "status": status}
        await Doors(gradio)(scope | {"headers": [(b"accept-language", b"zh-CN")]}, receive, send)
        return sent

    with ThreadPoolExecutor(1) as thread:  # of its own: beside browser tests a loop runs in this one
        (start, body), passed = thread.map(lambda status: asyncio.run(answered(status)), (503, 200))
    assert start["status"] == 429
    assert "排队" in json.loads(body["body"])["detail"]
    assert [message.get("body") for message in passed[1:]] == [b'{"detail":', b'"Queue is full."}']


def test_a_packed_body_stays_packed(served: Any) -> None:
    """A body said to be gzip is read as the bytes that came: no JSON, so refused; never unpacked."""
    bomb = gzip.compress(b'{"data":["' + b"a" * 100_000_000 + b'"]}')
    request = urllib.request.Request(served.address + "/gradio_api/call/classify", bomb,
                                     {"Content-Type": "application/json", "Content-Encoding": "gzip"})  # fmt: skip
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=60)
    assert caught.value.code in (400, 415, 422)
