"""The one number a test set that a page shows, out of scores.json. Knows neither torch nor sacrebleu."""

from __future__ import annotations

from typing import Any

from seqdemo.records import Aligner

TITLES = {
    "sst2": "SST-2",
    "trec": "TREC",
    "chnsenticorp": "ChnSentiCorp",
    "tnews": "TNEWS",
    "multi30k": "Multi30k",
    "tatoeba-en-de": "Tatoeba",
    "tatoeba-en-zh": "Tatoeba",
    "online_shopping": "online_shopping",
    "waimai": "waimai",
}


SHARES = ("accuracy", "ece")  # of 1, shown in per cent; the others are figures of sacrebleu with a signature


def main_figure(one: dict[str, Any]) -> str:
    """Name of the figure that a part is quoted by: "accuracy" or "bleu"."""
    return "accuracy" if "accuracy" in one else "bleu"


def shown(figure: str, value: float) -> str:
    """With two decimals, as cards and the command line print it.

    >>> shown("ece", 0.0186), shown("bleu", 35.184)
    ('1.86 %', '35.18')
    """
    return f"{100 * value:.2f} %" if figure in SHARES else f"{value:.2f}"


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


def aligner_of(scores: dict[str, Any]) -> Aligner | None:
    """The best head of scores["alignment"]; None where nobody compared."""
    if "alignment" not in scores:
        return None
    best = scores["alignment"]["best"]
    where = {name: best[name] for name in ("layer", "head", "step", "weighting")}
    return Aligner(**where, error_rate=best["aer"], sentences=scores["alignment"]["n"])


def in_place(head: dict[str, Any]) -> str:
    """Where a head of scores["alignment"] is and how it was read.

    >>> in_place({"layer": 2, "head": 1, "step": "output", "weighting": "norm"})
    'layer 2, head 1, read at the output step, norm-weighted'
    """
    weighting = ", norm-weighted" if head["weighting"] == "norm" else ""
    return f"layer {head['layer']}, head {head['head']}, read at the {head['step']} step{weighting}"
