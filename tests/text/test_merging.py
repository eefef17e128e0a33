"""Sub-words become words again, and nothing gets lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seqdemo.text.merging import MARKS, merge_words, text_of
from seqdemo.text.subwords import END, START, UNKNOWN, Subwords
from tests.text.test_subwords import ODD, SENTENCES, SIZE


@pytest.fixture(scope="module")
def subwords() -> Subwords:
    return Subwords.train((*SENTENCES, "我喜欢这本书。", "你喜欢狗。"), SIZE)


def words_of(subwords: Subwords, text: str) -> list[str]:
    return [word.text for word in merge_words(subwords.tokens(subwords.encode(text)))]


def check(subwords: Subwords, ids: list[int], text: str) -> None:
    tokens = subwords.tokens(ids)
    words = merge_words(tokens)
    assert text_of(tokens) == text
    assert [place for word in words for place in range(word.first, word.last)] == list(range(len(tokens)))
    place = 0
    for word in words:
        if word.text not in MARKS or word.end > word.start:
            assert word.text == text[word.start : word.end]
        assert word.start >= place
        assert text[place : word.start].strip(" ") == ""
        place = word.end
    assert text[place:].strip(" ") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A sandcastle, two dogs!", ["A", "sandcastle", ",", "two", "dogs", "!"]),
        ("the dog's x-ray isn't 'here'", ["the", "dog's", "x-ray", "isn't", "'", "here", "'"]),
        ("e\u0301te\u0301 👩\u200d💻 ok", ["e\u0301te\u0301", "👩\u200d💻", "ok"]),
        ("dog 狗犬 dog", ["dog", "狗", "犬", "dog"]),
        ("Ａ dog！", ["Ａ", "dog", "！"]),
    ],
)
def test_words_are_what_a_reader_calls_words(subwords: Subwords, text: str, words: list[str]) -> None:
    assert words_of(subwords, text) == words


def test_marks_are_words_of_their_own(subwords: Subwords) -> None:
    ids = [START, *subwords.encode("the dog"), END]
    assert [word.text for word in merge_words(subwords.tokens(ids))] == ["<s>", "the", "dog", "</s>"]
    check(subwords, ids, "the dog")


@pytest.mark.parametrize("text", [*ODD, *SENTENCES, "我喜欢这本书。", "", " ", "  a  b  "])
def test_words_and_the_spaces_between_them_are_the_text(subwords: Subwords, text: str) -> None:
    check(subwords, subwords.encode(text), text)


@settings(max_examples=300)
@given(st.text(max_size=30).filter(lambda text: "\ufdd0" not in text))
def test_no_text_loses_anything(subwords: Subwords, text: str) -> None:
    check(subwords, subwords.encode(text), text)


@given(st.lists(st.sampled_from([UNKNOWN, *range(END + 1, SIZE)]), max_size=20))
@example([198, UNKNOWN, 132])
def test_whatever_a_model_may_write_is_read_as_it_decodes(subwords: Subwords, ids: list[int]) -> None:
    """Marks stand at its ends alone (decoding/batch.py: `forbidden`)."""
    check(subwords, [START, *ids, END], subwords.decode(ids))
