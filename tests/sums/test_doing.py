"""A question that makes no sense is answered in words; a brick's code is the file that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import strings
from seqdemo.problems import Problem
from seqdemo.sums.bricks import BRICKS, source_of

ROOT = Path(__file__).resolve().parents[2]
GATE: dict[str, Any] = {"checkpoint": "sentiment-en-gru", "sort": "gate", "text": "A fine film.", "gate": "update_gate"}
CELL = {"sort": "attention", "kind": "encoder_self", "heads": [[0, 0]], "rows": [0], "columns": [0]}


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(ROOT / "checkpoints", "cpu")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("text", "bad_sum"),
        ({}, "bad_sum"),
        ({**GATE, "sort": "guess"}, "bad_sum"),
        ({**GATE, "step": 99}, "bad_sum"),
        ({**GATE, "step": -1}, "bad_sum"),
        ({**GATE, "step": True}, "bad_sum"),
        ({**GATE, "unit": 999}, "bad_sum"),
        ({**GATE, "unit": 10**9}, "bad_sum"),
        ({**GATE, "unknown": 1}, "bad_sum"),
        ({**GATE, "text": 7}, "bad_sum"),
        ({**GATE, "text": " "}, "empty_text"),
        ({**GATE, "checkpoint": "../secret"}, "bad_sum"),
        ({**GATE, "gate": "forget_gate"}, "no_sum"),
        ({**GATE, **CELL}, "no_sum"),
        ({**GATE, **CELL, "checkpoint": "sentiment-en-attention", "rows": []}, "bad_sum"),
        ({**GATE, **CELL, "checkpoint": "sentiment-en-attention", "rows": [50]}, "bad_sum"),
        ({**GATE, **CELL, "checkpoint": "sentiment-en-attention", "heads": [[9, 9]]}, "bad_sum"),
        ({**GATE, **CELL, "checkpoint": "sentiment-en-attention", "heads": [[0]]}, "bad_sum"),
        ({**GATE, **CELL, "checkpoint": "sentiment-en-attention", "measure": "guess"}, "bad_sum"),
        ({**GATE, **CELL, "checkpoint": "en-de-transformer", "beam": 99}, "bad_beam"),
        ({**GATE, **CELL, "checkpoint": "en-de-transformer", "kind": "pooling"}, "bad_sum"),
        ({**GATE, "checkpoint": "en-de-transformer"}, "bad_sum"),
        ({**GATE, "sort": "class", "label": 7}, "bad_sum"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(lab: TorchLab, asked: Any, code: str) -> None:
    with pytest.raises(Problem) as raised:
        lab.show_sum(asked)
    assert raised.value.code == code
    assert raised.value.message("zh") != raised.value.message("en")


@pytest.mark.parametrize("brick", BRICKS)
def test_a_brick_shows_the_file_that_runs(brick: str) -> None:
    path, text = source_of(brick)
    assert (ROOT / path).read_text(encoding="utf-8") == text


def test_a_brick_that_there_is_not(lab: TorchLab) -> None:
    with pytest.raises(Problem, match="os"):
        lab.brick_source("os")


def test_every_sum_names_a_brick_and_words_for_its_lines(lab: TorchLab) -> None:
    for asked in (GATE, {**GATE, "sort": "class"}, {**GATE, **CELL, "checkpoint": "sentiment-en-attention"}):
        done = lab.show_sum(asked)
        assert done.brick in BRICKS
        assert all(f"sum.line.{key}" in strings("zh") for key, _ in done.lines)
