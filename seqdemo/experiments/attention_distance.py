"""Does attention reach farther than a state? The task of memory_distance, for a block of attention instead of a cell.

    python -m seqdemo experiment attention-distance --write

The article says that heads learn long-range dependencies. Every word is one step away from every other here, so the
distance as such costs nothing; whether that is learnt is measured, on the same texts with the same number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seqdemo.experiments import memory_distance

SEEDS = memory_distance.SEEDS
DISTANCES = (5, 20, 40)  # of those of memory_distance: near, where some cells still learn, where none does


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """What `memory_distance.measure` tells, of the one cell "attention", and its "parameters"."""
    found = memory_distance.measure(say, cells=("attention",), distances=DISTANCES)
    network = memory_distance.untaught("attention")
    return found | {"parameters": sum(one.numel() for one in network.parameters())}
