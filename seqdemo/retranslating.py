"""A translation done again with a visitor's changes, beside the translation as it was.

Every change is first held against the text: one that no longer fits is dropped and named, and never meant for another
word. What is left becomes a source text, edits of the network and a forced beginning; then the same search runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import torch

from seqdemo import translating
from seqdemo.checkpoint import Checkpoint
from seqdemo.decoding.batch import length_limit, score_ids
from seqdemo.interventions.changes import (
    Begun,
    Change,
    HeadOff,
    RowSet,
    Typed,
    WordHidden,
    WordReplaced,
    clashing,
    mark_of,
)
from seqdemo.interventions.outcome import Scores, TranslationOutcome, dropped_inside
from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.models.edited import EditedTranslator
from seqdemo.models.edits import TranslatorEdits
from seqdemo.records import Notice, Source, TranslationRecord
from seqdemo.text import limits
from seqdemo.text.as_read import as_read
from seqdemo.text.replacing import Replaced, Replacement, bare, overlapping, replace_words
from seqdemo.text.subwords import END, PAD, START, Subwords


class Sides(NamedTuple):
    """The source as it was and as it is now. spans: of each sub-word, in the text as the model reads it."""

    old: str
    old_spans: tuple[tuple[int, int], ...]
    changed: Replaced
    text: str  # what is translated
    spans: tuple[tuple[int, int], ...]
    tokens: tuple[str, ...]

    def place(self, number: int) -> list[int]:
        """Where the sub-word of the old source stands now; several or none where it was cut anew."""
        begin, end = bare(self.old, self.old_spans[number])
        return overlapping(self.spans, (self.changed.moved(begin), self.changed.moved(end)))


@torch.inference_mode()
def retranslated(
    opened: Checkpoint, plain: TranslationRecord, changes: Sequence[Change], *, source: Source
) -> TranslationOutcome:
    """plain: one sentence's record of the same checkpoint. Raises Problem for a text that cannot be translated."""
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    applied: list[Change] = []
    clashes = clashing(changes)
    dropped = [Notice("edit_dropped_clash") for _ in clashes[:1]]
    for change in (one for one in changes if one not in clashes):
        word = _misfit(change, plain, opened)
        if word is None:
            applied.append(change)
        else:
            dropped.append(word)
    sides = _sides(plain, [one for one in applied if isinstance(one, WordReplaced)], subwords)
    edits, lost = _edits(applied, sides, plain)
    applied = [one for one in applied if one not in lost]
    dropped += [_dropped(one) for one in lost]
    if not applied:
        return TranslationOutcome(plain, plain, (), tuple(dropped), Scores(*[plain.log_probability] * 4), False)
    network: Any = opened.network if edits == TranslatorEdits() else EditedTranslator(opened.network, edits)  # type: ignore[arg-type]
    reading = opened if network is opened.network else replace(opened, fast=network)
    begun = next((one for one in reversed(applied) if isinstance(one, Begun)), None)
    typed = next((one for one in reversed(applied) if isinstance(one, Typed)), None)
    changed = translating.translate(
        reading,
        sides.text,
        source=source,
        beam=plain.beam,
        prefix="" if typed is None or begun is not None else typed.text,
        begun=() if begun is None else [number for token in begun.tokens if (number := subwords.id_of(token))],
    )
    before = [change for change in applied if isinstance(change, RowSet) and change.kind != "encoder_self"]
    if any(changed.input_tokens[: row.query + 1] != plain.input_tokens[: row.query + 1] for row in before):
        dropped.append(Notice("edit_other_words"))
    inside = network is not opened.network or sides.text != plain.text
    scores = _scores(opened.network, network, plain, changed, subwords)
    return TranslationOutcome(plain, changed, tuple(applied), tuple(dropped), scores, inside)


def _misfit(change: Change, plain: TranslationRecord, opened: Checkpoint) -> Notice | None:
    """A word on why a change does not fit this sentence and network, or None."""
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    if isinstance(change, WordReplaced | WordHidden):
        tokens = plain.source_tokens[change.first : change.last + 1]
        there = change.last < len(plain.source_tokens) - 1 and "".join(tokens) == change.word
        if isinstance(change, WordHidden) and plain.grid("cross") is None:
            return Notice("edit_dropped_other")  # what never looks at the source cannot be kept from looking
        return None if there else _dropped(change)
    if isinstance(change, HeadOff | RowSet):
        grid = plain.grid(change.kind)
        fits = grid is not None and change.layer < grid.layers and change.head < grid.heads
        if fits and grid is not None and isinstance(change, RowSet):
            fits = change.query < len(grid.queries) and change.key < len(grid.keys)
            fits = fits and (grid.queries[change.query], grid.keys[change.key]) == (
                change.query_token,
                change.key_token,
            )
            fits = fits and (change.kind != "decoder_self" or change.key <= change.query)
        return None if fits else _dropped(change)
    if isinstance(change, Begun):
        ids = [subwords.id_of(token) for token in change.tokens]
        fits = change.made_for == mark_of(plain.text) and not {None, PAD, START} & set(ids) and END not in ids[:-1]
        fits = fits and len(ids) <= length_limit(len(plain.source_tokens) - 1) - 2
        return None if fits else _dropped(change)
    return None if isinstance(change, Typed) else _dropped(change)


