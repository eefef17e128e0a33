"""Words to numbers and back, and through a file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.text.vocabulary import PAD, PAD_TOKEN, UNKNOWN, UNKNOWN_TOKEN, Vocabulary

TEXTS = [["A", "good", "film", "."], ["a", "bad", "film", "."], ["Good", "acting"]]
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), min_size=1, max_size=8)


def test_frequent_words_come_first_and_rare_ones_not_at_all():
    vocabulary = Vocabulary.build(TEXTS)
    assert vocabulary.tokens == ("<pad>", "<unk>", ".", "a", "film", "good")
    assert len(vocabulary) == 6
    assert Vocabulary.build(TEXTS, at_least=1).tokens[6:] == ("acting", "bad")


def test_letter_case_does_not_matter_and_an_unseen_word_is_unknown():
    vocabulary = Vocabulary.build(TEXTS)
    assert vocabulary.encode(["GOOD", "bad", "film"]) == [5, UNKNOWN, 4]
    assert vocabulary.decode([5, UNKNOWN, 4]) == ["good", "<unk>", "film"]


def test_a_rare_chinese_word_is_read_as_its_characters():
    texts = [["喜欢", "本书", "好书"], ["喜欢", "好书", "ok"], ["书", "很", "差劲"]]
    vocabulary = Vocabulary.build(texts)
    assert set(vocabulary.tokens[2:]) == {"喜欢", "好书", "书"}, "书 was seen once alone and once in 本书"
    assert vocabulary.pieces(["本书", "喜欢", "差劲", "OK", "。"]) == ["本", "书", "喜欢", "差", "劲", "OK", "。"]
    assert vocabulary.encode(vocabulary.pieces(["本书", "好书"])) == [
        UNKNOWN, *vocabulary.encode(["书"]), *vocabulary.encode(["好书"])
    ]  # fmt: skip


def test_a_word_of_letters_is_never_cut():
    assert Vocabulary.build(TEXTS).pieces(["Xylophone", "film"]) == ["Xylophone", "film"]


def test_the_order_of_the_texts_does_not_matter():
    assert Vocabulary.build(TEXTS[::-1]).tokens == Vocabulary.build(TEXTS).tokens


def test_nobody_can_type_padding():
    vocabulary = Vocabulary.build([["<pad>", "<unk>", "x"]] * 2)
    assert vocabulary.tokens == (PAD_TOKEN, UNKNOWN_TOKEN, "x")
    assert vocabulary.encode(["<pad>", "<PAD>", "<unk>"]) == [UNKNOWN] * 3
    assert PAD not in vocabulary.encode(["<pad>"])


@given(st.lists(words, unique=True))
def test_a_vocabulary_comes_back_from_its_file(tokens):
    vocabulary = Vocabulary([PAD_TOKEN, UNKNOWN_TOKEN, *(t for t in tokens if t not in (PAD_TOKEN, UNKNOWN_TOKEN))])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary.txt"
        vocabulary.save(path)
        back = Vocabulary.load(path)
    assert back.tokens == vocabulary.tokens
    assert back.encode(tokens) == vocabulary.encode(tokens)


@given(st.lists(st.lists(words)))
def test_every_word_kept_has_an_id_of_its_own(texts):
    vocabulary = Vocabulary.build(texts, at_least=1)
    numbers = vocabulary.encode(word for text in texts for word in text)
    assert all(0 < number < len(vocabulary) for number in numbers)
    seen = {word.lower() for text in texts for word in text} - {PAD_TOKEN, UNKNOWN_TOKEN}
    assert len(vocabulary) == len(seen) + 2
    assert vocabulary.decode(vocabulary.encode(seen)) == list(seen)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["good", "film"], "starts with <pad> <unk>"),
        ([], "starts with"),
        (["<unk>", "<pad>"], "starts with"),
        (["<pad>", "<unk>", "a", "a"], "each token once"),
        (["<pad>", "<unk>", "a\nb"], "line break"),
        (["<pad>", "<unk>", "a\rb"], "line break"),
    ],
)
def test_a_broken_vocabulary_is_refused(tokens, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(tokens)
