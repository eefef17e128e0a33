"""Is attention an explanation? If quite other weights gave the same answer, why believe these?

Jain and Wallace 2019, "Attention is not Explanation": weights made equal, shuffled (section 4.2.1) or sought by an
adversary who wants them far from the model's own while the answer stays (section 4.2.2), and whether the
weights rank the words as gradients and leaving words out do (section 4.1). It is asked of a model that weighs
the states of the words once, for its answer; in a stack of self-attention a weight points at states that have
already mixed all words, so the question has no such plain meaning there.

A word that is read as several pieces is still one word: weights are chosen a word, and a word's weight is shared out
among its pieces as the model's own is.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.models.edits import ClassifierEdits
from seqdemo.probes.pieces import one_by_one, shared_out, summed
from seqdemo.probes.subsets import read_subsets
from seqdemo.wanted import require_wanted

TOLERANCE = 0.01  # total variation distance that an adversary may spend: Jain and Wallace's for classes
SHUFFLES = 100
RESTARTS, STEPS, RATE, PENALTY = 8, 150, 0.3, 50.0  # of the adversary's gradient ascent; the rate falls to 0
FARTHEST = math.log(2)  # the largest Jensen-Shannon divergence there is
FEWEST = 3  # words of which an order says something: of two, chance alone makes Kendall's tau -1 or 1


class Trial(NamedTuple):
    """Other weights and what becomes of the answer, for each of several weights."""

    weights: Tensor  # [trial, word]
    probabilities: Tensor  # [trial, label]
    distance: Tensor  # [trial], Jensen-Shannon divergence from the model's own weights
    change: Tensor  # [trial], total variation distance from its own answer


def can_be_asked(network: Any) -> bool:
    """Whether the network weighs the states of the words once, for its answer."""
    return hasattr(network, "states")


@torch.no_grad()
def own_weights(network: Any, ids: Tensor) -> Tensor:
    """ids: [piece] -> the weights that the whole text is read with, [piece]."""
    trace = network.trace(ids[None], torch.tensor([len(ids)], device=ids.device))
    weights: Tensor = trace.attention[0][0, 0, -1]
    return weights


@torch.no_grad()
def try_weights(network: Any, ids: Tensor, own: Tensor, weights: Tensor, *, pieces: Tensor) -> Trial:
    """Read the text again with each of `weights` [trial, word] in the place of its own [piece].

    pieces: [word], how many of the ids each word is read as.
    """
    vectors = network.embedding(ids[None]).expand(len(weights) + 1, -1, -1)
    lengths = torch.full((len(vectors),), len(ids), device=ids.device)
    together = torch.cat((own[None], shared_out(weights, own, pieces)))[:, None, None]  # [1 + trial, 1, 1, piece]
    answers = network.read(vectors, lengths, ClassifierEdits(attention=(together,))).softmax(dim=-1)
    return Trial(weights, answers[1:], divergence(summed(own, pieces), weights), variation(answers[0], answers[1:]))


def try_others(network: Any, ids: Tensor, own: Tensor, *, pieces: Tensor) -> dict[str, Trial]:
    """Its own weights, and each kind of others, tried: "own", "uniform", "shuffled", "adversarial".

    ids, own: [piece]; pieces: [word], how many of the ids each word is read as. Raises Problem where nobody waits.
    """
    of_words = summed(own, pieces)
    others = {
        "own": of_words[None],
        "uniform": uniform(of_words),
        "shuffled": shuffled(of_words),
        "adversarial": adversarial(network, ids, own, pieces=pieces),
    }
    return {name: try_weights(network, ids, own, weights, pieces=pieces) for name, weights in others.items()}


def measures_of(network: Any, ids: Tensor, label: int, own: Tensor, *, pieces: Tensor) -> dict[str, Tensor]:
    """What attention's order of the words is compared with, [word] each: "gradient" and "leave_one_out"."""
    return {
        "gradient": summed(gradient_importance(network, ids, label, own), pieces),
        "leave_one_out": leave_one_out(network, ids, pieces=pieces),
    }


def uniform(own: Tensor) -> Tensor:
    """own: [word] -> [1, word]: every word alike."""
    return torch.full_like(own, 1 / len(own))[None]


def shuffled(own: Tensor, count: int = SHUFFLES, seed: int = 1) -> Tensor:
    """own: [word] -> [count, word]: the same weights on other words."""
    generator = torch.Generator().manual_seed(seed)
    orders = torch.stack([torch.randperm(len(own), generator=generator) for _ in range(count)])
    return own[orders.to(own.device)]


