"""The family tree of a beam search: at each step who was considered, whose child it was, and who went on.

It shows what a beam is for: a beginning that looked second best may win, and one that looked best
may have no child among the next few.
"""

from __future__ import annotations

from typing import NamedTuple

KEPT, ENDED, PRUNED = FATES = ("kept", "ended", "pruned")


class Member(NamedTuple):
    """One candidate of one step."""

    token: int
    parent: int  # place among the kept members of the step before, in their order; 0 at the first step
    log_probability: float  # of everything from the start mark to this token
    fate: str  # one of FATES


Family = list[tuple[Member, ...]]  # the members of each step, best first
