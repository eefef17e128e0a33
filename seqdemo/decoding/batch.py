"""Many sentences at once: sort by length, pad, encode, search, and put them back in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from seqdemo.decoding.beam import beam_search
from seqdemo.decoding.greedy import greedy_search
from seqdemo.decoding.next_token import Hypothesis

PAD, UNKNOWN, START, END = 0, 1, 2, 3  # as in seqdemo.text.subwords


def length_limit(source_length: int) -> int:
    """The most tokens that a translation of so many source tokens may get, end mark included."""
    return 2 * source_length + 10


@torch.inference_mode()
def search(
    network: Any, sources: Sequence[Sequence[int]], *, beam: int, normalisation: float = 1.0
) -> list[Hypothesis]:
    """The best hypothesis for each source (ids without end mark). One batch; the network is a translator.

    beam=1 is greedy search. The unknown mark is never written, since it stands for no text.
    """
    device = next(network.parameters()).device
    longest = max(map(len, sources)) + 1
    ids = torch.tensor([[*source, END, *[PAD] * (longest - len(source) - 1)] for source in sources], device=device)
    limits = torch.tensor([length_limit(len(source)) for source in sources], device=device)
    state = network.start(network.encode(ids))
    marks: dict[str, Any] = {"start": START, "end": END, "forbidden": (PAD, UNKNOWN, START)}
    if beam == 1:
        return greedy_search(network.advance, state, limits, normalisation=normalisation, **marks)
    found = beam_search(network.advance, state, limits, beam=beam, normalisation=normalisation, **marks)
    return [hypotheses[0] for hypotheses in found]


def translate_ids(network: Any, sources: Sequence[Sequence[int]], *, beam: int, batch: int) -> list[list[int]]:
    """Any number of sources, `batch` at a time, each at least one id long -> target ids without marks, in order."""
    order = sorted(range(len(sources)), key=lambda number: len(sources[number]))
    results: list[list[int]] = [[] for _ in sources]
    for begin in range(0, len(order), batch):
        chosen = order[begin : begin + batch]
        for number, hypothesis in zip(chosen, search(network, [sources[n] for n in chosen], beam=beam), strict=True):
            results[number] = list(hypothesis.ids)
    return results
