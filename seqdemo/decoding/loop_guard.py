"""What a translation may not go on with, because it would only turn in circles.

A network that is at a loss repeats itself: what it has just written makes the same again more
probable (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 2). Paulus et
al. 2018, "A Deep Reinforced Model for Abstractive Summarization", section 2.5, never let a search
write the same three tokens twice. That also forbids "a red house and a red house"; twice is normal,
a third time hardly ever is, unless the source does it too: "no, no, no, no!".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class LoopGuard:
    """No block of tokens stands more than `in_a_row` times in a row, no `size` tokens more than `anywhere` times."""

    in_a_row: int = 2
    anywhere: int = 2
    size: int = 3

    def __post_init__(self) -> None:
        if min(self.in_a_row, self.size) < 2 or self.anywhere < 1:
            raise ValueError(f"in_a_row and size are at least 2, anywhere at least 1; {self} came")

    def for_source(self, source: Sequence[int]) -> LoopGuard:
        """The guard of a translation of these ids, which may repeat as much as they do."""
        runs = Counter(zip(*(source[shift:] for shift in range(self.size)), strict=False))
        return LoopGuard(max(self.in_a_row, in_a_row(source)), max(self.anywhere, *runs.values(), 0), self.size)

    def forbidden(self, written: Sequence[int]) -> set[int]:
        """The tokens that would close one round too many after `written`."""
        found, length = set(), len(written)
        for block in range(1, (length + 1) // (self.in_a_row + 1) + 1):
            begin = length - (self.in_a_row * block - 1)  # so much must be as it was one block earlier
            if written[begin:] == written[begin - block : length - block]:
                found.add(written[length - block])
        newest = written[length - self.size + 1 :] if self.size > 1 else written[:0]
        followers = Counter(
            written[place + self.size - 1]
            for place in range(length - self.size + 1)
            if written[place : place + self.size - 1] == newest
        )
        return found | {token for token, count in followers.items() if count >= self.anywhere}


def in_a_row(ids: Sequence[int]) -> int:
    """How often some block of ids stands in a row at most: 3 for "a b c b c b c", 1 where nothing is repeated."""
    most = 1
    for block in range(1, len(ids) // 2 + 1):
        same = 0  # ids so far that are as they were one block earlier
        for place in range(block, len(ids)):
            same = same + 1 if ids[place] == ids[place - block] else 0
            most = max(most, same // block + 1)
    return most
