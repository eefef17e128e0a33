"""Sentences written by a search, each with all that the network computed for the translation that is shown.

This is the piece of work that visitors share: sentences of several of them go through one search (Whoever serves
many hands in a network with `written_together`, seqdemo/serving/writing.py), and each gets what it would get alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.decoding.batch import END, START, device_of, padded, search
from seqdemo.decoding.family import Family
from seqdemo.decoding.next_token import Found, Hypothesis

HasText = Callable[[Sequence[int]], bool]


class Looked(NamedTuple):
    """Everything that a network computed for one finished translation."""

    logits: Tensor  # [step, vocab]
    encoder_self: tuple[Tensor, ...]  # a layer: [head, source, source]
    decoder_self: tuple[Tensor, ...]  # a layer: [head, step, step]
    cross: tuple[Tensor, ...]  # a layer: [head, step, source]


class Written(NamedTuple):
    """One sentence."""

    hypotheses: list[Hypothesis]  # best score first
    family: Family  # who was considered at each step; empty after a greedy search
    chosen: Hypothesis  # the one that is shown
    looked: Looked  # how it came about


@torch.inference_mode()
def written(
    network: Any,
    sources: Sequence[Sequence[int]],
    *,
    beam: int,
    prefixes: Sequence[Sequence[int]] = (),
    has_text: HasText,
) -> list[Written]:
    """Each source (ids without end mark) translated. prefixes: as `search` takes them.

    has_text: ids -> do they say anything? The best hypothesis that does is the one shown.
    """
    if hasattr(network, "written_together"):
        found: list[Written] = network.written_together(sources, beam=beam, prefixes=prefixes, has_text=has_text)
        return found
    return written_alone(network, sources, beam=beam, prefixes=prefixes, has_text=[has_text] * len(sources))


@torch.inference_mode()
def written_alone(
    network: Any,
    sources: Sequence[Sequence[int]],
    *,
    beam: int,
    prefixes: Sequence[Sequence[int]],
    has_text: Sequence[HasText],
) -> list[Written]:
    """These sources in one search of their own. has_text: of each source."""
    found = search(network, sources, beam=beam, prefixes=prefixes)
    chosen = [
        next((one for one in hypotheses if says(one.ids)), hypotheses[0])
        for hypotheses, says in zip(found.hypotheses, has_text, strict=True)
    ]
    looked = _look(network, sources, chosen, found)
    families = found.families or [[] for _ in sources]
    return [Written(*one) for one in zip(found.hypotheses, families, chosen, looked, strict=True)]


def _look(network: Any, sources: Sequence[Sequence[int]], chosen: Sequence[Hypothesis], found: Found) -> list[Looked]:
    """From what the search kept on the way where the network can look back, else by reading the translations again."""
    if hasattr(network, "look_back"):
        encoded, decoded = found.state.encoded, network.look_back(found.state, [one.rows for one in chosen])
        logits = network.logits(decoded.states)
    else:
        device = device_of(network)
        encoded = network.encode(padded([[*ids, END] for ids in sources], device))
        decoded = network.decode(encoded, padded([[START, *one.ids][: len(one.rows)] for one in chosen], device))
        logits = decoded.logits
    looked = []
    for number, (ids, one) in enumerate(zip(sources, chosen, strict=True)):
        steps, source = len(one.rows), len(ids) + 1
        looked.append(
            Looked(
                logits[number, :steps],
                tuple(weights[number, :, :source, :source] for weights in encoded.self_weights),
                tuple(weights[number, :, :steps, :steps] for weights in decoded.self_weights),
                tuple(weights[number, :, :steps, :source] for weights in decoded.cross_weights),
            )
        )
    return looked
