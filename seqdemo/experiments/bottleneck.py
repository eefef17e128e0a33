"""One vector for a whole sentence: BLEU against the length of the source, with and without attention.

    python -m seqdemo experiment bottleneck --data DIR --write

After Cho et al. 2014, "On the Properties of Neural Machine Translation", figure 4, and Bahdanau et al. 2015, figure 2:
a translator that must pack the source into one vector should lose on long sentences, one that may look back should not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.scoring.bleu import score
from seqdemo.text.subwords import Subwords
from seqdemo.text.words import split_words
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_pairs

MODELS = ("seq2seq", "seq2seq-attention", "transformer")
BINS = ((1, 8), (9, 11), (12, 14), (15, 18), (19, 60))  # words of the source, first and last
TESTS = ("test_2016_flickr", "test_2017_flickr")
BEAM, BATCH = 5, 64


def bin_of(words: int) -> int | None:
    """Number of the bin for a sentence of so many words; None where it is longer than all."""
    return next((number for number, (first, last) in enumerate(BINS) if first <= words <= last), None)


def measure(say: Callable[[str], None], data: Path) -> dict[str, Any]:
    """{"bins": [[first, last]], "n": [...], "middle": mean words, "models": {model: [BLEU a bin]}, ...}.

    Raises CheckpointProblem where one of the three translators was not trained yet.
    """
    sources: list[str] = []
    references: list[str] = []
    for test in TESTS:
        source, target = read_pairs(data, CORPORA["multi30k"], test, "en", "de")
        sources += source
        references += target
    counts = [len(split_words(one, "en")) for one in sources]
    members = [[place for place, count in enumerate(counts) if bin_of(count) == number] for number in range(len(BINS))]
    models: dict[str, list[float]] = {}
    used = []
    for name in MODELS:
        model = opened(f"en-de-{name}")
        subwords = model.tokenizer
        assert isinstance(subwords, Subwords)
        found = translate_ids(model.network, [subwords.encode(one) for one in sources], beam=BEAM, batch=BATCH)
        written = [subwords.decode(ids) for ids in found]
        models[name] = [
            score([written[place] for place in places], [references[place] for place in places])["bleu"]
            for places in members
        ]
        used.append(model)
        say(f"{name}: {models[name]}")
    middle = [round(sum(counts[place] for place in places) / len(places), 2) for places in members]
    kept = {name: round(row[-1] / row[0], 3) for name, row in models.items()}
    return {
        **{"bins": [list(one) for one in BINS], "n": [len(places) for places in members], "middle": middle},
        **{"models": models, "kept": kept, "tests": list(TESTS), "beam": BEAM, "about": about(*used)},
    }
