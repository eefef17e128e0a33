"""Words that somebody lists: "not, never". Nothing is left out in silence."""

from __future__ import annotations

import re

from seqdemo.problems import Problem


def named_words(text: str) -> list[str]:
    """Words that somebody named, with commas between them (、 and ， too). Raises Problem where there is none.

    >>> named_words("not, never"), named_words("不，没")
    (['not', 'never'], ['不', '没'])
    """
    words = [word.strip() for word in re.split("[,，、]", text) if word.strip()]
    if not words:
        raise Problem("no_words_named", came=text.strip()[:20])
    return words
