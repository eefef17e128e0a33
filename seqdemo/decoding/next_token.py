"""What a search needs to know of a network: the scores of the next token, and nothing else.

Any network with these two methods can be searched, a twenty-line toy in a test as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from seqdemo.decoding.family import Family


class State(Protocol):
    """Where decoding stands, a row for each sentence being written."""

    def select(self, rows: Tensor) -> Any:
        """The same state with these rows in this order. rows: [new rows]."""
        ...


# advance(state, last ids [row]) -> (log-probabilities of the next token [row, vocab], the state after it).
# The search writes into the scores; they must be nobody else's.
Advance = Callable[[Any, Tensor], tuple[Tensor, Any]]


class Hypothesis(NamedTuple):
    """One way to write the sentence."""

    ids: tuple[int, ...]  # without start and end mark
    log_probability: float  # of all ids and of the end mark if there is one; natural logarithm
    score: float  # log_probability / length ** normalisation: what hypotheses are ranked by
    ended: bool  # False where the length limit cut it off
    rows: tuple[int, ...]  # the row of the state that wrote each token, end mark included


class Found(NamedTuple):
    """What a search found and how."""

    hypotheses: list[list[Hypothesis]]  # of each sentence, best score first
    families: list[Family]  # of each sentence, who was considered at each step; empty after a greedy search
    state: Any  # the network's state at the end, with all that it kept on the way
