"""One row of attention, cell by cell: query times key, divided, masked, squashed into weights, values mixed.

    python -m seqdemo experiment attention-cell --write

Vaswani et al. 2017, section 3.2.1, equation 1, with one head of the encoder of the shipped translator; section 3.2.3
for the mask, with the same head of its decoder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.models.transformer import Transformer
from seqdemo.text.subwords import END, START, Subwords

TEXT, QUERY, LAYER, HEAD = "A man is riding a horse.", "▁riding", 0, 0  # counted from 0
STEP, BEAM = 2, 5  # the decoder's row: what it looks at while it writes the third token


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"cells": [{"token", "dots", "scores", "powers", "weights", "value", "share"}], "total", "mixed", "masked", ...}.

    value: one number of each value vector, number "unit" of the head's; share: weight times value, sum: "mixed".
    masked: a row of the decoder's look back, {"token", "scores", "unmasked", "weights"} of each token; ahead:
    what of its look would go to tokens that are not yet written.
    """
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
    dots, scores, values = _looks(block, states, row)
    powers = scores.exp()
    weights = powers / powers.sum()
    say(", ".join(f"{token} {weight:.2f}" for token, weight in zip(tokens, weights.tolist(), strict=True)))
    mixed = weights @ values
    unit = int(mixed.abs().argmax())
    numbers = {"dots": dots, "scores": scores, "powers": powers, "weights": weights}
    numbers |= {"value": values[:, unit], "share": weights * values[:, unit]}
    place = {"layer": LAYER + 1, "head": HEAD + 1, "size": values.shape[1], "unit": unit + 1}
    masked = _masked(network, subwords, ids)
    return {
        "text": TEXT,
        "query": QUERY,
        **place,
        "cells": _cells(tokens, numbers),
        "total": round(float(powers.sum()), 4),
        "mixed": round(float(mixed[unit]), 4),
        "masked": masked,
        "step": STEP + 1,
        "ahead": round(sum(cell["unmasked"] for cell in masked[STEP + 1 :]), 4),
        "about": about(model),
    }


def _masked(network: Transformer, subwords: Subwords, source: list[int]) -> list[dict[str, Any]]:
    """The decoder's first block: scores of one row, the weights with the mask, and what they would be without."""
    written = translate_ids(network, [source[:-1]], beam=BEAM, batch=1)[0]
    target = [START, *written]
    _, scores, _ = _looks(network.decoder[0], network._embed(torch.tensor([target])), STEP)
    allowed = torch.arange(len(target)) <= STEP
    weights = scores.masked_fill(~allowed, -math.inf).softmax(-1)
    return _cells(subwords.tokens(target), {"scores": scores, "unmasked": scores.softmax(-1), "weights": weights})


def _looks(block: Any, states: Tensor, row: int) -> tuple[Tensor, Tensor, Tensor]:
    """(q times k [key], the same divided [key], values [key, head size]) of one row of a block's look at itself."""
    normed = block.self_norm(states)
    attention = block.self_attention
    query = attention._cut(attention.query(normed))[0, HEAD, row]  # [head size]
    memory = attention.remember(normed)
    dots = memory.keys[0, HEAD] @ query
    return dots, dots / math.sqrt(len(query)), memory.values[0, HEAD]


def _cells(tokens: Sequence[str], numbers: dict[str, Tensor]) -> list[dict[str, Any]]:
    return [
        {"token": token, **{name: round(float(one[place]), 4) for name, one in numbers.items()}}
        for place, token in enumerate(tokens)
    ]
