"""Where can a word stand beside its marker without covering another? A small greedy search in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

Size = tuple[float, float]  # width and height in pixels

HEIGHT = 15  # of a line of text, in pixels
DIRECTIONS = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
DISTANCES = (1.0, 1.8, 2.6, 3.6)  # a word that finds no room beside its marker may stand further off


class Box(NamedTuple):
    """A rectangle by its middle and half its size, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def covers(self, other: Box) -> bool:
        return abs(self.x - other.x) < self.width + other.width and abs(self.y - other.y) < self.height + other.height


def text_width(text: str) -> float:
    """Pixels that a text takes at the size of a label; Chinese characters are twice as wide."""
    return sum(13.0 if ord(letter) > 0x2E7F else 7.2 for letter in text)


def place(
    markers: NDArray[Any], texts: Sequence[str], order: Sequence[int], *, radius: float, areas: Sequence[Size]
) -> dict[int, tuple[float, float]]:
    """Offset in pixels of the middle of each word from its marker; a word without room is left out.

    markers: [step, 2], each from 0 to 1 of the width and height, y up; order: steps, the most important first;
    areas: sizes at which the figure will be drawn. Offsets stay the same while markers move apart, so a word
    must have room in every one of them.
    """
    taken = [[Box(x * wide, y * high, radius, radius) for x, y in markers.tolist()] for wide, high in areas]
    offsets: dict[int, tuple[float, float]] = {}
    for step in order:
        x, y = markers[step].tolist()
        half = text_width(texts[step]) / 2
        for across, up in _shifts(half, radius):
            boxes = [Box(x * wide + across, y * high + up, half, HEIGHT / 2) for wide, high in areas]
            if all(_free(box, others, area) for box, others, area in zip(boxes, taken, areas, strict=True)):
                offsets[step] = (across, up)
                for box, others in zip(boxes, taken, strict=True):
                    others.append(box)
                break
    return offsets


def _shifts(half: float, radius: float) -> Iterator[tuple[float, float]]:
    for distance in DISTANCES:
        for across, up in DIRECTIONS:
            yield across * (radius * distance + half), up * (radius * distance + HEIGHT / 2)


def _free(box: Box, taken: Sequence[Box], area: Size) -> bool:
    inside = box.width <= box.x <= area[0] - box.width and box.height <= box.y <= area[1] - box.height
    return inside and not any(box.covers(other) for other in taken)
