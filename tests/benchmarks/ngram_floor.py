"""The floor to beat: how far a bag of n-grams gets on a classification corpus, with no network at all.

    python -m tests.benchmarks.ngram_floor --data DIR [--corpus sst2]
    python -m tests.benchmarks.ngram_floor --data DIR --corpus chnsenticorp online_shopping waimai

TF-IDF of lower-cased words and pairs of words (Chinese: characters and pairs of them), then logistic regression
(scikit-learn's settings but for those below), trained on the same parts as our checkpoints: several corpora are put
together. Prints the accuracy on dev and on each test; the one on a corpus's first test is `ngram_floor` in
seqdemo/training/corpora.py, which the cards quote. It was not tuned: eighteen settings near it (C 1, 5 or 10, other
cuts, sublinear counts) lie between 82.3 and 84.1 on SST-2's test.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqdemo.training.corpora import CORPORA, Corpus
from seqdemo.training.downloads import locate
from seqdemo.training.reading import read_labelled


def floor(corpora: Sequence[Corpus], data: Path) -> dict[str, float]:
    """Corpus and split -> accuracy."""
    bag = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S" if corpora[0].language == "zh" else r"\S+")
    model = make_pipeline(bag, LogisticRegression(C=10, max_iter=1000))
    rows = [row for corpus in corpora for row in read_labelled(data, corpus, corpus.train)]
    labels, texts = zip(*rows, strict=True)
    model.fit(texts, labels)
    result = {}
    for corpus in corpora:
        for split in (corpus.dev, *corpus.tests):
            wanted, held_out = zip(*read_labelled(data, corpus, split), strict=True)
            result[f"{corpus.name}/{split}"] = float(model.score(held_out, wanted))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="corpora (default: $SEQDEMO_DATA, else download)")
    known = [name for name, corpus in CORPORA.items() if corpus.labels]
    parser.add_argument("--corpus", nargs="+", default=["sst2"], choices=known, help="trained on together")
    chosen = parser.parse_args()
    corpora = [CORPORA[name] for name in chosen.corpus]
    folders = [locate(corpus, chosen.data) for corpus in corpora]
    for split, accuracy in floor(corpora, folders[0]).items():
        print(f"{split:24} {100 * accuracy:.2f} %")
