"""A translator with a visitor's changes: the network itself, and what is said with each call to it.

It has a translator's methods, so a search that knows nothing of edits runs on it. Made for one question, then gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor

from seqdemo.models.edits import TranslatorEdits
from seqdemo.models.recurrent_translator import RecurrentTranslator
from seqdemo.models.transformer import Transformer


class EditedTranslator(NamedTuple):
    """The same weights, read with `edits`. What `encode` and `start` return is the network's own."""

    network: Transformer | RecurrentTranslator
    edits: TranslatorEdits

    @property
    def signs(self) -> tuple[int, ...]:
        return self.network.signs

    def encode(self, source: Tensor) -> Any:
        return self.network.encode(source, self.edits)

    def decode(self, encoded: Any, target: Tensor) -> Any:
        return self.network.decode(encoded, target, self.edits)

    def start(self, encoded: Any) -> Any:
        return self.network.start(encoded)

    def advance(self, state: Any, last: Tensor) -> tuple[Tensor, Any]:
        return self.network.advance(state, last, self.edits)

    def parameters(self) -> Iterator[Tensor]:
        return iter(self.network.parameters())

    def buffers(self) -> Iterator[Tensor]:
        return iter(self.network.buffers())
