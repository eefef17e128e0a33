"""The charts of the lessons: a row of the table says which numbers of an experiment or of a card stand in it.

To add one, write a function from what was found to a `Chart`, and its line in CHARTS; its words are
"chart.NAME.title", ".x" and ".y" in assets/locales.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seqdemo.lessons.fill import LookUp
from seqdemo.problems import Problem


@dataclass(frozen=True)
class Line:
    """One line: name is a row of the model tables, or of "chart.line" in assets/locales."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    band: tuple[tuple[float, float], ...] = ()  # lowest and highest at each x

    def __post_init__(self) -> None:
        if len(self.xs) != len(self.ys) or len(self.band) not in (0, len(self.xs)):
            raise ValueError(f"{self.name}: {len(self.ys)} values and {len(self.band)} bands for {len(self.xs)} places")


@dataclass(frozen=True)
class Chart:
    """Lines over one axis, and the origin of their numbers."""

    lines: tuple[Line, ...]
    made: dict[str, Any]  # command, seed, date, device
    log_x: bool = False
    log_y: bool = False
    low: float | None = 0.0  # the least of the y axis; None: as low as the lines go
    left: float = 0.0  # the least of the x axis; a logarithmic one begins where the lines do
    mark: float | None = None  # a level to compare with, e.g. chance
    also: tuple[dict[str, Any], ...] = ()  # made, of lines that another experiment measured


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(map(float, values))


def _banded(name: str, xs: Any, middle: Any, row: dict[str, Any]) -> Line:
    return Line(name, _floats(xs), _floats(middle), tuple(zip(_floats(row["low"]), _floats(row["high"]), strict=True)))


def _memory(way: str) -> Callable[[LookUp], Chart]:
    def chart(look_up: LookUp) -> Chart:
        found = look_up("experiment", "memory-distance")
        cells = found["ways"][way].items()
        lines = tuple(_banded(cell, found["distances"], row["mean"], row) for cell, row in cells)
        return Chart(lines, found["made"], mark=found["chance"])

    return chart


def _far(look_up: LookUp) -> Chart:
    """The block of attention beside the cells, each taught one distance alone."""
    cells, found = _memory("alone")(look_up), look_up("experiment", "attention-distance")
    row = found["ways"]["alone"]["attention"]
    line = _banded("block", found["distances"], row["mean"], row)
    return Chart((*cells.lines, line), found["made"], mark=cells.mark, also=(cells.made,))


def _river(look_up: LookUp) -> Chart:
    found = look_up("experiment", "gradient-river")
    rows = found["cells"].items()
    lines = tuple(_banded(cell, found["distances"], row["median"], row) for cell, row in rows)
    return Chart(lines, found["made"], log_y=True, low=None, mark=1.0)


def _parallelism(look_up: LookUp) -> Chart:
    found = look_up("experiment", "parallelism")
    rows = {"block" if name == "attention" else name: row for name, row in found["readers"].items()}
    lines = tuple(Line(name, _floats(found["lengths"]), _floats(row["milliseconds"])) for name, row in rows.items())
    return Chart(lines, found["made"], log_x=True, log_y=True, low=None)


def _pruning(look_up: LookUp) -> Chart:
    found = look_up("experiment", "head-pruning")
    return Chart((Line("transformer", _floats(found["off"]), _floats(found["bleu"])),), found["made"])


def _bottleneck(look_up: LookUp) -> Chart:
    found = look_up("experiment", "bottleneck")
    lines = tuple(_banded(name, found["middle"], row["bleu"], row) for name, row in found["models"].items())
    return Chart(lines, found["made"])


def _deletion(look_up: LookUp) -> Chart:
    found = look_up("scores", "sentiment-en-bilstm-attention")
    asked = found.get("probes", {}).get("faithfulness")
    if asked is None:
        raise Problem("lesson_needs", what=found["command"] + " --write")
    lines = tuple(
        Line(name, _floats(asked["steps"]), _floats(row["deletion"])) for name, row in asked["methods"].items()
    )
    made = {"command": found["command"], "date": found["date"], "device": "–"}
    return Chart(lines, made)


def _reliability(look_up: LookUp) -> Chart:
    """How often an answer is right, against how probable the network called it; the diagonal says what comes."""
    found = look_up("scores", "sentiment-en-lstm")
    rows = found["tests"]["test"]["reliability"]
    said = _floats(row[1] for row in rows)
    lines = (Line("lstm", said, _floats(row[2] for row in rows)), Line("ideal", said, said))
    least = 1 / len(found["tests"]["test"]["confusion"])  # what is called likeliest of so many is no less probable
    made = {"command": found["command"], "date": found["date"], "device": "–"}
    return Chart(lines, made, low=least, left=least)


CHARTS: dict[str, Callable[[LookUp], Chart]] = {
    "memory-distance/alone": _memory("alone"),
    "memory-distance/growing": _memory("growing"),
    "attention-distance": _far,
    "gradient-river": _river,
    "parallelism": _parallelism,
    "head-pruning": _pruning,
    "bottleneck": _bottleneck,
    "deletion": _deletion,
    "reliability": _reliability,
}
