"""A sentence becomes words: spaCy's rules, nothing to download; Chinese, which writes no spaces, by jieba's dictionary.

"It isn't bad." -> It | is | n't | bad | . and "我喜欢这本书。" -> 我 | 喜欢 | 这 | 本书 | 。 The pipeline is blank
(rules only), so it is fast and the same on every machine; its name and version are written into
each checkpoint.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

CHINESE = {"nlp": {"tokenizer": {"segmenter": "jieba"}}}  # spaCy's own default is to cut every character


@cache
def _pipeline(language: str) -> Any:
    import spacy  # 1 to 3 s to import, so only when the first sentence comes

    if language != "zh":
        return spacy.blank(language)
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it tells how long its dictionary took
    return spacy.blank("zh", config=CHINESE)


def tokenized(text: str, language: str = "en") -> Any:
    """spaCy's `Doc` of a text."""
    return _pipeline(language)(text)


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
