"""Is a visitor still waiting for the answer of an event? Gradio marks an event whose stream was closed or cancelled.

One whose stream was never opened it would answer for nobody: the doors know which are open (seqdemo/serving/places.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from gradio.context import LocalContext

from seqdemo.problems import Problem
from seqdemo.serving.limits import UNHEARD_SECONDS
from seqdemo.serving.places import Place


def still_waiting() -> Callable[[], bool] | None:
    """How to ask that of the present event; None outside of one, and where it did not come through the queue."""
    page, event = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if page is None or not event:
        return None

    def waiting() -> bool:
        jobs = page._queue.active_jobs  # a cancelled event is there no more, one whose visitor left is not alive
        return any(one._id == event and one.alive for job in jobs for one in job or ())

    return waiting if waiting() else None


def require_heard() -> None:
    """Raises Problem where the present event has waited long and nobody has ever listened for its answer."""
    request, event = LocalContext.request.get(None), LocalContext.event_id.get(None)
    scope = getattr(getattr(request, "request", None), "scope", {})
    place = scope.get("place")
    if isinstance(place, Place) and place.unheard(event or "", time.monotonic()):
        raise Problem("not_awaited", seconds=UNHEARD_SECONDS)
