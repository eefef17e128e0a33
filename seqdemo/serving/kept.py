"""Static files are compressed once and kept; the page itself is compressed too.

Gradio compresses every script anew for every visitor, and the page, which names no file, not at all: thirty first
visits at once then wait for the processor. `python -m tests.benchmarks.first_visit` shows what this saves.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]  # Gradio needs it too
from starlette.datastructures import Headers, MutableHeaders

from seqdemo.serving.bodies import Message, Receive
from seqdemo.serving.doors import Application, Scope, Send
from seqdemo.serving.limits import MAX_KEPT
from seqdemo.serving.rest import resting

TEXT = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
FORMS = {"br": 5, "gzip": 6}  # encodings, best first, and how hard to try
LEAST = 400  # bytes; what is smaller gains nothing
NAMED_BY_CONTENT = ("/assets/", "/seqdemo/")  # these files' names hold a digest: another text, another name
A_YEAR = "public, max-age=31536000, immutable"


class Answer(NamedTuple):
    """A whole answer, its body compressed where that pays."""

    start: Message
    body: bytes


class Kept:
    """ASGI middleware inside the doors, for what they call "page" and "asset"; `scope["door"]` is the door's name.

    An asset is fetched from the app once and then given from memory, at most MAX_KEPT bytes of all; what was not asked
    for longest makes room. What stands behind "?" changes no file, so it is no part of the key. The page, which carries
    the visitor's address in its links, is made by the app every time.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        self.kept: dict[str, Answer] = {}
        self.bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope) if scope["type"] == "http" else Headers()
        form = chosen_form(asked.get("accept-encoding", ""))
        other = scope.get("method") != "GET" or "range" in asked or "if-none-match" in asked
        if scope.get("door") not in ("page", "asset") or not form or other:
            await self.app(scope, receive, send)
            return
        key = f"{form} {scope['path']}"
        answer = self.kept.pop(key, None)  # and back at the end: asked for last
        if answer is None:
            lasting = any(folder in scope["path"] for folder in NAMED_BY_CONTENT)
            answer = _small(await _whole(self.app, scope, receive), form, lasting=lasting)
            if scope["door"] == "asset" and answer.start["status"] == 200:
                self._keep(key, answer)
        else:
            self.kept[key] = answer
        await send({**answer.start, "headers": list(answer.start["headers"])})  # who adds headers adds to a copy
        await send({"type": "http.response.body", "body": answer.body})

    def _keep(self, key: str, answer: Answer) -> None:
        former = self.kept.pop(key, None)  # of a request that came in between
        self.bytes -= len(former.body) if former else 0
        if len(answer.body) > MAX_KEPT:
            return
        self.kept[key] = answer
        self.bytes += len(answer.body)
        while self.bytes > MAX_KEPT:
            self.bytes -= len(self.kept.pop(next(iter(self.kept))).body)


def chosen_form(accepted: str) -> str:
    """The encoding that we send to a browser that accepts these; "" for none. Over plain http most take gzip only.

    >>> chosen_form("gzip, deflate, br"), chosen_form("gzip;q=1.0, deflate"), chosen_form("br;q=0"), chosen_form("")
    ('br', 'gzip', '', '')
    """
    taken = [part.replace(" ", "") for part in accepted.split(",")]
    names = [part.partition(";")[0] for part in taken if not part.endswith((";q=0", ";q=0.0"))]
    return next((form for form in FORMS if form in names), "")


@lru_cache(maxsize=16)
def compressed(body: bytes, form: str) -> bytes:
    """A body in an encoding of FORMS; remembered, since the page is the same for most visitors."""
    if form == "gzip":
        return gzip.compress(body, FORMS["gzip"], mtime=0)
    packed: bytes = brotli.compress(body, quality=FORMS["br"])
    return packed


async def _whole(app: Application, scope: Scope, receive: Receive) -> Answer:
    """What the app answers, once it is there to the end."""
    start: Message = {}
    body = bytearray()

    async def gather(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, gather)
    return Answer(start, resting(bytes(body)) if scope["door"] == "page" else bytes(body))


def _small(answer: Answer, form: str, *, lasting: bool) -> Answer:
    """The answer as it goes over the line, with how long a browser may keep it."""
    headers, body = MutableHeaders(raw=list(answer.start["headers"])), answer.body
    kind = headers.get("content-type", "").partition(";")[0]
    if kind in TEXT and len(body) >= LEAST and "content-encoding" not in headers:
        body = compressed(body, form)
        headers["Content-Encoding"] = form
        headers.add_vary_header("Accept-Encoding")
    headers["Content-Length"] = str(len(body))
    if lasting and answer.start["status"] == 200:
        headers["Cache-Control"] = A_YEAR
    return Answer({**answer.start, "headers": headers.raw}, body)
