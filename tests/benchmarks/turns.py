"""Rivals take turns in every round, so that a slow moment of the machine meets all of them; medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

Name = TypeVar("Name")
WARM_UP = 10  # rounds that are not counted


def medians(ways: Mapping[Name, Callable[[], object]], rounds: int) -> dict[Name, float]:
    """Way -> median seconds of one run."""
    taken: dict[Name, list[float]] = {way: [] for way in ways}
    for turn in range(rounds + WARM_UP):
        for way, run in ways.items():
            began = time.perf_counter()
            run()
            if turn >= WARM_UP:
                taken[way].append(time.perf_counter() - began)
    return {way: statistics.median(times) for way, times in taken.items()}
