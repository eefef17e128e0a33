"""The three recurrent bricks against torch.nn, and their gates against the papers' equations written out in loops."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN

INPUT, HIDDEN, BATCH, TIME = 5, 7, 3, 6
PAIRS = {"rnn": (RNN, nn.RNN, nn.RNNCell), "lstm": (LSTM, nn.LSTM, nn.LSTMCell), "gru": (GRU, nn.GRU, nn.GRUCell)}
WEIGHTS = {"weight_ih": "input_weight", "weight_hh": "hidden_weight", "bias_ih": "input_bias", "bias_hh": "hidden_bias"}

every_cell = pytest.mark.parametrize("cell", PAIRS)


def inputs_of(batch: int = BATCH, time: int = TIME) -> Tensor:
    return torch.randn(batch, time, INPUT, dtype=torch.float64)


def with_weights_of(ours: nn.Module, reference: nn.Module) -> nn.Module:
    """`reference` (a layer or a cell of torch.nn) with the very weights of `ours`."""
    for name, parameter in reference.named_parameters():
        parameter.data = getattr(ours, WEIGHTS[name.removesuffix("_l0")]).detach().clone()
    return reference


@pytest.fixture
def brick(cell, randomised):
    return randomised(PAIRS[cell][0](INPUT, HIDDEN))


@pytest.fixture
def reference(cell, brick):
    return with_weights_of(brick, PAIRS[cell][1](INPUT, HIDDEN, batch_first=True).double())


@every_cell
@pytest.mark.parametrize(("batch", "time"), [(BATCH, TIME), (1, TIME), (BATCH, 1), (1, 1), (2, 40)])
def test_all_states_at_all_times_equal_torch(brick, reference, equals_reference, batch, time):
    inputs = inputs_of(batch, time)
    states, last = reference(inputs)
    steps = brick(inputs)
    equals_reference(steps.hidden, states)
    if isinstance(last, tuple):
        equals_reference(steps.cell[:, -1], last[1][0])


@every_cell
def test_each_step_equals_a_torch_cell(cell, brick, equals_reference):
    reference = with_weights_of(brick, PAIRS[cell][2](INPUT, HIDDEN).double())
    inputs = inputs_of()
    steps, before = brick(inputs), None
    for time in range(TIME):
        before = reference(inputs[:, time], before)
        hidden = before[0] if cell == "lstm" else before
        equals_reference(steps.hidden[:, time], hidden)
        if cell == "lstm":
            equals_reference(steps.cell[:, time], before[1])


@every_cell
def test_a_text_reads_the_same_alone_and_in_a_batch(brick, equals_reference):
    inputs = inputs_of()
    together = brick(inputs)
    for row in range(BATCH):
        for alone, among in zip(brick(inputs[row : row + 1]), together, strict=True):
            equals_reference(alone[0], among[row])


@every_cell
def test_padding_behind_a_text_changes_nothing_before_it(brick, reference, equals_reference):
    lengths = [TIME, 2, 1]
    inputs = inputs_of()
    packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first=True)
    states, _ = nn.utils.rnn.pad_packed_sequence(reference(packed)[0], batch_first=True)
    steps, fused = brick(inputs), brick.fused(inputs)
    for row, length in enumerate(lengths):
        equals_reference(steps.hidden[row, :length], states[row, :length])
        equals_reference(fused[row, :length], states[row, :length])


@every_cell
@pytest.mark.parametrize(("batch", "time"), [(BATCH, TIME), (1, 1), (2, 40)])
def test_the_fused_path_gives_the_same_states(brick, equals_reference, batch, time):
    inputs = inputs_of(batch, time)
    equals_reference(brick.fused(inputs), brick(inputs).hidden)


@every_cell
def test_the_fused_path_teaches_the_same(brick, equals_reference):
    inputs = inputs_of()
    both = (brick(inputs).hidden, brick.fused(inputs))
    gradients = [torch.autograd.grad(states.square().sum(), list(brick.parameters())) for states in both]
    for stepwise, fused in zip(*gradients, strict=True):
        equals_reference(stepwise, fused)


def test_lstm_gates_follow_the_equations(randomised, equals_reference):
    """Row blocks as torch documents them, W_ii | W_if | W_ig | W_io, one number at a time."""
    brick = randomised(LSTM(INPUT, HIDDEN))
    inputs = inputs_of()
    steps = brick(inputs)
    for row in range(BATCH):
        hidden, cell = [0.0] * HIDDEN, [0.0] * HIDDEN
        for time in range(TIME):
            word = inputs[row, time].tolist()
            input_gate = [sigmoid(total(brick, 0, unit, word, hidden)) for unit in range(HIDDEN)]
            forget_gate = [sigmoid(total(brick, 1, unit, word, hidden)) for unit in range(HIDDEN)]
            candidate = [math.tanh(total(brick, 2, unit, word, hidden)) for unit in range(HIDDEN)]
            output_gate = [sigmoid(total(brick, 3, unit, word, hidden)) for unit in range(HIDDEN)]
            cell = [forget_gate[unit] * cell[unit] + input_gate[unit] * candidate[unit] for unit in range(HIDDEN)]
            hidden = [output_gate[unit] * math.tanh(cell[unit]) for unit in range(HIDDEN)]
            expected = {"input_gate": input_gate, "forget_gate": forget_gate, "candidate": candidate}
            expected |= {"output_gate": output_gate, "cell": cell, "hidden": hidden}
            assert expected.keys() == set(steps._fields)
            for name, values in expected.items():
                equals_reference(getattr(steps, name)[row, time], torch.tensor(values, dtype=torch.float64))


def test_gru_gates_follow_the_equations(randomised, equals_reference):
    """Row blocks as torch documents them, W_ir | W_iz | W_in; the reset gate acts after the hidden product."""
    brick = randomised(GRU(INPUT, HIDDEN))
    inputs = inputs_of()
    steps = brick(inputs)
    for row in range(BATCH):
        hidden = [0.0] * HIDDEN
        for time in range(TIME):
            word = inputs[row, time].tolist()
            reset_gate = [sigmoid(total(brick, 0, unit, word, hidden)) for unit in range(HIDDEN)]
            update_gate = [sigmoid(total(brick, 1, unit, word, hidden)) for unit in range(HIDDEN)]
            candidate = [
                math.tanh(from_word(brick, 2, unit, word) + reset_gate[unit] * from_state(brick, 2, unit, hidden))
                for unit in range(HIDDEN)
            ]
            hidden = [
                update_gate[unit] * hidden[unit] + (1 - update_gate[unit]) * candidate[unit] for unit in range(HIDDEN)
            ]
            expected = {"reset_gate": reset_gate, "update_gate": update_gate, "candidate": candidate, "hidden": hidden}
            assert expected.keys() == set(steps._fields)
            for name, values in expected.items():
                equals_reference(getattr(steps, name)[row, time], torch.tensor(values, dtype=torch.float64))


def test_a_new_lstm_starts_with_open_forget_gates():
    steps = LSTM(INPUT, HIDDEN)(torch.zeros(1, 1, INPUT))
    assert torch.allclose(steps.forget_gate, torch.tensor(sigmoid(1.0)))
    assert torch.allclose(steps.input_gate, torch.tensor(0.5))


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def from_word(brick: nn.Module, block: int, unit: int, word: list[float]) -> float:
    """Row `unit` of row block `block` of the input weights times the word, plus its bias."""
    row = block * HIDDEN + unit
    products = [w * x for w, x in zip(brick.input_weight[row].tolist(), word, strict=True)]
    return sum(products) + brick.input_bias[row].item()


def from_state(brick: nn.Module, block: int, unit: int, hidden: list[float]) -> float:
    row = block * HIDDEN + unit
    products = [w * h for w, h in zip(brick.hidden_weight[row].tolist(), hidden, strict=True)]
    return sum(products) + brick.hidden_bias[row].item()


def total(brick: nn.Module, block: int, unit: int, word: list[float], hidden: list[float]) -> float:
    return from_word(brick, block, unit, word) + from_state(brick, block, unit, hidden)


@every_cell
@pytest.mark.parametrize("scale", [1.0, 8.0], ids=["ordinary", "saturated"])
@pytest.mark.parametrize(("batch", "time"), [(BATCH, TIME), (1, 1), (2, 40)])
def test_everything_recovered_at_fused_speed_equals_the_loop(brick, equals_reference, batch, time, scale):
    inputs = scale * inputs_of(batch, time)
    for found, wanted in zip(brick.recovered(inputs), brick(inputs), strict=True):
        equals_reference(found, wanted)
    brick, inputs = brick.float(), inputs.float()
    for found, wanted in zip(brick.recovered(inputs), brick(inputs), strict=True):
        equals_reference(found, wanted, 1e-5)
