"""What one run shows: the words that went in and the numbers that came out. Start reading here.

A *run* is one forward pass; a *record* is what we show of it. Records are plain NumPy and
words: they know nothing of torch, Gradio or Plotly, so that a page, a test, a file and a
notebook can all hold the same one. A record refuses nonsense where it is born: a 4x4 grid
with five words cannot be made.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class RecordError(ValueError):
    """A record that would contradict itself: names the field, what came and what was expected."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise RecordError(message)


def _shape(name: str, array: Floats, expected: tuple[int, ...]) -> None:
    _require(array.shape == expected, f"{name}: shape {array.shape} came, {expected} was expected")


def _distributions(name: str, array: Floats) -> None:
    """Each last axis must be a probability distribution (to 1e-3, so float16 files pass)."""
    if array.size:
        _require(bool(np.isfinite(array).all() and (array >= -1e-6).all()), f"{name}: not all are finite and >= 0")
        worst = float(np.abs(array.sum(axis=-1) - 1).max())
        _require(worst < 1e-3, f"{name}: each row must sum to 1; one is off by {worst:.2g}")


@dataclass(frozen=True)
class Aligner:
    """The head of cross-attention that agrees best with word alignments drawn by people (scoring/alignment.py)."""

    layer: int  # counted from 1
    head: int
    step: str  # the row of a word: "output", the step that writes it, or "input", the next one, which reads it
    weighting: str  # "raw", or "norm": times the length of what is read
    error_rate: float  # AER on sentences that did not choose it: 0 as people did, 1 nothing in common
    sentences: int  # compared, those that chose it included

    def __post_init__(self) -> None:
        _require(min(self.layer, self.head, self.sentences) >= 1, f"aligner: counts begin at 1; {self} came")
        _require(self.step in ("output", "input") and self.weighting in ("raw", "norm"), f"aligner: {self} came")
        _require(0 <= self.error_rate <= 1, f"aligner: error_rate is from 0 to 1; {self.error_rate} came")


@dataclass(frozen=True)
class Source:
    """Which checkpoint computed the numbers: the provenance that every panel shows."""

    checkpoint: str  # folder name, e.g. "sentiment-en-lstm"
    model: str  # key of the model table, e.g. "lstm"
    parameters: int
    sha256: str  # of model.safetensors
    seed: int
    data: str  # what it was trained on
    device: str  # where this run was computed, e.g. "cpu"
    scores: dict[str, str] = field(default_factory=dict)  # test set -> score with its unit, from the card
    aligner: Aligner | None = None  # None: no cross-attention, or never compared with people


@dataclass(frozen=True)
class Notice:
    """Something the visitor should know about the input: a key of the locale files and its values."""

    code: str
    values: dict[str, str | int] = field(default_factory=dict)


KINDS = ("encoder_self", "decoder_self", "cross", "pooling")  # pooling: row t is what the verdict after word t rests on


@dataclass(frozen=True)
class AttentionGrid:
    """Every head of every layer of one kind of attention. Rows are queries, columns are keys."""

    kind: str  # one of KINDS
    queries: tuple[str, ...]  # one token a row, as the model reads or writes it
    keys: tuple[str, ...]  # one token a column
    weights: Floats  # [layer, head, query, key], after the softmax
    lengths: Floats | None = None  # [layer, head, key]: of what each key writes (probes/norms.py); None: not defined

    def __post_init__(self) -> None:
        if self.lengths is not None:
            _shape("lengths", self.lengths, (*self.weights.shape[:2], len(self.keys)))
            _require(bool((self.lengths >= 0).all()), "lengths: one is below 0")
        _require(self.kind in KINDS, f"kind: {self.kind!r} came, one of {KINDS} was expected")
        _require(self.weights.ndim == 4, f"weights: {self.weights.ndim} axes came, 4 were expected")
        _shape("weights", self.weights, (*self.weights.shape[:2], len(self.queries), len(self.keys)))
        _distributions("weights", self.weights)

    @property
    def layers(self) -> int:
        return int(self.weights.shape[0])

    @property
    def heads(self) -> int:
        return int(self.weights.shape[1])


