"""Positions: attention alone cannot tell "dog bites man" from "man bites dog", so each place gets a pattern.

Vaswani et al. 2017, section 3.5: sines and cosines of wavelengths from 2 pi to 10000 * 2 pi.
They are computed, not learnt, so a sentence may be longer than any in training.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sinusoidal_positions(time: int, model_size: int, start: int = 0) -> Tensor:
    """[time, model] in float64, for the places start, start + 1, ...; sine in even columns, cosine in odd ones."""
    if model_size % 2:
        raise ValueError(f"model_size must be even; {model_size} came")
    place = torch.arange(start, start + time, dtype=torch.float64)[:, None]  # [time, 1]
    rate = torch.exp(torch.arange(0, model_size, 2, dtype=torch.float64) * (-math.log(10000.0) / model_size))
    angles = place * rate  # [time, model / 2]
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)
