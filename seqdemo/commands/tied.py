"""The app as one of several: python -m seqdemo.commands.tied OPTIONS... It ends when who watches it is gone.

The options are those of `python -m seqdemo`; seqdemo/cluster/workers.py starts it so. It is the app's own process and
none around it, so its number is the one to watch, to measure and to end.
"""

from __future__ import annotations

import os
import sys

from seqdemo.cluster.tied import when_gone
from seqdemo.commands import main

if __name__ == "__main__":
    when_gone(lambda: os._exit(0))  # its trainings notice in the same way, and remove their folders
    sys.exit(main())
