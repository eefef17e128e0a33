"""How fast one visitor may ask: a bucket of questions that fills again with time.

A page's visit is known by Gradio's session; a program that keeps none by its address, more loosely, because a class
may share one. It keeps one visitor from taking everybody's turn by accident. Against somebody who makes up sessions
stand the places in the queue (seqdemo/serving/places.py) and whatever proxy is in front.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from dataclasses import dataclass, field

from gradio.context import LocalContext

from seqdemo.problems import Problem
from seqdemo.serving.limits import A_SECOND, BURST, PROGRAM_A_SECOND, PROGRAM_BURST

REMEMBERED = 10_000  # visitors; beyond that, those whose bucket is full again are forgotten


@dataclass
class Pace:
    """Who asked how much lately. Holds digests of names and numbers, nothing that was typed and nothing long."""

    buckets: dict[bytes, tuple[float, float]] = field(default_factory=dict)  # who -> (questions left, when)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def require(self, who: str, *, burst: float, a_second: float, now: float) -> None:
        """Take one question out of the bucket of `who`. Raises Problem where it is empty. now: seconds, monotonic."""
        key = hashlib.blake2b(who.encode(errors="surrogatepass"), digest_size=16).digest()
        with self.lock:
            if len(self.buckets) >= REMEMBERED:
                self.buckets = {
                    name: (left, when) for name, (left, when) in self.buckets.items() if now - when < burst / a_second
                }
            left, when = self.buckets.get(key, (burst, now))
            left = min(burst, left + max(0.0, now - when) * a_second)
            if left < 1:
                raise Problem("too_fast", seconds=max(1, math.ceil((1 - left) / a_second)))
            self.buckets[key] = (left - 1, now)


PACE = Pace()


def require_pace() -> None:
    """Raises Problem where the visitor of the present event asks too fast; outside of an event everything may."""
    request = LocalContext.request.get(None)
    if request is None:
        return
    now = time.monotonic()
    own = request.session_hash
    if own and own != LocalContext.event_id.get(None):  # Gradio names the session of a call without one after its event
        PACE.require(f"session {own}", burst=BURST, a_second=A_SECOND, now=now)
    else:
        host = request.client.host if request.client else ""
        PACE.require(f"address {host}", burst=PROGRAM_BURST, a_second=PROGRAM_A_SECOND, now=now)
