"""What every row of TRANSLATORS must hold: writing word by word, looking back only, deaf to padding."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import layer_norm

from seqdemo.layers.multihead_attention import causal_mask
from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models import TRANSLATORS
from seqdemo.models.recurrent_translator import RecurrentTranslator, RecurrentTranslatorConfig
from seqdemo.models.transformer import TransformerConfig

VOCABULARY, SOURCE_TIME, TARGET_TIME = 40, 7, 6
LENGTHS = torch.tensor([SOURCE_TIME, 3, 1])
_random = torch.Generator().manual_seed(5)
SOURCE = torch.randint(4, VOCABULARY, (3, SOURCE_TIME), generator=_random) * (
    torch.arange(SOURCE_TIME) < LENGTHS[:, None]
)
TARGET = torch.randint(4, VOCABULARY, (3, TARGET_TIME), generator=_random)
SMALL = {  # a config class -> sizes that keep a test fast; a new config class needs a line here
    TransformerConfig: {"model": 12, "heads": 3, "inner": 16, "encoder_layers": 2, "decoder_layers": 2},
    RecurrentTranslatorConfig: {"embedding": 8, "hidden": 6},
}
SHAPES = {  # row -> heads, layers with encoder self-attention, with decoder self-attention, with cross-attention
    "transformer": (3, 2, 2, 2),
    "seq2seq-attention": (1, 0, 0, 1),
    "seq2seq": (0, 0, 0, 0),
}


@pytest.fixture(params=TRANSLATORS)
def network(request):
    row = TRANSLATORS[request.param]
    return row.build(vocabulary=VOCABULARY, **SMALL[row.config]).double().eval()


def test_word_by_word_equals_the_whole_target_at_once(network, equals_reference):
    encoded = network.encode(SOURCE)
    whole = network.decode(encoded, TARGET).logits.log_softmax(dim=-1)
    state = network.start(encoded)
    for time in range(TARGET_TIME):
        scores, state = network.advance(state, TARGET[:, time])
        equals_reference(scores, whole[:, time])


def test_chosen_rows_go_on_as_if_they_had_been_alone(network, equals_reference):
    """What beam search does: keep row 2 twice and row 0 once, in this order."""
    rows = torch.tensor([2, 0, 2])
    state = network.start(network.encode(SOURCE))
    _, state = network.advance(state, TARGET[:, 0])
    _, state = network.advance(state, TARGET[:, 1])
    scores, _ = network.advance(state.select(rows), TARGET[rows, 2])
    whole = network(SOURCE, TARGET).logits.log_softmax(dim=-1)
    equals_reference(scores, whole[rows, 2])


def test_an_earlier_state_can_be_gone_back_to(network, equals_reference):
    """advance() leaves the state that it came from as it was."""
    state = network.start(network.encode(SOURCE))
    _, second = network.advance(state, TARGET[:, 0])
    first, _ = network.advance(second, TARGET[:, 1])
    network.advance(second, TARGET[:, 3])
    again, _ = network.advance(second, TARGET[:, 1])
    equals_reference(again, first, 0.0)


@pytest.mark.parametrize("place", range(1, TARGET_TIME))
def test_a_later_target_token_changes_no_earlier_score(network, equals_reference, place):
    changed = TARGET.clone()
    changed[:, place] = (changed[:, place] - 3) % (VOCABULARY - 4) + 4
    assert (changed[:, place] != TARGET[:, place]).all()
    before, after = network(SOURCE, TARGET).logits, network(SOURCE, changed).logits
    equals_reference(after[:, :place], before[:, :place])
    assert ((after[:, place] - before[:, place]).abs().amax(dim=-1) > 1e-6).all()


def test_padding_of_the_source_changes_nothing(network, equals_reference):
    together = network(SOURCE, TARGET)
    encoded = network.encode(SOURCE)
    for row, length in enumerate(LENGTHS.tolist()):
        source, target = SOURCE[row : row + 1, :length], TARGET[row : row + 1]
        alone = network(source, target)
        equals_reference(alone.logits[0], together.logits[row])
        equals_reference(network.encode(source).states[0], encoded.states[row, :length])
        for mine, among in zip(alone.cross_weights, together.cross_weights, strict=True):
            equals_reference(mine[0], among[row, :, :, :length])
            assert not among[row, :, :, length:].any()
        for mine, among in zip(network.encode(source).self_weights, encoded.self_weights, strict=True):
            equals_reference(mine[0], among[row, :, :length, :length])


@pytest.mark.parametrize("name", TRANSLATORS)
def test_every_attention_row_sums_to_one_and_has_its_shape(name, equals_reference):
    row = TRANSLATORS[name]
    network = row.build(vocabulary=VOCABULARY, **SMALL[row.config]).double().eval()
    heads, *layer_counts = SHAPES[name]
    encoded, decoded = network.encode(SOURCE), network(SOURCE, TARGET)
    for weights, queries, keys, layers in zip(
        (encoded.self_weights, decoded.self_weights, decoded.cross_weights),
        (SOURCE_TIME, TARGET_TIME, TARGET_TIME),
        (SOURCE_TIME, TARGET_TIME, SOURCE_TIME),
        layer_counts,
        strict=True,
    ):
        assert len(weights) == layers
        for layer in weights:
            assert layer.shape == (3, heads, queries, keys)
            equals_reference(layer.sum(dim=-1), torch.ones(3, heads, queries, dtype=torch.float64))
    for layer in decoded.self_weights:
        assert not layer.triu(1).any(), "rows are queries: none may look at a later key"
        assert (layer.tril() + torch.ones(TARGET_TIME, TARGET_TIME).triu(1) > 0).all()


def test_a_translation_depends_on_the_source_and_its_order(network):
    forwards = network(SOURCE[:1], TARGET[:1]).logits
    backwards = network(SOURCE[:1].flip(1), TARGET[:1]).logits
    assert (forwards - backwards).abs().max() > 1e-6


def test_one_source_token_and_one_target_token_are_enough(network):
    decoded = network(SOURCE[:1, :1], TARGET[:1, :1])
    assert decoded.logits.shape == (1, 1, VOCABULARY)
    assert all((weights == 1).all() for weights in (*decoded.self_weights, *decoded.cross_weights))


def test_the_transformer_is_the_papers_bricks_in_order(randomised, equals_reference):
    """Vaswani et al. 2017, section 3.4: one embedding, times sqrt(model), plus positions; read backwards at the end."""
    network = TRANSLATORS["transformer"].build(vocabulary=VOCABULARY, **SMALL[TransformerConfig])
    network, source, target = randomised(network), SOURCE[:1], TARGET[:1]
    table, width = network.embedding.weight, network.config.model
    states = table[source] * width**0.5 + sinusoidal_positions(SOURCE_TIME, width)
    for block in network.encoder:
        states = block(states).states
    states = layer_norm(states, (width,), network.encoder_norm.weight, network.encoder_norm.bias)
    equals_reference(network.encode(source).states, states)
    written = table[target] * width**0.5 + sinusoidal_positions(TARGET_TIME, width)
    for block in network.decoder:
        written = block(written, block.cross_attention.remember(states), causal_mask(TARGET_TIME)).states
    written = layer_norm(written, (width,), network.decoder_norm.weight, network.decoder_norm.bias)
    equals_reference(network(source, target).logits, written @ table.T)


@pytest.mark.parametrize("attention", [True, False])
def test_the_recurrent_translator_is_the_papers_sums_in_order(attention, randomised, equals_reference):
    """Bahdanau et al. 2015, appendix A.2, with torch's GRU cells; without attention every step gets the summary."""
    config = RecurrentTranslatorConfig(vocabulary=VOCABULARY, attention=attention, **SMALL[RecurrentTranslatorConfig])
    network = randomised(RecurrentTranslator(config))
    source, target = SOURCE[:1], TARGET[:1]
    width, scale = network.config.hidden, network.config.embedding**0.5

    def cell(brick):
        made = torch.nn.GRUCell(brick.input_weight.shape[1], width, dtype=torch.float64)
        weights = (brick.input_weight, brick.hidden_weight, brick.input_bias, brick.hidden_bias)
        for name, weight in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights, strict=True):
            getattr(made, name).data.copy_(weight.data)
        return made

    vectors = network.embedding.weight[source[0]] * scale
    there, back = [torch.zeros(1, width, dtype=torch.float64)], [torch.zeros(1, width, dtype=torch.float64)]
    for vector in vectors:
        there.append(cell(network.forwards)(vector[None], there[-1]))
    for vector in vectors.flip(0):
        back.append(cell(network.backwards)(vector[None], back[-1]))
    states = torch.cat((torch.cat(there[1:]), torch.cat(back[1:]).flip(0)), dim=-1)  # [source, 2 * hidden]
    equals_reference(network.encode(source).states[0], states)
    hidden, logits = torch.tanh(network.first(back[-1])), []
    for vector in network.embedding.weight[target[0]] * scale:
        context = torch.cat((there[-1], back[-1]), dim=-1)
        if attention:
            brick = network.attention
            energies = torch.tanh(brick.query(hidden) + brick.key(states)) @ brick.score.weight[0]
            context = (energies.softmax(0) @ states)[None]
        hidden = cell(network.writer)(torch.cat((vector[None], context), dim=-1), hidden)
        read = torch.tanh(network.read_out(torch.cat((hidden, context, vector[None]), dim=-1)))
        logits.append(read @ network.embedding.weight.T)
    equals_reference(network(source, target).logits[0], torch.cat(logits))
