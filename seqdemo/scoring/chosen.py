"""The fixed texts over which probes are scored: two hundred of the dev part, chosen by their hash.

Whoever has the corpus finds the same ones; neither the order of the file nor a random generator decides.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from seqdemo.checkpoint import Checkpoint
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.corpora import corpora_of
from seqdemo.training.reading import read_labelled

MOST, SHORTEST, LONGEST = 200, 4, 40  # texts; words of one


class Chosen(NamedTuple):
    """split: name of the part; texts: ids [time] of each; labels: their true classes; rule: how they were chosen."""

    split: str
    texts: list[Tensor]
    labels: list[int]
    rule: str


def chosen_texts(opened: Checkpoint, data: Path, device: str = "cpu") -> Chosen:
    """Of the dev part of the checkpoint's home corpus. data: folder of the corpora. Raises Problem."""
    from seqdemo.text.words import split_words  # spaCy

    corpus = corpora_of(opened.config.training["recipe"])[0]
    vocabulary, language = opened.tokenizer, opened.config.serves.split("-")[-1]
    assert isinstance(vocabulary, Vocabulary)
    rows = sorted(
        read_labelled(data, corpus, corpus.dev), key=lambda row: hashlib.sha256(row[1].encode("utf-8")).hexdigest()
    )
    texts: list[Tensor] = []
    labels: list[int] = []
    for label, text in rows:
        words = split_words(text, language)
        if SHORTEST <= len(words) <= LONGEST and len(texts) < MOST:
            texts.append(torch.tensor(vocabulary.encode(vocabulary.pieces(words)), device=device))
            labels.append(label)
    rule = f"the {len(texts)} texts of {corpus.dev} with {SHORTEST} to {LONGEST} words whose SHA-256 comes first"
    return Chosen(corpus.dev, texts, labels, rule)
