"""The bins of a calibration error -> a picture: stated probability across, the share that is right up.

Points on the diagonal mean what they say; below it the model is too sure. Plain SVG, light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from seqdemo.training.svg import draw_line, draw_text

SIDE, LEFT, TOP, BOTTOM, RIGHT = 260, 66, 34, 50, 24
STYLE = """
text { fill: #24292f; font: 13px sans-serif }
.ground { fill: #ffffff } .grid { stroke: #d8dee4 } .honest { stroke: #6e7781; stroke-dasharray: 2 3 }
circle { fill: #0b5cad; fill-opacity: 0.75 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .ground { fill: #14171c } .grid { stroke: #333a44 } .honest { stroke: #9aa4af }
  circle { fill: #6cb2ff }
}
"""


def reliability_curve(reliability: Sequence[Sequence[float]], *, part: str) -> str:
    """SVG text. reliability: [count, mean probability, share right] of each bin; part: name of the data.

    The area of a point is that of its bin's share of the examples.
    """
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM
    root = Tree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=str(width), role="img"
    )
    total = sum(row[0] for row in reliability)
    Tree.SubElement(root, "title").text = "Reliability"
    told = "; ".join(f"{probability:.2f} stated, {right:.2f} right" for _, probability, right in reliability)
    Tree.SubElement(root, "desc").text = f"{part}, {total} examples: {told}"
    Tree.SubElement(root, "style").text = STYLE
    Tree.SubElement(root, "rect", {"class": "ground", "width": str(width), "height": str(height)})
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _place(share, share)
        draw_line(root, "grid", LEFT, y, LEFT + SIDE, y)
        draw_line(root, "grid", x, TOP, x, TOP + SIDE)
        draw_text(root, LEFT - 8, y + 4, f"{share:g}", "end")
        draw_text(root, x, TOP + SIDE + 18, f"{share:g}", "middle")
    draw_line(root, "honest", *_place(0, 0), *_place(1, 1))
    for count, probability, right in reliability:
        x, y = _place(probability, right)
        radius = 2 + 16 * math.sqrt(count / total)
        Tree.SubElement(root, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:.1f}"})
    draw_text(root, 8, 20, f"share that is right ({part})", "start")
    draw_text(root, LEFT + SIDE / 2, TOP + SIDE + 40, "probability stated", "middle")
    Tree.indent(root)
    return Tree.tostring(root, encoding="unicode") + "\n"


def _place(across: float, up: float) -> tuple[float, float]:
    return LEFT + across * SIDE, TOP + (1 - up) * SIDE
