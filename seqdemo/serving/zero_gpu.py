"""A Space on ZeroGPU: a GPU for minutes a day, lent to decorated functions only.

There torch says that CUDA is available, although it is so only inside a function decorated with `spaces.GPU`. Our
networks are small, so such a Space computes on its processor, and a visitor's minutes stay theirs. ZeroGPU does not
start an app without a decorated function; ours asks the checkpoints their golden sentences on the GPU.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from seqdemo.problems import CheckpointProblem

Function = TypeVar("Function", bound=Callable[..., object])


def device_here(wanted: str) -> str:
    """ "auto" becomes "cpu" on ZeroGPU; everything else stays as it came."""
    zero = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
    return "cpu" if zero and wanted == "auto" else wanted


def on_lent_gpu(function: Function) -> Function:
    """`spaces.GPU` where app.py has imported it (ZeroGPU, or a machine where it does nothing); else the function."""
    spaces = sys.modules.get("spaces")
    decorated: Function = function if spaces is None else spaces.GPU(duration=30)(function)
    return decorated


@on_lent_gpu
def golden_on_gpu(folder: Path, device: str = "cuda") -> dict[str, str]:
    """Checkpoint -> "ok" or the code of its problem, computed on the lent GPU."""
    from seqdemo.checkpoint import CONFIG, load
    from seqdemo.golden import checked

    told = {}
    for path in sorted(folder.glob(f"*/{CONFIG}")):
        try:
            checked(load(path.parent, device))
            told[path.parent.name] = "ok"
        except CheckpointProblem as problem:
            told[path.parent.name] = problem.code
    return told
