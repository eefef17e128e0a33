"""Every folder in checkpoints/: complete, small, unharmed, of a recipe in the table, with a card that is fresh."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from seqdemo.checkpoint import TOKENIZER_FILES, digest, load
from seqdemo.scoring.card import card, reliability
from seqdemo.scoring.evaluate import parts_to_test
from seqdemo.training.corpora import CORPORA, corpora_of
from seqdemo.training.learning_curve import learning_curve
from seqdemo.training.recipes import RECIPES, Recipe

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
FOLDERS = sorted(path for path in CHECKPOINTS.iterdir() if path.is_dir()) if CHECKPOINTS.is_dir() else []
LARGEST = 10_000_000  # bytes of one file: Spaces and code hosts take no larger ones without extra tools

shipped = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


def test_every_recipe_is_shipped() -> None:
    assert sorted(folder.name for folder in FOLDERS) == sorted(RECIPES)


@shipped
def test_all_files_are_there_and_small(folder: Path) -> None:
    kind = RECIPES[folder.name].kind
    own = {
        "classifier": {TOKENIZER_FILES["words"], "trajectory.safetensors", "reliability.svg"},
        "translator": {TOKENIZER_FILES["subwords"], "source_words.txt"},
    }
    papers = {"config.json", "metrics.jsonl", "scores.json", "golden.json", "card.md", "learning_curve.svg"}
    assert {path.name for path in folder.iterdir()} == {"model.safetensors"} | papers | own[kind]
    for path in folder.iterdir():
        assert path.stat().st_size < LARGEST, path.name


@shipped
def test_it_opens_and_is_what_its_recipe_makes(folder: Path) -> None:
    recipe, opened = RECIPES[folder.name], load(folder)
    # A setting that came after the training stands at the value that changes nothing: its default.
    made = asdict(Recipe(**opened.config.training["recipe"]))
    assert json.dumps(made, sort_keys=True) == json.dumps(asdict(recipe), sort_keys=True)
    assert (opened.config.name, opened.config.model) == (recipe.name, recipe.model)
    assert opened.config.labels == CORPORA[recipe.corpus].labels
    for name, expected in opened.config.digests.items():
        assert digest(folder / name) == expected, name


@shipped
def test_scores_are_of_these_weights_and_every_test(folder: Path) -> None:
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert scores["model_sha256"] == digest(folder / "model.safetensors")
    assert list(scores["tests"]) == list(parts_to_test(corpora_of(asdict(RECIPES[folder.name]))))
    assert scores["checkpoint"] == folder.name


@shipped
def test_the_card_is_fresh(folder: Path) -> None:
    """Else: python -m seqdemo evaluate NAME --data DIR --write"""
    assert (folder / "card.md").read_text(encoding="utf-8") == card(folder)
    metrics = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    unit = "label" if config["kind"] == "classifier" else "sub-word"
    drawn = learning_curve(metrics, kept=config["training"]["epoch"], unit=unit)
    assert (folder / "learning_curve.svg").read_text(encoding="utf-8") == drawn
    if config["kind"] == "classifier":
        scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
        assert (folder / "reliability.svg").read_text(encoding="utf-8") == reliability(scores)


@shipped
def test_no_path_of_a_machine_is_written_down(folder: Path) -> None:
    for name in ("config.json", "scores.json", "card.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not any(start in text for start in ("/home/", "/root/", "/tmp/", "/work/", "/Users/")), name
