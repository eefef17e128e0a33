"""A teacher made of peers: small readers of one corpus, each asked only about texts that it did not learn from.

The mean of a few readers that err differently knows more than each of them (Hansen and Salamon 1990, "Neural Network
Ensembles"), and one network can learn it from their answers (Hinton et al. 2015, section 2). The texts are dealt into
`FOLDS`; about those of one, readers are asked that learnt from the others (Wolpert 1992, "Stacked Generalization"):
about what they have learnt by heart they would only repeat the labels. So the labels also say, fairly, what weight each
peer has in the mean. A target is part label, part answer. One of the peers may be a sentence encoder that others taught
with far more text, fine-tuned on the corpus (`teacher.py`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqdemo.checkpoint import load, write_atomically
from seqdemo.problems import Problem
from seqdemo.training.batches import groups, padded
from seqdemo.training.corpora import corpora_of
from seqdemo.training.encoders import ENCODERS
from seqdemo.training.loop import train
from seqdemo.training.prepared import Examples, Ids
from seqdemo.training.reading import read_labelled
from seqdemo.training.recipes import PEERS, Peers, Recipe, Tuned

FOLDS = 4
WEIGHING = 200  # rounds
BATCH_WORDS = 4000
LEAST = 1e-6  # of a probability, so that its logarithm can be kept
ANSWERS, PAPERS = "answers.npy", "papers.json"
Prepare = Callable[[Recipe, Path], None]  # a reader's recipe and a folder: number its corpus there
Numbers = NDArray[np.intp]  # of texts
Ask = Callable[[Numbers, Numbers], NDArray[np.float64]]  # learn from the first, answer about the second: [text, label]


def targets(
    name: str, data: Path, folder: Path, prepare: Prepare, device: str = "cpu", say: Callable[[str], None] = print
) -> Examples:
    """The training texts of a row of PEERS, as its readers number them, with targets as log-probabilities.

    device: of the sentence encoder. What each peer answered is kept in `folder`, and made where it is not there yet;
    `folder / PAPERS` says what was done. Raises Problem where the packages for it are missing.
    """
    peers = PEERS[name]
    for reader in peers.readers:
        if not (folder / reader.model / "prepared" / "prepared.json").exists():
            prepare(reader, folder / reader.model / "prepared")
    examples = Examples.load(folder / peers.readers[0].model / "prepared" / "train.npz")
    assert examples.labels is not None
    if not (folder / ANSWERS).exists():
        ways = {reader.model: _reading(reader, folder / reader.model, examples.labels) for reader in peers.readers}
        ways |= _of_texts(peers, data, device, examples.labels)
        folds = dict.fromkeys(ways, FOLDS) | ({peers.tuned.encoder: peers.tuned.folds} if peers.tuned else {})
        answered = {}
        for part, ask in ways.items():
            if not (folder / f"{part}.npy").exists():
                found = _out_of_folds(ask, len(examples), folds[part], peers.seed)
                np.save(folder / f"{part}.npy", found.astype(np.float32))
            answered[part] = np.load(folder / f"{part}.npy", allow_pickle=False)
            say(f"peers: {part} {_right(answered[part], examples.labels):.4f}")
        weights = weigh([found[np.arange(len(examples)), examples.labels] for found in answered.values()])
        mean = np.tensordot(weights, list(answered.values()), axes=1)
        right = {part: _right(found, examples.labels) for part, found in answered.items()}
        papers: dict[str, Any] = {"share": peers.share, "right": right, "together": _right(mean, examples.labels)}
        papers["weights"] = dict(zip(answered, map(float, weights), strict=True))
        papers["folds"] = folds
        np.save(folder / ANSWERS, mean.astype(np.float32))
        write_atomically(folder / PAPERS, (json.dumps(papers, indent=2) + "\n").encode())
    mean = np.load(folder / ANSWERS, allow_pickle=False)
    mixed = peers.share * mean + (1 - peers.share) * np.eye(mean.shape[1])[examples.labels]
    return Examples(examples.columns, examples.labels, np.log(mixed + LEAST).astype(np.float32))


def weigh(said: Sequence[NDArray[np.floating[Any]]]) -> NDArray[np.float64]:
    """Weights that sum to 1, with which a mean of the peers finds the labels likeliest. said: peer -> [text], what each
    thought the right label's probability was.

    Expectation and maximisation for the weights of a mixture (Dempster, Laird and Rubin 1977, section 4.3): a peer's
    new weight is the mean share that it had in what all said together.
    """
    probable = np.maximum(np.array(said, dtype=np.float64), LEAST)  # [peer, text]
    weights = np.full(len(probable), 1 / len(probable))
    for _ in range(WEIGHING):
        shares = weights[:, None] * probable
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights


def _right(answers: NDArray[np.floating[Any]], labels: Ids) -> float:
    return float((answers.argmax(axis=1) == labels).mean())


def _out_of_folds(ask: Ask, texts: int, folds: int, seed: int) -> NDArray[np.float64]:
    """Probabilities of every text, [text, label], each from a reader that did not learn from it."""
    fold = np.random.default_rng(seed).integers(0, folds, texts)
    rounds = [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(folds)]
    answers = [ask(learnt, asked) for learnt, asked in rounds]
    found = np.zeros((texts, answers[0].shape[1]))
    for (_, asked), answered in zip(rounds, answers, strict=True):
        found[asked] = answered
    return found


def _reading(reader: Recipe, home: Path, labels: Ids) -> Ask:
    """A small network that learns from what is numbered in home / "prepared"."""
    numbered = Examples.load(home / "prepared" / "train.npz").columns["text"]

    def ask(learnt: Numbers, asked: Numbers) -> NDArray[np.float64]:
        part = home / "part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(home / "prepared", part / "prepared")
        Examples({"text": [numbered[one] for one in learnt]}, labels[learnt]).save(part / "prepared" / "train.npz")
        trained = train(reader, part / "prepared", part, say=lambda _: None)
        return _probabilities(trained, [numbered[one] for one in asked])

    return ask


def _of_texts(peers: Peers, data: Path, device: str, labels: Ids) -> dict[str, Ask]:
    """The peers that read texts as they stand."""
    corpora = corpora_of(asdict(peers.readers[0]))
    rows = [row for corpus in corpora for row in read_labelled(data, corpus, corpus.train)]
    if len(rows) != len(labels):
        raise ValueError(f"{len(rows)} texts and {len(labels)} numbered ones: some have no word")
    texts = [text for _, text in rows]
    ways: dict[str, Ask] = {
        "bag": lambda learnt, asked: _bag([texts[one] for one in learnt], labels[learnt], [texts[one] for one in asked])
    }
    if peers.tuned:
        tuned = peers.tuned
        ways[tuned.encoder] = lambda learnt, asked: _tuned(
            tuned, len(corpora[0].labels), [rows[one] for one in learnt], [texts[one] for one in asked], device
        )
    return ways


def _tuned(
    tuned: Tuned, labels: int, rows: Sequence[tuple[int, str]], asked: Sequence[str], device: str
) -> NDArray[np.float64]:
    """A sentence encoder that learns the labels of `rows` -> probabilities, [text, label]."""
    from seqdemo.training.teacher import Teacher, answers, fine_tune

    torch.manual_seed(tuned.seed)
    teacher = Teacher(labels, ENCODERS[tuned.encoder]).to(device)
    fine_tune(teacher, rows, epochs=tuned.epochs, peak_rate=tuned.peak_rate, seed=tuned.seed, say=lambda _: None)
    found: NDArray[np.float64] = torch.from_numpy(answers(teacher, asked)).double().softmax(dim=-1).numpy()
    return found


def _bag(texts: Sequence[str], labels: Ids, asked: Sequence[str]) -> NDArray[np.float64]:
    """A bag of one to three signs in a row, TF-IDF and logistic regression -> probabilities, [text, label]."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as missing:
        raise Problem("teacher_missing", package=str(missing.name)) from None
    bag = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    model = LogisticRegression(C=4, max_iter=200).fit(bag.fit_transform(texts), labels)
    probabilities: NDArray[np.float64] = model.predict_proba(bag.transform(asked))
    return probabilities


@torch.inference_mode()
def _probabilities(checkpoint: Path, texts: Sequence[Ids]) -> NDArray[np.float64]:
    """What a trained reader thinks of each text, [text, label], in order."""
    opened = load(checkpoint)
    network: Any = opened.network
    found = np.zeros((len(texts), len(opened.config.labels)))
    for group in groups(np.array([len(text) for text in texts]), BATCH_WORDS, None):
        rows = [texts[one] for one in group]
        found[group] = network(padded(rows), torch.tensor([len(row) for row in rows])).softmax(dim=-1).numpy()
    return found
