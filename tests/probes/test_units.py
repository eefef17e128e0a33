"""Selectivity equals scikit-learn's area under the curve; states equal reading each text alone."""

from __future__ import annotations

import pytest
import torch
from sklearn.metrics import roc_auc_score

from seqdemo.models import CLASSIFIERS
from seqdemo.probes.units import extremes, rank, roc_areas, separation, states_of

TEXTS = [[5, 9, 3], [4], [3, 14, 2, 11, 8, 7], [9, 9]]


@pytest.fixture(params=["rnn", "lstm", "gru"])
def network(request, randomised):
    return randomised(CLASSIFIERS[request.param].build(vocabulary=20, labels=3, embedding=6, hidden=5))


@pytest.mark.parametrize("ties", [False, True])
def test_areas_equal_scikit_learns(ties):
    values = torch.randn(60, 7, dtype=torch.float64)
    values = values.round() if ties else values
    inside = torch.rand(60) < 0.3
    found = roc_areas(values, inside)
    for unit in range(7):
        wanted = roc_auc_score(inside.numpy(), values[:, unit].numpy())
        assert float(found[unit]) == pytest.approx(wanted, abs=1e-12)


def test_one_kind_alone_is_no_question():
    with pytest.raises(ValueError, match="0 inside and 4 outside"):
        roc_areas(torch.randn(4, 2), torch.zeros(4, dtype=torch.bool))


def test_states_equal_reading_each_text_alone(network, equals_reference):
    found = states_of(network, TEXTS)
    row = 0
    for number, text in enumerate(TEXTS):
        trace = network.trace(torch.tensor([text]), torch.tensor([len(text)]))
        for place in range(len(text)):
            equals_reference(found.values[row], trace.states[0, place].detach())
            assert (int(found.texts[row]), int(found.places[row])) == (number, place)
            assert bool(found.last[row]) == (place == len(text) - 1)
            row += 1
    assert row == len(found.values)


def test_a_planted_unit_is_found_and_shuffling_finds_less():
    inside = torch.arange(200) % 4 == 0
    values = torch.randn(200, 30)
    values[inside, 17] -= 3
    found = rank(values, inside)
    assert int(found.order[0]) == 17
    assert float(found.areas[17]) < 0.1
    assert float(separation(found.areas)[17]) > 2 * found.chance
    assert separation(found.areas)[found.order].diff().max() <= 0
    again = rank(values, inside)
    assert torch.equal(found.random, again.random) and found.chance == again.chance
    assert len(found.random.unique()) == 5


def test_noise_is_as_good_as_its_own_chance():
    """Thirty units that mean nothing: the best is about as good as the best of shuffles, not near 0."""
    values, inside = torch.randn(200, 30), torch.arange(200) % 4 == 0
    found = rank(values, inside)
    best = float(separation(found.areas).max())
    assert 0.1 < found.chance < 0.5
    assert best == pytest.approx(found.chance, abs=0.15)


def test_extremes_are_the_best_word_of_each_text(network):
    states = states_of(network, TEXTS)
    high, low = extremes(states, 2, 3)
    column = states.values[:, 2]
    assert int(column.argmax()) == high[0] and int(column.argmin()) == low[0]
    for rows, best in ((high, max), (low, min)):
        assert len({int(states.texts[row]) for row in rows}) == len(rows) == 3
        for row in rows:
            of_text = column[states.texts == states.texts[row]].tolist()
            assert float(column[row]) == best(of_text)
