"""The closed form equals autograd over the hand-written loop, and central differences."""

from __future__ import annotations

import pytest
import torch

from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN
from seqdemo.probes.gradients import river

CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
every_cell = pytest.mark.parametrize("name", CELLS)


def made(name: str, randomised, *, batch: int, time: int):
    cell = randomised(CELLS[name](5, 7)).double()
    inputs = torch.randn(batch, time, 5, dtype=torch.float64)
    return cell, inputs, torch.randn(7, dtype=torch.float64)


@every_cell
@pytest.mark.parametrize(("batch", "time"), [(1, 1), (3, 6), (2, 40)])
def test_it_equals_autograd_over_the_loop(name, randomised, batch, time):
    cell, inputs, direction = made(name, randomised, batch=batch, time=time)
    inputs.requires_grad_()
    step, states = cell.start(inputs), []
    for number in range(time):
        step = cell.step(inputs[:, number], step)
        step.hidden.retain_grad()
        states.append(step.hidden)
    (states[-1] @ direction).sum().backward()
    found = river(cell, inputs.detach(), cell.recovered(inputs.detach()), direction)
    wanted = torch.stack([state.grad for state in states], dim=1)
    for ours, reference in ((found.hidden, wanted), (found.inputs, inputs.grad)):
        torch.testing.assert_close(ours, reference, rtol=1e-5, atol=1e-9)


@every_cell
def test_it_equals_central_differences(name, randomised):
    cell, inputs, direction = made(name, randomised, batch=1, time=5)
    found, size = river(cell, inputs, cell(inputs), direction), 1e-4
    for time in range(5):
        for unit in range(5):
            bent = inputs.repeat(2, 1, 1)
            bent[0, time, unit] += size
            bent[1, time, unit] -= size
            up, down = cell(bent).hidden[:, -1] @ direction
            slope = float((up - down) / (2 * size))
            assert float(found.inputs[0, time, unit]) == pytest.approx(slope, rel=1e-3, abs=1e-7)


@every_cell
def test_in_single_precision_it_stays_close(name, randomised):
    cell, inputs, direction = made(name, randomised, batch=2, time=30)
    exact = river(cell, inputs, cell(inputs), direction)
    cell, inputs, direction = cell.float(), inputs.float(), direction.float()
    found = river(cell, inputs, cell.recovered(inputs), direction)
    for ours, reference in zip(found, exact, strict=True):
        scale = float(reference.abs().max())
        assert float((ours - reference).abs().max()) < 1e-4 * scale
