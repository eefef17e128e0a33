"""One vector for a whole sentence: BLEU against the length of the source, with and without attention.

    python -m seqdemo experiment bottleneck --data DIR --write

After Cho et al. 2014, "On the Properties of Neural Machine Translation", figure 4, and Bahdanau et al. 2015, figure 2:
a translator that must pack the source into one vector should lose on long sentences, one that may look back should not.
A bin holds few sentences, so each figure has its interval: sacrebleu draws the bin's sentences anew, with
replacement (Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation", section 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.text.subwords import Subwords
from seqdemo.text.words import split_words
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_pairs

MODELS = ("seq2seq", "seq2seq-attention", "transformer")
BINS = ((1, 8), (9, 11), (12, 14), (15, 18), (19, 60))  # words of the source, first and last
TESTS = ("test_2016_flickr", "test_2017_flickr")
BEAM, BATCH = 5, 64
DRAWS, SEED = 300, 12345  # of the interval; sacrebleu's own seed


def bin_of(words: int) -> int | None:
    """Number of the bin for a sentence of so many words; None where it is longer than all."""
    return next((number for number, (first, last) in enumerate(BINS) if first <= words <= last), None)


def interval(written: Sequence[str], references: Sequence[str], draws: int = DRAWS) -> tuple[float, float, float]:
    """(BLEU, lower, upper): of these sentences, and the bounds of 95 % of the drawn sets like them."""
    from sacrebleu.metrics.bleu import BLEU

    found: Any = BLEU().corpus_score(list(written), [list(references)], n_bootstrap=draws)
    return round(found.score, 2), round(found._mean - found._ci, 2), round(found._mean + found._ci, 2)


def measure(say: Callable[[str], None], data: Path) -> dict[str, Any]:
    """{"bins": [[first, last]], "n": [...], "middle": mean words, "models": {model: {"bleu", "low", "high"}}, ...}.

    Each of the three is a list, one number a bin. "kept": BLEU of the longest bin over that of the shortest; "gain":
    what attention adds to the recurrent translator's BLEU, a number a bin. Raises CheckpointProblem where one of the
    three translators was not trained yet.
    """
    sources: list[str] = []
    references: list[str] = []
    for test in TESTS:
        source, target = read_pairs(data, CORPORA["multi30k"], test, "en", "de")
        sources += source
        references += target
    counts = [len(split_words(one, "en")) for one in sources]
    members = [[place for place, count in enumerate(counts) if bin_of(count) == number] for number in range(len(BINS))]
    models: dict[str, dict[str, list[float]]] = {}
    used = []
    for name in MODELS:
        model = opened(f"en-de-{name}")
        subwords = model.tokenizer
        assert isinstance(subwords, Subwords)
        found = translate_ids(model.network, [subwords.encode(one) for one in sources], beam=BEAM, batch=BATCH)
        written = [subwords.decode(ids) for ids in found]
        told = [interval([written[one] for one in places], [references[one] for one in places]) for places in members]
        models[name] = {key: [one[place] for one in told] for place, key in enumerate(("bleu", "low", "high"))}
        used.append(model)
        say(f"{name}: {models[name]['bleu']}")
    middle = [round(sum(counts[place] for place in places) / len(places), 2) for places in members]
    kept = {name: round(row["bleu"][-1] / row["bleu"][0], 3) for name, row in models.items()}
    plain, looking = models["seq2seq"]["bleu"], models["seq2seq-attention"]["bleu"]
    gain = [round(one - other, 2) for one, other in zip(looking, plain, strict=True)]
    network: Any = used[0].network
    settings = {"beam": BEAM, "draws": DRAWS, "summary": 2 * network.config.hidden}
    return {
        **{"bins": [list(one) for one in BINS], "n": [len(places) for places in members], "middle": middle},
        **{"models": models, "kept": kept, "gain": gain, "tests": list(TESTS)},
        **{"settings": settings, "about": about(*used)},
    }
