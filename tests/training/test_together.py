"""Two processes train as one does: the same loss curve and weights, killed and resumed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from seqdemo import checkpoint
from seqdemo.models import MODELS
from seqdemo.problems import Problem
from seqdemo.training.batches import PairBatch, TextBatch
from seqdemo.training.loop import train
from seqdemo.training.objectives import loss_of
from seqdemo.training.recipes import RECIPES, Recipe
from seqdemo.training.together import ALONE, Team, labels_in, team_here
from tests.serving.conftest import free_port
from tests.training.test_loop import CLASSIFIER, TRANSLATOR, metrics_of, opinions, quiet, sightings, weights_of

__all__ = ["opinions", "sightings"]
STILL = {"dropout": 0.0}  # which units fall is drawn by each process for itself
BOTH = [replace(one, sizes=one.sizes | STILL, epochs=2) for one in (CLASSIFIER, TRANSLATOR)]
# Stopped after the first epoch, then resumed: as `python -m seqdemo train` does under torchrun.
PROGRAM = """
import sys
from pathlib import Path
import torch
from tests.training.test_together import BOTH
from seqdemo.training.loop import train
from seqdemo.training.together import team_here
torch.set_num_threads(1)
team = team_here("cpu")
for recipe, prepared, folder in zip(BOTH, sys.argv[1::2], sys.argv[2::2]):
    for resume in (False, True):
        train(recipe, Path(prepared), Path(folder), resume=resume, max_minutes=0, team=team)
team.end()
"""


@pytest.mark.drill
def test_two_processes_have_the_loss_curve_of_one(opinions: Path, sightings: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    folders = [str(path) for path in (opinions, tmp_path / "two0", sightings, tmp_path / "two1")]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port"]
    root = str(Path(checkpoint.__file__).parent.parent)
    ended = subprocess.run(
        [*command, str(free_port()), str(program), *folders],
        env={**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert ended.stdout.count("resumed after") == 2, ended.stdout  # only the first speaks
    for number, (recipe, prepared) in enumerate(zip(BOTH, (opinions, sightings), strict=True)):
        one, two = tmp_path / f"one{number}", tmp_path / f"two{number}"
        train(recipe, prepared, one, say=quiet)
        for ours, theirs in zip(metrics_of(two), metrics_of(one), strict=True):
            assert ours["train_loss"] == pytest.approx(theirs["train_loss"], abs=2e-4)
            assert ours["dev_loss"] == pytest.approx(theirs["dev_loss"], abs=2e-4)
        alone, together = weights_of(one), weights_of(two)
        # Adam makes a step of up to the rate out of the rounding of a gradient that is all but 0
        assert max(float((alone[name] - together[name]).abs().max()) for name in alone) < recipe.peak_rate / 2
        training = [checkpoint.load(folder / "checkpoint").config.training for folder in (one, two)]
        assert [one.get("processes") for one in training] == [None, 2]


def batch_of(recipe: Recipe, rows: int) -> TextBatch | PairBatch:
    lengths = torch.arange(rows, 0, -1) + 2
    ids = torch.randint(2, 50, (rows, int(lengths.max())))
    ids[torch.arange(ids.shape[1]) >= lengths[:, None]] = 0
    if recipe.kind == "classifier":
        return TextBatch(ids, lengths, torch.randint(0, 2, (rows,)))
    return PairBatch(ids, ids)


@pytest.mark.parametrize("rows", [1, 2, 7])
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("recipe", BOTH, ids=lambda recipe: recipe.kind)
def test_the_mean_of_the_weighted_shares_is_the_loss_of_the_batch(recipe: Recipe, number: int, rows: int) -> None:
    """Also where there are fewer rows than processes, and where shares hold unequal numbers of tokens."""
    labels = {"labels": 2} if recipe.kind == "classifier" else {}
    network = MODELS[recipe.model].build(**recipe.sizes, vocabulary=50, **labels).double().eval()
    whole = batch_of(recipe, rows)
    shares = [Team(place, number, engine=object()).share(whole) for place in range(number)]
    losses = [factor * loss_of(network, mine, recipe.smoothing).loss for mine, factor in shares]
    expected = loss_of(network, whole, recipe.smoothing)
    assert expected.number == labels_in(whole)
    assert float(sum(losses).detach() / number) == pytest.approx(float(expected.loss), abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_every_weight_of_a_model_gets_a_gradient(model: str) -> None:
    """Else the processes wait for each other for ever over the one that has none."""
    recipe = next(one for one in RECIPES.values() if one.model == model)
    labels = {"labels": 2} if recipe.kind == "classifier" else {}
    network = MODELS[model].build(**recipe.sizes, vocabulary=50, **labels)
    loss_of(network, batch_of(recipe, 3), recipe.smoothing).loss.backward()
    assert [name for name, weight in network.named_parameters() if weight.grad is None] == []


def test_one_process_alone_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "accelerate", None)
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert team_here("cpu") is ALONE
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(Problem, match='pip install "accelerate"'):
        team_here("cpu")
