"""What a network is trained to make small, and how well it does on the dev part."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seqdemo.training.batches import PairBatch, TextBatch, pair_batches, text_batches
from seqdemo.training.prepared import Examples
from seqdemo.training.recipes import Recipe


class DevScore(NamedTuple):
    """The accuracy chooses the epoch that is kept.

    loss: nats a label or a target token, without smoothing; accuracy: share of them predicted right.
    """

    loss: float
    accuracy: float


class Judged(NamedTuple):
    """What a network makes of a batch."""

    loss: Tensor  # nats, a mean over the labels or target tokens
    logits: Tensor  # [label or token, class]
    wanted: Tensor  # [label or token]: the right class

    @property
    def number(self) -> int:
        """Of labels or target tokens."""
        return len(self.wanted)

    @property
    def right(self) -> Tensor:
        """How many of them were predicted; counted when asked for, since training never asks."""
        return (self.logits.argmax(-1) == self.wanted).sum()


def loss_of(network: nn.Module, batch: TextBatch | PairBatch, smoothing: float, temperature: float = 0.0) -> Judged:
    """The loss of a batch, and what it was computed from.

    temperature: learn from the teacher's answers where the batch has some, softened by it; 0: from the labels.
    """
    if isinstance(batch, TextBatch):
        logits, wanted = network(batch.ids, batch.lengths), batch.labels
        if temperature and batch.answers is not None:
            return Judged(distance(logits, batch.answers, temperature), logits, wanted)
    else:
        decoded = network(batch.source, batch.target[:, :-1])
        wanted = batch.target[:, 1:].flatten()
        logits = decoded.logits.flatten(0, 1)
        logits, wanted = logits[wanted != 0], wanted[wanted != 0]
    return Judged(F.cross_entropy(logits.float(), wanted, label_smoothing=smoothing), logits, wanted)


def distance(logits: Tensor, answers: Tensor, temperature: float) -> Tensor:
    """How far a student's logits [batch, label] are from a teacher's: Hinton et al. 2015, section 2.

    The divergence of the softened probabilities, times the squared temperature so that gradients keep their size.
    """
    student, teacher = (part.float() / temperature for part in (logits, answers))
    return F.kl_div(student.log_softmax(-1), teacher.log_softmax(-1), log_target=True, reduction="batchmean") * (
        temperature**2
    )


def batches_of(recipe: Recipe, examples: Examples, random: Any = None) -> Any:
    """Training batches in random order, or dev batches in order of length (random=None)."""
    if recipe.kind == "classifier":
        return text_batches(examples, recipe.batch_tokens, random, recipe.word_dropout)
    return pair_batches(examples, recipe.batch_tokens, random)


@torch.inference_mode()
def dev_score(recipe: Recipe, network: nn.Module, examples: Examples, device: torch.device) -> DevScore:
    """Loss and accuracy over the whole dev part, with the network in evaluation mode."""
    network.eval()
    loss_sum = right = count = 0.0
    for batch in batches_of(recipe, examples):
        judged = loss_of(network, batch.to(device), smoothing=0.0)
        loss_sum += float(judged.loss) * judged.number
        right += float(judged.right)
        count += judged.number
    return DevScore(loss_sum / count, right / count)
