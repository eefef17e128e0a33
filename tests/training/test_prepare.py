"""Raw text -> ids: what a recipe begins with is laid beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from seqdemo.checkpoint import digest
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import CORPORA
from seqdemo.training.prepare import CHECKPOINTS, prepare
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.reading import read_lines
from seqdemo.training.recipes import RECIPES, Recipe

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
    assert about["begin"] == {"name": recipe.begin, "sha256": digest(begin / "model.safetensors")}


def test_both_sides_are_numbered_in_the_direction_that_the_recipe_serves(tmp_path: Path) -> None:
    recipe = turned("zh-en-transformer")
    prepare(recipe, SAMPLES, tmp_path)
    subwords, dev = Subwords.load(tmp_path / "subwords.model"), Examples.load(tmp_path / "dev.npz")
    home = CORPORA[recipe.corpus]
    for column, language in (("source", "en"), ("target", "zh")):
        line = read_lines(SAMPLES, home, home.dev, language)[0].strip()
        assert subwords.decode(dev.columns[column][0].tolist()) == line
