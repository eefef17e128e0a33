"""How a model and its classes are marked in every view: name, colour, dash; names of classes; the one in focus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.figures.trajectory import window
from seqdemo.locales import translate_key
from seqdemo.records import AttentionGrid, ClassificationRecord, Source, TranslationRecord, focus_of, packed

DASHES = {"solid": "", "dot": "2 4", "dash": "8 5", "dashdot": "8 4 2 4", "longdash": "12 5", "longdashdot": "12 4 2 4"}


def mark(source: Source, language: str) -> dict[str, Any]:
    """A model's name and look; a dash that SVG understands."""
    look = theme.style(source.model)
    return {
        "key": source.model,
        "checkpoint": source.checkpoint,
        "name": model_name(source.model, language),
        "color": look.color,
        "dash": DASHES.get(look.dash, look.dash.replace("px", "").replace(",", " ")),
    }


def common(records: Sequence[ClassificationRecord], language: str) -> dict[str, Any]:
    """What all views of one text share. Raises ValueError where the records do not read the same words."""
    if not records:
        raise ValueError("no record came; at least one was expected")
    first = records[0]
    for record in records:
        if (record.words, record.labels) != (first.words, first.labels):
            raise ValueError(f"{record.source.model}: all records must read the same words into the same labels")
    return {
        "text": f"{first.task}: {first.text}",
        "question": question(records, language),
        "words": first.words,
        "labels": [label_name(label, language) for label in first.labels],
        "focus": focus_of(np.stack([record.probabilities for record in records])),
        "scale": theme.DIVERGING,
    }


def question(
    records: Sequence[ClassificationRecord | TranslationRecord], language: str, *, passage: str = "", part: int = 1
) -> dict[str, str]:
    """What was asked, as fields of a link (see pages/link.py): all that the server needs to answer it again.

    passage, part: the whole text and the number of its sentence that is shown, where a text has several.
    """
    first, models = records[0], ",".join(dict.fromkeys(record.source.model for record in records))
    if isinstance(first, ClassificationRecord):
        return {"tab": "classify", "lang": language, "task": first.task, "text": first.text, "models": models}
    return {
        "tab": "translate",
        "lang": language,
        "pair": first.pair,
        "sentence": passage or first.text,
        "part": str(part) if part > 1 else "",
        "translators": models,
        "beam": str(first.beam),
    }


def kind_name(kind: str, language: str, *, classifier: bool = False) -> str:
    """The name of a kind of attention; an encoder that stands alone, as a classifier, has no other to tell it from."""
    own = classifier and kind == "encoder_self"
    return translate_key(language, "view.kind.classifier" if own else f"view.kind.{kind}")


def grid_shape(grid: AttentionGrid, language: str, *, classifier: bool = False) -> dict[str, Any]:
    """Which heads and rows there are to change."""
    return {
        "kind": grid.kind,
        "name": kind_name(grid.kind, language, classifier=classifier),
        "layers": grid.layers,
        "heads": grid.heads,
        "queries": grid.queries,
        "keys": grid.keys,
    }


def plane(record: ClassificationRecord) -> dict[str, Any]:
    """The trajectory for plane.js: points, cloud and the corners of what is shown."""
    seen = record.trajectory
    low, high = window(seen)
    return {
        "points": packed(seen.points),
        "cloud": packed(seen.cloud),
        "shares": packed(seen.cloud_probability),
        "explained": [float(share) for share in seen.explained],
        "correlation": seen.correlation,
        "focus": record.focus,
        "readout": [float(part) for part in seen.readout],
        "low": low.tolist(),
        "high": high.tolist(),
    }
