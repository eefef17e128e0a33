"""Read the words in both directions, then weigh them: a learnt question looks at every state and takes a weighted mean.

A bidirectional LSTM (Graves and Schmidhuber 2005) with additive attention as its read-out (Yang et al. 2016,
"Hierarchical Attention Networks for Document Classification", equations 5 to 7; Zhou et al. 2016). The
backward direction has read the end of the text first, so the verdict after a prefix comes from
reading that prefix alone: `trace` reads them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from seqdemo.layers.additive_attention import AdditiveAttention
from seqdemo.layers.attended import Attended
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.lstm import LSTM
from seqdemo.models.classifier_trace import ClassifierTrace
from seqdemo.models.edits import ClassifierEdits


@dataclass(frozen=True)
class BiLSTMAttentionConfig:
    """The sizes of a bidirectional LSTM with attention."""

    vocabulary: int  # words, <pad> and <unk> included
    labels: int
    embedding: int = 128  # width of a word vector
    hidden: int = 128  # width of a state of one direction
    attention: int = 64  # width inside the scoring network
    dropout: float = 0.5  # on word vectors and on the weighted mean


class BiLSTMAttention(nn.Module):
    """ids in, label scores out."""

    def __init__(self, config: BiLSTMAttentionConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.embedding, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.forwards = LSTM(config.embedding, config.hidden)
        self.backwards = LSTM(config.embedding, config.hidden)
        self.attention = AdditiveAttention(config.attention, 2 * config.hidden, config.attention)
        self.question = nn.Parameter(torch.empty(config.attention))
        nn.init.normal_(self.question, std=config.attention**-0.5)
        self.dropout = Dropout(config.dropout)
        self.readout = nn.Linear(2 * config.hidden, config.labels)

    def states(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """What the attention looks at: word vectors [batch, time, embedding] -> [batch, time, 2 * hidden]."""
        inputs = self.dropout(vectors)
        return torch.cat((self.forwards.fused(inputs), self._backward_states(inputs, lengths)), dim=-1)

    def _backward_states(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """[batch, time, hidden]: place t has read the words from the last one back to word t."""
        batch, time, _ = inputs.shape
        turned = backwards(lengths, time)[..., None].expand(batch, time, -1)  # [batch, time, 1]
        reversed_inputs = inputs.gather(1, turned.expand_as(inputs))
        states = self.backwards.fused(reversed_inputs)
        return states.gather(1, turned.expand_as(states))

    def _pooled(self, states: Tensor, lengths: Tensor) -> Attended:
        """values [batch, 1, 2 * hidden]: the weighted mean; weights [batch, 1, 1, time]: 0 past a text's length."""
        batch, time, _ = states.shape
        real = torch.arange(time, device=states.device) < lengths[:, None]
        pooled: Attended = self.attention(self.question.expand(batch, 1, -1), states, real[:, None])
        return pooled

    def forward(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """ids [batch, time] padded with 0, lengths [batch] -> logits [batch, label]."""
        return self.read(self.embedding(ids), lengths, edits)

    def read(self, vectors: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """The same from word vectors [batch, time, embedding]: for questions about the vectors themselves.

        edits: attention weights [batch, 1, 1, time] in place of the network's own, one layer of them.
        """
        states = self.states(vectors, lengths)
        if edits is None:
            values = self._pooled(states, lengths).values
        elif edits.units or edits.looks or len(edits.attention) != 1:
            raise ValueError("bilstm-attention has one layer of attention weights to replace and no units to hold")
        else:
            values = edits.attention[0][:, 0] @ states
        logits: Tensor = self.readout(self.dropout(values[:, 0]))
        return logits

    def trace(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> ClassifierTrace:
        """The verdict after each word, from reading each prefix; row t of the attention is what verdict t rests on.

        edits: rows of layer 0, head 0. Raises ValueError for others, and for a word that verdict t has not read.
        """
        batch, time = ids.shape
        kept = torch.arange(1, time + 1, device=ids.device).repeat(batch)  # 1 word, 2 words, ... of each text
        lengths_of = torch.minimum(kept, lengths.repeat_interleave(time))
        inputs = self.dropout(self.embedding(ids))
        there = self.forwards.fused(inputs).repeat_interleave(time, dim=0)  # left to right, all prefixes begin alike
        back = self._backward_states(inputs.repeat_interleave(time, dim=0), lengths_of)
        read = torch.cat((there, back), dim=-1)  # [batch * prefix, word, 2 * hidden]
        pooled = self._pooled(read, lengths_of)
        states = pooled.values.view(batch, time, -1)
        weights = pooled.weights.view(batch, 1, time, time)  # [batch, head, prefix, word]
        if edits is not None:
            weights = self._looked(weights, edits)
            states = (weights.view(batch * time, 1, time) @ read).view(batch, time, -1)
        return ClassifierTrace(states, self.readout(states), {}, (weights,), "pooling")

    def _looked(self, weights: Tensor, edits: ClassifierEdits) -> Tensor:
        """weights: [batch, 1, prefix, word], some rows set."""
        rows = [row for look in edits.looks.values() for row in look.rows]
        ahead = any(word > verdict for _, verdict, word in rows)
        off = any(look.off for look in edits.looks.values())
        if edits.units or edits.attention or ahead or off or not set(edits.looks) <= {0}:
            raise ValueError(
                f"bilstm-attention has no units to hold, one layer, and words up to each verdict; {rows} came"
            )
        return edits.looks[0].looked(weights, 0) if edits.looks else weights


def backwards(lengths: Tensor, time: int) -> Tensor:
    """[batch, time]: place t of a text of length n becomes place n - 1 - t; padding stays where it is.

    >>> backwards(torch.tensor([3, 2]), 3)
    tensor([[2, 1, 0],
            [1, 0, 2]])
    """
    places = torch.arange(time, device=lengths.device).expand(len(lengths), time)
    turned = lengths[:, None] - 1 - places
    return torch.where(turned >= 0, turned, places)
