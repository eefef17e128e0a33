"""Encoder and decoder block against torch's layers with norm_first, every head's weights included."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from seqdemo.layers.decoder_block import DecoderBlock
from seqdemo.layers.encoder_block import EncoderBlock
from seqdemo.layers.multihead_attention import MultiHeadAttention, causal_mask

MODEL, HEADS, INNER = 12, 3, 20


def copy_attention(ours: MultiHeadAttention, reference: nn.MultiheadAttention) -> None:
    three = (ours.query, ours.key, ours.value)
    reference.in_proj_weight.data = torch.cat([projection.weight for projection in three]).detach()
    reference.in_proj_bias.data = torch.cat([projection.bias for projection in three]).detach()
    reference.out_proj.load_state_dict(ours.output.state_dict())


def copy_rest(ours: nn.Module, reference: nn.Module, names: dict[str, str]) -> None:
    for theirs, mine in names.items():
        reference.get_submodule(theirs).load_state_dict(ours.get_submodule(mine).state_dict())


def encoder_reference(ours: EncoderBlock) -> nn.TransformerEncoderLayer:
    reference = nn.TransformerEncoderLayer(MODEL, HEADS, INNER, 0.0, batch_first=True, norm_first=True).double()
    copy_attention(ours.self_attention, reference.self_attn)
    names = {"linear1": "feed_forward.inner", "linear2": "feed_forward.outer"}
    names |= {"norm1": "self_norm", "norm2": "feed_norm"}
    copy_rest(ours, reference, names)
    return reference  # in training mode, without dropout: torch's inference shortcut writes 0 at padding


def decoder_reference(ours: DecoderBlock) -> nn.TransformerDecoderLayer:
    reference = nn.TransformerDecoderLayer(MODEL, HEADS, INNER, 0.0, batch_first=True, norm_first=True).double()
    copy_attention(ours.self_attention, reference.self_attn)
    copy_attention(ours.cross_attention, reference.multihead_attn)
    names = {"linear1": "feed_forward.inner", "linear2": "feed_forward.outer"}
    names |= {"norm1": "self_norm", "norm2": "cross_norm", "norm3": "feed_norm"}
    copy_rest(ours, reference, names)
    return reference


def states_of(batch: int, time: int) -> Tensor:
    return torch.randn(batch, time, MODEL, dtype=torch.float64)


@pytest.fixture
def encoder(randomised):
    return randomised(EncoderBlock(MODEL, HEADS, INNER))


@pytest.fixture
def decoder(randomised):
    return randomised(DecoderBlock(MODEL, HEADS, INNER))


SIZES = [((5, 3, 1), 5), ((4,), 4), ((1, 1), 1), ((1,), 1)]  # lengths of the texts, padded to


@pytest.mark.parametrize(("lengths", "time"), SIZES)
def test_encoder_equals_torch(encoder, equals_reference, lengths, time):
    states, reference = states_of(len(lengths), time), encoder_reference(encoder)
    real = torch.arange(time) < torch.tensor(lengths)[:, None]
    step = encoder(states, real[:, None, None])
    normed = reference.norm1(states)
    _, weights = reference.self_attn(normed, normed, normed, key_padding_mask=~real, average_attn_weights=False)
    equals_reference(step.states, reference(states, src_key_padding_mask=~real))
    equals_reference(step.self_weights, weights)


def test_encoder_without_a_mask_equals_torch(encoder, equals_reference):
    states = states_of(2, 4)
    equals_reference(encoder(states).states, encoder_reference(encoder)(states))


@pytest.mark.parametrize("target", [1, 4])
@pytest.mark.parametrize(("lengths", "time"), SIZES)
def test_decoder_equals_torch(decoder, equals_reference, lengths, time, target):
    source, states = states_of(len(lengths), time), states_of(len(lengths), target)
    reference = decoder_reference(decoder)
    real = torch.arange(time) < torch.tensor(lengths)[:, None]
    hidden = torch.ones(target, target, dtype=torch.bool).triu(1)
    step = decoder(states, decoder.cross_attention.remember(source), causal_mask(target), real[:, None, None])
    normed = reference.norm1(states)
    back, back_weights = reference.self_attn(normed, normed, normed, attn_mask=hidden, average_attn_weights=False)
    queries, look = reference.norm2(states + back), reference.multihead_attn
    _, cross_weights = look(queries, source, source, key_padding_mask=~real, average_attn_weights=False)
    equals_reference(step.states, reference(states, source, tgt_mask=hidden, memory_key_padding_mask=~real))
    equals_reference(step.self_weights, back_weights)
    equals_reference(step.cross_weights, cross_weights)


def test_a_text_alone_and_in_a_batch(encoder, decoder, equals_reference):
    states, target = states_of(3, 4), states_of(3, 2)
    encoded = encoder(states)
    decoded = decoder(target, decoder.cross_attention.remember(encoded.states), causal_mask(2))
    for row in range(3):
        alone = encoder(states[row : row + 1])
        equals_reference(alone.states[0], encoded.states[row])
        equals_reference(alone.self_weights[0], encoded.self_weights[row])
        written = decoder(target[row : row + 1], decoder.cross_attention.remember(alone.states), causal_mask(2))
        equals_reference(written.states[0], decoded.states[row])
        equals_reference(written.cross_weights[0], decoded.cross_weights[row])


def test_decoder_word_by_word_equals_all_at_once(decoder, equals_reference):
    target, source = states_of(2, 5), decoder.cross_attention.remember(states_of(2, 3))
    whole, past = decoder(target, source, causal_mask(5)), None
    for time in range(5):
        step = decoder(target[:, time : time + 1], source, past=past)
        past = step.written
        equals_reference(step.states[:, 0], whole.states[:, time])
        equals_reference(step.self_weights[:, :, 0], whole.self_weights[:, :, time, : time + 1])
        equals_reference(step.cross_weights[:, :, 0], whole.cross_weights[:, :, time])
    equals_reference(past.keys, whole.written.keys)
    equals_reference(past.values, whole.written.values)


def test_dropout_may_spare_what_is_inside_the_parts():
    """Wu et al. 2021's small network drops what each part adds to the states, and neither weights nor inner units."""
    torch.manual_seed(1)
    for block in (EncoderBlock(MODEL, HEADS, INNER, 0.9, 0.0), DecoderBlock(MODEL, HEADS, INNER, 0.9, 0.0)):
        normed = block.self_norm(states_of(1, 4).float())
        first, again = (block.self_attention(normed, normed) for _ in range(2))
        assert torch.equal(first.values, again.values)
        assert torch.equal(block.feed_forward(normed), block.feed_forward(normed))
        assert not torch.equal(block.dropout(normed), block.dropout(normed))
    block = EncoderBlock(MODEL, HEADS, INNER, 0.9)
    assert not torch.equal(block.feed_forward(normed), block.feed_forward(normed)), "where nothing is said: the same"
