"""The Transformer translator writing one sentence on a processor, in numpy: the numbers of `folded_transformer.py`.

With a row or five a step the sums are so small that calling them costs as much as they do, and calling numpy costs
less than calling torch. One thing more is folded: the mean that layer norm subtracts. Every matrix and vector that
adds to the states is made to add nothing to their mean, so it is 0 at every layer, and the norm is one division:
x / sqrt(x x / n + eps) (Ba et al. 2016, equation 3, with mu = 0).

Read the step from top to bottom: that is the whole decoder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqdemo.layers.folded_map import Map, as_map, joined
from seqdemo.models.transformer import Encoded

Numbers = NDArray[Any]  # float32, as the app runs it; a test takes float64
FIRST_ROOM = 64  # keys that a memory has room for at first; it gets twice as much when full
EPSILON = 1e-5  # of `nn.LayerNorm`


class Sum(NamedTuple):
    """x -> x matrix + shift."""

    matrix: Numbers  # [in, out]
    shift: Numbers  # [out]
    several: Map  # the same, for several rows

    def __call__(self, rows: Numbers) -> Numbers:
        """rows: [row, in] -> [row, out]."""
        if len(rows) > 1:
            return self.several(torch.from_numpy(rows)).numpy()
        mapped: Numbers = np.dot(rows, self.matrix)
        mapped += self.shift
        return mapped


class Block(NamedTuple):
    """One decoder block."""

    attend: Sum  # to query, key and value
    output: Sum
    inner: Sum
    outer: Sum


class Source(NamedTuple):
    """Cross-attention to the sentence, in the order of `FoldedSource`."""

    look: Numbers  # [model, head * source]
    shift: Numbers  # [head * source]
    take: Numbers  # [head * source, model]


class Step(NamedTuple):
    """One step as it was computed, a row for each beginning."""

    width: int
    states: Numbers  # [row, model], normed
    self_weights: list[Numbers]  # a layer: [head, row, key], over the keys of all beginnings
    cross_weights: list[Numbers]  # a layer: [row, head, source]


class NumpyState(NamedTuple):
    """Where decoding of the sentence stands. The memory is written into: a state can be gone on from once."""

    encoded: Encoded
    sources: list[Source]  # a layer each
    memory: Numbers  # [layer, room, key and value, head, head size]
    filled: int  # of all beginnings
    width: int  # beginnings
    kin: Numbers | None  # [width, filled]: 0 at a beginning's own ancestors, -inf elsewhere; None: all its own
    taken: tuple[Step, ...]

    def select(self, rows: Tensor) -> NumpyState:
        """These beginnings in this order. rows: [new rows]."""
        kin = self.kin
        if kin is None and (self.width > 1 or len(rows) > 1):
            kin = np.zeros((self.width, self.filled), self.memory.dtype)
        return self._replace(width=len(rows), kin=None if kin is None else kin[rows.numpy()])


class NumpyTransformer:
    """Writes with the maps of a `FoldedTransformer`: its decoder blocks, positions, embedding and projection."""

    def __init__(self, folded: Any) -> None:
        self.heads, self.size = folded.config.heads, folded.decoder[0].size
        crosses = [block.cross for block in folded.decoder]
        self.remember = joined([one for cross in crosses for one in (cross.key, cross.value)])
        # [layer * head, 1, size], [layer * head, size, model] twice
        self.asks = torch.cat([cross.query.shift for cross in crosses]).view(-1, 1, self.size)
        self.looks = torch.cat([cross.looks for cross in crosses])
        self.gives = centred(torch.cat([cross.gives for cross in crosses]))
        self.adds = centred(torch.stack([cross.output.shift for cross in crosses]))  # [layer, model]
        self.blocks = [
            Block(
                attend=as_sum(block.attend),
                output=as_sum(as_map(centred(block.output.matrix), centred(block.output.shift))),
                inner=as_sum(block.inner),
                outer=as_sum(as_map(centred(block.outer.matrix), centred(block.outer.shift))),
            )
            for block in folded.decoder
        ]
        self.embedding, self.positions = centred(folded.embedding).numpy(), centred(folded.positions).numpy()
        self.projection = as_sum(folded.projection)

    def start(self, encoded: Encoded) -> NumpyState:
        """encoded: of one sentence. What `fold_source` says of a layer, for all layers at once."""
        layers, length = len(self.blocks), encoded.states.shape[1]
        remembered = self.remember(encoded.states[0]).view(length, layers, 2, self.heads, self.size)
        # each [layer * head, source, size]
        remembered_keys, remembered_values = remembered.permute(2, 1, 3, 0, 4).flatten(1, 2)
        look = torch.bmm(remembered_keys, self.looks).view(layers, self.heads * length, -1)
        shift = torch.bmm(self.asks, remembered_keys.mT).view(layers, self.heads, -1)
        shift = shift.masked_fill(~encoded.mask[0], float("-inf")).flatten(1)
        take = torch.bmm(remembered_values, self.gives).view(layers, self.heads * length, -1)
        take[:, :length] += self.adds[:, None]  # the first head's weights sum to 1, and so bring it to every state
        sources = [Source(*one) for one in zip(look.mT.numpy(), shift.numpy(), take.numpy(), strict=True)]
        memory = np.empty((layers, FIRST_ROOM, 2, self.heads, self.size), self.embedding.dtype)
        return NumpyState(encoded, sources, memory, 0, 1, None, ())

    def advance(self, state: NumpyState, last: Tensor) -> tuple[Tensor, NumpyState]:
        """One token more. last: [row] ids of the newest token -> log-probabilities [row, vocab], new state."""
        width, begin = state.width, state.filled
        filled = begin + width
        memory, kin = state.memory, state.kin
        if filled > memory.shape[1]:
            more = (len(memory), max(memory.shape[1], width), *memory.shape[2:])
            memory = np.concatenate((memory, np.empty(more, memory.dtype)), axis=1)
        if kin is not None:  # a beginning sees its own newest token, not those of the others
            others = np.full((width, width), -np.inf, kin.dtype)
            np.fill_diagonal(others, 0)
            kin = np.concatenate((kin, others), axis=1)
        states = self.embedding[last.numpy()] + self.positions[len(state.taken)]
        looked_back, looked_across = [], []
        for layer, (block, source) in enumerate(zip(self.blocks, state.sources, strict=True)):
            cut = block.attend(normed(states)).reshape(width, 3, self.heads, self.size)
            memory[layer, begin:filled] = cut[:, 1:]
            keys, values = memory[layer, :filled].transpose(1, 2, 0, 3)  # [head, filled, head size]
            scores = np.matmul(cut[:, 0].swapaxes(0, 1), keys.swapaxes(1, 2))  # [head, row, filled]
            if kin is not None:
                scores += kin
            weights = softmax(scores)
            looked_back.append(weights)
            mixed = np.matmul(weights, values)  # [head, row, head size]
            states += block.output(mixed.swapaxes(0, 1).reshape(width, -1))

            scores = np.dot(normed(states), source.look)
            scores += source.shift
            weights = softmax(scores.reshape(width, self.heads, -1))
            looked_across.append(weights)
            states += np.dot(weights.reshape(width, -1), source.take)

            inner = block.inner(normed(states))
            states += block.outer(np.maximum(inner, 0, out=inner))
        final = normed(states)
        taken = (*state.taken, Step(width, final, looked_back, looked_across))
        scores = torch.from_numpy(self.projection(final)).log_softmax(dim=-1)
        return scores, NumpyState(state.encoded, state.sources, memory, filled, width, kin, taken)

    def look_back(self, state: NumpyState, path: Sequence[int]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """path: the row that wrote each token -> states [step, model]; a layer each: [head, step, step], [head, step,
        source].
        """
        steps = state.taken[: len(path)]
        states = np.stack([step.states[row] for step, row in zip(steps, path, strict=True)])
        before = np.cumsum([0, *(step.width for step in steps[:-1])])
        own = before + np.array(path)  # its own key among those of all beginnings
        back = np.zeros((len(self.blocks), self.heads, len(path), len(path)), states.dtype)
        for number, (step, row) in enumerate(zip(steps, path, strict=True)):
            for layer, weights in enumerate(step.self_weights):
                back[layer, :, number, : number + 1] = weights[:, row, own[: number + 1]]
        across = [
            np.stack([step.cross_weights[layer][row] for step, row in zip(steps, path, strict=True)], axis=1)
            for layer in range(len(self.blocks))
        ]
        return torch.from_numpy(states), list(torch.from_numpy(back)), [torch.from_numpy(one) for one in across]


def normed(states: Numbers) -> Numbers:
    """Layer norm of states [row, model] whose mean is 0."""
    if len(states) == 1:
        return states * (1 / math.sqrt(np.vdot(states, states) / states.size + EPSILON))
    square = np.vecdot(states, states)
    square /= states.shape[1]
    square += EPSILON
    np.sqrt(square, out=square)
    divided: Numbers = states / square[:, None]
    return divided


def softmax(scores: Numbers) -> Numbers:
    """Over the last axis."""
    weights: Numbers = torch.from_numpy(scores).softmax(dim=-1).numpy()  # one call, where numpy takes five
    return weights


def centred(numbers: Tensor) -> Tensor:
    """What is left of each row, along the last axis, when its mean is taken away. In float64, then float32 again."""
    exact = numbers.double()
    return (exact - exact.mean(dim=-1, keepdim=True)).to(numbers)


def as_sum(several: Map) -> Sum:
    """The same memory twice, as torch sees it and as numpy does."""
    return Sum(several.matrix.numpy(), several.shift.numpy(), several)
