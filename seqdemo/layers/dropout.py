"""Dropout: while training, silence a random share of the values so that no unit can rely on another.

Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting". Does what
`torch.nn.Dropout` does; but on a CPU random numbers come one after another and took a quarter of a
training step, so one 64-bit number here decides eight values. The share is thereby a multiple of 1/256.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """share: of the values set to 0 in training; the others grow so that the mean stays."""

    def __init__(self, share: float) -> None:
        super().__init__()
        if not 0 <= share < 1:
            raise ValueError(f"share must be at least 0 and below 1; {share} came")
        self.silenced = min(round(share * 256), 255)  # of 256 byte values

    def forward(self, values: Tensor) -> Tensor:
        """Any shape -> the same shape. Nothing happens in evaluation mode."""
        if not self.training or not self.silenced:
            return values
        count = values.numel()
        draws = torch.empty(-(-count // 8), dtype=torch.int64, device=values.device).random_(-(2**63), None)
        kept = draws.view(torch.uint8)[:count].view(values.shape) >= self.silenced
        return values * (kept * (256 / (256 - self.silenced))).to(values.dtype)
