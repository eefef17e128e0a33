"""experiment: measure again what a lesson claims."""

from __future__ import annotations

import argparse
from typing import Any

from seqdemo.problems import Problem

ON_DATA = ("bottleneck", "head-pruning", "missing-parts")
ON_DEVICE = ("parallelism",)
NAMES = (  # of experiments.table, which is not imported before it is needed: it brings torch along
    "recurrent-step",
    "memory-distance",
    "attention-distance",
    "gradient-river",
    "cells",
    "attention-cell",
    "head-roles",
    "parallelism",
    "mistakes",
    "bleu-by-hand",
    "film",
    *ON_DATA,
)


def add_commands(commands: Any) -> None:
    """experiment."""
    words = "measure again what a lesson claims"
    command = commands.add_parser("experiment", help=words, description=words)
    command.add_argument("name", metavar="NAME", help=", ".join(NAMES))
    command.add_argument("--data", metavar="DIR", help="folder of the corpora, for: " + ", ".join(ON_DATA))
    words = "where to compute, for: " + ", ".join(ON_DEVICE)
    command.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help=words)
    command.add_argument("--write", action="store_true", help="also write assets/experiments/NAME.json")
    command.set_defaults(run=run_experiment)


def run_experiment(chosen: argparse.Namespace) -> int:
    """Run one experiment of the table; prints as it goes."""
    from seqdemo.experiments.table import run, write
    from seqdemo.training.reading import data_folder

    if chosen.name not in NAMES:
        raise Problem("unknown_experiment", name=chosen.name[:60], known=", ".join(NAMES))
    data = data_folder(chosen.data) if chosen.name in ON_DATA else None
    found = run(chosen.name, data=data, device=chosen.device)
    if chosen.write:
        print(f"written: {write(found)}")
    return 0
