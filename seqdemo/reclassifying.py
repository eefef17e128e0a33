"""A text read again by a classifier with a visitor's changes, beside the reading as it was.

As in `retranslating.py`, each change is first held against the text; one that no longer fits is dropped and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import Reading, classified, pieces_of, read_text
from seqdemo.interventions.changes import Change, HeadOff, RowSet, UnitHeld, WordHidden, WordReplaced, clashing
from seqdemo.interventions.outcome import ClassificationOutcome, dropped_inside
from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.models.edits import ClassifierEdits
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.records import ClassificationRecord, Notice, Source
from seqdemo.text.as_read import as_read
from seqdemo.text.replacing import Replacement, Span, overlapping, replace_words


@torch.inference_mode()
def reclassified(
    opened: Checkpoint, plain: ClassificationRecord, changes: Sequence[Change], *, source: Source
) -> ClassificationOutcome:
    """plain: a record of the same checkpoint. Raises Problem for a text that cannot be read."""
    clashes = clashing(changes)
    told = [Notice("edit_dropped_clash") for _ in clashes[:1]]
    changes = [change for change in changes if change not in clashes]
    applied = [change for change in changes if _fits(change, plain, opened)]
    lost = [change for change in changes if change not in applied]
    if not applied:
        return ClassificationOutcome(plain, plain, (), (*told, *map(_dropped, lost)))
    words = [one for one in applied if isinstance(one, WordReplaced)]
    language = plain.task.split("-")[-1]
    old_spans = spans_of(as_read(plain.text, language), plain.words)
    replaced = replace_words(
        plain.text, [Replacement(_with_blank(plain.text, old_spans[one.first]), one.by) for one in words]
    )
    reading = read_text(replaced.text if words else plain.text, plain.task)
    spans = spans_of(as_read(reading.text, language), reading.words)
    shift = len(replaced.text) - len(replaced.text.lstrip())

    def now(place: int) -> int | None:
        """A word's place in the changed text, where it is still the same word."""
        begin, end = (replaced.moved(edge) - shift for edge in old_spans[place])
        found = overlapping(spans, (begin, end))
        return found[0] if len(found) == 1 and reading.words[found[0]] == plain.words[place] else None

    hidden = {
        place for one in applied if isinstance(one, WordHidden) for place in [now(one.first)] if place is not None
    }
    lost += [one for one in applied if isinstance(one, WordHidden) and now(one.first) is None]
    units = {one.unit: one.value for one in applied if isinstance(one, UnitHeld)}
    looks: dict[int, AttentionEdits] = {}
    for change in applied:
        if isinstance(change, HeadOff | RowSet):
            look = looks.get(change.layer, AttentionEdits())
            if isinstance(change, HeadOff):
                looks[change.layer] = look._replace(off=(*look.off, change.head))
                continue
            query, key = now(change.query), now(change.key)
            if query is None or key is None:
                lost.append(change)
            else:
                looks[change.layer] = look._replace(rows=(*look.rows, *_rows(change, query, key, reading, opened)))
    applied = [one for one in applied if one not in lost]
    dropped = (*told, *map(_dropped, lost))
    if not applied:
        return ClassificationOutcome(plain, plain, (), dropped)
    inside = ClassifierEdits(units=units, looks=looks) if units or looks else None
    changed = classified(reading, opened, source, hidden=sorted(hidden), edits=inside)
    return ClassificationOutcome(plain, changed, tuple(applied), dropped)


def spans_of(text: str, words: Sequence[str]) -> list[Span]:
    """Where each of a text's words stands in it, in their order. text: as it was read.

    >>> spans_of("It is, is it?", ("It", "is", ",", "is"))
    [(0, 2), (3, 5), (5, 6), (7, 9)]
    """
    spans, at = [], 0
    for word in words:
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return spans


def _with_blank(text: str, span: Span) -> Span:
    """The span and the blank before it, which goes when the word goes."""
    begin, end = span
    return len(text[:begin].rstrip()), end


def _fits(change: Change, plain: ClassificationRecord, opened: Checkpoint) -> bool:
    network: Any = opened.network
    if isinstance(change, WordReplaced | WordHidden):
        return change.first == change.last < len(plain.words) and plain.words[change.first] == change.word
    if isinstance(change, UnitHeld):
        return isinstance(network, RecurrentClassifier) and change.unit < network.config.hidden
    if isinstance(change, HeadOff | RowSet):
        grid = plain.attention
        if grid is None or grid.kind != change.kind or change.layer >= grid.layers or change.head >= grid.heads:
            return False
        if isinstance(change, HeadOff):
            return grid.kind != "pooling"  # its only look; without it nothing is left to decide from
        there = max(change.query, change.key) < len(plain.words)
        tokens = (change.query_token, change.key_token)
        return (
            there
            and (plain.words[change.query], plain.words[change.key]) == tokens
            and (grid.kind != "pooling" or change.key <= change.query)
        )
    return False


def _rows(
    change: RowSet, query: int, key: int, reading: Reading, opened: Checkpoint
) -> tuple[tuple[int, int, int], ...]:
    """The row in pieces: those of the query (of a verdict its last one) look at the last piece of the key."""
    counts = [len(ids) for ids in pieces_of(reading.words, opened)]
    ends = torch.tensor(counts).cumsum(dim=0).tolist()
    first = ends[query] - 1 if change.kind == "pooling" else ends[query] - counts[query]
    return tuple((change.head, piece, ends[key] - 1) for piece in range(first, ends[query]))


def _dropped(change: Change) -> Notice:
    """A change in words, for the visitor who asks where it went."""
    if isinstance(change, WordReplaced | WordHidden):
        return Notice("edit_dropped_read", {"word": change.word, "place": change.first + 1})
    return dropped_inside(change)
