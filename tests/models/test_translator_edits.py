"""Heads off, rows set, source tokens hidden: each equals a second computation; an empty edit changes not one bit."""

from __future__ import annotations

import math

import pytest
import torch

from seqdemo.decoding.batch import search
from seqdemo.experiments.head_pruning import heads_of, without
from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.layers.gru import GRUStep
from seqdemo.models import TRANSLATORS
from seqdemo.models.edited import EditedTranslator
from seqdemo.models.edits import TranslatorEdits
from seqdemo.models.recurrent_translator import RecurrentTranslator, RecurrentTranslatorConfig

SOURCE = torch.tensor([[5, 9, 3, 14, 2, 11, 3], [4, 8, 3, 0, 0, 0, 0]])
TARGET = torch.tensor([[2, 6, 17, 9, 12], [2, 30, 31, 7, 7]])


@pytest.fixture
def network(randomised):
    made = randomised(
        TRANSLATORS["transformer"].build(vocabulary=40, model=12, heads=3, inner=16, encoder_layers=2, decoder_layers=2)
    )
    for parameter in made.parameters():
        parameter.data *= 0.6
    return made.requires_grad_(False)


def edited(network, edits):
    changed = EditedTranslator(network, edits)
    return changed.decode(changed.encode(SOURCE), TARGET)


def looks(*heads):
    found = {}
    for kind, layer, head in heads:
        found[kind, layer] = AttentionEdits(off=(*found.get((kind, layer), AttentionEdits()).off, head))
    return TranslatorEdits(looks=found)


def test_no_edit_changes_not_one_bit(network):
    plain = network(SOURCE, TARGET)
    for edits in (None, TranslatorEdits(), TranslatorEdits(looks={("cross", 1): AttentionEdits()})):
        changed = network.decode(network.encode(SOURCE, edits), TARGET, edits)
        assert torch.equal(plain.logits, changed.logits)


def test_each_head_off_equals_its_part_of_the_output_projection_at_zero(network, equals_reference):
    """The reference goes another way: it changes weights of a copy (Michel et al. 2019)."""
    plain = network(SOURCE, TARGET).logits
    for head in heads_of(network):
        found = edited(network, looks(head)).logits
        equals_reference(found, without(network, [head])(SOURCE, TARGET).logits)
        assert (found - plain).abs().max() > 1e-3, head
    several = heads_of(network)[::3]
    equals_reference(edited(network, looks(*several)).logits, without(network, several)(SOURCE, TARGET).logits)


def test_a_head_that_is_off_still_shows_where_it_looked(network, equals_reference):
    found = edited(network, looks(("cross", 0, 1)))
    equals_reference(found.cross_weights[0], network(SOURCE, TARGET).cross_weights[0])


@pytest.mark.parametrize("kind", ["encoder_self", "decoder_self", "cross"])
def test_a_row_that_is_set_equals_the_formula_by_hand(network, kind, equals_reference):
    """softmax(Q K^T / sqrt(d)) V with one row replaced, computed from the weights for the first layer."""
    head, query, key = 2, 3, 1
    edits = TranslatorEdits(looks={(kind, 0): AttentionEdits(rows=((head, query, key),))})
    blocks = network.encoder if kind == "encoder_self" else network.decoder
    brick = blocks[0].cross_attention if kind == "cross" else blocks[0].self_attention
    seen = {}
    hook = brick.output.register_forward_pre_hook(lambda _, given: seen.update(mixed=given[0]))
    queries = brick.query.register_forward_pre_hook(lambda _, given: seen.update(queries=given[0]))
    keys = brick.key.register_forward_pre_hook(lambda _, given: seen.update(states=given[0]))
    found = edited(network, edits)
    for one in (hook, queries, keys):
        one.remove()
    size = 12 // 3
    part = slice(head * size, (head + 1) * size)
    q = (seen["queries"][0] @ brick.query.weight.T + brick.query.bias)[:, part]
    k = (seen["states"][0] @ brick.key.weight.T + brick.key.bias)[:, part]
    v = (seen["states"][0] @ brick.value.weight.T + brick.value.bias)[:, part]
    scores = q @ k.T / math.sqrt(size)
    if kind == "decoder_self":
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -math.inf)
    weights = scores.softmax(dim=-1)
    weights[query] = torch.eye(weights.shape[1], dtype=weights.dtype)[key]
    equals_reference(seen["mixed"][0, :, part], weights @ v)
    shown = {"encoder_self": None, "decoder_self": found.self_weights, "cross": found.cross_weights}[kind]
    if shown is not None:
        equals_reference(shown[0][0, head], weights)


