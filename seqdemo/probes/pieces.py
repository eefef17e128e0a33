"""A model may read one word as several pieces: what it does with them is put back together here.

Shares and contributions add up; a state or a verdict after a word is the one after its last piece.
"""

from __future__ import annotations

import torch
from torch import Tensor


def summed(values: Tensor, counts: Tensor) -> Tensor:
    """values: [..., piece]; counts: [word], pieces of each word -> [..., word].

    >>> summed(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1, 2]))
    tensor([1., 5.])
    """
    words = torch.arange(len(counts), device=values.device).repeat_interleave(counts.to(values.device))
    together = values.new_zeros(*values.shape[:-1], len(counts))
    return together.index_add(-1, words, values)


def shared_out(values: Tensor, like: Tensor, counts: Tensor) -> Tensor:
    """values: [..., word], shared out among the pieces of each word as `like` [piece] is -> [..., piece].

    Among equal shares where a word has nothing in `like`; a word of one piece keeps its value to the last bit.

    >>> shared_out(torch.tensor([0.5, 0.4, 0.1]), torch.tensor([0.2, 0.6, 0.0, 0.0, 0.2]), torch.tensor([2, 2, 1]))
    tensor([0.1250, 0.3750, 0.2000, 0.2000, 0.1000])
    """
    counts = counts.to(values.device)
    words = torch.arange(len(counts), device=values.device).repeat_interleave(counts)
    of_word = summed(like, counts)[words]
    shares = torch.where(of_word > 0, like / of_word, 1 / counts[words].to(like.dtype))
    return values[..., words] * shares


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
