"""Raw text -> ids: learn the vocabulary from the training text, then number every split with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqdemo.checkpoint import CONFIG, SOURCE_WORDS, TOKENIZER_FILES, WEIGHTS, digest
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.corpora import VECTORS, Corpus, Vectors, corpora_of, parts_of
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.reading import MAX_TRAINING_WORDS, narrowed, read_labelled, read_pairs, read_vectors
from seqdemo.training.recipes import Recipe
from seqdemo.training.synthetic import synthetic_pairs
from seqdemo.training.taught import PAPERS, TEACHINGS, taught

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
Labelled = tuple[list[list[str]], list[int], NDArray[np.float32] | None]  # words, label, a teacher's answers
MAX_TRAINING_TOKENS = 100  # longer training sentences are left out; dev sentences never


def prepare(
    recipe: Recipe,
    data: Path,
    folder: Path,
    teachers: Path | None = None,
    device: str = "cpu",
    find: Callable[[Vectors], Path] | None = None,
) -> None:
    """Write train.npz, dev.npz, the tokeniser, what the recipe begins with, and prepared.json into `folder`.

    teachers: where what a teacher answered is kept (default: beside `folder`); device: of the teacher; find: the
    folder that holds word vectors (default: `data`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    corpora = corpora_of(asdict(recipe))
    teachers = teachers or folder.parent / "teachers"
    teacher = teachers / recipe.teacher
    if recipe.kind == "classifier":
        version = _prepare_words(recipe, corpora, data, folder, teacher, device)
        if recipe.vectors:
            _prepare_vectors(recipe, find or (lambda _: data), folder)
    else:
        version = _prepare_subwords(recipe, corpora, data, folder)
    about: dict[str, Any] = {"recipe": recipe.name, "tokenizer_version": version}
    helpers = [name for name in (recipe.back, recipe.forward) if name]
    if helpers:
        about["translated_by"] = {name: digest(checkpoint_named(recipe, name, folder) / WEIGHTS) for name in helpers}
    if recipe.peers:
        about["peers"] = _prepare_peers(recipe, data, folder, teachers, device, find)
    if recipe.begin:
        begin = checkpoint_named(recipe, recipe.begin, folder)
        shutil.copyfile(begin / WEIGHTS, folder / BEGIN)
        learnt = json.loads((begin / CONFIG).read_text(encoding="utf-8"))["training"]
        texts = [[learnt["corpus"], learnt["licence"]], *learnt["also"]]
        about["begin"] = {"name": recipe.begin, "sha256": digest(folder / BEGIN), "texts": texts}
    if recipe.teacher:
        papers = teacher / PAPERS
        about["teacher"] = json.loads(papers.read_text(encoding="utf-8"))
    (folder / "prepared.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def checkpoint_named(recipe: Recipe, name: str, folder: Path) -> Path:
    """A checkpoint that a recipe names: a shipped one, or that of a run beside its own. Raises Problem."""
    for place in (CHECKPOINTS / name, folder.parent.parent / name / "checkpoint"):
        if (place / CONFIG).is_file():
            return place
    raise Problem("begin_missing", name=recipe.name, begin=name)


def _prepare_words(
    recipe: Recipe, corpora: tuple[Corpus, ...], data: Path, folder: Path, teacher: Path, device: str
) -> str:
    from seqdemo.text.words import split_words, tokenizer_name  # spaCy is needed here, not in training

    splits: dict[str, Labelled] = {}
    times: list[int] | None = None
    language = recipe.serves.split("-")[-1]
    for split in ("dev",) if recipe.teacher else ("train", "dev"):  # a teacher brings the training text
        rows = [(part.name, *row) for part in corpora for row in read_labelled(data, part, getattr(part, split))]
        texts = [split_words(text, language) for _, _, text in rows]
        if split == "train":
            texts = [words[:MAX_TRAINING_WORDS] for words in texts]
            if recipe.oversample:
                times = [recipe.oversample.get(name, 1) for name, _, _ in rows]
        splits[split] = (texts, [label for _, label, _ in rows], None)
    if recipe.teacher:
        texts, answered = taught(TEACHINGS[recipe.teacher], data, teacher, device=device)
        splits["train"] = (texts, answered.argmax(axis=1).tolist(), answered)
    number_words(splits, recipe.at_least, folder, times)
    return tokenizer_name(language)


def _prepare_vectors(recipe: Recipe, find: Callable[[Vectors], Path], folder: Path) -> None:
    vocabulary = Vocabulary.load(folder / TOKENIZER_FILES["words"])
    parts = parts_of(VECTORS[recipe.vectors])
    width: int = (recipe.sizes.get("embedding") or recipe.sizes["model"]) // len(parts)
    tables = [read_vectors(find(part), part, vocabulary.tokens) for part in parts]
    tables = [table if width >= table.shape[1] and len(parts) == 1 else narrowed(table, width) for table in tables]
    if len(parts) > 1:  # of like size, so that neither outweighs the other
        tables = [table / table[np.abs(table).sum(axis=1) > 0].std() for table in tables]
    np.save(folder / "vectors.npy", np.concatenate(tables, axis=1))


def _prepare_peers(
    recipe: Recipe,
    data: Path,
    folder: Path,
    teachers: Path,
    device: str,
    find: Callable[[Vectors], Path] | None,
) -> Any:
    """Put the targets into train.npz -> what was done for them. The readers number their words as the recipe does."""
    from seqdemo.training.peers import PAPERS as DONE
    from seqdemo.training.peers import targets

    home = teachers / recipe.peers
    found = targets(recipe.peers, data, home, lambda one, to: prepare(one, data, to, find=find), device)
    own = Examples.load(folder / "train.npz")
    if len(own) != len(found) or not all(map(np.array_equal, own.columns["text"], found.columns["text"])):
        raise ValueError(f"the readers of {recipe.peers} have another vocabulary than {recipe.name}")
    replace(found, times=own.times).save(folder / "train.npz")
    return json.loads((home / DONE).read_text(encoding="utf-8"))


def number_words(
    splits: Mapping[str, Labelled], at_least: int, folder: Path, times: Sequence[int] | None = None
) -> Vocabulary:
    """Write the vocabulary of the train split, and SPLIT.npz of each; a text without words is left out.

    times: how often each text of the train split comes in an epoch, where not all come once.
    """
    vocabulary = Vocabulary.build(splits["train"][0], at_least)
    vocabulary.save(folder / TOKENIZER_FILES["words"])
    for split, (texts, labels, table) in splits.items():
        kept = [number for number, words in enumerate(texts) if words]
        ids = [np.array(vocabulary.encode(vocabulary.pieces(texts[n])), dtype=np.int32) for n in kept]
        kept_labels = np.array([labels[number] for number in kept], dtype=np.int32)
        kept_answers = None if table is None else table[kept]
        often = np.array([times[number] for number in kept], dtype=np.int32) if times and split == "train" else None
        Examples({"text": ids}, kept_labels, kept_answers, often).save(folder / f"{split}.npz")
    return vocabulary


def _prepare_subwords(recipe: Recipe, corpora: tuple[Corpus, ...], data: Path, folder: Path) -> str:
    import sentencepiece

    source, target = recipe.serves.split("-")
    sides: dict[str, tuple[list[str], list[str]]] = {"train": ([], []), "dev": ([], [])}
    learnt_from: list[str] = []  # what the sub-words are learnt from: sentences that people wrote
    for part in corpora:
        for split, both in sides.items():
            if not getattr(part, split):
                continue
            if part.written:
                by = recipe.back if part.written == target else recipe.forward
                home = folder.parent.parent / "synthetic" / by
                pairs = synthetic_pairs(part, data, checkpoint_named(recipe, by, folder), home, source, target)
            else:
                pairs = read_pairs(data, part, getattr(part, split), source, target)
            for side, lines in zip(both, pairs, strict=True):
                side.extend(lines * (recipe.repeats if split == "train" and part is corpora[0] else 1))
            if split == "train" and part.layout == "lines" and not part.written:
                learnt_from += [*pairs[0], *pairs[1]]
    if recipe.begin:
        subwords = Subwords.load(checkpoint_named(recipe, recipe.begin, folder) / TOKENIZER_FILES["subwords"])
    else:
        subwords = Subwords.train((line.strip() for line in learnt_from), recipe.subwords, recipe.seed, coverage=0.9998)
    subwords.save(folder / TOKENIZER_FILES["subwords"])
    number_subwords(sides, subwords, source, folder)
    return f"sentencepiece {sentencepiece.__version__} bpe {recipe.subwords}"


def number_subwords(
    sides: Mapping[str, tuple[list[str], list[str]]], subwords: Subwords, source: str, folder: Path
) -> None:
    """Write the words of the source side, and SPLIT.npz of each split; source: its language."""
    from seqdemo.text.words import split_words

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
