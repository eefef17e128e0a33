"""The doors: what the page and its documented endpoints need is let in, and nothing else of Gradio.

Gradio's server can do more than this app asks of it: take uploads, fetch addresses from outside for a visitor, show
its analytics. What stands not in DOORS is answered "404" before Gradio sees it. Bodies are bounded in bytes and in
depth, and a full queue is told in the visitor's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from seqdemo.locales import choose_language
from seqdemo.problems import Problem
from seqdemo.serving.limits import MAX_BODY, MAX_BRACKETS, MAX_DEPTH, QUEUE
from seqdemo.serving.noting import note

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/gradio_api"
READ = {  # name -> paths that may be read
    "page": r"/|/config/?",
    "file": rf"{API}/file=(?:[A-Za-z]:)?[^:]*",  # no "http://...": Gradio would fetch it
    "asset": r"/(?:assets|static|svelte)/.*|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon(?:/\w+)?"
    rf"|(?:{API})?/theme\.css|{API}/custom_component/.*"
    r"|/seqdemo/views-\w+\.js",
    "answer": rf"{API}/call/(?:v2/)?\w+/\w+|{API}/queue/data",
    "about": rf"{API}/(?:info|openapi\.json|startup-events|app_id|token|user|login_check|queue/status)/?",
    "heartbeat": rf"{API}/heartbeat/\w+",
    "chart": r"/seqdemo/plotly-[\w.]+\.js",
    "health": r"/health",
    "metrics": r"/metrics",
}
WRITE = {  # name -> paths that may be sent something
    "question": rf"{API}/(?:queue/join|call/(?:v2/)?\w+/?)",
    "cancel": rf"{API}/(?:cancel|reset)/?",
}

STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)  # matches from every quote on, so in linear time


def door_of(method: str, path: str) -> str | None:
    """The name of the door that a request goes through; None where there is none.

    >>> door_of("GET", "/"), door_of("POST", "/gradio_api/queue/join"), door_of("POST", "/gradio_api/upload")
    ('page', 'question', None)
    """
    doors = {"GET": READ, "HEAD": READ, "POST": WRITE}.get(method, {})
    return next((name for name, pattern in doors.items() if re.fullmatch(pattern, path)), None)


class Doors:
    """ASGI middleware; puts the door's name into the scope for who counts requests."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no websockets
        root = scope.get("root_path", "").rstrip("/")
        path = scope["path"].removeprefix(root) or "/"
        door = door_of(scope["method"], path)
        if door is None:
            await _answer(send, 404, "Not found")
            return
        scope["door"] = door
        language = choose_language(_header(scope, b"accept-language"))
        if door in WRITE:
            body = await _body(receive)
            if body is None:
                await _answer(send, 413, Problem("request_too_large", most=MAX_BODY // 1_000_000).message(language))
                return
            if not is_plain(body):
                await _answer(send, 400, Problem("request_not_plain", most=MAX_DEPTH).message(language))
                return
            receive = _again(body, receive)
        begun = False

        async def begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(_nobody_elses(message) if door == "page" else message)

        busy = Problem("queue_full", most=QUEUE).message(language)
        try:
            await self.app(scope, receive, _busy_in_words(begin, busy) if door == "question" else begin)
        except Exception as error:  # e.g. the stream of a session that is not there, which Gradio ends by raising
            note(error)
            if begun:
                await send({"type": "http.response.body", "body": b""})
            elif door == "question":  # ours are guarded: Gradio could not take it apart
                await _answer(send, 400, Problem("bad_inputs").message(language))
            else:
                await _answer(send, 500, Problem("unexpected").message(language))


def is_plain(body: bytes) -> bool:
    """Is a JSON text at most MAX_DEPTH brackets deep, of few brackets, and of numbers? What is inside strings is text.

    Python reads NaN and Infinity, which JSON does not have, and Gradio then cannot answer.

    >>> is_plain(b'{"data": ["[[[[", 5]}'), is_plain(b"[" * 1000), is_plain(b"[]" * 1_000_000)
    (True, False, False)
    """
    bare = STRING.sub(b"", body)
    if bare.count(b"[") + bare.count(b"{") > MAX_BRACKETS or b"NaN" in bare or b"Infinity" in bare:
        return False
    now = 0
    for mark in re.finditer(rb"[\[\]{}]", bare):
        now += 1 if mark[0] in b"[{" else -1
        if now > MAX_DEPTH:
            return False
    return True


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None where it is longer than MAX_BODY; no more than that is ever held."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):  # gone, or all of it
            return bytes(body)


def _nobody_elses(message: Message) -> Message:
    """A page's links begin with the name that its visitor's request gave: no cache in front may give it to another."""
    if message["type"] == "http.response.start":
        return {**message, "headers": [*message["headers"], (b"cache-control", b"private, no-cache")]}
    return message


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was already read, then what comes."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return parts.pop() if parts else await receive()

    return replay


def _busy_in_words(send: Send, words: str) -> Send:
    """Gradio answers 503 where the queue is full, and its page then shows an English sentence of its own."""
    full = False

    async def tell(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start":
            full = message["status"] == 503
        if not full:
            await send(message)
        elif not message.get("more_body", message["type"] == "http.response.start"):
            await _answer(send, 429, words)

    return tell


async def _answer(send: Send, status: int, detail: str) -> None:
    """A short JSON answer, in the shape that Gradio's page reads: {"detail": ...}."""
    body = json.dumps({"detail": detail}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
