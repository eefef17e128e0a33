"""Distances against scipy, the adversary against brute force, replaced weights against reading again."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import kendalltau

from seqdemo.models import CLASSIFIERS
from seqdemo.models.edits import ClassifierEdits
from seqdemo.probes import attention_explanation
from seqdemo.probes.attention_explanation import (
    TOLERANCE,
    adversarial,
    can_be_asked,
    divergence,
    gradient_importance,
    kendall,
    leave_one_out,
    measures_of,
    own_weights,
    shuffled,
    try_others,
    try_weights,
    uniform,
    variation,
)

IDS = torch.tensor([5, 9, 3, 3, 14, 2, 11])
SINGLE = torch.ones(7, dtype=torch.long)
PIECES = torch.tensor([1, 3, 2, 1])  # four words, read as seven pieces
SPANS = [[0], [1, 2, 3], [4, 5], [6]]


@pytest.fixture
def network(randomised):
    made = CLASSIFIERS["bilstm-attention"].build(vocabulary=20, labels=3, embedding=6, hidden=5)
    return randomised(made).requires_grad_(False)


def distributions(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64).mul(2).softmax(dim=-1)


def test_divergence_equals_scipy():
    one, others = distributions(9), distributions(50, 9)
    others[0], others[1] = torch.eye(9)[3], one
    found = divergence(one, others)
    for mine, other in zip(found, others, strict=True):
        wanted = jensenshannon(one.numpy(), other.numpy()) ** 2
        assert float(mine) == pytest.approx(0 if math.isnan(wanted) else wanted, abs=1e-12)
    apart = torch.eye(9, dtype=torch.float64)
    assert float(divergence(apart[0], apart[1])) == pytest.approx(math.log(2))


def test_variation_is_the_largest_difference_that_any_event_can_have():
    one, other = distributions(5), distributions(5)
    events = (torch.arange(32)[:, None] >> torch.arange(5)) % 2
    assert float(variation(one, other)) == pytest.approx(float(((one - other) * events).sum(1).max()))


@pytest.mark.parametrize("ties", [False, True])
def test_kendall_equals_scipy(ties):
    for _ in range(20):
        one, other = torch.randn(2, 12, dtype=torch.float64)
        if ties:
            one, other = one.round(), other.round()
        assert kendall(one, other) == pytest.approx(float(kendalltau(one.numpy(), other.numpy()).statistic))


def test_too_little_to_rank_is_no_disagreement():
    assert kendall(torch.ones(4), torch.rand(4)) is None
    assert kendall(torch.tensor([0.1, 0.9]), torch.tensor([0.1, 0.9])) is None  # of two words chance decides
    assert kendall(torch.tensor([0.1, 0.9, 0.5]), torch.tensor([0.1, 0.9, 0.5])) == pytest.approx(1)


def test_a_trial_is_the_text_read_with_these_weights(network, equals_reference):
    own, weights = own_weights(network, IDS), distributions(3, len(IDS))
    found = try_weights(network, IDS, own, weights, pieces=SINGLE)
    length = torch.tensor([len(IDS)])
    plain = network(IDS[None], length)[0].softmax(-1)
    for number, one in enumerate(weights):
        edits = ClassifierEdits(attention=(one[None, None, None],))
        answer = network(IDS[None], length, edits)[0].softmax(-1)
        equals_reference(found.probabilities[number], answer)
        assert float(found.change[number]) == pytest.approx(float((answer - plain).abs().sum() / 2))
    again = try_weights(network, IDS, own, own[None], pieces=SINGLE)
    assert float(again.change) < 1e-12 and float(again.distance) < 1e-12
    assert torch.equal(found.weights, weights) and torch.equal(found.distance, divergence(own, weights))


def test_a_word_of_several_pieces_is_weighed_as_one_word(network, equals_reference):
    """Every word alike is a quarter each, not a seventh a piece; distances are those of the weights that are shown."""
    own, length = own_weights(network, IDS), torch.tensor([len(IDS)])
    of_words = torch.stack([own[span].sum() for span in SPANS])
    tried = try_others(network, IDS, own, pieces=PIECES)
    assert list(tried) == ["own", "uniform", "shuffled", "adversarial"]
    assert tried["uniform"].weights.tolist() == [[0.25] * 4]
    assert float(tried["own"].change) < 1e-12 and float(tried["own"].distance) < 1e-12
    equals_reference(tried["shuffled"].weights.sort(dim=1).values, of_words.sort().values.expand(100, 4))
    assert float(tried["adversarial"].change) <= TOLERANCE
    for trial in tried.values():
        for number in range(min(3, len(trial.weights))):
            of_pieces = torch.cat(
                [own[span] / own[span].sum() * trial.weights[number, word] for word, span in enumerate(SPANS)]
            )
            answer = network(IDS[None], length, ClassifierEdits(attention=(of_pieces[None, None, None],)))[0]
            equals_reference(trial.probabilities[number], answer.softmax(-1))
            wanted = jensenshannon(of_words.numpy(), trial.weights[number].numpy()) ** 2
            assert float(trial.distance[number]) == pytest.approx(0 if math.isnan(wanted) else wanted, abs=1e-12)
    measures = measures_of(network, IDS, 1, own, pieces=PIECES)
    assert [len(values) for values in measures.values()] == [4, 4]


def test_words_of_one_piece_change_nothing_to_the_last_bit(network, monkeypatch):
    """The adversary and the trials as they would be if nobody knew of pieces."""
    network, own = network.float(), own_weights(network.float(), IDS)
    found = try_others(network, IDS, own, pieces=SINGLE)
    monkeypatch.setattr(attention_explanation, "shared_out", lambda values, like, counts: values)
    monkeypatch.setattr(attention_explanation, "summed", lambda values, counts: values)
    plain = try_others(network, IDS, own, pieces=SINGLE)
    for name, trial in found.items():
        assert all(torch.equal(mine, theirs) for mine, theirs in zip(trial, plain[name], strict=True)), name


def test_uniform_and_shuffled_weights_are_what_they_say(network):
    own = own_weights(network, IDS)
    assert uniform(own).tolist() == [[pytest.approx(1 / 7)] * 7]
    many = shuffled(own)
    assert many.shape == (100, 7)
    assert torch.equal(many.sort(dim=1).values, own.sort().values.expand(100, 7))
    assert torch.equal(many, shuffled(own))
    assert len(many.unique(dim=0)) > 90


@pytest.mark.parametrize("tolerance", [TOLERANCE, 0.05])
@pytest.mark.parametrize("pieces", [[1, 1, 1], [2, 1, 3]])
def test_the_adversary_keeps_the_answer_and_goes_as_far_as_brute_force(network, tolerance, pieces):
    """Three words: every pair of weights on a grid of 1 / 400 is tried."""
    short, pieces = IDS[: sum(pieces)], torch.tensor(pieces)
    own = own_weights(network, short)
    grid = torch.tensor(
        [(i, j, 400 - i - j) for i in range(401) for j in range(401 - i)], dtype=torch.float64
    ) / 400  # fmt: skip
    tried = try_weights(network, short, own, grid, pieces=pieces)
    wanted = float(tried.distance[tried.change <= tolerance].max())
    weights = adversarial(network, short, own, pieces=pieces, tolerance=tolerance)
    found = try_weights(network, short, own, weights, pieces=pieces)
    assert float(found.change) <= tolerance
    assert float(found.weights.sum()) == pytest.approx(1)
    assert float(found.distance) > 0.95 * wanted
    assert float(found.distance) < 1.02 * wanted + 0.01


def test_a_single_word_leaves_an_adversary_nothing(network):
    own = own_weights(network, IDS[:1])
    assert adversarial(network, IDS[:1], own, pieces=SINGLE[:1]).tolist() == [[1.0]]


def test_leaving_out_is_reading_the_rest(network):
    plain = network(IDS[None], torch.tensor([7]))[0].softmax(-1)
    for pieces, spans in ((SINGLE, [[place] for place in range(7)]), (PIECES, SPANS)):
        found = leave_one_out(network, IDS, pieces=pieces)
        for word, span in enumerate(spans):
            rest = IDS[[place for place in range(7) if place not in span]]
            answer = network(rest[None], torch.tensor([len(rest)]))[0].softmax(-1)
            assert float(found[word]) == pytest.approx(float((answer - plain).abs().sum() / 2), abs=1e-9)


def test_gradients_are_central_differences_with_the_weights_held(network):
    own = own_weights(network, IDS)
    found = gradient_importance(network, IDS, 1, own)
    vectors, size = network.embedding(IDS[None]), 1e-5
    still = ClassifierEdits(attention=(own[None, None, None],))
    for place in range(7):
        ends = []
        for sign in (1, -1):
            bent = vectors.clone()
            bent[0, place] *= 1 + sign * size
            ends.append(network.read(bent, torch.tensor([7]), still).softmax(-1)[0, 1])
        assert float(found[place]) == pytest.approx(abs(float(ends[0] - ends[1])) / (2 * size), rel=1e-4, abs=1e-9)


def test_it_is_asked_of_one_model(network):
    asked = {name for name, row in CLASSIFIERS.items() if can_be_asked(row.build(vocabulary=9, labels=2))}
    assert asked == {"bilstm-attention"}


def test_nothing_is_left_in_the_network(network):
    network.requires_grad_()
    before = np.concatenate([value.detach().numpy().ravel() for value in network.state_dict().values()])
    own = own_weights(network, IDS)
    adversarial(network, IDS, own, pieces=SINGLE)
    gradient_importance(network, IDS, 0, own)
    after = np.concatenate([value.detach().numpy().ravel() for value in network.state_dict().values()])
    assert np.array_equal(before, after)
    assert all(parameter.grad is None for parameter in network.parameters())
