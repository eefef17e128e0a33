"""What was asked last is what the page shows, whichever of two answers comes first.

A visitor who ticks a model while the page still answers has two questions under way, and Gradio lets both answer. An
answer to the earlier one that came later would cover the newer one, and what the session knows of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr


class Turns:
    """The questions of one visit, in the order in which they were asked. A gr.State holds one a visit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = 0  # questions so far
        self._under = 0  # of them, how many are being answered

    def __deepcopy__(self, _: Any) -> Turns:
        return Turns()  # each visit begins with its own

    def ask(self, answer: Callable[[], list[Any]]) -> Any:
        """-> the answer; for a question after which another was asked, what leaves everything as it is."""
        with self._lock:
            self._asked += 1
            self._under += 1
            mine = self._asked
        try:
            found = answer()
        finally:
            with self._lock:
                self._under -= 1
        return found if mine == self._asked else gr.skip()

    def change(self, answer: Callable[[], list[Any]]) -> Any:
        """The same for a change of what is on show: no question may be under way, since its answer takes the place."""
        with self._lock:
            before, free = self._asked, not self._under
        if not free:
            return gr.skip()
        found = answer()
        return found if before == self._asked else gr.skip()