@dataclass(frozen=True)
class Gate:
    """One gate (or the cell, or the candidate) of a recurrent layer, over the words."""

    name: str  # "input_gate", "forget_gate", "output_gate", "reset_gate", "update_gate", "candidate", "cell", "hidden"
    values: Floats  # [time, hidden]
    lowest: float  # the smallest value this gate can take; 0 for a sigmoid, -1 for a tanh
    highest: float

    def __post_init__(self) -> None:
        _require(self.values.ndim == 2, f"{self.name}: {self.values.ndim} axes came, 2 were expected")
        _require(self.lowest < self.highest, f"{self.name}: lowest {self.lowest} is not below highest {self.highest}")
        _require(bool(np.isfinite(self.values).all()), f"{self.name}: not all values are finite")


@dataclass(frozen=True)
class Trajectory:
    """The hidden state after each word, seen in the plane of a PCA fitted on the training corpus."""

    points: Floats  # [time, 2]
    explained: Floats  # [2], share of the corpus variance that each axis explains
    readout: Floats  # [2], unit-length direction in which the class in focus gains
    cloud: Floats  # [sample, 2], states of the training corpus, for the background
    cloud_probability: Floats  # [sample], probability of the class in focus at each of them
    correlation: float  # over the cloud, of its first coordinate with the log-odds of the class in focus: -1 to 1

    def __post_init__(self) -> None:
        _require(-1 <= self.correlation <= 1, f"correlation: {self.correlation} came, -1 to 1 was expected")
        _shape("points", self.points, (len(self.points), 2))
        _shape("explained", self.explained, (2,))
        _shape("readout", self.readout, (2,))
        _shape("cloud", self.cloud, (len(self.cloud), 2))
        _shape("cloud_probability", self.cloud_probability, (len(self.cloud),))
        _require(0 <= float(self.explained.sum()) <= 1 + 1e-4, "explained: shares of variance must lie between 0 and 1")

    @cached_property
    def reach(self) -> Floats:
        """[2, 2]: lower and upper corner of nine tenths of the cloud; of all of the path where there is no cloud."""
        if not len(self.cloud):
            return np.stack([self.points.min(axis=0), self.points.max(axis=0)])
        reach: Floats = np.quantile(self.cloud, (0.05, 0.95), axis=0)
        return reach


@dataclass(frozen=True)
class ClassificationRecord:
    """One text read by one classifier.

    What stands after word t is what the model says of the first t of `words`: the whole text's words, as it was cut.
    Chinese that ends there may be cut into other words when it is typed alone, and then be read otherwise.
    """

    text: str
    task: str  # e.g. "sentiment-en"
    labels: tuple[str, ...]  # e.g. ("negative", "positive")
    words: tuple[str, ...]  # what was typed, cut into words
    tokens: tuple[str, ...]  # what the model read: lower-cased, <unk> where it does not know the word
    track: Floats  # [time, label]: the class probabilities after each word, of `words` as they stand
    trajectory: Trajectory
    gates: tuple[Gate, ...]  # empty for a model without gates
    attention: AttentionGrid | None  # None for a model without attention
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        time = len(self.words)
        _require(time > 0, "words: a record needs at least one word")
        _require(len(self.tokens) == time, f"tokens: {len(self.tokens)} came for {time} words")
        _shape("track", self.track, (time, len(self.labels)))
        _distributions("track", self.track)
        _shape("trajectory.points", self.trajectory.points, (time, 2))
        for gate in self.gates:
            _require(len(gate.values) == time, f"{gate.name}: {len(gate.values)} steps came for {time} words")
        if self.attention is not None:
            _require(
                self.attention.kind in ("encoder_self", "pooling"), f"attention: kind {self.attention.kind!r} came"
            )
            _shape("attention.weights", self.attention.weights, (*self.attention.weights.shape[:2], time, time))

    @property
    def probabilities(self) -> Floats:
        """[label]: the verdict after the last word."""
        last: Floats = self.track[-1]
        return last

    @property
    def focus(self) -> int:
        """Number of the class that a single line or colour stands for."""
        return focus_of(self.track[-1:])

    @property
    def label(self) -> str:
        return self.labels[int(self.probabilities.argmax())]

    @property
    def probability(self) -> float:
        return float(self.probabilities.max())

    @property
    def flips(self) -> tuple[int, ...]:
        """Places of the words that turned the answer: after them another class leads than after the word before."""
        leading = self.track.argmax(axis=1)
        return tuple(int(place) for place in np.flatnonzero(leading[1:] != leading[:-1]) + 1)


