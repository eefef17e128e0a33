"""Long short-term memory: a cell that is written and read through gates.

Hochreiter and Schmidhuber 1997, "Long Short-Term Memory", with the forget gate of Gers et al.
2000, "Learning to Forget". Each gate is a number between 0 (shut) and 1 (open) for each unit:
the forget gate says how much of the sentence's memory stays, the input gate how much of this
word is written into it, the output gate how much of it the rest of the network sees.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class LSTMStep(NamedTuple):
    """What one step computed; each [batch, hidden]."""

    hidden: Tensor  # what the rest of the network sees: output_gate * tanh(cell)
    cell: Tensor  # the memory, unbounded
    input_gate: Tensor  # 0 to 1
    forget_gate: Tensor  # 0 to 1
    output_gate: Tensor  # 0 to 1
    candidate: Tensor  # -1 to 1: what this word would write


class LSTM(nn.Module):
    """One layer, read from left to right. Weights are laid out as in `torch.nn.LSTM`.

    input_weight [4 * hidden, input] and hidden_weight [4 * hidden, hidden] hold the rows of the
    input gate, forget gate, candidate and output gate, in this order; the biases likewise.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.input_weight = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.hidden_weight = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.input_bias = nn.Parameter(torch.zeros(4 * hidden_size))
        self.hidden_bias = nn.Parameter(torch.zeros(4 * hidden_size))
        nn.init.xavier_uniform_(self.input_weight)
        nn.init.orthogonal_(self.hidden_weight)
        with torch.no_grad():  # Gers et al. 2000: start with open forget gates, so that memory survives at first
            self.input_bias[hidden_size : 2 * hidden_size] = 1.0

    def step(self, inputs: Tensor, before: LSTMStep) -> LSTMStep:
        """inputs: [batch, input] -> the step after it."""
        total = inputs @ self.input_weight.T + self.input_bias + before.hidden @ self.hidden_weight.T + self.hidden_bias
        to_input, to_forget, to_candidate, to_output = total.chunk(4, dim=-1)  # each [batch, hidden]
        input_gate, forget_gate, output_gate = to_input.sigmoid(), to_forget.sigmoid(), to_output.sigmoid()
        candidate = torch.tanh(to_candidate)
        cell = forget_gate * before.cell + input_gate * candidate
        return LSTMStep(output_gate * torch.tanh(cell), cell, input_gate, forget_gate, output_gate, candidate)

    def start(self, inputs: Tensor) -> LSTMStep:
        """Nothing read yet: all zeros. inputs: [batch, time, input]."""
        return LSTMStep(*[inputs.new_zeros(len(inputs), self.hidden_size)] * 6)

    def forward(self, inputs: Tensor) -> LSTMStep:
        """inputs: [batch, time, input] -> every step, stacked: each field [batch, time, hidden]."""
        step, steps = self.start(inputs), []
        for time in range(inputs.shape[1]):
            step = self.step(inputs[:, time], step)
            steps.append(step)
        return LSTMStep(*(torch.stack(field, dim=1) for field in zip(*steps, strict=True)))

    def fused(self, inputs: Tensor) -> Tensor:
        """Only the hidden states, [batch, time, hidden], by torch's fused kernel with these same weights."""
        start = self.start(inputs)
        hidden, _, _ = torch.lstm(
            inputs,
            (start.hidden[None], start.cell[None]),
            (self.input_weight, self.hidden_weight, self.input_bias, self.hidden_bias),
            has_biases=True,
            num_layers=1,
            dropout=0.0,
            train=self.training,
            bidirectional=False,
            batch_first=True,
        )
        return hidden

    def recovered(self, inputs: Tensor) -> LSTMStep:
        """What `forward` returns, at the speed of the fused kernel.

        The kernel gives the hidden states alone; with all of them known, the gates of all steps are one product,
        and the cells follow by c_t = f_t c_(t-1) + i_t g_t. (atanh(h / o) would lose digits in a saturated cell.)
        """
        hidden = self.fused(inputs)
        before = torch.cat((hidden.new_zeros(len(hidden), 1, self.hidden_size), hidden[:, :-1]), dim=1)
        total = inputs @ self.input_weight.T + self.input_bias + before @ self.hidden_weight.T + self.hidden_bias
        to_input, to_forget, to_candidate, to_output = total.chunk(4, dim=-1)  # each [batch, time, hidden]
        input_gate, forget_gate, output_gate = to_input.sigmoid(), to_forget.sigmoid(), to_output.sigmoid()
        candidate = torch.tanh(to_candidate)
        written = (input_gate * candidate).unbind(dim=1)
        cells = [written[0]]
        for forget, write in zip(forget_gate.unbind(dim=1)[1:], written[1:], strict=True):
            cells.append(torch.addcmul(write, forget, cells[-1]))
        return LSTMStep(hidden, torch.stack(cells, dim=1), input_gate, forget_gate, output_gate, candidate)
