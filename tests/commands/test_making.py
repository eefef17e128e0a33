"""prepare, train and evaluate as a user types them, on the small corpora written for this project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seqdemo.commands import main

SAMPLES = str(Path(__file__).resolve().parents[1] / "samples" / "corpora")
NAME = "sentiment-en-rnn"


def test_from_text_to_a_checkpoint_with_its_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["train", NAME, "--data", SAMPLES, "--output", str(tmp_path / "run"), "--device", "cpu"]
    assert main([*run, "--max-minutes", "0"]) == 0
    assert "go on with --resume" in capsys.readouterr().out

    assert main(run) == 1  # what is there is not overwritten
    assert "Go on with --resume" in capsys.readouterr().err

    assert main([*run, "--resume"]) == 0
    metrics = (tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["epoch"] for line in metrics] == [1, 2, 3, 4]

    shutil.copytree(tmp_path / "run" / "checkpoint", tmp_path / "checkpoints" / NAME)
    evaluate = ["--checkpoints", str(tmp_path / "checkpoints"), "evaluate", NAME, "--data", SAMPLES]
    assert main([*evaluate, "--write"]) == 0
    printed = capsys.readouterr().out
    folder = tmp_path / "checkpoints" / NAME
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert f"{100 * scores['tests']['test']['accuracy']:.2f} %" in printed
    assert f"python -m seqdemo train {NAME}" in (folder / "card.md").read_text(encoding="utf-8")
    assert (folder / "learning_curve.svg").is_file()

    assert main(["--checkpoints", str(tmp_path / "checkpoints"), "--list"]) == 0
    assert "sentiment-en\trnn" in capsys.readouterr().out


def test_data_is_found_by_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SEQDEMO_DATA", SAMPLES)
    assert main(["prepare", NAME, "--output", str(tmp_path)]) == 0
    assert (tmp_path / "prepared" / "train.npz").is_file()
    monkeypatch.setenv("SEQDEMO_DATA", str(tmp_path / "nowhere"))
    assert main(["prepare", NAME, "--output", str(tmp_path)]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_there_is_nothing_to_resume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", NAME, "--data", SAMPLES, "--output", str(tmp_path), "--device", "cpu", "--resume"]
    assert main(arguments) == 1
    assert "holds no training to resume" in capsys.readouterr().err
