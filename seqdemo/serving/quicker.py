"""One visitor's sentence on each device, timed at start: the app computes where it is answered sooner.

A GPU is made for many rows at once. One sentence is one row a step, and then a small network mostly waits for each
kernel to start. Whether the processor is quicker depends on the machine, so it is measured, not assumed.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from seqdemo import checkpoint
from seqdemo.checkpoint import CONFIG
from seqdemo.decoding.batch import search
from seqdemo.golden import SENTENCES, checked
from seqdemo.problems import CheckpointProblem
from seqdemo.text.subwords import Subwords

BEAM = 5  # as the page begins
ROUNDS, WARM_UP = 7, 2


def timed(ways: Mapping[str, Callable[[], object]], clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Median seconds of each way. They take turns, so that a slow moment of the machine meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(WARM_UP + ROUNDS):
        for name, run in ways.items():
            began = clock()
            run()
            if turn >= WARM_UP:
                taken[name].append(clock() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def few_threads() -> None:
    """One thread a question, unless OMP_NUM_THREADS asks for another number.

    One sentence is one row a step: threads wait for each other longer than they compute (a search sees to that itself,
    decoding/threads.py, a classifier does not). Questions that come together share the processors.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
        threadpool_limits(1, user_api="blas")  # of numpy, which writes one sentence: models/numpy_transformer.py


def one_sentence(folder: Path, device: str) -> Callable[[], object] | None:
    """Translates a short sentence with the first translator that opens; None where there is none."""
    for path in sorted(folder.glob(f"*/{CONFIG}")):
        try:
            opened = checked(checkpoint.load(path.parent, device))
        except CheckpointProblem:
            continue  # the lab tells of it
        if isinstance(opened.tokenizer, Subwords):
            ids = opened.tokenizer.encode(SENTENCES[opened.config.serves.split("-")[0]])
            return lambda: search(opened.fast, [ids], beam=BEAM)  # reads every step back, so nothing is still under way
    return None


def quicker_device(folder: Path, wanted: str, clock: Callable[[], float] = time.perf_counter) -> tuple[str, str]:
    """(the device, what was measured in words). Measures where "auto" has a choice; else nothing is said."""
    if wanted != "auto" or not torch.cuda.is_available():
        return wanted, ""
    found = {name: one_sentence(folder, name) for name in ("cpu", "cuda")}
    ways = {name: way for name, way in found.items() if way is not None}
    if len(ways) < 2:
        return wanted, ""
    seconds = timed(ways, clock)
    told = ", ".join(f"{name} {1e3 * one:.1f} ms" for name, one in seconds.items())
    return min(seconds, key=seconds.__getitem__), f"one sentence: {told}"
