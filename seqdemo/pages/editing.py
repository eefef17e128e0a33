"""The panel of changes on the translate page: from the line of a link to the outcomes, and what the views show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from seqdemo.components.edits_view import edits_payload
from seqdemo.interventions.changes import Changes
from seqdemo.interventions.spelling import read_changes, write_changes
from seqdemo.pages.guard import guarded
from seqdemo.problems import Problem
from seqdemo.protocols import Retranslates
from seqdemo.records import Notice, TranslationRecord


class Edited(NamedTuple):
    """payload: of the panel; line: the changes in force, for the session and for links; shown: what the views draw."""

    payload: str
    line: str
    shown: list[TranslationRecord]


def edited(
    lab: object, records: Sequence[TranslationRecord], line: str, *, language: str, passage: str, part: int
) -> Edited:
    """records: the sentence that is on show, by each model. A lab that changes nothing has no panel."""
    if not isinstance(lab, Retranslates):
        return Edited("", "", list(records))
    changes, unreadable = read_changes(line)
    told = [Notice("edit_unreadable", {"item": item}) for item in unreadable]
    asked = {"language": language, "passage": passage, "part": part}
    found = guarded(lambda: [lab.retranslate(record, changes) for record in records])
    if isinstance(found, Problem):  # the line stays, so that the visitor can take back what cannot be computed
        payload = edits_payload(records, (), changes, dropped=told, problem=found, **asked)  # type: ignore[arg-type]
        return Edited(payload, write_changes(changes), list(records))
    models = {record.source.model for record in records}
    applied = {change for outcome in found for change in outcome.applied}
    kept = tuple(one for one in changes.made if one in applied or getattr(one, "model", None) not in {None, *models})
    now = Changes(kept, changes.shown and bool(applied))
    dropped = [*told, *(notice for outcome in found for notice in outcome.dropped)]
    dropped += [notice for one in found for notice in one.changed.notices if notice not in one.plain.notices]
    payload = edits_payload(records, found, now, dropped=dropped, **asked)  # type: ignore[arg-type]
    shown = [outcome.changed if now.shown else outcome.plain for outcome in found]
    return Edited(payload, write_changes(now), shown)
