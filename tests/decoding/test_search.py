"""Search finds what brute force finds, and a batch gives each sentence what it would get alone."""

from __future__ import annotations

import itertools
import zlib
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from seqdemo.decoding.batch import length_limit, score_ids, search, translate_ids
from seqdemo.decoding.beam import beam_search
from seqdemo.decoding.greedy import greedy_search
from seqdemo.decoding.largest import largest
from seqdemo.decoding.loop_guard import LoopGuard, in_a_row
from seqdemo.decoding.next_token import Found, Hypothesis
from seqdemo.decoding.rules import Rules
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


def everything(limit: int) -> list[tuple[int, ...]]:
    """All sentences of the toy language of at most `limit` tokens, end mark included."""
    return [ids for length in range(limit) for ids in itertools.product(WORDS, repeat=length)]


def brute_force(sentence: int, limit: int, allowed: object = lambda ids: True) -> list[tuple[tuple[int, ...], float]]:
    """Every allowed sentence with its score per token, best first."""
    scored = [(ids, total(sentence, ids) / (len(ids) + 1)) for ids in everything(limit) if allowed(ids)]  # type: ignore[operator]
    return sorted(scored, key=lambda pair: -pair[1])


PLAIN = Rules(start=START, end=END, forbidden=(START,))


def beamed(sentences: list[int], limits: list[int], *, beam: int, rules: Rules = PLAIN, by: Any = advance) -> Found:
    return beam_search(by, start(sentences), limits=torch.tensor(limits), rules=rules, beam=beam)


def best_of(sentence: int, limit: int, *, beam: int, rules: Rules = PLAIN) -> list[Hypothesis]:
    return beamed([sentence], [limit], beam=beam, rules=rules).hypotheses[0]


@pytest.mark.parametrize("sentence", range(12))
def test_a_beam_as_wide_as_the_language_finds_every_sentence_in_order(sentence: int) -> None:
    limit = 4
    found = best_of(sentence, limit, beam=200)
    expected = brute_force(sentence, limit)
    assert [one.ids for one in found] == [ids for ids, _ in expected]
    assert [one.score for one in found] == pytest.approx([score for _, score in expected], abs=1e-5)


@pytest.mark.parametrize("sentence", range(6))
@pytest.mark.parametrize("prefix", [(1,), (2, 2), (3, 1, 2)])
def test_a_forced_beginning_is_kept_and_the_best_end_found(sentence: int, prefix: tuple[int, ...]) -> None:
    limit = 5
    rules = replace(PLAIN, prefixes=(prefix,))
    found = best_of(sentence, limit, beam=400, rules=rules)
    expected = brute_force(sentence, limit, lambda ids: ids[: len(prefix)] == prefix)
    assert [one.ids for one in found] == [ids for ids, _ in expected]
    greedy = greedy_search(advance, start([sentence]), limits=torch.tensor([limit]), rules=rules).hypotheses[0][0]
    assert greedy.ids[: len(prefix)] == prefix
    assert greedy.log_probability == pytest.approx(total(sentence, greedy.ids, greedy.ended), abs=1e-4)


@pytest.mark.parametrize("sentence", range(6))
def test_no_sentence_is_empty_where_that_is_a_rule(sentence: int) -> None:
    found = best_of(sentence, 4, beam=200, rules=replace(PLAIN, minimum=2))
    assert [one.ids for one in found] == [ids for ids, _ in brute_force(sentence, 4, lambda ids: len(ids) >= 2)]


def tidy(ids: tuple[int, ...], guard: LoopGuard) -> bool:
    """Written down the long way: no block too often in a row, no run of guard.size tokens too often anywhere."""
    for begin in range(len(ids)):
        for block in range(1, len(ids)):
            copies = ids[begin : begin + block] * (guard.in_a_row + 1)
            if ids[begin : begin + len(copies)] == copies:
                return False
    signs = guard.signs or (1,) * 4
    runs = []
    for end in range(1, len(ids) + 1):
        ending = [ids[begin:end] for begin in range(end) if sum(signs[one] for one in ids[begin:end]) >= guard.size]
        runs += [min(ending, key=len)] if ending else []
    return max((runs.count(run) for run in runs), default=0) <= guard.anywhere


