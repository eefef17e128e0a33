"""Sentences of several visitors in one search, gathered as the texts of classifiers are (batching.py).

A run is kept short, and a text of many sentences asks for a few of them at a time: so who has one sentence waits for
one run, never for another's whole text. Each sentence gets what it gets alone (tests/serving/test_writing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from torch import Tensor, nn

from seqdemo.decoding.written import HasText, Written, written_alone
from seqdemo.serving.batching import Gathered
from seqdemo.wanted import require_wanted

MOST_SENTENCES = 16
MOST_ROWS = 1000  # sentences x tokens of the longest x beam: about 0.2 s of one processor for the networks shipped


class Sentence(NamedTuple):
    """One of somebody's sentences. source, prefix: ids; has_text: as `written` takes it."""

    source: Sequence[int]
    beam: int
    prefix: Sequence[int]
    has_text: HasText


class SharedWriter:
    """A translator that writes together for many threads."""

    def __init__(self, network: nn.Module, observe: Callable[[int], None]) -> None:
        self._network: Any = network
        self._observe = observe
        self._gathered: Gathered[Sentence, Written] = Gathered(self._run, fitting)

    def parameters(self) -> Iterator[Tensor]:
        """The network's, which say where it is."""
        return chain(self._network.parameters(), self._network.buffers())

    def written_together(
        self, sources: Sequence[Sequence[int]], *, beam: int, prefixes: Sequence[Sequence[int]], has_text: HasText
    ) -> list[Written]:
        """As `written`; blocks until all are done, a run's worth of them at a time. Raises Problem where cancelled."""
        begun = prefixes or [()] * len(sources)
        left = [Sentence(*one, has_text) for one in zip(sources, [beam] * len(sources), begun, strict=True)]
        done: list[Written] = []
        while left:
            require_wanted()
            number = fitting(left)
            done += self._gathered.ask_all(left[:number])
            left = left[number:]
        return done

    def _run(self, sentences: Sequence[Sentence]) -> list[Written]:
        self._observe(len(sentences))
        return written_alone(
            self._network,
            [one.source for one in sentences],
            beam=sentences[0].beam,
            prefixes=[one.prefix for one in sentences],
            has_text=[one.has_text for one in sentences],
        )


def fitting(sentences: Sequence[Sentence]) -> int:
    """How many of the first sentences one run takes: of one beam, and not too much work."""
    longest = 0
    for number, one in enumerate(sentences[:MOST_SENTENCES]):
        longest = max(longest, len(one.source) + 1)
        if number and (one.beam != sentences[0].beam or (number + 1) * longest * one.beam > MOST_ROWS):
            return number
    return min(len(sentences), MOST_SENTENCES)
