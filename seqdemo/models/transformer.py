"""The Transformer translator: an encoder reads the source at once, a decoder writes the target word by word.

Vaswani et al. 2017, "Attention Is All You Need", section 3, with pre-norm blocks and one embedding
shared by source, target and output (section 3.4; Press and Wolf 2017). The article behind this
project sketches a translator without decoder, masks and positions; here are all the parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor, nn

from seqdemo.layers.attention_edits import AttentionEdits
from seqdemo.layers.decoder_block import DecoderBlock
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.encoder_block import EncoderBlock
from seqdemo.layers.multihead_attention import Memory, causal_mask
from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models.edits import TranslatorEdits

PAD = 0


@dataclass(frozen=True)
class TransformerConfig:
    """The sizes of a Transformer translator."""

    vocabulary: int  # sub-words, special tokens included
    model: int = 256  # width of a state
    heads: int = 4
    inner: int = 512  # width inside the feed-forward part
    encoder_layers: int = 3
    decoder_layers: int = 3
    dropout: float = 0.3  # small data wants much: Wu et al. 2021, section 4
    dropout_inside: float | None = None  # of attention weights and of the feed-forward's inner units; None: the same


class Encoded(NamedTuple):
    """The source, read. Everything that decoding needs, and the attention on the way."""

    states: Tensor  # [batch, source, model]
    mask: Tensor  # [batch, 1, 1, source], True at real tokens
    self_weights: tuple[Tensor, ...]  # a layer: [batch, head, source, source]


class Decoded(NamedTuple):
    """Every step of a given target at once (teacher forcing)."""

    logits: Tensor  # [batch, target, vocab]
    self_weights: tuple[Tensor, ...]  # a layer: [batch, head, target, target]
    cross_weights: tuple[Tensor, ...]  # a layer: [batch, head, target, source]


class DecoderState(NamedTuple):
    """Where decoding stands: what was written so far (a layer each) and the projected source (a layer each)."""

    past: tuple[Memory, ...]  # empty before the first token
    source: tuple[Memory, ...]
    source_mask: Tensor  # [row, 1, 1, source]

    def select(self, rows: Tensor) -> DecoderState:
        """Keep these rows in this order. rows: [new rows], whole numbers."""
        return DecoderState(
            tuple(Memory(*(part[rows] for part in memory)) for memory in self.past),
            tuple(Memory(*(part[rows] for part in memory)) for memory in self.source),
            self.source_mask[rows],
        )


class Transformer(nn.Module):
    """ids in, next-token scores and every head's weights out."""

    signs: tuple[int, ...] = ()  # that each sub-word spells, where a checkpoint says so: decoding/loop_guard.py

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.model, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=config.model**-0.5)
        sizes = (config.model, config.heads, config.inner, config.dropout, config.dropout_inside)
        self.encoder = nn.ModuleList(EncoderBlock(*sizes) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(config.model)
        self.decoder: Any = nn.ModuleList(DecoderBlock(*sizes) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(config.model)
        self.dropout = Dropout(config.dropout)

    def _embed(self, ids: Tensor, start: int = 0) -> Tensor:
        """[batch, time] -> [batch, time, model]: sub-word vector times sqrt(model), plus the pattern of its place."""
        places = sinusoidal_positions(ids.shape[1], self.config.model, start).to(self.embedding.weight)
        embedded: Tensor = self.dropout(self.embedding(ids) * math.sqrt(self.config.model) + places)
        return embedded

    def _logits(self, states: Tensor) -> Tensor:
        """The embedding read backwards: how well each sub-word's vector fits the state."""
        return self.decoder_norm(states) @ self.embedding.weight.T  # type: ignore[no-any-return]

    def encode(self, source: Tensor, edits: TranslatorEdits | None = None) -> Encoded:
        """source: [batch, source] ids, padded with 0. Raises ValueError for edits of what is not there."""
        mask = (source != PAD)[:, None, None]
        if edits is not None:
            mask = self._seen(mask, edits)
        states, weights = self._embed(source), []
        for number, block in enumerate(self.encoder):
            step = block(states, mask, edits=edits and edits.at("encoder_self", number))
            states = step.states
            weights.append(step.self_weights)
        return Encoded(self.encoder_norm(states), mask, tuple(weights))

    def _seen(self, mask: Tensor, edits: TranslatorEdits) -> Tensor:
        """The mask [batch, 1, 1, source] without what is hidden; edits are checked against the layers."""
        layers = {"encoder_self": len(self.encoder), "decoder_self": len(self.decoder), "cross": len(self.decoder)}
        strays: list[Any] = [place for place in edits.looks if not 0 <= place[1] < layers.get(place[0], 0)]
        strays += [place for place in edits.hidden if not 0 <= place < mask.shape[-1]]
        if strays:
            raise ValueError(f"layers {layers} and {mask.shape[-1]} source tokens are there; edits of {strays} came")
        ahead = [row for (kind, _), look in edits.looks.items() for row in look.rows if kind == "decoder_self"]
        if any(key > query for _, query, key in ahead):
            raise ValueError(f"a step looks back at what was written before it; rows {ahead} came")
        seen = mask.clone()
        seen[..., list(edits.hidden)] = False
        if not bool(seen.any(dim=-1).all()):
            raise ValueError("edits hide the whole source; one token must be left to look at")
        return seen

    def decode(self, encoded: Encoded, target: Tensor, edits: TranslatorEdits | None = None) -> Decoded:
        """target: [batch, target] ids beginning with the start mark -> scores of the token after each."""
        states, back, across = self._embed(target), [], []
        mask = causal_mask(target.shape[1], target.device)
        for number, block in enumerate(self.decoder):
            source = block.cross_attention.remember(encoded.states)
            step = block(states, source, mask, encoded.mask, edits=_of_decoder(edits, number))
            states = step.states
            back.append(step.self_weights)
            across.append(step.cross_weights)
        return Decoded(self._logits(states), tuple(back), tuple(across))

    def forward(self, source: Tensor, target: Tensor) -> Decoded:
        """Teacher forcing: source [batch, source], target input [batch, target] -> Decoded."""
        return self.decode(self.encode(source), target)

    def start(self, encoded: Encoded) -> DecoderState:
        """Nothing written yet. Each layer's projection of the source is made once, here."""
        sources = tuple(block.cross_attention.remember(encoded.states) for block in self.decoder)
        return DecoderState((), sources, encoded.mask)

    def advance(
        self, state: DecoderState, last: Tensor, edits: TranslatorEdits | None = None
    ) -> tuple[Tensor, DecoderState]:
        """Write one token more. last: [row] ids of the newest token -> log-probabilities [row, vocab], new state."""
        written = state.past[0].keys.shape[2] if state.past else 0
        states, past = self._embed(last[:, None], start=written), []
        for number, block in enumerate(self.decoder):
            before = state.past[number] if state.past else None
            step = block(
                states, state.source[number], None, state.source_mask, before, edits=_of_decoder(edits, number)
            )
            states = step.states
            past.append(step.written)
        scores = self._logits(states)[:, 0].log_softmax(dim=-1)
        return scores, DecoderState(tuple(past), state.source, state.source_mask)


def _of_decoder(edits: TranslatorEdits | None, layer: int) -> tuple[AttentionEdits | None, AttentionEdits | None]:
    """What a decoder block is told: changes to the look back, and to the look across."""
    return (None, None) if edits is None else (edits.at("decoder_self", layer), edits.at("cross", layer))
