"""Every task that ships has its words and its examples, and the lab reads each of them without a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import strings
from seqdemo.pages.examples import TASKS

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_task_has_its_words(lab: TorchLab, language: str) -> None:
    known = strings(language)
    for task in lab.tasks():
        assert {f"page.task.{task}", f"page.classify.text.{task}", f"page.classify.placeholder.{task}"} <= set(known)
        assert {f"view.label.{label}" for label in lab.labels(task)} <= set(known)


def test_every_task_has_four_examples_of_known_words(lab: TorchLab) -> None:
    for task in lab.tasks():
        assert len(set(TASKS[task])) == 4
        for text in TASKS[task]:
            for record in lab.classify(text, task):
                assert [notice.code for notice in record.notices] == [], (text, record.source.model)
