"""Greedy search: write the most probable token, then the next, and never look back."""

from __future__ import annotations

from typing import Any

import torch

from seqdemo.decoding.next_token import Advance, Found, Hypothesis
from seqdemo.decoding.rules import IDLE, Rules


def greedy_search(
    advance: Advance, state: Any, *, limits: torch.Tensor, rules: Rules, normalisation: float = 1.0
) -> Found:
    """One hypothesis a sentence. limits: [batch], the most tokens each may get, end mark included.

    The probability of tokens that the rules forbid stays in the sum.
    """
    most = limits.tolist()
    ids: list[list[int]] = [[] for _ in most]
    rows: list[list[int]] = [[] for _ in most]
    total = [0.0] * len(most)
    ended = [False] * len(most)
    active = list(range(len(most)))  # the sentence that each row of the state belongs to
    last = torch.full((len(most),), rules.start, device=limits.device)
    for length in range(max(most)):
        scores, state = advance(state, last)
        written = [ids[sentence] for sentence in active]
        best, token = rules.restrict(scores, written, sentences=active, length=length).max(dim=-1)
        keep = []
        for row, (sentence, log, chosen) in enumerate(zip(active, best.tolist(), token.tolist(), strict=True)):
            if len(rows[sentence]) < length:
                continue  # it is finished already
            total[sentence] += log
            rows[sentence].append(row)
            ended[sentence] = chosen == rules.end
            if not ended[sentence]:
                ids[sentence].append(chosen)
                if length + 1 < most[sentence]:
                    keep.append(row)
        if not keep:
            break
        if len(keep) <= len(active) * (1 - IDLE):
            kept = torch.tensor(keep, device=limits.device)
            state, token = state.select(kept), token[kept]
            active = [active[row] for row in keep]
        last = token
    hypotheses = [
        [Hypothesis(tuple(one), log, log / max(len(path), 1) ** normalisation, done, tuple(path))]
        for one, log, done, path in zip(ids, total, ended, rows, strict=True)
    ]
    return Found(hypotheses, [], state)
