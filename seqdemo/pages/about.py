"""The about page: which checkpoints computed the numbers, on what they were trained, and how to call them."""

from __future__ import annotations

from seqdemo.locales import translate_key
from seqdemo.protocols import Explains
from seqdemo.serving.limits import stated


def about(lab: Explains, language: str) -> str:
    """Markdown, made of our own strings and the checkpoints' papers alone."""
    head = [
        translate_key(language, f"page.about.{column}")
        for column in ("checkpoint", "parameters", "score", "data", "hash")
    ]
    rows = [head, ["---"] * len(head)]
    for source in lab.sources():
        scores = "; ".join(f"{name}: {score}" for name, score in source.scores.items())
        rows.append(
            [source.checkpoint, f"{source.parameters:,}", scores or "–", source.data, f"`{source.sha256[:12]}`"]
        )
    table = "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows)
    device = translate_key(language, "page.about.device", device=lab.device())
    bounds = translate_key(language, "page.about.limits", **stated())
    before, after = (translate_key(language, f"page.about.{part}") for part in ("before", "after"))
    return "\n\n".join((before, device, table, bounds, after))
