"""The table of experiments: what the lessons claim, measured here. To add one: write its file, add its line.

    python -m seqdemo experiment NAME --write

writes assets/experiments/NAME.json, which the lessons show and quote; a test compares every number they quote.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from seqdemo.checkpoint import write_atomically
from seqdemo.experiments import (
    attention_cell,
    bleu_by_hand,
    bottleneck,
    cells,
    film,
    gradient_river,
    head_pruning,
    memory_distance,
    mistakes,
    parallelism,
    recurrent_step,
)
from seqdemo.problems import Problem

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "experiments"
EXPERIMENTS: dict[str, Callable[[Callable[[str], None]], dict[str, Any]]] = {
    "recurrent-step": recurrent_step.measure,
    "memory-distance": memory_distance.measure,
    "gradient-river": gradient_river.measure,
    "cells": cells.measure,
    "attention-cell": attention_cell.measure,
    "parallelism": parallelism.measure,
    "mistakes": mistakes.measure,
    "bleu-by-hand": bleu_by_hand.measure,
    "film": film.measure,
}
ON_DATA: dict[str, Callable[[Callable[[str], None], Path], dict[str, Any]]] = {  # these need a folder of corpora
    "bottleneck": bottleneck.measure,
    "head-pruning": head_pruning.measure,
}


def run(name: str, *, data: Path | None = None, say: Callable[[str], None] = print) -> dict[str, Any]:
    """What the experiment found, with what it takes to find it again: command, date, device, versions.

    data: folder of the corpora. Raises Problem where one of ON_DATA is asked for without it.
    """
    if name in ON_DATA and data is None:
        raise Problem("experiment_needs_data", name=name)
    found = ON_DATA[name](say, data) if name in ON_DATA and data is not None else EXPERIMENTS[name](say)
    made = {
        "command": f"python -m seqdemo experiment {name}{' --data DIR' if name in ON_DATA else ''} --write",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "device": f"{platform.machine()} CPU, {torch.get_num_threads()} of {os.cpu_count()} threads",
        "torch": torch.__version__,
    }
    return {"experiment": name, **found, "made": made}


def write(found: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Keep what was found where the lessons look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found['experiment']}.json"
    write_atomically(path, (json.dumps(found, indent=1) + "\n").encode())
    return path
