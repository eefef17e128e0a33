"""Every task that ships has its words and its examples, and the lab reads each of them without a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import strings
from seqdemo.pages.examples import TASKS, pair_examples

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


EVERYDAY = {"zh": ("我喜欢这本书。", "你今天晚上来吗？"), "de": ("Ich mag dieses Buch.",)}


def test_no_translator_calls_the_words_of_its_examples_new(lab: TorchLab) -> None:
    """A list of words that was cut in another way than the page cuts would."""
    for pair in lab.pairs():
        for text in (*pair_examples(pair), *EVERYDAY.get(pair.split("-")[0], ())):
            codes = {notice.code for notice in lab.translate_passage(text, pair, None, 1).all_notices}
            assert not codes & {"mostly_unknown"}, (pair, text)
