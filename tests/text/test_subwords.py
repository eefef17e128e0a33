"""Sub-words learnt from a few sentences of our own: text in, ids out, and the text back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.text.subwords import END, PAD, START, UNKNOWN, Subwords

SENTENCES = (
    "A brown dog runs along the river and a boy runs after it.",
    "Ein brauner Hund rennt am Fluss entlang und ein Junge rennt ihm nach.",
    "Two women are selling red apples at the market in the morning.",
    "Zwei Frauen verkaufen am Morgen auf dem Markt rote Äpfel.",
    "The old man sits on a bench and feeds the pigeons.",
    "Der alte Mann sitzt auf einer Bank und füttert die Tauben.",
    "Children are building a castle out of sand by the sea.",
    "Kinder bauen am Meer eine Burg aus Sand; es ist heiß.",
)
SIZE = 400  # 4 special tokens, 256 bytes, and what the sentences give


@pytest.fixture(scope="module")
def subwords() -> Subwords:
    return Subwords.train(SENTENCES, SIZE)


def test_it_has_the_size_that_was_asked_for_and_the_special_tokens_first(subwords):
    assert len(subwords) == SIZE
    assert subwords.tokens(range(4)) == ("<pad>", "<unk>", "<s>", "</s>")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_text_comes_back_from_its_ids(subwords, sentence):
    ids = subwords.encode(sentence)
    assert subwords.decode(ids) == sentence
    assert subwords.decode([START, *ids, END, PAD, PAD]) == sentence
    assert "".join(subwords.tokens(ids)).replace("▁", " ").strip() == sentence


def test_a_common_word_is_one_sub_word_and_an_unseen_one_is_several(subwords):
    assert subwords.tokens(subwords.encode("the")) == ("▁the",)
    assert len(subwords.encode("sandcastle")) > 1


def test_a_character_never_seen_is_spelled_in_bytes(subwords):
    ids = subwords.encode("dog 狗")
    assert subwords.tokens(ids)[-3:] == ("<0xE7>", "<0x8B>", "<0x97>")
    assert UNKNOWN not in ids
    assert subwords.decode(ids) == "dog 狗"
    assert subwords.unknown_pieces("dog 狗狗 猫") == ("狗", "猫")
    assert subwords.unknown_pieces("dog") == ()


def test_characters_left_out_by_coverage_are_spelled_in_bytes():
    rare = Subwords.train(("a dog and a cat " * 50, "ß"), 280, coverage=0.99)
    assert rare.unknown_pieces("dog ß") == ("ß",)
    assert rare.decode(rare.encode("dog ß")) == "dog ß"


ODD = (
    " two  spaces ",
    "\ttab\nline",
    "Ａ full-width form！",
    "ﬁ ½ ² …",  # NFKC would rewrite all of these
    "e\u0301 and é",  # a combining mark, and the composed letter
    "👨\u200d👩\u200d👧 🏳️\u200d🌈",
    "dog狗собака كلب",
    "<s> <0x41> </s><pad><unk>",
    "▁ typed▁by▁somebody▁",
    "\0\ufeff\u200b\U0010ffff",
)


@pytest.mark.parametrize("text", ODD)
def test_odd_text_comes_back_exactly(subwords, text):
    assert subwords.exact
    assert subwords.decode(subwords.encode(text)) == text


@given(st.text(max_size=40).filter(lambda text: "\ufdd0" not in text))
def test_any_text_comes_back_exactly(subwords, text):
    """U+FDD0, of which Unicode says that it is no character, stands in for "▁" and is the only one that changes."""
    assert subwords.decode(subwords.encode(text)) == text


def test_nothing_is_no_ids(subwords):
    assert subwords.encode("") == []
    assert subwords.decode([]) == ""


@given(st.text(max_size=40))
def test_nobody_can_type_a_special_token(subwords, text):
    """No mark of ours is ever read in what was typed; every id is one of the table."""
    for typed in (text, f"<s> {text} </s><pad>"):
        ids = subwords.encode(typed)
        assert not {PAD, START, END} & set(ids)
        assert all(0 < number < SIZE for number in ids)


def test_they_come_back_from_their_file(subwords, tmp_path):
    subwords.save(tmp_path / "subwords.model")
    back = Subwords.load(tmp_path / "subwords.model")
    assert back.model == subwords.model
    assert [back.encode(sentence) for sentence in SENTENCES] == [subwords.encode(sentence) for sentence in SENTENCES]


def test_the_same_sentences_give_the_same_sub_words(subwords):
    again = Subwords.train(SENTENCES, SIZE)
    assert again.tokens(range(SIZE)) == subwords.tokens(range(SIZE))


def test_a_model_with_other_special_tokens_is_refused(subwords):
    other = subwords.model.replace(b"<pad>", b"<PAD>", 1)
    with pytest.raises(ValueError, match="a sub-word model starts with"):
        Subwords(other)


def test_a_broken_model_is_refused():
    with pytest.raises(RuntimeError):
        Subwords(b"not a model")


def test_the_signs_of_a_chinese_sub_word_are_counted(subwords):
    chinese = Subwords.train(["他去图书馆看书。", "图书馆里没有人。", "Tom reads."] * 40, 320)
    signs = dict(zip(chinese.tokens(range(len(chinese))), chinese.signs, strict=True))
    assert signs["图书馆"] == 3
    assert signs["。"] == signs["▁"] == signs["</s>"] == signs["<0x41>"] == 1
    assert subwords.signs == ()
