"""Where a panel's numbers come from: one row a checkpoint, below every panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqdemo.figures.names import model_name
from seqdemo.locales import translate_key
from seqdemo.records import Source

DIGITS = 12  # of the SHA-256: enough to tell checkpoints apart, short enough to read out
MADE = ("command", "seed", "date", "device")  # of an experiment
COLUMNS = ("checkpoint", "model", "parameters", "data", "seed", "score", "hash", "device")


def provenance(sources: Sequence[Source], *, language: str) -> dict[str, Any]:
    """What `makeProvenance` (fold.js) shows: a title with holes, the head of a table and its rows."""
    different = list({source.checkpoint: source for source in sources}.values())
    return {
        "title": translate_key(language, "view.source.title"),
        "head": [translate_key(language, f"view.source.{column}") for column in COLUMNS],
        "sources": [{"checkpoint": one.checkpoint, "sha256": one.sha256} for one in different],
        "rows": [
            [
                source.checkpoint,
                model_name(source.model, language),
                f"{source.parameters:,}",
                source.data,
                str(source.seed),
                "; ".join(
                    translate_key(language, "view.source.line", test=test, score=score)
                    for test, score in source.scores.items()
                )
                or "–",
                f"{source.sha256[:DIGITS]}…",
                source.device,
            ]
            for source in different
        ],
    }


def measured(*made: dict[str, Any], language: str) -> dict[str, Any]:
    """The same of experiments: the command that measured, what it drew from, when and where."""
    return {
        "title": translate_key(language, "chart.source"),
        "head": [translate_key(language, f"chart.{part}") for part in MADE],
        "sources": [],
        "rows": [[str(one.get(part, "–")) for part in MADE] for one in made],
    }
