"""Between an event and the lab: what may go wrong becomes words for the visitor, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from seqdemo.problems import Problem

Result = TypeVar("Result")
log = logging.getLogger("seqdemo")


def guarded(work: Callable[[], Result]) -> Result | Problem:
    """The result of `work`, or the Problem to tell. The log names the error's kind and place, never a text."""
    try:
        return work()
    except Problem as problem:
        return problem
    except Exception as error:  # a bug of ours: the visitor keeps the page, the log gets the place
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        log.error("unexpected %s at %s", type(error).__name__, where)
        return Problem("unexpected")
