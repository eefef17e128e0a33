"""How a sum is written down: numbers short enough to read, long sums cut in the middle, Python that is safe to run."""

from __future__ import annotations

from collections.abc import Sequence

from seqdemo.evidence import SumAsked
from seqdemo.sums.inside import Reading, Written

MOST_TERMS = 6  # of a sum, before the middle is left out
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def number(value: float) -> str:
    """Four digits after the point, or as many that count.

    >>> number(0.35041), number(-12.5), number(0.0000123), number(81234.5)
    ('0.3504', '−12.5000', '1.23e−5', '81234.5')
    """
    size = abs(value)
    if size and size < 5e-4:
        digits, power = f"{value:.2e}".split("e")
        return f"{digits}e{int(power)}".replace("-", "−")
    return (f"{value:.1f}" if size >= 10_000 else f"{value:.4f}").replace("-", "−")


def total(terms: Sequence[float | str]) -> str:
    """Terms with a plus between them.

    >>> total([1.0, -2.0])
    '1.0000 − 2.0000'
    """
    said = [term if isinstance(term, str) else number(term) for term in terms]
    if len(said) > MOST_TERMS:
        said = [*said[: MOST_TERMS - 2], f"… {len(said) - MOST_TERMS + 1} …", said[-1]]
    return plus(*said)


def plus(*terms: str) -> str:
    """Terms one after another, each with its sign.

    >>> plus("1.0000", "−2.0000", "…")
    '1.0000 − 2.0000 + …'
    """
    return " + ".join(terms).replace("+ −", "− ")


def subscript(place: int) -> str:
    """A place counted from 1, small and low."""
    return str(place + 1).translate(SUBSCRIPTS)


def places(numbers: Sequence[int]) -> str:
    """As a list in Python."""
    return "[" + ", ".join(map(str, numbers)) + "]"


def called(asked: SumAsked, inside: Reading | Written, pieces: int | None = None) -> tuple[str, str]:
    """The function that brings a snippet inside, and its call. What was typed is a quoted literal of Python.

    >>> ascii(called(SumAsked("n", "gate", "it's\\n"), Reading(*[None] * 6))[1])
    '\\'read("n", "it\\\\\\'s\\\\\\\\n")\\''
    """
    text = quoted(asked.text)
    if isinstance(inside, Reading):
        return "read", f"read({quoted(asked.checkpoint)}, {text}" + (f", pieces={pieces})" if pieces else ")")
    return "write", f"write({quoted(asked.checkpoint)}, {text}, beam={asked.beam})"


def quoted(text: str) -> str:
    """A Python literal in double quotes where that needs no escape, so that code reads alike.

    >>> quoted("it's"), quoted('"'), quoted("a\\nb")
    ('"it\\'s"', '\\'"\\'', '"a\\\\nb"')
    """
    literal = repr(text)
    plain = literal[0] == "'" and '"' not in literal and "\\'" not in literal
    return f'"{literal[1:-1]}"' if plain else literal
