"""Words become numbers: the vocabulary of a word-level classifier.

Built from the training text only. Id 0 pads short sentences in a batch, id 1 stands for every
word that the training text had too rarely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

PAD, UNKNOWN = 0, 1
PAD_TOKEN, UNKNOWN_TOKEN = "<pad>", "<unk>"


class Vocabulary:
    """Token <-> id. Lower-cases on the way in, since the training text is lower-case."""

    def __init__(self, tokens: Sequence[str]) -> None:
        if tuple(tokens[:2]) != (PAD_TOKEN, UNKNOWN_TOKEN):
            raise ValueError(f"a vocabulary starts with {PAD_TOKEN} {UNKNOWN_TOKEN}; {tuple(tokens[:2])} came")
        if len(set(tokens)) != len(tokens):
            raise ValueError("a vocabulary holds each token once; some came twice")
        if any("\n" in token or "\r" in token for token in tokens):
            raise ValueError("a vocabulary is saved a token a line; one with a line break came")
        self.tokens = tuple(tokens)
        self._ids = {token: number for number, token in enumerate(tokens) if number != PAD}  # a typed "<pad>" is a word

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, words: Iterable[str]) -> list[int]:
        return [self._ids.get(word.lower(), UNKNOWN) for word in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        return [self.tokens[number] for number in ids]

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], at_least: int = 2) -> Vocabulary:
        """Every word seen `at_least` times, the most frequent first; ties in alphabetical order."""
        counts = Counter(word.lower() for words in texts for word in words)
        kept = sorted((word for word, count in counts.items() if count >= at_least), key=lambda w: (-counts[w], w))
        return cls([PAD_TOKEN, UNKNOWN_TOKEN, *(w for w in kept if w not in (PAD_TOKEN, UNKNOWN_TOKEN))])

    def save(self, path: Path) -> None:
        path.write_text("\n".join(self.tokens) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        return cls(path.read_text(encoding="utf-8").removesuffix("\n").split("\n"))
