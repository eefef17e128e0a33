"""How long does a state remember? A marked word, many idle words, then the question: which word was marked?

    python -m seqdemo experiment memory-distance --write

The task is generated, so the distance is exactly known (after Bengio et al. 1994, section 2, and Hochreiter and
Schmidhuber 1997, section 5.2, who asked it first). Idle words may be clue words too: only the mark says which counts.
Each cell is trained from three seeds in two ways. "alone": a fresh network for each distance, which from its first
step on gets nothing but texts of that distance. "growing": one network, whose texts grow from distance 1 to the
longest. What differs between the cells is the cell alone: width, texts, their order and number of steps are the same.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from seqdemo.models.attention_classifier import AttentionClassifier, AttentionConfig
from seqdemo.models.recurrent_classifier import RecurrentClassifier, RecurrentConfig

QUESTION, MARK = 1, 2  # 0 pads
CLUES, IDLE = 4, 12  # words that can be asked for, one a class; words that mean nothing
VOCABULARY = 3 + CLUES + IDLE
LEAD = 10  # at most so many idle words come before the mark
DISTANCES = (2, 5, 10, 15, 20, 30, 40)  # words between the marked one and the question
CELLS, WAYS, SEEDS = ("rnn", "lstm", "gru"), ("alone", "growing"), (1, 2, 3)
ITEMS = 400  # texts asked at each distance
HIDDEN, EMBEDDING, BATCH, STEPS, RATE = 32, 16, 64, 1500, 3e-3

Network = RecurrentClassifier | AttentionClassifier
Curve = list[float]  # share of right answers, one a distance


def texts(count: int, distance: int, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(ids [text, time], class [text]): idle words, the mark, a clue, `distance` idle words, the question."""
    lead = int(random.integers(0, LEAD + 1))
    words = random.integers(3, VOCABULARY, (count, lead + 1 + distance))
    words[:, lead] = 3 + random.integers(0, CLUES, count)
    ids = np.concatenate((np.insert(words, lead, MARK, axis=1), np.full((count, 1), QUESTION)), axis=1)
    return ids.astype(np.int64), (words[:, lead] - 3).astype(np.int64)


def untaught(cell: str) -> Network:
    """A fresh network as wide as the others. "attention": one block of the attention classifier, with its places."""
    if cell == "attention":
        sizes = {"model": HIDDEN, "heads": 4, "inner": 2 * HIDDEN, "layers": 1, "distances": 8}
        return AttentionClassifier(AttentionConfig(VOCABULARY, CLUES, dropout=0.0, **sizes))
    network = RecurrentClassifier(RecurrentConfig(cell, VOCABULARY, CLUES, EMBEDDING, HIDDEN, dropout=0.0))
    nn.init.normal_(network.embedding.weight, std=1.0)
    return network


def learn(cell: str, seed: int, distance: int, *, growing: bool, steps: int = STEPS) -> Network:
    """A network that has read `steps` batches of this distance, or of distances that grow up to it over 2/3 of them."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = untaught(cell)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    for step in range(steps):
        reach = 1 + int((distance - 1) * min(1.0, step / (steps * 2 / 3)))
        ids, wanted = texts(BATCH, int(random.integers(1, reach + 1)) if growing else distance, random)
        logits = network(torch.from_numpy(ids), torch.full((BATCH,), ids.shape[1]))
        loss = F.cross_entropy(logits, torch.from_numpy(wanted))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return network.eval()


@torch.inference_mode()
def accuracy(network: Network, distance: int, *, items: int = ITEMS) -> float:
    """Share of fresh texts of this distance that are answered right; chance is 1 / CLUES."""
    ids, wanted = texts(items, distance, np.random.default_rng((distance, 99)))
    answered = network(torch.from_numpy(ids), torch.full((items,), ids.shape[1])).argmax(dim=-1).numpy()
    return float((answered == wanted).mean())


def curve(cell: str, seed: int, way: str, *, distances: tuple[int, ...] = DISTANCES, steps: int = STEPS) -> Curve:
    """Accuracy at each distance of networks trained in one of the two WAYS."""
    if way == "growing":
        network = learn(cell, seed, max(distances), growing=True, steps=steps)
        return [accuracy(network, distance) for distance in distances]
    return [accuracy(learn(cell, seed, distance, growing=False, steps=steps), distance) for distance in distances]


def measured(cell: str, way: str, say: Callable[[str], None], distances: tuple[int, ...] = DISTANCES) -> dict[str, Any]:
    """{"seeds": {seed: curve}, "mean", "low", "high"}: of one cell taught in one way."""
    curves = {}
    for seed in SEEDS:
        curves[str(seed)] = [round(share, 4) for share in curve(cell, seed, way, distances=distances)]
        say(f"{way} {cell} seed {seed}: {curves[str(seed)]}")
    columns = list(zip(*curves.values(), strict=True))
    mean = [round(statistics.mean(column), 4) for column in columns]
    return {"seeds": curves, "mean": mean, "low": [*map(min, columns)], "high": [*map(max, columns)]}


def measure(
    say: Callable[[str], None], *, cells: tuple[str, ...] = CELLS, distances: tuple[int, ...] = DISTANCES
) -> dict[str, Any]:
    """{"distances", "chance", "ways": {way: {cell: {"seeds": {seed: curve}, "mean", "low", "high"}}}, ...}."""
    ways = {way: {cell: measured(cell, way, say, distances) for cell in cells} for way in WAYS}
    settings = {"hidden": HIDDEN, "embedding": EMBEDDING, "batch": BATCH, "steps": STEPS, "rate": RATE, "items": ITEMS}
    return {"distances": list(distances), "chance": 1 / CLUES, "settings": settings, "ways": ways}
