"""Which explanations are faithful, over many texts? Each is scored beside words in a random order.

The figures are those of `seqdemo.probes.faithfulness`, of the class that the model answers, meant over the texts. A
method is better than chance only where the mean difference to the random orders of the same text is further from 0
than its 95 % interval is wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqdemo.probes.faithfulness import (
    RANDOM,
    SEEDS,
    SHARES,
    comprehensiveness,
    count_of,
    erase,
    orders_of,
    random_orders,
    sufficiency,
    word_scores,
)

STEPS = tuple(step / 10 for step in range(11))  # shares of the words at which curves are kept


def score(network: Any, texts: Sequence[Tensor], counts: Sequence[Tensor]) -> dict[str, Any]:
    """{"orders", "shares", "steps", "methods"}: for each method comprehensiveness, sufficiency and both curves.

    texts: ids [piece] of each; counts: [word] of each, how many of its ids each word is read as. `over_random` and
    `under_random` are [mean difference, half of its 95 % interval].
    """
    losses: dict[str, list[Tensor]] = {}  # method -> for each text [2, order]: comprehensiveness and sufficiency
    curves: dict[str, list[Tensor]] = {}  # method -> for each text [2, step]: deletion and insertion
    for ids, pieces in zip(texts, counts, strict=True):
        time = len(pieces)
        gone = sorted({count_of(share, time) for share in (*SHARES, *STEPS)})  # how many words, at which we look
        label = int(network(ids[None], torch.tensor([len(ids)], device=ids.device))[0].argmax())
        scores = word_scores(network, ids, label, pieces=pieces)
        orders = torch.cat((orders_of(torch.stack(list(scores.values()))).cpu(), random_orders(time)))
        found = erase(network, ids, label, orders, gone, pieces=pieces)
        both = torch.stack((comprehensiveness(found.deletion, gone), sufficiency(found.insertion, gone)))
        steps = [gone.index(count_of(step, time)) for step in STEPS]
        shape = torch.stack((found.deletion[:, steps], found.insertion[:, steps]))  # [2, order, step]
        for number, method in enumerate(scores):
            losses.setdefault(method, []).append(both[:, number : number + 1])
            curves.setdefault(method, []).append(shape[:, number])
        losses.setdefault(RANDOM, []).append(both[:, len(scores) :])
        curves.setdefault(RANDOM, []).append(shape[:, len(scores) :].mean(dim=1))
    chance = torch.stack(losses[RANDOM])  # [text, 2, seed]
    return {
        "orders": SEEDS,
        "shares": list(SHARES),
        "steps": list(STEPS),
        "methods": {name: _row(name, torch.stack(losses[name]), curves[name], chance) for name in losses},
    }


def _row(name: str, losses: Tensor, curves: list[Tensor], chance: Tensor) -> dict[str, Any]:
    """losses: [text, 2, order]."""
    means = losses.mean(dim=(0, 2))
    deletion, insertion = torch.stack(curves).mean(dim=0)
    row: dict[str, Any] = {"comprehensiveness": _round(means[0]), "sufficiency": _round(means[1])}
    if name == RANDOM:
        deviations = losses.mean(dim=0).std(dim=1)  # of the mean over all texts, from seed to seed
        row |= {"comprehensiveness_deviation": _round(deviations[0]), "sufficiency_deviation": _round(deviations[1])}
    else:
        differences = losses[:, :, 0] - chance.mean(dim=2)  # [text, 2]
        row |= {"over_random": _interval(differences[:, 0]), "under_random": _interval(-differences[:, 1])}
    return row | {"deletion": [_round(one) for one in deletion], "insertion": [_round(one) for one in insertion]}


def _interval(values: Tensor) -> list[float]:
    """Mean, and half of its 95 % interval by the normal approximation."""
    return [_round(values.mean()), _round(1.96 * values.std() / math.sqrt(len(values)))]


def _round(value: Tensor) -> float:
    return round(float(value), 4)
