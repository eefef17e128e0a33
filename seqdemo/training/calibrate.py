"""A probability should mean what it says: of the answers given with 80 %, four in five are right.

Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2): one number
divides all logits, chosen on the dev part, so that the probability of the answer is the chance that it is right.
It changes no verdict. It is folded into the read-out's weights, so whoever reads the network's logits reads
calibrated ones.
"""

from __future__ import annotations

import copy
import math
from typing import Any, cast

import torch
from torch import Tensor, nn

from seqdemo.training.batches import text_batches
from seqdemo.training.prepared import Examples

BATCH_TOKENS = 4000
LOOKS = 60


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
    """The number from 0.05 to 20 that, dividing the logits [example, label], makes what is seen likeliest: which
    answers were right, given the probability that each came with.

    With two labels that is their likelihood. With more it is not: what is said of the labels that were not answered
    does not count. Each look at the whole interval leaves the part around the best of `LOOKS` numbers, evenly spaced.
    """
    right = logits.argmax(dim=-1) == labels
    low, high = math.log(0.05), math.log(20.0)
    for _ in range(4):
        numbers = torch.linspace(low, high, LOOKS, dtype=torch.float64)
        losses = [_surprise(logits.double() / number.exp(), right) for number in numbers]
        best, step = float(numbers[int(torch.tensor(losses).argmin())]), (high - low) / (LOOKS - 1)
        low, high = best - step, best + step
    return math.exp(best)


def _surprise(logits: Tensor, right: Tensor) -> float:
    """Mean nats of which answers are right [example], by the probability of the answer."""
    log = logits.log_softmax(dim=-1)
    answered, others = log.sort(dim=-1, descending=True).values.split([1, log.shape[-1] - 1], dim=-1)
    return float(-torch.where(right, answered[:, 0], others.logsumexp(dim=-1)).mean())
