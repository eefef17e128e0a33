"""What a translation may not go on with, because it would only turn in circles.

A network that is at a loss repeats itself: what it has just written makes the same again more
probable (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 2). Paulus et
al. 2018, "A Deep Reinforced Model for Abstractive Summarization", section 2.5, never let a search
write the same three tokens twice. That also forbids "a red house and a red house"; twice is normal,
a third time hardly ever is, unless the source does it too: "no, no, no, no!".

Three tokens are about three words, but a token of Chinese may be a word of three signs, and a sentence that names it
five times is in a circle as well. So what is counted are runs of three signs, where a token says how many it spells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class LoopGuard:
    """No block of tokens stands more than `in_a_row` times in a row, no `size` signs more than `anywhere` times."""

    in_a_row: int = 2
    anywhere: int = 2
    size: int = 3
    signs: Sequence[int] = field(default=(), repr=False, compare=False)  # that each token spells; (): one each

    def __post_init__(self) -> None:
        if min(self.in_a_row, self.size) < 2 or self.anywhere < 1:
            raise ValueError(f"in_a_row and size are at least 2, anywhere at least 1; {self} came")

    def for_source(self, source: Sequence[int]) -> LoopGuard:
        """The guard of a translation of these ids, which may repeat as much as they do."""
        runs = Counter(zip(*(source[shift:] for shift in range(self.size)), strict=False))
        most = max(self.anywhere, *runs.values(), 0)
        return replace(self, in_a_row=max(self.in_a_row, in_a_row(source)), anywhere=most)

    def forbidden(self, written: Sequence[int]) -> set[int]:
        """The tokens that would close one round too many after `written`."""
        found, length = set(), len(written)
        for block in range(1, (length + 1) // (self.in_a_row + 1) + 1):
            begin = length - (self.in_a_row * block - 1)  # so much must be as it was one block earlier
            if written[begin:] == written[begin - block : length - block]:
                found.add(written[length - block])
        often = {token for token, count in Counter(written).items() if count >= self.anywhere}
        closed: Counter[int] = Counter()  # token -> how often it has closed the run that it would close now
        for place, token in enumerate(written if often else ()):
            run = self._run(written, place) if token in often else None
            if run is not None and written[run:place] == written[length - (place - run) :]:
                closed[token] += 1
        return found | {token for token, count in closed.items() if count >= self.anywhere}

    def may_bite(self, written: Sequence[int]) -> bool:
        """Can anything be forbidden after `written`? Where this says no, `forbidden` is empty."""
        if self.signs:
            return len(set(written)) < len(written) or self.anywhere == 1
        return bool(written) and written[-1] in written[:-1]  # no loop closes without an old token

    def _run(self, ids: Sequence[int], place: int) -> int | None:
        """Where the shortest run of `size` signs or more begins that ends with the token at `place`."""
        if not self.signs:
            return place - self.size + 1 if place >= self.size - 1 else None
        begin, spelt = place, self.signs[ids[place]]
        while spelt < self.size and begin:
            begin -= 1
            spelt += self.signs[ids[begin]]
        return begin if spelt >= self.size else None


def in_a_row(ids: Sequence[int]) -> int:
    """How often some block of ids stands in a row at most: 3 for "a b c b c b c", 1 where nothing is repeated."""
    most = 1
    for block in range(1, len(ids) // 2 + 1):
        same = 0  # ids so far that are as they were one block earlier
        for place in range(block, len(ids)):
            same = same + 1 if ids[place] == ids[place - block] else 0
            most = max(most, same // block + 1)
    return most
