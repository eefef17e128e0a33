"""What a teacher answered: the training text of its students, made once and kept.

The corpus's own training text, changed copies of its longer sentences, and sentences of other corpora
that nobody labelled, each with the teacher's logits. Written to `texts.txt.gz` (words with a space
between, <unk> where one is hidden) and `answers.npy`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from seqdemo.checkpoint import write_atomically
from seqdemo.locales import translate_key
from seqdemo.text.vocabulary import UNKNOWN_TOKEN
from seqdemo.training.augment import copies, nearest
from seqdemo.training.corpora import CORPORA, VECTORS
from seqdemo.training.encoders import ENCODERS
from seqdemo.training.reading import read_labelled, read_lines, read_vectors, vector_words

PAPERS = "papers.json"
SENTENCE_ENDS = (".", "!", "?", "...", "''")
MASK = "[MASK]"  # how the teacher reads a hidden word


@dataclass(frozen=True)
class Teaching:
    """Everything that decides what a teacher's students read."""

    name: str
    encoder: str  # row of ENCODERS, which the teacher begins as
    corpus: str  # row of CORPORA
    vectors: str  # row of VECTORS, for words alike
    copies: int  # changed ones of each sentence
    shortest: int = 6  # words of a sentence that gets changed copies
    elsewhere: tuple[tuple[str, str, int], ...] = ()  # corpus, language, number of sentences of its training text
    epochs: int = 2  # over the corpus's labels
    peak_rate: float = 8e-5
    seed: int = 1


TEACHINGS = {
    teaching.name: teaching
    for teaching in (
        Teaching(
            "minilm-sst2", "minilm", "sst2", "glove6b-50d", copies=8, elsewhere=(("tatoeba-en-de", "en", 30_000),)
        ),
        Teaching("minilm-trec", "minilm", "trec", "glove6b-50d", copies=25, shortest=4, epochs=6),
    )
}


def taught(
    teaching: Teaching, data: Path, folder: Path, *, device: str = "cpu", say: Callable[[str], None] = print
) -> tuple[list[list[str]], NDArray[np.float32]]:
    """Texts as words, and the teacher's logits [text, label]; made where `folder` does not hold them yet.

    A corpus of `elsewhere` that `data` does not hold is left out, and told. `folder / PAPERS` says what was done.
    """
    texts_path, answers_path = folder / "texts.txt.gz", folder / "answers.npy"
    if not answers_path.exists():
        _make(teaching, data, folder, device, say)
    with gzip.open(texts_path, "rt", encoding="utf-8", newline="\n") as file:
        texts = [line.split(" ") for line in file.read().removesuffix("\n").split("\n")]
    return texts, np.load(answers_path, allow_pickle=False).astype(np.float32)


def _make(teaching: Teaching, data: Path, folder: Path, device: str, say: Callable[[str], None]) -> None:
    from seqdemo.training.teacher import Teacher, answers, fine_tune, restore, save

    corpus, encoder = CORPORA[teaching.corpus], ENCODERS[teaching.encoder]
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_labelled(data, corpus, corpus.train)
    torch.manual_seed(teaching.seed)
    teacher = Teacher(len(corpus.labels), encoder).to(device)
    if not restore(teacher, folder / "teacher.safetensors"):
        fine_tune(teacher, rows, epochs=teaching.epochs, peak_rate=teaching.peak_rate, seed=teaching.seed, say=say)
        save(teacher, folder / "teacher.safetensors")
    dev = read_labelled(data, corpus, corpus.dev)
    right = answers(teacher, [text for _, text in dev]).argmax(axis=1) == np.array([label for label, _ in dev])
    say(f"teacher: dev accuracy {right.mean():.4f}")
    there = tuple(part for part in teaching.elsewhere if (data / part[0]).is_dir())
    for name, _, _ in set(teaching.elsewhere) - set(there):
        say(translate_key("en", "training.elsewhere_missing", corpus=name))
    texts = texts_of(replace(teaching, elsewhere=there), data)
    say(f"teacher: answers for {len(texts)} texts")
    logits = answers(teacher, [" ".join(MASK if word == UNKNOWN_TOKEN else word for word in text) for text in texts])
    papers = {"title": encoder.title, "licence": encoder.licence, "dev_accuracy": round(float(right.mean()), 4)}
    papers["elsewhere"] = " and ".join(_described(*part) for part in there) or "nothing else"
    write_atomically(folder / PAPERS, (json.dumps(papers, indent=2) + "\n").encode())
    write_atomically(
        folder / "texts.txt.gz", gzip.compress("".join(" ".join(text) + "\n" for text in texts).encode(), mtime=0)
    )
    np.save(folder / "answers.npy", logits.astype(np.float16))


def _described(name: str, language: str, number: int) -> str:
    return f"{number:,} sentences of {CORPORA[name].title} ({CORPORA[name].licence})"


def texts_of(teaching: Teaching, data: Path) -> list[list[str]]:
    """What the teacher is asked, as lower-case words: each text once."""
    from seqdemo.text.words import split_words  # spaCy

    corpus, random = CORPORA[teaching.corpus], np.random.default_rng(teaching.seed)
    own = [[word.lower() for word in split_words(text)] for _, text in read_labelled(data, corpus, corpus.train)]
    vocabulary = sorted({word for words in own for word in words})
    vectors = VECTORS[teaching.vectors]
    known = vector_words(data, vectors)
    neighbours = nearest(vocabulary, known, read_vectors(data, vectors, known))
    changed = [
        copy
        for words in own
        if len(words) >= teaching.shortest and words[-1] in SENTENCE_ENDS
        for copy in copies(words, teaching.copies, random, neighbours)
    ]
    other = []
    for name, language, number in teaching.elsewhere:
        lines = sorted(set(read_lines(data, CORPORA[name], CORPORA[name].train, language)))
        chosen = random.choice(len(lines), min(number, len(lines)), replace=False)
        other += [[word.lower() for word in split_words(lines[place])] for place in chosen]
    return [list(words) for words in dict.fromkeys(tuple(words) for words in (*own, *changed, *other) if words)]
