"""What models elsewhere can do, told once when the app starts; and what travels when something cannot be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from seqdemo.problems import Problem
from seqdemo.records import Source

READING, TRANSLATING = "seqdemo-reading", "seqdemo-translating"  # the applications on Ray Serve


@dataclass(frozen=True)
class Catalogue:
    """The answers of a lab that need no text. labels, questions: by task; left_out: (code, values) of checkpoints."""

    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    questions: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    device: str = ""
    left_out: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Told:
    """A Problem as data: an exception would come back wrapped in another."""

    code: str
    values: dict[str, str | int]

    @staticmethod
    def of(problem: Problem) -> Told:
        return Told(problem.code, dict(problem.values))
