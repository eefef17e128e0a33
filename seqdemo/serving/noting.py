"""What the log says of an error: its kind and its place. Never its message, which may quote what a visitor typed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from seqdemo.problems import Problem

Result = TypeVar("Result")
PACKAGE = Path(__file__).resolve().parents[1]
log = logging.getLogger("seqdemo")


def place_of(error: BaseException) -> str:
    """Where it was raised, as file:line."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"


def is_ours(error: BaseException, *, but: str = "") -> bool:
    """Did it pass through a file of this package, other than `but`? Else Gradio could not read what was sent."""
    frame = error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if file != but and Path(file).is_relative_to(PACKAGE):
            return True
        frame = frame.tb_next
    return False


def note(error: BaseException) -> None:
    """A line in the log."""
    log.error("unexpected %s at %s", type(error).__name__, place_of(error))


def tried(work: Callable[[], Result]) -> Result | Problem:
    """The result of `work`, or the Problem to tell; of a bug of ours the log gets the place."""
    try:
        return work()
    except Problem as problem:
        return problem
    except Exception as error:
        note(error)
        return Problem("unexpected")
