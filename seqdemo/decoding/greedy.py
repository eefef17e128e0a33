"""Greedy search: write the most probable token, then the next, and never look back."""

from __future__ import annotations

from typing import Any

import torch

from seqdemo.decoding.next_token import Advance, Hypothesis


def greedy_search(
    advance: Advance,
    state: Any,
    limits: torch.Tensor,
    *,
    start: int,
    end: int,
    forbidden: tuple[int, ...] = (),
    normalisation: float = 1.0,
) -> list[Hypothesis]:
    """One hypothesis a sentence. limits: [batch], the most tokens each may get, end mark included.

    `forbidden` tokens are never written (padding, start mark); their probability stays in the sum.
    """
    rows = len(limits)
    last = torch.full((rows,), start, device=limits.device)
    written: list[list[int]] = [[] for _ in range(rows)]
    total = [0.0] * rows
    ended = [False] * rows
    active = list(range(rows))  # the sentence that each row of the state belongs to
    for length in range(1, int(limits.max()) + 1):
        scores, state = advance(state, last)
        scores = scores.clone()
        scores[:, list(forbidden)] = float("-inf")
        best, token = scores.max(dim=-1)
        keep = []
        for row, sentence in enumerate(active):
            total[sentence] += float(best[row])
            ended[sentence] = int(token[row]) == end
            if not ended[sentence]:
                written[sentence].append(int(token[row]))
                if length < int(limits[sentence]):
                    keep.append(row)
        if not keep:
            break
        if len(keep) < len(active):
            kept = torch.tensor(keep, device=limits.device)
            state, token = state.select(kept), token[kept]
            active = [active[row] for row in keep]
        last = token
    return [
        Hypothesis(tuple(ids), log, log / (len(ids) + done) ** normalisation, done)
        for ids, log, done in zip(written, total, ended, strict=True)
    ]
