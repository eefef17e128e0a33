"""A vanilla recurrent network: the new state is a squashed mix of this word and the old state.

Elman 1990, "Finding Structure in Time"; written as in Goodfellow et al. 2016, "Deep Learning",
section 10.2, equations 10.8 and 10.9: h_t = tanh(W x_t + b + U h_(t-1) + c).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class RNNStep(NamedTuple):
    """What one step computed. hidden: [batch, hidden], each value between -1 and 1."""

    hidden: Tensor


class RNN(nn.Module):
    """One layer, read from left to right. Weights are laid out as in `torch.nn.RNN` (tanh).

    input_weight [hidden, input], hidden_weight [hidden, hidden], input_bias and hidden_bias [hidden].
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.input_weight = nn.Parameter(torch.empty(hidden_size, input_size))
        self.hidden_weight = nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.input_bias = nn.Parameter(torch.zeros(hidden_size))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden_size))
        nn.init.xavier_uniform_(self.input_weight)
        nn.init.orthogonal_(self.hidden_weight)

    def step(self, inputs: Tensor, before: RNNStep) -> RNNStep:
        """inputs: [batch, input] -> the step after it."""
        total = inputs @ self.input_weight.T + self.input_bias + before.hidden @ self.hidden_weight.T + self.hidden_bias
        return RNNStep(hidden=torch.tanh(total))

    def start(self, inputs: Tensor) -> RNNStep:
        """Nothing read yet: all zeros. inputs: [batch, time, input]."""
        return RNNStep(inputs.new_zeros(len(inputs), self.hidden_size))

    def forward(self, inputs: Tensor) -> RNNStep:
        """inputs: [batch, time, input] -> every step, stacked: each field [batch, time, hidden]."""
        step, steps = self.start(inputs), []
        for time in range(inputs.shape[1]):
            step = self.step(inputs[:, time], step)
            steps.append(step)
        return RNNStep(*(torch.stack(field, dim=1) for field in zip(*steps, strict=True)))

    def fused(self, inputs: Tensor) -> Tensor:
        """Only the hidden states, [batch, time, hidden], by torch's fused kernel with these same weights."""
        hidden, _ = torch.rnn_tanh(
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

    def recovered(self, inputs: Tensor) -> RNNStep:
        """What `forward` returns, at the speed of the fused kernel: a plain cell has nothing but its states."""
        return RNNStep(self.fused(inputs))
