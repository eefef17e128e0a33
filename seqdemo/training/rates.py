"""The learning rate over a training: up in a line, down a cosine (Loshchilov and Hutter 2017)."""

from __future__ import annotations

import math


def rate_at(share: float, warmup: float, final: float) -> float:
    """Learning rate as a share of its peak: up in a line over `warmup`, then down a cosine to `final`.

    >>> round(rate_at(0.04, 0.08, 0.02), 3), rate_at(0.08, 0.08, 0.02), round(rate_at(1.0, 0.08, 0.02), 3)
    (0.5, 1.0, 0.02)
    """
    if share < warmup:
        return share / warmup
    along = (share - warmup) / (1 - warmup)
    return final + (1 - final) * (1 + math.cos(math.pi * along)) / 2
