"""A decoder block: look at what was written so far, look at the source, then think.

Vaswani et al. 2017, section 3.1, pre-norm as in the encoder block. `remember` and the `past`
argument let a decoder write one token at a time without reading its own output again: keys and
values of earlier tokens are kept by the caller, never on the module.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.encoder_block import FeedForward
from seqdemo.layers.multihead_attention import Memory, MultiHeadAttention


class DecoderStep(NamedTuple):
    """What one block computed; `written` is what the next token will look back at."""

    states: Tensor  # [batch, query, model]
    self_weights: Tensor  # [batch, head, query, key]: keys are the tokens written so far
    cross_weights: Tensor  # [batch, head, query, source]
    written: Memory  # [batch, head, key, head size]


class DecoderBlock(nn.Module):
    """Same sums as `torch.nn.TransformerDecoderLayer(norm_first=True, batch_first=True)`."""

    def __init__(
        self, model_size: int, heads: int, inner_size: int, dropout: float = 0.0, dropout_inside: float | None = None
    ) -> None:
        """dropout: of what each part adds to the states; dropout_inside: of attention weights and inner units."""
        super().__init__()
        inside = dropout if dropout_inside is None else dropout_inside
        self.self_norm = nn.LayerNorm(model_size)
        self.self_attention = MultiHeadAttention(model_size, heads, inside)
        self.cross_norm = nn.LayerNorm(model_size)
        self.cross_attention = MultiHeadAttention(model_size, heads, inside)
        self.feed_norm = nn.LayerNorm(model_size)
        self.feed_forward = FeedForward(model_size, inner_size, inside)
        self.dropout = Dropout(dropout)

    def forward(
        self,
        states: Tensor,
        source: Memory,
        self_mask: Tensor | None = None,
        source_mask: Tensor | None = None,
        past: Memory | None = None,
        *,
        edits: tuple[AttentionEdits | None, AttentionEdits | None] = (None, None),
    ) -> DecoderStep:
        """states: [batch, query, model], the new tokens only where `past` is given; source: the projected encoding.

        edits: to the look at what was written, and to the look at the source.
        """
        normed = self.self_norm(states)
        written = self.self_attention.remember(normed)
        first = 0 if past is None else past.keys.shape[2]
        if past is not None:
            written = Memory(torch.cat((past.keys, written.keys), 2), torch.cat((past.values, written.values), 2))
        back = self.self_attention.look(normed, written, self_mask, edits=edits[0], first=first)
        states = states + self.dropout(back.values)
        queries = self.cross_norm(states)
        across = self.cross_attention.look(queries, source, source_mask, edits=edits[1], first=first)
        states = states + self.dropout(across.values)
        states = states + self.dropout(self.feed_forward(self.feed_norm(states)))
        return DecoderStep(states, back.weights, across.weights, written)