GUARDS = (
    *(LoopGuard(2, 9), LoopGuard(3, 9), LoopGuard(9, 1, 2), LoopGuard(9, 1, 3), LoopGuard(2, 2, 2), LoopGuard(2, 1)),
    *(LoopGuard(2, 2, 3, (1, 2, 3, 1)), LoopGuard(9, 1, 3, (1, 1, 2, 4)), LoopGuard(9, 2, 2, (1, 1, 2, 3))),
)


@pytest.mark.parametrize("guard", GUARDS)
def test_the_loop_guard_forbids_what_repeats_itself_and_nothing_else(guard: LoopGuard) -> None:
    limit = 6
    for sentence in range(3):
        found = best_of(sentence, limit, beam=2000, rules=replace(PLAIN, guards=(guard,)))
        expected = brute_force(sentence, limit, lambda ids: tidy(ids, guard))
        assert {one.ids for one in found} == {ids for ids, _ in expected}
        assert found[0].ids == expected[0][0]


@given(st.lists(st.integers(1, 3), max_size=14), st.sampled_from(GUARDS))
def test_a_token_is_forbidden_where_it_would_close_a_loop(written: list[int], guard: LoopGuard) -> None:
    if tidy(tuple(written), guard):
        assert guard.may_bite(written) or not guard.forbidden(written)
        assert guard.forbidden(written) == {token for token in (1, 2, 3) if not tidy((*written, token), guard)}


@given(st.lists(st.integers(1, 3), max_size=12))
def test_the_blocks_of_a_source_are_counted(ids: list[int]) -> None:
    most = in_a_row(ids)
    assert tidy(tuple(ids), LoopGuard(max(most, 2), 99))
    assert (most == 1) == all(
        ids[:-b][i:][:b] != ids[b:][i:][:b] for b in range(1, 7) for i in range(len(ids) - 2 * b + 1)
    )
    assert most <= 2 or not tidy(tuple(ids), LoopGuard(most - 1, 99))


def test_a_source_that_repeats_itself_may_be_answered_likewise() -> None:
    guard = LoopGuard()
    assert guard.for_source([7, 8]) == guard.for_source([]) == guard
    assert guard.for_source([7, 8, 9] * 4) == LoopGuard(4, 4, 3)
    words = LoopGuard(signs=[3 if one == 7 else 1 for one in range(10)])  # 7 alone is a word of three signs
    assert words.forbidden([7, 1, 7, 2]) == {7}
    assert words.for_source([1, 2, 3] * 3).forbidden([7, 1, 7, 2]) == set()

    def stutters(state: ToyState, last: Tensor) -> tuple[Tensor, ToyState]:
        scores, state = advance(state, last)
        scores[:, 1] += 50
        return scores, state

    rules = replace(PLAIN, guards=(guard, guard.for_source([5] * 6)))
    found = greedy_search(stutters, start([0, 0]), limits=torch.tensor([20, 20]), rules=rules).hypotheses
    for one, most in zip(found, (2, 6), strict=True):
        ids = (*one[0].ids, END)
        assert ids[:most] == (1,) * most
        assert ids[most] != 1


def test_rules_that_never_bite_change_no_bit() -> None:
    idle = replace(PLAIN, minimum=0, prefixes=((),) * 20, guards=(LoopGuard(99, 99),) * 20)
    for beam in (1, 4):
        plain, ruled = (beamed(list(range(20)), [9] * 20, beam=beam, rules=rules) for rules in (PLAIN, idle))
        assert plain.hypotheses == ruled.hypotheses


@pytest.mark.parametrize("beam", [1, 2, 5])
def test_every_hypothesis_carries_its_teacher_forced_log_probability(beam: int) -> None:
    for sentence in range(8):
        found = best_of(sentence, 6, beam=beam)
        assert 1 <= len(found) <= beam
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        for one in found:
            assert one.log_probability == pytest.approx(total(sentence, one.ids, one.ended), abs=1e-4)
            assert START not in one.ids


