"""How many target tokens does training learn from in a second of processor time? Against torch's own modules.

    python -m tests.benchmarks.train_speed --data DIR [--name de-en-transformer] [--rounds 12] [--steps 8]

Both networks have the recipe's sizes, see the same batches and are moved by the same optimiser at the same rate. Ours
is trained as `train` does it: our network, in bfloat16 where the recipe says so, the loss of real tokens alone, the
moving average kept. The rival is `nn.Transformer` (norm first, tied embedding) with `nn.CrossEntropyLoss`, in float32
and under the same autocast. They take turns, `--steps` batches each. Prints target tokens a processor second (median
of the rounds), the ratio to the first rival, and the mean loss of the last third of the rounds: speed counts only
where the losses are about equal.
"""

from __future__ import annotations

import argparse
import copy
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models import MODELS
from seqdemo.training.batches import PairBatch
from seqdemo.training.loop import _move_average
from seqdemo.training.objectives import batches_of, loss_of
from seqdemo.training.prepare import prepare
from seqdemo.training.prepared import Examples
from seqdemo.training.recipes import RECIPES, Recipe

RATE = 3e-4  # without a schedule: both go the same short way


class Stock(nn.Module):
    """The same translator out of torch's own parts."""

    def __init__(self, sizes: dict[str, Any], vocabulary: int) -> None:
        super().__init__()
        self.width = sizes["model"]
        self.embedding = nn.Embedding(vocabulary, self.width, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=self.width**-0.5)
        self.dropout = nn.Dropout(sizes["dropout"])
        self.transformer = nn.Transformer(
            self.width,
            sizes["heads"],
            sizes["encoder_layers"],
            sizes["decoder_layers"],
            sizes["inner"],
            sizes["dropout"],
            batch_first=True,
            norm_first=True,
        )

    def embed(self, ids: Tensor) -> Tensor:
        """[batch, time] -> [batch, time, model]."""
        places = sinusoidal_positions(ids.shape[1], self.width).float()
        embedded: Tensor = self.dropout(self.embedding(ids) * math.sqrt(self.width) + places)
        return embedded

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Teacher forcing -> logits [batch, target, vocabulary]."""
        later = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
        hidden = source == 0
        states = self.transformer(
            self.embed(source),
            self.embed(target),
            tgt_mask=later,
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
            tgt_is_causal=True,
        )
        logits: Tensor = states @ self.embedding.weight.T
        return logits


def ours(recipe: Recipe, vocabulary: int, *, bfloat16: bool) -> Callable[[PairBatch], float]:
    """A training step as seqdemo/training/loop.py makes it -> the loss."""
    network = MODELS[recipe.model].build(**recipe.sizes, vocabulary=vocabulary).train()
    average = copy.deepcopy(network).requires_grad_(False)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, betas=recipe.betas, weight_decay=recipe.weight_decay)

    def step(batch: PairBatch) -> float:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            loss = loss_of(network, batch, recipe.smoothing).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimizer.step()
        _move_average(average, network, recipe.average)
        return float(loss.detach())

    return step


def stock(recipe: Recipe, vocabulary: int, *, bfloat16: bool) -> Callable[[PairBatch], float]:
    """A training step as a tutorial makes it -> the loss."""
    network = Stock(recipe.sizes, vocabulary).train()
    lost = nn.CrossEntropyLoss(ignore_index=0, label_smoothing=recipe.smoothing)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, betas=recipe.betas, weight_decay=recipe.weight_decay)

    def step(batch: PairBatch) -> float:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            logits = network(batch.source, batch.target[:, :-1])
            loss = lost(logits.flatten(0, 1).float(), batch.target[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimizer.step()
        return float(loss.detach())

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--name", default="de-en-transformer")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--steps", type=int, default=8)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    recipe = RECIPES[chosen.name]
    with tempfile.TemporaryDirectory() as folder:
        prepare(recipe, chosen.data, Path(folder))
        examples = Examples.load(Path(folder) / "train.npz")
    ways: dict[str, Callable[[PairBatch], float]] = {}
    for name, make in {
        "nn.Transformer": lambda: stock(recipe, recipe.subwords, bfloat16=False),
        "nn.Transformer, bfloat16": lambda: stock(recipe, recipe.subwords, bfloat16=True),
        "ours, float32": lambda: ours(recipe, recipe.subwords, bfloat16=False),
        "ours, as the recipe says": lambda: ours(recipe, recipe.subwords, bfloat16=recipe.bfloat16),
    }.items():
        torch.manual_seed(1)
        ways[name] = make()
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    losses: dict[str, list[float]] = {name: [] for name in ways}
    batches = batches_of(recipe, examples, np.random.default_rng(1))
    for turn in range(chosen.rounds + 1):
        some = list(islice(batches, chosen.steps))
        tokens = sum(int((batch.target[:, 1:] != 0).sum()) for batch in some)
        for name, step in ways.items():
            torch.manual_seed(turn)
            began = time.process_time()
            found = [step(batch) for batch in some]
            if turn:  # the first round warms up
                speeds[name].append(tokens / (time.process_time() - began))
            losses[name] += found
    print(f"{chosen.name}: batches of {recipe.batch_tokens} tokens, {chosen.rounds} rounds of {chosen.steps} batches")
    rival = statistics.median(speeds["nn.Transformer"])
    for name in ways:
        speed = statistics.median(speeds[name])
        last = statistics.mean(losses[name][-len(losses[name]) // 3 :])
        print(f"{name:26} {speed:8.0f} target tokens a processor second  {speed / rival:5.2f}  loss {last:.3f}")


if __name__ == "__main__":
    main()
