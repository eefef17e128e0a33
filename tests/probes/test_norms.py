"""Weights times lengths of values, against the vectors themselves added up by hand."""

from __future__ import annotations

import torch

from seqdemo.layers.multihead_attention import MultiHeadAttention
from seqdemo.probes.norms import norm_weighted, value_lengths


def test_each_place_brings_what_its_weighted_vector_measures(randomised, equals_reference):
    """Kobayashi et al. 2020, equation 3: the summands of a head's output are weight * (x W_V + b_V) W_O."""
    brick = randomised(MultiHeadAttention(12, 3))
    keys = torch.randn(2, 5, 12, dtype=torch.float64)
    queries = torch.randn(2, 4, 12, dtype=torch.float64)
    memory = brick.remember(keys)
    looked = brick.look(queries, memory)
    summands = torch.zeros(2, 3, 4, 5, 12, dtype=torch.float64)  # [batch, head, query, key, model]
    for head in range(3):
        own = slice(4 * head, 4 * head + 4)
        values = keys @ brick.value.weight[own].T + brick.value.bias[own]  # [batch, key, head size]
        written = values @ brick.output.weight[:, own].T  # [batch, key, model]
        summands[:, head] = looked.weights[:, head, ..., None] * written[:, None]
    equals_reference(summands.sum(dim=(1, 3)) + brick.output.bias, looked.values)
    lengths = summands.norm(dim=-1)
    found = norm_weighted(looked.weights, value_lengths(brick, memory))
    equals_reference(found, lengths / lengths.sum(dim=-1, keepdim=True))


def test_a_place_with_an_empty_value_brings_nothing(randomised):
    brick = randomised(MultiHeadAttention(8, 2))
    brick.value.bias.data.zero_()
    keys = torch.randn(1, 3, 8, dtype=torch.float64)
    keys[0, 1] = 0
    memory = brick.remember(keys)
    weights = torch.tensor([0.05, 0.9, 0.05], dtype=torch.float64).expand(1, 2, 1, 3)
    found = norm_weighted(weights, value_lengths(brick, memory))
    assert not found[..., 1].any()
    assert torch.allclose(found.sum(-1), torch.ones(1, 2, 1, dtype=torch.float64))
