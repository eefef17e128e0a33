"""What does the gradient river cost? The closed form against autograd over the hand-written loop.

    python -m tests.benchmarks.river_speed [--words 40] [--rounds 100]

Both begin with word vectors and end with the gradients of every state and word. One thread, in turns, medians.
"""

from __future__ import annotations

import argparse
from functools import partial

import torch
from torch import Tensor

from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN
from seqdemo.probes.gradients import river
from tests.benchmarks.turns import medians

WIDTH = 128


def by_autograd(cell: RNN | LSTM | GRU, inputs: Tensor, direction: Tensor) -> tuple[Tensor, ...]:
    """d score / d h_t for each t, and d score / d x."""
    inputs = inputs.requires_grad_()
    step, states = cell.start(inputs), []
    for number in range(inputs.shape[1]):
        step = cell.step(inputs[:, number], step)
        states.append(step.hidden)
    return torch.autograd.grad((states[-1] @ direction).sum(), (*states, inputs))


@torch.no_grad()
def by_hand(cell: RNN | LSTM | GRU, inputs: Tensor, direction: Tensor) -> tuple[Tensor, ...]:
    return river(cell, inputs, cell.recovered(inputs), direction)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=100)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for name, kind in (("rnn", RNN), ("lstm", LSTM), ("gru", GRU)):
        cell, direction = kind(WIDTH, WIDTH).requires_grad_(False), torch.randn(WIDTH)
        inputs = torch.randn(1, chosen.words, WIDTH)
        taken = medians(
            {
                "autograd": partial(by_autograd, cell, inputs.clone(), direction),
                "river": partial(by_hand, cell, inputs, direction),
            },
            chosen.rounds,
        )
        autograd, closed = taken["autograd"], taken["river"]
        print(f"{name:5} {chosen.words} words  river / autograd {closed / autograd:.2f}  ({1e3 * autograd:.2f} ms)")


if __name__ == "__main__":
    main()
