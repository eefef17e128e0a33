"""A change inside a network has the effect that a second computation says; no change has none."""

from __future__ import annotations

import copy

import pytest
import torch

from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.models import CLASSIFIERS
from seqdemo.models.edits import ClassifierEdits

IDS = torch.tensor([[5, 9, 3, 3, 14, 2, 11], [4, 8, 2, 0, 0, 0, 0]])
LENGTHS = torch.tensor([7, 3])
CELLS = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}
every_cell = pytest.mark.parametrize("name", CELLS)


@pytest.fixture
def network(name, randomised):
    return randomised(CLASSIFIERS[name].build(vocabulary=20, labels=3, embedding=6, hidden=5))


@pytest.mark.parametrize("name", [*CELLS, "bilstm-attention"])
def test_no_edits_change_not_one_bit(network):
    assert torch.equal(network(IDS, LENGTHS), network(IDS, LENGTHS, edits=None))


@every_cell
@pytest.mark.parametrize("held", [{2: 0.75}, {0: -1.0, 4: 0.0}], ids=str)
def test_held_units_equal_a_loop_over_torchs_cell(name, network, held, equals_reference):
    reference = CELLS[name](6, 5).double()
    for mine in ("input", "hidden"):
        for kind in ("weight", "bias"):
            own = getattr(network.recurrent, f"{mine}_{kind}")
            getattr(reference, f"{kind}_{mine[0]}h").data.copy_(own)
    found = network.trace(IDS, LENGTHS, ClassifierEdits(units=held))
    verdicts = network(IDS, LENGTHS, ClassifierEdits(units=held))
    for text, length in enumerate(LENGTHS.tolist()):
        hidden, cell = torch.zeros(2, 1, 5, dtype=torch.float64)
        for time in range(length):
            word = network.embedding(IDS[text, time])[None]
            if name == "lstm":
                hidden, cell = reference(word, (hidden, cell))
            else:
                hidden = reference(word, hidden)
            for unit, value in held.items():
                hidden[0, unit] = value
            equals_reference(found.states[text, time], hidden[0])
        wanted = hidden[0] @ network.readout.weight.T + network.readout.bias
        equals_reference(verdicts[text], wanted)
        equals_reference(found.logits[text, length - 1], wanted)


@every_cell
def test_holding_nothing_is_the_plain_run(network, equals_reference):
    equals_reference(network(IDS, LENGTHS, ClassifierEdits()), network(IDS, LENGTHS))


@pytest.mark.parametrize("name", ["bilstm-attention"])
def test_replaced_weights_mix_the_states_anew(network, equals_reference):
    weights = torch.rand(2, 1, 1, 7, dtype=torch.float64) * (torch.arange(7) < LENGTHS[:, None])[:, None, None]
    weights = weights / weights.sum(dim=-1, keepdim=True)
    states = network.states(network.embedding(IDS), LENGTHS)
    found = network(IDS, LENGTHS, ClassifierEdits(attention=(weights,)))
    for text, length in enumerate(LENGTHS.tolist()):
        mixed = sum(weights[text, 0, 0, time] * states[text, time] for time in range(length))
        equals_reference(found[text], mixed @ network.readout.weight.T + network.readout.bias)


@pytest.mark.parametrize("name", ["bilstm-attention"])
def test_its_own_weights_put_back_are_the_plain_run(network, equals_reference):
    trace = network.trace(IDS[:1], LENGTHS[:1])
    own = trace.attention[0][:, :, -1:]
    equals_reference(network(IDS[:1], LENGTHS[:1], ClassifierEdits(attention=(own,))), network(IDS[:1], LENGTHS[:1]))


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("bilstm-attention", ClassifierEdits(units={0: 1.0})),
        ("bilstm-attention", ClassifierEdits()),
        ("lstm", ClassifierEdits(attention=(torch.ones(1, 1, 1, 7) / 7,))),
        ("lstm", ClassifierEdits(units={5: 1.0})),
        ("gru", ClassifierEdits(units={-1: 1.0})),
        ("lstm", ClassifierEdits(looks={0: AttentionEdits(off=(0,))})),
        ("bilstm-attention", ClassifierEdits(looks={0: AttentionEdits(rows=((0, 1, 0),))})),
    ],
)
def test_what_a_network_cannot_do_is_refused(network, edits):
    with pytest.raises(ValueError, match="units"):
        network(IDS, LENGTHS, edits)


