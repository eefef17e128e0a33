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


def loss_of(
    network: nn.Module, batch: TextBatch | PairBatch, smoothing: float, temperature: float = 0.0
) -> tuple[Tensor, int, Tensor]:
    """(mean loss, number of labels or tokens it is a mean of, how many of them were right).

    temperature: learn from the teacher's answers where the batch has some, softened by it; 0: from the labels.
    """
    if isinstance(batch, TextBatch):
        logits, wanted = network(batch.ids, batch.lengths), batch.labels
        if temperature and batch.answers is not None:
            right = (logits.argmax(-1) == wanted).sum()
            return distance(logits, batch.answers, temperature), len(wanted), right
    else:
        decoded = network(batch.source, batch.target[:, :-1])
        wanted = batch.target[:, 1:].flatten()
        logits = decoded.logits.flatten(0, 1)
        logits, wanted = logits[wanted != 0], wanted[wanted != 0]
    loss = F.cross_entropy(logits.float(), wanted, label_smoothing=smoothing)
    return loss, len(wanted), (logits.argmax(-1) == wanted).sum()


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
        loss, number, correct = loss_of(network, batch.to(device), smoothing=0.0)
        loss_sum += float(loss) * number
        right += float(correct)
        count += number
    return DevScore(loss_sum / count, right / count)
