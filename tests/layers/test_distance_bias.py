"""The bias of a distance stands where that distance is, and attention with it equals torch's with an additive mask."""

from __future__ import annotations

import torch
from torch import nn

from seqdemo.layers.distance_bias import DistanceBias
from seqdemo.layers.multihead_attention import MultiHeadAttention


def test_each_place_has_the_number_of_its_distance():
    bias = DistanceBias(layers=2, heads=3, farthest=2)
    nn.init.normal_(bias.weight)
    found = bias(6)
    assert found.shape == (2, 3, 6, 6)
    for query in range(6):
        for key in range(6):
            distance = max(-2, min(2, key - query))
            torch.testing.assert_close(found[:, :, query, key], bias.weight[:, :, distance + 2])


def test_at_the_start_a_head_looks_everywhere_and_others_near():
    found = DistanceBias(layers=1, heads=4, farthest=8)(20)[0]
    assert not found[0].any()
    assert float(found[3, 10, 10]) == 0
    assert float(found[3, 10, 9]) == float(found[3, 10, 11]) == -0.75
    assert float(found[2, 0, 19]) == -0.5 * 8  # further apart than that makes no difference


def test_attention_with_a_bias_equals_torch_with_an_additive_mask(randomised, equals_reference):
    attention = randomised(MultiHeadAttention(12, 3))
    reference = nn.MultiheadAttention(12, 3, batch_first=True).double().eval()
    three = (attention.query, attention.key, attention.value)
    reference.in_proj_weight.data = torch.cat([projection.weight for projection in three]).detach()
    reference.in_proj_bias.data = torch.cat([projection.bias for projection in three]).detach()
    reference.out_proj.load_state_dict(attention.output.state_dict())
    bias = randomised(DistanceBias(layers=1, heads=3, farthest=2))(5)[0]  # [head, query, key]
    states = torch.randn(2, 5, 12, dtype=torch.float64)
    values, weights = reference(states, states, states, attn_mask=bias.repeat(2, 1, 1), average_attn_weights=False)
    attended = attention(states, states, bias=bias)
    equals_reference(attended.values, values)
    equals_reference(attended.weights, weights)
    plain = attention(states, states)
    assert (plain.weights - attended.weights).abs().max() > 1e-3
