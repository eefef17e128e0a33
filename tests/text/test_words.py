"""A sentence becomes words, by rules alone."""

from __future__ import annotations

import pytest

from seqdemo.text.words import Renewed, _blank, split_words, tokenizer_name


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我喜欢这部电影。", ["我", "喜欢", "这部", "电影", "。"]),
        ("iPhone 很好用 ！", ["iPhone", "很", "好", "用", "！"]),
        ("😀", ["😀"]),
        ("", []),
    ],
)
def test_chinese_is_cut_into_words_without_spaces(text, words):
    assert split_words(text, "zh") == words
    assert "".join(split_words(text, "zh")) == text.replace(" ", "")


def test_the_name_says_which_rules_these_are():
    assert tokenizer_name().startswith("spacy.blank('en') 3.")
    assert "jieba 0." in tokenizer_name("zh")


@pytest.mark.parametrize("language", ["en", "de", "zh"])
def test_what_was_typed_is_not_kept_for_ever(language: str) -> None:
    """spaCy remembers each word that it meets; a few new ones later the pipeline is another."""
    pipeline = Renewed(lambda: _blank(language), most=20)
    words = [token.text for token in pipeline.get()("zyxwv is here.")]
    assert "zyxwv" in pipeline.get().vocab.strings
    before = pipeline.get()
    for number in range(60):
        pipeline.get()(f"another{number}word stands there")
    assert pipeline.get() is not before
    assert "zyxwv" not in pipeline.get().vocab.strings
    assert [token.text for token in pipeline.get()("zyxwv is here.")] == words