def focus_of(verdicts: Floats) -> int:
    """Number of the class to draw where there is room for one: of two classes the last, of more the likeliest.

    verdicts: [model, label], final probabilities. Of two classes it is always the same, so that up stays up.
    """
    return 1 if verdicts.shape[-1] == 2 else int(verdicts.mean(axis=0).argmax())


COMPLETE = "integrated_gradients"  # the method whose words add up to score - baseline


@dataclass(frozen=True)
class AttributionRecord:
    """How much the score of a class rests on each word, by one method."""

    text: str
    task: str
    method: str  # row of seqdemo.probes.attribution.METHODS, "gradient_river" or "gradient_river_words"
    label: str  # the class asked about
    words: tuple[str, ...]
    values: Floats  # [time]; above 0: the word speaks for the class. The rivers: length of d score / d h_t or d x_t
    score: float  # of the class, before the softmax; the rivers: over the mean of all classes
    baseline: float  # the same score with every word vector at zero
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        _shape("values", self.values, (len(self.words),))
        _require(bool(np.isfinite(self.values).all()), "values: not all are finite")

    @property
    def gap(self) -> float:
        """What the words leave unexplained of score - baseline; integrated gradients should leave next to nothing."""
        return self.score - self.baseline - float(self.values.sum())


@dataclass(frozen=True)
class Candidate:
    """A token that could have been written at a step."""

    token: str
    probability: float


@dataclass(frozen=True)
class DecodingStep:
    """One step of the decoder: what was written and what else it considered."""

    token: str
    probability: float
    candidates: tuple[Candidate, ...]  # most probable first


@dataclass(frozen=True)
class Alternative:
    """One of the whole translations that a search found."""

    translation: str
    log_probability: float  # natural logarithm, end mark included
    score: float  # log_probability divided by the number of tokens: what the search ranks by


FATES = ("kept", "ended", "pruned")


@dataclass(frozen=True)
class BeamMember:
    """One beginning of a translation that a search considered at one step."""

    token: str  # the newest token
    parent: int  # which of the members kept at the step before it continues; 0 at the first step
    log_probability: float  # of everything from the start to this token
    fate: str  # one of FATES: continued, a whole translation, or given up

    def __post_init__(self) -> None:
        _require(self.fate in FATES, f"fate: {self.fate!r} came, one of {FATES} was expected")


def _family(steps: tuple[tuple[BeamMember, ...], ...]) -> None:
    """Each member continues one that was kept at the step before."""
    kept = 1  # the start mark
    for number, step in enumerate(steps):
        stray = [member.parent for member in step if not 0 <= member.parent < kept]
        _require(not stray, f"tree: step {number} names parents {stray}, but {kept} were kept before it")
        kept = sum(member.fate == "kept" for member in step)


@dataclass(frozen=True)
class TranslationRecord:
    """One sentence translated by one translator, with no target supplied."""

    text: str
    pair: str  # e.g. "en-de"
    beam: int
    translation: str
    source_tokens: tuple[str, ...]  # sub-words as the encoder reads them, end mark included
    input_tokens: tuple[str, ...]  # sub-words as the decoder reads them: start mark, then its own output
    output_tokens: tuple[str, ...]  # sub-words as the decoder writes them, end mark included
    steps: tuple[DecodingStep, ...]  # one for each output token
    log_probability: float  # of the whole translation, natural logarithm, end mark included
    attention: tuple[AttentionGrid, ...]  # encoder_self, decoder_self, cross, as far as the model has them
    source: Source
    notices: tuple[Notice, ...] = ()
    prefix: str = ""  # what the translation was made to begin with
    alternatives: tuple[Alternative, ...] = ()  # the best translations that were found, as many as asked for
    tree: tuple[tuple[BeamMember, ...], ...] = ()  # who was considered at each step of the search, best first

    def __post_init__(self) -> None:
        steps = len(self.output_tokens)
        _family(self.tree)
        _require(len(self.input_tokens) == steps, f"input_tokens: {len(self.input_tokens)} came for {steps} steps")
        _require(len(self.steps) == steps, f"steps: {len(self.steps)} came for {steps} output tokens")
        kinds = [grid.kind for grid in self.attention]
        _require(len(set(kinds)) == len(kinds), f"attention: each kind once; {kinds} came")
        for grid in self.attention:
            expected = {
                "encoder_self": (self.source_tokens, self.source_tokens),
                "decoder_self": (self.output_tokens, self.input_tokens),
                "cross": (self.output_tokens, self.source_tokens),
            }[grid.kind]
            _require((grid.queries, grid.keys) == expected, f"{grid.kind}: rows or columns are not the record's tokens")

    def grid(self, kind: str) -> AttentionGrid | None:
        return next((grid for grid in self.attention if grid.kind == kind), None)


