"""Does a hidden unit mean something? Rank units by how well they tell two kinds of words apart, and mind chance.

Karpathy et al. 2015, "Visualizing and Understanding Recurrent Networks", and Radford et al. 2017 found single units
that follow a quotation or a sentiment; most units follow nothing that has a name. So a ranking comes with units drawn
at random, and with what the best of as many units reaches where the kinds are shuffled: with hundreds of units one
of them always looks clever. Selectivity is the area under the ROC curve (Mann and Whitney 1947): the share of pairs
of one value inside and one outside in which the inside one is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

BATCH = 128  # texts read at once
SHUFFLES = 10


class States(NamedTuple):
    """The hidden state after every word of many texts, one text after the other."""

    values: Tensor  # [word, hidden]
    texts: Tensor  # [word], number of the text
    places: Tensor  # [word], place in the text
    last: Tensor  # [word], True for the last word of a text


class Ranking(NamedTuple):
    """areas: [unit]; order: [unit], the most separating first; random: units drawn at random; chance: see above."""

    areas: Tensor
    order: Tensor
    random: Tensor
    chance: float


@torch.no_grad()
def states_of(network: Any, texts: Sequence[Sequence[int]]) -> States:
    """network: a `RecurrentClassifier`; texts: ids of each, at least one each."""
    device = next(network.parameters()).device
    values: dict[int, Tensor] = {}
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        rows = [torch.tensor(texts[number], device=device) for number in chosen]
        hidden = network.recurrent.fused(network.embedding(torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)))
        values |= {number: hidden[row, : len(texts[number])] for row, number in enumerate(chosen)}
    lengths = torch.tensor([len(text) for text in texts])
    places = torch.cat([torch.arange(length) for length in lengths.tolist()])
    numbers = torch.arange(len(texts)).repeat_interleave(lengths)
    together = torch.cat([values[number] for number in range(len(texts))]).cpu()
    return States(together, numbers, places, places == lengths[numbers] - 1)


def roc_areas(values: Tensor, inside: Tensor) -> Tensor:
    """values: [sample, unit]; inside: [sample], bool, both kinds present -> [unit]. Ties count half."""
    return _areas(_ranks(values), inside)


def rank(values: Tensor, inside: Tensor, *, seed: int = 1, random: int = 5) -> Ranking:
    """values: [sample, unit]; inside: [sample]. Separation is twice an area's distance from 0.5."""
    generator = torch.Generator().manual_seed(seed)
    ranks = _ranks(values)
    areas = _areas(ranks, inside)
    drawn = torch.randperm(values.shape[1], generator=generator)[:random]
    shuffled = torch.stack([inside[torch.randperm(len(inside), generator=generator)] for _ in range(SHUFFLES)], dim=1)
    chance = float(separation(_areas(ranks, shuffled)).max(dim=0).values.mean())
    order = separation(areas).argsort(descending=True, stable=True)
    return Ranking(areas, order, drawn, chance)


def separation(areas: Tensor) -> Tensor:
    """0: the unit says nothing; 1: one threshold tells the kinds apart without an error."""
    return 2 * (areas - 0.5).abs()


def extremes(states: States, unit: int, count: int) -> tuple[list[int], list[int]]:
    """Rows of `states` where the unit is highest, and lowest; the best word of each text alone, best first."""
    found = []
    for sign in (1, -1):
        chosen: dict[int, int] = {}
        for row in (sign * states.values[:, unit]).argsort(descending=True, stable=True).tolist():
            chosen.setdefault(int(states.texts[row]), row)
            if len(chosen) == count:
                break
        found.append(list(chosen.values()))
    return found[0], found[1]


def _ranks(values: Tensor) -> Tensor:
    """[sample, unit] -> the rank of each sample in its unit, from 1, ties at their mean; [unit, sample]."""
    in_order, order = values.T.contiguous().sort(dim=1)
    below = torch.searchsorted(in_order, in_order)
    up_to = torch.searchsorted(in_order, in_order, right=True)
    ranks = (below + up_to + 1).double() / 2
    return torch.empty_like(ranks).scatter_(1, order, ranks)


def _areas(ranks: Tensor, inside: Tensor) -> Tensor:
    """ranks: [unit, sample]; inside: [sample] or [sample, question], bool -> [unit] or [unit, question]."""
    count = inside.double().sum(dim=0)
    others = len(inside) - count
    if not bool((count * others).all()):
        raise ValueError(f"both kinds must be there; {int(count.min())} inside and {int(others.max())} outside came")
    return (ranks @ inside.double() - count * (count + 1) / 2) / (count * others)
