"""How much a look really brings: a weight says how often a place is read, its value's length how much is written there.

Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms", equations 3 to 5:
the output of a head is the sum of weight times f(x_j), f the value projection followed by that head's part of the
output projection; so the share of place j is weight times the length of f(x_j). A sink that is looked
at for want of anything better has a tiny f(x_j).
"""

from __future__ import annotations

import torch
from torch import Tensor

from seqdemo.layers.multihead_attention import Memory, MultiHeadAttention


def value_lengths(attention: MultiHeadAttention, memory: Memory) -> Tensor:
    """||f(x_j)|| of each head and place, [batch, head, key]. memory: what the attention looks at, already projected."""
    size = memory.values.shape[-1]
    parts = attention.output.weight.unflatten(1, (attention.heads, size))  # [model, head, head size]
    written = memory.values.unsqueeze(-2) @ parts.permute(1, 2, 0)[None, :, None]  # [batch, head, key, 1, model]
    lengths: Tensor = torch.linalg.vector_norm(written.squeeze(-2), dim=-1)
    return lengths


def norm_weighted(weights: Tensor, lengths: Tensor) -> Tensor:
    """weights [batch, head, query, key] times lengths [batch, head, key]; rows are made to sum to 1 again."""
    weighted = weights * lengths[:, :, None]
    return weighted / weighted.sum(dim=-1, keepdim=True)
