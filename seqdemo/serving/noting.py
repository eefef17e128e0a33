"""What the log says of an error: its kind and its place. Never its message, which may quote what a visitor typed."""

from __future__ import annotations

import logging

log = logging.getLogger("seqdemo")


def place_of(error: BaseException) -> str:
    """Where it was raised, as file:line."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"


def note(error: BaseException) -> None:
    """A line in the log."""
    log.error("unexpected %s at %s", type(error).__name__, place_of(error))
