"""What the probes found, as records: is an explanation faithful, is attention one, what does a unit do?

Plain NumPy and words, like `seqdemo.records`; each refuses nonsense where it is born.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from seqdemo.records import Floats, Notice, RecordError, Source


def beside_chance(gains: Iterable[tuple[float, float]]) -> str:
    """ "better", "partly", "mixed", "worse" or "alike": an explanation beside random orders of the words.

    gains: by how much it is better on each of two figures, and how much of that may be chance. Better: on both.
    Partly: on one, and the other is alike. Mixed: better on one and worse on the other.

    >>> beside_chance([(0.3, 0.1), (0.05, 0.1)]), beside_chance([(0.3, 0.1), (-0.2, 0.1)])
    ('partly', 'mixed')
    """
    marks = [(gain > chance) - (gain < -chance) for gain, chance in gains]
    if 1 in marks and -1 in marks:
        return "mixed"
    if -1 in marks:
        return "worse"
    return ("alike", "partly", "better")[sum(marks)]


@dataclass(frozen=True)
class ErasureCurve:
    """What becomes of a class as words go, or come, in the order of one explanation."""

    method: str  # row of seqdemo.probes.attribution.METHODS, "gradient_river", "attention" or "random"
    order: tuple[int, ...]  # places of the words, the most important first; empty for "random"
    orders: int  # how many orders the values are the mean of: 1, or the number of seeds for "random"
    deletion: Floats  # [time + 1]: probability of the class without the first 0, 1, ... words of the order
    deletion_deviation: Floats  # [time + 1], over the orders; 0 for one order
    insertion: Floats  # [time + 1]: with these words alone, in the order of the text
    insertion_deviation: Floats
    comprehensiveness: float  # how much is lost without the words; high is faithful
    comprehensiveness_deviation: float
    sufficiency: float  # how much is lost with these words alone; low is faithful
    sufficiency_deviation: float
    deletion_area: float  # mean height of the curve; low is faithful
    insertion_area: float  # high is faithful
    values: Floats  # [time]: what the explanation gives each word; [0] for "random"
    over_texts: tuple[float, float] | None  # comprehensiveness, sufficiency: means over the card's texts, if measured


@dataclass(frozen=True)
class FaithfulnessRecord:
    """Do the words that an explanation puts first carry the answer? Every explanation of one text, beside chance."""

    text: str
    task: str
    label: str  # the class asked about
    words: tuple[str, ...]
    probability: float  # of the class, with all words
    score: float  # of the class, before the softmax
    baseline: float  # the same score with every word vector at zero
    shares: tuple[float, ...]  # of the words, over which comprehensiveness and sufficiency are means
    texts: int  # how many texts the card's means are over; 0: not measured
    curves: tuple[ErasureCurve, ...]  # one a method, "random" last
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        steps = (len(self.words) + 1,)
        for curve in self.curves:
            for name in ("deletion", "deletion_deviation", "insertion", "insertion_deviation"):
                _expect(f"{curve.method}.{name}", getattr(curve, name), steps)
            _expect(f"{curve.method}.values", curve.values, (len(self.words) if curve.order else 0,))
            if curve.order and sorted(curve.order) != list(range(len(self.words))):
                raise RecordError(f"{curve.method}.order: {curve.order} came, each place once was expected")

    def curve(self, method: str) -> ErasureCurve:
        return next(curve for curve in self.curves if curve.method == method)


@dataclass(frozen=True)
class AttentionTrial:
    """Other weights in the place of a model's own, and what the model then answers."""

    name: str  # "own", "uniform", "shuffled" or "adversarial"
    weights: Floats  # [time], sum to 1
    probabilities: Floats  # [label]
    distance: float  # Jensen-Shannon divergence from its own weights, natural logarithm: 0 to 0.693
    change: float  # total variation distance from its own answer: 0 to 1
    flips: bool  # whether another class leads


@dataclass(frozen=True)
class RankCorrelation:
    """Does attention put the words in the same order as another measure of their importance?"""

    measure: str  # "gradient" or "leave_one_out"
    values: Floats  # [time], the measure
    tau: float | None  # Kendall's tau-b with the attention weights, -1 to 1; None where there is too little to rank


