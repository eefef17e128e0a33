"""Questions of many visitors to the classifiers, gathered: texts for one network share its forward passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import numbered_for, read_text
from seqdemo.cluster.catalogue import Told
from seqdemo.lab import TorchLab
from seqdemo.models.classifier_trace import ClassifierTrace
from seqdemo.problems import Problem
from seqdemo.records import ClassificationRecord
from seqdemo.serving.batching import fitting, traces_of
from seqdemo.serving.noting import tried


class Question(NamedTuple):
    """As `Classifies.classify` takes it."""

    text: str
    task: str
    models: tuple[str, ...] | None


class Traced:
    """A network that has read its text already."""

    def __init__(self, network: Any, trace: ClassifierTrace) -> None:
        self._network, self._trace = network, trace

    def parameters(self) -> Iterator[nn.Parameter]:
        return iter(self._network.parameters())

    def trace(self, ids: Tensor, lengths: Tensor) -> ClassifierTrace:
        return self._trace


def told(work: Callable[..., Any], *given: Any) -> Any:
    """What `work` of what is given returns, or what to tell; the log names an error's kind and place, never a text."""
    found = tried(lambda: work(*given))
    return Told.of(found) if isinstance(found, Problem) else found


def classified_together(lab: TorchLab, asked: Sequence[Question]) -> list[tuple[ClassificationRecord, ...] | Told]:
    """An answer a question, each as `lab.classify` alone gives it."""
    plans = [told(_plan, lab, one) for one in asked]
    wanted: dict[str, list[int]] = {}  # checkpoint -> the questions that want it
    for number, plan in enumerate(plans):
        for name in plan if isinstance(plan, dict) else ():
            wanted.setdefault(name, []).append(number)
    traces: dict[tuple[int, str], ClassifierTrace] = {}
    for name, numbers in wanted.items():
        while numbers:
            texts = [plans[number][name][1] for number in numbers]
            now = numbers[: fitting(texts)]
            network = plans[now[0]][name][0].network
            for number, trace in zip(now, traces_of(network, texts[: len(now)]), strict=True):
                traces[number, name] = trace
            numbers = numbers[len(now) :]
    return [plan if isinstance(plan, Told) else told(_answer, lab, n, asked[n], traces)
            for n, plan in enumerate(plans)]  # fmt: skip


def _plan(lab: TorchLab, asked: Question) -> dict[str, tuple[Checkpoint, Tensor]]:
    """Checkpoint -> itself and the ids that it shall read. Raises Problem as `lab.classify` does."""
    opened = [lab.classifiers[asked.task, model] for model in lab.chosen_models(asked.task, asked.models)]
    reading = read_text(asked.text, asked.task)
    return {one.config.name: (one, torch.tensor(numbered_for(reading, one).ids, device=lab.on)) for one in opened}


def _answer(
    lab: TorchLab, number: int, asked: Question, traces: dict[tuple[int, str], ClassifierTrace]
) -> tuple[ClassificationRecord, ...]:
    def read_already(opened: Checkpoint) -> Checkpoint:
        traced: Any = Traced(opened.network, traces[number, opened.config.name])
        return replace(opened, network=traced)

    return replace(lab, shared=read_already).classify(*asked)
