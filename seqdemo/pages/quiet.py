"""Gradio's own errors without what was sent: its traceback would quote a visitor's text into the log.

E.g. "didn't receive enough input values ... Received inputs: [...]". What does not fit is told to who sent
it; the log gets the kind of error and its place.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from seqdemo.problems import Problem
from seqdemo.serving.metrics import QUESTIONS
from seqdemo.serving.noting import note


def hushed(page: gr.Blocks) -> gr.Blocks:
    """The page, whose events end in a gr.Error that is told and not printed, whatever went wrong."""
    process = page.process_api

    async def process_api(*given: Any, **named: Any) -> dict[str, Any]:
        try:
            return await process(*given, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:  # before or after our handlers, which are guarded
            QUESTIONS.labels("error").inc()
            note(error)
            raise gr.Error(str(Problem("bad_inputs")), print_exception=False) from None

    page.process_api = process_api  # type: ignore[method-assign]
    return page
