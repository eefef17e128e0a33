"""The models on Ray Serve: replicas that open the checkpoints and answer whichever app asks.

    serve deploy assets/hosting/ray.yaml
    python app.py --lab ray://auto

Classifiers and translators are two applications, so that each scales by its own load. No HTTP: an app asks by handles.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from ray import serve

from seqdemo.cluster.catalogue import READING, Catalogue, Told
from seqdemo.cluster.together import Question, classified_together, told
from seqdemo.lab import TorchLab, open_lab
from seqdemo.serving.sharing import sharing

GATHERED = 16  # questions that one call of the network may answer
GATHER_SECONDS = 0.005
ASKED = (  # by name, one at a time
    "reclassify", "retranslate", "show_sum", "explain", "faithfulness", "attention_explanation", "units", "unit",
    "translate", "translate_passage", "translate_lines", "score_translation",
)  # fmt: skip


@serve.deployment(max_ongoing_requests=2 * GATHERED)
class Replica:
    """A lab in a process of its own. It keeps nothing of a question."""

    def __init__(self, kind: str, checkpoints: str, device: str) -> None:
        lab = open_lab(Path(checkpoints), device)
        lab = replace(lab, translators={}) if kind == READING else replace(lab, classifiers={})
        writers = tuple(lab.translators.values())  # texts to classify come gathered already
        self.lab: TorchLab = replace(lab, shared=sharing(writers, lambda size: None))

    def catalogue(self) -> Catalogue:
        lab = self.lab
        return Catalogue(
            tasks=lab.tasks(),
            pairs=lab.pairs(),
            labels={task: lab.labels(task) for task in lab.tasks()},
            questions={task: lab.questions(task) for task in lab.tasks()},
            sources=lab.sources(),
            device=lab.device(),
            left_out=tuple(Told.of(problem) for problem in lab.problems),
        )

    @serve.batch(max_batch_size=GATHERED, batch_wait_timeout_s=GATHER_SECONDS)
    async def classify(self, asked: list[tuple[Any, Any, Any]]) -> list[Any]:
        """Called with one question; gets those that came together."""
        return await asyncio.to_thread(classified_together, self.lab, [Question(*one) for one in asked])

    async def ask(self, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """A method of the lab, by its name among ASKED. Sentences to translate share their searches."""
        if name not in ASKED:
            return Told("unexpected", {})
        return await asyncio.to_thread(told, lambda: getattr(self.lab, name)(*given, **named))

    def process(self) -> int:
        """Its number on its machine, for drills."""
        return os.getpid()


def application(settings: dict[str, Any]) -> Any:
    """What assets/hosting/ray.yaml names for each application.

    settings: kind (READING or TRANSLATING), checkpoints (a folder), device, cpus and gpus (of a replica; a fraction
    shares a GPU), least and most (replicas), at_once (questions a replica should have; beyond, another is started).
    """
    scaling = {
        "min_replicas": int(settings.get("least", 1)),
        "max_replicas": int(settings.get("most", 4)),
        "target_ongoing_requests": float(settings.get("at_once", GATHERED / 2)),
    }
    actor = {"num_cpus": float(settings.get("cpus", 1)), "num_gpus": float(settings.get("gpus", 0))}
    replica: Any = Replica  # the decorator's type hides what it made
    deployment = replica.options(autoscaling_config=scaling, ray_actor_options=actor)
    return deployment.bind(str(settings["kind"]), str(settings["checkpoints"]), str(settings.get("device", "auto")))
