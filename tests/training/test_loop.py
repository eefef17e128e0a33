"""Training learns, survives a kill to the last bit, and refuses to mix two trainings up."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo import checkpoint
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.corpora import CORPORA
from seqdemo.training.loop import train
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.rates import rate_at
from seqdemo.training.recipes import Recipe

GOOD, BAD, PLAIN = ("good", "fine", "lovely"), ("bad", "dull", "awful"), ("a", "film", "the", "it", "is", ".")
CLASSIFIER = Recipe(
    "tiny-gru",
    "classifier",
    "sentiment-en",
    "gru",
    "sst2",
    sizes={"embedding": 8, "hidden": 8, "dropout": 0.2},
    epochs=3,
    batch_tokens=60,
    peak_rate=0.02,
    average=0.9,
    word_dropout=0.05,
    seed=5,
)
TRANSLATOR = Recipe(
    "tiny-transformer",
    "translator",
    "en-de",
    "transformer",
    "multi30k",
    sizes={"model": 16, "heads": 2, "inner": 32, "encoder_layers": 1, "decoder_layers": 1, "dropout": 0.1},
    epochs=3,
    batch_tokens=120,
    peak_rate=0.01,
    smoothing=0.1,
    average=0.9,
)


@pytest.fixture(scope="module")
def opinions(tmp_path_factory) -> Path:
    """Made-up texts: one telling word among plain ones says the class."""
    folder = tmp_path_factory.mktemp("opinions")
    vocabulary = Vocabulary(["<pad>", "<unk>", *GOOD, *BAD, *PLAIN])
    vocabulary.save(folder / "vocabulary.txt")
    random = np.random.default_rng(1)
    for split, count in (("train", 300), ("dev", 60)):
        labels = random.integers(0, 2, count).astype(np.int32)
        texts = []
        for label in labels:
            words = list(random.choice(PLAIN, random.integers(1, 6)))
            words.insert(int(random.integers(0, len(words) + 1)), str(random.choice(GOOD if label else BAD)))
            texts.append(np.array(vocabulary.encode(words), dtype=np.int32))
        Examples({"text": texts}, labels).save(folder / f"{split}.npz")
    (folder / "prepared.json").write_text(json.dumps({"recipe": "tiny-gru", "tokenizer_version": "by hand"}))
    return folder


@pytest.fixture(scope="module")
def sightings(tmp_path_factory) -> Path:
    """Made-up pairs: word for word, in the same order."""
    folder = tmp_path_factory.mktemp("sightings")
    german = {"red": "rot", "green": "grün", "dog": "Hund", "cat": "Katze", "bird": "Vogel", "sees": "sieht"}
    random = np.random.default_rng(2)
    rows = [random.choice(list(german), random.integers(2, 6)) for _ in range(160)]
    pairs = [(" ".join(row), " ".join(german[word] for word in row)) for row in rows]
    subwords = Subwords.train([side for pair in pairs for side in pair], 316)
    subwords.save(folder / "subwords.model")
    (folder / "source_words.txt").write_text("".join(word + "\n" for word in german), encoding="utf-8")
    for split, part in (("train", pairs[:130]), ("dev", pairs[130:])):
        sides = [[np.array(subwords.encode(text), dtype=np.int32) for text in side] for side in zip(*part, strict=True)]
        Examples(dict(zip(("source", "target"), sides, strict=True))).save(folder / f"{split}.npz")
    (folder / "prepared.json").write_text(json.dumps({"recipe": "tiny-transformer", "tokenizer_version": "by hand"}))
    return folder


@pytest.fixture(params=[CLASSIFIER, TRANSLATOR], ids=lambda recipe: recipe.kind)
def recipe(request) -> Recipe:
    return request.param


@pytest.fixture
def prepared(recipe, request) -> Path:
    return request.getfixturevalue("opinions" if recipe.kind == "classifier" else "sightings")


def quiet(_: str) -> None:
    """Says nothing."""


def killed_at(word: str) -> Callable[[str], None]:
    """A listener that brings the training down when it hears `word`: before that epoch is saved."""

    def say(line: str) -> None:
        if line.startswith(word):
            raise KeyboardInterrupt

    return say


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    """Everything that a training at rest holds: weights in training, their average, the optimiser's moments."""
    state = torch.load(folder / "state.pt", weights_only=True)
    held = {f"{part}.{name}": value for part in ("network", "average") for name, value in state[part].items()}
    for number, moments in state["optimizer"]["state"].items():
        held |= {f"optimizer.{number}.{name}": value for name, value in moments.items()}
    return held


def assert_same_bits(one: Path, other: Path) -> None:
    ours, theirs = weights_of(one), weights_of(other)
    assert ours.keys() == theirs.keys()
    assert not [name for name in ours if not torch.equal(ours[name], theirs[name])]


