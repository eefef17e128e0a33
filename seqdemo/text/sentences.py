"""A text becomes sentences: spaCy's rule (a sentence ends with . ! ? 。 and the like), with its usual slips mended.

A translator reads one sentence at a time, as it learnt to. The tokeniser already knows that the
dots in "Mr. Smith" and "z.B." end nothing.
"""

from __future__ import annotations

from seqdemo.text.words import tokenized

OPENING = "„«‹([{（「『《〈"
EITHER = "\"'“‘"  # open a quotation where a space stands before them; in Chinese the bent ones always do


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a text in order, each with a letter or digit, without the white space between them.

    Nothing else is left out.

    >>> split_sentences('He asked: "Why?" and left. Mr. Smith saw it.')
    ['He asked: "Why?" and left.', 'Mr. Smith saw it.']
    """
    from spacy.pipeline import Sentencizer

    found = Sentencizer()(tokenized(text, language))
    begins = [0]
    for sentence in found.sents:
        begin = _before_opening(text, int(sentence.start_char), language)
        speaks = any(map(str.isalnum, text[begins[-1] : begin])) and any(map(str.isalnum, text[begin:]))
        if speaks and not _goes_on(text[:begin], text[begin:]):
            begins.append(begin)
    pieces = (text[begin:end].strip() for begin, end in zip(begins, [*begins[1:], len(text)], strict=True))
    return [piece for piece in pieces if piece]


def _before_opening(text: str, begin: int, language: str) -> int:
    """A quotation mark or bracket that opens belongs to what follows."""
    while begin > 0:
        last = len(text[:begin].rstrip()) - 1
        spaced = last == 0 or text[last - 1].isspace()
        opens = text[last] in OPENING or (
            text[last] in EITHER and (spaced or (language == "zh" and text[last] in "“‘"))
        )
        if last < 0 or not opens:
            return begin
        begin = last
    return begin


def _goes_on(before: str, after: str) -> bool:
    """No sentence begins with a small letter or in the middle of a number."""
    first = after.lstrip("\"'“‘«‹([{ ")[:1]
    number = before.endswith(".") and before[-2:-1].isdigit() and after[:1].isdigit()
    return first.islower() or number
