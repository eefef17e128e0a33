"""What did each model decide? One card a model, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, view
from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord

MOST_BARS = 4


def verdict_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """Cards for `VerdictView`: verdict, a bar for each class, provenance."""
    return payload(
        {
            "label": translate_key(language, "view.verdict.label"),
            "cards": [
                {
                    "model": model_name(record.source.model, language),
                    "color": theme.style(record.source.model).color,
                    "verdict": label_name(record.label, language),
                    "bars": _bars(record, language),
                    "source": provenance(record.source, language=language),
                }
                for record in records
            ],
        }
    )


def _bars(record: ClassificationRecord, language: str) -> list[dict[str, Any]]:
    """One a class in the order of the task; of many classes the likeliest, and what is left for the others."""
    shares = list(zip(record.labels, map(float, record.probabilities), strict=True))
    others = 0
    if len(shares) > MOST_BARS:
        shares = sorted(shares, key=lambda one: -one[1])[: MOST_BARS - 1]
        others = len(record.labels) - len(shares)
    named = [(label_name(label, language), share) for label, share in shares]
    if others:
        left = max(0.0, 1.0 - sum(share for _, share in shares))
        named.append((translate_key(language, "view.verdict.others", count=others), left))
    return [{"label": name, "share": share, "text": f"{100 * share:.1f}%"} for name, share in named]


def VerdictView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `verdict_payload`; "" clears it."""
    return view(value, "verdict_view.css", ("drawing.js", "verdict_view.js"), elem_id=elem_id)
