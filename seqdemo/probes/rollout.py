"""Where does a layer's attention come from, when the layers below have already mixed the words?

Attention rollout, Abnar and Zuidema 2020, "Quantifying attention flow in Transformers", section 3, equation 1.
Heads are averaged; half of each layer is taken to go straight on through the residual connection, and the layers
are multiplied. It is a rule of thumb: it knows neither the values nor the feed-forward parts.
"""

from __future__ import annotations

import torch
from torch import Tensor


def rollout(weights: Tensor) -> Tensor:
    """weights: [layer, head, query, key] of self-attention -> [layer, query, key], each row a distribution.

    Row q of layer l: how much of each input token arrives at position q above that layer. Raises ValueError
    unless queries and keys are the same positions.
    """
    if weights.ndim != 4 or weights.shape[-1] != weights.shape[-2]:
        raise ValueError(f"weights: {tuple(weights.shape)} came, [layer, head, time, time] was expected")
    straight = torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    flows: list[Tensor] = []
    for layer in weights.mean(dim=1):  # [query, key]
        mixed = 0.5 * layer + 0.5 * straight
        flows.append(mixed @ flows[-1] if flows else mixed)
    return torch.stack(flows)
