"""How much text we take, and what we clean away first. Enforced here, on the server.

A page's own length limit holds in the browser only: megabytes come through over HTTP.
"""

from __future__ import annotations

import re
import unicodedata

from seqdemo.problems import Problem
from seqdemo.records import Notice
from seqdemo.text.as_read import as_read

MAX_CHARACTERS = 1000  # more is cut before anything else looks at it
MAX_WORDS = 120  # a classifier reads at most this many words
MAX_SUBWORDS = 96  # a translator reads at most this many sub-words of a sentence
MAX_SENTENCES = 20  # of a text to translate
MAX_BEAM = 10
MAX_BATCH = 256  # lines translated at once
LATIN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ0-9'’ʼ-]*")


def clean(text: str, *, signs: bool = False) -> tuple[str, tuple[Notice, ...]]:
    """One line of printable text, with a notice for everything that was taken away.

    Cuts at MAX_CHARACTERS, drops control, surrogate and private-use characters, makes every
    run of white space one space. signs: signs alone will do, as in a name such as "+". Raises Problem where nothing
    readable is left.
    """
    spaced = " ".join(text[:MAX_CHARACTERS].split())
    printable = _joined("".join(character for character in spaced if not _is_control(character)))
    composed = " ".join(unicodedata.normalize("NFC", printable).split())
    kept = composed[:MAX_CHARACTERS].rstrip()  # NFC writes a few characters as three
    notices = []
    came = max(len(text), len(composed))
    if came > MAX_CHARACTERS:
        notices.append(Notice("cut_characters", {"limit": MAX_CHARACTERS, "came": came}))
    if printable != spaced:
        notices.append(Notice("control_characters"))
    if not kept:
        raise Problem("empty_text")
    if not signs and not any(character.isalnum() for character in kept):
        raise Problem("no_letters")
    return kept, tuple(notices)


def _is_control(character: str) -> bool:
    """Cc control, Cs surrogate, Co private use, Cn unassigned, and Cf format: soft hyphens, and marks of direction,
    which can fake a text's order. Two kinds of Cf are parts of an emoji: the joiner, and the tags of a flag.
    """
    kept = character == _JOINER or "\U000e0020" <= character <= "\U000e007f"
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Cf") and not kept


_JOINER = "\u200d"


def _joined(text: str) -> str:
    """Without joiners that join no emoji: in a word they are unseen, and hide that the word is known."""
    kept = [
        character
        for before, character in zip(" " + text, text, strict=False)
        if character != _JOINER or before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk")
    ]
    return re.sub(_JOINER + r"(?=\w)", "", "".join(kept))


def require_script(text: str, language: str) -> None:
    """Raises Problem where most of a text is not of the script that `language` ("en", "de", "zh") is written in."""
    foreign = foreign_share(text, language)
    if foreign > 0.5:
        if language == "zh":
            raise Problem("not_chinese", share=round(100 * foreign))
        raise Problem("other_script", language=language, share=round(100 * foreign))


def mixed_scripts(text: str, language: str) -> tuple[Notice, ...]:
    """A word about another script, which a model has hardly met. Chinese has its iPhone and NBA."""
    foreign = foreign_share(text, language)
    usual = 0.25 if language == "zh" else 0.0
    return (Notice("mixed_scripts", {"share": max(1, round(100 * foreign))}),) if foreign > usual else ()


def foreign_share(text: str, language: str) -> float:
    """The share of the letters (`letters_of`) that are not of the script that `language` is written in; 0 without any.

    >>> foreign_share("这个 hotel 很 nice", "zh")
    0.4
    """
    letters = letters_of(text, language)
    script = "CJK" if language == "zh" else "LATIN"
    own = sum(unicodedata.name(character, "").startswith(script) for character in letters)
    return 1 - own / len(letters) if letters else 0.0


def letters_of(text: str, language: str) -> list[str]:
    """The letters of a text as it is read. In Chinese, where a character is a word or half of one, a Latin word is one.

    >>> letters_of("iPhone 15 很好", "zh")
    ['A', '很', '好']
    """
    read = as_read(text, language)
    if language == "zh":
        read = LATIN_WORD.sub("A", read)
    return [character for character in read if character.isalpha()]
