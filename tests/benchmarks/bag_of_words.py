"""The floor under the sentiment scores: how well does a model do that knows no word order beyond pairs?

    python tests/benchmarks/bag_of_words.py --data DIR

TF-IDF over single words and pairs, then logistic regression, on the same training phrases and test
sentences as the shipped networks. About 15 seconds on two cores.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from seqdemo.training.corpora import CORPORA, read_labelled
from seqdemo.training.downloads import locate


def accuracy(data: Path) -> float:
    """Share of the SST-2 test sentences that get their label. Other settings gave 82.5 % to 84.1 %."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    corpus = CORPORA["sst2"]
    train, test = (read_labelled(data, corpus, split) for split in (corpus.train, corpus.tests[0]))
    counts = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\S+")
    model = make_pipeline(counts, LogisticRegression(C=10, max_iter=1000))
    model.fit([text for _, text in train], [label for label, _ in train])
    return float(model.score([text for _, text in test], [label for label, _ in test]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="corpora (default: $SEQDEMO_DATA, else download)")
    print(f"bag of words and pairs, SST-2 test: {accuracy(locate(CORPORA['sst2'], parser.parse_args().data)):.1%}")