def metrics_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_loss_goes_down_and_every_epoch_has_its_line(recipe, prepared, tmp_path):
    said: list[str] = []
    folder = train(recipe, prepared, tmp_path, command="python -m seqdemo train tiny", say=said.append)
    metrics = metrics_of(tmp_path)
    assert [line["epoch"] for line in metrics] == [1, 2, 3]
    assert metrics[2]["train_loss"] < 0.8 * metrics[0]["train_loss"]
    assert metrics[2]["dev_loss"] < metrics[0]["dev_loss"]
    assert [line.split("  ")[0] for line in said] == ["epoch 1", "epoch 2", "epoch 3"]
    assert metrics_of(folder) == metrics
    opened = checkpoint.load(folder)
    assert opened.config.training["command"] == "python -m seqdemo train tiny"
    assert opened.config.training["recipe"] == json.loads(json.dumps(recipe.__dict__))
    assert opened.config.training["dev_accuracy"] == max(line["dev_accuracy"] for line in metrics)


def test_a_classifier_learns_the_telling_words(opinions, tmp_path):
    folder = train(replace(CLASSIFIER, epochs=6), opinions, tmp_path, say=quiet)
    assert metrics_of(tmp_path)[-1]["dev_accuracy"] > 0.9
    opened = checkpoint.load(folder)
    for words, label in ((["a", "lovely", "film"], 1), (["it", "is", "awful", "."], 0)):
        ids = torch.tensor([opened.tokenizer.encode(words)])
        assert int(opened.network(ids, torch.tensor([len(words)])).argmax()) == label
    assert set(opened.trajectory) == {"mean", "components", "explained", "readout", "cloud", "cloud_probability"}


