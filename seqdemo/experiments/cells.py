"""What a gate costs: parameters and time of the three recurrent cells at the same width.

    python -m seqdemo experiment cells --write

The article says that a GRU is cheaper than an LSTM. Parameters are counted; times are medians of interleaved
rounds on the device at hand, for reading a batch and for one training step (reading, and the way back).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from seqdemo.models.recurrent_classifier import CELLS

WIDTH, BATCH, LENGTH, ROUNDS, SEED = 128, 32, 40, 21, 1


def measure(say: Callable[[str], None], *, rounds: int = ROUNDS) -> dict[str, Any]:
    """{"parameters": {cell: count}, "read", "train": {cell: ms}, "read_ratio", "train_ratio": against the rnn}."""
    torch.manual_seed(SEED)
    cells = {name: make(WIDTH, WIDTH) for name, make in CELLS.items()}
    vectors = torch.randn(BATCH, LENGTH, WIDTH)
    times: dict[str, dict[str, list[float]]] = {kind: {name: [] for name in cells} for kind in ("read", "train")}
    for round_ in range(rounds + 3):
        for name, cell in cells.items():
            began = time.perf_counter()
            with torch.inference_mode():
                cell.fused(vectors)
            between = time.perf_counter()
            cell.fused(vectors).sum().backward()
            if round_ >= 3:  # the first ones warm up
                times["read"][name].append(1000 * (between - began))
                times["train"][name].append(1000 * (time.perf_counter() - between))
    found: dict[str, Any] = {
        "parameters": {name: sum(one.numel() for one in cell.parameters()) for name, cell in cells.items()},
        "settings": {"width": WIDTH, "batch": BATCH, "length": LENGTH, "rounds": rounds},
    }
    for kind, taken in times.items():
        medians = {name: statistics.median(one) for name, one in taken.items()}
        found[kind] = {name: round(value, 3) for name, value in medians.items()}
        found[f"{kind}_ratio"] = {name: round(value / medians["rnn"], 2) for name, value in medians.items()}
        say(f"{kind}: " + ", ".join(f"{name} {value:.2f} ms" for name, value in medians.items()))
    return found
