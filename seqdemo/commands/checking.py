"""selftest: does every checkpoint still answer its golden sentence as written down?"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from seqdemo.commands.shared import add_device, checkpoints_folder
from seqdemo.problems import CheckpointProblem, Problem


def add_commands(commands: Any) -> None:
    """selftest."""
    words = "ask each checkpoint its golden sentence, as the app does at every start"
    command = commands.add_parser("selftest", help=words, description=words)
    command.add_argument("names", nargs="*", metavar="NAME", help="checkpoints (default: all in the folder)")
    command.add_argument("--write", action="store_true", help="write golden.json anew from what they answer now")
    add_device(command)
    command.set_defaults(run=run_selftest)


def run_selftest(chosen: argparse.Namespace) -> int:
    """A line a checkpoint; 1 where one fails."""
    from seqdemo.checkpoint import CONFIG, load
    from seqdemo.golden import checked, write_golden
    from seqdemo.lab import choose_device

    folder, device = checkpoints_folder(chosen), choose_device(chosen.device)
    known = sorted(path.parent.name for path in folder.glob(f"*/{CONFIG}"))
    for name in chosen.names:
        if name not in known:  # so a name never leads out of the folder
            raise Problem("golden_unknown", name=name[:60], folder=str(folder), known=", ".join(known) or "-")
    failed = 0
    for name in chosen.names or known:
        try:
            opened = load(folder / name, device)
            if chosen.write:
                write_golden(opened)
            checked(opened)
            print(f"{name}\tok")
        except CheckpointProblem as problem:
            failed += 1
            print(f"seqdemo: {problem}", file=sys.stderr)
    return 1 if failed else 0
