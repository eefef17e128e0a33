"""What came of a visitor's changes: the run as it was beside the run as it is now, and how sure each is of both.

Four log-probabilities make a fair comparison: the network as it was and the changed one, each asked about the old
translation and about the new one (teacher forcing). The old translation may have become less likely, the new one more,
or only the search may have gone another way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqdemo.interventions.changes import Change, HeadOff, RowSet
from seqdemo.records import ClassificationRecord, Floats, Notice, RecordError, TranslationRecord


@dataclass(frozen=True)
class Scores:
    """Log-probabilities (natural logarithm, end mark included) of the old and the new translation."""

    plain_old: float  # the network and source as they were
    plain_new: float
    changed_old: float  # with the changes
    changed_new: float


@dataclass(frozen=True)
class TranslationOutcome:
    """One translator, once as it is and once with a visitor's changes."""

    plain: TranslationRecord
    changed: TranslationRecord  # the very same record where nothing was applied
    applied: tuple[Change, ...]
    dropped: tuple[Notice, ...]  # a word for each change that does not fit
    scores: Scores
    inside: bool  # False where the network and the source are as they were, and only the beginning was forced


@dataclass(frozen=True)
class ClassificationOutcome:
    """One classifier, once as it is and once with a visitor's changes."""

    plain: ClassificationRecord
    changed: ClassificationRecord
    applied: tuple[Change, ...]
    dropped: tuple[Notice, ...]

    def __post_init__(self) -> None:
        if self.plain.labels != self.changed.labels:
            raise RecordError(f"labels: {self.changed.labels} came, {self.plain.labels} were expected")

    @property
    def difference(self) -> Floats:
        """[label]: the change in the probability of each class after the last word."""
        return np.asarray(self.changed.probabilities - self.plain.probabilities)

    @property
    def log_probabilities(self) -> NDArray[np.float64]:
        """[2, label]: each class after the last word, before and after the changes; natural logarithm."""
        shares = np.stack([self.plain.probabilities, self.changed.probabilities]).astype(np.float64)
        return np.log(np.maximum(shares, np.finfo(np.float32).tiny))

    @property
    def places(self) -> tuple[tuple[int | None, int | None], ...]:
        """Which word of the changed text stands where one of the old text stood; None: it is gone, or new."""
        return paired(self.plain.words, self.changed.words)


Outcome = TypeVar("Outcome", ClassificationOutcome, TranslationOutcome)


def dropped_inside(change: Change) -> Notice:
    """A change inside a network in words, for the visitor who asks where it went."""
    if isinstance(change, HeadOff):
        return Notice("edit_dropped_head", {"layer": change.layer + 1, "head": change.head + 1, "model": change.model})
    if isinstance(change, RowSet):
        return Notice("edit_dropped_row", {"query": change.query_token, "key": change.key_token})
    return Notice("edit_dropped_other")


def as_asked(found: Outcome, plain: Any, **served: Any) -> Outcome:
    """Another lab's outcome as one of `plain`, served under the asker's name; unchanged, it is the very same record."""
    changed = plain if found.changed is found.plain else replace(found.changed, **served)
    return replace(found, plain=plain, changed=changed)


def paired(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[int | None, int | None], ...]:
    """Two texts side by side, place by place.

    >>> paired(("a", "red", "old", "dog"), ("a", "blue", "dog", "runs"))
    ((0, 0), (1, 1), (2, None), (3, 2), (None, 3))
    """
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        pair for _, *edges in blocks for pair in zip_longest(range(edges[0], edges[1]), range(edges[2], edges[3]))
    )


def differing(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Which tokens of the old are gone, and which of the new were not there.

    >>> differing(("a", "red", "dog"), ("a", "dog", "runs"))
    ((False, True, False), (False, False, True))
    """
    gone, fresh = [True] * len(old), [True] * len(new)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        gone[block.a : block.a + block.size] = [False] * block.size
        fresh[block.b : block.b + block.size] = [False] * block.size
    return tuple(gone), tuple(fresh)
