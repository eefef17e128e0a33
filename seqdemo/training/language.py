"""Read first, judge later: a recurrent classifier first learns to say which word comes next in its own training text.

A label says one thing about a whole review, the next word says something after every word. What the cells learn from it
is where the training for labels begins: Dai and Le 2015, "Semi-supervised Sequence Learning", section 2. The scores of
the words come from the word vectors themselves (Press and Wolf 2017, "Using the Output Embedding", section 3). So that
an epoch takes a quarter of the time, a batch's words compete with each other and with `OTHERS` drawn at random, not
with the whole vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.problems import Problem
from seqdemo.text.vocabulary import UNKNOWN
from seqdemo.training.batches import groups, padded
from seqdemo.training.prepared import Examples, Ids
from seqdemo.training.rates import rate_at
from seqdemo.training.recipes import Recipe
from seqdemo.training.states import load_state, save_state

BATCH_WORDS, OTHERS = 3000, 1000
PEAK_RATE, WARMUP, FINAL_RATE = 2e-3, 0.05, 0.05
SPREAD = 4.0  # of a score at first, about: word vectors begin small
STATE = "language.pt"


class NextWord(nn.Module):
    """A classifier's embedding and cells, and what makes scores of next words from their states."""

    def __init__(self, classifier: RecurrentClassifier) -> None:
        super().__init__()
        self.classifier = classifier
        words, width = classifier.embedding.weight.shape
        self.projection = nn.Linear(classifier.config.hidden, width)
        self.bias = nn.Parameter(torch.zeros(words))

    def forward(self, ids: Tensor, among: Tensor) -> Tensor:
        """ids: [batch, time]; among: [word], the words that compete -> scores of the next one, [batch, time, word]."""
        classifier = self.classifier
        hidden = classifier.recurrent.fused(classifier.dropout(classifier.embedding(ids)))
        states = self.projection(classifier.dropout(hidden))
        scores: Tensor = SPREAD * states @ classifier.embedding.weight[among].T + self.bias[among]
        return scores


def surprise(network: NextWord, ids: Tensor, others: int) -> tuple[Tensor, int]:
    """ids: [batch, 1 + time], padded with 0 -> mean nats of a next word, number of words.

    others: how many words drawn at random compete with those of the batch; 0: the whole vocabulary competes.
    """
    wanted = ids[:, 1:][ids[:, 1:] != 0]  # [word]
    among = torch.arange(len(network.bias), device=ids.device)
    if others:
        drawn = torch.randint(1, len(among), (others,), device=ids.device)
        among, places = torch.unique(torch.cat((wanted, drawn)), return_inverse=True)
        wanted = places[: len(wanted)]
    scores = network(ids[:, :-1], among)[ids[:, 1:] != 0]
    return F.cross_entropy(scores.float(), wanted), len(wanted)


def learn_language(
    classifier: nn.Module,
    splits: dict[str, Examples],
    recipe: Recipe,
    folder: Path,
    *,
    resume: bool = False,
    write: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """`recipe.language` epochs over the text of splits["train"]; the classifier's embedding and cells change in place.

    folder: gets STATE after each epoch, to resume from, where `write`. Raises ValueError for a classifier that is not
    recurrent, and Problem for a state that is damaged or of another recipe.
    """
    if not isinstance(classifier, RecurrentClassifier):
        raise ValueError("only a recurrent classifier, which reads from left to right, can learn to go on with a text")
    on = classifier.embedding.weight.device
    network = NextWord(classifier).to(on)
    optimizer = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, betas=recipe.betas, weight_decay=0.01)
    epoch, step = _resumed(folder / STATE, recipe, network, optimizer, on) if resume else (0, 0)
    texts = splits["train"].columns["text"]
    lengths = np.array([len(text) for text in texts])
    steps = recipe.language * len(groups(lengths, BATCH_WORDS, np.random.default_rng(recipe.seed)))
    while epoch < recipe.language:
        epoch += 1
        random = np.random.default_rng((recipe.seed, epoch))
        torch.manual_seed(recipe.seed * 1000 + epoch)
        network.train()
        total = count = 0.0
        for group in groups(lengths, BATCH_WORDS, random):
            step += 1
            for part in optimizer.param_groups:
                part["lr"] = PEAK_RATE * rate_at(min(step / steps, 1.0), WARMUP, FINAL_RATE)
            with torch.autocast(on.type, torch.bfloat16):
                loss, number = surprise(network, _begun([texts[one] for one in group]).to(on), OTHERS)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
            optimizer.step()
            total += float(loss.detach()) * number
            count += number
        say(f"language {epoch}  train_loss {total / count:.4f}  dev_loss {dev_surprise(network, splits['dev']):.4f}")
        state: dict[str, Any] = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
        if write:
            save_state(folder / STATE, state | {"epoch": epoch, "step": step, "of": _of(recipe)})


@torch.inference_mode()
def dev_surprise(network: NextWord, examples: Examples) -> float:
    """Mean nats of a next word over a split, the whole vocabulary competing."""
    network.eval()
    texts, total, count = examples.columns["text"], 0.0, 0
    for group in groups(np.array([len(text) for text in texts]), BATCH_WORDS, None):
        loss, number = surprise(network, _begun([texts[one] for one in group]).to(network.bias.device), 0)
        total, count = total + float(loss) * number, count + number
    return total / count


def _begun(texts: list[Ids]) -> Tensor:
    """[text, 1 + longest]: the first word is to be said as well, so that something stands before it."""
    return padded([np.concatenate(([UNKNOWN], text)) for text in texts])


def _of(recipe: Recipe) -> str:
    """What a state must agree with to go on from it."""
    return repr((recipe.name, recipe.seed, recipe.language, recipe.sizes, recipe.vectors, recipe.at_least))


def _resumed(
    path: Path, recipe: Recipe, network: nn.Module, optimizer: torch.optim.Optimizer, on: torch.device
) -> tuple[int, int]:
    """-> epochs and steps that are done."""
    if not path.exists():
        return 0, 0
    state = load_state(path, on)
    if state["of"] != _of(recipe):
        raise Problem("recipe_changed", name=recipe.name, folder=str(path.parent))
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"], state["step"]
