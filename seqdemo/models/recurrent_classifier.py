"""A recurrent classifier: read the words one by one, then decide from the last state.

The article's text classifier (embedding, recurrent layer, softmax), with the cell to choose. It
reads from left to right only, so that the verdict after a prefix has a meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqdemo.layers.dropout import Dropout
from seqdemo.layers.gru import GRU
from seqdemo.layers.lstm import LSTM
from seqdemo.layers.rnn import RNN
from seqdemo.models.classifier_trace import ClassifierTrace, GateTrace
from seqdemo.models.edits import ClassifierEdits

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

    def forward(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """The lean path: ids [batch, time] padded with 0, lengths [batch] -> logits [batch, label]."""
        return self.read(self.embedding(ids), lengths, edits)

    def read(self, vectors: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> Tensor:
        """The same from word vectors [batch, time, embedding]: for questions about the vectors themselves."""
        inputs = self.dropout(vectors)
        hidden = self.recurrent.fused(inputs) if edits is None else self._edited(inputs, edits).hidden
        last = hidden[torch.arange(len(vectors), device=vectors.device), lengths - 1]  # [batch, hidden]
        logits: Tensor = self.readout(self.dropout(last))
        return logits

    def trace(self, ids: Tensor, lengths: Tensor, edits: ClassifierEdits | None = None) -> ClassifierTrace:
        """Every state, gate and verdict on the way; steps past a text's length mean nothing."""
        inputs = self.dropout(self.embedding(ids))
        steps = self.recurrent.recovered(inputs) if edits is None else self._edited(inputs, edits)
        gates = {name: GateTrace(getattr(steps, name), span) for name, span in RANGES[self.config.cell].items()}
        return ClassifierTrace(steps.hidden, self.readout(steps.hidden), gates, ())

    def _edited(self, inputs: Tensor, edits: ClassifierEdits) -> Any:
        """Every step, with some hidden units held at a value after each word, so that later words meet them there.

        The LSTM's cell is left alone: what is held is what the rest of the network sees. Raises ValueError for
        a unit that is not there.
        """
        if edits.attention or edits.looks or not all(0 <= unit < self.config.hidden for unit in edits.units):
            raise ValueError(f"{self.config.cell} has units 0 to {self.config.hidden - 1} to hold and no attention")
        units = torch.tensor(list(edits.units), dtype=torch.long, device=inputs.device)
        held = torch.tensor(list(edits.units.values()), dtype=inputs.dtype, device=inputs.device)
        cell: Any = self.recurrent
        step, steps = cell.start(inputs), []
        for time in range(inputs.shape[1]):
            step = cell.step(inputs[:, time], step)
            step = step._replace(hidden=step.hidden.index_copy(1, units, held.expand(len(inputs), -1)))
            steps.append(step)
        return type(step)(*(torch.stack(field, dim=1) for field in zip(*steps, strict=True)))
