"""What a visitor may change about one run: a frozen record for each kind of change. All numbers count from 0.

A change that means a token or a word names it. So when the text changes, the change is either still about the same
word or it is dropped; it never slides to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from seqdemo.records import KINDS, RecordError


@dataclass(frozen=True)
class HeadOff:
    """What this head found is thrown away."""

    model: str
    kind: str  # of attention: one of seqdemo.records.KINDS
    layer: int
    head: int

    def __post_init__(self) -> None:
        _kind(self.kind)


@dataclass(frozen=True)
class RowSet:
    """One row of one head gives all of its attention to one key."""

    model: str
    kind: str
    layer: int
    head: int
    query: int
    key: int
    query_token: str
    key_token: str

    def __post_init__(self) -> None:
        _kind(self.kind)


@dataclass(frozen=True)
class WordReplaced:
    """Another word, or several, or none, in place of the tokens from first to last."""

    first: int
    last: int
    word: str  # the tokens that stand there, joined
    by: str  # "": they are taken out


@dataclass(frozen=True)
class WordHidden:
    """A translator: nothing may look at these tokens. A classifier: it reads <unk> instead."""

    first: int
    last: int
    word: str


@dataclass(frozen=True)
class Begun:
    """A translation that must begin with these sub-words. made_for: `mark_of` the source text."""

    model: str
    made_for: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """A translation that must begin with this text, whatever the source is."""

    text: str


@dataclass(frozen=True)
class UnitHeld:
    """A hidden unit of a recurrent classifier is held at a value after every word."""

    model: str
    unit: int
    value: float


Change = HeadOff | RowSet | WordReplaced | WordHidden | Begun | Typed | UnitHeld


@dataclass(frozen=True)
class Changes:
    """All changes at once, in the order in which they were made; shown: the views show the changed run."""

    made: tuple[Change, ...] = ()
    shown: bool = False

    def about(self, model: str) -> tuple[Change, ...]:
        """Those that concern a model: its own, and those of the text."""
        return tuple(one for one in self.made if getattr(one, "model", model) == model)


def clashing(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Those that cannot stand beside the others: of two about one word the later, of two beginnings the earlier.

    >>> clashing((WordHidden(1, 2, "ab"), Typed("Ein"), WordReplaced(2, 2, "b", "c"), Typed("Der")))
    (WordReplaced(first=2, last=2, word='b', by='c'), Typed(text='Ein'))
    """
    taken: set[int] = set()
    found: list[Change] = []
    for change in changes:
        if isinstance(change, WordReplaced | WordHidden):
            places = set(range(change.first, change.last + 1))
            if taken & places:
                found.append(change)
            else:
                taken |= places
    beginnings: list[Change] = [change for change in changes if isinstance(change, Begun | Typed)]
    return (*found, *beginnings[:-1])


def mark_of(text: str) -> str:
    """Eight digits by which a text is known again.

    >>> mark_of("A dog runs.")
    '379b4320'
    """
    return f"{crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def _kind(kind: str) -> None:
    if kind not in KINDS:
        raise RecordError(f"kind: {kind!r} came, one of {KINDS} was expected")
