"""Cross-attention while a sentence is written: the source stands still, so much is worked out before the first token.

For one sentence the products are taken in another order (Vaswani et al. 2017, section 3.2.2):
(W_q x) K^T = x (W_q^T K^T), and (p V) W_o = p (V W_o). Two small matrices for each sentence replace two
large ones, and the keys and values. Many sentences together share the large matrices, which is then
the cheaper way; their keys and values are kept.

The key's bias adds the same to all scores of a query, which a softmax does not notice: it is left out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.layers.folded_map import Map, folded_map, normed


class FoldedCross(NamedTuple):
    """Cross-attention before a sentence is known."""

    query: Map  # with its norm and 1 / sqrt(d)
    key: Map
    value: Map
    output: Map
    heads: int
    looks: Tensor  # the query's matrix by heads: [head, head size, model]
    gives: Tensor  # the output's matrix by heads: [head, head size, model]


class FoldedSource(NamedTuple):
    """One sentence."""

    look: Tensor  # [model, head * source]: from a normed state to its scores
    shift: Tensor  # [head * source]: added to the scores
    take: Tensor  # [head * source, model]: from weights to what is added to the state
    heads: int

    def __call__(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """states: [row, model] -> the states after it, and the weights [1, head, row, source]."""
        scores = torch.addmm(self.shift, normed(states), self.look).view(states.shape[0], self.heads, -1)
        weights = scores.softmax(dim=-1)  # [row, head, source]
        return torch.addmm(states, weights.flatten(1), self.take), weights.transpose(0, 1)[None]


class RememberedSource(NamedTuple):
    """Many sentences."""

    cross: FoldedCross
    keys: Tensor  # [sentence, head, head size, source]
    values: Tensor  # [sentence, head, source, head size]
    padding: Tensor  # [sentence, 1, 1, source]: 0 at real tokens, -inf at padding

    def __call__(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """states: [row, model], as many rows of each sentence -> likewise, weights [sentence, head, width, source]."""
        sentences, heads, size, _ = self.keys.shape
        query = self.cross.query(normed(states)).view(sentences, -1, heads, size).transpose(1, 2)
        scores = query.matmul(self.keys).add_(self.padding)
        weights = scores.softmax(dim=-1)
        mixed = weights.matmul(self.values).transpose(1, 2).reshape(states.shape)
        return self.cross.output(mixed).add_(states), weights

    def select(self, sentences: Tensor) -> RememberedSource:
        """sentences: [new sentences]."""
        return RememberedSource(self.cross, self.keys[sentences], self.values[sentences], self.padding[sentences])


def fold_cross(attention: Any, norm: Any) -> FoldedCross:
    """attention: a MultiHeadAttention; norm: the LayerNorm before it."""
    heads, model = attention.heads, attention.query.in_features
    query = folded_map(attention.query, norm, scale_of(attention))
    output = folded_map(attention.output)
    looks = query.matrix.T.reshape(heads, -1, model)
    gives = output.matrix.view(heads, -1, model)
    return FoldedCross(query, folded_map(attention.key), folded_map(attention.value), output, heads, looks, gives)


def scale_of(attention: Any) -> float:
    """1 / sqrt(d), d being the width of a head."""
    return float((attention.query.out_features // attention.heads) ** -0.5)


def fold_source(cross: FoldedCross, states: Tensor, mask: Tensor) -> FoldedSource | RememberedSource:
    """states: [sentence, source, model], the encoder's; mask: [sentence, 1, 1, source], True at real tokens."""
    sentences, source, model = states.shape
    flat = states.flatten(0, 1)
    keys, values = (part(flat).view(sentences, source, cross.heads, -1) for part in (cross.key, cross.value))
    keys, values = keys.permute(0, 2, 3, 1), values.transpose(1, 2)  # [s, head, size, source], [s, head, source, size]
    padding = torch.zeros(mask.shape, dtype=states.dtype, device=mask.device).masked_fill(~mask, float("-inf"))
    if sentences > 1:
        return RememberedSource(cross, keys.contiguous(), values.contiguous(), padding)
    look = torch.bmm(keys[0].mT, cross.looks)  # [head, source, model]
    shift = torch.bmm(cross.query.shift.view(cross.heads, 1, -1), keys[0]) + padding[0]  # [head, 1, source]
    take = torch.bmm(values[0], cross.gives)  # [head, source, model]
    take[0] += cross.output.shift  # the first head's weights sum to 1, and so bring it to every state
    return FoldedSource(look.view(-1, model).T, shift.flatten(), take.view(-1, model), cross.heads)
