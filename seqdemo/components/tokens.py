"""Which tokens make up a word, and which are no words at all."""

from __future__ import annotations

from collections.abc import Sequence

SPECIAL = ("<s>", "</s>", "<unk>", "<pad>")
WORD_START = "▁"  # sentencepiece's mark of a blank before a piece
UNSPACED = (0x2E80, 0xFFEF)  # Chinese and its neighbours write no blanks: each piece is left as it is


def word_groups(tokens: Sequence[str]) -> list[list[int]]:
    """Numbers of the tokens of each word, in order: pieces that go on a word join the piece before them.

    >>> word_groups(("▁play", "ing", "▁out", "side", ".", "</s>"))
    [[0, 1], [2, 3], [4], [5]]
    """
    groups: list[list[int]] = []
    if not any(token.startswith(WORD_START) for token in tokens):
        return [[number] for number in range(len(tokens))]
    for number, token in enumerate(tokens):
        goes_on = number > 0 and _is_inner(token) and _is_inner(tokens[number - 1].removeprefix(WORD_START))
        if goes_on:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _is_inner(token: str) -> bool:
    """A piece of a spaced word: letters or digits, no blank before it, not a mark, not Chinese."""
    if token in SPECIAL or not token:
        return False
    return all(letter.isalnum() and not UNSPACED[0] <= ord(letter) <= UNSPACED[1] for letter in token)


def marks_in(tokens: Sequence[str]) -> list[int]:
    """Numbers of the tokens without a letter or digit: punctuation, start and end marks. Attention often rests there.

    Clark et al. 2019, "What does BERT look at?", section 3.2, read it as "nothing to look for".

    >>> marks_in(("▁A", "▁dog", ".", "</s>"))
    [2, 3]
    """
    return [
        number
        for number, token in enumerate(tokens)
        if token in SPECIAL[:2] or not any(letter.isalnum() for letter in token)
    ]
