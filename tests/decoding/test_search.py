"""Search finds what brute force finds, and a batch gives each sentence what it would get alone."""

from __future__ import annotations

import itertools
import zlib
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from seqdemo.decoding.batch import length_limit, search, translate_ids
from seqdemo.decoding.beam import beam_search
from seqdemo.decoding.greedy import greedy_search
from seqdemo.models import TRANSLATORS

END, WORDS, START = 0, (1, 2, 3), 4  # a toy language of three words
VOCABULARY = 5


class ToyState(NamedTuple):
    written: Tensor  # [row, length]: every row remembers what it wrote
    sentence: Tensor  # [row]: which sentence it belongs to

    def select(self, rows: Tensor) -> ToyState:
        return ToyState(self.written[rows], self.sentence[rows])


def log_probabilities(sentence: int, written: tuple[int, ...]) -> Tensor:
    """Fixed odd scores for what may follow `written` (which begins with START): a table, not a network."""
    seed = zlib.crc32(repr((sentence, written)).encode())
    scores = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed)) * 2
    scores[END] += 0.3 * len(written)
    return scores.log_softmax(dim=-1)


def advance(state: ToyState, last: Tensor) -> tuple[Tensor, ToyState]:
    written = torch.cat((state.written, last[:, None]), dim=1)
    rows = [log_probabilities(int(s), tuple(w.tolist())) for s, w in zip(state.sentence, written, strict=True)]
    return torch.stack(rows), ToyState(written, state.sentence)


def start(sentences: list[int]) -> ToyState:
    return ToyState(torch.empty((len(sentences), 0), dtype=torch.long), torch.tensor(sentences))


def total(sentence: int, ids: tuple[int, ...], ended: bool = True) -> float:
    """Teacher forcing: the log-probability of writing exactly these ids."""
    written, result = (START,), 0.0
    for token in (*ids, END) if ended else ids:
        result += float(log_probabilities(sentence, written)[token])
        written = (*written, token)
    return result


def brute_force(sentence: int, limit: int) -> tuple[tuple[int, ...], float]:
    """The best of all sentences of at most `limit` tokens, end mark included, by score per token."""
    every = (ids for length in range(limit) for ids in itertools.product(WORDS, repeat=length))
    return max(((ids, total(sentence, ids) / (len(ids) + 1)) for ids in every), key=lambda pair: pair[1])


@pytest.mark.parametrize("sentence", range(12))
def test_a_beam_as_wide_as_the_language_finds_the_best_sentence(sentence: int) -> None:
    limit = 4
    found = beam_search(
        advance, start([sentence]), torch.tensor([limit]), beam=200, start=START, end=END, forbidden=(START,)
    )[0]
    ids, score = brute_force(sentence, limit)
    assert found[0].ids == ids
    assert found[0].score == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("beam", [1, 2, 5])
def test_every_hypothesis_carries_its_teacher_forced_log_probability(beam: int) -> None:
    for sentence in range(8):
        found = beam_search(
            advance, start([sentence]), torch.tensor([6]), beam=beam, start=START, end=END, forbidden=(START,)
        )[0]
        assert 1 <= len(found) <= beam
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        for one in found:
            assert one.log_probability == pytest.approx(total(sentence, one.ids, one.ended), abs=1e-4)
            assert START not in one.ids


def test_a_beam_of_one_is_greedy() -> None:
    sentences = list(range(20))
    limits = torch.full((20,), 6)
    marks = {"start": START, "end": END, "forbidden": (START,)}
    narrow = beam_search(advance, start(sentences), limits, beam=1, **marks)
    greedy = greedy_search(advance, start(sentences), limits, **marks)
    assert [one[0].ids for one in narrow] == [one.ids for one in greedy]
    assert [one[0].log_probability for one in narrow] == pytest.approx(
        [one.log_probability for one in greedy], abs=1e-4
    )


@pytest.mark.parametrize("beam", [1, 3])
def test_a_batch_gives_each_sentence_what_it_gets_alone(beam: int) -> None:
    limits = [2, 5, 7, 3, 6, 1]
    marks = {"beam": beam, "start": START, "end": END, "forbidden": (START,)}
    together = beam_search(advance, start(list(range(6))), torch.tensor(limits), **marks)
    for sentence, limit in enumerate(limits):
        (alone,) = beam_search(advance, start([sentence]), torch.tensor([limit]), **marks)
        assert [one.ids for one in together[sentence]] == [one.ids for one in alone]


def test_the_limit_holds_and_a_cut_sentence_says_so() -> None:
    def never_ends(state: ToyState, last: Tensor) -> tuple[Tensor, ToyState]:
        scores, state = advance(state, last)
        scores[:, END] = -1e4
        return scores, state

    for found in (
        beam_search(never_ends, start([0]), torch.tensor([3]), beam=2, start=START, end=END, forbidden=(START,))[0][0],
        greedy_search(never_ends, start([0]), torch.tensor([3]), start=START, end=END, forbidden=(START,))[0],
    ):
        assert not found.ended
        assert len(found.ids) == 3


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(3)
    return TRANSLATORS["transformer"].build(vocabulary=40, model=32, heads=4, inner=64).double().eval()


@pytest.mark.parametrize("beam", [1, 4])
def test_a_network_translates_a_ragged_batch_as_it_does_one_by_one(network: torch.nn.Module, beam: int) -> None:
    sources = [[5], [7, 8, 9, 10, 11, 12], [20, 21], [30, 4, 5, 6], [9] * 9]
    together = translate_ids(network, sources, beam=beam, batch=3)
    assert together == [list(search(network, [source], beam=beam)[0].ids) for source in sources]


def test_the_score_of_a_search_is_the_teacher_forced_log_probability(network: torch.nn.Module) -> None:
    source = [7, 8, 9, 10]
    found = search(network, [source], beam=4)[0]
    outputs = [*found.ids, 3] if found.ended else list(found.ids)
    decoded = network(torch.tensor([[*source, 3]]), torch.tensor([[2, *outputs[:-1]]]))
    scores = decoded.logits[0].log_softmax(-1).gather(1, torch.tensor(outputs)[:, None])
    assert found.log_probability == pytest.approx(float(scores.sum()), abs=1e-5)
    assert len(outputs) <= length_limit(len(source))
    assert not {0, 1, 2} & set(outputs)  # padding, the unknown mark and the start mark are never written
