"""What a training is gone on from after a kill: written whole or not at all, and never run when it is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from seqdemo.checkpoint import write_atomically
from seqdemo.problems import Problem


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Tensors, numbers and texts by name."""
    written = io.BytesIO()
    torch.save(state, written)
    write_atomically(path, written.getvalue())


def load_state(path: Path, on: torch.device) -> dict[str, Any]:
    """As saved, its tensors on a device. Raises Problem for a file that is damaged."""
    try:
        state: dict[str, Any] = torch.load(path, map_location=on, weights_only=True)
    except Exception:  # whatever a broken or hostile file makes torch say; weights_only never runs what it reads
        raise Problem("state_damaged", file=path.name, folder=str(path.parent)) from None
    return state
