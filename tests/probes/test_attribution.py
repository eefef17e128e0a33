"""Attributions against captum, against plain re-reading, and against their own axioms."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients

from seqdemo.checkpoint import load
from seqdemo.models import CLASSIFIERS
from seqdemo.probes.attribution import (
    ADDS_UP,
    BENT_ADDS_UP,
    METHODS,
    POINTS,
    gradient_times_input,
    integrated_gradients,
    occlusion,
    river_of,
)
from seqdemo.text.vocabulary import UNKNOWN
from seqdemo.text.words import split_words

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
IDS = torch.tensor([5, 9, 3, 3, 14, 2, 11])
SIZES = {"attention": {"model": 8, "heads": 2, "inner": 12, "layers": 2}}
every_model = pytest.mark.parametrize("name", CLASSIFIERS)


@pytest.fixture
def network(name, randomised):
    sizes = SIZES.get(name, {"embedding": 6, "hidden": 5})
    return randomised(CLASSIFIERS[name].build(vocabulary=20, labels=3, **sizes)).double().eval()


def read_one(network):
    """vectors -> logits, as captum wants a model."""
    return lambda vectors: network.read(vectors, torch.full((len(vectors),), vectors.shape[1]))


@every_model
@pytest.mark.parametrize("label", [0, 2])
def test_gradient_times_input_equals_captum(network, label, equals_reference):
    vectors = network.embedding(IDS[None]).detach().requires_grad_()
    wanted = InputXGradient(read_one(network)).attribute(vectors, target=label)[0].sum(dim=-1)
    equals_reference(gradient_times_input(network, IDS, label).words, wanted, 1e-9)


@every_model
@pytest.mark.parametrize("points", [20, 50])
def test_integrated_gradients_equal_captum(network, points, equals_reference):
    vectors = network.embedding(IDS[None]).detach()
    wanted = IntegratedGradients(read_one(network)).attribute(vectors, target=1, n_steps=points)[0].sum(dim=-1)
    equals_reference(integrated_gradients(network, IDS, 1, points=points).words, wanted, 1e-9)


@every_model
@pytest.mark.parametrize("text", ["The plot is thin, but the acting is wonderful.", "It is not a bad film at all."])
def test_as_many_points_as_we_take_are_enough_for_what_is_shipped(name, text):
    """captum with so many points that more of them change nothing that counts here."""
    opened = load(CHECKPOINTS / f"sentiment-en-{name}")
    network, vocabulary = opened.network.double(), opened.tokenizer
    ids = torch.tensor(vocabulary.encode(vocabulary.pieces(split_words(text))))
    found = integrated_gradients(network, ids, 1)
    vectors = network.embedding(ids[None]).detach()
    exact = IntegratedGradients(read_one(network)).attribute(vectors, target=1, n_steps=1000, internal_batch_size=100)
    error = float((found.words - exact[0].sum(dim=-1)).abs().max())
    bound = 5e-3 if name == "attention" else 1e-3
    assert error < bound
    assert abs(float(found.words.sum()) - (found.score - found.baseline)) < 4 * bound


@pytest.mark.parametrize("name", ["rnn", "attention"])
def test_a_winding_way_gets_as_many_points_as_it_needs(name, network):
    """With states or values that reach further, the score turns back and forth on the way from no words to the text."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter *= 2
    ids = torch.cat((IDS, IDS.flip(0), IDS))
    few, enough = integrated_gradients(network, ids, 1, points=POINTS), integrated_gradients(network, ids, 1)
    missed = [abs(float(found.words.sum()) - (found.score - found.baseline)) for found in (few, enough)]
    assert missed[0] > 0.05 and missed[1] <= (BENT_ADDS_UP if name == "attention" else ADDS_UP)
    vectors = network.embedding(ids[None]).detach()
    exact = IntegratedGradients(read_one(network)).attribute(vectors, target=1, n_steps=2000, internal_batch_size=500)
    assert float((enough.words - exact[0].sum(dim=-1)).abs().max()) < 0.02 * float(few.words.abs().max())


