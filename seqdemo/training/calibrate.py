"""A probability should mean what it says: of the answers given with 80 %, four in five are right.

Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2): one number
divides all logits, chosen on the dev part. It changes no verdict. It is folded into the
read-out's weights, so whoever reads the network's logits reads calibrated ones.
"""

from __future__ import annotations

import copy
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seqdemo.training.batches import text_batches
from seqdemo.training.prepared import Examples

BATCH_TOKENS = 4000


def calibrated(network: nn.Module, examples: Examples, device: torch.device) -> tuple[nn.Module, float]:
    """A copy of a classifier whose logits are divided by the temperature that fits `examples` best, and that number."""
    number = temperature(*answers(network, examples, device))
    scaled = copy.deepcopy(network)
    readout = cast(Any, scaled).readout
    with torch.no_grad():
        readout.weight /= number
        readout.bias /= number
    return scaled, number


@torch.no_grad()
def answers(network: nn.Module, examples: Examples, device: torch.device) -> tuple[Tensor, Tensor]:
    """Logits [example, label] and labels [example], in evaluation mode; in order of length."""
    network.eval()
    logits, labels = [], []
    for batch in text_batches(examples, BATCH_TOKENS):
        there = batch.to(device)
        logits.append(network(there.ids, there.lengths).double().cpu())
        labels.append(batch.labels)
    return torch.cat(logits), torch.cat(labels)


def temperature(logits: Tensor, labels: Tensor) -> float:
    """The number that, dividing the logits [example, label], makes the labels [example] likeliest: from 0.05 to 20.

    The negative log-likelihood is convex in 1 / temperature, so halving an interval finds it.
    """
    low, high = 0.05, 20.0  # of 1 / temperature
    for _ in range(60):
        middle = (low * high) ** 0.5
        sharpness = torch.tensor(middle, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(F.cross_entropy(logits.double() * sharpness, labels), sharpness)
        low, high = (low, middle) if float(slope) > 0 else (middle, high)
    return float(1 / (low * high) ** 0.5)
