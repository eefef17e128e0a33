"""What a classifier's answer on a text rests on, asked in several ways; each answer becomes a record.

The probes answer in tensors (seqdemo.probes); here a text goes in and words and numbers come out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.checkpoint import Checkpoint
from seqdemo.classifying import Reading, array_of, as_batch, network_of, numbered_for, require_label
from seqdemo.evidence import (
    AttentionExplanationRecord,
    AttentionTrial,
    ErasureCurve,
    FaithfulnessRecord,
    RankCorrelation,
)
from seqdemo.models.recurrent_classifier import RecurrentClassifier
from seqdemo.probes import attention_explanation as questions
from seqdemo.probes.attribution import METHODS, RIVER, RIVER_WORDS, ends, of_words
from seqdemo.probes.faithfulness import (
    RANDOM,
    SHARES,
    Erased,
    comprehensiveness,
    erase,
    orders_of,
    random_orders,
    sufficiency,
    word_scores,
)
from seqdemo.probes.pieces import summed
from seqdemo.probes.verdicts import FAR, about_seed, about_text, about_texts
from seqdemo.problems import Problem
from seqdemo.records import AttributionRecord, Notice, Source


class Asked(NamedTuple):
    """A text numbered for one model, and the class to ask about. ids: [piece]; counts: [word], pieces of each word."""

    ids: Tensor
    counts: Tensor
    label: int
    notices: tuple[Notice, ...]


def ask(reading: Reading, opened: Checkpoint, label: str | None = None) -> Asked:
    """label: a class of the task; None: the one that the model answers. Raises Problem."""
    labels = opened.config.labels
    require_label(opened, label)
    numbered = numbered_for(reading, opened)
    ids, lengths = as_batch(numbered.ids, opened.network)
    with torch.no_grad():
        answered = int(opened.network(ids, lengths)[0].argmax())
    number = answered if label is None else labels.index(label)
    return Asked(ids[0], numbered.counts, number, numbered.notices)


def require_method(opened: Checkpoint, method: str) -> None:
    """Raises Problem for a way to ask that the model has not."""
    known = methods_of(opened)
    if method not in known:
        raise Problem("unknown_method", method=method[:40], model=opened.config.model, known=", ".join(known))


def require_pooling(opened: Checkpoint, known: tuple[str, ...]) -> None:
    """Raises Problem for a model whose answer is no weighted mean. known: those of the task whose answer is one."""
    if opened.config.model not in known:
        raise Problem("no_pooling", model=opened.config.model, known=", ".join(known) or "-")


def methods_of(opened: Checkpoint) -> tuple[str, ...]:
    """The ways to ask a model which words its answer rests on."""
    return (*METHODS, *((RIVER, RIVER_WORDS) if isinstance(opened.network, RecurrentClassifier) else ()))


def explained(
    reading: Reading, opened: Checkpoint, source: Source, method: str, label: str | None
) -> AttributionRecord:
    """How much the score of a class rests on each word. Raises Problem for a method that the model has not."""
    require_method(opened, method)
    asked, network = ask(reading, opened, label), network_of(opened)
    found = of_words(method, network, asked.ids, asked.label, pieces=asked.counts)
    return AttributionRecord(
        text=reading.text,
        task=reading.task,
        method=method,
        label=opened.config.labels[asked.label],
        words=reading.words,
        values=array_of(found.words),
        score=found.score,
        baseline=found.baseline,
        source=source,
        notices=asked.notices,
    )


def faithfulness_of(reading: Reading, opened: Checkpoint, source: Source, label: str | None) -> FaithfulnessRecord:
    """Every explanation that the model has, put to the test on one text, beside words in a random order."""
    asked, network = ask(reading, opened, label), network_of(opened)
    scores = word_scores(network, asked.ids, asked.label, pieces=asked.counts)
    time = len(reading.words)
    orders = torch.cat((orders_of(torch.stack(list(scores.values()))).cpu(), random_orders(time)))
    found = erase(network, asked.ids, asked.label, orders, range(time + 1), pieces=asked.counts)
    rows = {name: slice(number, number + 1) for number, name in enumerate(scores)}
    rows[RANDOM] = slice(len(scores), None)
    measured = opened.scores.get("probes", {})
    means = measured.get("faithfulness", {}).get("methods", {})
    given = {**scores, RANDOM: torch.empty(0)}
    curves = [
        _curve(name, Erased(found.deletion[chosen], found.insertion[chosen]), orders[chosen], given[name], means)
        for name, chosen in rows.items()
    ]
    score, baseline = ends(network, network.embedding(asked.ids[None]), asked.label)
    return FaithfulnessRecord(
        text=reading.text,
        task=reading.task,
        label=opened.config.labels[asked.label],
        words=reading.words,
        probability=float(found.deletion[0, 0]),
        score=score,
        baseline=baseline,
        shares=SHARES,
        texts=int(measured["n"]) if means else 0,
        curves=tuple(curves),
        source=source,
        notices=asked.notices,
    )


def _curve(method: str, found: Erased, orders: Tensor, values: Tensor, means: dict[str, Any]) -> ErasureCurve:
    """The mean over the orders of a method, and how far they spread. values: [word]; means: of the card, by method."""
    over_texts = means.get(method)
    counts = range(orders.shape[1] + 1)
    lost, left = comprehensiveness(found.deletion, counts), sufficiency(found.insertion, counts)
    return ErasureCurve(
        method=method,
        order=() if method == RANDOM else tuple(orders[0].tolist()),
        orders=len(orders),
        deletion=array_of(found.deletion.mean(dim=0)),
        deletion_deviation=array_of(_deviation(found.deletion)),
        insertion=array_of(found.insertion.mean(dim=0)),
        insertion_deviation=array_of(_deviation(found.insertion)),
        comprehensiveness=float(lost.mean()),
        comprehensiveness_deviation=float(_deviation(lost)),
        sufficiency=float(left.mean()),
        sufficiency_deviation=float(_deviation(left)),
        deletion_area=float(found.deletion.mean()),
        insertion_area=float(found.insertion.mean()),
        values=array_of(values),
        over_texts=None if over_texts is None else (over_texts["comprehensiveness"], over_texts["sufficiency"]),
    )


def _deviation(values: Tensor) -> Tensor:
    """[order, ...] -> [...]: the sample standard deviation, as on the cards; 0 for one order."""
    return values.std(dim=0) if len(values) > 1 else torch.zeros_like(values[0])


def attention_explained(
    reading: Reading, opened: Checkpoint, source: Source, known: tuple[str, ...]
) -> AttentionExplanationRecord:
    """Is the model's attention an explanation of its answer? known: models of the task that can be asked."""
    network, config = network_of(opened), opened.config
    require_pooling(opened, known)
    asked = ask(reading, opened)
    if len(reading.words) < 2:
        raise Problem("too_few_words")
    own = questions.own_weights(network, asked.ids)
    tried = questions.try_others(network, asked.ids, own, pieces=asked.counts)
    trials = {name: _trial(name, trial, asked) for name, trial in tried.items()}
    measures = questions.measures_of(network, asked.ids, asked.label, own, pieces=asked.counts)
    taus = {name: questions.kendall(summed(own, asked.counts), values) for name, values in measures.items()}
    measured = opened.scores.get("probes", {})
    corpus: tuple[Notice, ...] = ()
    if "attention" in measured:
        data = f"{source.data.split(' (')[0]}, {measured['split']}"
        corpus = (about_texts(measured["attention"], config.model, data, measured["n"]),)
        corpus += (about_seed(measured["attention"]),) if "seed" in measured["attention"] else ()
    return AttentionExplanationRecord(
        text=reading.text,
        task=reading.task,
        labels=config.labels,
        label=config.labels[asked.label],
        words=reading.words,
        trials=tuple(trials.values()),
        shuffled_changes=array_of(tried["shuffled"].change),
        tolerance=questions.TOLERANCE,
        correlations=tuple(RankCorrelation(name, array_of(values), taus[name]) for name, values in measures.items()),
        verdict=about_text(
            config.model,
            distance=trials["adversarial"].distance,
            far=FAR,
            flips=trials["uniform"].flips,
            tau=taus["leave_one_out"],
        ),
        corpus=corpus,
        source=source,
        notices=asked.notices,
    )


def _trial(name: str, found: questions.Trial, asked: Asked) -> AttentionTrial:
    """Of many weights the ones whose change is the median."""
    middle = int(found.change.argsort()[(len(found.change) - 1) // 2])
    return AttentionTrial(
        name=name,
        weights=array_of(found.weights[middle]),
        probabilities=array_of(found.probabilities[middle]),
        distance=float(found.distance[middle]),
        change=float(found.change[middle]),
        flips=int(found.probabilities[middle].argmax()) != asked.label,
    )
