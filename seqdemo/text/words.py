"""A sentence becomes words: spaCy's rule-based tokeniser, nothing to download.

"It isn't bad." -> It | is | n't | bad | . The pipeline is blank (rules only), so it is fast and
the same on every machine; its name and version are written into each checkpoint.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _pipeline(language: str) -> Any:
    import spacy  # 1 to 3 s to import, so only when the first sentence comes

    return spacy.blank(language)


def split_words(text: str, language: str = "en") -> list[str]:
    """The words of a text, punctuation as words of its own, white space left out."""
    return [token.text for token in _pipeline(language)(text) if not token.is_space]


def tokenizer_name(language: str = "en") -> str:
    """E.g. "spacy.blank('en') 3.8.18": what a checkpoint writes down."""
    import spacy

    return f"spacy.blank({language!r}) {spacy.__version__}"
