"""A teacher made of peers: nobody is asked about what he learnt from, and a target is part label, part answer."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.checkpoint import load
from seqdemo.problems import Problem
from seqdemo.scoring.card import _data, _training
from seqdemo.training import peers
from seqdemo.training.corpora import CORPORA
from seqdemo.training.loop import train
from seqdemo.training.prepare import prepare
from seqdemo.training.prepared import Examples
from seqdemo.training.reading import read_labelled
from seqdemo.training.recipes import PEERS, RECIPES, Recipe, Tuned

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"
SMALL: dict[str, dict[str, Any]] = {
    "attention": {"model": 8, "heads": 2, "inner": 8, "layers": 1},
    "lstm": {"embedding": 8, "hidden": 8},
    "gru": {"embedding": 8, "hidden": 8},
}


def small(recipe: Recipe, **changes: Any) -> Recipe:
    """The same without word vectors, and tiny."""
    return replace(recipe, sizes=SMALL[recipe.model], vectors="", at_least=1, language=0, epochs=1, **changes)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small readers, and an encoder that pip installs: of another language, but as real."""
    for name, row in list(PEERS.items()):
        readers = tuple(small(reader) for reader in row.readers)
        monkeypatch.setitem(PEERS, name, replace(row, readers=readers, tuned=Tuned("minilm", epochs=1), share=0.5))


def numbered(recipe: Recipe, folder: Path) -> None:
    prepare(recipe, SAMPLES, folder)


def learnt(recipe: Recipe, folder: Path) -> tuple[Examples, Path]:
    """What it learns from, and the checkpoint that comes of it."""
    numbered(recipe, folder / "prepared")
    checkpoint = train(recipe, folder / "prepared", folder, say=lambda _: None)
    return Examples.load(folder / "prepared" / "train.npz"), checkpoint


def test_each_reader_is_asked_about_every_text_and_about_none_that_it_learnt_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[tuple[str, set[bytes]]] = []
    asked: list[set[bytes]] = []
    tuned: list[tuple[set[str], set[str]]] = []
    really, probabilities = peers.train, peers._probabilities

    def spied(recipe: Recipe, prepared: Path, folder: Path, **settings: Any) -> Path:
        texts = Examples.load(prepared / "train.npz").columns["text"]
        trained.append((recipe.model, {text.tobytes() for text in texts}))
        return really(recipe, prepared, folder, **settings)

    def spied_on(checkpoint: Path, texts: Any) -> Any:
        asked.append({text.tobytes() for text in texts})
        return probabilities(checkpoint, texts)

    monkeypatch.setattr(peers, "train", spied)
    monkeypatch.setattr(peers, "_probabilities", spied_on)
    really_tuned = peers._tuned

    def spied_tuned(how: Any, labels: int, rows: Any, texts: Any, device: str) -> Any:
        tuned.append(({text for _, text in rows}, set(texts)))
        return really_tuned(how, labels, rows, texts, device)

    monkeypatch.setattr(peers, "_tuned", spied_tuned)
    said: list[str] = []
    found = peers.targets("titles", SAMPLES, tmp_path, numbered, say=said.append)
    whole = {text.tobytes() for text in found.columns["text"]}
    assert len(trained) == len(asked) == peers.FOLDS * 2 and len(said) == 4
    for model in ("attention", "lstm"):
        rounds = [(texts, about) for (name, texts), about in zip(trained, asked, strict=True) if name == model]
        assert all(not texts & about for texts, about in rounds)
        assert set().union(*(about for _, about in rounds)) == whole
    texts = {text for _, text in read_labelled(SAMPLES, CORPORA["tnews"], "train")}
    assert len(tuned) == 2
    assert all(not learnt & about and learnt | about == texts for learnt, about in tuned)


