"""A training as a film: at each kept step its score on dev, and what the network makes of one sentence.

python -m seqdemo experiment film --write
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from seqdemo.bench.judging import judged_labels
from seqdemo.bench.rows import Rows, sample_rows
from seqdemo.checkpoint import Checkpoint
from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.filming import FILMS, frames_of
from seqdemo.scoring import accuracy, bleu
from seqdemo.text.subwords import END, START, Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words

PART = "dev"
MOST_TRANSLATED = 60  # sentences of it
SENTENCES = {"classifier": "Remind me to play some music for the guests.", "translator": 0}  # 0: the first of the part


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{film: {"rows", "columns", "checkpoint", "frames": [{"step", "score", "matrix", ...}], ...}}.

    classifier: rows are classes, columns words, the matrix holds each class's probability after each word; the score is
    accuracy. translator: rows are the reference's tokens, columns the source's, the matrix the mean of the heads'
    cross-attention while it reads the reference (teacher forcing); the score is BLEU of greedy translations.
    """
    found: dict[str, Any] = {}
    for name, settings in FILMS.items():
        rows = sample_rows(settings.data)
        frames = []
        for step, opened in frames_of(name):
            frames.append({"step": step, **frame_of(opened, rows)})
            say(f"{name}, step {step}: {frames[-1]['score']}")
        papers = {"checkpoint": opened.config.name, "parameters": opened.parameters, "sha256": opened.sha256}
        figure = {"figure": "accuracy" if rows.labels else "bleu"}
        found[name] = {**axes_of(opened, rows), **papers, **figure, "frames": frames}
    return found


def frame_of(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    """What one moment shows."""
    return _classified(opened, rows) if rows.labels else _translated(opened, rows)


def axes_of(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    """Names of the rows and columns of every frame's matrix, the sentence, and the number of rows that are scored."""
    tokenizer = opened.tokenizer
    if isinstance(tokenizer, Subwords):
        source, target = rows.parts[PART][0]
        tokens = (tokenizer.tokens([*tokenizer.encode(text), END]) for text in (target, source))
        written, read = map(list, tokens)
        return {"rows": written, "columns": read, "text": source, "reference": target, "n": MOST_TRANSLATED}
    text = str(SENTENCES["classifier"])
    words = split_words(text, rows.languages[0])
    return {"rows": list(rows.labels), "columns": words, "text": text, "reference": "", "n": len(rows.parts[PART])}


@torch.inference_mode()
def _classified(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    vocabulary = opened.tokenizer
    assert isinstance(vocabulary, Vocabulary)
    predicted, wanted = judged_labels(opened, rows, PART)
    words = split_words(str(SENTENCES["classifier"]), rows.languages[0])
    ids = torch.tensor([vocabulary.encode(words)])
    shares = [
        opened.network(ids[:, :end], torch.tensor([end]))[0].softmax(0).tolist() for end in range(1, len(words) + 1)
    ]
    matrix = [[round(after[label], 3) for after in shares] for label in range(len(rows.labels))]
    score = accuracy.score(predicted, wanted, len(rows.labels))["accuracy"]
    says = rows.labels[max(range(len(rows.labels)), key=lambda label: shares[-1][label])]
    return {"score": score, "matrix": matrix, "written": says, "focus": round(max(shares[-1]), 3)}


@torch.inference_mode()
def _translated(opened: Checkpoint, rows: Rows) -> dict[str, Any]:
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    some = rows.parts[PART][:MOST_TRANSLATED]
    written = translate_ids(opened.network, [subwords.encode(source) for source, _ in some], beam=1, batch=32)
    texts = [subwords.decode(ids) for ids in written]
    score = bleu.score(texts, [target for _, target in some], rows.languages[1])["bleu"]
    source, target = ([*subwords.encode(text), END] for text in some[0])
    decoded = opened.network(torch.tensor([source]), torch.tensor([[START, *target[:-1]]]))
    weights = torch.stack(decoded.cross_weights).mean(dim=(0, 2))[0]  # [target, source]
    matrix = [[round(value, 3) for value in row] for row in weights.tolist()]
    focus = round(float(weights.max(dim=1).values.mean()), 3)
    return {"score": score, "matrix": matrix, "written": texts[0], "focus": focus}
