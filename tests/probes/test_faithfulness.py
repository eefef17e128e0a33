"""Erasing equals reading each shortened text by itself, and the figures are those of ERASER's equations."""

from __future__ import annotations

import math

import pytest
import torch

from seqdemo.models import CLASSIFIERS
from seqdemo.probes.attribution import METHODS
from seqdemo.probes.faithfulness import (
    SHARES,
    comprehensiveness,
    erase,
    orders_of,
    piece_attention,
    random_orders,
    sufficiency,
    word_scores,
)
from seqdemo.probes.subsets import read_subsets
from seqdemo.text.vocabulary import UNKNOWN

IDS = torch.tensor([5, 9, 3, 3, 14, 2, 11])
SINGLE = torch.ones(7, dtype=torch.long)
PIECES = torch.tensor([1, 3, 2, 1])  # four words, read as seven pieces
SPANS = [[0], [1, 2, 3], [4, 5], [6]]
SIZES = {"attention": {"model": 8, "heads": 2, "inner": 12, "layers": 2}}
every_model = pytest.mark.parametrize("name", CLASSIFIERS)


@pytest.fixture
def network(name, randomised):
    return randomised(
        CLASSIFIERS[name].build(vocabulary=20, labels=3, **SIZES.get(name, {"embedding": 6, "hidden": 5}))
    )


def alone(network, ids):
    """One text read by itself, the slow way."""
    ids = ids if len(ids) else torch.tensor([UNKNOWN])
    with torch.no_grad():
        return network(ids[None], torch.tensor([len(ids)]))[0]


@every_model
def test_subsets_equal_texts_without_the_words(network, equals_reference):
    keep = torch.rand(300, len(IDS)) < 0.5
    keep[0], keep[1] = True, False
    found = read_subsets(network, IDS, keep)
    for row, logits in zip(keep[:40], found, strict=False):
        equals_reference(logits, alone(network, IDS[row]), 1e-9)
    assert torch.equal(found[0], read_subsets(network, IDS, keep)[0])


@every_model
def test_curves_take_words_away_in_the_order_of_the_scores(network):
    scores = torch.tensor([0.1, 0.9, -0.5, 0.3, 0.3, 0.0, 0.7])
    order = [1, 6, 3, 4, 0, 5, 2]
    assert orders_of(scores).tolist() == order
    found = erase(network, IDS, 2, orders_of(scores)[None], range(len(IDS) + 1), pieces=SINGLE)
    for count in range(len(IDS) + 1):
        gone = set(order[:count])
        without = [number for place, number in enumerate(IDS.tolist()) if place not in gone]
        only = [number for place, number in enumerate(IDS.tolist()) if place in gone]
        for curve, kept in ((found.deletion, without), (found.insertion, only)):
            wanted = alone(network, torch.tensor(kept, dtype=torch.long)).softmax(-1)[2]
            assert float(curve[0, count]) == pytest.approx(float(wanted), abs=1e-9)


@every_model
def test_a_word_of_several_pieces_goes_and_stays_whole(network):
    order = [2, 0, 3, 1]
    found = erase(network, IDS, 1, torch.tensor([order]), range(5), pieces=PIECES)
    for count in range(5):
        gone = {place for word in order[:count] for place in SPANS[word]}
        for curve, kept in ((found.deletion, set(range(7)) - gone), (found.insertion, gone)):
            wanted = alone(network, IDS[sorted(kept)]).softmax(-1)[1]
            assert float(curve[0, count]) == pytest.approx(float(wanted), abs=1e-9)


@every_model
def test_explanations_stand_on_words_and_one_piece_changes_nothing(network):
    found, of_pieces = (word_scores(network, IDS, 1, pieces=pieces) for pieces in (PIECES, SINGLE))
    for name, values in found.items():
        assert values.shape == (4,)
        if name in ("gradient_times_input", "integrated_gradients", "attention"):
            wanted = torch.stack([of_pieces[name][span].sum() for span in SPANS])
            torch.testing.assert_close(values, wanted)
        if name == "gradient_river":
            assert torch.equal(values, of_pieces[name][[span[-1] for span in SPANS]])
    for name, method in METHODS.items():
        assert torch.equal(of_pieces[name], method(network, IDS, 1).words)


