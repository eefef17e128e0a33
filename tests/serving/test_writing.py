"""Visitors who share a search get the translation that they would have got alone, and nobody waits for a long text."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.records import TranslationRecord
from seqdemo.serving.sharing import sharing
from seqdemo.serving.writing import MOST_ROWS, MOST_SENTENCES, Sentence, fitting

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
TEXTS = (
    "A man rides a bicycle.",
    "Two dogs run along the beach while a child watches them from the sand.",
    "Snow.",
    "A woman in a red dress is sitting on a bench and reading a newspaper.",
    "Children play football in the park.",
    "An old man with a grey beard is playing the guitar in front of a large crowd of people.",
    "A man rides a bicycle. Two dogs run.",
    "The girl jumps.",
)
LONG = "A very old man in a red shirt is slowly riding his bicycle along the beach. " * 13


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> TorchLab:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in ("en-de-transformer", "en-de-seq2seq-attention"):
        (folder / name).symlink_to(CHECKPOINTS / name)
    return open_lab(folder, "cpu")


def together(lab: TorchLab, model: str, beam: int, sizes: list[int]) -> list[tuple[TranslationRecord, ...]]:
    """Each text by a thread of its own, all at the same moment; `sizes` gets the size of each run."""
    shared = replace(lab, shared=sharing(lab.opened(), sizes.append))
    gate = threading.Barrier(len(TEXTS))

    def visitor(text: str) -> tuple[TranslationRecord, ...]:
        gate.wait()
        return shared.translate_passage(text, "en-de", model, beam).sentences

    with ThreadPoolExecutor(len(TEXTS)) as visitors:
        return list(visitors.map(visitor, TEXTS))


def same(mine: TranslationRecord, alone: TranslationRecord) -> None:
    for name in ("text", "translation", "source_tokens", "output_tokens", "notices", "source", "beam"):
        assert getattr(mine, name) == getattr(alone, name), name
    assert mine.log_probability == pytest.approx(alone.log_probability, abs=1e-4)  # a sum over the tokens
    for step, other in zip(mine.steps, alone.steps, strict=True):
        assert step.probability == pytest.approx(other.probability, abs=1e-5)
    for grid, other_grid in zip(mine.attention, alone.attention, strict=True):
        assert grid.weights.shape == other_grid.weights.shape
        assert np.abs(grid.weights - other_grid.weights).max() < 1e-5, grid.kind
    assert [[(one.token, one.parent, one.fate) for one in step] for step in mine.tree] == [
        [(one.token, one.parent, one.fate) for one in step] for step in alone.tree
    ]


@pytest.mark.parametrize("model", ["transformer", "seq2seq-attention"])
@pytest.mark.parametrize("beam", [1, 5])
def test_everybody_gets_what_a_batch_of_one_gives(lab: TorchLab, model: str, beam: int) -> None:
    sizes: list[int] = []
    sentences = 0
    for text, records in zip(TEXTS, together(lab, model, beam, sizes), strict=True):
        for mine, alone in zip(records, lab.translate_passage(text, "en-de", model, beam).sentences, strict=True):
            same(mine, lab.translate(alone.text, "en-de", model, beam))
            sentences += 1
    assert sum(sizes) == sentences
    assert max(sizes) > 2, "nothing was written together: the test shows nothing"


def test_a_long_text_never_blocks_a_short_one(lab: TorchLab) -> None:
    """Four visitors have long texts under way; the fifth's sentence is there before any of them is done."""
    begun, runs = threading.Event(), []

    def observe(size: int) -> None:
        runs.append(size)
        begun.set()

    shared = replace(lab, shared=sharing(lab.opened(), observe))
    with ThreadPoolExecutor(4) as visitors:
        long = [visitors.submit(shared.translate_passage, LONG, "en-de", "transformer", 10) for _ in range(4)]
        assert begun.wait(30)
        before = len(runs)
        assert shared.translate("A man rides a bicycle.", "en-de", "transformer", 10).translation
        waited = len(runs) - before
        assert not any(one.done() for one in long)
    assert all(one.result().sentences for one in long)
    assert waited < len(runs) / 2, (waited, len(runs))
    assert max(runs) <= MOST_SENTENCES


def test_prefixes_and_beams_are_each_visitors_own(lab: TorchLab) -> None:
    shared = replace(lab, shared=sharing(lab.opened(), lambda size: None))
    asked: list[dict[str, Any]] = [{"beam": 1}, {"beam": 5, "prefix": "Ein"}, {"beam": 5}, {"beam": 3, "n_best": 3}] * 2
    gate = threading.Barrier(len(asked))

    def visitor(given: dict[str, Any]) -> TranslationRecord:
        gate.wait()
        return shared.translate(TEXTS[3], "en-de", "transformer", **given)

    with ThreadPoolExecutor(len(asked)) as visitors:
        for given, mine in zip(asked, visitors.map(visitor, asked), strict=True):
            alone = lab.translate(TEXTS[3], "en-de", "transformer", **given)
            same(mine, alone)
            assert [one.translation for one in mine.alternatives] == [one.translation for one in alone.alternatives]
    with pytest.raises(Problem, match="There is no text"):
        shared.translate("", "en-de")


def test_a_run_is_bounded() -> None:
    def sentence(length: int, beam: int = 5) -> Sentence:
        return Sentence([4] * (length - 1), beam, (), bool)

    assert fitting([sentence(5)] * 40) == MOST_SENTENCES
    assert fitting([sentence(50)] * 40) == MOST_ROWS // 250
    assert fitting([sentence(97, 10)] * 3) == 1
    assert fitting([sentence(5), sentence(5), sentence(5, 2)]) == 2
    assert fitting([sentence(5), sentence(500)]) == 1
