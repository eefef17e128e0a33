"""A fresh checkpoint meets its test part once; what it scored goes into its papers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from seqdemo import checkpoint
from seqdemo.bench.rows import Rows
from seqdemo.bench.settings import Settings
from seqdemo.checkpoint import Checkpoint, write_atomically
from seqdemo.decoding.batch import translate_ids
from seqdemo.golden import write_golden
from seqdemo.scoring import accuracy, bleu
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words
from seqdemo.training.batches import text_batches
from seqdemo.training.prepared import Examples
from seqdemo.training.reading import MAX_TRAINING_WORDS

MOST_TRANSLATED = 60  # sentences of a test part: the score is shown with its number
BEAM = 1
BATCH_WORDS = 4000


def judge(folder: Path, rows: Rows, settings: Settings) -> dict[str, Any]:
    """Write scores.json, golden.json and card.md into a checkpoint's folder; returns the scores of the test part.

    {"n", "accuracy", "confusion", "majority"} or {"n", "bleu", ..., "exact"}: of the weights as they are on disk.
    """
    opened = checkpoint.load(folder)
    found = classified_test(opened, rows) if rows.labels else translated_test(opened, rows)
    scores = {"corpus": rows.sample or "own", "model_sha256": opened.sha256, "tests": {"test": found}}
    write_atomically(folder / "scores.json", (json.dumps(scores, indent=1, ensure_ascii=False) + "\n").encode())
    write_golden(opened)
    write_atomically(folder / "card.md", _card(opened, rows, settings, found).encode())
    return found


def judged_labels(opened: Checkpoint, rows: Rows, part: str) -> tuple[list[int], list[int]]:
    """(what a classifier says, what is right): numbers of labels, for each row of a part."""
    vocabulary = opened.tokenizer
    assert isinstance(vocabulary, Vocabulary)
    texts = [split_words(text, rows.languages[0])[:MAX_TRAINING_WORDS] for _, text in rows.parts[part]]
    ids = [np.array(vocabulary.encode(vocabulary.pieces(words)), dtype=np.int32) for words in texts]
    labels = np.array([rows.labels.index(label) for label, _ in rows.parts[part]], dtype=np.int32)
    predicted: list[int] = []
    wanted: list[int] = []
    with torch.inference_mode():
        for batch in text_batches(Examples({"text": ids}, labels), BATCH_WORDS):
            predicted += opened.network(batch.ids, batch.lengths).argmax(-1).tolist()
            wanted += batch.labels.tolist()
    return predicted, wanted


def classified_test(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    """Accuracy and confusion matrix on the test part, and the share of its most frequent class."""
    found = accuracy.score(*judged_labels(opened, rows, "test"), len(rows.labels))
    return found | {"majority": round(rows.majority, 4)}


def translated_test(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    """BLEU of greedy translations of the test part's first sentences, and the share that came out word for word."""
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    some = rows.parts["test"][:MOST_TRANSLATED]
    written = translate_ids(opened.network, [subwords.encode(source) for source, _ in some], beam=BEAM, batch=32)
    texts = [subwords.decode(ids) for ids in written]
    references = [target for _, target in some]
    exact = sum(one == other for one, other in zip(texts, references, strict=True)) / len(some)
    return bleu.score(texts, references, rows.languages[1]) | {"exact": round(exact, 4), "beam": BEAM}


def _card(opened: Checkpoint, rows: Rows, settings: Settings, found: dict[str, Any]) -> str:
    """What somebody who finds the folder needs to know."""
    training = opened.config.training
    numbers = ", ".join(f"{part} {len(some)}" for part, some in rows.parts.items())
    what = ", ".join(rows.labels) if rows.labels else " to ".join(rows.languages)
    score = f"{100 * found['accuracy']:.1f} % accuracy" if rows.labels else f"{found['bleu']:.1f} BLEU"
    floor = f" (always the most frequent class: {100 * found['majority']:.1f} %)" if rows.labels else ""
    return f"""# {opened.config.name}

Trained on the page "Train here" of seqdemo. {"Classes" if rows.labels else "Languages"}: {what}.

- Network: {settings.model}, width {settings.width}, {opened.parameters:,} parameters
- Data: {training["corpus"]}; parts: {numbers}; licence: {training["licence"]}
- Seed {settings.seed}, {settings.epochs} epochs asked for, highest learning rate {settings.rate:g}; {training["date"]}
- Kept: the epoch best on dev ({100 * training["dev_accuracy"]:.1f} %)
- Test part: {score} on {found["n"]} rows{floor}

To use it, put this folder into a folder DIR and start `python app.py --checkpoints DIR`.
The vocabulary holds words of the training text: mind whom you give it to.
"""
