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
from seqdemo.classifying import pieces_of
from seqdemo.training.corpora import corpora_of
from seqdemo.training.reading import read_labelled

MOST, SHORTEST, LONGEST = 200, 4, 40  # texts; words of one


class Chosen(NamedTuple):
    """split: name of the part; labels: the true class of each text; rule: how they were chosen."""

    split: str
    texts: list[Tensor]  # of each the ids [piece]
    counts: list[Tensor]  # of each [word], how many of its ids each word is read as
    labels: list[int]
    rule: str


def chosen_texts(opened: Checkpoint, data: Path, device: str = "cpu") -> Chosen:
    """Of the dev part of the checkpoint's home corpus. data: folder of the corpora. Raises Problem."""
    from seqdemo.text.words import split_words  # spaCy

    corpus, *others = corpora_of(opened.config.training["recipe"])
    language = opened.config.serves.split("-")[-1]
    rows = sorted(
        read_labelled(data, corpus, corpus.dev), key=lambda row: hashlib.sha256(row[1].encode("utf-8")).hexdigest()
    )
    texts: list[Tensor] = []
    counts: list[Tensor] = []
    labels: list[int] = []
    for label, text in rows:
        words = split_words(text, language)
        if SHORTEST <= len(words) <= LONGEST and len(texts) < MOST:
            pieces = pieces_of(words, opened)
            texts.append(torch.tensor([number for ids in pieces for number in ids], device=device))
            counts.append(torch.tensor([len(ids) for ids in pieces]))
            labels.append(label)
    part = f"{corpus.name}/{corpus.dev}" if others else corpus.dev
    rule = f"the {len(texts)} texts of {part} with {SHORTEST} to {LONGEST} words whose SHA-256 comes first"
    return Chosen(corpus.dev, texts, counts, labels, rule)
