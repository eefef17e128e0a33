"""The temperature found is the optimum, changes no verdict, and undoes a known distortion."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from seqdemo.models import CLASSIFIERS
from seqdemo.training.calibrate import answers, calibrated, temperature
from seqdemo.training.prepared import Examples


def drawn(labels: int, sharper: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits whose softmax at temperature `sharper` is the truth that the labels were drawn from."""
    random = torch.Generator().manual_seed(5)
    honest = torch.randn(4000, labels, generator=random, dtype=torch.float64) * 1.5
    wanted = torch.multinomial(honest.softmax(-1), 1, generator=random)[:, 0]
    return honest * sharper, wanted


@pytest.mark.parametrize("labels", [2, 15])
@pytest.mark.parametrize("sharper", [0.3, 1.0, 4.0])
def test_a_known_distortion_is_found(labels: int, sharper: float) -> None:
    assert temperature(*drawn(labels, sharper)) == pytest.approx(sharper, rel=0.08)


def test_of_two_labels_it_makes_the_labels_likeliest() -> None:
    logits, wanted = drawn(2, 2.5)
    best = temperature(logits, wanted)
    losses = [float(F.cross_entropy(logits / (best * factor), wanted)) for factor in (0.99, 1.0, 1.01)]
    assert losses[1] == min(losses)


def test_of_several_labels_it_makes_being_right_likeliest() -> None:
    """Also where the network is honest about the answer and not about the rest, which no one number mends."""
    logits, wanted = drawn(6, 2.5)
    logits[:, 3:] -= 4.0
    best = temperature(logits, wanted)

    def loss(number: float) -> float:
        said = (logits / number).softmax(dim=-1).max(dim=-1)
        return float(F.binary_cross_entropy(said.values, (said.indices == wanted).double()))

    assert loss(best) == min(map(loss, best * np.linspace(0.5, 2, 301)))
    assert abs(best - 2.5) > 0.1  # here the two aims differ


def test_a_network_keeps_its_verdicts_and_gets_the_temperature_into_its_readout(equals_reference) -> None:
    torch.manual_seed(1)
    network = CLASSIFIERS["gru"].build(vocabulary=20, labels=3, embedding=6, hidden=8).eval()
    random = np.random.default_rng(2)
    rows = [random.integers(2, 20, random.integers(1, 9)).astype(np.int32) for _ in range(80)]
    examples = Examples({"text": rows}, random.integers(0, 3, 80).astype(np.int32))
    scaled, number = calibrated(network, examples, torch.device("cpu"))
    before, labels = answers(network, examples, torch.device("cpu"))
    after, _ = answers(scaled, examples, torch.device("cpu"))
    equals_reference(after * number, before, 1e-5)
    assert F.cross_entropy(after, labels) < F.cross_entropy(before, labels)
    assert number != 1