def test_a_beam_of_one_is_greedy() -> None:
    sentences, limits = list(range(20)), [6] * 20
    narrow = beamed(sentences, limits, beam=1).hypotheses
    greedy = greedy_search(advance, start(sentences), limits=torch.tensor(limits), rules=PLAIN).hypotheses
    assert [one[0].ids for one in narrow] == [one[0].ids for one in greedy]
    assert [one[0].rows for one in narrow] == [one[0].rows for one in greedy]
    assert [one[0].log_probability for one in narrow] == pytest.approx(
        [one[0].log_probability for one in greedy], abs=1e-4
    )


@pytest.mark.parametrize("beam", [1, 3])
def test_a_batch_gives_each_sentence_what_it_gets_alone(beam: int) -> None:
    limits = [2, 5, 7, 3, 6, 1]
    together = beamed(list(range(6)), limits, beam=beam)
    for sentence, limit in enumerate(limits):
        alone = beamed([sentence], [limit], beam=beam)
        assert [one.ids for one in together.hypotheses[sentence]] == [one.ids for one in alone.hypotheses[0]]
        ours, theirs = together.families[sentence], alone.families[0]
        assert [[one[:2] + one[3:] for one in step] for step in ours] == [
            [one[:2] + one[3:] for one in step] for step in theirs
        ]


def never_ends(state: ToyState, last: Tensor) -> tuple[Tensor, ToyState]:
    scores, state = advance(state, last)
    scores[:, END] = -1e4
    return scores, state


def test_the_limit_holds_and_a_cut_sentence_says_so() -> None:
    greedy = greedy_search(never_ends, start([0]), limits=torch.tensor([3]), rules=PLAIN)
    for found in (beamed([0], [3], beam=2, by=never_ends), greedy):
        assert not found.hypotheses[0][0].ended
        assert len(found.hypotheses[0][0].ids) == 3


@pytest.mark.parametrize("beam", [1, 2, 4])
def test_the_family_tree_tells_the_whole_search(beam: int) -> None:
    """Walked from any ended member back to the start, it gives a hypothesis; the best are kept, the rest pruned."""
    for sentence in range(6):
        found = beamed([sentence], [6], beam=beam)
        steps = found.families[0]
        told = []
        for number, step in enumerate(steps):
            totals = [one.log_probability for one in step]
            assert totals == sorted(totals, reverse=True)
            assert len(step) <= 2 * beam
            going = [one for one in step if one.token != END]
            assert [one.fate for one in going] == ["kept"] * min(beam, len(going)) + ["pruned"] * (len(going) - beam)
            for rank, one in enumerate(step):
                if one.token == END:
                    assert one.fate == ("ended" if rank < beam else "pruned")
                tokens, parent = [one.token], one.parent
                for earlier in reversed(steps[:number]):
                    above = [member for member in earlier if member.fate == "kept"][parent]
                    tokens.insert(0, above.token)
                    parent = above.parent
                ended = tokens[-1] == END
                ids = tuple(tokens[:-1] if ended else tokens)
                assert one.log_probability == pytest.approx(total(sentence, ids, ended), abs=1e-4)
                if one.fate == "ended":
                    told.append(ids)
        assert {one.ids for one in found.hypotheses[0] if one.ended} <= set(told)


@pytest.mark.parametrize("beam", [1, 3])
def test_the_rows_of_a_hypothesis_are_those_that_wrote_it(beam: int) -> None:
    """What the network kept of each step can be found again by these rows."""
    inputs: list[Tensor] = []

    def keeps(state: ToyState, last: Tensor) -> tuple[Tensor, ToyState]:
        inputs.append(last.clone())
        return advance(state, last)

    limits = [6, 3, 5, 6]
    for ask in (
        lambda: beamed([0, 1, 2, 3], limits, beam=beam, by=keeps),
        lambda: greedy_search(keeps, start([0, 1, 2, 3]), limits=torch.tensor(limits), rules=PLAIN),
    ):
        inputs.clear()
        for hypotheses in ask().hypotheses:
            for one in hypotheses:
                assert len(one.rows) == len(one.ids) + one.ended
                read = [int(last[row]) for last, row in zip(inputs, one.rows, strict=False)]
                assert read == [START, *one.ids][: len(one.rows)]


