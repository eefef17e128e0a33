"""The recurrent translator: one GRU reads the sentence in both directions, another writes it in the other language.

With attention, the writer looks back at every state of the reader before each word: Bahdanau et al. 2015, sections 3.1
and 3.2, appendix A.2. Without, all it ever gets is one vector for the whole sentence: Cho et al. 2014, section 2.2,
Sutskever et al. 2014. Everything else is the same, so what differs between the two is what attention does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from seqdemo.layers.additive_attention import AdditiveAttention, AdditiveMemory
from seqdemo.layers.attended import Attended
from seqdemo.layers.dropout import Dropout
from seqdemo.layers.gru import GRU, GRUStep
from seqdemo.models.bilstm_attention import backwards
from seqdemo.models.edits import TranslatorEdits

PAD = 0


@dataclass(frozen=True)
class RecurrentTranslatorConfig:
    """The sizes of a recurrent encoder-decoder, and whether it has attention."""

    attention: bool
    vocabulary: int  # sub-words, special tokens included
    embedding: int = 256  # width of a sub-word vector
    hidden: int = 256  # width of a state, of one direction in the encoder
    dropout: float = 0.3  # on sub-word vectors, on the source's states and before the scores


class RecurrentEncoded(NamedTuple):
    """The source, read in both directions."""

    states: Tensor  # [batch, source, 2 * hidden]: left to right, then right to left
    mask: Tensor  # [batch, 1, source], True at real tokens
    summary: Tensor  # [batch, 2 * hidden]: where each direction ended
    self_weights: tuple[Tensor, ...] = ()  # a recurrent reader looks at nothing


class RecurrentDecoded(NamedTuple):
    """Every step of a given target (teacher forcing)."""

    logits: Tensor  # [batch, target, vocab]
    states: Tensor  # [batch, target, hidden]
    self_weights: tuple[Tensor, ...]  # none
    cross_weights: tuple[Tensor, ...]  # one layer, [batch, 1, target, source]; none without attention


class RecurrentState(NamedTuple):
    """Where decoding stands."""

    hidden: Tensor  # [row, hidden]
    memory: AdditiveMemory  # what can be looked at; without attention nobody does
    mask: Tensor  # [row, 1, source]
    summary: Tensor  # [row, 2 * hidden]
    written: int = 0  # tokens so far, the same in every row

    def select(self, rows: Tensor) -> RecurrentState:
        """Keep these rows in this order. rows: [new rows], whole numbers."""
        memory = AdditiveMemory(*(part[rows] for part in self.memory))
        return RecurrentState(self.hidden[rows], memory, self.mask[rows], self.summary[rows], self.written)


class Written(NamedTuple):
    """One step of the writer."""

    read_out: Tensor  # [row, embedding]: what the sub-words' vectors are compared with
    state: RecurrentState
    weights: Tensor | None  # [row, 1, 1, source]


class RecurrentTranslator(nn.Module):
    """ids in, next-token scores and, with attention, its weights out."""

    signs: tuple[int, ...] = ()  # that each sub-word spells, where a checkpoint says so: decoding/loop_guard.py

    def __init__(self, config: RecurrentTranslatorConfig) -> None:
        super().__init__()
        self.config = config
        width, context = config.hidden, 2 * config.hidden
        self.embedding = nn.Embedding(config.vocabulary, config.embedding, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=config.embedding**-0.5)
        self.forwards = GRU(config.embedding, width)
        self.backwards = GRU(config.embedding, width)
        self.first = nn.Linear(width, width)
        self.attention = AdditiveAttention(width, context, width) if config.attention else None
        self.writer = GRU(config.embedding + context, width)
        self.read_out = nn.Linear(width + context + config.embedding, config.embedding)
        self.dropout = Dropout(config.dropout)

    def _embed(self, ids: Tensor) -> Tensor:
        vectors: Tensor = self.dropout(self.embedding(ids) * self.config.embedding**0.5)
        return vectors

    def encode(self, source: Tensor, edits: TranslatorEdits | None = None) -> RecurrentEncoded:
        """source: [batch, source] ids, padded with 0. Raises ValueError for edits of what is not there.

        edits: the reader reads a hidden token all the same; the writer may not look at its state.
        """
        real = source != PAD
        lengths, time = real.sum(dim=1), source.shape[1]
        vectors = self._embed(source)
        turned = backwards(lengths, time)[..., None]  # [batch, source, 1]
        there = self.forwards.fused(vectors)
        back = self.backwards.fused(vectors.gather(1, turned.expand_as(vectors)))
        ends = torch.arange(len(source), device=source.device), lengths - 1
        summary = torch.cat((there[ends], back[ends]), dim=-1)
        states = torch.cat((there, back.gather(1, turned.expand_as(back))), dim=-1)
        seen = real if edits is None else self._seen(real, edits)
        return RecurrentEncoded(self.dropout(states), seen[:, None], summary)

    def _seen(self, real: Tensor, edits: TranslatorEdits) -> Tensor:
        """The mask [batch, source] without what is hidden; there is one place to change, the look across."""
        strays: list[Any] = [place for place in edits.looks if self.attention is None or place != ("cross", 0)]
        strays += [place for place in edits.hidden if self.attention is None or not 0 <= place < real.shape[1]]
        if strays:
            there = "no attention is" if self.attention is None else f"('cross', 0) and {real.shape[1]} tokens are"
            raise ValueError(f"{there} there; edits of {strays} came")
        seen = real.clone()
        seen[:, list(edits.hidden)] = False
        if not bool(seen.any(dim=-1).all()):
            raise ValueError("edits hide the whole source; one token must be left to look at")
        return seen

    def start(self, encoded: RecurrentEncoded) -> RecurrentState:
        """Nothing written yet: s_0 = tanh(W h_1), h_1 the state in which the reader from the right ended."""
        hidden = torch.tanh(self.first(encoded.summary[:, self.config.hidden :]))
        memory = AdditiveMemory(encoded.states, encoded.states)
        if self.attention is not None:
            memory = self.attention.remember(encoded.states)
        return RecurrentState(hidden, memory, encoded.mask, encoded.summary)

    def _write(self, vectors: Tensor, state: RecurrentState, edits: TranslatorEdits | None) -> Written:
        """Look at the source, take in the newest token, make ready to read out. vectors: [row, embedding]."""
        context, weights = state.summary, None
        if self.attention is not None:
            change = None if edits is None else edits.at("cross", 0)
            looked: Attended = self.attention.look(
                state.hidden[:, None], state.memory, state.mask, edits=change, first=state.written
            )
            context, weights = looked.values[:, 0], looked.weights
        before = GRUStep(*[state.hidden] * 4)
        hidden = self.writer.step(torch.cat((vectors, context), dim=-1), before).hidden
        together = self.read_out(torch.cat((hidden, context, vectors), dim=-1))
        after = state._replace(hidden=hidden, written=state.written + 1)
        return Written(self.dropout(torch.tanh(together)), after, weights)

    def _logits(self, read_out: Tensor) -> Tensor:
        """The embedding read backwards: how well each sub-word's vector fits."""
        return read_out @ self.embedding.weight.T

    def decode(
        self, encoded: RecurrentEncoded, target: Tensor, edits: TranslatorEdits | None = None
    ) -> RecurrentDecoded:
        """target: [batch, target] ids beginning with the start mark -> scores of the token after each."""
        vectors, state, steps = self._embed(target), self.start(encoded), []
        for time in range(target.shape[1]):
            step = self._write(vectors[:, time], state, edits)
            state = step.state
            steps.append(step)
        logits = self._logits(torch.stack([step.read_out for step in steps], dim=1))
        states = torch.stack([step.state.hidden for step in steps], dim=1)
        looked = [step.weights for step in steps if step.weights is not None]
        return RecurrentDecoded(logits, states, (), (torch.cat(looked, dim=2),) if looked else ())

    def forward(self, source: Tensor, target: Tensor) -> RecurrentDecoded:
        """Teacher forcing: source [batch, source], target input [batch, target] -> RecurrentDecoded."""
        return self.decode(self.encode(source), target)

    def advance(
        self, state: RecurrentState, last: Tensor, edits: TranslatorEdits | None = None
    ) -> tuple[Tensor, RecurrentState]:
        """Write one token more. last: [row] ids of the newest token -> log-probabilities [row, vocab], new state."""
        step = self._write(self._embed(last), state, edits)
        return self._logits(step.read_out).log_softmax(dim=-1), step.state
