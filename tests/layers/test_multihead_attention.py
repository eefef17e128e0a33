"""Multi-head attention against torch.nn.MultiheadAttention: values and every head's weights."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from seqdemo.layers.distance_bias import DistanceBias
from seqdemo.layers.multihead_attention import MultiHeadAttention, causal_mask

MODEL = 12


def reference_of(ours: MultiHeadAttention) -> nn.MultiheadAttention:
    """torch's layer with the very weights of ours."""
    reference = nn.MultiheadAttention(MODEL, ours.heads, batch_first=True).double().eval()
    three = (ours.query, ours.key, ours.value)
    reference.in_proj_weight.data = torch.cat([projection.weight for projection in three]).detach()
    reference.in_proj_bias.data = torch.cat([projection.bias for projection in three]).detach()
    reference.out_proj.load_state_dict(ours.output.state_dict())
    return reference


def states_of(batch: int, time: int) -> Tensor:
    return torch.randn(batch, time, MODEL, dtype=torch.float64)


@pytest.fixture(params=[1, 3, 4], ids="{} heads".format)
def attention(request, randomised):
    return randomised(MultiHeadAttention(MODEL, request.param))


@pytest.mark.parametrize(("batch", "query", "key"), [(3, 5, 5), (3, 2, 7), (1, 5, 5), (3, 1, 1), (1, 1, 4)])
def test_equals_torch(attention, equals_reference, batch, query, key):
    queries, states = states_of(batch, query), states_of(batch, key)
    values, weights = reference_of(attention)(queries, states, states, average_attn_weights=False)
    attended = attention(queries, states)
    equals_reference(attended.values, values)
    equals_reference(attended.weights, weights)


def test_equals_torch_with_padding(attention, equals_reference):
    queries, states = states_of(3, 4), states_of(3, 5)
    real = torch.arange(5) < torch.tensor([5, 2, 1])[:, None]
    reference = reference_of(attention)
    values, weights = reference(queries, states, states, key_padding_mask=~real, average_attn_weights=False)
    attended = attention(queries, states, real[:, None, None])
    equals_reference(attended.values, values)
    equals_reference(attended.weights, weights)
    assert not attended.weights.masked_select(~real[:, None, None]).any()


def test_equals_torch_looking_back_only(attention, equals_reference):
    states = states_of(2, 6)
    hidden = torch.ones(6, 6, dtype=torch.bool).triu(1)
    values, weights = reference_of(attention)(states, states, states, attn_mask=hidden, average_attn_weights=False)
    attended = attention(states, states, causal_mask(6))
    equals_reference(attended.values, values)
    equals_reference(attended.weights, weights)


def test_rows_are_queries_and_sum_to_one(attention, equals_reference):
    """Two queries looking at five keys: two rows. A key that only the second query may see stays 0 in the first row."""
    mask = torch.tensor([[True, True, True, True, False], [True] * 5])
    weights = attention(states_of(1, 2), states_of(1, 5), mask).weights
    assert weights.shape == (1, attention.heads, 2, 5)
    equals_reference(weights.sum(dim=-1), torch.ones(1, attention.heads, 2, dtype=torch.float64))
    assert not weights[:, :, 0, 4].any()
    assert (weights[:, :, 1, 4] > 0).all()


def test_a_text_alone_and_in_a_batch(attention, equals_reference):
    states = states_of(3, 4)
    together = attention(states, states)
    for row in range(3):
        alone = attention(states[row : row + 1], states[row : row + 1])
        equals_reference(alone.values[0], together.values[row])
        equals_reference(alone.weights[0], together.weights[row])


def test_what_was_remembered_can_be_looked_at_again(attention, equals_reference):
    queries, states = states_of(2, 3), states_of(2, 5)
    memory = attention.remember(states)
    whole = attention(queries, states)
    for query in range(3):
        one = attention.look(queries[:, query : query + 1], memory)
        equals_reference(one.values, whole.values[:, query : query + 1])
        equals_reference(one.weights, whole.weights[:, :, query : query + 1])


def test_a_width_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="multiple of heads; 10 and 3 came"):
        MultiHeadAttention(10, 3)


def test_attention_with_a_bias_equals_torch_with_an_additive_mask(randomised, equals_reference):
    attention = randomised(MultiHeadAttention(MODEL, 3))
    bias = randomised(DistanceBias(layers=1, heads=3, farthest=2))(5)[0]  # [head, query, key]
    states = states_of(2, 5)
    values, weights = reference_of(attention)(
        states, states, states, attn_mask=bias.repeat(2, 1, 1), average_attn_weights=False
    )
    attended = attention(states, states, bias=bias)
    equals_reference(attended.values, values)
    equals_reference(attended.weights, weights)
    plain = attention(states, states)
    assert (plain.weights - attended.weights).abs().max() > 1e-3
