"""Which networks visitors share: each open checkpoint with a network that runs the questions of many together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from seqdemo.checkpoint import Checkpoint
from seqdemo.serving.batching import SharedNetwork
from seqdemo.serving.writing import SharedWriter


def sharing(opened: Sequence[Checkpoint], observe: Callable[[int], None]) -> Callable[[Checkpoint], Checkpoint]:
    """Checkpoint -> the same with a shared network, for `TorchLab.shared`. observe: is told the size of each run."""
    shared = {one.config.name: _shared(one, observe) for one in opened}
    return lambda checkpoint: shared.get(checkpoint.config.name, checkpoint)


def _shared(opened: Checkpoint, observe: Callable[[int], None]) -> Checkpoint:
    if opened.config.kind == "translator":  # searches ask its fast form; all else asks the network itself
        return replace(opened, fast=SharedWriter(opened.fast, observe))
    network: Any = SharedNetwork(opened.network, observe)
    return replace(opened, network=network)
