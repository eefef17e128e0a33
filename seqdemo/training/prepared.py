"""Ids on disk: what `prepare` writes and training reads, so that training needs no tokeniser of words.

One .npz a split: for each column (source, target, text) its ids one after another and the offsets
where each sentence begins; for a classifier the labels as well, a teacher's answers where it had one, and how often
an epoch goes through each text where that is not once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
BEGIN = "begin.safetensors"  # the weights that a training begins with, where its recipe names some


@dataclass(frozen=True)
class Examples:
    """One split. columns: name -> a list of id arrays, all equally long; labels: [example] or None.

    answers: [example, label] or None, the logits of a teacher. times: [example] or None, how often each comes in an
    epoch of training; None: once.
    """

    columns: dict[str, list[Ids]]
    labels: Ids | None = None
    answers: NDArray[np.float32] | None = None
    times: Ids | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[Any]] = {} if self.labels is None else {"labels": self.labels}
        if self.answers is not None:
            arrays["answers"] = self.answers.astype(np.float16)
        if self.times is not None:
            arrays["times"] = self.times
        for name, rows in self.columns.items():
            arrays[f"{name}_ids"] = np.concatenate(rows).astype(np.int32)
            arrays[f"{name}_offsets"] = np.cumsum([0, *map(len, rows)]).astype(np.int32)
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Examples:
        with np.load(path, allow_pickle=False) as arrays:
            names = [key.removesuffix("_ids") for key in arrays.files if key.endswith("_ids")]
            columns = {name: np.split(arrays[f"{name}_ids"], arrays[f"{name}_offsets"][1:-1]) for name in names}
            labels = arrays["labels"] if "labels" in arrays.files else None
            answers = arrays["answers"].astype(np.float32) if "answers" in arrays.files else None
            times = arrays["times"] if "times" in arrays.files else None
            return cls(columns, labels, answers, times)
