"""A sentence becomes words, by rules alone."""

from __future__ import annotations

import pytest

from seqdemo.text.words import split_words, tokenizer_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It isn't bad.", ["It", "is", "n't", "bad", "."]),
        ("  two   gaps ", ["two", "gaps"]),
        ("x", ["x"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_punctuation_is_a_word_and_white_space_is_none(text, words):
    assert split_words(text) == words


def test_the_name_says_which_rules_these_are():
    assert tokenizer_name().startswith("spacy.blank('en') 3.")
