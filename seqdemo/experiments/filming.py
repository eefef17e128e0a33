"""How the films were made: two small trainings that keep their weights at about ten moments.

    python -m seqdemo.experiments.filming

writes assets/films/NAME: a checkpoint folder of the last moment, and steps/STEP.safetensors for each. What they show
is measured by `python -m seqdemo experiment film --write`, which needs no training.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from seqdemo import checkpoint
from seqdemo.bench.preparing import corpus_of, prepare_rows
from seqdemo.bench.rows import sample_rows
from seqdemo.bench.settings import Settings, recipe_of
from seqdemo.checkpoint import WEIGHTS, Checkpoint
from seqdemo.training.loop import train
from seqdemo.training.objectives import batches_of
from seqdemo.training.prepared import Examples

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "films"
FILMS = {
    "classifier": Settings(model="gru", data="requests-en", width=32, epochs=12),
    "translator": Settings(model="transformer", data="en-de", width=64, epochs=20),
}
FIRST, FRAMES = 5, 10  # the first frame's step; how many frames


def steps_of(total: int) -> tuple[int, ...]:
    """FRAMES steps from FIRST to the last, each the same factor after the one before.

    >>> steps_of(680)
    (5, 9, 15, 26, 44, 77, 132, 228, 394, 680)
    """
    return tuple(round(FIRST * (total / FIRST) ** (frame / (FRAMES - 1))) for frame in range(FRAMES))


def film(name: str, folder: Path) -> None:
    """Train one of FILMS and keep its frames in folder/NAME."""
    settings = FILMS[name]
    rows = sample_rows(settings.data)
    recipe = recipe_of(settings, rows.serves, len(rows.parts["train"]))
    recipe = replace(recipe, name=f"film-{name}")
    with tempfile.TemporaryDirectory() as work:
        prepared, run = Path(work) / "prepared", Path(work) / "run"
        prepare_rows(rows, recipe, prepared)
        examples = Examples.load(prepared / "train.npz")
        stills = steps_of(settings.epochs * sum(1 for _ in batches_of(recipe, examples)))
        train(
            recipe, prepared, run,
            command="python -m seqdemo.experiments.filming", corpus=corpus_of(rows), stills=stills,
        )  # fmt: skip
        made = sorted((run / "stills").iterdir())
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(made[-1], folder / name)
        (folder / name / "steps").mkdir()
        for still in made:
            shutil.copy(still / WEIGHTS, folder / name / "steps" / f"{still.name}.safetensors")


def frames_of(name: str, folder: Path = FOLDER) -> list[tuple[int, Checkpoint]]:
    """(step, the checkpoint at that step) for each frame of a film. Raises CheckpointProblem where it is not there."""
    found = []
    for path in sorted((folder / name / "steps").glob("*.safetensors")):
        opened = checkpoint.load(folder / name)
        checkpoint.load_weights(opened.network, path)
        found.append((int(path.stem), opened))
    return found


def main() -> None:
    """Both films. One thread, so that the same machine makes the same weights again."""
    torch.set_num_threads(1)
    for name in FILMS:
        film(name, FOLDER)
        print(f"{FOLDER / name}: {len(frames_of(name))} frames")


if __name__ == "__main__":
    main()
