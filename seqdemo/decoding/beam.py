"""Beam search: keep the few best beginnings at every step, and the best whole sentence at the end.

Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 3.2, with
scores divided by length (Jean et al. 2015; Murray and Chiang 2018), since a sum of logarithms
favours short sentences. Works on a batch of sentences; each gets what it would get alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqdemo.decoding.family import Step
from seqdemo.decoding.largest import largest
from seqdemo.decoding.next_token import Advance, Found, Hypothesis
from seqdemo.decoding.rules import Rules


def beam_search(
    advance: Advance, state: Any, *, limits: Tensor, rules: Rules, beam: int, normalisation: float = 1.0
) -> Found:
    """For each sentence its hypotheses, best score first, at most `beam` of them, and the family tree.

    state: a row for each sentence. limits: [batch], the most tokens each may get, end mark included.
    A sentence is done when `beam` hypotheses have ended, or at its limit.
    """
    device = limits.device
    most = limits.tolist()
    done: list[list[Hypothesis]] = [[] for _ in most]
    steps: list[Step] = []
    active = list(range(len(most)))  # sentences still being written, in the order of the rows
    width = 1  # rows of a sentence: one at first, since all would be the same
    last = torch.full((len(most),), rules.start, device=device)
    totals = torch.zeros((len(most), 1), device=device)
    written = torch.empty((len(most), 1, 0), dtype=torch.long, device=device)  # [active, width, length]
    path = written  # likewise: the row of the state that wrote each token
    for length in range(1, max(most) + 1):
        scores, state = advance(state, last)
        scores = rules.restrict(scores, written.flatten(0, 1), [one for one in active for _ in range(width)])
        vocab = scores.shape[-1]
        sums = (scores.view(len(active), width, vocab).add_(totals[..., None])).flatten(1)  # [active, width * vocab]
        # beam * 2 candidates: at most `beam` of them end, so `beam` that go on are always among them
        best, place = largest(sums, min(2 * beam, sums.shape[1]))
        parent, token = place // vocab, place % vocab
        row = torch.arange(len(active), device=device)[:, None] * width + parent
        possible = best.isfinite()
        is_end = token == rules.end
        ends = is_end & possible
        ends[:, beam:] = False  # an ending counts only among the `beam` best
        goes_on = possible & ~is_end

        for sentence, rank in ends.nonzero().tolist():
            before = int(parent[sentence, rank])
            ids, rows = written[sentence, before].tolist(), path[sentence, before].tolist()
            rows.append(int(row[sentence, rank]))
            done[active[sentence]].append(_hypothesis(ids, float(best[sentence, rank]), True, rows, normalisation))

        # the `beam` best that go on, in order of rank
        kept = torch.argsort((~goes_on).to(torch.int8), dim=-1, stable=True)[:, :beam]
        steps.append(Step(active, token, parent, best, kept.masked_fill(~goes_on.gather(1, kept), -1), ends))
        totals = best.gather(1, kept).masked_fill(~goes_on.gather(1, kept), float("-inf"))
        parent, token, row = parent.gather(1, kept), token.gather(1, kept), row.gather(1, kept)
        line = parent[..., None].expand(-1, -1, length - 1)
        written = torch.cat((written.gather(1, line), token[..., None]), dim=-1)
        path = torch.cat((path.gather(1, line), row[..., None]), dim=-1)
        width = kept.shape[1]

        keep = []
        alive = totals.isfinite().any(dim=1).tolist()
        for number, sentence in enumerate(active):
            at_limit = most[sentence] <= length
            if at_limit and not done[sentence]:
                done[sentence] = [
                    _hypothesis(ids.tolist(), float(log), False, rows.tolist(), normalisation)
                    for ids, log, rows in zip(written[number], totals[number], path[number], strict=True)
                    if bool(log.isfinite())
                ]
            if alive[number] and not at_limit and len(done[sentence]) < beam:
                keep.append(number)
        if not keep:
            break
        if len(keep) < len(active):
            chosen = torch.tensor(keep, device=device)
            row, token, totals, written, path = (part[chosen] for part in (row, token, totals, written, path))
            active = [active[number] for number in keep]
        state = state.select(row.flatten())
        last = token.flatten()
    hypotheses = [sorted(found, key=lambda hypothesis: -hypothesis.score)[:beam] for found in done]
    return Found(hypotheses, steps, state)


def _hypothesis(ids: list[int], log: float, ended: bool, rows: list[int], normalisation: float) -> Hypothesis:
    return Hypothesis(tuple(ids), log, log / len(rows) ** normalisation, ended, tuple(rows))
