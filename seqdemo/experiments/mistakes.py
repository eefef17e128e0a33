"""Where the classifiers are wrong: sentences of ours about hotels and meals, read by networks that know films.

python -m seqdemo experiment mistakes --write
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from seqdemo.checkpoint import Checkpoint
from seqdemo.experiments.opened import CLASSIFIERS, about, opened, own_sentences
from seqdemo.scoring.accuracy import score
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"labels", "n", "models": {model: {"accuracy", "confusion", "wrong": [...]}}, "all_wrong"}; the surest first."""
    sentences = own_sentences("sentiment-en")
    models: dict[str, dict[str, Any]] = {}
    used: list[Checkpoint] = []
    labels: tuple[str, ...] = ()
    for name in CLASSIFIERS:
        model = opened(f"sentiment-en-{name}")
        vocabulary, labels = model.tokenizer, model.config.labels
        assert isinstance(vocabulary, Vocabulary)
        answered = []
        for one in sentences:
            ids = vocabulary.encode(split_words(one.text, "en"))
            answered.append(model.network(torch.tensor([ids]), torch.tensor([len(ids)]))[0].softmax(0).numpy())
        shares = np.stack(answered)
        wrong = [
            {
                "text": one.text,
                "about": one.about,
                "label": labels[one.label],
                "probability": round(float(share.max()), 4),
            }
            for one, share in zip(sentences, shares, strict=True)
            if share.argmax() != one.label
        ]
        wrong.sort(key=lambda row: -float(str(row["probability"])))
        found = score(shares.argmax(axis=1).tolist(), [one.label for one in sentences], len(labels))
        models[name] = {"accuracy": found["accuracy"], "confusion": found["confusion"], "wrong": wrong}
        used.append(model)
        say(f"{name}: {len(wrong)} of {len(sentences)} wrong")
    shared = set.intersection(*({row["text"] for row in one["wrong"]} for one in models.values()))
    all_wrong = [one.text for one in sentences if one.text in shared]
    return {"labels": labels, "n": len(sentences), "models": models, "all_wrong": all_wrong, "about": about(*used)}