@dataclass(frozen=True)
class AttentionExplanationRecord:
    """Is attention an explanation? Jain and Wallace's questions put to one text, and the verdict on them."""

    text: str
    task: str
    labels: tuple[str, ...]
    label: str  # the class that the model answers
    words: tuple[str, ...]
    trials: tuple[AttentionTrial, ...]  # own, uniform, shuffled (the median of many), adversarial
    shuffled_changes: Floats  # [shuffle]: the change of every shuffle
    tolerance: float  # how much adversarial weights may change the answer
    correlations: tuple[RankCorrelation, ...]
    verdict: Notice  # key and values of a sentence about this text ("notice.CODE" of the locale files)
    corpus: tuple[Notice, ...]  # sentences about many texts and a second seed, from the card; empty if not measured
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        for trial in self.trials:
            _expect(f"{trial.name}.weights", trial.weights, (len(self.words),))
            _expect(f"{trial.name}.probabilities", trial.probabilities, (len(self.labels),))
            if abs(float(trial.weights.sum()) - 1) > 1e-3:
                raise RecordError(f"{trial.name}.weights: a sum of {float(trial.weights.sum())} came, 1 was expected")
        for one in self.correlations:
            _expect(one.measure, one.values, (len(self.words),))

    def trial(self, name: str) -> AttentionTrial:
        return next(trial for trial in self.trials if trial.name == name)


@dataclass(frozen=True)
class RankedUnit:
    """How well one hidden unit tells two kinds of words or texts apart."""

    unit: int  # counted from 0; the page, the card and `units` on the command line count from 1
    area: float  # under the ROC curve: 0.5 says nothing; 1 is always higher inside, 0 always lower
    separation: float  # the same without a sign: twice the distance from 0.5, from 0 to 1


@dataclass(frozen=True)
class UnitRankingRecord:
    """Which hidden units are selective, and how selective units are by chance."""

    task: str
    asked: str  # the class, or the words, that units were asked to tell from the rest
    by: str  # "label" or "words"
    inside: int  # how many words or texts are of the kind asked about
    outside: int
    units: tuple[RankedUnit, ...]  # the most selective, first
    random: tuple[RankedUnit, ...]  # units drawn at random, as a control
    chance: float  # the highest separation of any unit where the kinds are shuffled; mean of several shuffles
    hidden: int  # how many units there are
    where: str  # which texts were read
    source: Source


@dataclass(frozen=True)
class Context:
    """A sentence in which a unit stood out. place: of the word after which it did; value: of the unit there."""

    words: tuple[str, ...]
    values: Floats  # [time], the unit after each word
    place: int
    value: float
    origin: str  # "own" (written for this project) or "tatoeba" (CC BY 2.0 FR)

    def __post_init__(self) -> None:
        _expect("values", self.values, (len(self.words),))


@dataclass(frozen=True)
class UnitRecord:
    """One hidden unit: its value over a text, where it stands out elsewhere, and what holding it would change."""

    text: str
    task: str
    labels: tuple[str, ...]
    words: tuple[str, ...]
    unit: int  # counted from 0
    hidden: int  # how many units there are
    values: Floats  # [time], -1 to 1
    readout: Floats  # [label]: how much a step of the unit adds to each score
    highest: tuple[Context, ...]
    lowest: tuple[Context, ...]
    track: Floats  # [time, label]: class probabilities after each word
    held: float | None  # the value it is held at after every word; None: not held
    held_track: Floats | None  # the same as `track`, with the unit held
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        _expect("values", self.values, (len(self.words),))
        _expect("readout", self.readout, (len(self.labels),))
        _expect("track", self.track, (len(self.words), len(self.labels)))
        if (self.held is None) != (self.held_track is None):
            raise RecordError("held_track: there must be one where a unit is held, and only there")
        if self.held_track is not None:
            _expect("held_track", self.held_track, (len(self.words), len(self.labels)))


def _expect(name: str, array: Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise RecordError(f"{name}: shape {array.shape} came, {shape} was expected")
    if not bool(np.isfinite(array).all()):
        raise RecordError(f"{name}: not all are finite")


@dataclass(frozen=True)
class SumAsked:
    """Which number of the page is to be done again. Places count from 0; what its sort does not use is empty."""

    checkpoint: str
    sort: str  # "attention", "gate", "class" or "token"
    text: str
    beam: int = 5  # of a translation
    kind: str = ""  # attention: one of records.KINDS
    measure: str = "raw"  # attention: "raw", "rollout" or "norms"
    heads: tuple[tuple[int, int], ...] = ()  # attention: (layer, head); several: their mean
    rows: tuple[int, ...] = ()  # attention: the query's tokens, several where sub-words are merged into a word
    columns: tuple[int, ...] = ()  # attention: the key's tokens
    gate: str = ""  # gate: its name
    step: int = 0  # gate, class, token: the word, or the step of the decoder
    unit: int | None = None  # gate: a hidden unit; None: the mean over all
    label: int = 0  # class: its number
    token: str = ""  # token: as the page shows it


@dataclass(frozen=True)
class SumRecord:
    """A number of the page as a sum that anybody can do again."""

    value: float
    lines: tuple[
        tuple[str, str], ...
    ]  # (what is done, a key "sum.line.KEY" of the locale files; the formula with its numbers)
    snippet: str  # Python, at most six lines, that prints the value
    brick: str  # row of seqdemo.sums.bricks.BRICKS
