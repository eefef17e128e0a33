"""Where training and test text comes from: a folder of yours, or the original source.

Layout of the folder: CORPUS/SPLIT.LANGUAGE.gz (a sentence a line, languages aligned) and
CORPUS/SPLIT.tsv.gz (label, tab, text, after a header line). To add a corpus, add a line to CORPORA.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqdemo.problems import Problem


@dataclass(frozen=True)
class Corpus:
    """A named set of splits, and what a card says about it."""

    name: str  # also the folder's name
    title: str  # as a card prints it
    licence: str
    train: str  # name of a split
    dev: str
    tests: tuple[str, ...]
    labels: tuple[str, ...] = ()  # of a classification corpus; its files hold their numbers
    languages: tuple[str, ...] = ()  # of a parallel corpus
    weights_note: str = ""  # what the licence means for weights learnt from it, as a card prints it
    ngram_floor: float | None = None  # accuracy of a bag of n-grams on the first test: tests/benchmarks/ngram_floor.py


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "sst2",
            "Stanford Sentiment Treebank, two classes (Socher et al. 2013), trained on the phrases of GLUE's SST-2",
            "no explicit licence; distributed for research",
            train="train_phrases",
            dev="dev",
            tests=("test",),
            labels=("negative", "positive"),
            weights_note="Nobody has granted more than research use of the text, so use weights learnt from it for "
            "research and teaching, and name the treebank.",
            ngram_floor=0.838,
        ),
        Corpus(
            "multi30k",
            "Multi30k image captions (Elliott et al. 2016, 2017)",
            "for non-commercial research and education; images' captions by Flickr30k annotators and translators",
            train="train",
            dev="val",
            tests=("test_2016_flickr", "test_2017_flickr", "test_2017_mscoco"),
            languages=("en", "de"),
            weights_note="The makers allow non-commercial research and education, so use weights learnt from it for "
            "nothing else, and name Multi30k and Flickr30k.",
        ),
    )
}


@dataclass(frozen=True)
class Vectors:
    """Word vectors learnt by others from far more text: vectors/NAME.vocab.txt.gz and vectors/NAME.f16.npy."""

    name: str
    title: str  # as a card prints it
    licence: str
    member: str  # the file inside the archive that its makers publish


VECTORS = {
    vectors.name: vectors
    for vectors in (
        Vectors("glove6b-50d", "GloVe 6B, 50 dimensions (Pennington et al. 2014)", "PDDL 1.0", "glove.6B.50d.txt"),
    )
}


def read_vectors(folder: Path, vectors: Vectors, tokens: Sequence[str]) -> NDArray[np.float32]:
    """[token, dimension], all zeros for a token that has no vector."""
    words = _read(folder / "vectors" / f"{vectors.name}.vocab.txt.gz").removesuffix("\n").split("\n")
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
        if token in rows:
            found[place] = table[rows[token]]
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
    return _read(folder / corpus.name / f"{split}.{language}.gz").removesuffix("\n").split("\n")


def read_pairs(folder: Path, corpus: Corpus, split: str, source: str, target: str) -> tuple[list[str], list[str]]:
    """The sentences of two languages of one split, line by line. Raises Problem where one has more lines."""
    sides = [read_lines(folder, corpus, split, language) for language in (source, target)]
    if len(sides[0]) != len(sides[1]):
        lines = {"source_lines": len(sides[0]), "target_lines": len(sides[1])}
        raise Problem("data_unaligned", split=f"{corpus.name}/{split}", source=source, target=target, **lines)
    return sides[0], sides[1]


def read_labelled(folder: Path, corpus: Corpus, split: str) -> list[tuple[int, str]]:
    """(number of the label, text) of one split."""
    path = folder / corpus.name / f"{split}.tsv.gz"
    rows = _read(path).removesuffix("\n").split("\n")[1:]
    examples = []
    for number, row in enumerate(rows, start=2):
        label, tab, text = row.partition("\t")
        if not tab or not label.isdigit() or int(label) >= len(corpus.labels):
            raise Problem("data_row", file=str(path), line=number, labels=len(corpus.labels))
        examples.append((int(label), text.split("\t")[0]))
    return examples


def _read(path: Path) -> str:
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