@pytest.mark.parametrize("time", [1, 2, 7, 20, 120])
def test_the_figures_are_erasers(time):
    """Equations 1 and 2, one share after the other."""
    deletion, insertion = torch.rand(2, 3, time + 1, dtype=torch.float64)
    lost, left = comprehensiveness(deletion, range(time + 1)), sufficiency(insertion, range(time + 1))
    for order in range(3):
        counts = [math.ceil(share * time - 1e-9) for share in SHARES]
        wanted = sum(float(deletion[order, 0] - deletion[order, count]) for count in counts) / len(SHARES)
        assert float(lost[order]) == pytest.approx(wanted)
        wanted = sum(float(insertion[order, time] - insertion[order, count]) for count in counts) / len(SHARES)
        assert float(left[order]) == pytest.approx(wanted)


@pytest.mark.parametrize("name", ["gru"])
def test_a_true_explanation_beats_chance_and_its_contrary_loses(network):
    """A network that counts one word alone: the explanation that names it must win on both figures."""
    with torch.no_grad():
        network.embedding.weight.zero_()
        network.embedding.weight[14] = 3.0
    gain = alone(network, IDS).softmax(-1) - alone(network, IDS[IDS != 14]).softmax(-1)
    label = int(gain.argmax())  # the class that the word speaks for, whatever `erase` says of it
    there = (IDS == 14).double()
    time = len(IDS)
    orders = torch.cat((orders_of(there)[None], orders_of(-there)[None], random_orders(time)))
    counts = range(time + 1)
    found = erase(network, IDS, label, orders, counts, pieces=SINGLE)
    lost, left = comprehensiveness(found.deletion, counts), sufficiency(found.insertion, counts)
    assert float(lost[0]) > float(lost[2:].mean()) > float(lost[1])
    assert float(left[0]) < float(left[2:].mean()) < float(left[1])


def test_few_counts_give_the_same_figures():
    full, few = range(21), [0, 1, 2, 4, 10, 20]
    curve = torch.rand(3, 21)
    assert torch.equal(comprehensiveness(curve, full), comprehensiveness(curve[:, few], few))
    assert torch.equal(sufficiency(curve, full), sufficiency(curve[:, few], few))


def test_random_orders_are_permutations_and_always_the_same():
    orders = random_orders(9)
    assert orders.shape == (20, 9)
    assert torch.equal(orders.sort(dim=1).values, torch.arange(9).expand(20, 9))
    assert torch.equal(orders, random_orders(9))
    assert len(orders.unique(dim=0)) == 20


@every_model
def test_every_explanation_that_a_model_has_is_scored(name, network):
    found = word_scores(network, IDS, 1, pieces=SINGLE)
    extra = {"rnn", "lstm", "gru"} & {name}
    wanted = [*METHODS, *(["gradient_river"] if extra else ["attention"])]
    assert list(found) == wanted
    assert all(scores.shape == IDS.shape for scores in found.values())


@pytest.mark.parametrize("name", ["attention", "bilstm-attention"])
def test_attention_of_a_word_is_a_share_of_all(network):
    weights = piece_attention(network, IDS)
    assert float(weights.sum()) == pytest.approx(1)
    trace = network.trace(IDS[None], torch.tensor([len(IDS)]))
    if trace.attention_kind == "pooling":
        assert torch.equal(weights, trace.attention[0][0, 0, -1])
    else:
        heads = [trace.attention[layer][0, head].mean(dim=0) for layer in range(2) for head in range(2)]
        torch.testing.assert_close(weights, sum(heads) / 4)
