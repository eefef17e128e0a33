"""Word after word, or all at once? Time to read a text against its length: a recurrent loop and an attention block.

    python -m seqdemo experiment parallelism --write

A recurrent layer needs state t - 1 for state t: as many steps one after the other as there are words, however many
processors there are. Self-attention needs one (Vaswani et al. 2017, section 4, table 1), at a cost that grows with
the square of the length. Both bricks have the same width and read the same batch on the device at hand, which is
named: on another the crossing lies elsewhere. Each round goes through all lengths in an order of its own, so that
whatever else the machine does meets all of them; the fastest round counts, as that is the one least disturbed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqdemo.layers.encoder_block import EncoderBlock
from seqdemo.layers.gru import GRU

LENGTHS = (8, 16, 32, 64, 128, 256, 512)
WIDTH, HEADS, INNER, BATCH, ROUNDS, SEED = 128, 4, 512, 8, 15, 1


@torch.inference_mode()
def measure(
    say: Callable[[str], None], *, lengths: tuple[int, ...] = LENGTHS, rounds: int = ROUNDS, device: str = "cpu"
) -> dict[str, Any]:
    """{"lengths", "readers": {reader: {"steps": [...], "milliseconds": [...]}}, "settings"}: the fastest round."""
    torch.manual_seed(SEED)
    draw = random.Random(SEED)
    gru = GRU(WIDTH, WIDTH).eval().to(device)
    block = EncoderBlock(WIDTH, HEADS, INNER).eval().to(device)
    readers: dict[str, Callable[[Tensor], Any]] = {"loop": gru, "fused": gru.fused, "attention": block}
    vectors = {length: torch.randn(BATCH, length, WIDTH, device=device) for length in lengths}
    fastest = {(name, length): float("inf") for name in readers for length in lengths}
    for round_ in range(rounds + 2):
        for length in draw.sample(lengths, len(lengths)):
            for name, read in readers.items():
                began = time.perf_counter()
                read(vectors[length])
                if device != "cpu":
                    torch.cuda.synchronize()
                if round_ >= 2:  # the first two warm up
                    fastest[name, length] = min(fastest[name, length], 1000 * (time.perf_counter() - began))
    found: dict[str, dict[str, list[float]]] = {
        name: {
            "steps": [1 if name == "attention" else length for length in lengths],
            "milliseconds": [round(fastest[name, length], 4) for length in lengths],
        }
        for name in readers
    }
    for length in lengths:
        say(f"{length:4} words: " + ", ".join(f"{name} {fastest[name, length]:.2f} ms" for name in readers))
    settings = {"width": WIDTH, "heads": HEADS, "inner": INNER, "batch": BATCH, "rounds": rounds}
    return {"lengths": list(lengths), "readers": found, "settings": settings}
