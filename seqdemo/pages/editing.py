"""The panels of changes: from the line of a link to the outcomes beside the originals, and what the views show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seqdemo.components.change_names import change_name
from seqdemo.components.edits_view import edits_payload
from seqdemo.components.rereading_view import rereading_payload
from seqdemo.components.resources import as_changed
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.outcome import ClassificationOutcome, TranslationOutcome
from seqdemo.interventions.spelling import read_changes, write_changes
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.protocols import Reclassifies, Retranslates
from seqdemo.records import ClassificationRecord, Notice, TranslationRecord
from seqdemo.serving.noting import tried


class Retold(NamedTuple):
    """payload: of the panel; line: the changes in force, for the session and for links; shown: what the views draw.

    words: what was changed in what they draw; "" where they draw the run as it was.
    """

    payload: str
    line: str
    shown: list[TranslationRecord]
    words: str = ""

    def view(self, value: str) -> str:
        """The payload of a view, which says so where it draws a run with changes."""
        return as_changed(value, {"edits": self.line}, self.words) if value and self.words else value


class Reread(NamedTuple):
    """The same of a classifier's page."""

    payload: str
    line: str
    shown: tuple[ClassificationRecord, ...]
    words: str = ""

    def view(self, value: str) -> str:
        return as_changed(value, {"reedits": self.line}, self.words) if value and self.words else value


def retold(
    lab: object, records: Sequence[TranslationRecord], line: str, *, language: str, passage: str, part: int
) -> Retold:
    """records: the sentence that is on show, by each model. A lab that changes nothing has no panel."""
    if not isinstance(lab, Retranslates):
        return Retold("", "", list(records))
    changes, told = _read(line)
    found = tried(lambda: [lab.retranslate(record, changes) for record in records])
    if isinstance(found, Problem):  # the line stays, so that the visitor can take back what cannot be computed
        payload = edits_payload(
            records, (), changes, language=language, dropped=told, problem=found, passage=passage, part=part
        )
        return Retold(payload, write_changes(changes), list(records))
    now, dropped = _in_force(changes, found, told)
    payload = edits_payload(records, found, now, language=language, dropped=dropped, passage=passage, part=part)
    shown = [one.changed if now.shown else one.plain for one in found]
    return Retold(payload, write_changes(now), shown, _said(now, language, several=len(records) > 1))


def reread(lab: object, records: Sequence[ClassificationRecord], line: str, *, language: str) -> Reread:
    """records: one text, by each model."""
    if not isinstance(lab, Reclassifies):
        return Reread("", "", tuple(records))
    changes, told = _read(line)
    found = tried(lambda: [lab.reclassify(record, changes) for record in records])
    if isinstance(found, Problem):
        payload = rereading_payload(records, (), changes, language=language, dropped=told, problem=found)
        return Reread(payload, write_changes(changes), tuple(records))
    now, dropped = _in_force(changes, found, told)
    payload = rereading_payload(records, found, now, language=language, dropped=dropped)
    shown = tuple(one.changed if now.shown else one.plain for one in found)
    return Reread(payload, write_changes(now), shown, _said(now, language, several=len(records) > 1))


def _said(changes: Changes, language: str, *, several: bool) -> str:
    if not changes.shown:
        return ""
    names = "; ".join(change_name(one, language, several=several) for one in changes.made)
    return translate_key(language, "view.keep.altered", changes=names)


def _read(line: str) -> tuple[Changes, list[Notice]]:
    changes, unreadable = read_changes(line)
    return changes, [Notice("edit_unreadable", {"item": item}) for item in unreadable]


def _in_force(
    changes: Changes, found: Sequence[TranslationOutcome] | Sequence[ClassificationOutcome], told: list[Notice]
) -> tuple[Changes, list[Notice]]:
    """The changes that some model took, or that wait for a model that is not on show; and what is to be told."""
    models = {outcome.plain.source.model for outcome in found}
    applied = {change for outcome in found for change in outcome.applied}
    kept = tuple(one for one in changes.made if one in applied or getattr(one, "model", None) not in {None, *models})
    dropped = [*told, *(notice for outcome in found for notice in outcome.dropped)]
    dropped += [notice for one in found for notice in one.changed.notices if notice not in one.plain.notices]
    return Changes(kept, changes.shown and bool(applied)), dropped
