"""Text and lines of the pictures in a card: plain SVG, so that no plotting library is needed."""

from __future__ import annotations

from xml.etree import ElementTree as Tree


def draw_text(root: Tree.Element, x: float, y: float, words: str, anchor: str) -> None:
    """anchor: "start", "middle" or "end" of the words stands at x."""
    Tree.SubElement(root, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}).text = words


def draw_line(root: Tree.Element, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
    """kind: the class that the picture's style sheet draws it by."""
    place = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    Tree.SubElement(root, "line", {"class": kind, **place})
