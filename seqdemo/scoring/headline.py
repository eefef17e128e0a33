"""The one number a test set that a page shows, out of scores.json. Knows neither torch nor sacrebleu."""

from __future__ import annotations

from typing import Any

TITLES = {
    "sst2": "SST-2",
    "trec": "TREC",
    "chnsenticorp": "ChnSentiCorp",
    "tnews": "TNEWS",
    "multi30k": "Multi30k",
    "tatoeba-en-de": "Tatoeba",
}


def headline(scores: dict[str, Any]) -> dict[str, str]:
    """{"SST-2 test": "85.1 % accuracy"} or {"Multi30k test_2016_flickr": "37.9 BLEU"}; {} before any evaluation.

    scores: as in scores.json. The order is that of the corpus's tests. BLEU is the cased 13a figure.
    """
    named = {}
    for name, one in scores.get("tests", {}).items():
        corpus, split = name.split("/") if "/" in name else (str(scores.get("corpus", "")), name)
        named[f"{TITLES.get(corpus, corpus)} {split}".strip()] = in_words(one)
    return named


def in_words(one: dict[str, Any]) -> str:
    """The score of one part: accuracy in percent or BLEU, to one decimal.

    >>> in_words({"n": 1821, "accuracy": 0.8512}), in_words({"n": 1000, "bleu": 37.94})
    ('85.1 % accuracy', '37.9 BLEU')
    """
    if "accuracy" in one:
        return f"{100 * one['accuracy']:.1f} % accuracy"
    return f"{one['bleu']:.1f} BLEU"
