"""Which word comes from which: how well a head's attention agrees with links that people drew.

    python -m seqdemo evaluate en-de-transformer --data DIR --alignment

Alignment error rate, AER = 1 - (|A n S| + |A n P|) / (|A| + |S|): Och and Ney 2003, section 4.1, with S the sure
and P the possible links, S within P. Each target word is linked to the source word that it looks at most,
sub-words summed to words, the end mark left out. A row can be read at the step that writes the word
or at the next, where the word is the decoder's input (Chen et al. 2020, "Accurate Word Alignment Induction from
Neural Machine Translation", section 3), and weighted by the length of what is read (seqdemo/probes/norms.py).
The head is chosen on the even lines of the set and reported on the odd ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from seqdemo.checkpoint import Checkpoint
from seqdemo.probes.norms import norm_weighted, value_lengths
from seqdemo.problems import Problem
from seqdemo.text.merging import text_of
from seqdemo.text.subwords import END, START, Subwords
from seqdemo.training.reading import read_text

Floats = NDArray[np.float64]
Links = frozenset[tuple[int, int]]  # (source word, target word)
SETS = {"en-de": "europarl-de-en-bicici", "en-zh": "tsinghua-zh-en"}  # gold links count the English word first
STEPS, WEIGHTINGS = ("output", "input"), ("raw", "norm")


class Pair(NamedTuple):
    """A sentence, its translation and the links that people drew."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    sure: Links
    possible: Links  # the sure ones among them


def error_rate(found: Sequence[Links], gold: Sequence[Pair]) -> float:
    """AER over all sentences, 0 (all as people did) to 1.

    >>> pair = Pair(("a", "b"), ("c", "d"), frozenset({(0, 0)}), frozenset({(0, 0), (1, 1)}))
    >>> error_rate([frozenset({(0, 0), (1, 1)})], [pair]), error_rate([frozenset({(1, 0)})], [pair])
    (0.0, 1.0)
    """
    agreed = sum(len(links & pair.sure) + len(links & pair.possible) for links, pair in zip(found, gold, strict=True))
    total = sum(len(links) + len(pair.sure) for links, pair in zip(found, gold, strict=True))
    return 1 - agreed / total


def read_gold(folder: Path, pair: str) -> list[Pair]:
    """The set of a pair of languages. Raises Problem where there is none, or its files do not fit together."""
    source, target = pair.split("-")
    together = next((name for name in SETS if set(name.split("-")) == {source, target}), None)
    if together is None:
        raise Problem("no_alignments", pair=pair, known=", ".join(SETS))
    stem = folder / "word-alignments" / SETS[together]
    files = [stem.with_name(f"{stem.name}.{end}.gz") for end in (source, target, f"{together}.pharaoh")]
    rows = [read_text(file).removesuffix("\n").split("\n") for file in files]
    if len({len(part) for part in rows}) != 1:
        raise Problem("data_file_damaged", file=str(files[2]))
    pairs = []
    for one, other, drawn in zip(*rows, strict=True):
        sure, possible = (_links(drawn, marks, turned=source != "en") for marks in ("-", "-p"))
        pairs.append(Pair(tuple(one.split()), tuple(other.split()), sure, possible))
    return pairs


def _links(drawn: str, marks: str, *, turned: bool) -> Links:
    """Those of "0-0 1p2" with one of these marks; turned: English is the target."""
    ends = [link.split(mark) for link in drawn.split() for mark in marks if mark in link]
    return frozenset((int(b), int(a)) if turned else (int(a), int(b)) for a, b in ends)


def cut(words: Sequence[str], subwords: Subwords, language: str) -> tuple[list[int], list[int]]:
    """(ids of the sentence, the word that each came from). Chinese is written without spaces between its words."""
    text, owner = "", []
    for number, word in enumerate(words):
        spaced = text and not (language == "zh" and (_chinese(text[-1]) or _chinese(word[0])))
        text += f" {word}" if spaced else word
        owner += [number] * (len(word) + bool(spaced))
    ids = subwords.encode(text)
    tokens = subwords.tokens(ids)
    ends = [len(text_of(tokens[: place + 1])) for place in range(len(tokens))]  # where each token ends in the text
    return ids, [owner[min(max(end, 1), len(owner)) - 1] for end in ends]


def _chinese(character: str) -> bool:
    return ord(character) >= 0x2E80


@torch.inference_mode()
def words_weights(opened: Checkpoint, pair: Pair, *, step: str) -> dict[str, Floats]:
    """Weighting -> [layer, head, target word, source word]: what each word looked at, given the right words before it.

    step: "output" or "input", the row that belongs to a target token. Empty for a network without cross-attention.
    """
    network: Any = opened.network
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    source, target = opened.config.serves.split("-")
    ids, source_words = cut(pair.source, subwords, source)
    written, target_words = cut(pair.target, subwords, target)
    encoded = network.encode(torch.tensor([[*ids, END]]))
    decoded = network.decode(encoded, torch.tensor([[START, *written]]))
    kinds = {"raw": decoded.cross_weights}
    if decoded.cross_weights and hasattr(network, "decoder"):
        blocks = [block.cross_attention for block in network.decoder]
        lengths = [value_lengths(block, block.remember(encoded.states)) for block in blocks]
        kinds["norm"] = tuple(norm_weighted(*both) for both in zip(decoded.cross_weights, lengths, strict=True))
    first = 1 if step == "input" else 0
    found = {}
    for name, layers in kinds.items():
        if layers:
            rows = torch.stack(layers)[:, 0, :, first : first + len(written), : len(ids)].double().numpy()
            found[name] = _summed(_summed(rows, source_words, len(pair.source), 3), target_words, len(pair.target), 2)
    return found


def _summed(values: Floats, words: Sequence[int], count: int, axis: int) -> Floats:
    """Tokens added up to the words that they came from, along one axis."""
    moved = np.moveaxis(values, axis, 0)
    total = np.zeros((count, *moved.shape[1:]))
    np.add.at(total, np.array(words), moved)
    return np.moveaxis(total, 0, axis)


def links_of(weights: Floats) -> Links:
    """[target word, source word] -> each target word with the source word that it looks at most."""
    return frozenset((int(source), target) for target, source in enumerate(weights.argmax(axis=-1)))


def score(opened: Checkpoint, pairs: Sequence[Pair]) -> dict[str, Any]:
    """{"n", "best": {...}, "heads": [{"layer", "head", "step", "weighting", "chosen_on", "aer"}, ...]}, or {}.

    aer: on the odd sentences; chosen_on: on the even ones, which choose the best. Layers and heads count from 1.
    """
    found: dict[tuple[int, int, str, str], list[Links]] = {}
    for pair in pairs:
        for step in STEPS:
            for weighting, weights in words_weights(opened, pair, step=step).items():
                for layer, head in np.ndindex(weights.shape[:2]):
                    found.setdefault((layer + 1, head + 1, step, weighting), []).append(links_of(weights[layer, head]))
    rows: list[dict[str, Any]] = []
    for (layer, head, step, weighting), links in found.items():
        even, odd = (error_rate(links[half::2], pairs[half::2]) for half in (0, 1))
        place = {"layer": layer, "head": head, "step": step, "weighting": weighting}
        rows.append({**place, "chosen_on": round(even, 4), "aer": round(odd, 4)})
    if not rows:
        return {}
    rows.sort(key=lambda row: float(row["chosen_on"]))
    return {"n": len(pairs), "best": rows[0], "heads": rows}
