"""Changes come back from a link as they were; whatever else stands there is named and never raises."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from seqdemo.interventions.changes import Begun, Changes, HeadOff, RowSet, Typed, UnitHeld, WordHidden, WordReplaced
from seqdemo.interventions.spelling import MOST_CHANGES, MOST_LETTERS, read_changes, write_changes
from seqdemo.records import KINDS, RecordError

WORDS = some.text(some.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
PLACES = some.integers(0, 9998)
MODELS = some.sampled_from(("transformer", "gru-attention", "lstm"))
SPANS = some.tuples(PLACES, PLACES).map(sorted)
CHANGES = some.one_of(
    some.builds(HeadOff, MODELS, some.sampled_from(KINDS), PLACES, PLACES),
    some.builds(RowSet, MODELS, some.sampled_from(KINDS), PLACES, PLACES, PLACES, PLACES, WORDS, WORDS),
    some.builds(lambda span, word, by: WordReplaced(*span, word, by), SPANS, WORDS, WORDS | some.just("")),
    some.builds(lambda span, word: WordHidden(*span, word), SPANS, WORDS),
    some.builds(Begun, MODELS, some.just("379b4320"), some.lists(WORDS, min_size=1, max_size=9).map(tuple)),
    some.builds(Typed, WORDS.filter(str.strip)),
    some.builds(UnitHeld, MODELS, PLACES, some.integers(-1000, 1000).map(lambda value: value / 1000)),
)
ALL = some.builds(Changes, some.lists(CHANGES, min_size=1, max_size=8, unique=True).map(tuple), some.booleans())


@given(ALL)
@settings(max_examples=300, deadline=None)
def test_changes_come_back_as_they_were_through_an_address(changes: Changes) -> None:
    line = write_changes(changes)
    query = urlencode({"edits": line})
    assert read_changes(dict(parse_qsl(query))["edits"]) == (changes, ())


@given(some.text(max_size=120) | some.text(alphabet="offrwhidebgnxpu:;,.%-0123456789▁", max_size=120))
@settings(max_examples=400, deadline=None)
def test_whatever_stands_there_is_read_or_named(line: str) -> None:
    changes, bad = read_changes(line)
    items = [item for item in line.split(";") if item and item != "show:changed"]
    assert len(changes.made) + len(bad) <= len(items)
    assert bool(items) == bool(changes.made or bad)
    assert all(len(item) <= 40 for item in bad)
    assert read_changes(write_changes(changes)) == (changes, ())


@pytest.mark.parametrize(
    "item",
    [
        "off:transformer.cross.0.1",
        "off:transformer.cross.1",
        "off:transformer.constructor.1.1",
        "off:<img src=x>.cross.1.1",
        "off:transformer.cross.1.99999",
        "off:transformer.cross.٣.1",
        "row:transformer.cross.1.1.1.1,a",
        "row:transformer.cross.1.1.1.1,a,",
        "word:3-2,a,b",
        "word:1,,b",
        "word:1,%ff,b",
        "hide:x,a",
        "begin:transformer,379b4320",
        "begin:transformer,zz,▁Ein",
        "begin:transformer,379b4320," + ",".join("a" * 251),
        "prefix:",
        "prefix:  ",
        "unit:lstm.1,2",
        "unit:lstm.1,nan",
        "unit:lstm.1,1e0",
        "unit:lstm.1",
        "delete:everything",
        "off",
    ],
)
def test_a_damaged_item_is_named_and_the_others_work(item: str) -> None:
    changes, bad = read_changes(f"{item};hide:2,▁dog")
    assert changes.made == (WordHidden(1, 1, "▁dog"),)
    assert bad == (item[:40],)


def test_a_line_that_never_ends_is_left_aside() -> None:
    assert read_changes("off:" + "x" * MOST_LETTERS)[0] == Changes()
    many = ";".join(f"hide:{number},a" for number in range(1, MOST_CHANGES + 3))
    changes, bad = read_changes(many)
    assert (len(changes.made), len(bad)) == (MOST_CHANGES, 2)


def test_a_kind_of_attention_that_is_none_is_refused() -> None:
    with pytest.raises(RecordError, match="kind"):
        HeadOff("transformer", "sideways", 0, 0)
