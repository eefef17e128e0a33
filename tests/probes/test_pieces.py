"""Pieces put back together: sums, lasts and attention over words, held against plain loops."""

from __future__ import annotations

import pytest
import torch

from seqdemo.probes.pieces import last, merged_attention, summed

COUNTS = torch.tensor([1, 3, 2, 1])
SPANS = [range(0, 1), range(1, 4), range(4, 6), range(6, 7)]


def test_sums_and_lasts_equal_a_loop(equals_reference):
    values = torch.randn(3, 7, dtype=torch.float64)
    equals_reference(summed(values, COUNTS), torch.stack([values[:, span].sum(dim=1) for span in SPANS], dim=1))
    equals_reference(last(values.T, COUNTS), torch.stack([values.T[span[-1]] for span in SPANS]))


@pytest.mark.parametrize("kind", ["encoder_self", "pooling"])
def test_attention_over_words_equals_a_loop(kind, equals_reference):
    weights = torch.randn(2, 3, 7, 7, dtype=torch.float64).softmax(dim=-1)
    found = merged_attention(weights, COUNTS, kind)
    for row, queries in enumerate(SPANS):
        for column, keys in enumerate(SPANS):
            read = weights[..., queries, :][..., keys].sum(dim=-1)
            wanted = read[..., -1] if kind == "pooling" else read.mean(dim=-1)
            equals_reference(found[..., row, column], wanted)
    equals_reference(found.sum(dim=-1), torch.ones(2, 3, 4, dtype=torch.float64))


def test_words_of_one_piece_stay_as_they_are_to_the_last_bit():
    values, weights, single = torch.randn(7), torch.randn(1, 2, 7, 7).softmax(dim=-1), torch.ones(7, dtype=torch.long)
    assert torch.equal(summed(values, single), values)
    assert torch.equal(last(values, single), values)
    for kind in ("encoder_self", "pooling"):
        assert torch.equal(merged_attention(weights, single, kind), weights)
