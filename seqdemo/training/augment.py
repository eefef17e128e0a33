"""More text for a teacher to answer: each sentence again with words hidden, exchanged or cut off.

After Tang et al. 2019, "Distilling Task-Specific Knowledge from BERT into Simple Neural Networks",
section 3.2, with two changes: a word is exchanged for one of its nearest word vectors (Jiao et al. 2020,
section 3.2), and most cuts keep the beginning, since a recurrent network shows its verdict after every word.
No label goes with such text: "not good" and "not" differ. The teacher says anew what each means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from seqdemo.text.vocabulary import UNKNOWN_TOKEN

NEIGHBOURS = 10
HIDDEN, EXCHANGED = 0.1, 0.15  # share of the words
PREFIX, SPAN = 0.3, 0.2  # share of the copies


def copies(
    words: Sequence[str], number: int, random: np.random.Generator, neighbours: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """`number` changed copies of a sentence, given and returned as lower-case words; <unk> stands where one is hidden.

    neighbours: word -> words like it (`nearest`).
    """
    return [_changed(words, random, neighbours) for _ in range(number)]


def _changed(words: Sequence[str], random: np.random.Generator, neighbours: Mapping[str, Sequence[str]]) -> list[str]:
    kind = random.random()
    begin, end = 0, len(words)
    if kind < PREFIX + SPAN and len(words) > 2:
        end = int(random.integers(1, len(words) + 1))
        if kind >= PREFIX:
            begin = int(random.integers(0, end))
    changed = []
    for word in words[begin:end]:
        draw = random.random()
        if draw < HIDDEN:
            changed.append(UNKNOWN_TOKEN)
        elif draw < HIDDEN + EXCHANGED and word in neighbours:
            changed.append(str(random.choice(neighbours[word])))
        else:
            changed.append(word)
    return changed


def nearest(
    wanted: Sequence[str], words: Sequence[str], vectors: NDArray[np.float32], number: int = NEIGHBOURS
) -> dict[str, list[str]]:
    """word -> the `number` other words of highest cosine. vectors: [word, dimension]; unknown words are left out."""
    known = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
    directions = vectors[known] / np.linalg.norm(vectors[known], axis=1, keepdims=True)
    rows = {words[place]: row for row, place in enumerate(known.tolist())}
    asked = [word for word in wanted if word in rows]
    found = {}
    for begin in range(0, len(asked), 1000):
        part = asked[begin : begin + 1000]
        own = np.array([rows[word] for word in part])
        cosines = directions[own] @ directions.T  # [asked, known]
        cosines[np.arange(len(part)), own] = -1.0
        best = np.argpartition(-cosines, number, axis=1)[:, :number]
        for word, places in zip(part, best, strict=True):
            found[word] = sorted(words[known[place]] for place in places)
    return found
