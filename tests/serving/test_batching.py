"""Visitors who share a forward pass get what they would have got alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.records import ClassificationRecord
from seqdemo.serving.batching import MOST_CELLS, MOST_TEXTS, Gathered, SharedNetwork
from seqdemo.serving.sharing import sharing

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
WORDS = ["It", "is", "not", "a", "very", "dull", "film", "but", "fine", "."]
TEXTS = [" ".join(WORDS[: 1 + number % 10] * (1 + number % 4)) for number in range(14)]


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def numbers(record: ClassificationRecord) -> dict[str, Any]:
    """Every array of a record."""
    found = {"track": record.track, "points": record.trajectory.points, "cloud": record.trajectory.cloud_probability}
    found |= {gate.name: gate.values for gate in record.gates}
    return found | ({"attention": record.attention.weights} if record.attention else {})


def together(lab: TorchLab, task: str, sizes: list[int]) -> list[tuple[ClassificationRecord, ...]]:
    """Each text by a thread of its own, all at the same moment; `sizes` gets the size of each run."""
    shared: Lab = replace(lab, shared=sharing(tuple(lab.classifiers.values()), sizes.append))
    gate = threading.Barrier(len(TEXTS))

    def visitor(text: str) -> tuple[ClassificationRecord, ...]:
        gate.wait()
        return shared.classify(text, task)

    with ThreadPoolExecutor(len(TEXTS)) as visitors:
        return list(visitors.map(visitor, TEXTS))


@pytest.mark.parametrize("task", ["sentiment-en", "question-en"])
def test_everybody_gets_what_a_batch_of_one_gives(lab: TorchLab, task: str) -> None:
    sizes: list[int] = []
    for text, records in zip(TEXTS, together(lab, task, sizes), strict=True):
        for mine, alone in zip(records, lab.classify(text, task), strict=True):
            assert (mine.text, mine.words, mine.tokens, mine.source, mine.notices) == (
                text, alone.words, alone.tokens, alone.source, alone.notices,
            )  # fmt: skip
            for name, array in numbers(alone).items():
                assert numbers(mine)[name].shape == array.shape, (mine.source.model, name)
                assert np.abs(numbers(mine)[name] - array).max() < 1e-5, (mine.source.model, name)
    assert sum(sizes) == len(TEXTS) * len(lab.tasks()[task])
    assert max(sizes) > 2, "nothing was read together: the test shows nothing"


def test_probes_ask_the_network_itself(lab: TorchLab) -> None:
    shared = replace(lab, shared=sharing(tuple(lab.classifiers.values()), lambda size: None))
    assert shared.questions("sentiment-en") == lab.questions("sentiment-en")
    assert isinstance(shared.shared(lab.classifiers["sentiment-en", "gru"]).network, SharedNetwork)
    mine, alone = (one.explain("A fine film.", "sentiment-en", "gru", "occlusion") for one in (shared, lab))
    assert np.array_equal(mine.values, alone.values)
    with pytest.raises(Problem, match="There is no text"):
        shared.classify("", "sentiment-en")


def test_the_first_runs_at_once_and_who_waits_is_taken_together() -> None:
    runs: list[list[int]] = []
    begun, go = threading.Event(), threading.Event()

    def run(asked: Sequence[int]) -> list[int]:
        runs.append(list(asked))
        if len(runs) == 1:
            begun.set()
            go.wait(10)
        return [10 * one for one in asked]

    gathered = Gathered(run, lambda asked: min(4, len(asked)))
    with ThreadPoolExecutor(10) as visitors:
        first = visitors.submit(gathered.ask, 1)
        assert begun.wait(10)
        others = [visitors.submit(gathered.ask, number) for number in range(2, 9)]
        deadline = time.monotonic() + 10
        while len(gathered._waiting) < 7 and time.monotonic() < deadline:
            time.sleep(0.005)
        go.set()
        assert first.result(10) == 10
        assert [one.result(10) for one in others] == [20, 30, 40, 50, 60, 70, 80]
    assert [len(one) for one in runs] == [1, 4, 3]


def test_nobody_meets_anothers_error() -> None:
    def run(asked: Sequence[int]) -> list[int]:
        time.sleep(0.01)
        if 3 in asked:
            raise KeyError("three")
        return list(asked)

    gathered = Gathered(run, len)

    def visitor(number: int) -> int | str:
        try:
            return gathered.ask(number)
        except KeyError:
            return "error"

    with ThreadPoolExecutor(8) as visitors:
        assert list(visitors.map(visitor, range(8))) == [0, 1, 2, "error", 4, 5, 6, 7]


def test_long_texts_share_in_small_runs() -> None:
    import torch

    from seqdemo.serving.batching import fitting

    assert fitting([torch.zeros(10)] * 40) == MOST_TEXTS
    assert fitting([torch.zeros(120)] * 40) == MOST_CELLS // 120**2
    assert fitting([torch.zeros(1000)] * 3) == 1
    assert fitting([torch.zeros(5), torch.zeros(1000)]) == 1
