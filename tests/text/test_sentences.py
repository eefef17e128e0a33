"""Sentences are found where a reader finds them, and not a character gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqdemo.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["A dog runs."]),
        ("en", ["A dog runs.", "Why?", "Nobody knows!"]),
        ("en", ["I met Mr. Smith in the U.S. today.", "He said: 'Stop!' and left.", "It costs 3.50 dollars."]),
        ("en", ["Dr. No lives here.", '"Go away!" she said.', "Really?!", "Yes... no."]),
        ("de", ["Am 3. Mai kam er z.B. nach Bonn.", "Es war schön!", "„Nein.“ sagte er.", "Er hat 1.000 Euro."]),
        ("zh", ["我喜欢这本书。", "你呢？", "“走开！”", "她说。", "好吧……再见！", "他说3.5元。"]),
        ("en", ["no full stop at the end"]),
        ("en", ["... What? ?!", "No. !!!"]),  # signs alone are no sentence
    ],
)
def test_sentences_are_found(language: str, sentences: list[str]) -> None:
    between = "" if language == "zh" else " "
    assert split_sentences(between.join(sentences), language) == sentences


def test_nothing_has_no_sentences() -> None:
    assert split_sentences("") == split_sentences("  ") == []


@settings(max_examples=200)
@given(st.text(alphabet="aB1 .!?\"'“„()。？，中", max_size=30), st.sampled_from(["en", "de", "zh"]))
def test_no_character_gets_lost(text: str, language: str) -> None:
    assert "".join("".join(split_sentences(text, language)).split()) == "".join(text.split())
