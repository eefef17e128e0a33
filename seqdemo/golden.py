"""One sentence a checkpoint whose answer is known: what does not answer it as written down is not served.

Digests say that a file is the one that was saved; golden.json says that the network built from it still
answers as it did when it was scored: with this version of torch, on this device, through this code. It holds the
sentence's ids, so that a check takes milliseconds and needs no word cutter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch

from seqdemo.checkpoint import Checkpoint, or_named, write_atomically
from seqdemo.decoding.batch import translate_ids
from seqdemo.papers import NUMBER, TEXT, Shape, Wanted, is_text, is_whole, name_of, read_json, stray_in
from seqdemo.problems import CheckpointProblem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words

GOLDEN = "golden.json"
TOLERANCE = 0.005  # in a probability: processors and GPUs sum in other orders; a wrong weight moves it by far more
LONGEST = 200  # ids in a golden.json, which anybody may have written
SENTENCES = {  # of our own; for what stands not here, the one of its language
    "sentiment-en": "The plot is thin, but the acting is wonderful.",
    "question-en": "Who built the first bridge over this river?",
    "sentiment-zh": "房间很干净，服务也很好。",
    "topic-zh": "今年的苹果又大又甜",
    "en": "A man is riding a bicycle.",
    "de": "Ein Mann fährt Fahrrad.",
    "zh": "一个男人在骑自行车。",
}


@dataclass(frozen=True)
class Golden:
    """golden.json, field by field."""

    text: str  # what people would type
    ids: tuple[int, ...]  # what the network reads
    tokens: tuple[str, ...]  # the same ids through the tokeniser
    answer: tuple[float, ...] | tuple[int, ...]  # probability of each class, or ids of the greedy translation
    model_sha256: str  # the weights that answered so
    labels: tuple[str, ...] | None = None  # what the classes are called; None: written before this was kept


ID = Wanted("whole", lambda value: is_whole(value, 0))
LABELS = Wanted("labels", lambda value: value is None or (isinstance(value, list) and all(map(is_text, value))))
SHAPE: Shape = {
    "text": TEXT,
    "ids": [ID],
    "tokens": [TEXT],
    "answer": [NUMBER],
    "model_sha256": TEXT,
    "labels?": LABELS,
}


def golden_of(opened: Checkpoint) -> Golden:
    """What an open checkpoint answers to its sentence now. Imports spaCy for a classifier."""
    serves, tokenizer = opened.config.serves, opened.tokenizer
    classifier = opened.config.kind == "classifier"
    language = serves.split("-")[-1 if classifier else 0]
    text = SENTENCES.get(serves) or SENTENCES[language]
    if isinstance(tokenizer, Vocabulary):
        ids = tuple(tokenizer.encode(tokenizer.pieces(split_words(text, language))))
    else:
        ids = tuple(tokenizer.encode(text))
    return Golden(text, ids, _tokens(opened, ids), _answer(opened, ids), opened.sha256, opened.config.labels)


def write_golden(opened: Checkpoint) -> None:
    """Write golden.json into the checkpoint's folder."""
    text = json.dumps(asdict(golden_of(opened)), indent=1, ensure_ascii=False) + "\n"
    write_atomically(opened.folder / GOLDEN, text.encode())


def checked(opened: Checkpoint) -> Checkpoint:
    """The checkpoint as it came, if it is called as its folder and answers as its golden.json says.

    Raises CheckpointProblem, which names it; also where there is no golden.json, which `train` does not write.
    """
    with or_named(opened.folder):
        name, golden = name_of(opened.folder), _read(opened)
        if opened.config.name != opened.folder.name:
            raise CheckpointProblem("checkpoint_named_otherwise", name=name, found=opened.config.name[:60])
        if golden.model_sha256 != opened.sha256:
            raise CheckpointProblem("golden_of_another", name=name)
        same = golden.labels in (None, opened.config.labels) and golden.tokens == _tokens(opened, golden.ids)
        if not same or not _agree(_answer(opened, golden.ids), golden.answer):
            raise CheckpointProblem("golden_differs", name=name)
    return opened


def _read(opened: Checkpoint) -> Golden:
    """golden.json. Raises CheckpointProblem where it is missing, or holds something else."""
    folder, count = opened.folder, len(opened.tokenizer)
    if not (folder / GOLDEN).exists():
        raise CheckpointProblem("golden_missing", name=name_of(folder))
    raw = read_json(folder, GOLDEN)
    known = isinstance(raw, dict) and raw.keys() <= {one.name for one in fields(Golden)}
    if not known or stray_in(raw, SHAPE) or not 0 < len(raw["ids"]) <= LONGEST or max(raw["ids"]) >= count:
        raise CheckpointProblem("checkpoint_damaged", name=name_of(folder), file=GOLDEN)
    held: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return Golden(**held)


def _agree(found: Sequence[float], expected: Sequence[float]) -> bool:
    """Ids agree where they are equal, probabilities where they are close; NaN agrees with nothing."""
    return len(found) == len(expected) and all(
        math.isfinite(one) and abs(one - other) <= TOLERANCE for one, other in zip(found, expected, strict=True)
    )


def _tokens(opened: Checkpoint, ids: Sequence[int]) -> tuple[str, ...]:
    tokenizer = opened.tokenizer
    return tokenizer.tokens(ids) if isinstance(tokenizer, Subwords) else tuple(tokenizer.decode(ids))


@torch.inference_mode()
def _answer(opened: Checkpoint, ids: Sequence[int]) -> Any:
    network = opened.network
    if opened.config.kind == "translator":
        return tuple(translate_ids(network, [ids], beam=1, batch=1)[0])
    device = next(network.parameters()).device
    logits = network(torch.tensor([list(ids)], device=device), torch.tensor([len(ids)], device=device))
    return tuple(round(value, 6) for value in logits[0].double().softmax(dim=-1).tolist())
