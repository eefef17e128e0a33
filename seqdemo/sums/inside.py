"""What a brick was given: the vectors that stand before the numbers on the page, from one reading or one translation.

A snippet of the page begins with `read` or `write`; what it then computes is plain torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.checkpoint import Checkpoint, load
from seqdemo.classifying import as_batch, numbered_for, read_text
from seqdemo.layers.multihead_attention import MultiHeadAttention, causal_mask
from seqdemo.models.attention_classifier import AttentionClassifier
from seqdemo.models.bilstm_attention import BiLSTMAttention
from seqdemo.models.recurrent_translator import RecurrentTranslator
from seqdemo.models.transformer import Transformer
from seqdemo.problems import Problem
from seqdemo.records import Source
from seqdemo.text.subwords import Subwords
from seqdemo.translating import translate

SHIPPED = Path(__file__).resolve().parents[2] / "checkpoints"


class Reading(NamedTuple):
    """One text, read by a classifier. A word that the vocabulary has not is read as several pieces."""

    network: Any
    ids: Tensor  # [piece]
    counts: tuple[int, ...]  # pieces of each word
    inputs: Tensor  # [piece, embedding]: the vector of each piece
    states: Tensor  # [piece, hidden]: what the read-out sees after each piece
    before: Tensor  # [piece, hidden]: the state that each piece found; zeros before the first

    def looked(self) -> Tensor:
        """[piece, 2 * hidden]: the states of both directions, which a BiLSTM with attention looks at."""
        states: Tensor = self.network.states(self.inputs[None], torch.tensor([len(self.ids)]))[0]
        return states


class Written(NamedTuple):
    """One sentence, translated."""

    network: Any
    source: Tensor  # [source]: ids, end mark included
    inputs: Tensor  # [target]: ids that the decoder read, start mark first
    states: Tensor  # [target, model]: what the next token's scores are read from, at each step
    found: Tensor | None = None  # [target, hidden]: the state that each step found; of a recurrent translator alone
    seen: Tensor | None = None  # [source, 2 * hidden]: the reader's states, which the writer may look at; likewise


class Look(NamedTuple):
    """One layer of multi-head attention, before its softmax."""

    queries: Tensor  # [head, query, size]
    keys: Tensor  # [head, key, size]
    values: Tensor  # [head, key, size]
    output: Tensor  # [head, size, model]: each head's part of the output projection
    bias: Tensor  # [head, query, key]: added to the scores; -inf where one may not look


def read(name: str, text: str, *, pieces: int | None = None, folder: Path | str = SHIPPED) -> Reading:
    """Read a text with the classifier NAME of a folder. pieces: the first so many alone. Raises Problem."""
    return reading_of(load(Path(folder) / name, torch.device("cpu")), text, pieces=pieces)


def write(name: str, text: str, *, beam: int = 5, folder: Path | str = SHIPPED) -> Written:
    """Translate a sentence with the translator NAME of a folder of checkpoints. Raises Problem."""
    return written_of(load(Path(folder) / name, torch.device("cpu")), text, beam=beam)


@torch.no_grad()
def reading_of(opened: Checkpoint, text: str, *, pieces: int | None = None) -> Reading:
    """The same with a checkpoint that is open."""
    numbered = numbered_for(read_text(text, opened.config.serves), opened)
    network: Any = opened.network
    ids, lengths = as_batch(numbered.ids[:pieces], network)
    states = network.trace(ids, lengths).states[0]
    before = torch.cat((torch.zeros_like(states[:1]), states[:-1]))
    counts = tuple(int(count) for count in numbered.counts)
    return Reading(network, ids[0], counts, network.embedding(ids)[0], states, before)


@torch.no_grad()
def written_of(opened: Checkpoint, text: str, *, beam: int) -> Written:
    """The same with a checkpoint that is open. Raises Problem for a translator of another kind."""
    network: Any = opened.network
    if not isinstance(network, Transformer | RecurrentTranslator):
        raise Problem("no_sum", model=opened.config.model)
    assert isinstance(opened.tokenizer, Subwords)
    record = translate(opened, text, source=Source(opened.config.name, "", 0, "", 0, "", "cpu"), beam=beam)
    device = network.embedding.weight.device
    source, inputs = (
        torch.tensor(opened.tokenizer.numbers(tokens), device=device)
        for tokens in (record.source_tokens, record.input_tokens)
    )
    if isinstance(network, RecurrentTranslator):
        return _rewritten(network, source, inputs)
    encoded, states = network.encode(source[None]), network._embed(inputs[None])
    mask = causal_mask(len(inputs), device)
    for block in network.decoder:
        states = block(states, block.cross_attention.remember(encoded.states), mask, encoded.mask).states
    return Written(network, source, inputs, network.decoder_norm(states)[0])


def _rewritten(network: RecurrentTranslator, source: Tensor, inputs: Tensor) -> Written:
    """A recurrent translator, step by step over what it wrote."""
    encoded, vectors = network.encode(source[None]), network._embed(inputs)
    state, found, states = network.start(encoded), [], []
    for vector in vectors:
        step = network._write(vector[None], state, None)
        found.append(state.hidden[0])
        states.append(step.read_out[0])
        state = step.state
    return Written(network, source, inputs, torch.stack(states), torch.stack(found), encoded.states[0])


def weights(layer: Look) -> Tensor:
    """softmax(q k^T / sqrt(size) + bias), [head, query, key]: Vaswani et al. 2017, equation 1."""
    scores = layer.queries @ layer.keys.mT / layer.keys.shape[-1] ** 0.5 + layer.bias
    shares: Tensor = scores.softmax(dim=-1)
    return shares


def brought(layer: Look) -> Tensor:
    """Weights times the lengths of what the keys write, as shares: Kobayashi et al. 2020, equation 3."""
    lengths = torch.linalg.vector_norm(layer.values @ layer.output, dim=-1)  # [head, key]
    parts = weights(layer) * lengths[:, None]
    shares: Tensor = parts / parts.sum(dim=-1, keepdim=True)
    return shares


@torch.no_grad()
def look(inside: Reading | Written, kind: str, *, layer: int) -> Look:
    """kind: "encoder_self", "decoder_self" or "cross"; layer counts from 0. Raises Problem where there is none."""
    network = inside.network
    if isinstance(inside, Reading):
        if not isinstance(network, AttentionClassifier):
            raise Problem("no_sum", model=type(network).__name__)
        return _encoder_look(
            network.blocks, network.placed(inside.inputs[None]), layer, network.biases(len(inside.ids))
        )
    if kind == "encoder_self":
        return _encoder_look(network.encoder, network._embed(inside.source[None]), layer, None)
    encoded, states = network.encode(inside.source[None]), network._embed(inside.inputs[None])
    mask = causal_mask(len(inside.inputs), states.device)
    for block in network.decoder[:layer]:
        states = block(states, block.cross_attention.remember(encoded.states), mask, encoded.mask).states
    block = network.decoder[layer]
    normed = block.self_norm(states)
    if kind == "decoder_self":
        closed = torch.zeros_like(mask, dtype=states.dtype).masked_fill(~mask, float("-inf"))
        return _look(block.self_attention, normed, normed, closed)
    states = states + block.self_attention(normed, normed, mask).values
    return _look(block.cross_attention, block.cross_norm(states), encoded.states, None)


def _encoder_look(blocks: Any, states: Tensor, layer: int, biases: Any) -> Look:
    bias = [None] * len(blocks) if biases is None else biases
    for number in range(layer):
        states = blocks[number](states, None, bias[number]).states
    normed = blocks[layer].self_norm(states)
    return _look(blocks[layer].self_attention, normed, normed, bias[layer])


def _look(brick: MultiHeadAttention, queries: Tensor, states: Tensor, bias: Tensor | None) -> Look:
    """queries, states: [1, time, model]."""
    memory = brick.remember(states)
    cut = brick._cut(brick.query(queries))  # [1, head, query, size]
    shape = (brick.heads, queries.shape[1], states.shape[1])
    bias = torch.zeros(shape, device=states.device) if bias is None else bias.expand(shape)
    size = memory.keys.shape[-1]
    output = brick.output.weight.unflatten(1, (brick.heads, size)).permute(1, 2, 0)  # [head, size, model]
    return Look(cut[0], memory.keys[0], memory.values[0], output, bias)


def has_pooling(network: Any) -> bool:
    """Whether its attention weighs the words once, for its answer."""
    return isinstance(network, BiLSTMAttention)
