"""A tiny corpus in the layout of the data folder, written for this project: own sentences, free to copy.

    python tests/samples/write_samples.py      writes tests/samples/corpora again

Reviews and captions are put together from short lists, every combination once; a hash deals them out, so no
sentence is in two splits. Enough to prepare, train and evaluate on without the real corpora; scores mean nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "corpora"
SPLITS = {
    "sst2": {"train_phrases": 60, "dev": 30, "test": 36},
    "multi30k": {"train": 60, "val": 30, "test_2016_flickr": 36, "test_2017_flickr": 30, "test_2017_mscoco": 30},
}

THINGS = ("the story", "the acting", "this little comedy", "the ending", "the music", "its hero", "every scene")
VERDICTS = {
    1: ("is warm and funny", "shines from start to finish", "is never less than charming", "moved me to tears",
        "has wit to spare", "feels fresh , honest and alive", "is a quiet delight", "rewards your patience"),
    0: ("is dull and lifeless", "falls flat on its face", "is not worth your time", "bored me to sleep",
        "has no idea where to go", "feels stale , forced and cold", "is a noisy mess", "wears out its welcome"),
}  # fmt: skip
ENDS = (" .", " , and i do n't say that often .")

WHO = (
    ("A man", "Ein Mann"), ("A woman", "Eine Frau"), ("An old sailor", "Ein alter Seemann"), ("A girl", "Ein Mädchen"),
    ("The cook", "Der Koch"), ("A young teacher", "Eine junge Lehrerin"), ("My neighbour", "Mein Nachbar"),
)  # fmt: skip
DOES = (
    ("reads a newspaper", "liest eine Zeitung"), ("feeds three ducks", "füttert drei Enten"),
    ("waits for the bus", "wartet auf den Bus"), ("plays the accordion", "spielt Akkordeon"),
    ("eats an apple", "isst einen Apfel"), ("paints a blue boat", "streicht ein blaues Boot"),
)  # fmt: skip
WHERE = (
    ("in the park", "im Park"), ("beside the canal", "neben dem Kanal"), ("on a wooden bench", "auf einer Holzbank"),
    ("under a red umbrella", "unter einem roten Schirm"), ("in front of the station", "vor dem Bahnhof"),
)  # fmt: skip


def reviews() -> list[str]:
    """Rows of label, a tab and text."""
    return [
        f"{label}\t{thing} {verdict}{end}"
        for label, verdicts in VERDICTS.items()
        for thing, verdict, end in itertools.product(THINGS, verdicts, ENDS)
    ]


def captions() -> list[str]:
    """Rows of English, a tab and German; both follow the same order of words."""
    rows = []
    for who, does, where in itertools.product(WHO, DOES, WHERE):
        rows.append("\t".join(f"{who[side]} {does[side]} {where[side]}." for side in (0, 1)))
    return rows


def dealt(rows: Sequence[str], sizes: dict[str, int]) -> dict[str, list[str]]:
    """Split -> so many rows, in an order that looks random and is always the same."""
    order = iter(sorted(rows, key=lambda row: hashlib.sha256(row.encode()).digest()))
    return {split: list(itertools.islice(order, size)) for split, size in sizes.items()}


def files() -> dict[str, str]:
    """Path below the folder -> unpacked text."""
    result = {}
    for split, rows in dealt(reviews(), SPLITS["sst2"]).items():
        result[f"sst2/{split}.tsv.gz"] = "label\ttext\n" + "".join(row + "\n" for row in rows)
    for split, rows in dealt(captions(), SPLITS["multi30k"]).items():
        for column, language in enumerate(("en", "de")):
            result[f"multi30k/{split}.{language}.gz"] = "".join(row.split("\t")[column] + "\n" for row in rows)
    return result


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(gzip.compress(text.encode(), mtime=0))
        print(FOLDER.name, name, text.count("\n"))
