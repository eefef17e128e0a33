"""Which words does the score of a class rest on? Three ways to ask, none of which is the truth.

Gradient x input (Shrikumar et al. 2017) asks what a small change of a word's vector would do; integrated gradients
(Sundararajan et al. 2017) adds up such changes on the way from no words at all; occlusion (Zeiler and Fergus
2014; Li et al. 2016) hides a word and looks. Each gives a number a word, above 0 where the word speaks for the class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.probes.gradients import river
from seqdemo.probes.pieces import last, one_by_one, summed
from seqdemo.text.vocabulary import UNKNOWN

# Of the Gauss-Legendre rule, to begin with: on a smooth way, and where ReLUs put bends into it.
POINTS, BENT_POINTS = 20, 128
ADDS_UP, BENT_ADDS_UP = 1e-3, 5e-3  # how near the sum of the words has to come to what it should be
MOST_POINTS = 640
MOST_STATES = 2000  # of a text on its way that are read at once: readings x words


class Attribution(NamedTuple):
    """words: [time]; score: of the class, before the softmax; baseline: the same score of the text without words."""

    words: Tensor
    score: float
    baseline: float


def gradient_times_input(network: Any, ids: Tensor, label: int) -> Attribution:
    """ids: [time]. Word t gets (d score / d x_t) . x_t."""
    vectors = network.embedding(ids[None]).detach()  # [1, time, embedding]
    words = (_gradients(network, vectors, label) * vectors)[0].sum(dim=-1)
    return Attribution(words, *ends(network, vectors, label))


def integrated_gradients(network: Any, ids: Tensor, label: int, points: int | None = None) -> Attribution:
    """ids: [time]. The mean gradient along the straight way from zero vectors, times the vectors (equation 1).

    The words add up to score - baseline, as far as the rule is exact (proposition 1: completeness). points: of the
    rule; None: as many as it takes for them to add up, to 1e-3 where the network is recurrent, to 5e-3 where it is not.
    Where `MOST_POINTS` do not suffice, as on the way of a plain RNN over a long text, the words are what those give.
    """
    bent = isinstance(network, AttentionClassifier)
    vectors = network.embedding(ids[None]).detach()
    score, baseline = ends(network, vectors, label)
    tried = points or (BENT_POINTS if bent else POINTS)
    words = _along_the_way(network, vectors, label, tried)
    near = BENT_ADDS_UP if bent else ADDS_UP
    while not points and 2 * tried <= MOST_POINTS and abs(float(words.sum()) - (score - baseline)) > near:
        tried *= 2
        words = _along_the_way(network, vectors, label, tried)
    return Attribution(words, score, baseline)


def _along_the_way(network: Any, vectors: Tensor, label: int, points: int) -> Tensor:
    """vectors: [1, time, embedding] -> integrated gradients by a rule of so many points, [time]."""
    places, weights = np.polynomial.legendre.leggauss(points)  # on [-1, 1]
    way = torch.tensor((places + 1) / 2, dtype=vectors.dtype, device=vectors.device)[:, None, None] * vectors
    shares = torch.tensor(weights / 2, dtype=vectors.dtype, device=vectors.device)[:, None, None]
    together = max(1, MOST_STATES // vectors.shape[1])
    parts = zip(way.split(together), shares.split(together), strict=True)
    mean = torch.stack([(_gradients(network, part, label) * share).sum(dim=0) for part, share in parts]).sum(dim=0)
    return (mean * vectors[0]).sum(dim=-1)


@torch.no_grad()
def occlusion(network: Any, ids: Tensor, label: int, *, pieces: Tensor | None = None) -> Attribution:
    """ids: [time]. Word t gets what the score loses when the word is read as <unk>, as many as it has pieces.

    pieces: [word], how many of the ids each word is read as; None: one each. The words are then [word].
    """
    hides = one_by_one(torch.ones_like(ids) if pieces is None else pieces.to(ids.device))
    hidden = ids.repeat(len(hides), 1).masked_fill(hides, UNKNOWN)
    scores = network(hidden, torch.full((len(hides),), len(ids), device=ids.device))[:, label]
    return Attribution(scores[-1] - scores[:-1], *ends(network, network.embedding(ids[None]), label))


@torch.no_grad()
def river_of(network: Any, ids: Tensor, label: int, of: str = "hidden") -> Attribution:
    """ids: [time]. How strongly the score, over the mean of all classes, still hangs on the state after each word.

    network: a `RecurrentClassifier`. of: "hidden", the length of d score / d h_t, or "inputs", of d score / d x_t,
    each word's own vector; both by `seqdemo.probes.gradients.river`.
    """
    vectors = network.embedding(ids[None])
    weight = network.readout.weight
    steps = network.recurrent.recovered(vectors)
    found = river(network.recurrent, vectors, steps, weight[label] - weight.mean(dim=0))
    scores = _both_ends(network, vectors)
    scores = scores[:, label] - scores.mean(dim=1)
    return Attribution(getattr(found, of)[0].norm(dim=-1), float(scores[0]), float(scores[1]))


RIVER, RIVER_WORDS = "gradient_river", "gradient_river_words"  # for recurrent models alone: d h_t, d x_t
METHODS: dict[str, Callable[[Any, Tensor, int], Attribution]] = {
    "gradient_times_input": gradient_times_input,
    "integrated_gradients": integrated_gradients,
    "occlusion": occlusion,
}


def of_words(method: str, network: Any, ids: Tensor, label: int, *, pieces: Tensor) -> Attribution:
    """What a method (a row of METHODS, RIVER or RIVER_WORDS) gives each word; words: [word].

    ids: [piece]; pieces: [word], how many of the ids each word is read as. Contributions add up, and a word is hidden
    whole; of lengths at states the last piece's stands, of lengths of vectors that of all pieces together.
    """
    if method == "occlusion":
        return occlusion(network, ids, label, pieces=pieces)
    if method in METHODS:
        found = METHODS[method](network, ids, label)
        return found._replace(words=summed(found.words, pieces))
    found = river_of(network, ids, label, "hidden" if method == RIVER else "inputs")
    words = last(found.words, pieces) if method == RIVER else summed(found.words**2, pieces).sqrt()
    return found._replace(words=words)


def _gradients(network: Any, vectors: Tensor, label: int) -> Tensor:
    """d score / d vectors for each of several readings of a text, [reading, time, embedding]."""
    with torch.enable_grad():
        asked = vectors.detach().requires_grad_()
        lengths = torch.full((len(vectors),), vectors.shape[1], device=vectors.device)
        (gradients,) = torch.autograd.grad(network.read(asked, lengths)[:, label].sum(), asked)
    return gradients


def ends(network: Any, vectors: Tensor, label: int) -> tuple[float, float]:
    """vectors: [1, time, embedding] -> the score of the text, and of the text without words."""
    text, nothing = _both_ends(network, vectors)[:, label].tolist()
    return text, nothing


@torch.no_grad()
def _both_ends(network: Any, vectors: Tensor) -> Tensor:
    """vectors: [1, time, embedding] -> logits of the text and of as many zero vectors, [2, label]."""
    both = torch.cat((vectors, torch.zeros_like(vectors)))
    logits: Tensor = network.read(both, torch.full((2,), vectors.shape[1], device=vectors.device))
    return logits
