"""The films show what their checkpoints do: each frame's score and matrix is that of evaluating its weights."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from seqdemo.bench.rows import sample_rows
from seqdemo.experiments.film import MOST_TRANSLATED, PART, axes_of, frame_of
from seqdemo.experiments.filming import FILMS, FOLDER, FRAMES, frames_of
from seqdemo.experiments.table import FOLDER as EXPERIMENTS

FOUND: dict[str, Any] = json.loads((EXPERIMENTS / "film.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILMS)
def test_every_frame_is_what_its_weights_do(name: str) -> None:
    rows, shipped = sample_rows(FILMS[name].data), FOUND[name]
    frames = frames_of(name)
    assert [step for step, _ in frames] == [frame["step"] for frame in shipped["frames"]]
    assert len(frames) == FRAMES
    for (step, opened), told in zip(frames, shipped["frames"], strict=True):
        found = frame_of(opened, rows)
        assert found["score"] == pytest.approx(told["score"], abs=0.01 if name == "classifier" else 0.5), step
        np.testing.assert_allclose(found["matrix"], told["matrix"], atol=2e-3)
        assert np.shape(told["matrix"]) == (len(shipped["rows"]), len(shipped["columns"]))
    assert {key: shipped[key] for key in ("rows", "columns", "text", "n")} == {
        key: value for key, value in axes_of(frames[-1][1], rows).items() if key != "reference"
    }


def test_the_classifier_s_accuracy_is_counted_anew() -> None:
    """Sentence by sentence, each read alone: no padding, no batch."""
    rows = sample_rows(FILMS["classifier"].data)
    _, opened = frames_of("classifier")[-1]
    from seqdemo.text.words import split_words

    right = 0
    for label, text in rows.parts[PART]:
        ids = torch.tensor([opened.tokenizer.encode(split_words(text, "en"))])
        right += rows.labels[int(opened.network(ids, torch.tensor([ids.shape[1]])).argmax())] == label
    assert round(right / len(rows.parts[PART]), 4) == FOUND["classifier"]["frames"][-1]["score"]


def test_the_films_show_learning_and_are_small() -> None:
    for name in FILMS:
        scores = [frame["score"] for frame in FOUND[name]["frames"]]
        assert scores[-1] > 2 * scores[0] and scores[-1] == max(scores)
    assert FOUND["translator"]["n"] == MOST_TRANSLATED
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000


def test_the_checkpoint_that_is_named_is_the_file() -> None:
    import hashlib

    for name in FILMS:
        opened = frames_of(name)[-1][1]
        told = {key: FOUND[name][key] for key in ("checkpoint", "parameters")}
        assert told == {"checkpoint": opened.config.name, "parameters": opened.parameters}
        assert FOUND[name]["sha256"] == hashlib.sha256((FOLDER / name / "model.safetensors").read_bytes()).hexdigest()


def test_a_frame_is_not_another_frame() -> None:
    """Else the comparison above could pass with one set of weights for all."""
    weights = {path.read_bytes() for name in FILMS for path in (FOLDER / name / "steps").iterdir()}
    assert len(weights) == len(FILMS) * FRAMES
