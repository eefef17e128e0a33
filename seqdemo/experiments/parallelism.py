"""Word after word, or all at once? Time to read a text against its length: a recurrent loop and an attention block.

    python -m seqdemo experiment parallelism --write

A recurrent layer needs state t - 1 for state t: as many steps one after the other as there are words, however many
processors there are. Self-attention needs one (Vaswani et al. 2017, section 4, table 1), at a cost that grows with
the square of the length. Both bricks have the same width and read the same batch; the medians come
from interleaved rounds on the device at hand, which is named: on another the crossing lies elsewhere.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqdemo.layers.encoder_block import EncoderBlock
from seqdemo.layers.gru import GRU

LENGTHS = (8, 16, 32, 64, 128, 256, 512)
WIDTH, HEADS, INNER, BATCH, ROUNDS = 128, 4, 512, 8, 15


@torch.inference_mode()
def measure(
    say: Callable[[str], None], *, lengths: tuple[int, ...] = LENGTHS, rounds: int = ROUNDS, device: str = "cpu"
) -> dict[str, Any]:
    """{"lengths", "readers": {reader: {"steps": [...], "milliseconds": [...]}}, "settings"}: medians of `rounds`."""
    torch.manual_seed(1)
    gru = GRU(WIDTH, WIDTH).eval().to(device)
    block = EncoderBlock(WIDTH, HEADS, INNER).eval().to(device)
    readers: dict[str, Callable[[Tensor], Any]] = {"loop": gru, "fused": gru.fused, "attention": block}
    found: dict[str, dict[str, list[float]]] = {name: {"steps": [], "milliseconds": []} for name in readers}
    for length in lengths:
        vectors = torch.randn(BATCH, length, WIDTH, device=device)
        times: dict[str, list[float]] = {name: [] for name in readers}
        for round_ in range(rounds + 2):
            for name, read in readers.items():
                began = time.perf_counter()
                read(vectors)
                if device != "cpu":
                    torch.cuda.synchronize()
                if round_ >= 2:  # the first two warm up
                    times[name].append(1000 * (time.perf_counter() - began))
        for name, taken in times.items():
            found[name]["steps"].append(1 if name == "attention" else length)
            found[name]["milliseconds"].append(round(statistics.median(taken), 4))
        say(f"{length:4} words: " + ", ".join(f"{name} {found[name]['milliseconds'][-1]:.2f} ms" for name in readers))
    settings = {"width": WIDTH, "heads": HEADS, "inner": INNER, "batch": BATCH, "rounds": rounds}
    return {"lengths": list(lengths), "readers": found, "settings": settings}
