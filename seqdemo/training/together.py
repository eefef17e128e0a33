"""Several processes train one network: each reads its share of every batch, and their gradients are averaged.

    torchrun --nproc-per-node 2 -m seqdemo train sentiment-en-lstm --data DIR

The engine is Accelerate over torch's DistributedDataParallel (Li et al. 2020, section 3.2), which one process never
imports. Shares are weighted by what they hold, so that the averaged gradient is that of the whole batch.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from seqdemo.problems import Problem
from seqdemo.training.batches import PairBatch, TextBatch

Batch = TypeVar("Batch", TextBatch, PairBatch)


@dataclass(frozen=True)
class Team:
    """The processes of one training. place: of this one, from 0; number: of all; engine: an Accelerator, None alone."""

    place: int = 0
    number: int = 1
    engine: Any = None

    @property
    def first(self) -> bool:
        """Does this process write and speak for all?"""
        return self.place == 0

    def device(self, wanted: str) -> torch.device:
        """ "cuda" is the GPU of this process."""
        if self.engine is None or self.engine.device.type == "cpu":
            return torch.device(wanted)  # "cpu:0", as the engine calls it, is a place that torch.load does not know
        return torch.device(self.engine.device)

    def runner(self, network: nn.Module) -> nn.Module:
        """What to call in training instead of the network: the same weights, equal in all processes."""
        return network if self.engine is None else self.engine.prepare(network)

    def share(self, batch: Batch) -> tuple[Batch, float]:
        """Every number-th row, and the factor of its mean loss.

        Gradients are averaged over processes: (number of its labels) * processes / (labels of the batch) turns the
        average into the whole batch's mean. A process without a row takes the first, with factor 0.
        """
        if self.number == 1:
            return batch, 1.0
        rows = slice(self.place, None, self.number) if self.place < len(batch[0]) else slice(0, 1)
        parts: list[Any] = [None if part is None else part[rows] for part in batch]
        mine = type(batch)(*parts)
        factor = self.number * labels_in(mine) / labels_in(batch) if self.place < len(batch[0]) else 0.0
        return mine, factor

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Each number, summed over all processes."""
        if self.engine is None:
            return numbers
        summed: Tensor = self.engine.reduce(torch.tensor(numbers, device=self.engine.device), reduction="sum")
        return tuple(summed.tolist())

    def agreed(self, word: bool) -> bool:
        """The first's word, which all follow; others wait for it here."""
        return bool(self.total(float(word and self.first))[0])

    def end(self) -> None:
        """Lets the others go."""
        if self.engine is not None:
            self.engine.end_training()


ALONE = Team()


def labels_in(batch: TextBatch | PairBatch) -> int:
    """What the mean loss of a batch is a mean of: its texts, or its target tokens."""
    return len(batch.labels) if isinstance(batch, TextBatch) else int((batch.target[:, 1:] != 0).sum())


def team_here(device: str) -> Team:
    """The team that torchrun or `accelerate launch` started this process in; ALONE where none did. Raises Problem."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    try:
        from accelerate import Accelerator
    except ImportError:
        raise Problem("export_package", package="accelerate") from None
    engine = Accelerator(cpu=device == "cpu")
    return Team(engine.process_index, engine.num_processes, engine)
