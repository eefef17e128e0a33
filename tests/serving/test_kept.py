"""What is kept compressed is, unpacked, what the app answers; each encoding and each name is kept apart."""

from __future__ import annotations

import asyncio
import gzip
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from seqdemo.serving import kept
from seqdemo.serving.kept import Kept

SCRIPT = b"const seqdemo = 1;\n" * 100


class Origin:
    """An app that answers with a script, and counts how often it is asked."""

    def __init__(self, body: bytes = SCRIPT, status: int = 200, kind: bytes = b"application/javascript") -> None:
        self.body, self.status, self.kind, self.asked = body, status, kind, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-type", self.kind)]})
        half = len(self.body) // 2
        await send({"type": "http.response.body", "body": self.body[:half], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[half:]})


def get(
    app: Any,
    path: str = "/assets/a-1.js",
    accept: str = "gzip, br",
    door: str = "asset",
    query: str = "",
    **others: str,
) -> Any:
    """Status, headers and body of one request."""
    headers = {"accept-encoding": accept, **{name.replace("_", "-"): value for name, value in others.items()}}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": raw,
        "door": door,
    }
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        messages.append(message)

    with ThreadPoolExecutor(1) as thread:  # of its own: beside browser tests a loop runs in this one
        thread.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    found = {name.decode().lower(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], found, b"".join(one.get("body", b"") for one in messages[1:])


@pytest.mark.parametrize(("accept", "unpack"), [("gzip, deflate, br", brotli.decompress), ("gzip", gzip.decompress)])
def test_an_asset_is_asked_for_once_and_given_small(accept: str, unpack: Any) -> None:
    origin = Origin()
    app = Kept(origin)
    for _ in range(3):
        status, headers, body = get(app, accept=accept)
        assert (status, unpack(body), headers["vary"]) == (200, SCRIPT, "Accept-Encoding")
        assert int(headers["content-length"]) == len(body) < len(SCRIPT) / 5
        assert "immutable" in headers["cache-control"]
    assert origin.asked == 1


def test_encodings_and_paths_are_kept_apart() -> None:
    origin = Origin()
    app = Kept(origin)
    assert get(app, accept="br")[2] != get(app, accept="gzip")[2]
    get(app, "/assets/b-2.js")
    assert origin.asked == 3


def test_made_up_questions_behind_a_name_fill_nothing() -> None:
    origin = Origin()
    app = Kept(origin)
    for number in range(140):
        get(app, query=str(number))
    assert (origin.asked, len(app.kept)) == (1, 1)


def test_what_was_not_asked_for_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """So who asks for many names fills the memory for a moment, not for good."""
    origin = Origin()
    app = Kept(origin)
    get(app, "/assets/a.js")
    monkeypatch.setattr(kept, "MAX_KEPT", 3 * app.bytes)
    for name in "bcadaea":
        get(app, f"/assets/{name}.js")
    assert origin.asked == 5, "a was asked for again and again, so it was never thrown away"
    assert app.bytes == sum(len(one.body) for one in app.kept.values()) <= kept.MAX_KEPT


def test_the_page_is_made_every_time() -> None:
    origin = Origin(kind=b"text/html; charset=utf-8")
    app = Kept(origin)
    assert brotli.decompress(get(app, "/", door="page")[2]) == SCRIPT
    origin.body = b"another page " * 100
    status, headers, body = get(app, "/", door="page")
    assert (status, brotli.decompress(body), origin.asked) == (200, origin.body, 2)
    assert "cache-control" not in headers


def test_what_is_small_or_packed_already_goes_as_it_is() -> None:
    assert get(Kept(Origin(b"tiny")))[2] == b"tiny"
    _, headers, body = get(Kept(Origin(kind=b"font/woff2")))
    assert body == SCRIPT
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "asked", [{"accept": ""}, {"door": "answer"}, {"if_none_match": '"1"'}, {"range": "bytes=0-1"}]
)
def test_other_requests_reach_the_app_as_they_are(asked: dict[str, str]) -> None:
    origin = Origin()
    app = Kept(origin)
    for _ in range(2):
        assert get(app, **asked)[2] == SCRIPT
    assert origin.asked == 2


def test_a_failure_is_not_kept() -> None:
    origin = Origin(status=404)
    app = Kept(origin)
    assert [get(app)[0], get(app)[0], origin.asked] == [404, 404, 2]
    assert "cache-control" not in get(app)[1]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 100)
    app = Kept(Origin())
    for number in range(10):
        get(app, f"/assets/{number}.js")
    assert 0 < app.bytes <= 100
    assert len(app.kept) < 10


def test_the_served_page_is_compressed_and_its_scripts_last(served: Any) -> None:
    def fetch(path: str, accept: str) -> tuple[Any, bytes]:
        request = urllib.request.Request(served.address + path, headers={"Accept-Encoding": accept})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.headers, answer.read()

    headers, page = fetch("/", "br")
    assert headers["content-encoding"] == "br"
    script = re.search(r"/assets/index-[\w-]+\.js", brotli.decompress(page).decode())
    assert script is not None
    headers, body = fetch(script[0], "gzip")
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == fetch(script[0], "identity")[1]
