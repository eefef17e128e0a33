"""An encoder block: every token looks at every token, then thinks for itself.

Vaswani et al. 2017, section 3.1, with the layer norm before each part instead of after it
("pre-norm": Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture", figure
1b), which trains steadily without a long warm-up.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.multihead_attention import MultiHeadAttention


class EncoderStep(NamedTuple):
    """states: [batch, time, model]; self_weights: [batch, head, time, time]."""

    states: Tensor
    self_weights: Tensor


class FeedForward(nn.Module):
    """Two linear maps with a ReLU between, for each place alone (Vaswani et al. 2017, equation 2)."""

    def __init__(self, model_size: int, inner_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.inner = nn.Linear(model_size, inner_size)
        self.outer = nn.Linear(inner_size, model_size)
        self.dropout = Dropout(dropout)
        nn.init.xavier_uniform_(self.inner.weight)
        nn.init.xavier_uniform_(self.outer.weight)

    def forward(self, states: Tensor) -> Tensor:
        outer: Tensor = self.outer(self.dropout(self.inner(states).relu()))
        return outer


class EncoderBlock(nn.Module):
    """Same sums as `torch.nn.TransformerEncoderLayer(norm_first=True, batch_first=True)`."""

    def __init__(
        self, model_size: int, heads: int, inner_size: int, dropout: float = 0.0, dropout_inside: float | None = None
    ) -> None:
        """dropout: of what each part adds to the states; dropout_inside: of attention weights and inner units."""
        super().__init__()
        inside = dropout if dropout_inside is None else dropout_inside
        self.self_norm = nn.LayerNorm(model_size)
        self.self_attention = MultiHeadAttention(model_size, heads, inside)
        self.feed_norm = nn.LayerNorm(model_size)
        self.feed_forward = FeedForward(model_size, inner_size, inside)
        self.dropout = Dropout(dropout)

    def forward(
        self,
        states: Tensor,
        mask: Tensor | None = None,
        bias: Tensor | None = None,
        *,
        edits: AttentionEdits | None = None,
    ) -> EncoderStep:
        """states: [batch, time, model]; mask broadcasts to [batch, head, time, time], True where one may look.

        bias: added to the scores before the softmax, broadcast likewise.
        """
        normed = self.self_norm(states)
        attended = self.self_attention(normed, normed, mask, bias, edits=edits)
        states = states + self.dropout(attended.values)
        states = states + self.dropout(self.feed_forward(self.feed_norm(states)))
        return EncoderStep(states, attended.weights)