def test_a_target_is_part_label_and_part_the_mean_answer_and_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = peers.targets("titles", SAMPLES, tmp_path, numbered, say=lambda _: None)
    mean = np.load(tmp_path / peers.ANSWERS)
    assert found.labels is not None and found.answers is not None
    np.testing.assert_allclose(mean.sum(axis=1), 1, atol=1e-5)
    labels = np.eye(mean.shape[1])[found.labels]
    np.testing.assert_allclose(np.exp(found.answers), 0.5 * mean + 0.5 * labels, atol=1e-5)
    papers = json.loads((tmp_path / peers.PAPERS).read_text(encoding="utf-8"))
    assert set(papers["right"]) == {"attention", "lstm", "bag", "minilm"}
    assert papers["folds"] == {"attention": 4, "lstm": 4, "bag": 4, "minilm": 2}
    parts = [np.load(tmp_path / f"{part}.npy") for part in papers["right"]]
    weights = list(papers["weights"].values())
    assert sum(weights) == pytest.approx(1)
    np.testing.assert_allclose(mean, np.average(parts, axis=0, weights=weights), atol=1e-6)
    assert papers["together"] == pytest.approx((mean.argmax(axis=1) == found.labels).mean())
    monkeypatch.setattr(peers, "train", lambda *_, **__: pytest.fail("trained again"))
    again = peers.targets("titles", SAMPLES, tmp_path, numbered, say=lambda _: None)
    assert again.answers is not None and np.array_equal(again.answers, found.answers)


def test_weights_make_the_labels_likeliest() -> None:
    random = np.random.default_rng(1)
    said = random.uniform(0.01, 1, (3, 500)) ** [[1], [2], [4]]

    def likelihood(weights: Any) -> float:
        return float(np.log(np.asarray(weights) @ said).mean())

    found = peers.weigh(list(said))
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    best = likelihood(found)
    for _ in range(200):
        assert best >= likelihood(random.dirichlet(np.ones(3))) - 1e-6
    assert best > likelihood(np.full(3, 1 / 3)) + 1e-3
    np.testing.assert_allclose(peers.weigh([said[0], said[0]]), 0.5)


def test_a_bag_learns_what_stands_in_its_texts() -> None:
    texts, labels = ["股票大涨", "足球比赛", "股票下跌", "足球进球"] * 3, np.array([0, 1, 0, 1] * 3, dtype=np.int32)
    found = peers._bag(texts, labels, ["买股票", "踢足球"])
    assert found[0, 0] > 0.8 and found[1, 1] > 0.8


def test_a_recipe_with_peers_learns_their_answers_and_its_card_says_so(tmp_path: Path) -> None:
    recipe = small(RECIPES["topic-zh-gru"])
    examples, checkpoint = learnt(recipe, tmp_path / "run")
    assert examples.labels is not None and examples.answers is not None
    assert (np.exp(examples.answers).max(axis=1) >= 0.49).all()  # the label has half at least
    assert load(checkpoint).config.training["peers"]["folds"]["lstm"] == peers.FOLDS
    said = _data(json.loads((checkpoint / "config.json").read_text(encoding="utf-8")), (CORPORA["tnews"],))
    assert "50 % of each of its targets are the weighted mean answer of peers" in said
    assert "a bag of one to three signs with logistic regression, of 25 % of the texts each time" in said
    assert "MiniLM" in said and "of 50 % of the texts" in said and "Licence of all-MiniLM-L6-v2" in said
    other = replace(recipe, at_least=30)
    with pytest.raises(ValueError, match="another vocabulary"):
        prepare(other, SAMPLES, tmp_path / "other" / "prepared")


def test_a_text_that_comes_often_keeps_its_target_and_the_card_says_how_often(tmp_path: Path) -> None:
    recipe = small(RECIPES["sentiment-zh-gru"])
    examples, checkpoint = learnt(recipe, tmp_path / "run")
    assert examples.times is not None and examples.answers is not None
    assert len(examples.times) == len(examples.answers) == len(examples) and set(examples.times) == {1, 2, 4}
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    metrics = [json.loads(line) for line in (checkpoint / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    said = _training(config, metrics)
    assert "goes through ChnSentiCorp 2 times and waimai_10k 4 times, through the rest once" in said
    assert "oversample" not in said
    config["training"]["recipe"] |= {"oversample": {}}
    assert " times" not in _training(config, metrics)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(Problem, match="sklearn"):
        peers._bag(["a"], np.array([0], dtype=np.int32), ["a"])
