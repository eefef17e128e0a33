"""Some words of a text replaced: every other word is found where it now stands."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from seqdemo.text.replacing import Replacement, bare, overlapping, replace_words

WORDS = some.lists(some.text("abé狗🐶.", min_size=1, max_size=5), min_size=1, max_size=8)


@given(WORDS, some.data())
@settings(max_examples=300, deadline=None)
def test_every_other_word_is_found_where_it_stands_now(words: list[str], data: some.DataObject) -> None:
    """Spans hold the blank before a word, as a sub-word's does."""
    text = "".join(" " + word for word in words)
    ends = [len("".join(" " + word for word in words[: number + 1])) for number in range(len(words))]
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    chosen = data.draw(some.sets(some.integers(0, len(words) - 1)))
    by = {number: data.draw(some.sampled_from(("", "x", "two words", "長"))) for number in sorted(chosen)}
    found = replace_words(text, [Replacement(spans[number], by[number]) for number in by])
    expected = [by.get(number, word) for number, word in enumerate(words)]
    assert found.text.split() == " ".join(expected).split()
    for number, word in enumerate(words):
        if number not in by:
            begin, end = bare(text, spans[number])
            assert found.text[found.moved(begin) : found.moved(end)] == word


def test_spans_meet_where_they_share_a_character() -> None:
    assert overlapping([(0, 2), (2, 5), (5, 6)], (1, 3)) == [0, 1]
    assert overlapping([(0, 2), (2, 5)], (2, 2)) == []
    assert bare(" dog ", (0, 5)) == (1, 4)
    assert bare("   ", (0, 3)) == (3, 3)


def test_no_blank_is_left_of_a_word_taken_out() -> None:
    assert replace_words(" a b c", [Replacement((0, 2), ""), Replacement((4, 6), "")]).text == " b"
