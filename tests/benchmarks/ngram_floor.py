"""The floor to beat: how far a bag of n-grams gets on a classification corpus, with no network at all.

    python -m tests.benchmarks.ngram_floor --data DIR [--corpus sst2]

TF-IDF of lower-cased words and pairs of words, then logistic regression (scikit-learn's settings but for
those below), trained on the same part as our checkpoints. Prints the accuracy on dev and on each test; the
one on the first test is `ngram_floor` in seqdemo/training/corpora.py, which the cards quote. It was not tuned:
eighteen settings near it (C 1, 5 or 10, other cuts, sublinear counts) lie between 82.3 and 84.1 on SST-2's test.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqdemo.training.corpora import CORPORA, Corpus
from seqdemo.training.downloads import locate
from seqdemo.training.reading import read_labelled


def floor(corpus: Corpus, data: Path) -> dict[str, float]:
    """Split -> accuracy."""
    bag = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+")
    model = make_pipeline(bag, LogisticRegression(C=10, max_iter=1000))
    labels, texts = zip(*read_labelled(data, corpus, corpus.train), strict=True)
    model.fit(texts, labels)
    result = {}
    for split in (corpus.dev, *corpus.tests):
        wanted, held_out = zip(*read_labelled(data, corpus, split), strict=True)
        result[split] = float(model.score(held_out, wanted))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="corpora (default: $SEQDEMO_DATA, else download)")
    parser.add_argument("--corpus", default="sst2", choices=[name for name, corpus in CORPORA.items() if corpus.labels])
    chosen = parser.parse_args()
    for split, accuracy in floor(CORPORA[chosen.corpus], locate(CORPORA[chosen.corpus], chosen.data)).items():
        print(f"{split:10} {100 * accuracy:.2f} %")
