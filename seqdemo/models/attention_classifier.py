"""A classifier without recurrence: every word looks at every word, and the mean of what they found decides.

A small Transformer encoder (Vaswani et al. 2017, section 3.1) with mean pooling. It reads all words
at once, so the verdict after a prefix comes from reading that prefix alone: `trace` reads them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from seqdemo.layers.distance_bias import DistanceBias
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.encoder_block import EncoderBlock
from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models.classifier_trace import ClassifierTrace
from seqdemo.models.edits import ClassifierEdits

TOGETHER = 12  # prefixes that `trace` reads at once: fewer leave less padding, and cost more calls


@dataclass(frozen=True)
class AttentionConfig:
    """The sizes of an attention classifier."""

    vocabulary: int  # words, <pad> and <unk> included
    labels: int
    model: int = 128  # width of a state
    heads: int = 4
    inner: int = 256  # width inside the feed-forward part
    layers: int = 2
    dropout: float = 0.3
    position_scale: float = 0.1  # of the position pattern: a verdict hangs more on which words than on their places
    distances: int = 0  # how far apart two words may be to have a learnt bias of their own; 0: no such bias


class AttentionClassifier(nn.Module):
    """ids in, label scores out."""

    def __init__(self, config: AttentionConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.model, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=config.model**-0.5)
        self.blocks = nn.ModuleList(
            EncoderBlock(config.model, config.heads, config.inner, config.dropout) for _ in range(config.layers)
        )
        if config.distances:
            self.distance = DistanceBias(config.layers, config.heads, config.distances)
        self.norm = nn.LayerNorm(config.model)
        self.dropout = Dropout(config.dropout)
        self.readout = nn.Linear(config.model, config.labels)

    def word_states(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """What the mean is taken of: word vectors [batch, time, model] -> [batch, time, model], zeros past a length."""
        return self._read(vectors, lengths)[0]

    def _read(
        self, vectors: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """-> the states of the words, and a layer's weights [batch, head, time, time]."""
        time = vectors.shape[1]
        real = torch.arange(time, device=vectors.device) < lengths[:, None]  # [batch, time]
        states, weights = self.placed(vectors), []
        biases = self.biases(time)
        if edits is not None and (edits.units or edits.attention or not set(edits.looks) <= set(range(len(biases)))):
            raise ValueError(f"attention has {len(biases)} layers of heads to change and no units; {edits} came")
        for number, (block, bias) in enumerate(zip(self.blocks, biases, strict=True)):
            step = block(states, real[:, None, None], bias, edits=edits and edits.looks.get(number))
            states = step.states
            weights.append(step.self_weights)
        return self.norm(states) * real[..., None], tuple(weights)

    def _pooled(
        self, vectors: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """-> the mean state of the real words [batch, model], and a layer's weights [batch, head, time, time]."""
        states, weights = self._read(vectors, lengths, edits)
        return states.sum(dim=1) / lengths[:, None], weights

    def placed(self, vectors: Tensor) -> Tensor:
        """[batch, time, model]: word vector times sqrt(model), plus a little of the pattern of its place."""
        places = sinusoidal_positions(vectors.shape[1], self.config.model).to(vectors)
        states: Tensor = self.dropout(vectors * math.sqrt(self.config.model) + self.config.position_scale * places)
        return states

    def biases(self, time: int) -> Sequence[Tensor | None]:
        """A layer: what is added to the scores for the distance of two words, [head, time, time]."""
        return list(self.distance(time)) if self.config.distances else [None] * len(self.blocks)

    def forward(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """ids [batch, time] padded with 0, lengths [batch] -> logits [batch, label]."""
        return self.read(self.embedding(ids), lengths, edits)

    def read(self, vectors: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """The same from word vectors [batch, time, model]: for questions about the vectors themselves."""
        pooled, _ = self._pooled(vectors, lengths, edits)
        logits: Tensor = self.readout(self.dropout(pooled))
        return logits

    def trace(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> ClassifierTrace:
        """The verdict after each word, from reading each prefix; the attention of the whole text.

        Prefixes of like length are read together, so that little of what is read is padding. A row that `edits` set is
        set in each prefix that holds both of its words.
        """
        if edits is not None:
            return self._edited_trace(ids, lengths, edits)
        batch, time = ids.shape
        vectors = self.embedding(ids)
        states: list[Tensor] = []
        while len(states) < time:
            most = min(time, len(states) + TOGETHER)
            kept = torch.arange(len(states) + 1, most + 1, device=ids.device)  # words of each prefix
            lengths_of = torch.minimum(kept.repeat(batch), lengths.repeat_interleave(len(kept)))
            begun = vectors[:, :most].repeat_interleave(len(kept), dim=0)  # what is past a length is masked
            pooled, weights = self._pooled(begun, lengths_of)
            states += pooled.view(batch, len(kept), -1).unbind(dim=1)
        whole = tuple(layer.unflatten(0, (batch, -1))[:, -1] for layer in weights)  # of the last prefix: the text
        pooled = torch.stack(states, dim=1)
        return ClassifierTrace(pooled, self.readout(pooled), {}, whole)

    def _edited_trace(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits) -> ClassifierTrace:
        """Prefix after prefix, each with the rows that it holds."""
        vectors, states = self.embedding(ids), []
        weights: tuple[Tensor, ...] = ()
        for time in range(1, ids.shape[1] + 1):
            looks = {layer: look.within(time) for layer, look in edits.looks.items()}
            begun = replace(edits, looks=looks)
            pooled, weights = self._pooled(vectors[:, :time], lengths.clamp(max=time), begun)
            states.append(pooled)
        together = torch.stack(states, dim=1)
        return ClassifierTrace(together, self.readout(together), {}, weights)
