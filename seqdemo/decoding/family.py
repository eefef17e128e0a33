"""The family tree of a beam search: at each step who was considered, whose child it was, and who went on.

It shows what a beam is for: a beginning that looked second best may win, and one that looked best
may have no child among the next few.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

FATES = ("kept", "ended", "pruned")


class Step(NamedTuple):
    """One step of a beam search as it was computed. The candidates of a sentence stand best first."""

    sentences: list[int]  # those still being written, in the order of the rows below
    tokens: Tensor  # [sentence, candidate]
    parents: Tensor  # [sentence, candidate]: place among those kept at the step before
    totals: Tensor  # [sentence, candidate]: log-probability from the start; -inf: no candidate at all
    kept: Tensor  # [sentence, beam]: the candidates that may go on, best first (-inf among them do not)
    ended: Tensor  # [sentence, candidate], True where a whole sentence was found


class Member(NamedTuple):
    """One candidate of one step."""

    token: int
    parent: int  # place among the kept members of the step before, in their order; 0 at the first step
    log_probability: float  # of everything from the start mark to this token
    fate: str  # one of FATES


def family(steps: list[Step], sentence: int) -> tuple[tuple[Member, ...], ...]:
    """For one sentence the members of each step, best first, as long as it was being written."""
    result = []
    for step in steps:
        if sentence not in step.sentences:
            break
        row = step.sentences.index(sentence)
        kept, ended = set(step.kept[row].tolist()), step.ended[row].tolist()
        columns = (step.tokens[row].tolist(), step.parents[row].tolist(), step.totals[row].tolist())
        members = [
            Member(token, parent, total, "ended" if ended[place] else "kept" if place in kept else "pruned")
            for place, (token, parent, total) in enumerate(zip(*columns, strict=True))
            if total != float("-inf")
        ]
        result.append(tuple(members))
    return tuple(result)
