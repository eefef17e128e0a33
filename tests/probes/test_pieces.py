"""Pieces put back together: sums, lasts and attention over words, held against plain loops."""

from __future__ import annotations

import pytest
import torch

from seqdemo.probes.pieces import last, merged_attention, shared_out, summed

COUNTS = torch.tensor([1, 3, 2, 1])
SPANS = [range(0, 1), range(1, 4), range(4, 6), range(6, 7)]


def test_sums_and_lasts_equal_a_loop(equals_reference):
    values = torch.randn(3, 7, dtype=torch.float64)
    equals_reference(summed(values, COUNTS), torch.stack([values[:, span].sum(dim=1) for span in SPANS], dim=1))
    equals_reference(last(values.T, COUNTS), torch.stack([values.T[span[-1]] for span in SPANS]))


def test_a_words_share_goes_to_its_pieces_as_the_models_own_does(equals_reference):
    own = torch.tensor([0.2, 0.1, 0.0, 0.3, 0.0, 0.0, 0.4], dtype=torch.float64)  # the third word has none of its own
    values = torch.rand(5, 4, dtype=torch.float64)
    found = shared_out(values, own, COUNTS)
    equals_reference(summed(found, COUNTS), values)
    equals_reference(found[:, 1:4], values[:, 1:2] * torch.tensor([0.25, 0.0, 0.75], dtype=torch.float64))
    equals_reference(found[:, 4:6], values[:, 2:3].expand(-1, 2) / 2)
    equals_reference(shared_out(summed(own, COUNTS), own, COUNTS), own)


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
    assert torch.equal(shared_out(values, torch.rand(7), single), values)
    assert torch.equal(shared_out(values, torch.zeros(7), single), values)
    for kind in ("encoder_self", "pooling"):
        assert torch.equal(merged_attention(weights, single, kind), weights)
