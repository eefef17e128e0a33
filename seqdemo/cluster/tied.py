"""A process that ends when the one that started it is gone, however that ended: its standard input ends then.

    python -m seqdemo.cluster.tied FOLDER COMMAND...

runs nginx, which itself listens to nobody, and removes its folder with it; the app listens for itself
(seqdemo/commands/tied.py). Standard input is the reading end of a pipe, the other end the watching process alone has.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

GRACE = 5.0  # seconds that nginx has to end in order


def when_gone(then: Callable[[], None]) -> None:
    """Do `then` in a thread of its own as soon as standard input has ended."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        then()

    threading.Thread(target=wait, daemon=True).start()


def run_door(folder: str, command: Sequence[str]) -> int:
    """nginx as a child, until it ends, this process is told to end, or nobody is there any more."""
    door, alone = subprocess.Popen(command, stdin=subprocess.DEVNULL), threading.Event()

    def end() -> None:
        alone.set()
        door.terminate()
        time.sleep(GRACE)  # the main thread has gone on by now, or nginx hangs
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(os.getpid(), signal.SIGKILL)

    signal.signal(signal.SIGTERM, lambda *_: door.terminate())
    when_gone(end)
    status = door.wait()
    if alone.is_set():
        shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(run_door(sys.argv[1], sys.argv[2:]))
