"""Raw text -> ids: what a recipe begins with is laid beside them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from seqdemo.checkpoint import digest
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import CORPORA
from seqdemo.training.prepare import CHECKPOINTS, prepare
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.reading import read_lines
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
    with pytest.raises(Problem, match="turned begins with the weights of a-stage, which are not there"):
        prepare(recipe, SAMPLES, tmp_path / "turned" / "prepared")
    shipped = CHECKPOINTS / "zh-en-transformer"
    shutil.copytree(shipped, tmp_path / "a-stage" / "checkpoint")
    prepare(recipe, SAMPLES, tmp_path / "turned" / "prepared")
    assert (tmp_path / "turned" / "prepared" / BEGIN).read_bytes() == (shipped / "model.safetensors").read_bytes()


def test_every_stage_is_what_a_recipe_begins_with() -> None:
    assert set(STAGES) == {recipe.begin for recipe in RECIPES.values()} - set(RECIPES) - {""}


def test_both_sides_are_numbered_in_the_direction_that_the_recipe_serves(tmp_path: Path) -> None:
    recipe = turned("zh-en-transformer")
    prepare(recipe, SAMPLES, tmp_path)
    subwords, dev = Subwords.load(tmp_path / "subwords.model"), Examples.load(tmp_path / "dev.npz")
    home = CORPORA[recipe.corpus]
    for column, language in (("source", "en"), ("target", "zh")):
        line = read_lines(SAMPLES, home, home.dev, language)[0].strip()
        assert subwords.decode(dev.columns[column][0].tolist()) == line
