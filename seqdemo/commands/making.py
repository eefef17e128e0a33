"""prepare, train, evaluate and export: from text to a checkpoint with its papers, and on to other engines."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from seqdemo.commands.shared import add_device, checkpoints_folder
from seqdemo.problems import Problem
from seqdemo.training.recipes import RECIPES, STAGES, Recipe

RUNS = Path("runs")


def add_commands(commands: Any) -> None:
    """prepare, train, evaluate and export."""
    names = ", ".join((*RECIPES, *STAGES))
    for verb, run, words in (
        ("prepare", run_prepare, "turn raw text into ids; the folder it writes can be carried to a bare machine"),
        ("train", run_train, "train a checkpoint of the table of recipes"),
        ("evaluate", run_evaluate, "recompute every score in a checkpoint's card"),
    ):
        command = commands.add_parser(verb, help=words, description=words)
        command.add_argument("name", metavar="NAME", help=names)
        command.add_argument(
            "--data", metavar="DIR", help="corpora (default: $SEQDEMO_DATA, else download from the source)"
        )
        command.set_defaults(run=run)
        if verb != "evaluate":
            command.add_argument("--output", metavar="DIR", help="where the run is kept (default: runs/NAME)")
    add_device(commands.choices["prepare"])
    train = commands.choices["train"]
    add_device(train)
    train.add_argument("--resume", action="store_true", help="go on after the last finished epoch")
    train.add_argument(
        "--max-minutes", type=float, metavar="M", help="stop in order after the epoch that passes M minutes"
    )
    train.add_argument("--seed", type=int, metavar="N", help="another seed than the recipe's; give it its own --output")
    evaluate = commands.choices["evaluate"]
    add_device(evaluate)
    evaluate.add_argument(
        "--seeds", nargs="+", metavar="DIR", default=[], help="runs of the same recipe with other seeds, for the spread"
    )
    evaluate.add_argument(
        "--alignment", action="store_true", help="also compare a translator's heads with hand-made word alignments"
    )
    evaluate.add_argument("--write", action="store_true", help="also write scores.json, card.md and learning_curve.svg")
    words = "write a checkpoint in another engine's format, with the same weights"
    export = commands.add_parser("export", help=words, description=words)
    export.add_argument("name", metavar="NAME", help="of the checkpoint's folder, for example en-de-transformer")
    export.add_argument("--to", required=True, metavar="FORMAT", help="ctranslate2 (needs the package of that name)")
    export.add_argument("--output", metavar="DIR", help="where to write (default: runs/NAME/FORMAT)")
    export.set_defaults(run=run_export)


def _recipe(name: str) -> Recipe:
    known = RECIPES | STAGES
    if name not in known:
        raise Problem("unknown_recipe", name=name[:60], known=", ".join(known))
    return known[name]


def _folder(chosen: argparse.Namespace) -> Path:
    return Path(chosen.output) if chosen.output else RUNS / str(chosen.name)


def _data(recipe: Recipe, argument: str | None) -> Path:
    """The folder that holds every corpus of a recipe, downloaded where none is named."""
    from seqdemo.training.corpora import corpora_of
    from seqdemo.training.downloads import locate

    folders = [locate(corpus, argument) for corpus in corpora_of(asdict(recipe))]
    return folders[0]


def run_prepare(chosen: argparse.Namespace) -> int:
    """Number the corpus of a recipe; training reads only what this writes."""
    from seqdemo.lab import choose_device
    from seqdemo.training.downloads import locate_vectors
    from seqdemo.training.prepare import prepare

    recipe = _recipe(chosen.name)
    folder = _folder(chosen) / "prepared"
    data = _data(recipe, chosen.data)
    teachers, device = _folder(chosen).parent / "teachers", str(choose_device(chosen.device))
    prepare(recipe, data, folder, teachers, device, lambda vectors: locate_vectors(vectors, chosen.data))
    print(f"prepared: {folder}")
    return 0


def run_train(chosen: argparse.Namespace) -> int:
    """Train a recipe, preparing its corpus first where that has not been done."""
    from seqdemo.lab import choose_device
    from seqdemo.training.loop import train
    from seqdemo.training.together import team_here

    recipe = _recipe(chosen.name)
    if chosen.seed is not None:
        recipe = replace(recipe, seed=chosen.seed)
    folder = _folder(chosen)
    device = choose_device(chosen.device)
    team = team_here(str(device))
    if not (folder / "prepared" / "prepared.json").exists():
        if team.number > 1:  # one would write while the others read
            raise Problem("prepared_missing", name=recipe.name, folder=str(folder))
        run_prepare(chosen)
    words = ["python", "-m", "seqdemo", "train", recipe.name]
    words += [] if chosen.seed is None else ["--seed", str(chosen.seed)]
    checkpoint = train(
        recipe,
        folder / "prepared",
        folder,
        device=str(device),
        resume=chosen.resume,
        max_minutes=chosen.max_minutes,
        command=shlex.join(words),
        team=team,
    )
    team.end()
    if not team.first:
        return 0
    print(f"checkpoint: {checkpoint}")
    print(f"to use it:  copy it to checkpoints/{recipe.name}, then python -m seqdemo evaluate {recipe.name} --write")
    return 0


def run_evaluate(chosen: argparse.Namespace) -> int:
    """Print every score of a checkpoint; with --write, also its card."""
    from seqdemo.lab import choose_device
    from seqdemo.scoring.evaluate import alignment, evaluate, print_scores, spread, write_papers
    from seqdemo.scoring.probing import print_probes, probe

    recipe = _recipe(chosen.name)
    folder = checkpoints_folder(chosen) / recipe.name
    data = _data(recipe, chosen.data)
    device = str(choose_device(chosen.device))
    scores = evaluate(folder, data, device=device)
    runs = [Path(run) for run in chosen.seeds]
    scores |= spread(folder, runs, scores, data, device=device)
    scores |= alignment(folder, scores, data if chosen.alignment else None)
    print_scores(scores)
    scores |= probe(folder, data, runs, device=device)
    print_probes(scores)
    if chosen.write:
        write_papers(folder, scores)
    return 0


def run_export(chosen: argparse.Namespace) -> int:
    """Write a checkpoint for another engine."""
    from seqdemo import checkpoint
    from seqdemo.exporting import export

    opened = checkpoint.load(checkpoints_folder(chosen) / Path(chosen.name).name)
    folder = Path(chosen.output) if chosen.output else RUNS / opened.config.name / chosen.to
    export(opened, chosen.to, folder)
    print(f"exported: {folder}")
    print(f"to use it: {folder / 'README.md'}")
    return 0
