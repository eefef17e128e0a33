"""One row of attention, cell by cell: query times key, divided, squashed into weights that sum to 1.

    python -m seqdemo experiment attention-cell --write

Vaswani et al. 2017, section 3.2.1, equation 1, with one head of the encoder of the shipped translator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from seqdemo.experiments.opened import about, opened
from seqdemo.models.transformer import Transformer
from seqdemo.text.subwords import END, Subwords

TEXT, QUERY, LAYER, HEAD = "A man rides a horse.", "▁rides", 0, 0  # counted from 0


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"tokens", "dots", "scores", "powers", "total", "weights"}: a number a key; weights sum to 1."""
    model = opened("en-de-transformer")
    network, subwords = model.network, model.tokenizer
    assert isinstance(network, Transformer)
    assert isinstance(subwords, Subwords)
    ids = [*subwords.encode(TEXT), END]
    tokens = subwords.tokens(ids)
    row = tokens.index(QUERY)
    block: Any = network.encoder[LAYER]
    states = network._embed(torch.tensor([ids]))
    for before in network.encoder[:LAYER]:
        states = before(states).states
    normed = block.self_norm(states)
    attention = block.self_attention
    query = attention._cut(attention.query(normed))[0, HEAD, row]  # [head size]
    keys = attention.remember(normed).keys[0, HEAD]  # [key, head size]
    dots = keys @ query
    scores = dots / math.sqrt(len(query))
    powers = scores.exp()
    weights = powers / powers.sum()
    say(", ".join(f"{token} {weight:.2f}" for token, weight in zip(tokens, weights.tolist(), strict=True)))
    numbers = {"dots": dots, "scores": scores, "powers": powers, "weights": weights}
    cells = [
        {"token": token, **{name: round(float(one[place]), 4) for name, one in numbers.items()}}
        for place, token in enumerate(tokens)
    ]
    place = {"layer": LAYER + 1, "head": HEAD + 1, "size": len(query)}
    return {
        "text": TEXT,
        "query": QUERY,
        **place,
        "cells": cells,
        "total": round(float(powers.sum()), 4),
        "about": about(model),
    }
