"""What does it cost to see every gate? Our recovered gates against torch.nn's layer, which shows none, and our loop.

    python -m tests.benchmarks.gate_speed [--words 40] [--rounds 200]

One thread; rivals take turns in each round; medians, as a ratio to torch.nn.
"""

from __future__ import annotations

import argparse
from functools import partial

import torch
from torch import nn

from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN
from tests.benchmarks.turns import medians

WIDTH = 128


@torch.inference_mode()
def seconds_of(words: int, rounds: int) -> dict[str, dict[str, float]]:
    """Cell -> way -> median seconds a text of `words` words."""
    inputs, result = torch.randn(1, words, WIDTH), {}
    for name, ours, theirs in (("rnn", RNN, nn.RNN), ("lstm", LSTM, nn.LSTM), ("gru", GRU, nn.GRU)):
        brick, reference = ours(WIDTH, WIDTH).eval(), theirs(WIDTH, WIDTH, batch_first=True).eval()
        ways = {"torch.nn": reference, "recovered": brick.recovered, "loop": brick}
        result[name] = medians({way: partial(run, inputs) for way, run in ways.items()}, rounds)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=200)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for cell, ways in seconds_of(chosen.words, chosen.rounds).items():
        shown = "  ".join(f"{way} {seconds / ways['torch.nn']:.2f}" for way, seconds in ways.items())
        print(f"{cell:5} {chosen.words} words  {shown}  (torch.nn {1e3 * ways['torch.nn']:.2f} ms)")


if __name__ == "__main__":
    main()