@pytest.mark.parametrize("name", ["bilstm-attention"])
def test_a_verdicts_row_that_is_set_reads_one_state_alone(network, equals_reference):
    edits = ClassifierEdits(looks={0: AttentionEdits(rows=((0, 4, 1), (0, 6, 6)))})
    found, plain = network.trace(IDS[:1], LENGTHS[:1], edits), network.trace(IDS[:1], LENGTHS[:1])
    for verdict, word in ((4, 1), (6, 6)):
        prefix = IDS[:1, : verdict + 1]
        states = network.states(network.embedding(prefix), torch.tensor([verdict + 1]))
        equals_reference(found.logits[0, verdict], network.readout(states[0, word]))
        assert found.attention[0][0, 0, verdict].tolist() == [float(place == word) for place in range(7)]
    for verdict in (0, 1, 2, 3, 5):
        equals_reference(found.logits[0, verdict], plain.logits[0, verdict])


@pytest.mark.parametrize("name", ["attention"])
def test_a_head_of_the_encoder_off_equals_a_copy_with_changed_weights(network_of_heads, equals_reference):
    """After each word: the verdict of the prefix, read by a network whose output projection lacks the head."""
    network = network_of_heads
    edits = ClassifierEdits(looks={0: AttentionEdits(off=(1,)), 1: AttentionEdits(off=(0, 2))})
    copied = copy.deepcopy(network)
    for layer, heads in ((0, (1,)), (1, (0, 2))):
        for head in heads:
            copied.blocks[layer].self_attention.output.weight.data[:, head * 2 : (head + 1) * 2] = 0
    equals_reference(network(IDS, LENGTHS, edits), copied(IDS, LENGTHS))
    equals_reference(network.trace(IDS, LENGTHS, edits).logits, copied.trace(IDS, LENGTHS).logits)
    assert (network(IDS, LENGTHS, edits) - network(IDS, LENGTHS)).abs().max() > 1e-3


@pytest.mark.parametrize("name", ["attention"])
def test_a_row_of_the_encoder_is_set_where_both_words_were_read(network_of_heads, equals_reference):
    network = network_of_heads
    edits = ClassifierEdits(looks={0: AttentionEdits(rows=((1, 2, 4),))})
    found, plain = network.trace(IDS[:1], LENGTHS[:1], edits), network.trace(IDS[:1], LENGTHS[:1])
    assert found.attention[0][0, 1, 2].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    equals_reference(found.logits[0, :4], plain.logits[0, :4])
    for verdict in (4, 6):
        prefix = IDS[:1, : verdict + 1]
        equals_reference(found.logits[0, verdict], network(prefix, torch.tensor([verdict + 1]), edits)[0])
    assert (found.logits[0, 4:] - plain.logits[0, 4:]).abs().max() > 1e-3
    equals_reference(network.trace(IDS[:1], LENGTHS[:1], ClassifierEdits()).logits, plain.logits)


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("bilstm-attention", ClassifierEdits(looks={0: AttentionEdits(off=(0,))})),
        ("bilstm-attention", ClassifierEdits(looks={1: AttentionEdits(rows=((0, 1, 0),))})),
        ("bilstm-attention", ClassifierEdits(looks={0: AttentionEdits(rows=((0, 1, 2),))})),
        ("bilstm-attention", ClassifierEdits(units={0: 1.0})),
    ],
)
def test_what_a_trace_cannot_show_is_refused(network, edits):
    with pytest.raises(ValueError, match="units"):
        network.trace(IDS[:1], LENGTHS[:1], edits)


@pytest.mark.parametrize("name", ["attention"])
@pytest.mark.parametrize("edits", [ClassifierEdits(units={0: 1.0}), ClassifierEdits(looks={2: AttentionEdits()})])
def test_what_the_encoder_has_not_is_refused(network_of_heads, edits):
    with pytest.raises(ValueError, match="units"):
        network_of_heads(IDS, LENGTHS, edits)


@pytest.fixture
def network_of_heads(name, randomised):
    return randomised(
        CLASSIFIERS[name].build(vocabulary=20, labels=3, model=6, heads=3, inner=8, layers=2, distances=4)
    )
