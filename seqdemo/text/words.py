"""A sentence becomes words: spaCy's rules, nothing to download; Chinese, which writes no spaces, by jieba's dictionary.

"It isn't bad." -> It | is | n't | bad | . and "我喜欢这本书。" -> 我 | 喜欢 | 这 | 本书 | 。 The pipeline is blank
(rules only), so it is fast and the same on every machine; its name and version are written into
each checkpoint.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

MOST_STRINGS = 10_000  # that a pipeline learns before it is made anew, which takes 0.1 s
CHINESE = {"nlp": {"tokenizer": {"segmenter": "jieba"}}}  # spaCy's own default is to cut every character


class Renewed:
    """A pipeline that is made anew before it knows too many strings: spaCy keeps each word that it ever met.

    So a server does not grow with all that is typed, nor keep it. Who is using the old one finishes with it.
    """

    def __init__(self, make: Callable[[], Any], most: int = MOST_STRINGS) -> None:
        self._make, self._most = make, most
        self._lock = threading.Lock()
        self._renew()

    def _renew(self) -> None:
        self._pipeline = self._make()
        self._limit = len(self._pipeline.vocab.strings) + self._most

    def get(self) -> Any:
        with self._lock:
            if len(self._pipeline.vocab.strings) > self._limit:
                self._renew()
            return self._pipeline


@cache
def _renewed(language: str) -> Renewed:
    return Renewed(lambda: _blank(language))


def _blank(language: str) -> Any:
    import spacy  # 1 to 3 s to import, so only when the first sentence comes

    if language != "zh":
        return spacy.blank(language)
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells how long its dictionary took
    return spacy.blank("zh", config=CHINESE)


def tokenized(text: str, language: str = "en") -> Any:
    """spaCy's `Doc` of a text."""
    return _renewed(language).get()(text)


def split_words(text: str, language: str = "en") -> list[str]:
    """The words of a text, punctuation as words of its own, white space left out."""
    return [token.text for token in tokenized(text, language) if not token.is_space]


def tokenizer_name(language: str = "en") -> str:
    """E.g. "spacy.blank('en') 3.8.18": what a checkpoint writes down."""
    import spacy

    name = f"spacy.blank({language!r}) {spacy.__version__}"
    if language == "zh":
        import jieba

        name += f", jieba {jieba.__version__}"
    return name
