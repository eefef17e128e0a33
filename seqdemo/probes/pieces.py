"""A model may read one word as several pieces: what it does with them is put back together here.

Shares and contributions add up; a state or a verdict after a word is the one after its last piece.
"""

from __future__ import annotations

import torch
from torch import Tensor


def spread(values: Tensor, counts: Tensor) -> Tensor:
    """values: [..., word]; counts: [word], pieces of each word -> [..., piece]: each piece has its word's.

    >>> spread(torch.tensor([1.0, 2.0]), torch.tensor([1, 2]))
    tensor([1., 2., 2.])
    """
    return values.repeat_interleave(counts.to(values.device), dim=-1)


def one_by_one(counts: Tensor) -> Tensor:
    """counts: [word] -> [word + 1, piece]: row t is True at the pieces of word t, the last row nowhere."""
    return spread(torch.eye(len(counts) + 1, len(counts), dtype=torch.bool, device=counts.device), counts)


def summed(values: Tensor, counts: Tensor) -> Tensor:
    """values: [..., piece]; counts: [word], pieces of each word -> [..., word].

    >>> summed(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1, 2]))
    tensor([1., 5.])
    """
    words = spread(torch.arange(len(counts), device=values.device), counts)
    together = values.new_zeros(*values.shape[:-1], len(counts))
    return together.index_add(-1, words, values)


def shared_out(values: Tensor, like: Tensor, counts: Tensor) -> Tensor:
    """values: [..., word], shared out among the pieces of each word as `like` [piece] is -> [..., piece].

    Among equal shares where a word has nothing in `like`; a word of one piece keeps its value to the last bit.

    >>> shared_out(torch.tensor([0.5, 0.4, 0.1]), torch.tensor([0.2, 0.6, 0.0, 0.0, 0.2]), torch.tensor([2, 2, 1]))
    tensor([0.1250, 0.3750, 0.2000, 0.2000, 0.1000])
    """
    of_word, number = (spread(one, counts) for one in (summed(like, counts), counts.to(values.device)))
    return spread(values, counts) * torch.where(of_word > 0, like / of_word, 1 / number.to(like.dtype))


def last(values: Tensor, counts: Tensor) -> Tensor:
    """values: [piece, ...] -> [word, ...]: after the last piece of each word."""
    return values[counts.to(values.device).cumsum(dim=0) - 1]


def merged_attention(weights: Tensor, counts: Tensor, kind: str) -> Tensor:
    """weights: [..., query, key], pieces on both axes -> words on both; rows still sum to 1.

    What a word's pieces look at is their mean; in a "pooling" a row is a verdict, so it is that after the last piece.
    """
    columns = summed(weights, counts)
    if kind == "pooling":
        return last(columns.movedim(-2, 0), counts).movedim(0, -2)
    rows = summed(columns.transpose(-1, -2), counts).transpose(-1, -2)
    return rows / counts.to(weights.device)[:, None]