def test_hidden_tokens_equal_a_text_in_which_nobody_looks_there(network, equals_reference):
    """The last tokens hidden is a shorter text; any token hidden equals hiding it by the padding mark's mask."""
    hidden = TranslatorEdits(hidden=(5, 6))
    found = edited(network, hidden).logits[:1]
    equals_reference(found, network(SOURCE[:1, :5], TARGET[:1]).logits)
    ids = SOURCE[:1].clone()
    ids[0, 2] = 0  # another way to the same mask: what stands at a place that nobody looks at is of no account
    changed = EditedTranslator(network, TranslatorEdits(hidden=(2,)))
    found = changed.decode(changed.encode(SOURCE[:1]), TARGET[:1]).logits
    equals_reference(found, network(ids, TARGET[:1]).logits)


def test_word_by_word_equals_the_whole_target_at_once(network, equals_reference):
    rows = AttentionEdits(off=(0,), rows=((1, 2, 3), (2, 4, 0)))
    back = AttentionEdits(rows=((0, 3, 1),))
    edits = TranslatorEdits(looks={("cross", 1): rows, ("decoder_self", 0): back}, hidden=(0,))
    changed = EditedTranslator(network, edits)
    encoded = changed.encode(SOURCE)
    whole = changed.decode(encoded, TARGET).logits.log_softmax(dim=-1)
    state = changed.start(encoded)
    for time in range(TARGET.shape[1]):
        scores, state = changed.advance(state, TARGET[:, time])
        equals_reference(scores, whole[:, time])


def test_a_search_reads_the_edits(network):
    sources = [[5, 9, 3, 14, 2, 11]]
    off = looks(*heads_of(network)[:9])
    plain = search(network, sources, beam=3)
    changed = search(EditedTranslator(network, off), sources, beam=3)
    reference = search(without(network, heads_of(network)[:9]), sources, beam=3)
    assert changed.hypotheses[0][0].ids == reference.hypotheses[0][0].ids
    assert changed.hypotheses[0][0].log_probability == pytest.approx(reference.hypotheses[0][0].log_probability)
    assert changed.hypotheses[0][0].log_probability != pytest.approx(plain.hypotheses[0][0].log_probability)


@pytest.mark.parametrize(
    "edits",
    [
        looks(("cross", 2, 0)),
        looks(("cross", 0, 3)),
        looks(("elsewhere", 0, 0)),
        TranslatorEdits(hidden=(7,)),
        TranslatorEdits(hidden=tuple(range(7))),
        TranslatorEdits(looks={("cross", 0): AttentionEdits(rows=((0, 1, 7),))}),
        TranslatorEdits(looks={("cross", 0): AttentionEdits(rows=((3, 1, 0),))}),
        TranslatorEdits(looks={("decoder_self", 0): AttentionEdits(rows=((0, 1, 2),))}),
    ],
    ids=str,
)
def test_what_is_not_there_is_refused(network, edits):
    with pytest.raises(ValueError, match=r"came|left"):
        edited(network, edits)


@pytest.fixture
def recurrent(randomised):
    made = randomised(TRANSLATORS["seq2seq-attention"].build(vocabulary=40, embedding=8, hidden=6))
    return made.requires_grad_(False)


