"""The provenance line under every panel: which checkpoint computed this, how large, which file, how good."""

from __future__ import annotations

from seqdemo.locales import translate_key
from seqdemo.records import Source

DIGITS = 12  # of the SHA-256: enough to tell checkpoints apart, short enough to read out


def provenance(source: Source, *, language: str) -> list[str]:
    """Short phrases, in the order in which they are shown."""
    return [
        source.checkpoint,
        translate_key(language, "view.source.parameters", count=f"{source.parameters:,}"),
        translate_key(language, "view.source.sha256", digest=source.sha256[:DIGITS]),
        *(
            translate_key(language, "view.source.score", test=test, score=score)
            for test, score in source.scores.items()
        ),
        translate_key(language, "view.source.device", device=source.device),
    ]
