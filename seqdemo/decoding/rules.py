"""What a search may write next: forced beginnings, forbidden tokens, no empty text, no endless loop.

Every rule takes a choice away by giving it log-probability minus infinity; none changes the
probabilities of what is left. With a rule switched off, the search is the plain one to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from seqdemo.decoding.loop_guard import LoopGuard

NEVER = float("-inf")
IDLE = 1 / 8  # as many rows of a batch may go on for nothing: dropping rows copies all others


@dataclass(frozen=True)
class Rules:
    """The rules of one search; `prefixes` and `guards` have an entry for each sentence, or none at all."""

    start: int
    end: int
    forbidden: tuple[int, ...] = ()  # tokens that are never chosen
    minimum: int = 0  # tokens before the end mark; 1: no empty translation
    prefixes: tuple[tuple[int, ...], ...] = ()  # tokens that each sentence must begin with
    guards: tuple[LoopGuard, ...] = ()

    def restrict(
        self, scores: Tensor, written: Sequence[Sequence[int]], *, sentences: Sequence[int], length: int
    ) -> Tensor:
        """scores: [row, vocab], changed in place; sentences: of each row, the number of its sentence.

        written: of each row, the `length` tokens so far; fewer where nobody cares for the row any more.
        """
        forced = {
            row: self.prefixes[sentence][length]
            for row, sentence in enumerate(sentences if self.prefixes else ())
            if length < len(self.prefixes[sentence])
        }
        kept = [(row, token, scores[row, token].clone()) for row, token in forced.items()]
        for token in self.forbidden:
            scores.select(1, token).fill_(NEVER)
        if length < self.minimum:
            scores[:, self.end] = NEVER
        if self.guards:
            for row, ids in enumerate(written):
                guard = self.guards[sentences[row]]
                if len(ids) == length and guard.may_bite(ids):
                    closing = guard.forbidden(ids) - {self.end}
                    if closing:
                        scores[row, list(closing)] = NEVER
        for row, token, score in kept:  # a forced token may be one that is forbidden otherwise
            scores[row] = NEVER
            scores[row, token] = score
        return scores