@dataclass(frozen=True)
class PassageRecord:
    """A text of one sentence or more, each translated by itself, all in one batch."""

    text: str
    pair: str
    sentences: tuple[TranslationRecord, ...]
    between: str  # what stands between two sentences of the translation: a space, or nothing in Chinese
    notices: tuple[Notice, ...] = ()  # on the text as a whole

    def __post_init__(self) -> None:
        _require(bool(self.sentences), "sentences: a text has at least one")
        strays = {record.pair for record in self.sentences} - {self.pair}
        _require(not strays, f"sentences: pairs {sorted(strays)} came, {self.pair} was expected")

    @property
    def translation(self) -> str:
        return self.between.join(record.translation for record in self.sentences)

    @property
    def all_notices(self) -> tuple[Notice, ...]:
        """On the text, then on each of its sentences."""
        return (*self.notices, *(notice for record in self.sentences for notice in record.notices))


@dataclass(frozen=True)
class ScoreRecord:
    """What a translator thinks of a given translation: how probable each token is after the ones before it."""

    text: str
    pair: str
    translation: str
    source_tokens: tuple[str, ...]  # end mark included
    output_tokens: tuple[str, ...]  # end mark included
    log_probabilities: Floats  # [output token], natural logarithm
    ranks: tuple[int, ...]  # how many tokens it found more probable there; 0: it would have written this one
    preferred: tuple[str, ...]  # the token that it found most probable
    source: Source
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        steps = len(self.output_tokens)
        _shape("log_probabilities", self.log_probabilities, (steps,))
        _require(bool((self.log_probabilities <= 1e-6).all()), "log_probabilities: none is above 0")
        _require(len(self.ranks) == len(self.preferred) == steps, f"ranks, preferred: one for each of {steps} tokens")

    @property
    def log_probability(self) -> float:
        """Of the whole translation, end mark included."""
        return float(self.log_probabilities.sum())

    @property
    def score(self) -> float:
        """Per token: what a search ranks by."""
        return self.log_probability / len(self.output_tokens)


def numbered(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The same tokens, each unlike the others: a second "the" becomes "the (2)".

    Plotly draws two equal category labels as one row; numbering keeps every row.

    >>> numbered(("the", "cat", "the"))
    ('the', 'cat', 'the (2)')
    """
    seen: dict[str, int] = {}
    taken: set[str] = set()
    result = []
    for token in tokens:
        seen[token] = seen.get(token, 0) + 1
        name = token if seen[token] == 1 else f"{token} ({seen[token]})"
        while name in taken:
            seen[token] += 1
            name = f"{token} ({seen[token]})"
        taken.add(name)
        result.append(name)
    return tuple(result)


def packed(array: Floats, dtype: str = "float16") -> dict[str, Any]:
    """An array as JSON carries it cheaply: {"dtype", "shape", "base64"}, little-endian, C order."""
    data = np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<"))
    return {"dtype": dtype, "shape": list(array.shape), "base64": base64.b64encode(data.tobytes()).decode("ascii")}


def unpacked(value: dict[str, Any]) -> Floats:
    """The array that `packed` made, as float32."""
    data = np.frombuffer(base64.b64decode(value["base64"]), dtype=np.dtype(value["dtype"]).newbyteorder("<"))
    return data.reshape(value["shape"]).astype(np.float32)


def to_json(record: Any) -> Any:
    """A record as plain JSON: dataclasses to objects, tuples to lists, arrays packed as float32."""
    if is_dataclass(record) and not isinstance(record, type):
        return {item.name: to_json(getattr(record, item.name)) for item in fields(record)}
    if isinstance(record, np.ndarray):
        return packed(record, "float32")
    if isinstance(record, np.generic):  # a single number that came out of an array
        return record.item()
    if isinstance(record, dict):
        return {key: to_json(value) for key, value in record.items()}
    if isinstance(record, list | tuple):
        return [to_json(item) for item in record]
    return record
