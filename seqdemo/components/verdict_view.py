"""What did each model decide? One card a model, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, view
from seqdemo.figures import theme
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.records import ClassificationRecord


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
                    "bars": [
                        {"label": label_name(label, language), "share": float(share), "text": f"{100 * share:.1f}%"}
                        for label, share in zip(record.labels, record.probabilities, strict=True)
                    ],
                    "source": provenance(record.source, language=language),
                }
                for record in records
            ],
        }
    )


def VerdictView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `verdict_payload`; "" clears it."""
    return view(value, "verdict_view.css", ("drawing.js", "verdict_view.js"), elem_id=elem_id)
