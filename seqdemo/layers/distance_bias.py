"""Distance: how much a head cares for the word before, the word itself, the word after, learnt as plain numbers.

Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", section
2.1, in the form without buckets: a number for each head and each distance is added to the scores before the
softmax. Words further apart than `farthest` share the number of that distance.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DistanceBias(nn.Module):
    """weight: [layer, head, 2 * farthest + 1], from the key `farthest` places before the query to as many after.

    At the start some heads look near and others everywhere: head h of n loses h / n for each step of distance,
    as in Press et al. 2022, "Train Short, Test Long" (ALiBi).
    """

    def __init__(self, layers: int, heads: int, farthest: int) -> None:
        super().__init__()
        self.farthest = farthest
        away = torch.arange(-farthest, farthest + 1, device="cpu").abs()  # [distance]
        slopes = torch.arange(heads, device="cpu") / heads
        self.weight = nn.Parameter(torch.empty(layers, heads, 2 * farthest + 1))
        with torch.no_grad():  # beginning with a copy: wherever the weight is, "meta" included
            self.weight.copy_(-slopes[:, None] * away)

    def forward(self, time: int) -> Tensor:
        """[layer, head, query, key]: what to add to the scores of a text of `time` words."""
        places = torch.arange(time, device=self.weight.device)
        distance = (places[None] - places[:, None]).clamp(-self.farthest, self.farthest)  # [query, key]
        bias: Tensor = self.weight[:, :, distance + self.farthest]
        return bias
