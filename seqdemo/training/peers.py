"""A teacher made of peers: small readers of one corpus, each asked only about texts that it did not learn from.

The mean of a few readers that err differently knows more than each of them (Hansen and Salamon 1990, "Neural Network
Ensembles"), and one network can learn it from their answers (Hinton et al. 2015, section 2). The texts are dealt into
`FOLDS`; about those of one, readers are asked that learnt from the others (Wolpert 1992, "Stacked Generalization"):
about what they have learnt by heart they would only repeat the labels. A target is part label, part answer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqdemo.checkpoint import load, write_atomically
from seqdemo.problems import Problem
from seqdemo.training.batches import groups, padded
from seqdemo.training.corpora import CORPORA
from seqdemo.training.loop import train
from seqdemo.training.prepared import Examples, Ids
from seqdemo.training.reading import read_labelled
from seqdemo.training.recipes import PEERS, Peers, Recipe

FOLDS = 4
BATCH_WORDS = 4000
LEAST = 1e-6  # of a probability, so that its logarithm can be kept
ANSWERS, PAPERS = "answers.npy", "papers.json"
Prepare = Callable[[Recipe, Path], None]  # a reader's recipe and a folder: number its corpus there


def targets(name: str, data: Path, folder: Path, prepare: Prepare, say: Callable[[str], None] = print) -> Examples:
    """The training texts of a row of PEERS, as its readers number them, with targets as log-probabilities.

    Made where `folder` does not hold them yet; `folder / PAPERS` says what was done. Raises Problem without
    scikit-learn, which makes the bag.
    """
    peers = PEERS[name]
    readers = {reader.model: folder / reader.model for reader in peers.readers}
    for reader in peers.readers:
        if not (readers[reader.model] / "prepared" / "prepared.json").exists():
            prepare(reader, readers[reader.model] / "prepared")
    examples = Examples.load(next(iter(readers.values())) / "prepared" / "train.npz")
    assert examples.labels is not None
    if not (folder / ANSWERS).exists():
        answered = _asked(peers, examples, data, readers, say)
        mean = np.mean(list(answered.values()), axis=0)
        right = {part: float((found.argmax(axis=1) == examples.labels).mean()) for part, found in answered.items()}
        together = float((mean.argmax(axis=1) == examples.labels).mean())
        papers = {"share": peers.share, "folds": FOLDS, "right": right, "together": together}
        np.save(folder / ANSWERS, mean.astype(np.float32))
        write_atomically(folder / PAPERS, (json.dumps(papers, indent=2) + "\n").encode())
    mean = np.load(folder / ANSWERS, allow_pickle=False)
    mixed = peers.share * mean + (1 - peers.share) * np.eye(mean.shape[1])[examples.labels]
    return Examples(examples.columns, examples.labels, np.log(mixed + LEAST).astype(np.float32))


def _asked(
    peers: Peers, examples: Examples, data: Path, readers: dict[str, Path], say: Callable[[str], None]
) -> dict[str, NDArray[np.float64]]:
    """Reader -> probabilities of every training text, [text, label], from readers that did not learn from it."""
    labels = np.asarray(examples.labels)
    fold = np.random.default_rng(peers.seed).integers(0, FOLDS, len(labels))
    corpus = CORPORA[peers.corpus]
    found = {part: np.zeros((len(labels), len(corpus.labels))) for part in (*readers, "bag")}
    texts = [text for _, text in read_labelled(data, corpus, corpus.train)]
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} numbered ones: some have no word")
    ids = {model: Examples.load(home / "prepared" / "train.npz").columns["text"] for model, home in readers.items()}
    for number in range(FOLDS):
        learnt, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        found["bag"][asked] = _bag([texts[one] for one in learnt], labels[learnt], [texts[one] for one in asked])
        for reader in peers.readers:
            home, numbered = readers[reader.model], ids[reader.model]
            part = home / f"without-{number}"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(home / "prepared", part / "prepared")
            Examples({"text": [numbered[one] for one in learnt]}, labels[learnt]).save(part / "prepared" / "train.npz")
            trained = train(reader, part / "prepared", part, say=lambda _: None)
            found[reader.model][asked] = _probabilities(trained, [numbered[one] for one in asked])
        right = {part: (answers[asked].argmax(axis=1) == labels[asked]).mean() for part, answers in found.items()}
        say(f"peers {number + 1}/{FOLDS}  " + "  ".join(f"{part} {share:.4f}" for part, share in right.items()))
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
