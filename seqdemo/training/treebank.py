"""The Stanford Sentiment Treebank as published -> the three SST-2 files of our layout.

dev and test are the roots of Stanford's trees (Socher et al. 2013), cased; train_phrases is GLUE's
training file (Wang et al. 2019), lower-cased as GLUE has it. Neutral sentences (label 2) are left out.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

LEAF = re.compile(r"\([0-4] ([^()\s]+)\)")
BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
HEADER = "label\ttext\n"


def sst2(glue: Path, trees: Path) -> dict[str, str]:
    """Paths of the two archives -> {"train_phrases", "dev", "test"}: the text of each file."""
    held_out = {split: list(sentences(_member(trees, f"trees/{split}.txt"))) for split in ("dev", "test")}
    forbidden = {norm(text) for rows in held_out.values() for _, text in rows}
    rows = list(phrases(_member(glue, "SST-2/train.tsv"), forbidden))
    return {name: _table(part) for name, part in {"train_phrases": rows, **held_out}.items()}


def sentences(trees: str) -> Iterator[tuple[int, str]]:
    """(0 or 1, sentence) of each tree, one a line: "(3 (2 It) (4 works))" is (1, "It works")."""
    for line in trees.splitlines():
        if line.strip():
            root = int(line.strip()[1])
            if root != 2:
                yield int(root > 2), clean(" ".join(unescaped(token) for token in LEAF.findall(line)))


def phrases(table: str, forbidden: set[str]) -> Iterator[tuple[int, str]]:
    """(0 or 1, phrase) of GLUE's table, without dev or test sentences, exact repetitions and bare punctuation."""
    seen = set()
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        example = (int(row["label"]), clean(row["sentence"]))
        bare = norm(example[1])
        if bare and bare not in forbidden and example not in seen:
            seen.add(example)
            yield example


def unescaped(token: str) -> str:
    r"""A Penn Treebank token as people write it: "-LRB-" is "(", "and\/or" is "and/or".

    >>> unescaped("-LRB-"), unescaped("and\\/or")
    ('(', 'and/or')
    """
    return BRACKETS.get(token, token.replace("\\/", "/").replace("\\*", "*"))


def clean(text: str) -> str:
    """NFC, without control and zero-width characters, one space between words."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf")).split())


def norm(text: str) -> str:
    """Letters and digits alone, case-folded: sentences that differ only in case or punctuation are the same.

    >>> norm("It's fine!") == norm("it 's fine")
    True
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _table(rows: Iterable[tuple[int, str]]) -> str:
    return HEADER + "".join(f"{label}\t{text}\n" for label, text in rows)


def _member(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as folder:
        return folder.read(name).decode("utf-8")
