"""Where the numbers of a lesson come from: experiments, the scores of checkpoints, and the lab, asked anew."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from seqdemo.lessons.fill import LookUp
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.records import ClassificationRecord, Source, numbered

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS, CHECKPOINTS = ROOT / "assets" / "experiments", ROOT / "checkpoints"
ASKED = re.compile(r'([\w-]+)/([\w-]+)(?:/(\w+))?/"([^"]*)"')  # task/model/"text", pair/model/beam/"text"


def experiment(name: str, folder: Path = EXPERIMENTS) -> dict[str, Any]:
    """What an experiment found. Raises Problem where it was not run."""
    path = folder / f"{name}.json"
    if not re.fullmatch(r"[a-z-]+", name) or not path.is_file():
        raise Problem("lesson_needs", what=f"python -m seqdemo experiment {name} --write")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def scores(source: Source, folder: Path = CHECKPOINTS) -> dict[str, Any]:
    """scores.json of a checkpoint that is open. Raises Problem where the file is of other weights, or missing."""
    path = folder / source.checkpoint / "scores.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if found.get("model_sha256") != source.sha256:
        raise Problem("lesson_needs", what=f"python -m seqdemo evaluate {source.checkpoint} --data DIR --write")
    return found


def facts(lab: Lab, folder: Path = EXPERIMENTS) -> LookUp:
    """A way to look up (kind, subject). What was computed once is kept: it never changes while the lab is open."""

    @cache
    def look_up(kind: str, subject: str) -> Any:
        if kind == "experiment":
            return experiment(subject, folder)
        if kind in ("source", "scores"):
            source = next((one for one in lab.sources() if one.checkpoint == subject), None)
            if source is None:
                raise Problem("lesson_needs", what=subject)
            return source if kind == "source" else scores(source)
        asked = ASKED.fullmatch(subject)
        if asked is None or kind not in ("classify", "looks", "translate", "explain"):
            raise ValueError(f"{kind}:{subject} came; a kind of this file and its subject were expected")
        first, model, third, text = asked.groups()
        if kind == "translate":
            require(lab, {"pair": first, "translators": model})
            return lab.translate(text, first, model, int(third or 5))
        require(lab, {"task": first, "models": model})
        if kind == "explain":
            return lab.explain(text, first, model, third)
        record = lab.classify(text, first, [model])[0]
        return record if kind == "classify" else _looks(record)

    return look_up


def _looks(record: ClassificationRecord) -> dict[str, float]:
    """Word -> how much the verdict after the last word looks at it, the mean of the last layer's heads."""
    if record.attention is None:
        raise ValueError(f"{record.source.model} has no attention to look with")
    weights = record.attention.weights[-1].mean(axis=0)[-1]
    return dict(zip(numbered(record.words), weights.tolist(), strict=True))


def require(lab: Lab, state: dict[str, str]) -> None:
    """Raises Problem, naming what is missing, where the lab cannot show a state; {} asks for nothing."""
    for kind, models, table in (("task", "models", lab.tasks()), ("pair", "translators", lab.pairs())):
        if kind in state:
            serves = state[kind]
            wanted = state[models].split(",") if models in state else []
            missing = [f"{serves}-{model}" for model in wanted if model not in table.get(serves, ())]
            if missing or serves not in table:
                raise Problem("lesson_needs", what=", ".join(missing) or serves)
