"""Sub-words become words again: "▁bal | lo | on" is one word, made of three tokens.

What a model does with a word is spread over its tokens; with these spans a view can add it up. No
token is left out, and the words, with the spaces between them, are the text to the last character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

SPACE_MARK = "\u2581"  # as in seqdemo.text.subwords
MARKS = ("<pad>", "<s>", "</s>")  # stand for no text
UNKNOWN, UNKNOWN_TEXT = "<unk>", " \u2047 "  # as sentencepiece writes it
BYTE = re.compile(r"<0x([0-9A-F]{2})>")
WITHIN_WORDS = "'’-"  # part of a word where letters stand on both sides
JOINER = "\u200d"  # makes one sign of two: 👩 and 💻


class Word(NamedTuple):
    """One word: `text` is `text_of(tokens)[start:end]`, written by `tokens[first:last]`. A mark's is itself."""

    text: str
    start: int
    end: int
    first: int
    last: int


class Piece(NamedTuple):
    """The fewest tokens that write whole characters: one, or the bytes of a character. None: a mark."""

    text: str | None
    first: int
    last: int


def text_of(tokens: Sequence[str]) -> str:
    """The text that tokens write.

    >>> text_of(("▁a", "▁bal", "lo", "on", "</s>"))
    'a balloon'
    """
    return "".join(piece.text or "" for piece in _pieces(tokens))[_ahead(tokens) :]


def merge_words(tokens: Sequence[str]) -> tuple[Word, ...]:
    """The words of tokens, in order; every token belongs to one. Chinese is cut as its tokens are.

    >>> [(word.text, word.first, word.last) for word in merge_words(("▁bal", "lo", "on", "!", "</s>"))]
    [('balloon', 0, 3), ('!', 3, 4), ('</s>', 4, 5)]
    """
    pieces = _pieces(tokens)
    written = "".join(piece.text or "" for piece in pieces)
    kinds: list[str] = []
    for place in range(len(written)):
        kinds.append(kinds[-1] if kinds and _goes_on(written, place) else _kind(written, place))
    groups: list[list[Piece]] = []
    place = 0
    for piece in pieces:
        before = groups[-1][-1] if groups else None
        if before and piece.text and before.text and not (before.text.strip(" ") and _begins(written, kinds, place)):
            groups[-1].append(piece)
        else:
            groups.append([piece])
        place += len(piece.text or "")
    words, place = [], 0
    ahead = _ahead(tokens)
    for group in groups:
        text = "".join(piece.text or "" for piece in group)
        start = max(place + len(text) - len(text.lstrip(" ")) - ahead, 0)
        shown = tokens[group[0].first] if group[0].text is None else text.strip(" ")
        words.append(Word(shown, start, start + len(text.strip(" ")), group[0].first, group[-1].last))
        place += len(text)
    return tuple(words)


def _ahead(tokens: Sequence[str]) -> int:
    """1 where the first token begins with a space, as every first word does; it is not part of the text."""
    first = next((token for token in tokens if token not in MARKS), "")
    return int(first.startswith(SPACE_MARK))


def _begins(written: str, kinds: Sequence[str], place: int) -> bool:
    """Does a word begin at this character?"""
    return not _goes_on(written, place) and (kinds[place - 1] != kinds[place] or kinds[place] == "chinese")


def _goes_on(text: str, place: int) -> bool:
    """An accent, or one of two signs that are joined, is never the beginning of a word."""
    category = unicodedata.category(text[place])
    return category[0] == "M" or text[place] == JOINER or text[:place].endswith(JOINER)


def _kind(text: str, place: int) -> str:
    character = text[place]
    if character == " ":
        return "space"
    if is_chinese(character):
        return "chinese"
    if unicodedata.category(character)[0] in "LNM" or (character in WITHIN_WORDS and _letters_around(text, place)):
        return "letter"
    return "sign"


def is_chinese(sign: str) -> bool:
    """Is it a Chinese character? Punctuation and full-width letters are none."""
    return unicodedata.name(sign, "").startswith("CJK UNIFIED")


def _letters_around(text: str, place: int) -> bool:
    return text[:place][-1:].isalpha() and text[place + 1 : place + 2].isalpha()


def _pieces(tokens: Sequence[str]) -> list[Piece]:
    pieces = []
    place = 0
    while place < len(tokens):
        token, begin = tokens[place], place
        place += 1
        if token in MARKS:
            pieces.append(Piece(None, begin, place))
        elif token == UNKNOWN:
            pieces.append(Piece(UNKNOWN_TEXT, begin, place))
        elif BYTE.fullmatch(token):
            character, place = _spelled(tokens, begin)
            pieces.append(Piece(character, begin, place))
        else:
            pieces.append(Piece(token.replace(SPACE_MARK, " "), begin, place))
    return pieces


def _spelled(tokens: Sequence[str], begin: int) -> tuple[str, int]:
    """The character whose UTF-8 bytes begin here, and where they end; U+FFFD for a byte that begins none."""
    data = b""
    for place in range(begin, min(begin + 4, len(tokens))):
        match = BYTE.fullmatch(tokens[place])
        if match is None:
            break
        data += bytes([int(match[1], 16)])
        try:
            return data.decode(), place + 1
        except UnicodeDecodeError:
            continue
    return "\ufffd", begin + 1
