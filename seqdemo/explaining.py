"""What a classifier's answer on a text rests on, asked in several ways; each answer becomes a record.

The probes answer in tensors (seqdemo.probes); here a text goes in and words and numbers come out.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import Reading, array_of, as_batch, network_of, numbered_for
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attribution import METHODS, RIVER, river_of
from seqdemo.problems import Problem
from seqdemo.records import AttributionRecord, Notice, Source


class Asked(NamedTuple):
    """A text numbered for one model, and the class to ask about. ids: [time]."""

    ids: Tensor
    label: int
    notices: tuple[Notice, ...]


def ask(reading: Reading, opened: Checkpoint, label: str | None = None) -> Asked:
    """label: a class of the task; None: the one that the model answers. Raises Problem."""
    labels = opened.config.labels
    if label is not None and label not in labels:
        raise Problem("unknown_label", label=label[:40], task=reading.task, known=", ".join(labels))
    numbers, notices = numbered_for(reading, opened)
    ids, lengths = as_batch(numbers, opened.network)
    with torch.no_grad():
        answered = int(opened.network(ids, lengths)[0].argmax())
    return Asked(ids[0], answered if label is None else labels.index(label), notices)


def methods_of(opened: Checkpoint) -> tuple[str, ...]:
    """The ways to ask a model which words its answer rests on."""
    return (*METHODS, *((RIVER,) if isinstance(opened.network, RecurrentClassifier) else ()))


def explained(
    reading: Reading, opened: Checkpoint, source: Source, method: str, label: str | None
) -> AttributionRecord:
    """How much the score of a class rests on each word. Raises Problem for a method that the model has not."""
    known = methods_of(opened)
    if method not in known:
        raise Problem("unknown_method", method=method[:40], model=opened.config.model, known=", ".join(known))
    asked, network = ask(reading, opened, label), network_of(opened)
    found = (river_of if method == RIVER else METHODS[method])(network, asked.ids, asked.label)
    return AttributionRecord(
        text=reading.text,
        task=reading.task,
        method=method,
        label=opened.config.labels[asked.label],
        words=reading.words,
        values=array_of(found.words),
        score=found.score,
        baseline=found.baseline,
        source=source,
        notices=asked.notices,
    )
