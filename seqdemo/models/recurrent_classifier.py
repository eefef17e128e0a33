"""A recurrent classifier: read the words one by one, then decide from the last state.

The article's text classifier (embedding, recurrent layer, softmax), with the cell to choose. It
reads from left to right only, so that the verdict after a prefix has a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from seqdemo.layers.dropout import Dropout
from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN
from seqdemo.models.classifier_trace import ClassifierTrace, GateTrace

CELLS: dict[str, type[RNN] | type[LSTM] | type[GRU]] = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
RANGES: dict[str, dict[str, tuple[float, float] | None]] = {  # what a trace shows of a cell, and its range
    "rnn": {"hidden": (-1.0, 1.0)},
    "lstm": {
        "input_gate": (0.0, 1.0),
        "forget_gate": (0.0, 1.0),
        "output_gate": (0.0, 1.0),
        "candidate": (-1.0, 1.0),
        "cell": None,  # unbounded
    },
    "gru": {"reset_gate": (0.0, 1.0), "update_gate": (0.0, 1.0), "candidate": (-1.0, 1.0)},
}


@dataclass(frozen=True)
class RecurrentConfig:
    """The cell and the sizes of a recurrent classifier."""

    cell: str  # "rnn", "lstm" or "gru"
    vocabulary: int  # words, <pad> and <unk> included
    labels: int
    embedding: int = 128  # width of a word vector
    hidden: int = 128  # width of a state
    dropout: float = 0.5  # on word vectors and on the last state


class RecurrentClassifier(nn.Module):
    """ids in, label scores out."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        if config.cell not in CELLS:
            raise ValueError(f"cell: {config.cell!r} came, one of {sorted(CELLS)} was expected")
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.embedding, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.recurrent = CELLS[config.cell](config.embedding, config.hidden)
        self.dropout = Dropout(config.dropout)
        self.readout = nn.Linear(config.hidden, config.labels)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The lean path: ids [batch, time] padded with 0, lengths [batch] -> logits [batch, label]."""
        return self.read(self.embedding(ids), lengths)

    def read(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        """The same from word vectors [batch, time, embedding]: for questions about the vectors themselves."""
        hidden = self.recurrent.fused(self.dropout(vectors))
        last = hidden[torch.arange(len(vectors), device=vectors.device), lengths - 1]  # [batch, hidden]
        logits: Tensor = self.readout(self.dropout(last))
        return logits

    def trace(self, ids: Tensor, lengths: Tensor) -> ClassifierTrace:
        """Every state, gate and verdict on the way; steps past a text's length mean nothing."""
        steps = self.recurrent.recovered(self.dropout(self.embedding(ids)))
        gates = {name: GateTrace(getattr(steps, name), span) for name, span in RANGES[self.config.cell].items()}
        return ClassifierTrace(steps.hidden, self.readout(steps.hidden), gates, ())
