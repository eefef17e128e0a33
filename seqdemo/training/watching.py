"""Somebody looks on while a network learns, and may end it: what the loop tells, and what it is told."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Called by the loop in its own thread; whoever wants to pause the training takes his time to answer."""

    def step(self, done: int, of: int, loss: float) -> bool:
        """After each step. of: steps of the whole training; loss: of this batch. False: stop here, in order."""
        ...

    def epoch(self, line: dict[str, float]) -> None:
        """After each epoch, when its weights are judged and the best are saved: the line of metrics.jsonl."""
        ...
