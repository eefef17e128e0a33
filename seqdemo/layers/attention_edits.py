"""What a visitor may change in one attention brick: switch a head off, or let a row look at one place alone.

A head that is off still looks; what it found is thrown away before the output projection mixes the heads (Michel et
al. 2019, "Are Sixteen Heads Really Better than One?", section 2.3), so its weights can still be shown.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class AttentionEdits(NamedTuple):
    """Changes to one call of one brick; all numbers count from 0. Given with the call, kept nowhere."""

    off: tuple[int, ...] = ()  # heads whose finding is thrown away
    rows: tuple[tuple[int, int, int], ...] = ()  # (head, query, key): this query gives all of its attention to this key

    def within(self, time: int) -> AttentionEdits:
        """The changes to a text's first `time` words, which look at one another alone."""
        return AttentionEdits(self.off, tuple(row for row in self.rows if max(row[1:]) < time))

    def looked(self, weights: Tensor, first: int) -> Tensor:
        """weights: [batch, head, query, key], after the softmax; first: number of the first of these queries.

        Raises ValueError for a head or key that is not there. A query that is not among these is not meant.
        """
        wanted = [(head, query - first, key) for head, query, key in self.rows]
        wanted = [(head, query, key) for head, query, key in wanted if 0 <= query < weights.shape[2]]
        heads, keys = weights.shape[1], weights.shape[3]
        strays = [row for row in wanted if not (0 <= row[0] < heads and 0 <= row[2] < keys)]
        if strays:
            raise ValueError(f"heads 0 to {heads - 1} and keys 0 to {keys - 1} are there; {strays} came")
        if wanted:
            weights = weights.clone()
        for head, query, key in wanted:
            weights[:, head, query] = 0
            weights[:, head, query, key] = 1
        return weights

    def found(self, mixed: Tensor) -> Tensor:
        """mixed: [batch, head, query, head size], what each head found. Raises ValueError for a head not there."""
        strays = [head for head in self.off if not 0 <= head < mixed.shape[1]]
        if strays:
            raise ValueError(f"heads 0 to {mixed.shape[1] - 1} are there; {strays} came")
        if self.off:
            mixed = mixed.clone()
            mixed[:, list(self.off)] = 0
        return mixed
