"""Records to draw: made-up numbers in which no two rows, columns, layers, heads or units are alike."""

from __future__ import annotations

import numpy as np

from seqdemo.records import (
    AttentionGrid,
    Candidate,
    ClassificationRecord,
    DecodingStep,
    Gate,
    Source,
    Trajectory,
    TranslationRecord,
)

WORDS = ("the", "film", "is", "not", "the", "best")
HOSTILE = (
    "${alert(1)}",
    "<img src=x onerror=alert(2)>",
    "{{value}}",
    "<unk>",
    "&lt;b&gt;",
    "7",
    "<b>bold</b>",
    "`${1}`",
)


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def source(model: str = "lstm") -> Source:
    scores = {"SST-2 test": "84.1 % accuracy"}
    return Source(f"sentiment-en-{model}", model, 1_234_567, "0123456789abcdef" * 4, 1, "made-up words", "cpu", scores)


def attention(
    kind: str = "cross",
    queries: tuple[str, ...] = ("A", "B", "C"),
    keys: tuple[str, ...] = ("u", "v", "u", "w", "x"),
    *,
    layers: int = 2,
    heads: int = 3,
) -> AttentionGrid:
    """Rows that sum to 1 and a matrix that is nowhere symmetric."""
    weights = random(7).random((layers, heads, len(queries), len(keys))) ** 3 + 1e-3
    return AttentionGrid(kind, queries, keys, (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32))


def gate(name: str, time: int, *, lowest: float = 0.0, highest: float = 1.0, hidden: int = 5, seed: int = 3) -> Gate:
    values = random(seed).uniform(lowest, highest, (time, hidden)).astype(np.float32)
    return Gate(name, values, lowest, highest)


def classification(
    model: str = "lstm", words: tuple[str, ...] = WORDS, *, seed: int = 1, grid: bool = False
) -> ClassificationRecord:
    time, draw = len(words), random(seed)
    positive = draw.uniform(0.05, 0.95, time)
    track = np.stack([1 - positive, positive], axis=1).astype(np.float32)
    cloud = draw.normal(size=(40, 2)).astype(np.float32)
    direction = np.array([0.8, 0.6], dtype=np.float32)
    plane = Trajectory(
        points=draw.normal(size=(time, 2)).astype(np.float32),
        explained=np.array([0.431, 0.127], dtype=np.float32),
        readout=direction,
        cloud=cloud,
        cloud_probability=(1 / (1 + np.exp(-cloud @ direction))).astype(np.float32),
        correlation=0.8125,
    )
    gates = (gate("forget_gate", time, seed=3), gate("candidate", time, lowest=-1.0, seed=4))
    looks = attention("encoder_self", words, words) if grid else None
    labels = ("negative", "positive")
    return ClassificationRecord(
        " ".join(words), "sentiment-en", labels, words, words, track, plane, gates, looks, source(model)
    )


def translation(output: tuple[str, ...] = ("▁Der", "▁Film", "</s>")) -> TranslationRecord:
    read, start = ("▁the", "▁film", "▁the", "</s>"), ("<s>", *output[:-1])
    steps = tuple(
        DecodingStep(token, 0.5, (Candidate(token, 0.5), Candidate(f"{token}x", 0.25), Candidate("<unk>", 0.125)))
        for token in output
    )
    grids = (
        attention("encoder_self", read, read),
        attention("decoder_self", output, start),
        attention("cross", output, read),
    )
    return TranslationRecord(
        "the film the", "en-de", 5, " ".join(output), read, start, output, steps, -1.25, grids, source("transformer")
    )
