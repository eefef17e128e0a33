"""The TREC questions as published -> the three files of our layout.

Li and Roth 2002: a question a line behind its class, e.g. "NUM:dist How far is it from Denver to Aspen ?".
They publish no dev part; ours are the questions whose digests stand in trec_dev.txt, and train is the
others without repetitions and without what is also in test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from seqdemo.training.treebank import clean, norm

HEADER = "label\ttext\tfine_label\n"
DEV = Path(__file__).resolve().parent / "trec_dev.txt"


def trec(train: Path, test: Path) -> dict[str, str]:
    """Paths of the two published files -> {"train", "dev", "test"}: the text of each file."""
    tested = list(questions(test.read_bytes()))
    forbidden, ours = {norm(text) for _, text in tested}, set(DEV.read_text(encoding="ascii").split())
    parts: dict[str, list[tuple[str, str]]] = {"train": [], "dev": []}
    for fine, text in dict.fromkeys(questions(train.read_bytes())):
        if norm(text) not in forbidden:
            parts["dev" if digest(text) in ours else "train"].append((fine, text))
    return {name: table(rows) for name, rows in {**parts, "test": tested}.items()}


def questions(published: bytes) -> Iterator[tuple[str, str]]:
    """(fine class, question) of each line. The files are Latin-1."""
    for line in published.decode("latin-1").split("\n"):
        fine, space, text = line.partition(" ")
        if space:
            yield fine, clean(text)


def digest(text: str) -> str:
    """What stands in trec_dev.txt for a question: ten hexadecimal digits."""
    return hashlib.sha256(norm(text).encode()).hexdigest()[:10]


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of coarse class, question, fine class, under a header."""
    return HEADER + "".join(f"{fine.split(':')[0]}\t{text}\t{fine}\n" for fine, text in rows)
