"""The Transformer translator, made to write fast: the same numbers as `transformer.py` in a third of the time.

Read `transformer.py` first. Here what is constant is folded together (`layers/folded_block.py`), and
nothing is copied that can be pointed at: the keys of all beginnings of a sentence stand in one
memory, and each beginning sees only its own ancestors in it. So when a beam search gives one
beginning up and goes on twice from another, only the mask changes. Every head of every layer is kept
as it was computed, and `look_back` finds those of a finished translation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from seqdemo.layers.folded_block import fold_block
from seqdemo.layers.folded_map import folded_map, normed
from seqdemo.layers.folded_source import FoldedSource, RememberedSource, fold_source
from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models.numpy_transformer import NumpyState, NumpyTransformer
from seqdemo.models.transformer import PAD, Decoded, Encoded, Transformer

MOST_PLACES = 1024  # tokens of a sentence
FIRST_ROOM = 32  # steps that a memory has room for at first; it gets twice as much when full


class Taken(NamedTuple):
    """One step as it was computed. Rows stand sentence by sentence, `width` beginnings each."""

    width: int
    states: Tensor  # [row, model], normed: what the next token's scores are read from
    self_weights: Tensor  # [layer, sentence, head, width, key], over the keys of all beginnings
    cross_weights: Tensor  # [layer, sentence, head, width, source]


class LookedBack(NamedTuple):
    """What finished translations were written from. Behind the end of a sentence stands nothing of meaning."""

    states: Tensor  # [sentence, step, model]; `FoldedTransformer.logits` makes scores of them
    self_weights: tuple[Tensor, ...]  # a layer: [sentence, head, step, step]
    cross_weights: tuple[Tensor, ...]  # a layer: [sentence, head, step, source]


class FoldedState(NamedTuple):
    """Where decoding stands. `memory` is written into, by `select` too: a state can be gone on from once."""

    encoded: Encoded  # of all sentences that the search began with
    sources: tuple[FoldedSource | RememberedSource, ...]  # a layer each, of the sentences still being written
    memory: Tensor  # [layer, key and value, sentence, head, room, head size]
    filled: int  # keys of each sentence so far
    width: int  # beginnings of each sentence
    kin: (
        Tensor | None
    )  # [sentence, 1, width, filled]: 0 at a beginning's own ancestors, -inf elsewhere; None: all its own
    taken: tuple[Taken, ...]

    def select(self, rows: Tensor) -> FoldedState:
        """These rows in this order; those of one sentence stand together. rows: [new rows]."""
        chosen = rows.tolist()
        sentences, width = _grouped([row // self.width for row in chosen])
        if sentences == list(range(self.memory.shape[2])):
            sources, memory = self.sources, self.memory
        else:
            kept = torch.tensor(sentences, device=rows.device)
            sources = tuple(source.select(kept) for source in self.sources if isinstance(source, RememberedSource))
            memory = self._moved(sentences)
        kin = self.kin
        if kin is None and width > 1:
            kin = self.memory.new_zeros((self.memory.shape[2], 1, self.width, self.filled))
        if kin is not None:
            kin = kin.flatten(0, 2)[rows].view(len(sentences), 1, width, self.filled)
        return FoldedState(self.encoded, sources, memory, self.filled, width, kin, self.taken)

    def _moved(self, sentences: Sequence[int]) -> Tensor:
        """The memory of these sentences. Where some are only gone, the others close up in it; else they are copied."""
        closing = all(one < other for one, other in pairwise(sentences))
        shape = self.memory.shape
        memory = self.memory if closing else self.memory.new_empty((*shape[:2], len(sentences), *shape[3:]))
        for place, sentence in enumerate(sentences):
            if not closing or place != sentence:
                memory[:, :, place, :, : self.filled] = self.memory[:, :, sentence, :, : self.filled]
        return memory.narrow(2, 0, len(sentences))


class FoldedTransformer(nn.Module):
    """A finished Transformer, for reading and writing texts. It cannot be trained: its matrices are products."""

    def __init__(self, readable: Transformer) -> None:
        super().__init__()
        self.readable, self.config, self.signs = readable, readable.config, readable.signs
        with torch.no_grad():
            self.embedding = readable.embedding.weight * math.sqrt(self.config.model)
            self.encoder: Any = [fold_block(block) for block in readable.encoder]
            self.decoder: Any = [fold_block(block) for block in readable.decoder]
            vocabulary, model = readable.embedding.weight.shape
            projection = nn.Linear(model, vocabulary, bias=False).to(self.embedding)
            projection.weight.copy_(readable.embedding.weight)
            self.projection = folded_map(projection, readable.decoder_norm)
            self.positions = sinusoidal_positions(MOST_PLACES, self.config.model).to(self.embedding)
            self.alone = NumpyTransformer(self) if self.embedding.device.type == "cpu" else None

    def encode(self, source: Tensor) -> Encoded:
        """source: [batch, source] ids, padded with 0."""
        batch, time = source.shape
        mask = source != PAD
        states = (self.embedding[source] + self.positions[:time]).flatten(0, 1)  # [batch * time, model]
        bias = torch.zeros(mask.shape, device=source.device, dtype=states.dtype).masked_fill(~mask, float("-inf"))
        bias = bias.repeat_interleave(self.config.heads, 0)[:, None]  # [batch * head, 1, source]
        weights = []
        for block in self.encoder:
            query, keys, values = (part.flatten(0, 1) for part in block.cut(states, batch))
            looked = torch.bmm(query, keys.mT).add_(bias).softmax(dim=-1)  # [batch * head, time, time]
            states = block.think(block.mix(states, torch.bmm(looked, values), batch))
            weights.append(looked.view(batch, self.config.heads, time, time))
        final = self.readable.encoder_norm(states).view(batch, time, -1)
        return Encoded(final, mask[:, None, None], tuple(weights))

    def decode(self, encoded: Encoded, target: Tensor) -> Decoded:
        """A given target at once, as the readable network does it."""
        return self.readable.decode(encoded, target)

    def start(self, encoded: Encoded) -> FoldedState | NumpyState:
        """Nothing written yet; the source is folded into the matrices of every layer."""
        if self.alone and len(encoded.mask) == 1:
            return self.alone.start(encoded)
        sources = tuple(fold_source(block.cross, encoded.states, encoded.mask) for block in self.decoder)
        shape = (len(sources), 2, len(encoded.mask), self.config.heads, FIRST_ROOM, self.decoder[0].size)
        return FoldedState(encoded, sources, encoded.states.new_empty(shape), 0, 1, None, ())

    def advance(self, state: Any, last: Tensor) -> tuple[Tensor, Any]:
        """Write one token more. last: [row] ids of the newest token -> log-probabilities [row, vocab], new state."""
        if isinstance(state, NumpyState):
            assert self.alone is not None
            return self.alone.advance(state, last)
        sentences, width, filled = state.memory.shape[2], state.width, state.filled + state.width
        memory, kin = state.memory, state.kin
        if filled > memory.shape[4]:  # as many steps again, and at least FIRST_ROOM, of all beginnings
            room = state.filled + width * max(FIRST_ROOM, len(state.taken))
            memory = memory.new_empty((*memory.shape[:4], room, memory.shape[5]))
            memory.narrow(4, 0, state.filled).copy_(state.memory.narrow(4, 0, state.filled))
        if kin is not None:  # a beginning sees its own newest token, not those of the others
            others = kin.new_full((width, width), float("-inf")).fill_diagonal_(0)
            kin = torch.cat((kin, others.expand(sentences, 1, -1, -1)), dim=3)
        newest = memory.narrow(4, state.filled, width)  # [layer, key and value, sentence, head, width, head size]
        seen = memory.narrow(4, 0, filled).flatten(2, 3)  # [layer, key and value, sentence * head, filled, head size]
        states = self.embedding[last] + self.positions[len(state.taken)]
        back = memory.new_empty((len(self.decoder), sentences * self.config.heads, width, filled))
        across = []
        for number, (block, source) in enumerate(zip(self.decoder, state.sources, strict=True)):
            cut = block.cut(states, sentences)
            newest[number].copy_(cut[1:])
            keys, values = seen[number]
            scores = torch.bmm(cut[0].flatten(0, 1), keys.mT)  # [sentence * head, width, filled]
            if kin is not None:
                scores.view(sentences, -1, width, filled).add_(kin)
            weights = torch.softmax(scores, dim=-1, out=back[number])  # straight into what is kept
            states, weights = source(block.mix(states, torch.bmm(weights, values), sentences))
            across.append(weights)
            states = block.think(states)
        final = normed(states)
        kept = back.view(len(across), sentences, -1, width, filled), torch.stack(across)
        taken = (*state.taken, Taken(width, final, *kept))
        scores = self.projection(final).log_softmax(dim=-1)
        return scores, FoldedState(state.encoded, state.sources, memory, filled, width, kin, taken)

    def look_back(self, state: FoldedState | NumpyState, paths: Sequence[Sequence[int]]) -> LookedBack:
        """What `decode` would say of finished translations, from what was computed while they were written.

        paths: for each sentence that was encoded, the row that wrote each token (`Hypothesis.rows`).
        """
        if isinstance(state, NumpyState):
            assert self.alone is not None
            final, *looked_at = self.alone.look_back(state, paths[0])
            return LookedBack(final[None], *(tuple(one[None] for one in kind) for kind in looked_at))
        device, taken = state.memory.device, state.taken[: max(map(len, paths))]
        rows = _padded(paths).to(device)  # [sentence, step]
        widths = torch.tensor([step.width for step in taken], device=device)
        places, beginnings = rows // widths, rows % widths
        own = beginnings + widths.cumsum(0) - widths  # [sentence, step]: its own key among those of all beginnings
        back, across, states = [], [], []
        for number, step in enumerate(taken):
            place, beginning = places[:, number], beginnings[:, number]
            back.append(step.self_weights[:, place, :, beginning].permute(3, 0, 1, 2))  # [key, sentence, layer, head]
            across.append(step.cross_weights[:, place, :, beginning])  # [sentence, layer, head, source]
            states.append(step.states[rows[:, number]])
        seen = pad_sequence(back, batch_first=True).permute(2, 3, 4, 0, 1)  # [sentence, layer, head, step, key]
        seen = seen.gather(
            4, own[:, None, None, None].expand(*seen.shape[:4], -1)
        )  # keys behind the step are padding: 0
        looked = torch.stack(across, dim=3).unbind(1)
        return LookedBack(torch.stack(states, dim=1), seen.unbind(1), looked)

    def logits(self, states: Tensor) -> Tensor:
        """states: [sentence, step, model] of `look_back` -> [sentence, step, vocab]."""
        logits: Tensor = self.projection(states.flatten(0, 1)).view(*states.shape[:2], -1)
        return logits


def _padded(paths: Sequence[Sequence[int]]) -> Tensor:
    """[sentence, longest]; behind the end of a sentence stands row 0, which there is at every step."""
    return pad_sequence([torch.tensor(path) for path in paths], batch_first=True)


def _grouped(owners: Sequence[int]) -> tuple[list[int], int]:
    """The sentence of each row -> (sentences, rows of each) where all have as many, else each row by itself.

    >>> _grouped([0, 0, 2, 2])
    ([0, 2], 2)
    """
    sentences = list(dict.fromkeys(owners))
    width = len(owners) // len(sentences)
    return (sentences, width) if [one for one in sentences for _ in range(width)] == list(owners) else (list(owners), 1)
