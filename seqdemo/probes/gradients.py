"""How much would the verdict change if this state, or this word, had been a little different?

The gradient river: d score / d hidden_t for every step t, by back-propagation through time written as one reverse
scan over gates that are already known (Werbos 1990; Pascanu et al. 2013, "On the difficulty of training Recurrent
Neural Networks", equation 5), and from it d score / d input_t. Where it thins out, early words no longer count.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from seqdemo.layers.gru import GRU, GRUStep
from seqdemo.layers.lstm import LSTM, LSTMStep
from seqdemo.layers.rnn import RNN, RNNStep


class River(NamedTuple):
    """hidden: [batch, time, hidden], d score / d h_t; inputs: [batch, time, input], d score / d x_t.

    Each is total: it counts every way in which the state or word reaches the score, later steps included.
    """

    hidden: Tensor
    inputs: Tensor


def river(cell: RNN | LSTM | GRU, inputs: Tensor, steps: RNNStep | LSTMStep | GRUStep, direction: Tensor) -> River:
    """The gradients of score = direction . h_last.

    inputs: [batch, time, input], what the cell read; steps: what it computed (`cell(inputs)` or `cell.recovered`);
    direction: [batch, hidden] or [hidden], e.g. the difference of two rows of a read-out's weight.
    """
    before = torch.cat((torch.zeros_like(steps.hidden[:, :1]), steps.hidden[:, :-1]), dim=1)  # h_(t-1)
    start = direction.expand(len(inputs), -1)
    if isinstance(steps, LSTMStep):
        return _lstm(cell, steps, start)
    if isinstance(steps, GRUStep):
        return _gru(cell, steps, before, start)
    return _rnn(cell, steps, start)


def _rnn(cell: RNN | LSTM | GRU, steps: RNNStep, flow: Tensor) -> River:
    """h_t = tanh(a_t): d h_t / d a_t = 1 - h_t^2."""
    slopes = (1 - steps.hidden**2).unbind(dim=1)
    hidden, totals = [flow], []
    for time in reversed(range(len(slopes))):
        totals.append(hidden[-1] * slopes[time])  # d score / d a_t
        hidden.append(totals[-1] @ cell.hidden_weight)
    return River(_in_order(hidden[:-1]), _in_order(totals) @ cell.input_weight)


def _lstm(cell: RNN | LSTM | GRU, steps: LSTMStep, flow: Tensor) -> River:
    """Two things flow back: the hidden state's gradient and the cell's, which the forget gate lets through."""
    squashed = torch.tanh(steps.cell)
    cells_before = torch.cat((torch.zeros_like(steps.cell[:, :1]), steps.cell[:, :-1]), dim=1)
    opened = steps.output_gate * (1 - squashed**2)  # d h_t / d c_t
    by_cell = torch.stack(  # d c_t / d each total but the output gate's
        (
            steps.candidate * steps.input_gate * (1 - steps.input_gate),
            cells_before * steps.forget_gate * (1 - steps.forget_gate),
            steps.input_gate * (1 - steps.candidate**2),
        ),
        dim=2,
    )  # [batch, time, 3, hidden]
    by_hidden = squashed * steps.output_gate * (1 - steps.output_gate)  # d h_t / d the output gate's total
    hidden, totals = [flow], []
    of_cell = torch.zeros_like(flow)
    for time in reversed(range(steps.hidden.shape[1])):
        of_cell = of_cell + hidden[-1] * opened[:, time]
        of_totals = (of_cell[:, None] * by_cell[:, time]).flatten(1)
        totals.append(torch.cat((of_totals, hidden[-1] * by_hidden[:, time]), dim=1))  # [batch, 4 * hidden]
        hidden.append(totals[-1] @ cell.hidden_weight)
        of_cell = of_cell * steps.forget_gate[:, time]
    return River(_in_order(hidden[:-1]), _in_order(totals) @ cell.input_weight)


def _gru(cell: RNN | LSTM | GRU, steps: GRUStep, before: Tensor, flow: Tensor) -> River:
    """The update gate lets the gradient through unchanged; the rest goes by way of candidate and gates."""
    size = steps.hidden.shape[-1]
    recalled = before @ cell.hidden_weight[2 * size :].T + cell.hidden_bias[2 * size :]  # what the reset gate scales
    by_candidate = (1 - steps.update_gate) * (1 - steps.candidate**2)  # d h_t / d the candidate's total
    by_update = (before - steps.candidate) * steps.update_gate * (1 - steps.update_gate)
    by_reset = recalled * steps.reset_gate * (1 - steps.reset_gate)  # d the candidate's total / d the reset gate's
    hidden, totals = [flow], []
    for time in reversed(range(steps.hidden.shape[1])):
        of_candidate = hidden[-1] * by_candidate[:, time]
        of_gates = (of_candidate * by_reset[:, time], hidden[-1] * by_update[:, time])
        totals.append(torch.cat((*of_gates, of_candidate), dim=1))  # [batch, 3 * hidden]
        back = torch.cat((*of_gates, of_candidate * steps.reset_gate[:, time]), dim=1) @ cell.hidden_weight
        hidden.append(hidden[-1] * steps.update_gate[:, time] + back)
    return River(_in_order(hidden[:-1]), _in_order(totals) @ cell.input_weight)


def _in_order(last_first: list[Tensor]) -> Tensor:
    return torch.stack(last_first[::-1], dim=1)
