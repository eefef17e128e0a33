"""Additive attention against Bahdanau et al. 2015, appendix A.1.2, written out in loops."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from seqdemo.layers.additive_attention import AdditiveAttention

QUERY_SIZE, KEY_SIZE, ATTENTION = 4, 6, 5


def by_hand(attention: AdditiveAttention, queries: Tensor, keys: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """e_ij = v . tanh(W s_i + U h_j); a_ij = exp(e_ij) / sum_k exp(e_ik); c_i = sum_j a_ij h_j. -> (c, a)."""
    w, u, v = attention.query.weight.tolist(), attention.key.weight.tolist(), attention.score.weight[0].tolist()
    contexts, alignments = [], []
    for batch in range(len(queries)):
        contexts.append([])
        alignments.append([])
        for i, s in enumerate(queries[batch].tolist()):
            exponentials = []
            for j, h in enumerate(keys[batch].tolist()):
                energy = sum(v[unit] * math.tanh(dot(w[unit], s) + dot(u[unit], h)) for unit in range(ATTENTION))
                may_look = mask is None or bool(mask.expand(-1, queries.shape[1], -1)[batch, i, j])
                exponentials.append(math.exp(energy) if may_look else 0.0)
            a = [value / sum(exponentials) for value in exponentials]
            h = keys[batch].tolist()
            contexts[batch].append([sum(a[j] * h[j][k] for j in range(len(h))) for k in range(KEY_SIZE)])
            alignments[batch].append(a)
    return torch.tensor(contexts, dtype=torch.float64), torch.tensor(alignments, dtype=torch.float64)


def dot(one: list[float], other: list[float]) -> float:
    return sum(x * y for x, y in zip(one, other, strict=True))


def inputs_of(batch: int, query: int, key: int) -> tuple[Tensor, Tensor]:
    queries = torch.randn(batch, query, QUERY_SIZE, dtype=torch.float64)
    return queries, torch.randn(batch, key, KEY_SIZE, dtype=torch.float64)


PADDING = torch.tensor([[True, True, True], [True, False, False]])[:, None]  # [batch, 1, key]
EACH_ITS_OWN = torch.tensor([[[True, False, True], [False, False, True]], [[True, True, True], [False, True, False]]])


@pytest.fixture
def attention(randomised):
    return randomised(AdditiveAttention(QUERY_SIZE, KEY_SIZE, ATTENTION))


@pytest.mark.parametrize(
    ("batch", "query", "key", "mask"),
    [(2, 4, 3, None), (1, 1, 1, None), (2, 1, 3, PADDING), (2, 2, 3, PADDING), (2, 2, 3, EACH_ITS_OWN)],
)
def test_equals_the_formula(attention, equals_reference, batch, query, key, mask):
    queries, keys = inputs_of(batch, query, key)
    attended = attention(queries, keys, mask)
    context, alignment = by_hand(attention, queries, keys, mask)
    equals_reference(attended.values, context)
    equals_reference(attended.weights, alignment[:, None])


def test_a_text_alone_and_in_a_batch(attention, equals_reference):
    queries, keys = inputs_of(3, 2, 4)
    together = attention(queries, keys)
    for row in range(3):
        alone = attention(queries[row : row + 1], keys[row : row + 1])
        equals_reference(alone.values[0], together.values[row])
        equals_reference(alone.weights[0], together.weights[row])


def test_padding_changes_nothing(attention, equals_reference):
    queries, keys = inputs_of(1, 2, 5)
    cut = attention(queries, keys[:, :3])
    masked = attention(queries, keys, torch.tensor([[[True, True, True, False, False]]]))
    equals_reference(masked.values, cut.values)
    equals_reference(masked.weights[..., :3], cut.weights)
    assert not masked.weights[..., 3:].any()
