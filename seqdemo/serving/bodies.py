"""The body of a request: bounded in bytes, in depth and in time, and so are all bodies together.

Who sends byte by byte, or a name as long as a book, would otherwise fill the memory with what nobody has asked yet.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from seqdemo.problems import Problem
from seqdemo.serving.limits import BODY_SECONDS, MAX_BODIES, MAX_BODY, MAX_BRACKETS, MAX_DEPTH, MAX_NAME

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

NAMES = ("session_hash", "event_id")  # what Gradio keeps a question under
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)  # matches from every quote on, so in linear time


@dataclass
class Bodies:
    """Those that are on their way in. held: bytes of them that have come."""

    held: int = 0

    async def read(self, receive: Receive) -> bytes:
        """The whole body. Raises Problem: request_too_large, request_slow, requests_full or request_not_plain."""
        body = bytearray()
        try:
            await asyncio.wait_for(self._gather(body, receive), BODY_SECONDS)
        except asyncio.TimeoutError:
            raise Problem("request_slow", seconds=BODY_SECONDS) from None
        finally:
            self.held -= len(body)
        if not is_plain(body):
            raise Problem("request_not_plain", most=MAX_DEPTH)
        return bytes(body)

    async def _gather(self, body: bytearray, receive: Receive) -> None:
        while True:
            message = await receive()
            part = message.get("body", b"")
            body += part
            self.held += len(part)
            if len(body) > MAX_BODY:
                raise Problem("request_too_large", most=MAX_BODY // 1_000_000)
            if self.held > MAX_BODIES:
                raise Problem("requests_full")
            if message["type"] != "http.request" or not message.get("more_body", False):  # gone, or all of it
                return


def is_plain(body: bytes | bytearray) -> bool:
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


def named(body: bytes) -> dict[str, Any]:
    """What a body says, read as Gradio reads it; nothing where it is no object, which Gradio then refuses itself.

    Raises Problem where a name in it is not short.

    >>> named(b'{"session_hash": "abc"}'), named(b"[]"), named(b"{")
    ({'session_hash': 'abc'}, {}, {})
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(sent, dict):
        return {}
    trigger = sent.get("trigger_id")
    if not all(is_name(sent[name]) for name in NAMES if sent.get(name) is not None) or not is_number(trigger):
        raise Problem("name_too_long", most=MAX_NAME)
    return sent


def is_name(value: Any) -> bool:
    """May it name a session or an event?

    >>> is_name("a" * 64), is_name("a" * 65), is_name(5)
    (True, False, False)
    """
    return isinstance(value, str) and len(value) <= MAX_NAME


def is_number(value: Any) -> bool:
    """May it name a component, or none?

    >>> is_number(None), is_number(12), is_number(10**20), is_number("12"), is_number(True)
    (True, True, False, False, False)
    """
    return value is None or (type(value) is int and abs(value) < 2**53)