def test_after_a_kill_training_goes_on_to_the_same_weights(recipe, prepared, tmp_path):
    """Brought down in epoch 2 before it was saved, then again in epoch 3: bit for bit as if nothing had happened."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(recipe, prepared, whole, say=quiet)
    for resume, last in ((False, "epoch 2"), (True, "epoch 3")):
        with pytest.raises(KeyboardInterrupt):
            train(recipe, prepared, broken, resume=resume, say=killed_at(last))
        assert checkpoint.load(broken / "checkpoint").config.training["epoch"] >= 1
    train(recipe, prepared, broken, resume=True, say=quiet)
    assert_same_bits(whole, broken)
    ours, theirs = (checkpoint.load(folder / "checkpoint").config.digests for folder in (whole, broken))
    assert ours == theirs
    without_time = [[{**line, "minutes": 0} for line in metrics_of(folder)] for folder in (whole, broken)]
    assert without_time[0] == without_time[1]


def test_stopping_in_order_and_going_on_gives_the_same_weights(recipe, prepared, tmp_path):
    """--max-minutes 0 ends after one epoch; each saved checkpoint can be opened at once."""
    train(recipe, prepared, tmp_path / "whole", say=quiet)
    said: list[str] = []
    for epoch in (1, 2, 3):
        folder = train(recipe, prepared, tmp_path / "parts", resume=epoch > 1, max_minutes=0, say=said.append)
        assert checkpoint.load(folder).config.training["epoch"] <= epoch
        assert len(metrics_of(tmp_path / "parts")) == len(metrics_of(folder)) == epoch
    assert said.count("stopped after 0 minutes; go on with --resume") == 2
    assert "resumed after epoch 2 of 3" in said
    assert_same_bits(tmp_path / "whole", tmp_path / "parts")


def test_a_process_killed_outright_can_be_resumed(opinions, tmp_path):
    """SIGKILL, no clean-up of any kind."""
    program = (
        "import os, signal, sys; from pathlib import Path; from test_loop import CLASSIFIER; import torch;"
        "from seqdemo.training.loop import train; torch.set_num_threads(1);"
        "say = lambda line: os.kill(os.getpid(), signal.SIGKILL) if line.startswith('epoch 2') else None;"
        "train(CLASSIFIER, Path(sys.argv[1]), Path(sys.argv[2]), say=say)"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(checkpoint.__file__).parent.parent)])
    command = [sys.executable, "-c", program, str(opinions), str(tmp_path / "killed")]
    ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    train(CLASSIFIER, opinions, tmp_path / "killed", resume=True, say=quiet)
    train(CLASSIFIER, opinions, tmp_path / "whole", say=quiet)
    assert_same_bits(tmp_path / "whole", tmp_path / "killed")


def test_another_seed_gives_other_weights(opinions, tmp_path):
    one = replace(CLASSIFIER, epochs=1)
    for folder, seed in (("first", 5), ("again", 5), ("other", 6)):
        train(replace(one, seed=seed), opinions, tmp_path / folder, say=quiet)
    assert_same_bits(tmp_path / "first", tmp_path / "again")
    with pytest.raises(AssertionError):
        assert_same_bits(tmp_path / "first", tmp_path / "other")


def test_a_training_is_not_overwritten_nor_mixed_with_another(opinions, tmp_path):
    one = replace(CLASSIFIER, epochs=1)
    with pytest.raises(Problem) as caught:
        train(one, opinions, tmp_path, resume=True, say=quiet)
    assert caught.value.code == "nothing_to_resume"
    train(one, opinions, tmp_path, say=quiet)
    before = (tmp_path / "state.pt").read_bytes()
    with pytest.raises(Problem) as caught:
        train(one, opinions, tmp_path, say=quiet)
    assert caught.value.code == "training_exists"
    with pytest.raises(Problem) as caught:
        train(replace(one, peak_rate=0.03), opinions, tmp_path, resume=True, say=quiet)
    assert caught.value.code == "recipe_changed"
    assert (tmp_path / "state.pt").read_bytes() == before


def test_resuming_what_is_finished_changes_nothing(opinions, tmp_path):
    one = replace(CLASSIFIER, epochs=1)
    folder = train(one, opinions, tmp_path, say=quiet)
    before = {path.name: path.read_bytes() for path in (*tmp_path.glob("*.*"), *folder.iterdir())}
    train(one, opinions, tmp_path, resume=True, say=quiet)
    assert {path.name: path.read_bytes() for path in (*tmp_path.glob("*.*"), *folder.iterdir())} == before


def test_the_best_epoch_is_kept_not_the_last(opinions, tmp_path, monkeypatch):
    """Three epochs that score 0.6, 0.9 and 0.7 on dev: the second is what the checkpoint holds."""
    scores = iter((0.6, 0.9, 0.7))
    monkeypatch.setattr(
        "seqdemo.training.loop.dev_score",
        lambda *_: type("Score", (), {"loss": 1.0, "accuracy": next(scores)}),
    )
    opened = checkpoint.load(train(CLASSIFIER, opinions, tmp_path, say=quiet))
    assert opened.config.training["epoch"] == 2
    assert opened.config.training["dev_accuracy"] == 0.9


def test_the_rate_rises_in_a_line_and_falls_down_a_cosine():
    rates = [rate_at(share / 100, 0.1, 0.05) for share in range(101)]
    assert rates[0] == 0
    assert rates[5] == pytest.approx(0.5)
    assert max(rates) == rates[10] == 1
    assert rates[55] == pytest.approx((1 + 0.05) / 2)
    assert rates[100] == pytest.approx(0.05)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_training_starts_on_a_bare_machine():
    """Neither the interface nor the parser nor the downloader comes in with the training loop."""
    program = (
        "import sys, seqdemo.training.loop;"
        "kept_out = {'gradio', 'spacy', 'plotly', 'pooch', 'sacrebleu', 'jieba', 'ray', 'pandas', 'sklearn'};"
        "print(sorted(kept_out & set(sys.modules)))"
    )
    root = str(Path(checkpoint.__file__).parent.parent)
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=120)
    assert ended.stdout.strip() == "[]", ended.stderr


def begins_with(prepared, first, texts=()):
    """Lay a checkpoint where a training finds what it begins with."""
    shutil.copyfile(first / "model.safetensors", prepared / BEGIN)
    begin = {"name": "first", "sha256": "1" * 64, "texts": list(texts)}
    about = json.loads((prepared / "prepared.json").read_text()) | {"begin": begin}
    (prepared / "prepared.json").write_text(json.dumps(about))
    return begin


def test_a_training_begins_with_the_weights_that_its_recipe_names(sightings, tmp_path):
    prepared = shutil.copytree(sightings, tmp_path / "prepared")
    first = train(TRANSLATOR, prepared, tmp_path / "first", say=quiet)
    begin = begins_with(prepared, first)
    idle = replace(TRANSLATOR, begin="first", epochs=1, peak_rate=0.0)  # so that it ends where it began
    then = train(idle, prepared, tmp_path / "then", say=quiet)
    ours, theirs = (checkpoint.load(folder).network.state_dict() for folder in (then, first))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    kept = json.loads((then / "config.json").read_text())["training"]
    assert kept["begin"] == begin
    assert kept["dev_accuracy"] == metrics_of(tmp_path / "first")[-1]["dev_accuracy"]


def test_a_share_of_what_a_training_began_with_is_kept_and_named(sightings, tmp_path):
    prepared = shutil.copytree(sightings, tmp_path / "prepared")
    first = train(TRANSLATOR, prepared, tmp_path / "first", say=quiet)
    texts = [["Letters of a friend", "CC0"], [CORPORA[TRANSLATOR.corpus].title, CORPORA[TRANSLATOR.corpus].licence]]
    begins_with(prepared, first, texts)
    plain = replace(TRANSLATOR, begin="first", epochs=1)
    folders = [
        train(replace(plain, keep=share), prepared, tmp_path / str(share), say=quiet) for share in (0.0, 0.25, 1.0)
    ]
    new, mixed, old = (checkpoint.load(folder).network.state_dict() for folder in folders)
    for name in new:
        torch.testing.assert_close(mixed[name], 0.75 * new[name] + 0.25 * old[name], rtol=2e-3, atol=1e-4)  # float16
    begun = checkpoint.load(first).network.state_dict()
    assert all(torch.equal(old[name], begun[name]) for name in begun)
    assert not all(torch.equal(new[name], begun[name]) for name in begun)
    training = json.loads((folders[1] / "config.json").read_text())["training"]
    assert training["also"] == texts[:1]  # what it learnt from earlier; its own text is named already
    accuracies = {metrics_of(tmp_path / str(share))[-1]["dev_loss"] for share in (0.0, 0.25, 1.0)}
    assert len(accuracies) == 3  # each is judged as it is saved
