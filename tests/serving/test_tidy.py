"""What is freed goes back to the system, by a thread that does not keep the process alive."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROUND = """
import ctypes, time
from seqdemo.serving.tidy import keep_tidy

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 // 1024

library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
before = resident()
parts = [library.malloc(60_000) for _ in range(2000)]  # small enough to come from a pool, 120 MB in all
for part in parts:
    ctypes.memset(part, 1, 60_000)
last = library.malloc(60_000)  # holds the top of the pool, so that free alone gives nothing back
for part in parts:
    library.free(part)
held = resident() - before
assert keep_tidy(0.05)
time.sleep(0.5)
print(held, resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's functions")
def test_what_was_freed_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", ROUND], capture_output=True, text=True, timeout=60, check=True)
    held, left = map(int, done.stdout.split())
    assert held > 60 and left < 20
