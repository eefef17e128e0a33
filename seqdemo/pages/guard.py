"""Between an event and the lab: what may go wrong becomes words for the visitor, never a traceback."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from seqdemo.pages.pace import require_pace
from seqdemo.pages.waiting import require_heard, still_waiting
from seqdemo.problems import Problem
from seqdemo.serving.metrics import PROBLEMS, QUESTION_SECONDS, QUESTIONS
from seqdemo.serving.noting import note
from seqdemo.wanted import WANTED

Result = TypeVar("Result")


def guarded(work: Callable[[], Result]) -> Result | Problem:
    """The result of `work`, or the Problem to tell. The log names the error's kind and place, never a text."""
    begin, before = time.perf_counter(), WANTED.set(still_waiting())
    try:
        require_heard()
        require_pace()
        result = work()
        QUESTIONS.labels("answered").inc()
        return result
    except Problem as problem:
        QUESTIONS.labels("problem").inc()
        PROBLEMS.labels(problem.code).inc()
        return problem
    except Exception as error:  # a bug of ours: the visitor keeps the page, the log gets the place
        QUESTIONS.labels("error").inc()
        note(error)
        return Problem("unexpected")
    finally:
        WANTED.reset(before)
        QUESTION_SECONDS.observe(time.perf_counter() - begin)
