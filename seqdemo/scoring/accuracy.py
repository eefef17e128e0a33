"""How often a classifier is right, and which classes it confuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def score(predicted: Sequence[int], wanted: Sequence[int], labels: int) -> dict[str, Any]:
    """{"n", "accuracy", "confusion"}: rows of the confusion matrix are the true classes, columns the predicted ones.

    accuracy is a share, rounded to 4 decimals.

    >>> score([1, 1, 0], [1, 0, 0], 2)
    {'n': 3, 'accuracy': 0.6667, 'confusion': [[1, 1], [0, 1]]}
    """
    if not wanted or len(predicted) != len(wanted):
        raise ValueError(f"{len(predicted)} predictions came for {len(wanted)} examples, at least one was expected")
    confusion = [[0] * labels for _ in range(labels)]
    for found, right in zip(predicted, wanted, strict=True):
        confusion[right][found] += 1
    correct = sum(confusion[label][label] for label in range(labels))
    return {"n": len(wanted), "accuracy": round(correct / len(wanted), 4), "confusion": confusion}
