"""Beam search: keep the few best beginnings at every step, and the best whole sentence at the end.

Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks", section 3.2, with
scores divided by length (Jean et al. 2015; Murray and Chiang 2018), since a sum of logarithms
favours short sentences. Works on a batch of sentences; each gets what it would get alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqdemo.decoding.next_token import Advance, Hypothesis


def beam_search(
    advance: Advance,
    state: Any,
    limits: Tensor,
    *,
    beam: int,
    start: int,
    end: int,
    forbidden: tuple[int, ...] = (),
    normalisation: float = 1.0,
) -> list[list[Hypothesis]]:
    """For each sentence its hypotheses, best score first, at most `beam` of them.

    state: a row for each sentence. limits: [batch], the most tokens each may get, end mark included.
    A sentence is done when `beam` hypotheses have ended, or at its limit. `forbidden` tokens are never written.
    """
    device = limits.device
    batch = len(limits)
    done: list[list[Hypothesis]] = [[] for _ in range(batch)]
    active = list(range(batch))  # sentences still being written, in the order of the rows
    state = state.select(torch.arange(batch, device=device).repeat_interleave(beam))
    last = torch.full((batch * beam,), start, device=device)
    written = torch.empty((batch, beam, 0), dtype=torch.long, device=device)
    totals = torch.full((batch, beam), float("-inf"), device=device)
    totals[:, 0] = 0.0  # at first all rows of a sentence are the same: only one may be continued
    for length in range(1, int(limits.max()) + 1):
        scores, state = advance(state, last)
        vocab = scores.shape[-1]
        scores = scores.clone()
        scores[:, list(forbidden)] = float("-inf")
        sums = (totals[..., None] + scores.view(len(active), beam, vocab)).flatten(1)  # [active, beam * vocab]
        # beam * 2 candidates: at most `beam` of them end, so `beam` that go on are always among them
        best, place = sums.topk(min(2 * beam, sums.shape[1]), dim=-1)
        parent, token = place // vocab, place % vocab
        goes_on = (token != end) & best.isfinite()
        at_limit = limits[active] <= length

        ends = (token == end) & best.isfinite()
        for row, rank in ends[:, :beam].nonzero().tolist():  # an ending counts only among the `beam` best
            ids = written[row, parent[row, rank]].tolist()
            done[active[row]].append(_hypothesis(ids, float(best[row, rank]), True, normalisation))

        # the `beam` best that go on, in order of rank
        order = torch.argsort((~goes_on).to(torch.int8), dim=-1, stable=True)[:, :beam]
        totals = best.gather(1, order).masked_fill(~goes_on.gather(1, order), float("-inf"))
        parent, token = parent.gather(1, order), token.gather(1, order)
        written = torch.cat((written.gather(1, parent[..., None].expand(-1, -1, length - 1)), token[..., None]), dim=-1)

        keep = []
        for row, sentence in enumerate(active):
            full = len(done[sentence]) >= beam or not bool(totals[row].isfinite().any())
            if bool(at_limit[row]) and not done[sentence]:
                done[sentence] = [
                    _hypothesis(ids.tolist(), float(log), False, normalisation)
                    for ids, log in zip(written[row], totals[row], strict=True)
                    if bool(log.isfinite())
                ]
            if not full and not bool(at_limit[row]):
                keep.append(row)
        if not keep:
            break
        rows = torch.tensor(keep, device=device)
        state = state.select((rows[:, None] * beam + parent[rows]).flatten())
        last = token[rows].flatten()
        written, totals = written[rows], totals[rows]
        active = [active[row] for row in keep]
    return [sorted(found, key=lambda hypothesis: -hypothesis.score)[:beam] for found in done]


def _hypothesis(ids: list[int], log_probability: float, ended: bool, normalisation: float) -> Hypothesis:
    length = len(ids) + ended
    return Hypothesis(tuple(ids), log_probability, log_probability / length**normalisation, ended)
