"""metrics.jsonl -> a picture of how the training went: dev accuracy above, the losses below, one epoch axis.

Plain SVG with its own light and dark colours, so that a card shows it anywhere without a plotting library.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Tree

from seqdemo.training.svg import draw_line, draw_text

WIDTH, PANEL, LEFT, RIGHT, TOP, GAP, BOTTOM = 560, 150, 66, 16, 46, 42, 46
HEIGHT = TOP + 2 * PANEL + GAP + BOTTOM
STYLE = """
text { fill: #24292f; font: 13px sans-serif }
polyline { fill: none }
.ground { fill: #ffffff } .grid { stroke: #d8dee4 } .kept { stroke: #6e7781; stroke-dasharray: 2 3 }
.dev, .training { stroke-width: 2 }
.dev { stroke: #0b5cad } circle { fill: #0b5cad } .training { stroke: #a8480b; stroke-dasharray: 7 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ground { fill: #14171c } .grid { stroke: #333a44 } .kept { stroke: #9aa4af }
  .dev { stroke: #6cb2ff } circle { fill: #6cb2ff } .training { stroke: #ffa15e }
}
"""


def learning_curve(metrics: Sequence[dict[str, Any]], *, kept: int, unit: str) -> str:
    """SVG text.

    metrics: the lines of metrics.jsonl, at least one; kept: the epoch whose weights were saved;
    unit: what accuracy and loss count, e.g. "label" or "sub-word".
    """
    if not metrics:
        raise ValueError("a learning curve needs at least one epoch; none came")
    epochs = [int(line["epoch"]) for line in metrics]
    root = Tree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=str(WIDTH), role="img"
    )
    Tree.SubElement(root, "title").text = "Learning curve"
    best = metrics[epochs.index(kept)]
    words = (
        f"{len(epochs)} epochs; kept: epoch {kept}, dev accuracy {best['dev_accuracy']}, dev loss {best['dev_loss']}"
    )
    Tree.SubElement(root, "desc").text = words
    Tree.SubElement(root, "style").text = STYLE
    Tree.SubElement(root, "rect", {"class": "ground", "width": str(WIDTH), "height": str(HEIGHT)})
    across = _scale(min(epochs[0], 1), max(epochs[-1], 2), LEFT, WIDTH - RIGHT)
    panels = (
        (TOP, f"dev accuracy (share of {unit}s)", {"dev": [float(line["dev_accuracy"]) for line in metrics]}),
        (
            TOP + PANEL + GAP,
            f"loss (nats a {unit})",
            {
                "dev": [float(line["dev_loss"]) for line in metrics],
                "training": [float(line["train_loss"]) for line in metrics],
            },
        ),
    )
    for top, title, series in panels:
        _panel(root, top, title, series, [across(epoch) for epoch in epochs], epochs.index(kept))
    floor = TOP + 2 * PANEL + GAP
    for epoch in _whole_ticks(min(epochs[0], 1), max(epochs[-1], 2)):
        draw_text(root, across(epoch), floor + 18, str(epoch), "middle")
    draw_text(root, (LEFT + WIDTH - RIGHT) / 2, floor + 38, "epoch", "middle")
    draw_text(root, WIDTH - RIGHT, 18, f"kept: epoch {kept}", "end")
    Tree.indent(root)
    return Tree.tostring(root, encoding="unicode") + "\n"


def _panel(
    root: Tree.Element, top: int, title: str, series: dict[str, list[float]], xs: list[float], kept: int
) -> None:
    """Title and names of the lines above, ticks at the left, the lines, and a mark at the kept epoch."""
    values = [value for line in series.values() for value in line]
    ticks = _ticks(min(values), max(values))
    down = _scale(ticks[0], ticks[-1], top + PANEL, top)
    draw_text(root, 8, top - 15, title, "start")
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    for tick in ticks:
        draw_line(root, "grid", LEFT, down(tick), WIDTH - RIGHT, down(tick))
        draw_text(root, LEFT - 8, down(tick) + 4, f"{tick:.{decimals}f}", "end")
    draw_line(root, "kept", xs[kept], top, xs[kept], top + PANEL)
    for number, (name, line) in enumerate(series.items()):
        points = [(x, down(value)) for x, value in zip(xs, line, strict=True)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        Tree.SubElement(root, "polyline", {"class": name, "points": drawn})
        if name == "dev":
            for x, y in points:
                Tree.SubElement(root, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3"})
        if len(series) > 1:
            at = WIDTH - RIGHT - 200 + 90 * number
            draw_line(root, name, at, top - 19, at + 24, top - 19)
            draw_text(root, at + 30, top - 15, name, "start")


def _scale(low: float, high: float, from_: float, to: float) -> Any:
    """A value between low and high -> a place between from_ and to."""
    return lambda value: from_ + (value - low) / (high - low) * (to - from_)


def _ticks(low: float, high: float) -> list[float]:
    """Two to seven round numbers that enclose low and high.

    >>> _ticks(0.52, 0.61)
    [0.52, 0.54, 0.56, 0.58, 0.6, 0.62]
    """
    span = max(high - low, 1e-3 * max(abs(high), 1e-3))
    step = 10.0 ** math.floor(math.log10(span))
    step = next(step * factor for factor in (0.2, 0.5, 1, 2) if span / (step * factor) <= 5)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def _whole_ticks(low: int, high: int) -> range:
    """Every epoch, or every second, fifth, tenth: at most a dozen.

    >>> list(_whole_ticks(1, 6)), list(_whole_ticks(1, 20))
    ([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    """
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (high - low) / step <= 11)
    return range(-(-low // step) * step, high + 1, step)
