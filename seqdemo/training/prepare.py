"""Raw text -> ids: learn the vocabulary from the training text, then number every split with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from seqdemo.checkpoint import SOURCE_WORDS, TOKENIZER_FILES
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.corpora import CORPORA, VECTORS, Corpus, read_labelled, read_pairs, read_vectors
from seqdemo.training.prepared import Examples
from seqdemo.training.recipes import Recipe

MAX_TRAINING_TOKENS = 100  # longer training sentences are left out; dev sentences never


def prepare(recipe: Recipe, data: Path, folder: Path) -> None:
    """Write train.npz, dev.npz, the tokeniser, word vectors if the recipe has some, and prepared.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = CORPORA[recipe.corpus]
    version = (_prepare_words if recipe.kind == "classifier" else _prepare_subwords)(recipe, corpus, data, folder)
    about = {"recipe": recipe.name, "tokenizer_version": version}
    (folder / "prepared.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _prepare_words(recipe: Recipe, corpus: Corpus, data: Path, folder: Path) -> str:
    from seqdemo.text.words import split_words, tokenizer_name  # spaCy is needed here, not in training

    splits = {}
    for split in ("train", "dev"):
        rows = read_labelled(data, corpus, getattr(corpus, split))
        splits[split] = ([split_words(text) for _, text in rows], [label for label, _ in rows])
    vocabulary = Vocabulary.build(splits["train"][0])
    vocabulary.save(folder / TOKENIZER_FILES["words"])
    if recipe.vectors:
        np.save(folder / "vectors.npy", read_vectors(data, VECTORS[recipe.vectors], vocabulary.tokens))
    for split, (texts, labels) in splits.items():
        kept = [number for number, words in enumerate(texts) if words]
        ids = [np.array(vocabulary.encode(texts[number]), dtype=np.int32) for number in kept]
        Examples({"text": ids}, np.array([labels[number] for number in kept], dtype=np.int32)).save(
            folder / f"{split}.npz"
        )
    return tokenizer_name()


def _prepare_subwords(recipe: Recipe, corpus: Corpus, data: Path, folder: Path) -> str:
    import sentencepiece

    from seqdemo.text.words import split_words

    source, target = recipe.serves.split("-")
    sides = {split: read_pairs(data, corpus, getattr(corpus, split), source, target) for split in ("train", "dev")}
    subwords = Subwords.train((line.strip() for side in sides["train"] for line in side), recipe.subwords, recipe.seed)
    subwords.save(folder / TOKENIZER_FILES["subwords"])
    words = {word.lower() for line in sides["train"][0] for word in split_words(line, source)}
    (folder / SOURCE_WORDS).write_text("".join(word + "\n" for word in sorted(words)), encoding="utf-8")
    for split, (sources, targets) in sides.items():
        columns: dict[str, list[np.ndarray]] = {"source": [], "target": []}
        for from_line, to_line in zip(sources, targets, strict=True):
            from_ids, to_ids = subwords.encode(from_line.strip()), subwords.encode(to_line.strip())
            longest = max(len(from_ids), len(to_ids))
            if min(len(from_ids), len(to_ids)) and (split == "dev" or longest <= MAX_TRAINING_TOKENS):
                columns["source"].append(np.array(from_ids, dtype=np.int32))
                columns["target"].append(np.array(to_ids, dtype=np.int32))
        Examples(columns).save(folder / f"{split}.npz")
    return f"sentencepiece {sentencepiece.__version__} bpe {recipe.subwords}"
