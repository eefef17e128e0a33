"""What every row of CLASSIFIERS must hold; a new row is tested by being there."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn.functional import layer_norm

from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models import CLASSIFIERS
from seqdemo.models.attention_classifier import AttentionConfig
from seqdemo.models.bilstm_attention import BiLSTMAttentionConfig
from seqdemo.models.recurrent_classifier import RecurrentConfig

VOCABULARY, LABELS, TIME = 50, 3, 9
LENGTHS = torch.tensor([TIME, 4, 1])
IDS = torch.randint(2, VOCABULARY, (3, TIME), generator=torch.Generator().manual_seed(3)) * (
    torch.arange(TIME) < LENGTHS[:, None]
)
SMALL = {  # a config class -> sizes that keep a test fast; a new config class needs a line here
    RecurrentConfig: {"embedding": 6, "hidden": 8},
    BiLSTMAttentionConfig: {"embedding": 6, "hidden": 4, "attention": 5},
    AttentionConfig: {"model": 8, "heads": 2, "inner": 10, "layers": 2, "distances": 3},
}


@pytest.fixture(params=CLASSIFIERS)
def row(request):
    return CLASSIFIERS[request.param]


@pytest.fixture
def network(row):
    return row.build(vocabulary=VOCABULARY, labels=LABELS, **SMALL[row.config]).eval()


@pytest.mark.parametrize(("kind", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-12)], ids=str)
def test_the_verdict_after_a_word_equals_reading_the_text_up_to_there(network, equals_reference, kind, tolerance):
    network = network.to(kind)
    trace = network.trace(IDS, LENGTHS)
    assert trace.logits.shape == (3, TIME, LABELS)
    for text, length in enumerate(LENGTHS.tolist()):
        for kept in range(1, length + 1):
            verdict = network(IDS[text : text + 1, :kept], torch.tensor([kept]))[0]
            equals_reference(trace.logits[text, kept - 1], verdict, tolerance)


def test_later_words_change_no_earlier_verdict(network, equals_reference):
    network = network.double()
    changed = IDS.clone()
    changed[0, 5:] = changed[0, 5:] % (VOCABULARY - 2) + 2
    assert not changed.equal(IDS)
    before, after = network.trace(IDS[:1], LENGTHS[:1]), network.trace(changed[:1], LENGTHS[:1])
    equals_reference(after.logits[:, :5], before.logits[:, :5])
    assert (after.logits[:, 5:] - before.logits[:, 5:]).abs().max() > 1e-6


def test_a_text_reads_the_same_alone_and_in_a_padded_batch(network, equals_reference):
    network = network.double()
    verdicts, trace = network(IDS, LENGTHS), network.trace(IDS, LENGTHS)
    for text, length in enumerate(LENGTHS.tolist()):
        alone = (IDS[text : text + 1, :length], torch.tensor([length]))
        equals_reference(network(*alone)[0], verdicts[text])
        single = network.trace(*alone)
        equals_reference(single.states[0], trace.states[text, :length])
        equals_reference(single.logits[0], trace.logits[text, :length])
        for mine, among in zip(single.attention, trace.attention, strict=True):
            equals_reference(mine[0], among[text, :, :length, :length])
        assert single.gates.keys() == trace.gates.keys()
        for name, gate in single.gates.items():
            equals_reference(gate.values[0], trace.gates[name].values[text, :length])


def test_a_verdict_is_the_readout_of_its_state(network, equals_reference):
    trace = network.trace(IDS, LENGTHS)
    equals_reference(trace.logits, trace.states @ network.readout.weight.T + network.readout.bias, 1e-6)


def test_attention_rows_are_distributions_over_the_words_that_are_there(network, equals_reference):
    real = torch.arange(TIME) < LENGTHS[:, None]
    for weights in network.trace(IDS, LENGTHS).attention:
        heads = getattr(network.config, "heads", 1)
        assert weights.shape == (3, heads, TIME, TIME)
        equals_reference(weights.sum(dim=-1), torch.ones(3, heads, TIME), 1e-6)
        assert not weights.masked_select(~real[:, None, None]).any()


def test_gates_stay_within_the_range_they_state(network):
    for name, gate in network.trace(IDS, LENGTHS).gates.items():
        assert gate.values.shape[:2] == IDS.shape, name
        if gate.span is not None:
            assert gate.span[0] <= gate.values.min(), name
            assert gate.values.max() <= gate.span[1], name


def test_a_classifier_shows_gates_or_attention(network):
    trace = network.trace(IDS, LENGTHS)
    assert bool(trace.gates) != bool(trace.attention)


def test_word_order_matters(network):
    backwards = IDS[:1].flip(1)
    assert (network(IDS[:1], LENGTHS[:1]) - network(backwards, LENGTHS[:1])).abs().max() > 1e-6


def test_every_parameter_learns(network):
    network(IDS, LENGTHS).square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        if not name.endswith("key.bias"):  # adds the same to every score of a row, which softmax takes away again
            assert parameter.grad.abs().max() > 0, name


def test_a_config_cannot_be_changed(network):
    with pytest.raises(dataclasses.FrozenInstanceError):
        network.config.labels = 5


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="cell: 'perceptron' came"):
        CLASSIFIERS["rnn"].model(RecurrentConfig("perceptron", VOCABULARY, LABELS))


@pytest.mark.parametrize(
    ("name", "gates"),
    [
        ("rnn", {"hidden"}),
        ("lstm", {"input_gate", "forget_gate", "output_gate", "candidate", "cell"}),
        ("gru", {"reset_gate", "update_gate", "candidate"}),
    ],
)
def test_a_trace_shows_the_gates_of_its_cell(name, gates, equals_reference):
    network = CLASSIFIERS[name].build(vocabulary=VOCABULARY, labels=LABELS, embedding=6, hidden=8).eval()
    trace, steps = network.trace(IDS, LENGTHS), network.recurrent(network.embedding(IDS))
    assert set(trace.gates) == gates
    for gate, shown in trace.gates.items():
        equals_reference(shown.values, getattr(steps, gate), 1e-5)


def test_the_attention_classifier_averages_what_the_words_found(randomised, equals_reference):
    network = randomised(CLASSIFIERS["attention"].build(vocabulary=VOCABULARY, labels=LABELS, **SMALL[AttentionConfig]))
    width = network.config.model
    places = network.config.position_scale * sinusoidal_positions(TIME, width)
    states = network.embedding.weight[IDS[:1]] * width**0.5 + places
    for block, bias in zip(network.blocks, network.distance(TIME), strict=True):
        states = block(states, bias=bias).states
    pooled = layer_norm(states, (width,), network.norm.weight, network.norm.bias).mean(dim=1)
    equals_reference(network.trace(IDS[:1], LENGTHS[:1]).states[:, -1], pooled)
    equals_reference(network(IDS[:1], LENGTHS[:1]), pooled @ network.readout.weight.T + network.readout.bias)


def test_the_bidirectional_classifier_equals_the_same_made_of_torch_parts(randomised, equals_reference):
    network = randomised(
        CLASSIFIERS["bilstm-attention"]
        .build(vocabulary=VOCABULARY, labels=LABELS, **SMALL[BiLSTMAttentionConfig])
        .double()
    ).eval()
    reference = torch.nn.LSTM(6, 4, batch_first=True, bidirectional=True).double()
    for own, suffix in ((network.forwards, ""), (network.backwards, "_reverse")):
        for mine, theirs in (("input_weight", "weight_ih"), ("hidden_weight", "weight_hh"),
                             ("input_bias", "bias_ih"), ("hidden_bias", "bias_hh")):  # fmt: skip
            getattr(reference, f"{theirs}_l0{suffix}").data.copy_(getattr(own, mine))
    packed = torch.nn.utils.rnn.pack_padded_sequence(network.embedding(IDS), LENGTHS, batch_first=True)
    states, _ = torch.nn.utils.rnn.pad_packed_sequence(reference(packed)[0], batch_first=True)
    pooling = network.attention
    for text, length in enumerate(LENGTHS.tolist()):
        real = states[text, :length]
        scores = torch.tanh(network.question @ pooling.query.weight.T + real @ pooling.key.weight.T)
        weights = (scores @ pooling.score.weight[0]).softmax(dim=0)
        expected = weights @ real @ network.readout.weight.T + network.readout.bias
        equals_reference(network(IDS, LENGTHS)[text], expected)
        trace = network.trace(IDS, LENGTHS)
        equals_reference(trace.attention[0][text, 0, length - 1, :length], weights)
        assert trace.attention_kind == "pooling"
