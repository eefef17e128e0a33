"""What a model cannot tell apart is told: words and signs that its training text had too rarely, or not at all.

Each of them is read as <unk>, so two sentences that differ in them alone get the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from seqdemo.problems import Problem
from seqdemo.records import Notice
from seqdemo.text.vocabulary import UNKNOWN

SHOWN = 8  # words that a notice names


def unknown_words(words: Sequence[str], pieces: Sequence[Sequence[int]], language: str) -> tuple[Notice, ...]:
    """Tells which words, digits and signs a classifier cannot tell apart, and where there is no word at all.

    pieces: the ids that each word is read as; it is told of where one of them is <unk>. Raises Problem where
    all are, in all words (or, where there are no words, in all signs).
    """
    read = [ids for word, ids in zip(words, pieces, strict=True) if _is_spoken(word)] or list(pieces)
    if all(number == UNKNOWN for ids in read for number in ids):
        raise Problem("no_known_words", count=len(read), language=language)
    known = [UNKNOWN not in ids for ids in pieces]
    values = _new_to_the_model(words, known)
    notices = (Notice("unknown_words", values), *_mostly_unknown(values)) if values else ()
    signs = [word for word, seen in zip(words, known, strict=True) if not seen and not _is_spoken(word)]
    if signs:
        notices = (*notices, Notice("unknown_signs", {"count": len(signs), "signs": _named(signs)}))
    return (*notices, *figures_alone(words))


def figures_alone(words: Sequence[str]) -> tuple[Notice, ...]:
    """Tells where there is no word at all."""
    return () if any(map(_is_spoken, words)) else (Notice("no_words"),)


def other_language(
    words: Sequence[str], here: Collection[str], there: Collection[str], pair: str
) -> tuple[Notice, ...]:
    """Tells where a text looks like the language that a translator writes.

    here, there: lower-cased words of its sources in training, and of those of the turned pair's translator;
    pair: the turned one. Three of four words have to be known there, and more than here.
    """
    spoken = [word.lower() for word in words if _is_spoken(word)]
    known_here, known_there = (sum(word in known for word in spoken) for known in (here, there))
    turned = known_there > known_here and 4 * known_there >= 3 * len(spoken)
    return (Notice("other_language", {"pair": pair}),) if turned else ()


def unseen_words(words: Sequence[str], seen: Sequence[bool]) -> tuple[Notice, ...]:
    """Tells which words a translator never met in training, though it has sub-words for them."""
    values = _new_to_the_model(words, seen)
    return (Notice("unseen_words", values), *_mostly_unknown(values)) if values else ()


def _new_to_the_model(words: Sequence[str], seen: Sequence[bool]) -> dict[str, str | int]:
    """count, total and (the first of the) words; empty where the model knows them all."""
    spoken = [(word, known) for word, known in zip(words, seen, strict=True) if _is_spoken(word)]
    new = [word for word, known in spoken if not known]
    return {"count": len(new), "total": len(spoken), "words": _named(new)} if new else {}


def _mostly_unknown(values: dict[str, str | int]) -> tuple[Notice, ...]:
    return (Notice("mostly_unknown"),) if 2 * int(values["count"]) >= int(values["total"]) else ()


def _named(words: Sequence[str]) -> str:
    return ", ".join(word[:30] for word in dict.fromkeys(words[:SHOWN]))


def _is_spoken(word: str) -> bool:
    return any(character.isalpha() for character in word)
