"""Every score of a card, computed again from the checkpoint and the data.

    python -m seqdemo evaluate sentiment-en-lstm --data DIR

Reads the float16 file that is shipped, on the dev part and on every test of the checkpoint's corpus.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint
from seqdemo.decoding.batch import translate_ids
from seqdemo.scoring import accuracy, bleu
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import UNKNOWN, Vocabulary
from seqdemo.training.corpora import CORPORA, Corpus, read_labelled, read_pairs

BEAM = 5
BATCH = 64  # sentences at once

Search = Callable[..., list[list[int]]]  # as seqdemo.decoding.batch.translate_ids


def evaluate(folder: Path, data: Path, *, device: str = "cpu", search: Search = translate_ids) -> dict[str, Any]:
    """The scores of the checkpoint in `folder`, as scores.json holds them.

    data: folder of the corpora, in the layout of seqdemo.training.corpora. Raises Problem for a checkpoint
    or data that cannot be read.
    """
    opened = checkpoint.load(folder, device)
    corpus = CORPORA[opened.config.training["recipe"]["corpus"]]

    def part(split: str) -> dict[str, Any]:
        if opened.config.kind == "classifier":
            return _classified(opened, corpus, data, split, device)
        return _translated(opened, corpus, data, split, search)

    return {
        "checkpoint": opened.config.name,
        "corpus": corpus.name,
        "dev": {"split": corpus.dev, **part(corpus.dev)},
        "tests": {split: part(split) for split in corpus.tests},
        **({"beam": BEAM} if opened.config.kind == "translator" else {}),
        "command": f"python -m seqdemo evaluate {opened.config.name} --data DIR",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "model_sha256": opened.sha256,
    }


def _classified(opened: Checkpoint, corpus: Corpus, data: Path, split: str, device: str) -> dict[str, Any]:
    rows = read_labelled(data, corpus, split)
    predicted = predict(opened, [text for _, text in rows], device)
    return accuracy.score(predicted, [label for label, _ in rows], len(corpus.labels))


@torch.inference_mode()
def predict(opened: Checkpoint, texts: Sequence[str], device: str = "cpu") -> list[int]:
    """The number of the likeliest class of each text. A text without words is read as one <unk>."""
    from seqdemo.text.words import split_words  # spaCy

    vocabulary, network = opened.tokenizer, opened.network
    assert isinstance(vocabulary, Vocabulary)
    language = opened.config.serves.split("-")[-1]
    ids = [vocabulary.encode(split_words(text, language)) or [UNKNOWN] for text in texts]
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    predicted = [0] * len(ids)
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        rows = [torch.tensor(ids[number]) for number in chosen]
        batch = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).to(device)  # [batch, time]
        logits = network(batch, torch.tensor([len(row) for row in rows], device=device))
        for number, label in zip(chosen, logits.argmax(dim=-1).tolist(), strict=True):
            predicted[number] = label
    return predicted


def _translated(opened: Checkpoint, corpus: Corpus, data: Path, split: str, search: Search) -> dict[str, Any]:
    source, target = opened.config.serves.split("-")
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    lines, references = read_pairs(data, corpus, split, source, target)
    found = search(opened.network, [subwords.encode(line.strip()) for line in lines], beam=BEAM, batch=BATCH)
    return bleu.score([subwords.decode(ids) for ids in found], references)


def print_scores(scores: dict[str, Any]) -> None:
    """A line a figure, with its signature, to standard output."""
    for name, part in ((scores["dev"]["split"], scores["dev"]), *scores["tests"].items()):
        for key in ("accuracy", "bleu", "bleu_lowercase_tokenised", "chrf"):
            if key in part:
                shown = f"{100 * part[key]:.2f} %" if key == "accuracy" else f"{part[key]:.2f}"
                print(f"{name:20} n {part['n']:5}  {key} {shown}  {part.get(f'{key}_signature', '')}".rstrip())


def write_papers(folder: Path, scores: dict[str, Any]) -> None:
    """Write scores.json, then learning_curve.svg and card.md, which are made from the folder's files alone."""
    from seqdemo.scoring.card import write_card

    text = json.dumps(scores, indent=2, ensure_ascii=False) + "\n"
    checkpoint.write_atomically(folder / "scores.json", text.encode())
    write_card(folder)
