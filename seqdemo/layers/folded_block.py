"""A block with everything constant worked out beforehand: the sums of `encoder_block.py` and `decoder_block.py`.

Query, key and value of self-attention are one product; the norm before it and 1 / sqrt(d) are in its matrix.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor

from seqdemo.layers.folded_map import Map, folded_map, joined, normed
from seqdemo.layers.folded_source import FoldedCross, fold_cross, scale_of


class FoldedBlock(NamedTuple):
    """The maps of one encoder block (cross is None) or decoder block."""

    attend: Map  # to query, key and value at once
    output: Map
    cross: FoldedCross | None
    inner: Map
    outer: Map
    heads: int

    def cut(self, states: Tensor, sentences: int) -> Tensor:
        """states: [row, model] -> [query, key and value, sentence, head, width, head size]."""
        return self.attend(normed(states)).view(sentences, -1, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)

    def mix(self, states: Tensor, looked: Tensor, sentences: int) -> Tensor:
        """Self-attention's last product. looked: [sentence * head, width, head size] -> [row, model]."""
        side_by_side = looked.view(sentences, self.heads, -1, self.size).transpose(1, 2).reshape(states.shape)
        return self.output(side_by_side).add_(states)

    def think(self, states: Tensor) -> Tensor:
        """The feed-forward part. states: [row, model]."""
        return self.outer(self.inner(normed(states)).relu_()).add_(states)

    @property
    def size(self) -> int:
        """Width of a head."""
        return self.output.matrix.shape[0] // self.heads


def fold_block(block: Any) -> FoldedBlock:
    """block: an EncoderBlock or a DecoderBlock."""
    look = block.self_attention
    query = folded_map(look.query, block.self_norm, scale_of(look))
    attend = joined([query, *(folded_map(part, block.self_norm) for part in (look.key, look.value))])
    cross = fold_cross(block.cross_attention, block.cross_norm) if hasattr(block, "cross_attention") else None
    inner = folded_map(block.feed_forward.inner, block.feed_norm)
    return FoldedBlock(attend, folded_map(look.output), cross, inner, folded_map(block.feed_forward.outer), look.heads)
