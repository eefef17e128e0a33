"""Text off the disk: a folder of yours, in the layout that the table of corpora describes.

CORPUS/SPLIT.LANGUAGE.gz (a sentence a line, languages aligned), CORPUS/SPLIT.tsv.gz (label, tab, text, after a
header line), vectors/NAME.vocab.txt.gz with vectors/NAME.f16.npy.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqdemo.problems import Problem
from seqdemo.training.corpora import Corpus, Vectors

MAX_TRAINING_WORDS = 200  # of a text to classify: what comes after is cut in training
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_EXPLAINS = re.compile(r"surname|variant|see |abbr|used in|CL:|lit\.|fig\.|particle|old |erhua|\d|[|:;]", re.IGNORECASE)


def vector_words(folder: Path, vectors: Vectors) -> list[str]:
    """The words that have a vector, in the order of its rows."""
    lines = folder / "vectors" / f"{vectors.name}.vocab.txt.gz"
    if not lines.exists() and (listed := lines.with_name(f"{vectors.name}.vocab.json.gz")).exists():
        words: list[str] = json.loads(read_text(listed))
        return words
    return read_text(lines).removesuffix("\n").split("\n")


def read_vectors(folder: Path, vectors: Vectors, tokens: Sequence[str]) -> NDArray[np.float32]:
    """[token, dimension]: a token that has no vector of its own gets the mean of its characters', else zeros."""
    words = vector_words(folder, vectors)
    path = folder / "vectors" / f"{vectors.name}.f16.npy"
    try:
        table = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise Problem("data_file_missing", file=str(path)) from None
    except (OSError, ValueError, EOFError):
        raise Problem("data_file_damaged", file=str(path)) from None
    if len(table) != len(words):
        raise Problem("data_file_damaged", file=str(path))
    rows = {word: row for row, word in enumerate(words)}
    found = np.zeros((len(tokens), table.shape[1]), dtype=np.float32)
    for place, token in enumerate(tokens):
        parts = [token] if token in rows else [part for part in token if not part.isascii()]
        known = [rows[part] for part in parts if part in rows]
        if known:
            found[place] = table[known].astype(np.float32).mean(axis=0)
    return found


def narrowed(vectors: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """[token, width]: the vectors along their `width` leading principal components; zeros stay zeros.

    Pearson 1901. Keeps as much of their differences as so few numbers can.
    """
    known = np.abs(vectors).sum(axis=1) > 0
    centred = vectors[known] - vectors[known].mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    found = np.zeros((len(vectors), width), dtype=np.float32)
    found[known] = centred @ directions[:width].T
    return found


def data_folder(argument: str | None) -> Path | None:
    """--data, else $SEQDEMO_DATA, else None: download. Raises Problem where the named folder is not there."""
    named = argument or os.environ.get("SEQDEMO_DATA")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise Problem("data_missing", folder=str(folder))
    return folder


def read_lines(folder: Path, corpus: Corpus, split: str, language: str) -> list[str]:
    """The sentences of one language of one split, as they stand."""
    return read_text(folder / corpus.folder / f"{split}.{language}.gz").removesuffix("\n").split("\n")


def read_pairs(folder: Path, corpus: Corpus, split: str, source: str, target: str) -> tuple[list[str], list[str]]:
    """The sentences of two languages of one split, line by line. Raises Problem where one has more lines."""
    if corpus.layout == "dictionary":
        entries = read_dictionary(folder, corpus, split)
        return [entry[source] for entry in entries], [entry[target] for entry in entries]
    sides = [read_lines(folder, corpus, split, language) for language in (source, target)]
    if len(sides[0]) != len(sides[1]):
        lines = {"source_lines": len(sides[0]), "target_lines": len(sides[1])}
        raise Problem("data_unaligned", split=f"{corpus.name}/{split}", source=source, target=target, **lines)
    return sides[0], sides[1]


def read_dictionary(folder: Path, corpus: Corpus, split: str) -> list[dict[str, str]]:
    """{"zh": word, "en": its first sense} of each entry that is fit to learn translating from.

    Left out: words of one character (their senses depend on what follows), senses that explain rather than translate
    ("surname Li", "variant of ..."), and long ones.
    """
    path = folder / corpus.folder / f"{split}.tsv.gz"
    entries = []
    for number, row in enumerate(read_text(path).removesuffix("\n").split("\n")[1:], start=2):
        fields = row.split("\t")
        if len(fields) != 4:
            raise Problem("data_columns", file=str(path), line=number, columns=4)
        word, sense = fields[1], _BRACKETS.sub("", fields[3].split("/")[0]).strip()
        plain = sense.isascii() and 0 < len(sense.split()) <= 5 and not _EXPLAINS.search(sense)
        if plain and len(word) > 1 and not word.isascii():
            entries.append({"zh": word, "en": sense.removeprefix("to ")})
    return entries


def read_labelled(folder: Path, corpus: Corpus, split: str) -> list[tuple[int, str]]:
    """(number of the label, text) of one split."""
    path = folder / corpus.folder / f"{split}.tsv.gz"
    numbers = {code: number for number, code in enumerate(corpus.codes or map(str, range(len(corpus.labels))))}
    header, *rows = read_text(path).rstrip("\n").split("\n")
    if header.partition("\t")[0] in numbers:  # of an example, which would be lost
        raise Problem("data_header", file=str(path))
    examples = []
    for number, row in enumerate(rows, start=2):
        label, tab, text = row.partition("\t")
        if not tab or label not in numbers:
            raise Problem("data_row", file=str(path), line=number, labels=", ".join(numbers))
        examples.append((numbers[label], text.split("\t")[0]))
    return examples


def read_text(path: Path) -> str:
    """The text of a gzip file. Raises Problem where it is missing, damaged or empty."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            text = file.read()
    except FileNotFoundError:
        raise Problem("data_file_missing", file=str(path)) from None
    except (OSError, EOFError, UnicodeDecodeError):
        raise Problem("data_file_damaged", file=str(path)) from None
    if not text:
        raise Problem("data_file_damaged", file=str(path))
    return text
