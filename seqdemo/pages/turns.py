"""What was asked last is what the page shows, whichever of two answers comes first.

A visitor who ticks a model while the page still answers has two questions under way, and Gradio lets both answer. An
answer to the earlier one that came later would cover the newer one, and what the session knows of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr

LONGEST = 60  # seconds that a question waits for its twin


class _Under:
    """A question that is being answered."""

    def __init__(self, question: Any, number: int) -> None:
        self.question, self.number, self.over = question, number, threading.Event()


class Turns:
    """The questions of one visit, in the order in which they were asked. A gr.State holds one a visit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0  # questions so far
        self._under: list[_Under] = []  # those that are being answered

    def __deepcopy__(self, _: Any) -> Turns:
        return Turns()  # each visit begins with its own

    def ask(self, question: Any, answer: Callable[[], list[Any]]) -> Any:
        """-> the answer; for a question after which another was asked, what leaves everything as it is.

        What was asked last, asked once more while it is being answered, is answered when that is: Gradio tells twice
        that an option was clicked.
        """
        with self._lock:
            twin = next((one for one in self._under if one.number == self._asked and one.question == question), None)
            if twin is None:
                self._asked += 1
                mine = _Under(question, self._asked)
                self._under.append(mine)
        if twin is not None:
            twin.over.wait(LONGEST)
            return gr.skip()
        try:
            found = answer()
        finally:
            with self._lock:
                self._under.remove(mine)
            mine.over.set()
        return found if mine.number == self._asked else gr.skip()

    def change(self, answer: Callable[[], list[Any]]) -> Any:
        """The same for a change of what is on show: no question may be under way, since its answer takes the place."""
        with self._lock:
            before, free = self._asked, not self._under
        if not free:
            return gr.skip()
        found = answer()
        return found if before == self._asked else gr.skip()
