"""Words become numbers: the vocabulary of a word-level classifier.

Built from the training text only. Id 0 pads short sentences in a batch, id 1 stands for every
word that the training text had too rarely. A rare Chinese word is not lost: its characters mean something of
their own, so it is read as those.
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

    def pieces(self, words: Iterable[str]) -> list[str]:
        """The words as they are read: each as it stands, but a Chinese word without an id as its characters.

        >>> Vocabulary(["<pad>", "<unk>", "喜欢", "本", "书"]).pieces(["我", "喜欢", "本书", "books"])
        ['我', '喜欢', '本', '书', 'books']
        """
        cut = ([word] if word.lower() in self._ids or not _is_chinese(word) else word for word in words)
        return [piece for pieces in cut for piece in pieces]

    def encode(self, words: Iterable[str]) -> list[int]:
        return [self._ids.get(word.lower(), UNKNOWN) for word in words]

    def decode(self, ids: Iterable[int]) -> list[str]:
        return [self.tokens[number] for number in ids]

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], at_least: int = 2) -> Vocabulary:
        """Every word seen `at_least` times, the most frequent first; ties in alphabetical order.

        A rarer Chinese word counts for its characters.
        """
        counts = Counter(word.lower() for words in texts for word in words)
        for word in [word for word, count in counts.items() if count < at_least and len(word) > 1]:
            if _is_chinese(word):
                for character in word:
                    counts[character] += counts[word]
        kept = sorted((word for word, count in counts.items() if count >= at_least), key=lambda w: (-counts[w], w))
        return cls([PAD_TOKEN, UNKNOWN_TOKEN, *(w for w in kept if w not in (PAD_TOKEN, UNKNOWN_TOKEN))])

    def save(self, path: Path) -> None:
        path.write_text("\n".join(self.tokens) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        return cls(path.read_text(encoding="utf-8").removesuffix("\n").split("\n"))


def _is_chinese(word: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in word)
