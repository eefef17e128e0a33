"""What a visitor changed inside a network: the one way to reach in, given with the call and gone after it.

`edits=None` is bit-identical to a network that never heard of edits. A network that cannot do what is asked
raises ValueError; it never reads on as if nothing had been said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from seqdemo.layers.attention_edits import AttentionEdits


@dataclass(frozen=True)
class ClassifierEdits:
    """Changes to one reading of a classifier."""

    attention: tuple[Tensor, ...] = ()  # a layer: weights in place of its own, [batch, head, query, key]; rows sum to 1
    units: Mapping[int, float] = field(default_factory=dict)  # number of a hidden unit -> value it is held at
    looks: Mapping[int, AttentionEdits] = field(default_factory=dict)  # number of a layer of attention -> its changes


@dataclass(frozen=True)
class TranslatorEdits:
    """Changes to one translation; layers and places count from 0."""

    looks: Mapping[tuple[str, int], AttentionEdits] = field(default_factory=dict)  # (kind of attention, layer)
    hidden: tuple[int, ...] = ()  # places of source tokens that no other token and no step may look at

    def at(self, kind: str, layer: int) -> AttentionEdits | None:
        """The changes to one brick. kind: "encoder_self", "decoder_self" or "cross"."""
        return self.looks.get((kind, layer))
