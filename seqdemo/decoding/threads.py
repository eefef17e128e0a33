"""How many threads a search takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def threads_for(sentences: int) -> Iterator[None]:
    """One thread for one sentence, else as many as torch is set to.

    One sentence is a row or five a step: two threads wait for each other longer than they compute, and on two
    processors numpy's threads and torch's keep each other waiting. torch keeps the number for each Python thread, so
    nobody else notices.
    """
    before = torch.get_num_threads()
    if sentences > 1 or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
