"""Multi-head attention: several looks at once, each a weighted mean of the values.

Vaswani et al. 2017, "Attention Is All You Need", section 3.2: Attention(Q, K, V) =
softmax(Q K^T / sqrt(d)) V (equation 1), done in `heads` smaller spaces side by side and mixed
by an output projection (section 3.2.2). The weights come back with the values, always: nothing
is kept on the module, so two visitors can never see each other's.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqdemo.layers.attended import Attended, masked_softmax
from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.layers.dropout import Dropout


class Memory(NamedTuple):
    """Keys and values already projected and cut into heads, each [batch, head, key, head size]."""

    keys: Tensor
    values: Tensor


class MultiHeadAttention(nn.Module):
    """Same sums as `torch.nn.MultiheadAttention(batch_first=True)`, with four plain projections."""

    def __init__(self, model_size: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if model_size % heads:
            raise ValueError(f"model_size must be a multiple of heads; {model_size} and {heads} came")
        self.heads = heads
        self.query = nn.Linear(model_size, model_size)
        self.key = nn.Linear(model_size, model_size)
        self.value = nn.Linear(model_size, model_size)
        self.output = nn.Linear(model_size, model_size)
        self.dropout = Dropout(dropout)
        for projection in (self.query, self.key, self.value, self.output):
            nn.init.xavier_uniform_(projection.weight)
            nn.init.zeros_(projection.bias)

    def _cut(self, states: Tensor) -> Tensor:
        """[batch, time, model] -> [batch, head, time, model / heads]."""
        batch, time, model = states.shape
        return states.view(batch, time, self.heads, model // self.heads).transpose(1, 2)

    def remember(self, states: Tensor) -> Memory:
        """Project what will be looked at. states: [batch, key, model]."""
        return Memory(self._cut(self.key(states)), self._cut(self.value(states)))

    def look(
        self,
        queries: Tensor,
        memory: Memory,
        mask: Tensor | None = None,
        bias: Tensor | None = None,
        *,
        edits: AttentionEdits | None = None,
        first: int = 0,
    ) -> Attended:
        """queries: [batch, query, model]; mask broadcasts to [batch, head, query, key], True where one may look.

        bias: added to the scores, e.g. for the distance of the two places; first: number of the first query, for edits.
        """
        query = self._cut(self.query(queries))
        scores = query @ memory.keys.transpose(-1, -2) / math.sqrt(query.shape[-1])  # [batch, head, query, key]
        weights = masked_softmax(scores if bias is None else scores + bias, mask)
        if edits is not None:
            weights = edits.looked(weights, first)
        mixed = self.dropout(weights) @ memory.values  # [batch, head, query, head size]
        if edits is not None:
            mixed = edits.found(mixed)
        values = self.output(mixed.transpose(1, 2).flatten(2))
        return Attended(values, weights)

    def forward(
        self,
        queries: Tensor,
        states: Tensor,
        mask: Tensor | None = None,
        bias: Tensor | None = None,
        *,
        edits: AttentionEdits | None = None,
    ) -> Attended:
        """Look from `queries` [batch, query, model] at `states` [batch, key, model]."""
        return self.look(queries, self.remember(states), mask, bias, edits=edits)


def causal_mask(time: int, device: torch.device | None = None) -> Tensor:
    """[time, time], True on and below the diagonal: a step sees itself and what came before it."""
    return torch.ones(time, time, dtype=torch.bool, device=device).tril()
