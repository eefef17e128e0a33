"""experiment: measure again what a lesson claims."""

from __future__ import annotations

import argparse
from typing import Any

from seqdemo.problems import Problem


def add_commands(commands: Any) -> None:
    """experiment."""
    words = "measure again what a lesson claims"
    command = commands.add_parser("experiment", help=words, description=words)
    command.add_argument("name", metavar="NAME", help="memory-distance, parallelism")
    command.add_argument("--write", action="store_true", help="also write assets/experiments/NAME.json")
    command.set_defaults(run=run_experiment)


def run_experiment(chosen: argparse.Namespace) -> int:
    """Run one experiment of the table; prints as it goes."""
    from seqdemo.experiments.table import EXPERIMENTS, run, write

    if chosen.name not in EXPERIMENTS:
        raise Problem("unknown_experiment", name=chosen.name[:60], known=", ".join(EXPERIMENTS))
    found = run(chosen.name)
    if chosen.write:
        print(f"written: {write(found)}")
    return 0
