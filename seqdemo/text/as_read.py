"""A phone writes ’ where the training text has ': the same sign for a reader, another token for a model.

What people typed stays as it is; what a model reads has the signs that its training text has. The corpora are
read as they stand (SST-2 and TREC have none of these signs), so what a card says was measured is not touched.
"""

from __future__ import annotations

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # what Unicode's NFKC makes of them: Ａ is A
LETTERS = {code: plain for code, plain in FULL_WIDTH.items() if chr(plain).isalpha()}
QUOTES = str.maketrans("’‘ʼ“”", "'''\"\"")
SIGNS = {"en": FULL_WIDTH | QUOTES, "de": FULL_WIDTH, "zh": LETTERS}  # „…“ is German; ，“” and １ are Chinese


def as_read(text: str, language: str) -> str:
    """The text as a model of a language reads it: as many characters, each in its place.

    >>> as_read("It’s ｇｏｏｄ！", "en"), as_read("“ＮＢＡ”，好！", "zh")
    ("It's good!", '“NBA”，好！')
    """
    return text.translate(SIGNS.get(language, {}))
