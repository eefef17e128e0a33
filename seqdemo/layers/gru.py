"""The gated recurrent unit: two gates and no separate cell.

Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
Machine Translation", section 2.3, equations 5 to 8; in torch's variant, where the reset gate
acts after the hidden product (Chung et al. 2014 discuss both). The update gate slides each unit
between its old value (1) and the candidate (0); the reset gate decides how much of the old
state the candidate may look at.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class GRUStep(NamedTuple):
    """What one step computed; each [batch, hidden]."""

    hidden: Tensor  # -1 to 1
    reset_gate: Tensor  # 0 to 1
    update_gate: Tensor  # 0 to 1; 1 keeps the old state
    candidate: Tensor  # -1 to 1: what this word would make of the state


class GRU(nn.Module):
    """One layer, read from left to right. Weights are laid out as in `torch.nn.GRU`.

    input_weight [3 * hidden, input] and hidden_weight [3 * hidden, hidden] hold the rows of the
    reset gate, update gate and candidate, in this order; the biases likewise.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.input_weight = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.hidden_weight = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.input_bias = nn.Parameter(torch.zeros(3 * hidden_size))
        self.hidden_bias = nn.Parameter(torch.zeros(3 * hidden_size))
        nn.init.xavier_uniform_(self.input_weight)
        nn.init.orthogonal_(self.hidden_weight)

    def step(self, inputs: Tensor, before: GRUStep) -> GRUStep:
        """inputs: [batch, input] -> the step after it."""
        from_word = (inputs @ self.input_weight.T + self.input_bias).chunk(3, dim=-1)  # 3 of [batch, hidden]
        from_state = (before.hidden @ self.hidden_weight.T + self.hidden_bias).chunk(3, dim=-1)
        reset_gate = torch.sigmoid(from_word[0] + from_state[0])
        update_gate = torch.sigmoid(from_word[1] + from_state[1])
        candidate = torch.tanh(from_word[2] + reset_gate * from_state[2])
        hidden = update_gate * before.hidden + (1 - update_gate) * candidate
        return GRUStep(hidden, reset_gate, update_gate, candidate)

    def start(self, inputs: Tensor) -> GRUStep:
        """Nothing read yet: all zeros. inputs: [batch, time, input]."""
        return GRUStep(*[inputs.new_zeros(len(inputs), self.hidden_size)] * 4)

    def forward(self, inputs: Tensor) -> GRUStep:
        """inputs: [batch, time, input] -> every step, stacked: each field [batch, time, hidden]."""
        step, steps = self.start(inputs), []
        for time in range(inputs.shape[1]):
            step = self.step(inputs[:, time], step)
            steps.append(step)
        return GRUStep(*(torch.stack(field, dim=1) for field in zip(*steps, strict=True)))

    def fused(self, inputs: Tensor) -> Tensor:
        """Only the hidden states, [batch, time, hidden], by torch's fused kernel with these same weights."""
        hidden, _ = torch.gru(
            inputs,
            self.start(inputs).hidden[None],
            (self.input_weight, self.hidden_weight, self.input_bias, self.hidden_bias),
            has_biases=True,
            num_layers=1,
            dropout=0.0,
            train=self.training,
            bidirectional=False,
            batch_first=True,
        )
        return hidden

    def recovered(self, inputs: Tensor) -> GRUStep:
        """What `forward` returns, at the speed of the fused kernel.

        The kernel gives the states alone; with all of them known, the gates of all steps are one product.
        """
        hidden = self.fused(inputs)
        before = torch.cat((hidden.new_zeros(len(hidden), 1, self.hidden_size), hidden[:, :-1]), dim=1)
        return self.step(inputs, GRUStep(before, before, before, before))._replace(hidden=hidden)
