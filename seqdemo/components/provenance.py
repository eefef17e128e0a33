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


def provenance(sources: Sequence[Source], *, language: str, ahead: str = "") -> dict[str, Any]:
    """What `makeProvenance` (fold.js) shows: a title with holes, the head of a table and its rows.

    ahead: last part of a key "view.ahead": what was not computed just now; "" where all was.
    """
    different = list({source.checkpoint: source for source in sources}.values())
    return {
        "title": translate_key(language, "view.source.title"),
        "head": [translate_key(language, f"view.source.{column}") for column in COLUMNS],
        "ahead": told_ahead(ahead, language) if ahead else "",
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


def told_ahead(what: str, language: str) -> str:
    """The words of the tag for numbers that were computed beforehand. what: last part of a key "view.ahead"."""
    return translate_key(language, f"view.ahead.{what}")


def measured(*made: dict[str, Any], language: str, checkpoint: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same for numbers of experiments. made: command, seed, date and device of each.

    checkpoint: name, size and hash of the one that they are about, where it is one.
    """
    head = [translate_key(language, f"chart.{part}") for part in MADE]
    rows = [[str(one.get(part, "–")) for part in MADE] for one in made]
    papers = checkpoint or {}
    if checkpoint is not None:
        head += [translate_key(language, f"view.source.{column}") for column in ("checkpoint", "parameters", "hash")]
        rows = [
            [*row, papers["checkpoint"], f"{papers['parameters']:,}", f"{papers['sha256'][:DIGITS]}…"] for row in rows
        ]
    return {
        "title": translate_key(language, "chart.source"),
        "head": head,
        "ahead": told_ahead("all", language),
        "sources": [{name: papers[name] for name in ("checkpoint", "sha256")}] if papers else [],
        "rows": rows,
    }
