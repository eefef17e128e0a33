"""Learning the words before the label: what is learnt, what it begins with, and that a kill loses nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from seqdemo.checkpoint import load
from seqdemo.models import CLASSIFIERS
from seqdemo.problems import Problem
from seqdemo.training import language
from seqdemo.training.language import HIDDEN, STATE, WordGuesser, dev_surprise, fill_in, go_on, learn_language, surprise
from seqdemo.training.loop import train
from seqdemo.training.prepare import number_words
from seqdemo.training.prepared import Examples
from seqdemo.training.recipes import Recipe

RECIPE = Recipe(
    "next-gru", "classifier", "sentiment-en", "gru", "sst2", sizes={"embedding": 12, "hidden": 16, "dropout": 0.1},
    language=3, epochs=1, batch_tokens=200, at_least=1,
)  # fmt: skip
SAYINGS = ("the cat sat on the mat", "a dog lay by the door", "the bird sang in a tree")


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    folder = tmp_path / "prepared"
    folder.mkdir()
    texts = [saying.split() for saying in SAYINGS for _ in range(60)]
    labels = [number % 2 for number in range(len(texts))]
    number_words({"train": (texts, labels, None), "dev": (texts[::20], labels[:9], None)}, 1, folder)
    (folder / "prepared.json").write_text(json.dumps({"tokenizer_version": "spaces"}), encoding="utf-8")
    return folder


def network(model: str = "gru", **sizes: int) -> torch.nn.Module:
    torch.manual_seed(3)
    return CLASSIFIERS[model].build(
        **{"vocabulary": 20, "labels": 2, "embedding": 6, "hidden": 5, "dropout": 0.0, **sizes}
    )


def test_the_surprise_is_the_mean_cross_entropy_of_the_words_that_are_there(equals_reference) -> None:
    """Against the plain way: scores of every word of the vocabulary, one text at a time."""
    reader = WordGuesser(network()).double().eval()
    texts = [np.array([5, 9, 3]), np.array([7])]
    found, number = surprise(reader, go_on(texts), 0)
    losses = []
    for text in map(torch.from_numpy, texts):
        read = torch.cat((torch.tensor([1]), text[:-1]))
        hidden = reader.classifier.recurrent.fused(reader.classifier.embedding(read[None]))[0]
        scores = 4.0 * reader.projection(hidden) @ reader.classifier.embedding.weight.T + reader.bias
        losses.append(F.cross_entropy(scores, text, reduction="none"))
    assert number == 4
    equals_reference(found.double(), torch.cat(losses).mean(), 1e-6)  # the softmax is of 32 bits


def test_among_few_words_a_word_is_easier_to_tell_and_among_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, asked = WordGuesser(network()).double().eval(), go_on([np.array([5, 9, 3, 7, 2])])
    whole, _ = surprise(reader, asked, 0)
    assert float(surprise(reader, asked, 3)[0]) < float(whole)
    every = torch.arange(20)
    monkeypatch.setattr(torch, "randint", lambda *_, **__: every)
    torch.testing.assert_close(surprise(reader, asked, 20)[0], whole)


def test_what_is_hidden_can_be_put_back_and_nothing_else_changes() -> None:
    texts = [np.array([5, 9, 3, 7, 2, 8] * 10), np.array([4]), np.array([6, 2])]
    asked = fill_in(texts, torch.Generator().manual_seed(2))
    assert asked.lengths.tolist() == [60, 1, 2]
    assert (asked.ids[asked.places] == 1).all()
    whole = asked.ids.masked_scatter(asked.places, asked.wanted)
    assert [row[row != 0].tolist() for row in whole] == [text.tolist() for text in texts]
    hidden = asked.places.sum(dim=1).tolist()
    assert hidden[1] == 1 and hidden[2] >= 1  # of a short text at least one
    assert abs(hidden[0] / 60 - HIDDEN) < 0.15
    again, other = (fill_in(texts, torch.Generator().manual_seed(seed)) for seed in (2, 3))
    assert torch.equal(asked.places, again.places)
    assert not torch.equal(asked.places, other.places)


@pytest.mark.parametrize("model", ["attention", "bilstm-attention"])
def test_a_hidden_word_is_guessed_from_both_sides_and_not_from_padding(model: str) -> None:
    sizes = {"model": 8, "heads": 2, "inner": 8} if model == "attention" else {"embedding": 6, "hidden": 5}
    torch.manual_seed(3)
    reader = WordGuesser(CLASSIFIERS[model].build(vocabulary=20, labels=2, dropout=0.0, **sizes)).double().eval()
    among = torch.arange(20)
    ids = torch.tensor([[5, 1, 3], [5, 1, 0], [4, 1, 3]])
    places = ids == 1
    scores = reader(ids, torch.tensor([3, 2, 3]), places, among)
    alone = reader(ids[1:2, :2], torch.tensor([2]), places[1:2, :2], among)
    torch.testing.assert_close(scores[1:2], alone)
    assert not torch.allclose(scores[0], scores[1])  # what follows counts
    assert not torch.allclose(scores[0], scores[2])  # and what comes before


@pytest.mark.parametrize(("model", "epochs"), [("gru", 15), ("bilstm-attention", 40)])
def test_it_learns_the_words_of_its_text(
    model: str, epochs: int, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "BATCH_WORDS", 60)
    splits = {split: Examples.load(prepared / f"{split}.npz") for split in ("train", "dev")}
    words = int(max(map(np.max, splits["train"].columns["text"]))) + 1
    classifier = network(model, vocabulary=words, embedding=12, hidden=16)
    readout = classifier.readout.weight.clone()
    begun, said = dev_surprise(WordGuesser(classifier), splits["dev"]), []
    learn_language(classifier, splits, replace(RECIPE, language=epochs), tmp_path, say=said.append)
    ended = float(said[-1].split()[-1])
    assert len(said) == epochs
    assert ended < 0.6 < begun  # three sayings: little is left open, as what follows "the"
    assert torch.equal(classifier.readout.weight, readout)  # of labels it has learnt nothing


def test_the_classifier_begins_with_what_was_learnt(prepared: Path, tmp_path: Path) -> None:
    idle = replace(RECIPE, peak_rate=0.0, weight_decay=0.0)
    opened = load(train(idle, prepared, tmp_path / "run", say=lambda _: None))
    learnt = torch.load(tmp_path / "run" / STATE, weights_only=True)["network"]
    for name in ("embedding.weight", "recurrent.input_weight", "recurrent.hidden_weight"):
        wanted = learnt[f"classifier.{name}"]
        torch.testing.assert_close(opened.network.state_dict()[name], wanted, rtol=1e-3, atol=1e-4)  # float16
    assert opened.config.training["recipe"]["language"] == 3


def test_after_a_kill_it_goes_on_to_the_same_weights(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load(train(RECIPE, prepared, tmp_path / "whole", say=lambda _: None)).network.state_dict()
    real, said = language.dev_surprise, []

    def killed(*given: object) -> float:
        if said:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(language, "dev_surprise", killed)
        with pytest.raises(KeyboardInterrupt):
            train(RECIPE, prepared, tmp_path / "run", say=said.append)
    assert len(said) == 1
    with pytest.raises(Problem, match="already"):
        train(RECIPE, prepared, tmp_path / "run", say=said.append)
    again: list[str] = []
    resumed = load(train(RECIPE, prepared, tmp_path / "run", resume=True, say=again.append)).network.state_dict()
    assert [line.split()[1] for line in again if line.startswith("language")] == ["2", "3"]
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_what_cannot_be_gone_on_from_is_told(prepared: Path, tmp_path: Path) -> None:
    train(RECIPE, prepared, tmp_path / "run", say=lambda _: None)
    (tmp_path / "run" / "state.pt").unlink()
    with pytest.raises(Problem):  # another recipe's
        train(replace(RECIPE, language=5), prepared, tmp_path / "run", resume=True, say=lambda _: None)
    (tmp_path / "run" / STATE).write_bytes(b"PK\x03\x04 not a state")
    with pytest.raises(Problem):
        train(RECIPE, prepared, tmp_path / "run", resume=True, say=lambda _: None)
