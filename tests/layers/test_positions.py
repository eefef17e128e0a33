"""Positions against the formula of Vaswani et al. 2017, section 3.5, one number at a time."""

from __future__ import annotations

import math

import pytest
import torch

from seqdemo.layers.positions import sinusoidal_positions


@pytest.mark.parametrize(("time", "model_size", "start"), [(30, 8, 0), (1, 2, 0), (3, 6, 0), (4, 16, 500), (1, 256, 7)])
def test_equals_the_formula(equals_reference, time, model_size, start):
    """PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos(pos / 10000^(2i/d))."""
    expected = [
        [
            (math.cos if column % 2 else math.sin)(place / 10000 ** (2 * (column // 2) / model_size))
            for column in range(model_size)
        ]
        for place in range(start, start + time)
    ]
    equals_reference(sinusoidal_positions(time, model_size, start), torch.tensor(expected, dtype=torch.float64))


def test_start_is_an_offset(equals_reference):
    equals_reference(sinusoidal_positions(3, 8, start=5), sinusoidal_positions(8, 8)[5:])


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="even; 7 came"):
        sinusoidal_positions(3, 7)
