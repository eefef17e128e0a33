"""Beam search: keep the few best beginnings at every step, and the best whole sentence at the end.

Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 3.2, with
scores divided by length (Jean et al. 2015; Murray and Chiang 2018), since a sum of logarithms
favours short sentences. Works on a batch of sentences; each gets what it would get alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.decoding.family import ENDED, KEPT, PRUNED, Member
from seqdemo.decoding.largest import largest
from seqdemo.decoding.next_token import Advance, Found, Hypothesis
from seqdemo.decoding.rules import IDLE, NEVER, Rules


class Beginning(NamedTuple):
    """What was written of a sentence so far, in one of the ways that are kept."""

    ids: tuple[int, ...]
    rows: tuple[int, ...]  # the row of the state that wrote each
    total: float  # log-probability

    def then(self, token: int, row: int, total: float) -> Beginning:
        """One token more, written by this row."""
        return Beginning((*self.ids, token), (*self.rows, row), total)


def beam_search(
    advance: Advance, state: Any, *, limits: Tensor, rules: Rules, beam: int, normalisation: float = 1.0
) -> Found:
    """For each sentence its hypotheses, best score first, at most `beam` of them, and its family tree.

    state: a row for each sentence. limits: [batch], the most tokens each may get, end mark included.
    A sentence is done when `beam` hypotheses have ended, or at its limit.
    """
    device, most = limits.device, limits.tolist()
    done: list[list[Hypothesis]] = [[] for _ in most]
    families: list[list[tuple[Member, ...]]] = [[] for _ in most]
    kept = {sentence: [Beginning((), (), 0.0)] for sentence in range(len(most))}  # one: all rows would be the same
    last = torch.full((len(most),), rules.start, device=device)
    for length in range(1, max(most) + 1):
        scores, state = advance(state, last)
        owners = [sentence for sentence, beginnings in kept.items() for _ in beginnings]
        written = [beginning for beginnings in kept.values() for beginning in beginnings]
        scores = rules.restrict(scores, [one.ids for one in written], sentences=owners, length=length - 1)
        vocab, width = scores.shape[1], len(written) // len(kept)
        sums = scores.add_(torch.tensor([[one.total] for one in written], device=device)).view(len(kept), -1)
        # beam * 2 candidates: at most `beam` of them end, so `beam` that go on are always among them
        best, places = (found.tolist() for found in largest(sums, min(2 * beam, sums.shape[1])))

        going: dict[int, list[Beginning]] = {}
        for number, (sentence, before) in enumerate(kept.items()):
            members: list[Member] = []
            next_ones: list[Beginning] = []
            for rank, (total, place) in enumerate(zip(best[number], places[number], strict=True)):
                parent, token = divmod(place, vocab)
                if total == NEVER:
                    break
                fate = PRUNED
                if token != rules.end and len(next_ones) < beam:
                    fate = KEPT
                    next_ones.append(before[parent].then(token, number * width + parent, total))
                elif token == rules.end and rank < beam:  # an ending counts only among the `beam` best
                    fate = ENDED
                    rows = (*before[parent].rows, number * width + parent)
                    done[sentence].append(_hypothesis(before[parent].ids, total, True, rows, normalisation))
                members.append(Member(token, parent, total, fate))
            if members:  # none: it is finished already
                families[sentence].append(tuple(members))
            if length == most[sentence] and not done[sentence]:
                done[sentence] = [_hypothesis(*one[::2], False, one.rows, normalisation) for one in next_ones]
            if next_ones and length < most[sentence] and len(done[sentence]) < beam:
                going[sentence] = next_ones
        if not going:
            break
        if len(going) > len(kept) * (1 - IDLE):  # what is finished stays for a while, in rows of no probability
            going = {
                sentence: going.get(sentence, [Beginning(before[0].ids, (number * width,), NEVER)])
                for number, (sentence, before) in enumerate(kept.items())
            }
        width = max(map(len, going.values()))
        kept = {sentence: _filled(beginnings, width) for sentence, beginnings in going.items()}
        newest = [one for beginnings in kept.values() for one in beginnings]
        state = state.select(torch.tensor([one.rows[-1] for one in newest], device=device))
        last = torch.tensor([one.ids[-1] if one.ids else rules.end for one in newest], device=device)
    hypotheses = [sorted(found, key=lambda one: -one.score)[:beam] for found in done]
    return Found(hypotheses, families, state)


def _filled(beginnings: list[Beginning], width: int) -> list[Beginning]:
    """All sentences have as many rows: where there are too few beginnings, one of no probability fills the place."""
    return beginnings + [beginnings[0]._replace(total=NEVER)] * (width - len(beginnings))


def _hypothesis(
    ids: tuple[int, ...], total: float, ended: bool, rows: tuple[int, ...], normalisation: float
) -> Hypothesis:
    return Hypothesis(ids, total, total / len(rows) ** normalisation, ended, rows)
