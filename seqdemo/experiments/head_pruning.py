"""How many heads does a translator need? Heads are switched off one after another, the least missed first.

    python -m seqdemo experiment head-pruning --data DIR --write

After Michel et al. 2019, "Are Sixteen Heads Really Better than One?", sections 3.2 and 4.1, and Voita et al. 2019.
A head is off when its part of the output projection is zero. First each head goes alone, which gives the order by
the log-probability of the references; then they go together, and the translations are scored with BLEU.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from seqdemo.decoding.batch import PAD, translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.layers.multihead_attention import MultiHeadAttention
from seqdemo.models.transformer import Transformer
from seqdemo.scoring.bleu import score
from seqdemo.text.subwords import END, START, Subwords
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_pairs

SENTENCES, BATCH = 200, 50  # the first of dev
STEPS = (0, 4, 8, 12, 16, 20, 24, 28, 32, 36)  # heads off, of 36
Head = tuple[str, int, int]  # kind, layer, head; counted from 0


def heads_of(network: Transformer) -> list[Head]:
    """Every head of the network."""
    return [(kind, layer, head) for kind, layer, brick in _bricks(network) for head in range(brick.heads)]


def _bricks(network: Transformer) -> Iterator[tuple[str, int, MultiHeadAttention]]:
    encoder: Any = network.encoder
    for layer, block in enumerate(encoder):
        yield "encoder_self", layer, block.self_attention
    for layer, block in enumerate(network.decoder):
        yield "decoder_self", layer, block.self_attention
        yield "cross", layer, block.cross_attention


@torch.no_grad()
def without(network: Transformer, off: Sequence[Head]) -> Transformer:
    """A copy in which these heads add nothing."""
    made = copy.deepcopy(network)
    for kind, layer, brick in _bricks(made):
        size = brick.output.in_features // brick.heads
        for one, place, head in off:
            if (one, place) == (kind, layer):
                brick.output.weight[:, head * size : (head + 1) * size] = 0
    return made


@torch.inference_mode()
def surprise(network: Transformer, batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    """Mean negative log-probability of a reference's tokens, natural logarithm."""
    total, count = 0.0, 0
    for source, target in batches:
        logits = network(source, target[:, :-1]).logits
        losses = nn.functional.cross_entropy(
            logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD, reduction="sum"
        )
        total += float(losses)
        count += int((target[:, 1:] != PAD).sum())
    return total / count


def measure(
    say: Callable[[str], None], data: Path, *, sentences: int = SENTENCES, steps: tuple[int, ...] = STEPS
) -> dict[str, Any]:
    """{"alone": [{"kind", "layer", "head", "cost"}, ...] least missed first, "off", "bleu", "surprise", "kept"}."""
    model = opened("en-de-transformer")
    network, subwords = model.network, model.tokenizer
    assert isinstance(network, Transformer)
    assert isinstance(subwords, Subwords)
    sources, references = (side[:sentences] for side in read_pairs(data, CORPORA["multi30k"], "val", "en", "de"))
    ids = [subwords.encode(one) for one in sources]
    batches = _batches(ids, [subwords.encode(one) for one in references])
    whole = surprise(network, batches)
    costs = {head: surprise(without(network, [head]), batches) - whole for head in heads_of(network)}
    order = sorted(costs, key=lambda head: costs[head])
    say(
        f"all heads: {whole:.3f}; most missed: {order[-1]} {costs[order[-1]]:+.4f}; "
        f"least: {order[0]} {costs[order[0]]:+.4f}"
    )
    figures: dict[str, list[float]] = {"bleu": [], "surprise": []}
    for count in steps:
        pruned = without(network, order[:count])
        written = [subwords.decode(one) for one in translate_ids(pruned, ids, beam=1, batch=BATCH)]
        figures["bleu"].append(score(written, references)["bleu"])
        figures["surprise"].append(round(surprise(pruned, batches), 4))
        say(f"{count:2} off: BLEU {figures['bleu'][-1]}, surprise {figures['surprise'][-1]}")
    alone = [
        {"kind": kind, "layer": layer + 1, "head": head + 1, "cost": round(costs[kind, layer, head], 4)}
        for kind, layer, head in order
    ]
    kept = [round(one / figures["bleu"][0], 4) for one in figures["bleu"]]
    free = sum(cost < 0.01 for cost in costs.values())
    return {
        **{"n": len(sources), "heads": len(order), "alone": alone, "free": free, "least": alone[0], "most": alone[-1]},
        **{"off": list(steps), **figures, "kept": kept, "beam": 1, "about": about(model)},
    }


def _batches(sources: Sequence[list[int]], targets: Sequence[list[int]]) -> list[tuple[Tensor, Tensor]]:
    def padded(rows: Sequence[list[int]]) -> Tensor:
        longest = max(map(len, rows))
        return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])

    pairs = sorted(zip(sources, targets, strict=True), key=lambda pair: len(pair[0]))
    chunks = [pairs[begin : begin + BATCH] for begin in range(0, len(pairs), BATCH)]
    return [(padded([[*s, END] for s, _ in chunk]), padded([[START, *t, END] for _, t in chunk])) for chunk in chunks]
