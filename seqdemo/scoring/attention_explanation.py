"""Is a model's attention an explanation, over many texts and beside a second training?

Per text `seqdemo.probes.attention_explanation`; over texts the medians. The second seed is Wiegreffe and Pinter's
measure (2019, "Attention is not not Explanation", section 3.3): weights that differ between two trainings of the
same model as much as an adversary's do, were never the only reading of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

import torch
from torch import Tensor

from seqdemo.probes.attention_explanation import (
    TOLERANCE,
    Trial,
    divergence,
    kendall,
    measures_of,
    own_weights,
    try_others,
    variation,
)
from seqdemo.probes.pieces import summed
from seqdemo.probes.verdicts import FAR


def score(network: Any, texts: Sequence[Tensor], counts: Sequence[Tensor]) -> dict[str, Any]:
    """{"tolerance", "far", "uniform", "shuffled", "adversarial", "tau"}.

    texts: ids [piece] of each, two words or more; counts: [word] of each, how many of its ids each word is read as.
    change and distance are medians over the texts; flips, found: shares of them; tau: means over the texts whose words
    can be ranked, None where there are none.
    """
    rows: dict[str, list[dict[str, float]]] = {"uniform": [], "shuffled": [], "adversarial": []}
    taus: dict[str, list[float]] = {"gradient": [], "leave_one_out": []}
    for ids, pieces in zip(texts, counts, strict=True):
        own = own_weights(network, ids)
        label = int(network(ids[None], torch.tensor([len(ids)], device=ids.device))[0].argmax())
        tried = try_others(network, ids, own, pieces=pieces)
        for name in rows:
            rows[name].append(_one(tried[name], label))
        for name, values in measures_of(network, ids, label, own, pieces=pieces).items():
            tau = kendall(summed(own, pieces), values)
            taus[name] += [] if tau is None else [tau]
    found = {name: _together(many) for name, many in rows.items()}
    found["adversarial"]["found"] = round(fmean(row["distance"] >= FAR for row in rows["adversarial"]), 4)
    return {
        "tolerance": TOLERANCE,
        "far": round(FAR, 4),
        **found,
        "tau": {name: round(fmean(values), 4) if values else None for name, values in taus.items()},
    }


@torch.no_grad()
def compare(network: Any, other: Any, texts: Sequence[Tensor], counts: Sequence[Tensor]) -> dict[str, float]:
    """{"distance", "change", "flips"} between two trainings of one recipe, medians and a share; texts as in `score`."""
    rows = []
    for ids, pieces in zip(texts, counts, strict=True):
        length = torch.tensor([len(ids)], device=ids.device)
        mine, theirs = (one(ids[None], length)[0].softmax(dim=-1) for one in (network, other))
        weights, others = (summed(own_weights(one, ids), pieces) for one in (network, other))
        distance = divergence(weights, others)
        flips = float(mine.argmax() != theirs.argmax())
        rows.append({"distance": float(distance), "change": float(variation(mine, theirs)), "flips": flips})
    return _together(rows)


def _one(trial: Trial, label: int) -> dict[str, float]:
    """Of several weights for one text: the medians, and the share that turns the answer."""
    return {
        "distance": float(trial.distance.median()),
        "change": float(trial.change.median()),
        "flips": float((trial.probabilities.argmax(dim=-1) != label).double().mean()),
    }


def _together(rows: list[dict[str, float]]) -> dict[str, float]:
    return {
        "distance": round(median(row["distance"] for row in rows), 4),
        "change": round(median(row["change"] for row in rows), 4),
        "flips": round(fmean(row["flips"] for row in rows), 4),
    }
