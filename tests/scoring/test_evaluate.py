"""evaluate on checkpoints that were trained on the samples a moment ago."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import pytest
import torch

from seqdemo import checkpoint
from seqdemo.checkpoint import digest
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.scoring.evaluate import evaluate, print_scores, probabilities, spread, write_papers
from seqdemo.text.words import split_words
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_labelled, read_lines

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "samples" / "corpora"


def test_scores_name_every_part_and_the_file(trained: Path) -> None:
    scores = json.loads((trained / "scores.json").read_text(encoding="utf-8"))
    corpus = CORPORA[scores["corpus"]]
    assert scores["dev"]["split"] == corpus.dev
    assert tuple(scores["tests"]) == corpus.tests
    assert [part["n"] for part in (scores["dev"], scores["tests"][corpus.tests[0]])] == [30, 36]
    assert scores["model_sha256"] == digest(trained / "model.safetensors")
    assert scores["command"] == f"python -m seqdemo evaluate {scores['checkpoint']} --data DIR"


def test_evaluating_again_gives_the_same(trained: Path) -> None:
    again = evaluate(trained, SAMPLES)
    before = json.loads((trained / "scores.json").read_text(encoding="utf-8"))
    assert {**again, "date": ""} == {**before, "date": ""}


@pytest.mark.parametrize("trained", ["sentiment-en-gru"], indirect=True)
def test_batches_predict_what_single_texts_do(trained: Path) -> None:
    opened = checkpoint.load(trained)
    rows = read_labelled(SAMPLES, CORPORA["sst2"], "test")
    together = probabilities(opened, [text for _, text in rows])
    for (_, text), stated in zip(rows, together, strict=True):
        ids = opened.tokenizer.encode(split_words(text))
        logits = opened.network(torch.tensor([ids]), torch.tensor([len(ids)]))
        np.testing.assert_allclose(stated, logits.softmax(-1)[0], atol=1e-5)
    right = sum(int(stated.argmax()) == wanted for stated, (wanted, _) in zip(together, rows, strict=True))
    scores = json.loads((trained / "scores.json").read_text(encoding="utf-8"))["tests"]["test"]
    assert scores["accuracy"] == round(right / len(rows), 4)
    assert scores["accuracy"] > 0.8  # the samples are easy: a network that reads them learns them
    unknown = probabilities(opened, ["zzz"])[0]
    np.testing.assert_array_equal(probabilities(opened, ["", " "]), [unknown, unknown])  # no word is read as one <unk>


@pytest.mark.parametrize("trained", ["en-de-transformer"], indirect=True)
def test_a_translator_that_is_always_right_scores_100(trained: Path) -> None:
    """The search is an argument; one that knows the references shows that lines, order and decoding are right."""
    opened = checkpoint.load(trained)
    asked: list[list[list[int]]] = []
    answers: dict[tuple[int, ...], list[int]] = {}
    corpus = CORPORA["multi30k"]
    for split in (corpus.dev, *corpus.tests):
        sides = (read_lines(SAMPLES, corpus, split, language) for language in ("en", "de"))
        for source, target in zip(*sides, strict=True):
            answers[tuple(opened.tokenizer.encode(source))] = opened.tokenizer.encode(target)

    def search(network: Any, sources: list[list[int]], *, beam: int, batch: int) -> list[list[int]]:
        assert beam == 5
        asked.append(sources)
        return [answers[tuple(source)] for source in sources]

    scores = evaluate(trained, SAMPLES, search=search)
    assert [part["bleu"] for part in scores["tests"].values()] == [100] * 3
    assert len(asked) == 4
    wrong = evaluate(trained, SAMPLES, search=lambda *a, **k: search(*a, **k)[::-1])
    assert wrong["tests"]["test_2016_flickr"]["bleu"] < 60


def test_printing_names_each_figure(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = json.loads((trained / "scores.json").read_text(encoding="utf-8"))
    print_scores(scores)
    lines = capsys.readouterr().out.splitlines()
    if scores["corpus"] == "sst2":
        assert len(lines) == 2 * 2 + 1
        assert lines[2].split() == [
            "test",
            "n",
            "36",
            "accuracy",
            f"{100 * scores['tests']['test']['accuracy']:.2f}",
            "%",
        ]
    else:
        assert len(lines) == 4 * 3
        assert "tok:13a" in lines[0]


def test_a_missing_checkpoint_or_missing_data_is_a_clear_problem(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointProblem, match="nowhere"):
        evaluate(tmp_path / "nowhere", SAMPLES)
    with pytest.raises(Problem) as raised:
        evaluate(trained, tmp_path)
    assert raised.value.code == "data_file_missing"


@pytest.mark.parametrize("trained", ["sentiment-en-gru"], indirect=True)
def test_other_seeds_give_a_spread_that_the_card_tells(trained: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / trained.name))
    for number in (2, 3):  # the same weights under another seed: the table is tried here, not the training
        run = Path(shutil.copytree(trained, tmp_path / f"run{number}" / "checkpoint"))
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        recipe = config["training"]["recipe"]
        recipe["seed"] = number
        if number == 2:  # as of a training before there were peers
            recipe.pop("peers", None)
        (run / "config.json").write_text(json.dumps(config), encoding="utf-8")
    scores = evaluate(folder, SAMPLES)
    assert spread(folder, [], scores, SAMPLES) == {}
    scores |= spread(folder, [tmp_path / "run2", tmp_path / "run3"], scores, SAMPLES)
    assert [row["seed"] for row in scores["seeds"]] == [1, 2, 3]
    scores["seeds"][1]["tests"]["test"] = 0.5
    write_papers(folder, scores)
    text, values = (folder / "card.md").read_text(encoding="utf-8"), [row["tests"]["test"] for row in scores["seeds"]]
    assert f"| {100 * mean(values):.2f} % ± {100 * stdev(values):.2f} % |" in text
    assert "| 1 (this file) |" in text
    assert spread(folder, [], evaluate(folder, SAMPLES), SAMPLES) == {
        "seeds": scores["seeds"]
    }  # kept for these weights
    with pytest.raises(Problem, match="no run of the recipe"):
        spread(folder, [tmp_path / "run2", tmp_path / "run2"], scores, SAMPLES)
    config["training"]["recipe"]["peak_rate"] *= 2
    (run / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(Problem, match="no run of the recipe"):
        spread(folder, [tmp_path / "run2", run.parent], scores, SAMPLES)


@pytest.mark.parametrize("trained", ["sentiment-en-gru"], indirect=True)
def test_the_figure_outside_the_domain_is_of_our_own_sentences(trained: Path) -> None:
    scores = json.loads((trained / "scores.json").read_text(encoding="utf-8"))["elsewhere"]
    lines = (ROOT / scores["file"]).read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    stated = probabilities(checkpoint.load(trained), [text for _, text, _ in rows])
    right = [int(said.argmax()) == int(label) for said, (label, _, _) in zip(stated, rows, strict=True)]
    assert (scores["n"], scores["accuracy"]) == (len(rows), round(mean(right), 4))
    assert f"{100 * mean(right):.1f} % of {len(rows)} sentences about hotel" in (trained / "card.md").read_text()
    assert {label for label, _, _ in rows} == {"0", "1"}
    assert len({text for _, text, _ in rows}) == len(rows)
