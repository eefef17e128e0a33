"""A checkpoint that does not answer as it once did is named and not served."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from seqdemo.checkpoint import digest, load
from seqdemo.commands import main
from seqdemo.golden import GOLDEN, checked, golden_of
from seqdemo.lab import open_lab
from seqdemo.problems import CheckpointProblem

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
NAMES = sorted(path.name for path in CHECKPOINTS.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two checkpoints of each kind, free to be spoilt."""
    for name in ("sentiment-en-rnn", "sentiment-en-gru", "en-de-transformer"):
        shutil.copytree(CHECKPOINTS / name, tmp_path / name)
    return tmp_path


def reweighted(folder: Path, change: Any) -> None:
    """Other weights whose digest fits: what a wrong build or a hostile upload would look like."""
    path = folder / "model.safetensors"
    weights = load_file(str(path))
    change(weights)
    save_file(weights, str(path))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["digests"][path.name] = digest(path)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    golden = json.loads((folder / GOLDEN).read_text(encoding="utf-8"))
    golden["model_sha256"] = digest(path)
    (folder / GOLDEN).write_text(json.dumps(golden), encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_checkpoint_answers_its_sentence_and_the_file_is_fresh(name: str) -> None:
    """Else: python -m seqdemo selftest --write"""
    opened = load(CHECKPOINTS / name)
    assert checked(opened) is opened
    written = json.loads((CHECKPOINTS / name / GOLDEN).read_text(encoding="utf-8"))
    now = golden_of(opened)
    assert (now.text, list(now.ids), list(now.tokens)) == (written["text"], written["ids"], written["tokens"])
    assert now.answer == pytest.approx(written["answer"], abs=1e-4)
    assert list(now.labels or ()) == written["labels"]


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights["readout.bias"].add_(torch.tensor([1.0, -1.0])),
        lambda weights: weights["readout.weight"].copy_(-weights["readout.weight"]),
        lambda weights: weights["embedding.weight"].fill_(float("nan")),
    ],
    ids=["shifted", "turned round", "not numbers"],
)
def test_weights_that_answer_otherwise_are_named_and_the_rest_serves(folder: Path, change: Any) -> None:
    reweighted(folder / "sentiment-en-gru", change)
    lab = open_lab(folder, "cpu")
    assert lab.tasks() == {"sentiment-en": ("rnn",)}
    assert [(problem.code, problem.values["name"]) for problem in lab.problems] == [
        ("golden_differs", "sentiment-en-gru")
    ]


def test_a_translator_that_writes_something_else_is_not_served(folder: Path) -> None:
    reweighted(folder / "en-de-transformer", lambda weights: [one.mul_(0.3) for one in weights.values()])
    lab = open_lab(folder, "cpu")
    assert lab.pairs() == {}
    assert [problem.code for problem in lab.problems] == ["golden_differs"]


def test_a_vocabulary_in_another_order_is_noticed(folder: Path) -> None:
    path = folder / "sentiment-en-gru" / "vocabulary.txt"
    words = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*words[:2], *reversed(words[2:-1]), ""]), encoding="utf-8")
    config = json.loads((path.parent / "config.json").read_text(encoding="utf-8"))
    config["digests"][path.name] = digest(path)
    (path.parent / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CheckpointProblem, match="golden sentence"):
        checked(load(path.parent))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        {"ids": [10**9]},
        {"ids": [-1]},
        {"ids": []},
        {"ids": [2] * 10_000},
        {"ids": "many"},
        {"answer": None},
        {"more": 1},
    ],
)
def test_a_golden_file_that_is_no_golden_file_is_told(folder: Path, written: Any) -> None:
    path = folder / "sentiment-en-rnn" / GOLDEN
    if isinstance(written, dict):
        written = json.dumps(json.loads(path.read_text(encoding="utf-8")) | written).encode()
    path.write_bytes(written)
    with pytest.raises(CheckpointProblem) as caught:
        checked(load(path.parent))
    assert (caught.value.code, caught.value.values["file"]) == ("checkpoint_damaged", GOLDEN)


def test_a_file_of_other_weights_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(folder / "sentiment-en-gru" / GOLDEN, folder / "sentiment-en-rnn" / GOLDEN)
    assert main(["--checkpoints", str(folder), "selftest"]) == 1
    told = capsys.readouterr()
    assert "selftest sentiment-en-rnn --write" in told.err
    assert "sentiment-en-gru\tok" in told.out
    assert main(["--checkpoints", str(folder), "selftest", "sentiment-en-rnn", "--write"]) == 0
    assert main(["--checkpoints", str(folder), "selftest"]) == 0


def test_a_fresh_training_says_how_it_is_served(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`train` writes no golden.json; without one nobody could tell reversed labels from the right ones."""
    (folder / "sentiment-en-rnn" / GOLDEN).unlink()
    assert open_lab(folder, "cpu").tasks() == {"sentiment-en": ("gru",)}
    assert main(["--checkpoints", str(folder), "selftest"]) == 1
    assert "selftest sentiment-en-rnn --write" in capsys.readouterr().err
    assert main(["--checkpoints", str(folder), "selftest", "sentiment-en-rnn", "--write"]) == 0
    assert open_lab(folder, "cpu").tasks() == {"sentiment-en": ("rnn", "gru")}


def test_a_golden_file_from_before_labels_were_kept_still_serves(folder: Path) -> None:
    path = folder / "sentiment-en-rnn" / GOLDEN
    golden = json.loads(path.read_text(encoding="utf-8"))
    del golden["labels"]
    path.write_text(json.dumps(golden), encoding="utf-8")
    assert open_lab(folder, "cpu").problems == ()


@pytest.mark.parametrize("name", ["..", "../checkpoints", "sentiment-en-rnn/..", "/etc", "nothing"])
def test_a_name_never_leads_out_of_the_folder(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--checkpoints", str(folder), "selftest", name, "--write"]) == 1
    assert "There is no checkpoint called" in capsys.readouterr().err
