"""Changes as one line of text, the way a link carries them; read with care, since anybody may have written it.

    off:transformer.cross.1.2;row:transformer.cross.1.2.4.6,▁Hund,▁dog;word:2-3,▁dog,cat;hide:5,▁red;
    begin:transformer,379b4320,▁Ein,▁Hund;prefix:Der Mann;unit:lstm.40,0.5;show:changed

Numbers count from 1 here, as they do on the page. "%", "," and ";" inside a word are written %25, %2C and %3B.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from urllib.parse import unquote

from seqdemo.interventions.changes import Begun, Change, Changes, HeadOff, RowSet, Typed, UnitHeld, WordHidden
from seqdemo.interventions.changes import WordReplaced as Replaced
from seqdemo.records import KINDS

MOST_LETTERS = 4000
MOST_CHANGES = 60
MOST_TOKENS = 250  # of a beginning
SHOWN = "show:changed"


def write_changes(changes: Changes) -> str:
    """The line; "" for no changes.

    >>> write_changes(Changes((HeadOff("transformer", "cross", 0, 1), Typed("Ja, gut"))))
    'off:transformer.cross.1.2;prefix:Ja%2C gut'
    """
    return ";".join([*map(_write, changes.made), *([SHOWN] if changes.shown else [])])


def read_changes(line: str) -> tuple[Changes, tuple[str, ...]]:
    """The changes that can be read, each once, and the items that cannot, cut to 40 letters. Never raises."""
    if len(line) > MOST_LETTERS:
        return Changes(), (line[:40],)
    made: list[Change] = []
    bad: list[str] = []
    items = [item for item in line.split(";") if item]
    for item in items:
        if item == SHOWN:
            continue
        kind, _, rest = item.partition(":")
        change = None
        if kind in READERS and len(made) < MOST_CHANGES:
            try:
                change = READERS[kind](rest.split(","))
            except (ValueError, IndexError):
                change = None
        if change is None:
            bad.append(item[:40])
        elif change not in made:
            made.append(change)
    return Changes(tuple(made), SHOWN in items and bool(made)), tuple(bad)


def _write(change: Change) -> str:
    if isinstance(change, HeadOff):
        return f"off:{change.model}.{change.kind}.{change.layer + 1}.{change.head + 1}"
    if isinstance(change, RowSet):
        places = (change.layer, change.head, change.query, change.key)
        place = ".".join([change.model, change.kind, *(str(one + 1) for one in places)])
        return f"row:{place},{_safe(change.query_token)},{_safe(change.key_token)}"
    if isinstance(change, Replaced):
        return f"word:{_span(change.first, change.last)},{_safe(change.word)},{_safe(change.by)}"
    if isinstance(change, WordHidden):
        return f"hide:{_span(change.first, change.last)},{_safe(change.word)}"
    if isinstance(change, Begun):
        return ",".join([f"begin:{change.model}", change.made_for, *map(_safe, change.tokens)])
    if isinstance(change, Typed):
        return f"prefix:{_safe(change.text)}"
    return f"unit:{change.model}.{change.unit + 1},{change.value:g}"


def _safe(word: str) -> str:
    return word.replace("%", "%25").replace(",", "%2C").replace(";", "%3B")


def _span(first: int, last: int) -> str:
    return str(first + 1) if first == last else f"{first + 1}-{last + 1}"


def _exactly(parts: list[str], count: int) -> list[str]:
    if len(parts) != count:
        raise ValueError(f"{count} parts were expected")
    return parts


def _number(digits: str) -> int:
    """Counted from 1 in the link, from 0 here."""
    if not re.fullmatch("[1-9][0-9]{0,3}", digits):
        raise ValueError("a number from 1 to 9999 was expected")
    return int(digits) - 1


def _word(text: str) -> str:
    word = unquote(text, errors="strict")
    if not word:
        raise ValueError("a word was expected")
    return word


def _model(name: str) -> str:
    if not re.fullmatch("[a-z0-9-]{1,40}", name):
        raise ValueError("the name of a model was expected")
    return name


def _off(parts: list[str]) -> Change:
    model, kind, layer, head = _exactly(_exactly(parts, 1)[0].split("."), 4)
    return HeadOff(_model(model), _kind(kind), _number(layer), _number(head))


def _row(parts: list[str]) -> Change:
    place, query_token, key_token = _exactly(parts, 3)
    model, kind, *numbers = _exactly(place.split("."), 6)
    layer, head, query, key = map(_number, numbers)
    return RowSet(_model(model), _kind(kind), layer, head, query, key, _word(query_token), _word(key_token))


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError("a kind of attention was expected")
    return kind


def _from_to(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    found = _number(first), _number(last or first)
    if found[0] > found[1]:
        raise ValueError("the last token stands before the first")
    return found


def _replaced(parts: list[str]) -> Change:
    place, word, by = _exactly(parts, 3)
    return Replaced(*_from_to(place), _word(word), unquote(by, errors="strict"))


def _hidden(parts: list[str]) -> Change:
    place, word = _exactly(parts, 2)
    return WordHidden(*_from_to(place), _word(word))


def _begun(parts: list[str]) -> Change:
    model, made_for, *tokens = parts
    if not re.fullmatch("[0-9a-f]{8}", made_for) or not 1 <= len(tokens) <= MOST_TOKENS:
        raise ValueError("a mark and sub-words were expected")
    return Begun(_model(model), made_for, tuple(map(_word, tokens)))


def _typed(parts: list[str]) -> Change:
    text = _word(_exactly(parts, 1)[0])
    if not text.strip():
        raise ValueError("a text was expected")
    return Typed(text)


def _unit(parts: list[str]) -> Change:
    place, value = _exactly(parts, 2)
    model, unit = _exactly(place.split("."), 2)
    held = float(value) if re.fullmatch(r"-?[0-9.]{1,12}", value) else math.nan
    if not -1 <= held <= 1:
        raise ValueError("a value from -1 to 1 was expected")
    return UnitHeld(_model(model), _number(unit), held)


READERS: dict[str, Callable[[list[str]], Change]] = {
    "off": _off,
    "row": _row,
    "word": _replaced,
    "hide": _hidden,
    "begin": _begun,
    "prefix": _typed,
    "unit": _unit,
}
