"""Some words of a text replaced, and where everything else stands afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Span = tuple[int, int]  # first character, and the one after the last


class Replacement(NamedTuple):
    """One place in the old text, and what comes there; "": nothing, and the blank before it goes too."""

    span: Span
    by: str


class Replaced(NamedTuple):
    """text: the new one; moved: place of a character in the old text -> its place in the new one."""

    text: str
    moved: Callable[[int], int]


def replace_words(text: str, replacements: Sequence[Replacement]) -> Replaced:
    """Blanks at the begin of a span stay, so that a sub-word's own blank is not lost; they go with a word taken out.

    >>> replace_words("a red dog", [Replacement((1, 5), "blue"), Replacement((5, 9), "")]).text
    'a blue'
    """
    pieces, shifts, at = [], [], 0
    for (begin, end), by in sorted(replacements):
        blanks = len(text[begin:end]) - len(text[begin:end].lstrip())
        keep = begin + blanks if by.strip() else begin
        pieces += [text[at:keep], by.strip()]
        shifts.append((end, len(by.strip()) - (end - keep)))
        at = end
    pieces.append(text[at:])
    return Replaced("".join(pieces), lambda place: place + sum(shift for end, shift in shifts if place >= end))


def overlapping(spans: Sequence[Span], wanted: Span) -> list[int]:
    """Numbers of the spans that share a character with the one wanted."""
    begin, end = wanted
    return [number for number, (first, after) in enumerate(spans) if first < end and after > begin]


def bare(text: str, span: Span) -> Span:
    """The span without the blanks at its ends."""
    begin, end = span
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end
