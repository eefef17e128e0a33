"""Where can a word stand beside its marker without covering another? A small greedy search in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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
    markers: np.ndarray, texts: Sequence[str], order: Sequence[int], *, radius: float, area: tuple[float, float]
) -> dict[int, tuple[float, float]]:
    """Offset of the middle of each word from its marker; a word without room is left out.

    markers: [step, 2] in pixels inside `area` (width, height), y up; order: steps, the most important first.
    """
    taken = [Box(float(x), float(y), radius, radius) for x, y in markers]
    offsets: dict[int, tuple[float, float]] = {}
    for step in order:
        x, y = (float(value) for value in markers[step])
        half = text_width(texts[step]) / 2
        for distance in DISTANCES:
            for across, up in DIRECTIONS:
                shift = (across * (radius * distance + half), up * (radius * distance + HEIGHT / 2))
                box = Box(x + shift[0], y + shift[1], half, HEIGHT / 2)
                inside = half <= box.x <= area[0] - half and HEIGHT / 2 <= box.y <= area[1] - HEIGHT / 2
                if inside and not any(box.covers(other) for other in taken):
                    taken.append(box)
                    offsets[step] = shift
                    break
            if step in offsets:
                break
    return offsets