def by_hand(network, weigh):
    """The writer's sums, step by step, with the weights of each step as `weigh(step, weights)` says."""
    encoded = network.encode(SOURCE)
    state, vectors, found = network.start(encoded), network._embed(TARGET), []
    hidden = state.hidden
    for time in range(TARGET.shape[1]):
        scores = network.attention.score(
            torch.tanh(network.attention.query(hidden)[:, None] + network.attention.key(encoded.states))
        )[..., 0]
        weights = weigh(time, scores.masked_fill(SOURCE == 0, -math.inf).softmax(dim=-1))
        context = (weights[:, :, None] * encoded.states).sum(dim=1)
        given = torch.cat((vectors[:, time], context), dim=-1)
        hidden = network.writer.step(given, GRUStep(*[hidden] * 4)).hidden
        read_out = torch.tanh(network.read_out(torch.cat((hidden, context, vectors[:, time]), dim=-1)))
        found.append(read_out @ network.embedding.weight.T)
    return torch.stack(found, dim=1)


def test_a_recurrent_translators_attention_is_changed_as_the_sums_by_hand_say(recurrent, equals_reference):
    def row(time, weights):
        return torch.eye(7, dtype=weights.dtype)[2].expand_as(weights) if time == 3 else weights

    def hidden(time, weights):
        left = weights * torch.tensor([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0])
        return left / left.sum(dim=-1, keepdim=True)

    plain = recurrent(SOURCE, TARGET).logits
    equals_reference(plain, by_hand(recurrent, lambda _, weights: weights))
    cases = (
        (TranslatorEdits({("cross", 0): AttentionEdits(rows=((0, 3, 2),))}), row),
        (TranslatorEdits({("cross", 0): AttentionEdits(off=(0,))}), lambda _, weights: 0 * weights),
        (TranslatorEdits(hidden=(1,)), hidden),
    )
    for edits, weigh in cases:
        found = edited(recurrent, edits).logits
        equals_reference(found, by_hand(recurrent, weigh))
        assert (found - plain).abs().max() > 1e-3, edits
    for edits in (None, TranslatorEdits(), TranslatorEdits({("cross", 0): AttentionEdits()})):
        assert torch.equal(plain, recurrent.decode(recurrent.encode(SOURCE, edits), TARGET, edits).logits)


def test_a_recurrent_translator_writes_with_edits_word_by_word_what_it_reads_at_once(recurrent, equals_reference):
    edits = TranslatorEdits({("cross", 0): AttentionEdits(rows=((0, 2, 1), (0, 4, 0)))}, hidden=(2,))
    changed = EditedTranslator(recurrent, edits)
    encoded = changed.encode(SOURCE)
    whole = changed.decode(encoded, TARGET).logits.log_softmax(dim=-1)
    state = changed.start(encoded)
    for time in range(TARGET.shape[1]):
        scores, state = changed.advance(state, TARGET[:, time])
        equals_reference(scores, whole[:, time])


@pytest.mark.parametrize(
    ("attention", "edits"),
    [
        (False, TranslatorEdits(hidden=(1,))),
        (False, TranslatorEdits({("cross", 0): AttentionEdits(off=(0,))})),
        (True, TranslatorEdits({("encoder_self", 0): AttentionEdits(off=(0,))})),
        (True, TranslatorEdits({("cross", 1): AttentionEdits(off=(0,))})),
        (True, TranslatorEdits({("cross", 0): AttentionEdits(off=(1,))})),
        (True, TranslatorEdits(hidden=tuple(range(7)))),
        (True, TranslatorEdits(hidden=(7,))),
    ],
    ids=str,
)
def test_what_a_recurrent_translator_has_not_is_refused(randomised, attention, edits):
    config = RecurrentTranslatorConfig(attention=attention, vocabulary=40, embedding=8, hidden=6)
    with pytest.raises(ValueError, match=r"came|left"):
        edited(randomised(RecurrentTranslator(config)), edits)
