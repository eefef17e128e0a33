"""Every layer and head of attention: small maps to choose from, one large map and its lines to read. No round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from seqdemo.components.marks import kind_name, mark, question
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.components.shares import packed_shares
from seqdemo.components.tokens import marks_in, word_groups
from seqdemo.figures import heatmap
from seqdemo.figures.theme import SEQUENTIAL, STYLES
from seqdemo.locales import translate_key
from seqdemo.records import Aligner, AttentionGrid, ClassificationRecord, Source, TranslationRecord, packed

ORDER = ("cross", "encoder_self", "decoder_self", "pooling")  # the first that is there is shown first


def classifier_attention_payload(records: Sequence[ClassificationRecord], *, language: str) -> str:
    """A panel for each record that has attention: rows and columns are the words, row t belongs to step t."""
    panels = [
        _panel(record.attention, record.source, language, timed=True, classifier=True) | {"keysTimed": True}
        for record in records
        if record.attention is not None
    ]
    first = records[0]
    asked = question(records, language)
    return _payload("classify", f"{first.task}: {first.text}", len(first.words), panels, records, language, asked)


def translator_attention_payload(
    records: Sequence[TranslationRecord], *, language: str, passage: str = "", part: int = 1
) -> str:
    """A panel for each kind of attention of each record, which may have none; a target's row t belongs to step t.

    Cross-attention can also be read at the decoder's input: then row t is named by the token that step t reads
    (Chen et al. 2020, "Accurate word alignment induction from neural machine translation", section 3).
    """
    panels = []
    for record in records:
        for grid in sorted(record.attention, key=lambda grid: ORDER.index(grid.kind)):
            panel = _panel(grid, record.source, language, timed=grid.kind != "encoder_self", classifier=False)
            if grid.kind == "cross":
                panel |= {"inputs": record.input_tokens, "inputGroups": word_groups(record.input_tokens)}
                panel |= _aligning(record.source.aligner, panel["about"], language)
            if len(records) > 1:
                panel["title"] = f"{mark(record.source, language)['name']} · {panel['name']}"
            panels.append(panel)
    first = records[0]
    steps = max(len(record.steps) for record in records)
    asked = question(records, language, passage=passage, part=part)
    return _payload("translate", f"{first.pair}: {first.text}", steps, panels, records, language, asked)


def _aligning(best: Aligner | None, about: str, language: str) -> dict[str, Any]:
    """Which head aligns words as people do, and what is said of it; nothing where that is not known."""
    if best is None:
        return {}
    told = translate_key(
        language,
        f"view.aligner.{best.weighting}.{best.step}",
        layer=best.layer,
        head=best.head,
        sentences=best.sentences,
        error=f"{100 * best.error_rate:.1f}",
    )
    return {"aligner": [best.layer - 1, best.head - 1], "about": f"{about} {told}"}


def _panel(grid: AttentionGrid, source: Source, language: str, *, timed: bool, classifier: bool) -> dict[str, Any]:
    name = kind_name(grid.kind, language, classifier=classifier)
    queries, keys = word_groups(grid.queries), word_groups(grid.keys)
    return {
        "kind": grid.kind,
        "name": name,
        "title": f"{mark(source, language)['name']} · {name}" if classifier else name,
        "model": source.model,
        "checkpoint": source.checkpoint,
        "about": translate_key(language, f"view.about.{grid.kind}"),
        "queries": grid.queries,
        "keys": grid.keys,
        "queryGroups": queries,
        "keyGroups": keys,
        "merges": len(queries) < len(grid.queries) or len(keys) < len(grid.keys),
        "marks": marks_in(grid.keys),
        "timed": timed,
        "frame": heatmap.frame(grid.kind, language=language),
        "lengths": None if grid.lengths is None else packed(grid.lengths),
        "weights": packed_shares(grid.weights),
    }


def _payload(
    clock: str,
    text: str,
    steps: int,
    panels: list[dict[str, Any]],
    records: Sequence[ClassificationRecord | TranslationRecord],
    language: str,
    asked: dict[str, str],
) -> str:
    return payload(
        {
            "clock": clock,
            "text": text,
            "question": asked,
            "sentence": records[0].text,
            "absent": _absent(records, language),
            "steps": steps,
            "panels": panels,
            "scale": SEQUENTIAL,
            "headColors": [look.color for look in STYLES.values()],
            "roles": strings_of(language, "view.role"),
            "provenance": provenance([record.source for record in records], language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.sum", "view.zoom", "view.attention"),
        }
    )


def _absent(records: Sequence[ClassificationRecord | TranslationRecord], language: str) -> str:
    """Who of those on show has no attention, and so no map here; "" where all have."""
    names = [mark(record.source, language)["name"] for record in records if not record.attention]
    return translate_key(language, "view.attention.absent", models=", ".join(names)) if names else ""


def AttentionView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows an attention payload; "" clears it. Give events that write to it `show_progress="hidden"`."""
    return view(value, "attention", elem_id=elem_id)
