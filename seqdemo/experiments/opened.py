"""What experiments read: the shipped checkpoints, and the sentences that were written for this project."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint

ROOT = Path(__file__).resolve().parents[2]
CELLS = ("rnn", "lstm", "gru")
CLASSIFIERS = (*CELLS, "attention", "bilstm-attention")


class Labelled(NamedTuple):
    """One sentence of assets/sentences: its class and what it is about."""

    label: int
    text: str
    about: str


def opened(name: str) -> Checkpoint:
    """A shipped checkpoint, on the CPU. Raises CheckpointProblem where it is not there."""
    return checkpoint.load(ROOT / "checkpoints" / name)


def own_sentences(task: str) -> list[Labelled]:
    """The sentences of ours for a task; none of them stood in any training text."""
    with (ROOT / "assets" / "sentences" / f"{task}.tsv").open(encoding="utf-8", newline="") as file:
        return [Labelled(int(row["label"]), row["text"], row["about"]) for row in csv.DictReader(file, delimiter="\t")]


def about(*used: Checkpoint) -> list[dict[str, str]]:
    """Which weights an experiment looked into: [{"checkpoint", "sha256"}, ...]."""
    return [{"checkpoint": one.config.name, "sha256": one.sha256} for one in used]
