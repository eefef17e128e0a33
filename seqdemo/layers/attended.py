"""What every attention brick returns: the mixed values and the weights that mixed them."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Attended(NamedTuple):
    """values: [batch, query, model]; weights: [batch, head, query, key], after the softmax, rows sum to 1."""

    values: Tensor
    weights: Tensor


def masked_softmax(scores: Tensor, mask: Tensor | None) -> Tensor:
    """softmax over the last axis, 0 where `mask` is False. Every row needs one place where it may look."""
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1)
