"""Does a model hear a "not", and does it mind the order of words? Pairs that differ in that alone.

assets/sentences/TASK-pairs.tsv holds pairs written for this project: `negation` adds or takes a negative word, `order`
says the contrary with the very same words. A bag of words answers both of an `order` pair alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SENTENCES = Path(__file__).resolve().parents[2] / "assets" / "sentences"


class Pair(NamedTuple):
    """Two texts of two classes."""

    kind: str  # "negation" or "order"
    label: int
    text: str
    other_label: int
    other_text: str


def pairs_of(task: str) -> list[Pair]:
    """The pairs of a task; none where nobody wrote any."""
    path = SENTENCES / f"{task}-pairs.tsv"
    if not path.is_file():
        return []
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [Pair(kind, int(label), text, int(other), other_text) for kind, label, text, other, other_text in rows]


def score(pairs: Sequence[Pair], stated: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """kind -> {"n", "both", "follows", "alike"}, shares of the pairs.

    stated: [2 * pair, label], probabilities of each pair's text and other text in turn. both: both answers are right;
    follows: the probability of the text's class falls from it to the other; alike: one answer for both.
    """
    found: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        numbers = [number for number, pair in enumerate(pairs) if pair.kind == kind]
        both = follows = alike = 0
        for number in numbers:
            pair, (one, other) = pairs[number], stated[2 * number : 2 * number + 2]
            both += int(one.argmax() == pair.label and other.argmax() == pair.other_label)
            follows += int(one[pair.label] > other[pair.label])
            alike += int(one.argmax() == other.argmax())
        shares = {name: round(count / len(numbers), 4) for name, count in (("both", both), ("follows", follows))}
        found[kind] = {"n": len(numbers), **shares, "alike": round(alike / len(numbers), 4)}
    return found
