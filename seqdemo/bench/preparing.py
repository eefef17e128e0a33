"""Rows -> ids, with the same steps as a corpus of the table (seqdemo/training/prepare.py)."""

from __future__ import annotations

import json
from pathlib import Path

from seqdemo.bench.rows import Rows
from seqdemo.checkpoint import TOKENIZER_FILES
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.words import split_words, tokenizer_name
from seqdemo.training.corpora import Corpus
from seqdemo.training.prepare import number_subwords, number_words
from seqdemo.training.reading import MAX_TRAINING_WORDS
from seqdemo.training.recipes import Recipe

COVERAGES = (1.0, 0.98)  # of the characters; where there are too many, the rarest are spelled in bytes
SUBWORDS = (600, 500, 420, 360, 320, 290)  # tried in turn: a small text has not so many that come twice


def corpus_of(rows: Rows) -> Corpus:
    """What the papers of the checkpoint say of the rows."""
    title = (
        f"{rows.number} rows of assets/samples/{rows.sample}.tsv" if rows.sample else f"{rows.number} rows of a visitor"
    )
    licence = "Apache-2.0" if rows.sample else "that of the visitor's text"
    return Corpus("own", title, licence, train="train", dev="dev", tests=("test",), labels=rows.labels)


def prepare_rows(rows: Rows, recipe: Recipe, folder: Path) -> None:
    """Write the tokeniser, a .npz for each part and prepared.json into `folder`, which is made. Raises Problem."""
    folder.mkdir(parents=True)
    if rows.labels:
        language = rows.languages[0]
        splits = {
            part: (
                [split_words(text, language)[:MAX_TRAINING_WORDS] for _, text in some],
                [rows.labels.index(label) for label, _ in some],
                None,
            )
            for part, some in rows.parts.items()
        }
        number_words(splits, recipe.at_least, folder)
        version = tokenizer_name(language)
    else:
        sides = {part: ([one for one, _ in some], [other for _, other in some]) for part, some in rows.parts.items()}
        subwords = _subwords([*sides["train"][0], *sides["train"][1]], recipe.seed)
        subwords.save(folder / TOKENIZER_FILES["subwords"])
        number_subwords(sides, subwords, rows.languages[0], folder)
        version = f"sentencepiece bpe {len(subwords)}"
    about = {"recipe": recipe.name, "tokenizer_version": version}
    (folder / "prepared.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


def _subwords(lines: list[str], seed: int) -> Subwords:
    """As many of SUBWORDS as the text has. Raises Problem where it has too few, or too many different characters."""
    for coverage in COVERAGES:
        for size in SUBWORDS:
            try:
                return Subwords.train(lines, size, seed, coverage=coverage)
            except RuntimeError:  # sentencepiece: the size does not fit this text
                continue
    raise Problem("bench_subwords")
