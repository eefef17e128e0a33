"""A lab with every checkpoint that ships, and what the lessons look up in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.lessons.facts import facts
from seqdemo.lessons.fill import LookUp


@pytest.fixture(scope="session")
def lab() -> TorchLab:
    return open_lab(Path(__file__).resolve().parents[2] / "checkpoints", "cpu")


@pytest.fixture(scope="session")
def look_up(lab: TorchLab) -> LookUp:
    return facts(lab)
