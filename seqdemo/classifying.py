"""A text becomes words, the words are read by every model that was asked, and each reading becomes a record.

The classifying half of the lab, as functions: nothing is kept between two texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqdemo.checkpoint import Checkpoint
from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.models.classifier_trace import GateTrace
from seqdemo.models.edits import ClassifierEdits
from seqdemo.probes.norms import classifier_lengths
from seqdemo.probes.pieces import last, merged_attention
from seqdemo.probes.trajectories import Plane, correlation, project
from seqdemo.problems import Problem
from seqdemo.records import (
    AttentionGrid,
    ClassificationRecord,
    Floats,
    Gate,
    Notice,
    Source,
    Trajectory,
    focus_of,
)
from seqdemo.text import limits
from seqdemo.text.as_read import as_read
from seqdemo.text.doubtful import doubtful
from seqdemo.text.unknown import unknown_words
from seqdemo.text.vocabulary import UNKNOWN, Vocabulary
from seqdemo.text.words import split_words


class Reading(NamedTuple):
    """A text as far as it is read. text: cleaned; words: of it, in the signs that the models know (text/as_read.py);
    notices: what was taken away or looks doubtful.
    """

    text: str
    task: str
    words: tuple[str, ...]
    notices: tuple[Notice, ...]


def read_text(text: str, task: str) -> Reading:
    """Clean a text and cut it into words, for all models of a task alike. Raises Problem for one nobody can read."""
    text, notices = limits.clean(text)
    language = task.split("-")[-1]
    limits.require_script(text, language)
    notices = (*notices, *limits.mixed_scripts(text, language))
    words = split_words(as_read(text, language), language)
    if len(words) > limits.MAX_WORDS:
        cut = any(notice.code == "cut_characters" for notice in notices)
        values: dict[str, str | int] = {"limit": limits.MAX_WORDS, "came": len(words)}
        notices = (*notices, Notice("cut_words_of_rest", values) if cut else Notice("cut_words", values))
    return Reading(text, task, tuple(words[: limits.MAX_WORDS]), (*notices, *doubtful(text, words, task)))


class Numbered(NamedTuple):
    """The words as one model reads them. ids: of its pieces; counts: [word], pieces of each word; notices: to tell."""

    ids: list[int]
    counts: Tensor
    notices: tuple[Notice, ...]


def numbered_for(reading: Reading, opened: Checkpoint) -> Numbered:
    """Raises Problem where the model knows none of the words."""
    pieces = pieces_of(reading.words, opened)
    notices = (*reading.notices, *unknown_words(reading.words, pieces, reading.task.split("-")[-1]))
    counts = torch.tensor([len(ids) for ids in pieces])
    return Numbered([number for ids in pieces for number in ids], counts, notices)


def pieces_of(words: Sequence[str], opened: Checkpoint) -> list[list[int]]:
    """The ids that each word is read as: one, but for a Chinese word that the vocabulary has not."""
    vocabulary = opened.tokenizer
    assert isinstance(vocabulary, Vocabulary)
    return [vocabulary.encode(vocabulary.pieces([word])) for word in words]


@torch.inference_mode()
def classified(
    reading: Reading,
    opened: Checkpoint,
    source: Source,
    *,
    hidden: Sequence[int] = (),
    edits: ClassifierEdits | None = None,
) -> ClassificationRecord:
    """One text read by one model: the verdict after every word, and what led there.

    hidden: numbers of words that are read as <unk>; edits: changes inside the network.
    """
    numbered = numbered_for(reading, opened)
    if hidden:
        parts = torch.tensor(numbered.ids).split(numbered.counts.tolist())
        read = [torch.full_like(part, UNKNOWN) if place in hidden else part for place, part in enumerate(parts)]
        numbered = numbered._replace(ids=torch.cat(read).tolist())
    network, vocabulary, words, counts = network_of(opened), opened.tokenizer, reading.words, numbered.counts
    assert isinstance(vocabulary, Vocabulary)
    batch = as_batch(numbered.ids, network)
    trace = network.trace(*batch) if edits is None else network.trace(*batch, edits)
    attention = None
    if trace.attention:
        weights = merged_attention(torch.stack(trace.attention)[:, 0], counts, trace.attention_kind)
        attention = AttentionGrid(trace.attention_kind, words, words, array_of(weights), _lengths(network, numbered))
    track = array_of(last(trace.logits[0], counts).softmax(dim=-1))
    tokens = torch.tensor(numbered.ids).split(counts.tolist())
    return ClassificationRecord(
        text=reading.text,
        task=reading.task,
        labels=opened.config.labels,
        words=words,
        tokens=tuple(" ".join(vocabulary.decode(ids.tolist())) for ids in tokens),
        track=track,
        trajectory=_trajectory(last(trace.states[0], counts), opened.trajectory, focus_of(track[-1:])),
        gates=tuple(_gate(name, gate, counts) for name, gate in trace.gates.items()),
        attention=attention,
        source=source,
        notices=numbered.notices,
    )


def _lengths(network: Any, numbered: Numbered) -> Floats | None:
    """Of what each word writes; None for another attention than a Transformer's, and where a word is several pieces."""
    alone = getattr(network, "alone", network)  # of a network that reads together with other threads
    if not isinstance(alone, AttentionClassifier) or int(numbered.counts.max()) > 1:
        return None
    return array_of(classifier_lengths(alone, as_batch(numbered.ids, network)[0]))


def _gate(name: str, gate: GateTrace, counts: Tensor) -> Gate:
    values = array_of(last(gate.values[0], counts))
    lowest, highest = gate.span or (-float(np.abs(values).max() or 1), float(np.abs(values).max() or 1))
    return Gate(name, values, lowest, highest)


def _trajectory(states: Tensor, plane: dict[str, Tensor], focus: int) -> Trajectory:
    """states: [time, hidden]; plane: as `seqdemo.probes.trajectories.fit_trajectory` made it."""
    points = project(states.cpu(), Plane(plane["mean"], plane["components"], plane["explained"]))
    return Trajectory(
        points=array_of(points),
        explained=array_of(plane["explained"]),
        readout=array_of(plane["readout"][focus]),
        cloud=array_of(plane["cloud"]),
        cloud_probability=array_of(plane["cloud_probability"][:, focus]),
        correlation=correlation(plane["cloud"][:, 0], plane["cloud_probability"][:, focus]),
    )


def as_batch(ids: Sequence[int], network: Any) -> tuple[Tensor, Tensor]:
    """ids [1, time] and lengths [1], where the network is."""
    device = next(network.parameters()).device
    return torch.tensor([list(ids)], device=device), torch.tensor([len(ids)], device=device)


def require_label(opened: Checkpoint, label: str | None) -> None:
    """Raises Problem where a class is named that the task has not."""
    labels = opened.config.labels
    if label is not None and label not in labels:
        raise Problem("unknown_label", label=label[:40] or '""', task=opened.config.serves, known=", ".join(labels))


def network_of(opened: Checkpoint) -> Any:
    """The network, as the lab uses it: its methods are those of its row in the model tables."""
    return opened.network


def array_of(tensor: Tensor) -> Floats:
    """float32 on the CPU, with no way back into the network."""
    return tensor.detach().float().cpu().numpy()
