"""Where does the state go as the words come in? A plane, fitted on the training corpus, to look at it.

Principal component analysis (Pearson 1901) of the states after many words of many training texts,
fitted once and stored with the checkpoint: never fitted on the sentence shown, which would make any
wandering look meaningful. Maheswaranathan et al. 2019 found that sentiment networks move along a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Plane(NamedTuple):
    """mean [hidden]; components [2, hidden], of unit length; explained [2], share of the variance of each."""

    mean: Tensor
    components: Tensor
    explained: Tensor


def fit_plane(states: Tensor) -> Plane:
    """states: [sample, hidden], at least 2 samples. Signs are fixed: the largest entry of a component is positive."""
    if len(states) < 2:
        raise ValueError(f"a plane needs at least 2 states; {len(states)} came")
    mean = states.mean(dim=0)
    _, singular, components = torch.linalg.svd(states - mean, full_matrices=False)
    components = components[:2]
    signs = components.gather(1, components.abs().argmax(dim=1, keepdim=True)).sign()
    return Plane(mean, components * signs, (singular**2 / (singular**2).sum())[:2])


def project(states: Tensor, plane: Plane) -> Tensor:
    """[..., hidden] -> [..., 2]."""
    return (states - plane.mean) @ plane.components.T


def correlation(coordinate: Tensor, probability: Tensor) -> float:
    """Pearson's r of one coordinate of some states [sample] with the log-odds of a class there; 0 where one is still.

    Of two classes the log-odds are the difference of the logits. Near 1 or -1: that axis is the model's decision.
    """
    chance = probability.double().clamp(1e-9, 1 - 1e-9)
    both = torch.stack((coordinate.double(), (chance / (1 - chance)).log()))
    both = both - both.mean(dim=1, keepdim=True)
    scale = float(both.norm(dim=1).prod())
    return max(-1.0, min(1.0, float(both.prod(dim=0).sum()) / scale)) if scale else 0.0


@torch.inference_mode()
def fit_trajectory(
    network: Any, texts: Sequence[NDArray[np.int32]], *, seed: int, sample: int = 600
) -> dict[str, Tensor]:
    """The plane of a classifier's states over `sample` training texts, and a cloud of them to draw behind a sentence.

    Returns mean, components, explained, readout [label, 2] (direction in which a class gains on the mean of
    all, of unit length in the plane), cloud [400, 2], cloud_probability [400, label]; float32 on the CPU.
    """
    random = np.random.default_rng(seed)
    device = next(network.parameters()).device
    chosen = [texts[number] for number in random.permutation(len(texts))[:sample]]
    states, logits = [], []
    for row in chosen:
        ids = torch.from_numpy(row.astype(np.int64))[None].to(device)
        trace = network.trace(ids, torch.tensor([len(row)], device=device))
        states.append(trace.states[0].float().cpu())
        logits.append(trace.logits[0].float().cpu())
    all_states, all_logits = torch.cat(states), torch.cat(logits)
    plane = fit_plane(all_states)
    weight = network.readout.weight.detach().float().cpu()
    readout = (weight - weight.mean(dim=0)) @ plane.components.T
    shown = torch.from_numpy(random.permutation(len(all_states))[:400])
    return {
        **plane._asdict(),
        "readout": readout / readout.norm(dim=1, keepdim=True),
        "cloud": project(all_states[shown], plane),
        "cloud_probability": all_logits[shown].softmax(dim=-1),
    }
