"""Memory that nobody uses goes back to the system.

Answers are made by many threads, and the C library keeps what each has freed for that thread's next use: a server that
holds no more than before looks larger with every hour. So the threads share two pools, and what lies free in them is
given back now and then, once what only refers to itself was collected. Elsewhere than with glibc nothing is done.
"""

from __future__ import annotations

import ctypes
import gc
import threading
import time

EVERY = 15.0  # seconds
POOLS = 2
M_ARENA_MAX = -8  # of malloc.h


def keep_tidy(every: float = EVERY) -> bool:
    """Begin, in a thread that ends with the process. False where the C library has no such functions."""
    try:
        library = ctypes.CDLL(None)
        share, give_back = library.mallopt, library.malloc_trim
    except (OSError, AttributeError, TypeError):
        return False
    share(M_ARENA_MAX, POOLS)
    gc.freeze()  # what is there by now stays: looking through it would take longest

    def tidy() -> None:
        while True:
            time.sleep(every)
            gc.collect()  # else what refers to itself waits, with its arrays, until a hundred thousand objects do
            give_back(0)

    threading.Thread(target=tidy, name="tidy", daemon=True).start()
    return True
