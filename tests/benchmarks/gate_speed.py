"""What does it cost to see every gate? Our recovered gates against torch.nn's layer, which shows none, and our loop.

    python -m tests.benchmarks.gate_speed [--words 40] [--rounds 200]

One thread; rivals take turns in each round; medians, as a ratio to torch.nn.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN

WIDTH = 128


@torch.inference_mode()
def medians(words: int, rounds: int) -> dict[str, dict[str, float]]:
    """Cell -> way -> median seconds a text of `words` words."""
    inputs, result = torch.randn(1, words, WIDTH), {}
    for name, ours, theirs in (("rnn", RNN, nn.RNN), ("lstm", LSTM, nn.LSTM), ("gru", GRU, nn.GRU)):
        brick, reference = ours(WIDTH, WIDTH).eval(), theirs(WIDTH, WIDTH, batch_first=True).eval()
        ways: dict[str, Callable[[torch.Tensor], object]] = {
            "torch.nn": reference,
            "recovered": brick.recovered,
            "loop": brick,
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(rounds + 10):
            for way, run in ways.items():
                began = time.perf_counter()
                run(inputs)
                if turn >= 10:
                    taken[way].append(time.perf_counter() - began)
        result[name] = {way: statistics.median(times) for way, times in taken.items()}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=200)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for cell, ways in medians(chosen.words, chosen.rounds).items():
        shown = "  ".join(f"{way} {seconds / ways['torch.nn']:.2f}" for way, seconds in ways.items())
        print(f"{cell:5} {chosen.words} words  {shown}  (torch.nn {1e3 * ways['torch.nn']:.2f} ms)")


if __name__ == "__main__":
    main()
