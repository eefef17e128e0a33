"""Does an explanation tell the truth about the model? Take away the words that it names first, and look.

DeYoung et al. 2020, "ERASER: A Benchmark to Evaluate Rationalized NLP Models", section 4.2: comprehensiveness
(equation 1) is what the class loses without the first words, sufficiency (equation 2) what it loses with them alone,
each the mean over several shares of the words (section 4.2, "AOPC"). The deletion and insertion curves are those of
Petsiuk et al. 2018, "RISE", section 4.2. Words in a random order say how much any explanation gets for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes.attribution import METHODS, RIVER, of_words
from seqdemo.probes.pieces import spread, summed
from seqdemo.probes.subsets import read_subsets

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)  # ERASER's: of the words, the most important first, at least one word
SEEDS = 20  # of random orders
ATTENTION, RANDOM = "attention", "random"


class Erased(NamedTuple):
    """Probabilities of a class, [order, count]: without the first `count` words of an order, and with them alone."""

    deletion: Tensor
    insertion: Tensor


def word_scores(network: Any, ids: Tensor, label: int, *, pieces: Tensor) -> dict[str, Tensor]:
    """Method -> how much each word counts for the class, [word]: every explanation that the model has.

    ids: [piece]; pieces: [word], how many of the ids each word is read as.
    """
    methods = (*METHODS, RIVER) if isinstance(network, RecurrentClassifier) else tuple(METHODS)
    found = {name: of_words(name, network, ids, label, pieces=pieces).words for name in methods}
    attention = piece_attention(network, ids)
    return found if attention is None else {**found, ATTENTION: summed(attention, pieces)}


@torch.no_grad()
def piece_attention(network: Any, ids: Tensor) -> Tensor | None:
    """[piece]: the weight of each piece in the final mean, or how much it is looked at by all in all heads."""
    trace = network.trace(ids[None], torch.tensor([len(ids)], device=ids.device))
    if not trace.attention:
        return None
    weights = torch.stack(trace.attention)[:, 0]  # [layer, head, query, key]
    found: Tensor = weights[0, 0, -1] if trace.attention_kind == "pooling" else weights.mean(dim=(0, 1, 2))
    return found


def orders_of(scores: Tensor) -> Tensor:
    """[..., time] -> the places of the words, the highest score first; equal scores in the order of the text."""
    return scores.argsort(dim=-1, descending=True, stable=True)


def random_orders(time: int, seeds: int = SEEDS) -> Tensor:
    """[seed, time]: the same for every model and machine."""
    return torch.stack([torch.randperm(time, generator=torch.Generator().manual_seed(s + 1)) for s in range(seeds)])


def count_of(share: float, time: int) -> int:
    """How many of `time` words a share of them is, rounded up.

    >>> [count_of(share, 10) for share in (0, 0.01, 0.2, 0.25, 1)]
    [0, 1, 2, 3, 10]
    """
    return math.ceil(round(share * time, 9))


def erase(network: Any, ids: Tensor, label: int, orders: Tensor, counts: Sequence[int], *, pieces: Tensor) -> Erased:
    """ids: [piece]; orders: [order, word], places of the words; counts: how many of the first words go, or stay.

    pieces: [word], how many of the ids each word is read as.
    """
    ranks = orders.argsort(dim=-1)[:, None].to(ids.device)  # [order, 1, word]: the rank of each word
    first = ranks < torch.tensor(list(counts), device=ids.device)[:, None]  # [order, count, word]
    keep = spread(torch.cat((~first, first)).flatten(0, 1), pieces)
    logits = read_subsets(network, ids, keep)
    chances = logits.double().softmax(dim=-1)[:, label].view(2, len(orders), len(counts))
    return Erased(chances[0], chances[1])


def comprehensiveness(deletion: Tensor, counts: Sequence[int]) -> Tensor:
    """deletion: [order, count], `erase` for `counts` from 0 to all words -> [order]: the loss, mean over SHARES."""
    return deletion[:, 0] - deletion[:, _columns(counts)].mean(dim=1)


def sufficiency(insertion: Tensor, counts: Sequence[int]) -> Tensor:
    """insertion: likewise -> [order]: what the first words alone lose against the whole text, mean over SHARES."""
    return insertion[:, -1] - insertion[:, _columns(counts)].mean(dim=1)


def _columns(counts: Sequence[int]) -> list[int]:
    places = {count: place for place, count in enumerate(counts)}
    return [places[count_of(share, max(counts))] for share in SHARES]
