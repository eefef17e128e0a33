"""Two tiny checkpoints, prepared, trained and evaluated on the samples: the whole way in a few seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seqdemo.scoring.evaluate import evaluate, write_papers
from seqdemo.training.loop import train
from seqdemo.training.prepare import prepare
from seqdemo.training.recipes import RECIPES

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "corpora"
SMALL = {
    "sentiment-en-gru": {
        "teacher": "",  # what a teacher adds is tried elsewhere
        "temperature": 0.0,
        "vectors": "",
        "sizes": {"embedding": 16, "hidden": 12},
        "epochs": 30,
        "peak_rate": 0.02,
        "batch_tokens": 300,
    },
    "en-de-transformer": {
        "sizes": {"model": 16, "heads": 2, "inner": 32, "encoder_layers": 1, "decoder_layers": 1, "dropout": 0.0},
        "subwords": 406,
        "epochs": 2,
        **{"also": (), "begin": "", "back": "", "forward": "", "repeats": 1},
    },
}


@pytest.fixture(scope="session", params=SMALL)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder with all its papers. Do not change it: copy it."""
    recipe = replace(RECIPES[request.param], average=0.9, **SMALL[request.param])
    folder = tmp_path_factory.mktemp("runs") / recipe.name
    prepare(recipe, SAMPLES, folder / "prepared")
    command = f"python -m seqdemo train {recipe.name} --data DIR"
    checkpoint = train(recipe, folder / "prepared", folder, command=command, say=lambda _: None)
    checkpoint = checkpoint.rename(folder.parent / f"{recipe.name}-checkpoint")
    write_papers(checkpoint, evaluate(checkpoint, SAMPLES))
    return checkpoint
