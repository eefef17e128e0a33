"""The doors: what the page and its documented endpoints need is let in, and nothing else of Gradio.

Gradio's server can do more than this app asks of it: take uploads, fetch addresses from outside for a visitor, show
its analytics. What stands not here is answered "404" before Gradio sees it. Bodies are bounded (bodies.py), so are
the places in the queue (places.py), and what is refused is told in the visitor's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs

from seqdemo.locales import choose_language
from seqdemo.problems import Problem
from seqdemo.serving.bodies import Bodies, Message, Receive, is_name, named
from seqdemo.serving.limits import MAX_NAME, QUEUE
from seqdemo.serving.noting import note
from seqdemo.serving.places import Places

Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

API = "/gradio_api"
READ = {  # name -> paths that may be read
    "page": r"/|/config/?",
    "file": rf"{API}/file=(?:[A-Za-z]:)?[^:]*",  # no "http://...": Gradio would fetch it
    "asset": r"/(?:assets|static|svelte)/.*|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon(?:/\w+)?"
    rf"|(?:{API})?/theme\.css|{API}/custom_component/.*"
    r"|/seqdemo/views-\w+\.js",
    "answer": rf"{API}/call/(?:v2/)?\w+/\w{{1,64}}|{API}/queue/data",
    "about": rf"{API}/(?:info|openapi\.json|startup-events|app_id|token|user|login_check|queue/status)/?",
    "heartbeat": rf"{API}/heartbeat/\w{{1,64}}",
    "chart": r"/seqdemo/plotly-[\w.]+\.js",
    "health": r"/health",
    "metrics": r"/metrics",
}
WRITE = {  # name -> paths that may be sent something
    "question": rf"{API}/(?:queue/join|call/(?:v2/)?\w+/?)",
    "cancel": rf"{API}/(?:cancel|reset)/?",
}
REFUSED = {  # what may be wrong with a request -> the status that says so
    "request_too_large": 413,
    "request_not_plain": 400,
    "name_too_long": 400,
    "request_slow": 408,
    "requests_full": 429,
    "own_queue_full": 429,
    "address_queue_full": 429,
}


def door_of(method: str, path: str) -> str | None:
    """The name of the door that a request goes through; None where there is none.

    >>> door_of("GET", "/"), door_of("POST", "/gradio_api/queue/join"), door_of("POST", "/gradio_api/upload")
    ('page', 'question', None)
    """
    doors = {"GET": READ, "HEAD": READ, "POST": WRITE}.get(method, {})
    return next((name for name, pattern in doors.items() if re.fullmatch(pattern, path)), None)


class Doors:
    """ASGI middleware; puts the door's name into the scope for who counts requests, and the place of a question."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.bodies = Bodies()
        self.places = Places()

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
        try:
            with ExitStack() as held:
                if door in WRITE:
                    receive = await self._let_in(scope, receive, held)
                if door == "answer":
                    held.enter_context(self.places.heard(stream_name(path, scope.get("query_string", b""))))
                await self._pass(scope, receive, send, language)
        except Problem as problem:  # of ours: what is behind the doors tells its own
            await _answer(send, REFUSED[problem.code], problem.message(language), last=problem.code == "request_slow")

    async def _let_in(self, scope: Scope, receive: Receive, held: ExitStack) -> Receive:
        """What gives the body that was read. A question then has its place. Raises Problem."""
        body = await self.bodies.read(receive)
        sent = named(body)
        if scope["door"] == "question":
            queue = getattr(getattr(scope.get("app"), "blocks", None), "_queue", None)  # Gradio's
            address = (scope.get("client") or ("",))[0]
            taken = self.places.taken(queue, sent.get("session_hash") or "", address, len(body))
            scope["place"] = held.enter_context(taken)
        return _again(body, receive)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, language: str) -> None:
        """What the app answers, or in words that it could not."""
        begun, question = False, scope["door"] == "question"

        async def begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(_nobody_elses(message) if scope["door"] == "page" else message)

        busy = Problem("queue_full", most=QUEUE).message(language)
        try:
            await self.app(scope, receive, _busy_in_words(begin, busy) if question else begin)
        except Exception as error:  # e.g. the stream of a session that is not there, which Gradio ends by raising
            note(error)
            if begun:
                await send({"type": "http.response.body", "body": b""})
            elif question:  # ours are guarded: Gradio could not take it apart
                await _answer(send, 400, Problem("bad_inputs").message(language))
            else:
                await _answer(send, 500, Problem("unexpected").message(language))


def stream_name(path: str, query: bytes) -> str:
    """The session or the event whose answers a stream gives. Raises Problem where it is no short name.

    >>> stream_name("/gradio_api/queue/data", b"session_hash=abc"), stream_name("/gradio_api/call/unit/0f3", b"")
    ('abc', '0f3')
    """
    given = parse_qs(query.decode("latin-1")).get("session_hash", [""])[-1]
    name = given if path.endswith("/queue/data") else path.rsplit("/", 1)[-1]
    if not is_name(name):
        raise Problem("name_too_long", most=MAX_NAME)
    return name


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


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


async def _answer(send: Send, status: int, detail: str, *, last: bool = False) -> None:
    """A short JSON answer, in the shape that Gradio's page reads: {"detail": ...}. last: then hang up."""
    body = json.dumps({"detail": detail}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close")] if last else []  # who dawdles gets no second chance
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
