"""Any text whatever goes through every tokeniser: ids that the network has, or a Problem; no other error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seqdemo.checkpoint import Checkpoint, load
from seqdemo.problems import Problem
from seqdemo.text import limits
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.text.words import split_words

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
ODD = "\x00\ufeff\u202e\u200d\u0301\ud800\uffff▁<>{}$`\\'\"&;😀ǅﬁ中文åa A.\n\t"
TEXTS = st.text(max_size=60) | st.text(alphabet=ODD, max_size=200) | st.text(alphabet="ab '.-中", max_size=1500)
quick = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def opened() -> dict[str, Checkpoint]:
    return {name: load(CHECKPOINTS / name) for name in ("sentiment-en-gru", "en-de-transformer")}


@quick
@given(TEXTS)
@example("a" * 1000)
@example("\u0344" * 1000)  # NFC writes it as two
@example("▁" * 500 + "a")
@example("a\u0301" * 800)
def test_cleaning_leaves_a_bounded_printable_line(text: str) -> None:
    try:
        cleaned, _ = limits.clean(text)
    except Problem:
        return
    assert 0 < len(cleaned) <= limits.MAX_CHARACTERS
    assert cleaned.isprintable() or all(one.isprintable() or one in "\u200d\u200c\u00ad" or one.isspace()
                                        or not limits._is_control(one) for one in cleaned)  # fmt: skip
    assert limits.clean(cleaned)[0] == cleaned  # cleaning twice changes nothing
    cleaned.encode()


@quick
@given(TEXTS, st.sampled_from(["en", "zh", "de"]))
def test_words_of_any_text_lose_nothing_but_space(text: str, language: str) -> None:
    try:
        cleaned, _ = limits.clean(text)
    except Problem:
        return
    words = split_words(cleaned, language)
    assert "".join("".join(words).split()) == "".join(cleaned.split())


@quick
@given(TEXTS)
def test_ids_are_those_of_the_network(opened: dict[str, Checkpoint], text: str) -> None:
    try:
        cleaned, _ = limits.clean(text)
    except Problem:
        return
    vocabulary: Any = opened["sentiment-en-gru"].tokenizer
    assert isinstance(vocabulary, Vocabulary)
    assert all(0 < number < len(vocabulary) for number in vocabulary.encode(vocabulary.pieces(split_words(cleaned))))
    subwords: Any = opened["en-de-transformer"].tokenizer
    assert isinstance(subwords, Subwords)
    ids = subwords.encode(cleaned)
    assert all(0 < number < len(subwords) for number in ids)
    subwords.decode(ids)
    subwords.unknown_pieces(cleaned)
