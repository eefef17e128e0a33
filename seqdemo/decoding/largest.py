"""The few largest of many numbers, without looking at each of them twice.

A search wants 10 of 20,000 next tokens at every step. The ten largest must lie in the ten blocks
whose maxima are largest, so the maxima of blocks (one quick pass) leave only 10 blocks to search.
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 32


def largest(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """values: [row, number] -> (the `count` largest of each row, best first, and their places), like `Tensor.topk`."""
    rows, numbers = values.shape
    if count * BLOCK * 2 > numbers:
        best, place = values.topk(count, dim=1)
        return best, place
    spare = -numbers % BLOCK
    if spare:
        values = torch.nn.functional.pad(values, (0, spare), value=float("-inf"))
    blocks = values.view(rows, -1, BLOCK)
    chosen = blocks.amax(dim=2).topk(count, dim=1).indices  # [row, count]
    inside = blocks.gather(1, chosen[..., None].expand(-1, -1, BLOCK)).flatten(1)  # [row, count * BLOCK]
    best, place = inside.topk(count, dim=1)
    return best, chosen.gather(1, place // BLOCK) * BLOCK + place % BLOCK