def _dropped(change: Change) -> Notice:
    """A change in words, for the visitor who asks where it went."""
    if isinstance(change, WordReplaced | WordHidden):
        return Notice("edit_dropped_word", {"word": change.word.replace("▁", " ").strip(), "place": change.first + 1})
    if isinstance(change, Begun):
        return Notice("edit_dropped_begun", {"tokens": "".join(change.tokens).replace("▁", " ").strip()[:60]})
    return dropped_inside(change)


def _sides(plain: TranslationRecord, words: Sequence[WordReplaced], subwords: Subwords) -> Sides:
    language = plain.pair.split("-")[0]
    old, old_spans = _spans(subwords, as_read(plain.text, language), len(plain.source_tokens) - 1)
    replacements = [Replacement((old_spans[one.first][0], old_spans[one.last][1]), one.by) for one in words]
    changed = replace_words(old, replacements)
    text = limits.clean(changed.text)[0] if words else plain.text
    wanted = as_read(text, language)
    read, spans = _spans(subwords, wanted, limits.MAX_SUBWORDS)
    shift = len(changed.text) - len(changed.text.lstrip()) - (len(read) - len(read.lstrip()))
    ids = subwords.encode(wanted)[: limits.MAX_SUBWORDS]
    if (
        changed.text.strip() != read.strip()
    ):  # cleaned further than the changes say: nothing can be found again by place
        return Sides(old, old_spans, changed, text, (), ())
    moved = tuple((begin + shift, end + shift) for begin, end in spans)
    return Sides(old, old_spans, changed, text, moved, subwords.tokens(ids))


def _spans(subwords: Subwords, text: str, most: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text as the model reads it, and the span of each of its first sub-words in it."""
    surfaces, at, spans = subwords.surfaces(text), 0, []
    for surface in surfaces:
        spans.append((at, at + len(surface)))
        at += len(surface)
    return "".join(surfaces), tuple(spans[:most])


def _edits(applied: Sequence[Change], sides: Sides, plain: TranslationRecord) -> tuple[TranslatorEdits, list[Change]]:
    """The edits of the network, and the changes that lost their place when words were replaced."""
    off: dict[tuple[str, int], list[int]] = {}
    rows: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    hidden: list[int] = []
    lost: list[Change] = []

    def now(place: int) -> int | None:
        """A source token's place in the changed source, where it is still the same token."""
        if place == len(plain.source_tokens) - 1:
            return len(sides.spans) if sides.spans else None  # the end mark
        found = sides.place(place)
        same = len(found) == 1 and sides.tokens[found[0]] == plain.source_tokens[place]
        return found[0] if same else None

    for change in applied:
        if isinstance(change, HeadOff):
            off.setdefault((change.kind, change.layer), []).append(change.head)
        elif isinstance(change, RowSet):
            query = now(change.query) if change.kind == "encoder_self" else change.query
            key = change.key if change.kind == "decoder_self" else now(change.key)
            if query is None or key is None:
                lost.append(change)
            else:
                rows.setdefault((change.kind, change.layer), []).append((change.head, query, key))
        elif isinstance(change, WordHidden):
            places = {place for number in range(change.first, change.last + 1) for place in sides.place(number)}
            if places:
                hidden += sorted(places)
            else:
                lost.append(change)
    looks = {place: AttentionEdits(tuple(off.get(place, ())), tuple(rows.get(place, ()))) for place in {*off, *rows}}
    return TranslatorEdits(looks, tuple(sorted(set(hidden)))), lost


def _scores(
    plain_network: Any, changed_network: Any, plain: TranslationRecord, changed: TranslationRecord, subwords: Subwords
) -> Scores:
    """Both translations, scored by both networks on their own sources."""
    targets = [_ids(one.output_tokens, subwords) for one in (plain, changed)]
    found = []
    for network, record in ((plain_network, plain), (changed_network, changed)):
        source = _ids(record.source_tokens[:-1], subwords)
        bare_targets = [target[:-1] if target[-1:] == [END] else target for target in targets]
        for target, scores in zip(targets, score_ids(network, [source] * 2, bare_targets), strict=True):
            written = torch.tensor(target, device=scores.device)
            found.append(float(scores[: len(target)].gather(1, written[:, None]).double().sum()))
    return Scores(*found)


def _ids(tokens: Sequence[str], subwords: Subwords) -> list[int]:
    return [number for token in tokens if (number := subwords.id_of(token)) is not None]
