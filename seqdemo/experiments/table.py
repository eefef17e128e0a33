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
from seqdemo.experiments import memory_distance, parallelism

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "experiments"
EXPERIMENTS: dict[str, Callable[[Callable[[str], None]], dict[str, Any]]] = {
    "memory-distance": memory_distance.measure,
    "parallelism": parallelism.measure,
}


def run(name: str, *, say: Callable[[str], None] = print) -> dict[str, Any]:
    """What the experiment found, with what it takes to find it again: command, date, device, versions."""
    found = EXPERIMENTS[name](say)
    made = {
        "command": f"python -m seqdemo experiment {name} --write",
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
