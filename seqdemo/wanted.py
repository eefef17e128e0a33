"""Does anybody still want the answer? Long work asks between its parts, and stops where it was cancelled or left.

A thread cannot be ended from outside; so whoever starts the work says here how to ask, and the work asks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from seqdemo.problems import Problem

WANTED: ContextVar[Callable[[], bool] | None] = ContextVar("WANTED", default=None)


def require_wanted() -> None:
    """Raises Problem where the visitor has cancelled or is gone. Outside of a visit all work is wanted."""
    wanted = WANTED.get()
    if wanted is not None and not wanted():
        raise Problem("cancelled")
