"""Sentences of like length share a batch, so that little of it is padding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqdemo.text.subwords import END, START
from seqdemo.text.vocabulary import UNKNOWN
from seqdemo.training.prepared import Examples, Ids


class TextBatch(NamedTuple):
    """ids [batch, time] padded with 0, lengths [batch], labels [batch], a teacher's logits [batch, label] or None."""

    ids: Tensor
    lengths: Tensor
    labels: Tensor
    answers: Tensor | None = None

    def to(self, device: torch.device) -> TextBatch:
        answers = None if self.answers is None else self.answers.to(device)
        return TextBatch(self.ids.to(device), self.lengths.to(device), self.labels.to(device), answers)


class PairBatch(NamedTuple):
    """source [batch, source] with end mark; target [batch, target + 1]: start mark, sentence, end mark. 0 pads."""

    source: Tensor
    target: Tensor

    def to(self, device: torch.device) -> PairBatch:
        return PairBatch(*(part.to(device) for part in self))


def padded(rows: list[Ids]) -> Tensor:
    """Id arrays of any lengths -> [batch, longest], filled up with 0."""
    result = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for number, row in enumerate(rows):
        result[number, : len(row)] = row
    return torch.from_numpy(result)


def groups(lengths: Ids, batch_tokens: int, random: np.random.Generator | None) -> list[NDArray[np.intp]]:
    """Example numbers of each batch: at most `batch_tokens` counted with padding, of like lengths, in random order.

    random=None keeps everything in order of length: for evaluation.
    """
    jitter = 0 if random is None else random.uniform(0, 2, len(lengths))
    order = np.argsort(lengths + jitter, kind="stable")
    batches, start, longest = [], 0, 0
    for place, number in enumerate(order):
        longest = max(longest, int(lengths[number]))
        if longest * (place - start + 1) > batch_tokens and place > start:
            batches.append(order[start:place])
            start, longest = place, int(lengths[number])
    batches.append(order[start:])
    if random is not None:
        random.shuffle(batches)
    return batches


def text_batches(
    examples: Examples, batch_tokens: int, random: np.random.Generator | None = None, word_dropout: float = 0.0
) -> Iterator[TextBatch]:
    """Batches for a classifier. In training (random) some words are hidden behind <unk> (Iyyer et al. 2015, section
    3.2), and a text comes as often as `examples.times` says, with other words hidden each time.
    """
    texts, labels = examples.columns["text"], examples.labels
    assert labels is not None
    whole = np.arange(len(texts))
    if random is not None and examples.times is not None:
        whole = np.repeat(whole, examples.times)
    for chosen in groups(np.array([len(texts[number]) for number in whole]), batch_tokens, random):
        group = whole[chosen]
        rows = [texts[number] for number in group]
        if random is not None and word_dropout:
            rows = [np.where(random.random(len(row)) < word_dropout, UNKNOWN, row) for row in rows]
        lengths = torch.tensor([len(row) for row in rows])
        answers = None if examples.answers is None else torch.from_numpy(examples.answers[group])
        yield TextBatch(padded(rows), lengths, torch.from_numpy(labels[group].astype(np.int64)), answers)


def pair_batches(
    examples: Examples, batch_tokens: int, random: np.random.Generator | None = None
) -> Iterator[PairBatch]:
    """Batches for a translator, counted in target tokens."""
    sources, targets = examples.columns["source"], examples.columns["target"]
    lengths = np.array([max(len(source), len(target)) + 1 for source, target in zip(sources, targets, strict=True)])
    for group in groups(lengths, batch_tokens, random):
        yield PairBatch(
            padded([np.append(sources[number], END) for number in group]),
            padded([np.concatenate(([START], targets[number], [END])) for number in group]),
        )
