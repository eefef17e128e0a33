"""What a monitor may know: how many, how fast, how it ended. Never what anybody wrote.

Labels come from tables of ours (doors, codes of problems), so there are few of them and none can hold a visitor's
text. Counters are the one thing that outlives a call; they are process-wide, as prometheus_client means them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from seqdemo.serving.bodies import Message, Receive
from seqdemo.serving.doors import Application, Scope, Send, door_of

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # resident memory, processor time, open files
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)

REQUESTS = Counter("seqdemo_requests", "HTTP requests", ["door", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "seqdemo_request_seconds",
    'Of an HTTP request; door="answer" is open from the question until its answer, waiting included',
    ["door"],
    buckets=SECONDS,
    registry=REGISTRY,
)
QUESTIONS = Counter("seqdemo_questions", "Questions to the lab: answered, problem or error", ["end"], registry=REGISTRY)
QUESTION_SECONDS = Histogram(
    "seqdemo_question_seconds", "Of a question to the lab, without waiting", buckets=SECONDS, registry=REGISTRY
)
PROBLEMS = Counter("seqdemo_problems", "What could not be done as asked, by code", ["code"], registry=REGISTRY)
BATCH = Histogram(
    "seqdemo_batch_size",
    "Texts of several visitors in one forward pass",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)
QUEUE_LENGTH = Gauge("seqdemo_queue_length", "Questions that wait for a worker", registry=REGISTRY)


def exposition(queue_length: Callable[[], int] | None) -> bytes:
    """All of it in Prometheus's text format."""
    if queue_length is not None:
        QUEUE_LENGTH.set(queue_length())
    return generate_latest(REGISTRY)


class Counted:
    """ASGI middleware around the doors: counts and times each request by its door."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/")) or "/"
        door, begin, status = door_of(scope["method"], path) or "none", time.perf_counter(), "none"

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, note)
        except Exception:
            status = "500"
            raise
        finally:
            REQUESTS.labels(door, status).inc()
            REQUEST_SECONDS.labels(door).observe(time.perf_counter() - begin)
