"""What does each part of a translator do? Positions, look across, look back and mask are taken away, one at a time.

    python -m seqdemo experiment missing-parts --data DIR --write

The parts of Vaswani et al. 2017, "Attention Is All You Need", sections 3.1, 3.2.3 and 3.5, that a sketch of embedding,
attention and dense layers leaves out. They are taken from the trained network when it translates; nothing is trained
again, so each figure tells how much this network leans on a part, not what another one could do without it.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.layers.multihead_attention import MultiHeadAttention, causal_mask
from seqdemo.models.transformer import Encoded, Transformer
from seqdemo.scoring.bleu import score
from seqdemo.text.subwords import Subwords
from seqdemo.training.corpora import CORPORA
from seqdemo.training.reading import read_pairs

SENTENCES, BATCH, BEAM = 200, 50, 1  # the first of dev; greedy search
PAIR = ("A dog is chasing a man.", "A man is chasing a dog.")  # the same sub-words in another order


def without_positions(network: Transformer) -> Transformer:
    """A copy that adds no pattern of places, neither to the source nor to what it writes."""

    def embed(ids: Tensor, start: int = 0) -> Tensor:
        alone: Tensor = made.embedding(ids) * math.sqrt(made.config.model)
        return alone

    made = copy.deepcopy(network)
    made._embed = embed  # type: ignore[method-assign]
    return made


@torch.no_grad()
def looking_evenly(network: Transformer) -> Transformer:
    """A copy whose look across gives every token of the source the same weight: a query of zeros prefers none."""
    made = copy.deepcopy(network)
    for block in made.decoder:
        _silence(block.cross_attention.query)
    return made


@torch.no_grad()
def without_look(network: Transformer, kind: str) -> Transformer:
    """A copy in which all heads of a kind add nothing. kind: "cross", or "self" for the look at what was written."""
    made = copy.deepcopy(network)
    for block in made.decoder:
        brick: MultiHeadAttention = {"cross": block.cross_attention, "self": block.self_attention}[kind]
        _silence(brick.output)
    return made


def _silence(projection: torch.nn.Linear) -> None:
    projection.weight.zero_()
    projection.bias.zero_()


class Written(NamedTuple):
    """Where a writer stands that reads all of its own words anew at each step."""

    ids: Tensor  # [row, written], start mark included
    encoded: Encoded

    def select(self, rows: Tensor) -> Written:
        """Keep these rows in this order."""
        states, mask, weights = self.encoded
        return Written(self.ids[rows], Encoded(states[rows], mask[rows], tuple(one[rows] for one in weights)))


@dataclass(frozen=True)
class Rereading:
    """The translator, reading all that it wrote anew at each step; without the mask an early word sees later ones.

    With the mask this is what `Transformer.advance` does faster: there an early word keeps what it saw.
    """

    network: Transformer
    masked: bool = False

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        """For `device_of`."""
        return self.network.parameters()

    def buffers(self) -> Iterator[Tensor]:
        """For `device_of`."""
        return self.network.buffers()

    def encode(self, source: Tensor) -> Encoded:
        """As the network does."""
        return self.network.encode(source)

    def start(self, encoded: Encoded) -> Written:
        """Nothing written yet."""
        return Written(encoded.states.new_zeros(len(encoded.states), 0, dtype=torch.long), encoded)

    def advance(self, state: Written, last: Tensor) -> tuple[Tensor, Written]:
        """Write one token more. last: [row] -> log-probabilities [row, vocab], new state."""
        ids, encoded = torch.cat((state.ids, last[:, None]), 1), state.encoded
        states, mask = self.network._embed(ids), causal_mask(ids.shape[1], ids.device) if self.masked else None
        for block in self.network.decoder:
            states = block(states, block.cross_attention.remember(encoded.states), mask, encoded.mask).states
        return self.network._logits(states)[:, -1].log_softmax(dim=-1), Written(ids, encoded)


PARTS: dict[str, Callable[[Transformer], Any]] = {
    "none": lambda network: network,
    "positions": without_positions,
    "look_across_even": looking_evenly,
    "look_across": partial(without_look, kind="cross"),
    "look_back": partial(without_look, kind="self"),
    "mask": Rereading,
}


def measure(say: Callable[[str], None], data: Path, *, sentences: int = SENTENCES) -> dict[str, Any]:
    """{"n", "missing": {part: {"bleu", "kept", "pair": translations of PAIR}}, "least", "pair", "beam", ...}.

    kept: BLEU as a share of the whole network's; least: the part that is missed least.
    """
    model = opened("en-de-transformer")
    network, subwords = model.network, model.tokenizer
    assert isinstance(network, Transformer)
    assert isinstance(subwords, Subwords)
    sources, references = (side[:sentences] for side in read_pairs(data, CORPORA["multi30k"], "val", "en", "de"))
    ids = [subwords.encode(one) for one in (*sources, *PAIR)]
    missing: dict[str, dict[str, Any]] = {}
    for part, take in PARTS.items():
        written = [subwords.decode(one) for one in translate_ids(take(network), ids, beam=BEAM, batch=BATCH)]
        bleu = score(written[: len(sources)], references)["bleu"]
        whole = missing["none"]["bleu"] if missing else bleu
        missing[part] = {"bleu": bleu, "kept": round(bleu / whole, 4), "pair": written[len(sources) :]}
        say(f"without {part}: BLEU {bleu}; {' | '.join(missing[part]['pair'])}")
    least = max((part for part in missing if part != "none"), key=lambda part: missing[part]["bleu"])
    told = {"n": len(sources), "missing": missing, "least": least, "pair": list(PAIR), "beam": BEAM}
    return {**told, "about": about(model)}