REVIEW = (
    "单人间的价格不算便宜，房间却又小又旧，空调声音很大，一晚上都没有睡好。前台的小伙子倒是很热情，听说以后马上给我们换了一间朝南的，"
    "早餐的品种也不少，离地铁站走路只要五分钟。总的来说位置和服务都不错，就是设施该更新了，下次来出差可能还会考虑。"
)


@every_model
def test_the_words_of_a_long_review_add_up(name):
    opened = load(CHECKPOINTS / f"sentiment-zh-{name}")
    ids = torch.tensor(opened.tokenizer.encode(opened.tokenizer.pieces(split_words(REVIEW, "zh"))))
    found = integrated_gradients(opened.network, ids, 1)
    assert abs(float(found.words.sum()) - (found.score - found.baseline)) <= 2 * BENT_ADDS_UP


@every_model
def test_integrated_gradients_are_complete(network):
    """Layer norm bends the way sharply near zero vectors, so the attention model needs many points."""
    found = integrated_gradients(network, IDS, 1, points=300)
    assert float(found.words.sum()) == pytest.approx(found.score - found.baseline, abs=1e-2)


@every_model
def test_occlusion_is_reading_again_without_the_word(network):
    found = occlusion(network, IDS, 2)
    length = torch.tensor([len(IDS)])
    for place in range(len(IDS)):
        hidden = IDS.clone()
        hidden[place] = UNKNOWN
        lost = network(IDS[None], length)[0, 2] - network(hidden[None], length)[0, 2]
        assert float(found.words[place]) == pytest.approx(float(lost), abs=1e-9)


@every_model
def test_a_word_of_several_pieces_is_hidden_whole(network):
    found = occlusion(network, IDS, 2, pieces=torch.tensor([1, 3, 2, 1])).words
    length, spans = torch.tensor([len(IDS)]), [[0], [1, 2, 3], [4, 5], [6]]
    assert len(found) == len(spans)
    for value, span in zip(found, spans, strict=True):
        hidden = IDS.clone()
        hidden[span] = UNKNOWN
        lost = network(IDS[None], length)[0, 2] - network(hidden[None], length)[0, 2]
        assert float(value) == pytest.approx(float(lost), abs=1e-9)
    single = torch.ones(len(IDS), dtype=torch.long)
    assert torch.equal(occlusion(network, IDS, 2, pieces=single).words, occlusion(network, IDS, 2).words)


@every_model
@pytest.mark.parametrize("method", METHODS)
def test_every_method_tells_the_same_ends(network, method):
    found = METHODS[method](network, IDS, 0)
    assert found.words.shape == IDS.shape
    assert found.score == pytest.approx(float(network(IDS[None], torch.tensor([len(IDS)]))[0, 0]), abs=1e-9)
    empty = network.read(torch.zeros_like(network.embedding(IDS[None])), torch.tensor([len(IDS)]))
    assert found.baseline == pytest.approx(float(empty[0, 0]), abs=1e-9)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_the_river_of_a_text_is_the_length_of_autograds_gradient(network):
    found = river_of(network, IDS, 2)
    step, states = network.recurrent.start(network.embedding(IDS[None])), []
    for vector in network.embedding(IDS).detach():
        step = network.recurrent.step(vector[None], step)
        step.hidden.retain_grad()
        states.append(step.hidden)
    logits = network.readout(states[-1])[0]
    (logits[2] - logits.mean()).backward()
    assert found.score == pytest.approx(float(logits[2] - logits.mean()), abs=1e-9)
    for mine, state in zip(found.words, states, strict=True):
        assert float(mine) == pytest.approx(float(state.grad.norm()), rel=1e-6)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_the_river_at_the_words_is_the_length_of_autograds_gradient(network):
    vectors = network.embedding(IDS[None]).detach().requires_grad_()
    logits = network.read(vectors, torch.tensor([len(IDS)]))[0]
    (logits[2] - logits.mean()).backward()
    found = river_of(network, IDS, 2, "inputs")
    torch.testing.assert_close(found.words, vectors.grad[0].norm(dim=-1), rtol=1e-6, atol=1e-12)
