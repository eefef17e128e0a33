"""Additive attention: a small network scores how well each source state fits the present query.

Bahdanau et al. 2015, "Neural Machine Translation by Jointly Learning to Align and Translate",
section 3.1 and appendix A.1.2: score(s, h_j) = v . tanh(W s + U h_j); weights by softmax over j.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqdemo.layers.attended import Attended, masked_softmax
from seqdemo.layers.attention_edits import AttentionEdits


class AdditiveMemory(NamedTuple):
    """What is looked at, and U h_j of it, made once for many queries."""

    keys: Tensor  # [batch, key, key_size]
    projected: Tensor  # [batch, key, attention]


class AdditiveAttention(nn.Module):
    """query.weight is W [attention, query_size], key.weight U [attention, key_size], score.weight v [1, attention]."""

    def __init__(self, query_size: int, key_size: int, attention_size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, attention_size, bias=False)
        self.key = nn.Linear(key_size, attention_size, bias=False)
        self.score = nn.Linear(attention_size, 1, bias=False)

    def remember(self, keys: Tensor) -> AdditiveMemory:
        """Project what will be looked at. keys: [batch, key, key_size]."""
        return AdditiveMemory(keys, self.key(keys))

    def look(
        self,
        queries: Tensor,
        memory: AdditiveMemory,
        mask: Tensor | None = None,
        *,
        edits: AttentionEdits | None = None,
        first: int = 0,
    ) -> Attended:
        """queries [batch, query, query_size] -> values [batch, query, key_size], weights [batch, 1, query, key].

        mask: [batch, query or 1, key], True where a query may look; first: number of the first query, for edits.
        """
        together = self.query(queries)[:, :, None] + memory.projected[:, None]  # [batch, query, key, attention]
        scores = self.score(torch.tanh(together)).squeeze(-1)  # [batch, query, key]
        weights = masked_softmax(scores, mask)[:, None]  # [batch, 1, query, key]
        if edits is not None:
            weights = edits.looked(weights, first)
        values = weights[:, 0] @ memory.keys
        if edits is not None:
            values = edits.found(values[:, None])[:, 0]
        return Attended(values=values, weights=weights)

    def forward(self, queries: Tensor, keys: Tensor, mask: Tensor | None = None) -> Attended:
        """`look` at keys [batch, key, key_size] that nobody has projected yet."""
        return self.look(queries, self.remember(keys), mask)
