"""One command surface: train, evaluate, classify, translate, serve. `python -m seqdemo --help` teaches by example."""

from __future__ import annotations

import sys

from seqdemo.commands import main

sys.exit(main())