def adversarial(
    network: Any, ids: Tensor, own: Tensor, *, pieces: Tensor, tolerance: float = TOLERANCE, seed: int = 1
) -> Tensor:
    """[1, word]: as far from the model's own weights as was found while the answer moves by `tolerance` at most.

    own: [piece]; pieces: [word], how many of the ids each word is read as.

    Adam on the scores before a softmax, from several starts, on equation 1 with its constraint as a penalty (section
    4.2.2). The states do not depend on the weights, so they are read once. Its own weights, where nothing better is.
    Raises Problem where nobody waits any more.
    """
    with torch.no_grad():
        states = network.states(network.embedding(ids[None]), torch.tensor([len(ids)], device=ids.device))[0]
        answer = network.readout(own @ states).softmax(dim=-1)
        own_words = summed(own, pieces)
    generator = torch.Generator().manual_seed(seed)
    start = 2 * torch.randn(RESTARTS, len(own_words), generator=generator, dtype=own.dtype)
    best, farthest = own_words.clone(), 0.0
    with torch.enable_grad():
        scores = start.to(own.device).requires_grad_()
        mean = spread = torch.zeros_like(scores)  # of the gradients so far: Kingma and Ba 2015, algorithm 1
        for step in range(STEPS):
            require_wanted()
            weights = scores.softmax(dim=-1)
            change = variation(answer, network.readout(shared_out(weights, own, pieces) @ states).softmax(dim=-1))
            distance = divergence(own_words, weights)
            allowed = torch.where(change <= tolerance, distance, 0).detach()
            if float(allowed.max()) > farthest:
                farthest, best = float(allowed.max()), weights[int(allowed.argmax())].detach()
            loss = (PENALTY * (change - 0.97 * tolerance).relu() - distance).sum()
            (slope,) = torch.autograd.grad(loss, scores)  # not backward(): the network's own gradients stay
            mean, spread = 0.9 * mean + 0.1 * slope, 0.999 * spread + 0.001 * slope**2
            stride = mean / (1 - 0.9 ** (step + 1)) / ((spread / (1 - 0.999 ** (step + 1))).sqrt() + 1e-8)
            scores = (scores - RATE * (1 - step / STEPS) * stride).detach().requires_grad_()
    return best[None]


def gradient_importance(network: Any, ids: Tensor, label: int, own: Tensor) -> Tensor:
    """[piece]: |d probability of the class / d word|, with the weights held still (algorithm 1: feature importance)."""
    with torch.enable_grad():
        vectors = network.embedding(ids[None]).detach().requires_grad_()
        still = ClassifierEdits(attention=(own[None, None, None],))
        logits = network.read(vectors, torch.tensor([len(ids)], device=ids.device), still)
        (found,) = torch.autograd.grad(logits.softmax(dim=-1)[0, label], vectors)
    importance: Tensor = (found * vectors)[0].sum(dim=-1).abs().detach()
    return importance


def leave_one_out(network: Any, ids: Tensor, *, pieces: Tensor) -> Tensor:
    """[word]: how far the answer moves when the word is left out (algorithm 1), as total variation distance.

    pieces: [word], how many of the ids each word is read as.
    """
    answers = read_subsets(network, ids, ~one_by_one(pieces.to(ids.device))).softmax(dim=-1)
    return variation(answers[-1], answers[:-1])


def variation(one: Tensor, others: Tensor) -> Tensor:
    """Total variation distance of distributions [label] and [..., label]: half the sum of differences, 0 to 1."""
    return (others - one).abs().sum(dim=-1) / 2


def divergence(one: Tensor, others: Tensor) -> Tensor:
    """Jensen-Shannon divergence of distributions [time] and [..., time], natural logarithm: 0 to 0.693."""
    middle = (one + others) / 2
    tiny = torch.finfo(middle.dtype).tiny
    log = middle.clamp(min=tiny).log()
    parts = [(p * (p.clamp(min=tiny).log() - log)).sum(dim=-1) for p in (one.expand_as(others), others)]
    found: Tensor = (parts[0] + parts[1]) / 2
    return found.clamp(min=0)


def kendall(one: Tensor, other: Tensor) -> float | None:
    """Kendall's tau-b of two rankings [word]: 1 the same order, -1 the contrary.

    None where there is too little to rank: fewer than FEWEST words, or one ranking is all ties.
    """
    if len(one) < FEWEST:
        return None
    signs = [(values[:, None] - values[None]).sign().double() for values in (one, other)]
    same, own, theirs = ((a * b).sum() for a, b in ((signs[0], signs[1]), (signs[0],) * 2, (signs[1],) * 2))
    scale = float((own * theirs).sqrt())
    return float(same) / scale if scale else None
