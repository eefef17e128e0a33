"""The table of experiments: what the lessons claim, measured here. To add one: write its file, add its line.

    python -m seqdemo experiment NAME --write

writes assets/experiments/NAME.json, which the lessons show and quote; a test compares every number they quote.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from seqdemo.checkpoint import write_atomically
from seqdemo.experiments import (
    attention_cell,
    attention_distance,
    bleu_by_hand,
    bottleneck,
    cells,
    film,
    gradient_river,
    head_pruning,
    head_roles,
    memory_distance,
    missing_parts,
    mistakes,
    parallelism,
    recurrent_step,
)
from seqdemo.experiments.filming import FILMS
from seqdemo.problems import Problem

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "experiments"
EXPERIMENTS: dict[str, Callable[[Callable[[str], None]], dict[str, Any]]] = {
    "recurrent-step": recurrent_step.measure,
    "memory-distance": memory_distance.measure,
    "attention-distance": attention_distance.measure,
    "gradient-river": gradient_river.measure,
    "cells": cells.measure,
    "attention-cell": attention_cell.measure,
    "head-roles": head_roles.measure,
    "mistakes": mistakes.measure,
    "bleu-by-hand": bleu_by_hand.measure,
    "film": film.measure,
}
ON_DATA: dict[str, Callable[[Callable[[str], None], Path], dict[str, Any]]] = {  # these need a folder of corpora
    "bottleneck": bottleneck.measure,
    "head-pruning": head_pruning.measure,
    "missing-parts": missing_parts.measure,
}


ON_DEVICE: dict[str, Callable[..., dict[str, Any]]] = {"parallelism": parallelism.measure}  # these may run on a GPU
SEEDS: dict[str, tuple[int, ...]] = {  # of the experiments in which something is drawn
    "memory-distance": memory_distance.SEEDS,
    "attention-distance": attention_distance.SEEDS,
    "cells": (cells.SEED,),
    "parallelism": (parallelism.SEED,),
    "film": tuple(sorted({settings.seed for settings in FILMS.values()})),
    "bottleneck": (bottleneck.SEED,),
}


def run(
    name: str, *, data: Path | None = None, device: str = "cpu", say: Callable[[str], None] = print
) -> dict[str, Any]:
    """What the experiment found, with what it takes to find it again: command, seed, date, device, versions.

    data: folder of the corpora. device: "cpu" or "cuda". Raises Problem where one of ON_DATA is asked for without its
    data, and where a device is asked for that the experiment does not take or this machine has not.
    """
    if name in ON_DATA and data is None:
        raise Problem("experiment_needs_data", name=name)
    if device != "cpu" and name not in ON_DEVICE:
        raise Problem("experiment_on_cpu", name=name, known=", ".join(ON_DEVICE))
    if device != "cpu" and not torch.cuda.is_available():
        raise Problem("no_cuda")
    if name in ON_DEVICE:
        found = ON_DEVICE[name](say, device=device)
    else:
        found = ON_DATA[name](say, data) if name in ON_DATA and data is not None else EXPERIMENTS[name](say)
    asked = f"{' --data DIR' if name in ON_DATA else ''}{'' if device == 'cpu' else f' --device {device}'}"
    made = {
        "command": f"python -m seqdemo experiment {name}{asked} --write",
        "seed": ", ".join(map(str, SEEDS.get(name, ()))) or "–",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "device": called(device),
        "torch": torch.__version__,
    }
    return {"experiment": name, **found, "made": made}


def called(device: str) -> str:
    """The name of the device: "AMD EPYC, 1 of 2 threads", or what the driver says of a GPU."""
    if device != "cpu":
        return torch.cuda.get_device_name()
    told = Path("/proc/cpuinfo")  # where Linux names the processor; elsewhere its kind has to do
    names = re.findall(r"^model name\s*: (.+)$", told.read_text(encoding="utf-8"), re.M) if told.is_file() else []
    name = names[0].strip() if names else f"{platform.machine()} CPU"
    return f"{name}, {torch.get_num_threads()} of {os.cpu_count()} threads"


def write(found: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Keep what was found where the lessons look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found['experiment']}.json"
    write_atomically(path, (json.dumps(found, indent=1) + "\n").encode())
    return path
