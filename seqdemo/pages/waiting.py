"""Is a visitor still waiting for the answer of an event? Gradio marks an event whose stream was closed or cancelled."""

from __future__ import annotations

from collections.abc import Callable

from gradio.context import LocalContext


def still_waiting() -> Callable[[], bool] | None:
    """How to ask that of the present event; None outside of one, and where it did not come through the queue."""
    page, event = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if page is None or not event:
        return None

    def waiting() -> bool:
        jobs = page._queue.active_jobs  # a cancelled event is there no more, one whose visitor left is not alive
        return any(one._id == event and one.alive for job in jobs for one in job or ())

    return waiting if waiting() else None