@given(
    rows=st.integers(1, 4),
    numbers=st.integers(1, 3000),
    count=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_the_largest_are_those_of_torch(rows: int, numbers: int, count: int, seed: int) -> None:
    count = min(count, numbers)
    values = torch.randn(rows, numbers, generator=torch.Generator().manual_seed(seed))
    values[values < -1] = float("-inf")
    best, place = largest(values, count)
    assert torch.equal(best, values.topk(count, dim=1).values)
    assert torch.equal(values.gather(1, place), best)


@pytest.fixture
def network() -> torch.nn.Module:
    torch.manual_seed(3)
    return TRANSLATORS["transformer"].build(vocabulary=40, model=32, heads=4, inner=64).double().eval()


@pytest.mark.parametrize("beam", [1, 4])
def test_a_network_translates_a_ragged_batch_as_it_does_one_by_one(network: torch.nn.Module, beam: int) -> None:
    sources = [[5], [7, 8, 9, 10, 11, 12], [20, 21], [30, 4, 5, 6], [9] * 9]
    together = translate_ids(network, sources, beam=beam, batch=3)
    assert together == [list(search(network, [source], beam=beam).hypotheses[0][0].ids) for source in sources]


def test_the_score_of_a_search_is_the_teacher_forced_log_probability(network: torch.nn.Module) -> None:
    source = [7, 8, 9, 10]
    found = search(network, [source], beam=4).hypotheses[0][0]
    outputs = [*found.ids, 3] if found.ended else list(found.ids)
    decoded = network(torch.tensor([[*source, 3]]), torch.tensor([[2, *outputs[:-1]]]))
    scores = decoded.logits[0].detach().log_softmax(-1).gather(1, torch.tensor(outputs)[:, None])
    assert found.log_probability == pytest.approx(float(scores.sum()), abs=1e-5)
    assert len(outputs) <= length_limit(len(source))
    assert not {0, 1, 2} & set(outputs)  # padding, the unknown mark and the start mark are never written


def test_given_translations_are_scored_in_a_ragged_batch(network: torch.nn.Module) -> None:
    sources = [[5], [7, 8, 9, 10, 11, 12], [20, 21]]
    targets = [[9, 8, 7, 6], [], [30]]
    for source, target, scores in zip(sources, targets, score_ids(network, sources, targets), strict=True):
        decoded = network(torch.tensor([[*source, 3]]), torch.tensor([[2, *target]]))
        torch.testing.assert_close(scores, decoded.logits[0].float().log_softmax(-1), rtol=0, atol=1e-6)


@pytest.mark.parametrize("beam", [1, 4])
def test_a_network_goes_on_from_prefixes_of_different_lengths(network: torch.nn.Module, beam: int) -> None:
    sources, prefixes = [[5, 6], [7, 8, 9], [20]], [[], [12, 13, 1], [30]]
    found = search(network, sources, beam=beam, prefixes=prefixes).hypotheses
    for source, prefix, hypotheses in zip(sources, prefixes, found, strict=True):
        one = hypotheses[0]
        assert list(one.ids[: len(prefix)]) == prefix
        alone = search(network, [source], beam=beam, prefixes=[prefix]).hypotheses[0][0]
        assert alone.ids == one.ids
        (scores,) = score_ids(network, [source], [one.ids])
        tokens = torch.tensor([*one.ids, 3] if one.ended else one.ids)
        written = scores[: len(tokens)].gather(1, tokens[:, None]).sum()
        assert one.log_probability == pytest.approx(float(written), abs=1e-4)


def test_a_translation_is_never_empty(network: torch.nn.Module) -> None:
    with torch.no_grad():
        network.embedding.weight[3] *= 50  # now and then the end mark is by far the best
    sources = [[number] for number in range(4, 36)]
    empty = [not hypotheses[0].ids for hypotheses in search(network, sources, beam=3, minimum=0).hypotheses]
    assert any(empty)
    assert all(hypotheses[0].ids for hypotheses in search(network, sources, beam=3).hypotheses)
