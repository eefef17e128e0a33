"""Raw text -> ids: what a recipe begins with is laid beside them."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from seqdemo.checkpoint import digest
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.corpora import CORPORA
from seqdemo.training.prepare import CHECKPOINTS, _prepare_vectors, number_words, prepare
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.reading import read_labelled, read_lines
from seqdemo.training.recipes import RECIPES, STAGES, Recipe

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"


def turned(name: str) -> Recipe:
    """The recipe of a translator, the other way round, beginning with what that one knows."""
    recipe = RECIPES[name]
    source, target = recipe.serves.split("-")
    return replace(recipe, name="turned", serves=f"{target}-{source}", begin=name)


def test_who_begins_with_a_checkpoint_reads_with_its_sub_words_and_finds_its_weights(tmp_path: Path) -> None:
    recipe = turned("zh-en-transformer")
    begin = CHECKPOINTS / recipe.begin
    prepare(recipe, SAMPLES, tmp_path)
    assert (tmp_path / "subwords.model").read_bytes() == (begin / "subwords.model").read_bytes()
    assert (tmp_path / BEGIN).read_bytes() == (begin / "model.safetensors").read_bytes()
    about = json.loads((tmp_path / "prepared.json").read_text(encoding="utf-8"))
    learnt = json.loads((begin / "config.json").read_text(encoding="utf-8"))["training"]
    texts = [[learnt["corpus"], learnt["licence"]], *learnt["also"]]
    assert about["begin"] == {"name": recipe.begin, "sha256": digest(begin / "model.safetensors"), "texts": texts}


def test_a_recipe_may_begin_with_a_run_that_is_not_shipped(tmp_path: Path) -> None:
    recipe = replace(turned("zh-en-transformer"), begin="a-stage")
    with pytest.raises(Problem, match="turned is made with the checkpoint a-stage, which is not there"):
        prepare(recipe, SAMPLES, tmp_path / "turned" / "prepared")
    shipped = CHECKPOINTS / "zh-en-transformer"
    shutil.copytree(shipped, tmp_path / "a-stage" / "checkpoint")
    prepare(recipe, SAMPLES, tmp_path / "turned" / "prepared")
    assert (tmp_path / "turned" / "prepared" / BEGIN).read_bytes() == (shipped / "model.safetensors").read_bytes()


def test_every_stage_is_what_another_begins_with_or_learns_from() -> None:
    every = (*RECIPES.values(), *STAGES.values())
    named = {name for recipe in every for name in (recipe.begin, recipe.forward, recipe.back)}
    assert set(STAGES) == named - set(RECIPES) - {""}


def test_both_sides_are_numbered_in_the_direction_that_the_recipe_serves(tmp_path: Path) -> None:
    recipe = turned("zh-en-transformer")
    prepare(recipe, SAMPLES, tmp_path)
    subwords, dev = Subwords.load(tmp_path / "subwords.model"), Examples.load(tmp_path / "dev.npz")
    home = CORPORA[recipe.corpus]
    for column, language in (("source", "en"), ("target", "zh")):
        line = read_lines(SAMPLES, home, home.dev, language)[0].strip()
        assert subwords.decode(dev.columns[column][0].tolist()) == line


def test_vectors_of_two_kinds_stand_side_by_side_and_count_alike(tmp_path: Path) -> None:
    """Each in half of the columns, along its leading directions; a word that one kind lacks has zeros there."""
    random = np.random.default_rng(1)
    words = ("书", "好", "人", "大", "小")
    for name, width, size, known in (("synonyms-zh-100d", 4, 1.0, words[:4]), ("tencent-char-zh-200d", 6, 9.0, words)):
        folder = tmp_path / "vectors"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.vocab.txt.gz").write_bytes(gzip.compress("\n".join(known).encode()))
        np.save(folder / f"{name}.f16.npy", (size * random.normal(size=(len(known), width))).astype(np.float16))
    home = tmp_path / "prepared"
    home.mkdir()
    number_words({"train": ([list(words)], [0], None)}, 1, home)
    recipe = replace(RECIPES["topic-zh-gru"], sizes={"embedding": 6, "hidden": 4})
    _prepare_vectors(recipe, lambda _: tmp_path, home)
    found = np.load(home / "vectors.npy")
    tokens = Vocabulary.load(home / "vocabulary.txt").tokens
    assert found.shape == (len(tokens), 6)
    for columns, known in ((found[:, :3], words[:4]), (found[:, 3:], words)):
        there = columns[[tokens.index(word) for word in known]]
        assert there.std() == pytest.approx(1, abs=1e-3)
        assert np.abs(there.mean(axis=0)).max() < 1e-5
        assert not columns[[row for row, token in enumerate(tokens) if token not in known]].any()


def test_sentences_that_nobody_translated_come_with_another_half_and_its_maker(tmp_path: Path) -> None:
    recipe = replace(turned("de-en-transformer"), also=("captions", "captions-en"))
    recipe = replace(recipe, back="de-en-transformer", forward="en-de-transformer")
    prepare(recipe, SAMPLES, tmp_path / "turned" / "prepared")
    alone = replace(recipe, also=())
    prepare(alone, SAMPLES, tmp_path / "alone" / "prepared")
    both, home = (Examples.load(tmp_path / name / "prepared" / "train.npz").columns for name in ("turned", "alone"))
    subwords = Subwords.load(tmp_path / "turned" / "prepared" / "subwords.model")
    written = {side: set(read_lines(SAMPLES, CORPORA["captions"], "train_task2", side)) for side in ("en", "de")}
    added = list(zip(both["source"], both["target"], strict=True))[len(home["source"]) :]
    texts = [(subwords.decode(source.tolist()), subwords.decode(target.tolist())) for source, target in added]
    assert sum(target in written["de"] for _, target in texts) >= 20
    assert sum(source in written["en"] for source, _ in texts) >= 20
    about = json.loads((tmp_path / "turned" / "prepared" / "prepared.json").read_text(encoding="utf-8"))
    makers = (recipe.back, recipe.forward)
    assert about["translated_by"] == {name: digest(CHECKPOINTS / name / "model.safetensors") for name in makers}


def test_a_small_corpus_may_come_more_often_than_a_large_one(tmp_path: Path) -> None:
    recipe = replace(RECIPES["sentiment-zh-gru"], vectors="", peers="", at_least=1)
    assert set(recipe.oversample) <= {recipe.corpus, *recipe.also}
    prepare(recipe, SAMPLES, tmp_path)
    train, dev = (Examples.load(tmp_path / f"{split}.npz") for split in ("train", "dev"))
    counts = [len(read_labelled(SAMPLES, CORPORA[name], "train")) for name in (recipe.corpus, *recipe.also)]
    expected = np.repeat([recipe.oversample.get(name, 1) for name in (recipe.corpus, *recipe.also)], counts)
    assert train.times is not None and train.times.tolist() == expected.tolist() and len(set(expected)) > 1
    assert dev.times is None
