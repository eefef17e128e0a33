"""How much a look really brings: a weight says how often a place is read, its value's length how much is written there.

Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms", equations 3 to 5:
the output of a head is the sum of weight times f(x_j), f the value projection followed by that head's part of the
output projection; so the share of place j is weight times the length of f(x_j). A sink that is looked
at for want of anything better has a tiny f(x_j).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqdemo.layers.multihead_attention import Memory, MultiHeadAttention, causal_mask
from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.models.transformer import Transformer


def value_lengths(attention: MultiHeadAttention, memory: Memory) -> Tensor:
    """||f(x_j)|| of each head and place, [batch, head, key]. memory: what the attention looks at, already projected."""
    size = memory.values.shape[-1]
    parts = attention.output.weight.unflatten(1, (attention.heads, size))  # [model, head, head size]
    written = memory.values @ parts.permute(1, 2, 0)  # [batch, head, key, model]
    lengths: Tensor = torch.linalg.vector_norm(written, dim=-1)
    return lengths


def norm_weighted(weights: Tensor, lengths: Tensor) -> Tensor:
    """weights [batch, head, query, key] times lengths [batch, head, key]; rows are made to sum to 1 again."""
    weighted = weights * lengths[:, :, None]
    return weighted / weighted.sum(dim=-1, keepdim=True)


def classifier_lengths(network: AttentionClassifier, ids: Tensor) -> Tensor:
    """ids: [1, time] of a whole text -> ||f(x_j)|| of its self-attention, [layer, head, key]."""
    states, biases = network.placed(network.embedding(ids)), network.biases(ids.shape[1])
    return _encoder_lengths(network.blocks, states, biases)[0]


def translator_lengths(network: Transformer, source: Tensor, target: Tensor) -> dict[str, Tensor]:
    """source: [1, source], target: [1, target] as the decoder reads it -> kind of attention -> [layer, head, key]."""
    read, encoded = _encoder_lengths(network.encoder, network._embed(source), [None] * len(network.encoder))
    encoded, states = network.encoder_norm(encoded), network._embed(target)
    back, across = [], []
    mask = causal_mask(target.shape[1], target.device)
    for block in network.decoder:
        memory = block.cross_attention.remember(encoded)
        step = block(states, memory, mask, None)
        back.append(value_lengths(block.self_attention, step.written)[0])
        across.append(value_lengths(block.cross_attention, memory)[0])
        states = step.states
    return {"encoder_self": read, "decoder_self": torch.stack(back), "cross": torch.stack(across)}


def _encoder_lengths(blocks: Any, states: Tensor, biases: Sequence[Tensor | None]) -> tuple[Tensor, Tensor]:
    """states: [1, time, model] -> ([layer, head, key], the states after the last block)."""
    found = []
    for block, bias in zip(blocks, biases, strict=True):
        found.append(value_lengths(block.self_attention, block.self_attention.remember(block.self_norm(states)))[0])
        states = block(states, None, bias).states
    return torch.stack(found), states
