"""What every classifier returns when asked to show its inside; the same for all of them."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class GateTrace(NamedTuple):
    """One gate over time. values: [batch, time, hidden]; span: lowest and highest possible value, None if unbounded."""

    values: Tensor
    span: tuple[float, float] | None


class ClassifierTrace(NamedTuple):
    """The state and the verdict after every word, and what led there.

    Value t depends on the words up to t alone, so it equals classifying the truncated text.
    """

    states: Tensor  # [batch, time, hidden]: what the read-out sees after each word
    logits: Tensor  # [batch, time, label]
    gates: dict[str, GateTrace]  # empty for a model without gates
    attention: tuple[Tensor, ...]  # a layer: [batch, head, time, time]; empty without attention
    attention_kind: str = "encoder_self"  # rows are words of the whole text; "pooling": row t reads the words up to t
