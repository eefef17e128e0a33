"""Read first, judge later: a classifier first learns to say which word is missing in its own training text.

A label says one thing about a whole review, a missing word says something about every word. What the network learns
from it is where the training for labels begins. One that reads from left to right says which word comes next: Dai and
Le 2015, "Semi-supervised Sequence Learning", section 2. One that sees all words at once says which ones were hidden
from it behind <unk>: Devlin et al. 2019, "BERT", section 3.1, task 1. The scores of the words come from the word
vectors themselves (Press and Wolf 2017, "Using the Output Embedding", section 3). So that an epoch takes a quarter of
the time, a batch's words compete with each other and with `OTHERS` drawn at random, not with the whole vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.problems import Problem
from seqdemo.text.vocabulary import UNKNOWN
from seqdemo.training.batches import groups, padded
from seqdemo.training.prepared import Examples, Ids
from seqdemo.training.rates import rate_at
from seqdemo.training.recipes import Recipe
from seqdemo.training.states import load_state, save_state

BATCH_WORDS, OTHERS = 3000, 1000
HIDDEN = 0.2  # of the words
PEAK_RATE, WARMUP, FINAL_RATE = 2e-3, 0.05, 0.05
SPREAD = 4.0  # of a score at first, about: word vectors begin small
STATE = "language.pt"


class Asked(NamedTuple):
    """Texts with words missing."""

    ids: Tensor  # [text, time], padded with 0
    lengths: Tensor  # [text]
    places: Tensor  # [text, time]: where a word is to be said
    wanted: Tensor  # [word]: which, in order


def go_on(texts: Sequence[Ids]) -> Asked:
    """What comes next, after each word and before the first."""
    begun = padded([np.concatenate(([UNKNOWN], text)) for text in texts])
    ids, follows = begun[:, :-1], begun[:, 1:]
    return Asked(ids, (follows != 0).sum(dim=1), follows != 0, follows[follows != 0])


def fill_in(texts: Sequence[Ids], random: torch.Generator | None = None) -> Asked:
    """Which words stood where now <unk> does: `HIDDEN` of them, at least one. random: None for torch's own."""
    ids = padded(list(texts))
    lengths = (ids != 0).sum(dim=1)
    drawn = torch.rand(ids.shape, generator=random).masked_fill(ids == 0, 2.0)
    places = (drawn < HIDDEN) | (drawn == drawn.min(dim=1, keepdim=True).values)
    return Asked(ids.masked_fill(places, UNKNOWN), lengths, places, ids[places])


class WordGuesser(nn.Module):
    """A classifier's way to its states, and what makes scores of words from them."""

    def __init__(self, classifier: Any) -> None:
        super().__init__()
        self.classifier = classifier
        self.goes_on = isinstance(classifier, RecurrentClassifier)  # from left to right
        words, width = classifier.embedding.weight.shape
        self.projection = nn.Linear(classifier.readout.in_features, width)
        self.bias = nn.Parameter(torch.zeros(words))

    def ask(self, texts: Sequence[Ids], random: torch.Generator | None = None) -> Asked:
        """The question that suits the way it reads."""
        return go_on(texts) if self.goes_on else fill_in(texts, random)

    def forward(self, ids: Tensor, lengths: Tensor, places: Tensor, among: Tensor) -> Tensor:
        """among: [word], the words that compete -> scores of those that are missing, [place, word]."""
        classifier = self.classifier
        vectors = classifier.embedding(ids)
        if self.goes_on:
            states = classifier.recurrent.fused(classifier.dropout(vectors))
        else:
            read = classifier.word_states if isinstance(classifier, AttentionClassifier) else classifier.states
            states = read(vectors, lengths)
        guessed = self.projection(classifier.dropout(states[places]))
        scores: Tensor = SPREAD * guessed @ classifier.embedding.weight[among].T + self.bias[among]
        return scores


def surprise(network: WordGuesser, asked: Asked, others: int) -> tuple[Tensor, int]:
    """-> mean nats of a missing word, number of them.

    others: how many words drawn at random compete with those that are missing; 0: the whole vocabulary competes.
    """
    on = network.bias.device
    ids, lengths, places, wanted = (part.to(on) for part in asked)
    among = torch.arange(len(network.bias), device=on)
    if others:
        drawn = torch.randint(1, len(among), (others,), device=on)
        among, found = torch.unique(torch.cat((wanted, drawn)), return_inverse=True)
        wanted = found[: len(wanted)]
    return F.cross_entropy(network(ids, lengths, places, among).float(), wanted), len(wanted)


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
    """`recipe.language` epochs over the text of splits["train"]; all but the read-out changes in place.

    folder: gets STATE after each epoch, to resume from, where `write`. Raises Problem for a state that is damaged or of
    another recipe.
    """
    network = WordGuesser(classifier)
    on = network.classifier.embedding.weight.device
    network.to(on)
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
                loss, number = surprise(network, network.ask([texts[one] for one in group]), OTHERS)
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
def dev_surprise(network: WordGuesser, examples: Examples) -> float:
    """Mean nats of a missing word over a split, the whole vocabulary competing; the same words each time."""
    network.eval()
    random = torch.Generator().manual_seed(1)
    texts, total, count = examples.columns["text"], 0.0, 0
    for group in groups(np.array([len(text) for text in texts]), BATCH_WORDS, None):
        loss, number = surprise(network, network.ask([texts[one] for one in group], random), 0)
        total, count = total + float(loss) * number, count + number
    return total / count


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
