"""One hidden unit under the glass: over a text, over a few hundred other sentences, and held still.

The sentences are the project's own and some of Tatoeba's (assets/sentences); none is of a training text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch

from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import Reading, array_of, as_batch, network_of, numbered_for, pieces_of, require_label
from seqdemo.evidence import Context, RankedUnit, UnitRankingRecord, UnitRecord
from seqdemo.models.edits import ClassifierEdits
from seqdemo.probes.pieces import last
from seqdemo.probes.units import States, extremes, rank, states_of
from seqdemo.problems import Problem
from seqdemo.records import Source
from seqdemo.text.as_read import as_read
from seqdemo.text.words import split_words

SENTENCES = Path(__file__).resolve().parents[1] / "assets" / "sentences"
CONTEXTS = 6  # sentences shown at each end
RANKED = 10  # units shown


class Sentence(NamedTuple):
    """Its words, and whose it is: "own" or "tatoeba"."""

    words: tuple[str, ...]
    origin: str


@cache
def sentences_for(task: str) -> tuple[Sentence, ...]:
    """Those of the task and of its language, each once; they are files of the app, the same for every visitor."""
    language = task.split("-")[-1]
    texts: dict[str, str] = {}
    for name, columns in ((f"{task}.tsv", (1,)), (f"{task}-pairs.tsv", (2, 4))):
        for row in _lines(SENTENCES / name)[1:]:
            texts |= {row.split("\t")[column]: "own" for column in columns}
    for row in _lines(SENTENCES / f"contexts-{language}.txt")[1:]:
        texts.setdefault(row, "tatoeba")
    return tuple(Sentence(tuple(split_words(text, language)), origin) for text, origin in texts.items())


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _states(opened: Checkpoint, task: str) -> States:
    """Of the sentences, after every word (after the last piece of one)."""
    pieces = [pieces_of(sentence.words, opened) for sentence in sentences_for(task)]
    found = states_of(opened.network, [[number for ids in words for number in ids] for words in pieces])
    counts = torch.tensor([len(ids) for words in pieces for ids in words])
    places = torch.cat([torch.arange(len(words)) for words in pieces])
    return States(last(found.values, counts), last(found.texts, counts), places, last(found.last, counts))


def ranked_by_label(opened: Checkpoint, source: Source, label: str) -> UnitRankingRecord:
    """The units that tell a class from the rest, as the card has them (measured on the dev part). Raises Problem."""
    config = opened.config
    require_label(opened, label)
    measured = opened.scores.get("probes", {}).get("units")
    if measured is None:
        raise Problem("no_unit_scores", name=config.name)
    row = measured["labels"][label]
    return UnitRankingRecord(
        task=config.serves,
        asked=label,
        by="label",
        inside=row["inside"],
        outside=measured["n"] - row["inside"],
        units=tuple(_ranked(unit, area) for unit, area in row["units"]),
        random=tuple(_ranked(unit, area) for unit, area in row["random"]),
        chance=row["chance"],
        hidden=measured["hidden"],
        where=measured["split"],
        source=source,
    )


def ranked_by_words(opened: Checkpoint, source: Source, words: Sequence[str]) -> UnitRankingRecord:
    """The units that, right after one of these words, differ from what they are after others.

    Raises Problem where one of them stands in no sentence: a ranking by the rest would be another question's.
    """
    task = opened.config.serves
    wanted = {as_read(word.strip().lower(), task.split("-")[-1]) for word in words}
    read = [word.lower() for sentence in sentences_for(task) for word in sentence.words]
    if missing := wanted - set(read):
        raise Problem("words_not_read", words=", ".join(sorted(missing))[:80])
    inside = torch.tensor([word in wanted for word in read])
    found = rank(_states(opened, task).values, inside)
    return UnitRankingRecord(
        task=task,
        asked=", ".join(sorted(wanted)),
        by="words",
        inside=int(inside.sum()),
        outside=int((~inside).sum()),
        units=tuple(_ranked(int(unit), float(found.areas[unit])) for unit in found.order[:RANKED]),
        random=tuple(_ranked(int(unit), float(found.areas[unit])) for unit in found.random),
        chance=found.chance,
        hidden=len(found.areas),
        where="assets/sentences",
        source=source,
    )


def _ranked(unit: int, area: float) -> RankedUnit:
    return RankedUnit(unit, round(area, 4), round(2 * abs(area - 0.5), 4))


def require_unit(opened: Checkpoint, unit: int, held: float | None = None) -> None:
    """Raises Problem for a unit, counted from 0, that a recurrent model has not, and for a value that none can have."""
    hidden = int(network_of(opened).config.hidden)
    if isinstance(unit, bool) or not isinstance(unit, int) or not 0 <= unit < hidden:
        raise Problem("bad_unit", model=opened.config.model, first=0, last=hidden - 1, came=str(unit)[:20])
    if held is not None and (isinstance(held, bool) or not isinstance(held, (int, float)) or not -1 <= held <= 1):
        raise Problem("bad_held", came=str(held)[:20])


@torch.inference_mode()
def unit_seen(reading: Reading, opened: Checkpoint, source: Source, unit: int, held: float | None = None) -> UnitRecord:
    """A unit over a text, its top contexts, and what holding it at `held` does to the answer. Raises Problem.

    unit: counted from 0, as in the record.
    """
    network, labels = network_of(opened), opened.config.labels
    require_unit(opened, unit, held)
    numbered = numbered_for(reading, opened)
    batch, counts = as_batch(numbered.ids, network), numbered.counts
    plain = network.trace(*batch)
    edited = None if held is None else network.trace(*batch, ClassifierEdits(units={unit: float(held)}))
    states = _states(opened, reading.task)
    highest, lowest = extremes(states, unit, CONTEXTS)
    return UnitRecord(
        text=reading.text,
        task=reading.task,
        labels=labels,
        words=reading.words,
        unit=unit,
        hidden=network.config.hidden,
        values=array_of(last(plain.states[0, :, unit], counts)),
        readout=array_of(network.readout.weight[:, unit]),
        highest=tuple(_context(states, row, unit, reading.task) for row in highest),
        lowest=tuple(_context(states, row, unit, reading.task) for row in lowest),
        track=array_of(last(plain.logits[0], counts).softmax(dim=-1)),
        held=None if held is None else float(held),
        held_track=None if edited is None else array_of(last(edited.logits[0], counts).softmax(dim=-1)),
        source=source,
        notices=numbered.notices,
    )


def _context(states: States, row: int, unit: int, task: str) -> Context:
    sentence = sentences_for(task)[int(states.texts[row])]
    values = array_of(states.values[states.texts == states.texts[row], unit])
    return Context(sentence.words, values, int(states.places[row]), float(states.values[row, unit]), sentence.origin)
