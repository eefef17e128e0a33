"""How far back does the verdict hang on the state? d score / d h_t against the distance from the end, for three cells.

    python -m seqdemo experiment gradient-river --write

Hochreiter 1991 and Pascanu et al. 2013 (section 2.1) say that this gradient may vanish in a plain recurrent
network; here it is in networks that have learnt to read film reviews, on sentences that they never saw. For each
sentence the length of the gradient is divided by its length at the last word; the middle half is the band.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from seqdemo.experiments.opened import CELLS, about, opened, own_sentences
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attribution import river_of
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words

FARTHEST = 9  # words from the end; sentences with fewer words are left out


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"distances", "n", "cells": {cell: {"median", "low", "high"}}}: shares of the gradient at the last word."""
    texts = [split_words(one.text, "en") for one in own_sentences("sentiment-en")]
    texts = [words for words in texts if len(words) > FARTHEST]
    cells: dict[str, dict[str, list[float]]] = {}
    used = []
    for cell in CELLS:
        model = opened(f"sentiment-en-{cell}")
        network, vocabulary = model.network, model.tokenizer
        assert isinstance(network, RecurrentClassifier)
        assert isinstance(vocabulary, Vocabulary)
        rows = []
        for words in texts:
            lengths = river_of(network, torch.tensor(vocabulary.encode(words)), 1).words.flip(0)[: FARTHEST + 1]
            rows.append((lengths / lengths[0]).numpy())
        low, median, high = np.quantile(np.stack(rows), (0.25, 0.5, 0.75), axis=0).round(4).tolist()
        cells[cell] = {"median": median, "low": low, "high": high}
        used.append(model)
        say(f"{cell}: {median}")
    return {"distances": [*range(FARTHEST + 1)], "n": len(texts), "cells": cells, "about": about(*used)}
