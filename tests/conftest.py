"""What every test may ask for: a fixed seed, weights that hide nothing, and one way to say "equal"."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # of processes that tests start, too: before torch is loaded

from collections.abc import Callable

import pytest
import torch
from hypothesis import settings
from torch import Tensor, nn

collect_ignore = ["benchmarks/locustfile.py"]  # imports locust, which has an environment of its own: agreement.py

settings.register_profile("any machine", deadline=None)  # a busy machine is no failure; tests time nothing
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _same_start() -> None:
    """Each test draws the same numbers, on one thread: two that share a tiny sum mostly wait for each other."""
    torch.manual_seed(20240607)
    torch.set_num_threads(1)


@pytest.fixture
def randomised() -> Callable[[nn.Module], nn.Module]:
    """float64, in evaluation mode, every parameter away from 0 and 1: a forgotten bias or norm shows."""

    def fill(module: nn.Module) -> nn.Module:
        for parameter in module.parameters():
            nn.init.normal_(parameter, std=0.5)
        return module.double().eval()

    return fill


@pytest.fixture
def equals_reference() -> Callable[..., None]:
    """Two tensors agree in shape, kind of number and value; rounding in float64 is all that may differ."""

    def check(ours: Tensor, reference: Tensor, tolerance: float = 1e-12) -> None:
        torch.testing.assert_close(ours, reference, rtol=tolerance, atol=tolerance)

    return check
