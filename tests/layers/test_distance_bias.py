"""The bias of a distance stands where that distance is."""

from __future__ import annotations

import torch
from torch import nn

from seqdemo.layers.distance_bias import DistanceBias


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
