"""What several commands need: where the checkpoints are, and options that mean the same everywhere."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from seqdemo.lab import TorchLab, open_lab

CHECKPOINTS = Path(__file__).resolve().parent.parent.parent / "checkpoints"


def checkpoints_folder(chosen: argparse.Namespace) -> Path:
    """--checkpoints, else the folder that is shipped."""
    return Path(chosen.checkpoints).expanduser() if chosen.checkpoints else CHECKPOINTS


def add_device(command: argparse.ArgumentParser) -> None:
    """--device, with the same meaning for every command."""
    command.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute (default: auto)"
    )


def lab_of(chosen: argparse.Namespace) -> TorchLab:
    """The lab over the chosen folder; says on stderr what could not be opened."""
    import sys

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    lab = open_lab(checkpoints_folder(chosen), getattr(chosen, "device", "auto"))
    for problem in lab.problems:
        print(f"seqdemo: {problem}", file=sys.stderr)
    return lab
