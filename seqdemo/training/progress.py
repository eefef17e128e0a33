"""A progress bar that needs no package, since training also runs on a bare machine."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """One line, rewritten in place on a terminal; silent in a file, where the epoch lines suffice."""

    def __init__(self, total: int, out: TextIO = sys.stderr) -> None:
        self.total, self.out = total, out
        self.began = time.monotonic()
        self.shown = 0.0

    def show(self, done: int, words: str) -> None:
        """done: steps finished since `began`, of `total`; words: what to say beside the bar."""
        now = time.monotonic()
        if not self.out.isatty() or (now - self.shown < 0.2 and done < self.total):
            return
        self.shown = now
        filled = 30 * done // self.total
        left = (now - self.began) / max(done, 1) * (self.total - done)
        bar = "#" * filled + "." * (30 - filled)
        self.out.write(f"\r[{bar}] {done}/{self.total}  {words}  {left / 60:.0f} min left \x1b[K")
        if done >= self.total:
            self.out.write("\n")
        self.out.flush()
