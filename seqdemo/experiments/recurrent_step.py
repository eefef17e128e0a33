"""One step of a plain recurrent network by hand: the numbers of a few units, from word and old state to new state.

    python -m seqdemo experiment recurrent-step --write

h_t = tanh(W x_t + b + U h_(t-1) + c) (Elman 1990; Goodfellow et al. 2016, equations 10.8 and 10.9), with the weights
that read the films of Classify. Shown are the units whose state one word turns most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from seqdemo.experiments.opened import about, opened
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words

TEXT, WORD, UNITS = "The plot is thin, but the acting is wonderful.", "wonderful", 3


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"word", "units": [{"unit", "before", "word_part", "state_part", "total", "after"}]}, the most turned first.

    Units are counted from 1, as on the page.
    """
    model = opened("sentiment-en-rnn")
    network, vocabulary = model.network, model.tokenizer
    assert isinstance(network, RecurrentClassifier)
    assert isinstance(vocabulary, Vocabulary)
    words = split_words(TEXT, "en")
    cell = network.recurrent
    vectors = network.embedding(torch.tensor([vocabulary.encode(words)]))
    states = cell.fused(vectors)[0]
    time = words.index(WORD)
    before, after = states[time - 1], states[time]
    word_part = vectors[0, time] @ cell.input_weight.T + cell.input_bias
    state_part = before @ cell.hidden_weight.T + cell.hidden_bias
    chosen = (after - before).abs().topk(UNITS).indices.tolist()
    columns = {"before": before, "word_part": word_part, "state_part": state_part, "total": word_part + state_part}
    columns["after"] = after
    rows = [
        {"unit": unit + 1, **{name: round(float(row[unit]), 4) for name, row in columns.items()}} for unit in chosen
    ]
    for row in rows:
        say(f"unit {row['unit']}: tanh({row['word_part']:+.2f} {row['state_part']:+.2f}) = {row['after']:+.2f}")
    size = {"word": vectors.shape[-1], "state": states.shape[-1]}
    return {
        "text": TEXT,
        "word": WORD,
        "before_word": words[time - 1],
        "size": size,
        "units": rows,
        "about": about(model),
    }
