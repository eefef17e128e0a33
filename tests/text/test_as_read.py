"""What a phone writes is read as the training text writes it, character for character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.text.as_read import FULL_WIDTH, as_read


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("This isn’t good.", "en", "This isn't good."),
        ("‘It’s’ donʼt “so”", "en", "'It's' don't \"so\""),
        ("ｇｏｏｄ，１０！", "en", "good,10!"),
        ("“ＮＢＡ”１０，好！", "zh", "“NBA”１０，好！"),
        ("„Gut“, ‚ja‘ ｇｕｔ", "de", "„Gut“, ‚ja‘ gut"),
    ],
)
def test_signs_become_those_of_the_training_text(text: str, language: str, read: str) -> None:
    assert as_read(text, language) == read


def test_full_width_signs_become_what_unicode_says() -> None:
    assert all(chr(plain) == unicodedata.normalize("NFKC", chr(wide)) for wide, plain in FULL_WIDTH.items())


@given(st.text(), st.sampled_from(["en", "de", "zh"]))
def test_every_character_keeps_its_place(text: str, language: str) -> None:
    assert len(as_read(text, language)) == len(text)
    assert as_read(as_read(text, language), language) == as_read(text, language)
