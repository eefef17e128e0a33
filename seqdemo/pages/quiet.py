"""Gradio's own errors without what was sent: its sentences and its traceback would quote a visitor's text.

E.g. "didn't receive enough input values ... Received inputs: [...]", or "Value: ... is not in the list of choices".
What does not fit is told to who sent it, in the language of the request; the log gets the kind of error and its place.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from seqdemo.pages.heard import language_of
from seqdemo.problems import Problem
from seqdemo.serving.metrics import PROBLEMS, QUESTIONS
from seqdemo.serving.noting import is_ours, note


def hushed(page: gr.Blocks) -> gr.Blocks:
    """The page, whose events end in a gr.Error that is told and not printed, whatever went wrong."""
    process = page.process_api

    async def process_api(block_fn: Any, inputs: Any, *given: Any, **named: Any) -> dict[str, Any]:
        def refused(code: str) -> gr.Error:
            QUESTIONS.labels("problem").inc()
            PROBLEMS.labels(code).inc()
            return gr.Error(Problem(code).message(language_of(named.get("request"))), print_exception=False)

        parts = page.fns[block_fn].inputs if isinstance(block_fn, int) else block_fn.inputs
        if isinstance(inputs, list) and not all(map(_fits, parts, inputs)):
            raise refused("bad_choice")
        event = named.get("event_data")
        if event is not None and not isinstance(event._data, dict):
            event._data = {}  # what an event has not brought is then missing, where Gradio's EventData would raise
        try:
            return await process(block_fn, inputs, *given, **named)
        except gr.Error as error:
            if error.print_exception:  # Gradio's own, which quotes: ours are told and not printed
                raise refused("bad_choice") from None
            raise
        except Exception as error:  # before or after our handlers, which are guarded
            note(error)
            if is_ours(error, but=__file__):
                QUESTIONS.labels("error").inc()
                raise gr.Error(
                    Problem("unexpected").message(language_of(named.get("request"))), print_exception=False
                ) from None
            raise refused("bad_inputs") from None

    page.process_api = process_api  # type: ignore[method-assign]
    return page


def _fits(one: Any, value: Any) -> bool:
    """May an input hold this? What shows a text or a choice when the page is opened is never without one later.

    A browser sends it so, and Gradio lets other senders leave it empty.
    """
    if isinstance(one, gr.Radio) or (isinstance(one, gr.Dropdown) and not one.multiselect):
        return isinstance(value, str | int | float) or (value is None and not one.value)
    return value is not None or not one.value or not isinstance(one, gr.Textbox | gr.CheckboxGroup | gr.Dropdown)
