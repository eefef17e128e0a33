"""Places in the queue: a visit has a few, an address has more, and nobody has all of them.

The queue is Gradio's and serves who came first; alone it lets one visitor fill it. So each question takes a place when
it joins. Who waits is read off the queue itself each time: what is answered, cancelled or left has freed its place.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from seqdemo.problems import Problem
from seqdemo.serving.limits import ADDRESS_QUEUE, MAX_BODIES, OWN_QUEUE, UNHEARD_SECONDS


@dataclass(frozen=True, eq=False)  # two questions are two places, however alike
class Place:
    """Of one question; it travels in the request's scope under "place".

    session: "" for a program that keeps none. since: seconds, monotonic. streams: names whose answers are listened for.
    """

    session: str
    address: str
    bytes: int
    since: float
    streams: Counter[str]

    def unheard(self, event: str, now: float) -> bool:
        """Has nobody opened the stream of the answer for so long that nobody will? event: the question's own name.

        A program without a session may ask first and fetch later: its pace bounds it by its address.
        """
        late = bool(self.session) and now - self.since > UNHEARD_SECONDS
        return late and not self.streams[self.session] and not self.streams[event]


@dataclass
class Places:
    """Of one server. joining: questions that are not in the queue yet; streams: name -> how many are open."""

    joining: set[Place] = field(default_factory=set)
    streams: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def taken(self, queue: Any, session: str, address: str, size: int) -> Iterator[Place]:
        """A place for as long as the question joins; then the queue knows it. Raises Problem where there is none."""
        place = Place(session, address, size, time.monotonic(), self.streams)
        others = waiting(queue) | self.joining
        if session and sum(one.session == session for one in others) >= OWN_QUEUE:
            raise Problem("own_queue_full", most=OWN_QUEUE)
        if sum(one.address == address for one in others) >= ADDRESS_QUEUE:
            raise Problem("address_queue_full", most=ADDRESS_QUEUE)
        if sum(one.bytes for one in others) + size > MAX_BODIES:
            raise Problem("requests_full")
        self.joining.add(place)
        try:
            yield place
        finally:
            self.joining.discard(place)

    @contextmanager
    def heard(self, name: str) -> Iterator[None]:
        """While somebody listens for the answers of this session or event."""
        self.streams[name] += 1
        try:
            yield
        finally:
            self.streams[name] -= 1
            if self.streams[name] <= 0:
                del self.streams[name]


def waiting(queue: Any) -> set[Place]:
    """The places of what waits in Gradio's queue; None has none."""
    parts = () if queue is None else tuple(queue.event_queue_per_concurrency_id.values())
    found = (event.request.scope.get("place") for part in parts for event in part.queue)
    return {place for place in found if place is not None}
