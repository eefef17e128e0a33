"""Many sentences at once: sort by length, pad, encode, search, and put them back in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from seqdemo.decoding.beam import beam_search
from seqdemo.decoding.greedy import greedy_search
from seqdemo.decoding.loop_guard import LoopGuard
from seqdemo.decoding.next_token import Found
from seqdemo.decoding.rules import Rules
from seqdemo.decoding.threads import threads_for

PAD, UNKNOWN, START, END = 0, 1, 2, 3  # as in seqdemo.text.subwords
GUARD = LoopGuard()


def length_limit(source_length: int) -> int:
    """The most tokens that a translation of so many source tokens may get, end mark included."""
    return 2 * source_length + 10


@torch.inference_mode()
def search(
    network: Any,
    sources: Sequence[Sequence[int]],
    *,
    beam: int,
    prefixes: Sequence[Sequence[int]] = (),
    normalisation: float = 1.0,
    minimum: int = 1,
    guard: LoopGuard | None = GUARD,
) -> Found:
    """The hypotheses for each source (ids without end mark), of any lengths. One batch; the network is a translator.

    beam=1 is greedy search. prefixes: what each translation must begin with (ids without start mark).
    The unknown mark is never written, since it stands for no text. minimum=0 and guard=None is plain search.
    """
    ids = padded([[*source, END] for source in sources], device_of(network))
    limits = [length_limit(len(source)) for source in sources]
    rules = Rules(
        start=START,
        end=END,
        forbidden=(PAD, UNKNOWN, START),
        minimum=minimum,
        prefixes=tuple(map(tuple, prefixes)),
        guards=_guards(guard, network, sources),
    )
    asked: dict[str, Any] = {
        "limits": torch.tensor(limits, device=ids.device),
        "rules": rules,
        "normalisation": normalisation,
    }
    with threads_for(len(sources)):
        state = network.start(network.encode(ids))
        if beam == 1:
            return greedy_search(network.advance, state, **asked)
        return beam_search(network.advance, state, beam=beam, **asked)


def _guards(guard: LoopGuard | None, network: Any, sources: Sequence[Sequence[int]]) -> tuple[LoopGuard, ...]:
    """One for each source; a network that knows how many signs a token spells says so."""
    if guard is None:
        return ()
    guard = replace(guard, signs=getattr(network, "signs", ()))
    return tuple(guard.for_source(source) for source in sources)


def translate_ids(
    network: Any, sources: Sequence[Sequence[int]], *, beam: int, batch: int, guard: LoopGuard | None = GUARD
) -> list[list[int]]:
    """Any number of sources, `batch` at a time, each at least one id long -> target ids without marks, in order."""
    order = sorted(range(len(sources)), key=lambda number: len(sources[number]))
    results: list[list[int]] = [[] for _ in sources]
    for begin in range(0, len(order), batch):
        chosen = order[begin : begin + batch]
        found = search(network, [sources[number] for number in chosen], beam=beam, guard=guard)
        for number, hypotheses in zip(chosen, found.hypotheses, strict=True):
            results[number] = list(hypotheses[0].ids)
    return results


@torch.inference_mode()
def score_ids(network: Any, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[Tensor]:
    """What the network thinks of given translations (teacher forcing), ids without marks, of any lengths, one batch.

    For each: the log-probabilities of every next token, [its ids and the end mark, vocab].
    """
    device = device_of(network)
    encoded = network.encode(padded([[*source, END] for source in sources], device))
    logits = network.decode(encoded, padded([[START, *target] for target in targets], device)).logits
    scores = logits.float().log_softmax(dim=-1)
    return [row[: len(target) + 1] for row, target in zip(scores, targets, strict=True)]


def padded(rows: Sequence[Sequence[int]], device: torch.device) -> Tensor:
    """[row, longest], padding after the end."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows], device=device)


def device_of(network: Any) -> torch.device:
    """Where the weights of a network are."""
    device: torch.device = next(chain(network.parameters(), network.buffers())).device
    return device
