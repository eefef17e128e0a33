"""Whatever is typed comes out as one clean line within the limit, or is refused with a reason."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seqdemo.problems import Problem
from seqdemo.text.as_read import as_read
from seqdemo.text.limits import MAX_CHARACTERS, clean, foreign_share, mixed_scripts, require_script

anything = st.text(st.characters(exclude_categories=()), max_size=60)  # surrogates and unassigned ones too


@given(anything)
@example("a\u0000b\u202ec")
@example("\ud800 x")
@example("\u0958" * MAX_CHARACTERS)  # NFC writes each as two characters
@example("\U0001d160x" * 500)  # and this one as three
def test_what_is_left_is_clean(text):
    if not any(character.isalnum() for character in unicodedata.normalize("NFC", text)):
        with pytest.raises(Problem) as caught:
            clean(text)
        assert caught.value.code in ("empty_text", "no_letters")
        return
    kept, _ = clean(text)
    assert 0 < len(kept) <= MAX_CHARACTERS
    assert kept == " ".join(kept.split())
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in kept)
    assert clean(kept) == (kept, ())
    kept.encode("utf-8")


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x17F), min_size=1, max_size=60))
def test_plain_text_passes_untouched(text):
    assert clean(text) == (text, ())


def test_a_long_text_is_cut_at_the_limit_and_says_so():
    kept, notices = clean("word " * 10_000)
    assert len(kept) == MAX_CHARACTERS - 1  # the last character was a space
    assert [(notice.code, notice.values) for notice in notices] == [("cut_characters", {"limit": 1000, "came": 50_000})]


def test_a_text_at_the_limit_is_not_cut():
    assert clean("x" * MAX_CHARACTERS) == ("x" * MAX_CHARACTERS, ())


def test_a_text_that_grows_past_the_limit_when_composed_says_so():
    kept, notices = clean("\u0958" * MAX_CHARACTERS)
    assert len(kept) == MAX_CHARACTERS
    assert [(notice.code, notice.values) for notice in notices] == [("cut_characters", {"limit": 1000, "came": 2000})]


SOFT = ("\u00ad", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\u061c")  # unseen, and words differ by them


@pytest.mark.parametrize(
    "hidden", ["\u0000", "\u0007", "\u202e", "\u2066", "\u200b", "\ufeff", "\ue000", "\ud800", *SOFT]
)
def test_what_cannot_be_seen_is_left_out_with_a_notice(hidden):
    kept, notices = clean(f"go{hidden}od")
    assert kept == "good"
    assert [notice.code for notice in notices] == ["control_characters"]


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\t", "\u00a0", "\u2028", "\u3000", "   "])
def test_every_kind_of_gap_becomes_one_space(gap):
    assert clean(f"{gap}a{gap}film{gap}") == ("a film", ())


def test_a_letter_and_its_accent_become_one_character():
    assert clean("cafe\u0301") == ("café", ())


@pytest.mark.parametrize("emoji", ["👩\u200d👧", "🏳\ufe0f\u200d🌈", "👩🏽\u200d💻", "🏴\U000e0067\U000e0062\U000e007f"])
def test_joined_emoji_keep_their_joiner(emoji):
    assert clean(f"{emoji} love") == (f"{emoji} love", ())


def test_a_joiner_that_joins_a_word_goes():
    assert clean("👩\u200d\u200dwon\u200dder e\u0301\u200d\u0302")[0] == "👩wonder é\u0302"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u0000\u0001", "\u200b"])
def test_no_text_is_refused(text):
    with pytest.raises(Problem, match="There is no text") as caught:
        clean(text)
    assert caught.value.code == "empty_text"


@pytest.mark.parametrize("text", ["?!", "🙂🙂", "--- ...", "<>"])
def test_text_without_letters_or_digits_is_refused(text):
    with pytest.raises(Problem) as caught:
        clean(text)
    assert caught.value.code == "no_letters"


@pytest.mark.parametrize("text", ["x", "7", "<img onerror=alert(1)>", "${alert(1)}", "مرحبا"])
def test_one_letter_markup_and_any_script_are_text(text):
    assert clean(text) == (text, ())


@pytest.mark.parametrize("text", ["A film.", "Ein schöner Film", "naïve café", "12 3", "I like 电影", ""])
def test_latin_text_passes(text):
    require_script(text, "en")


@pytest.mark.parametrize(("text", "share"), [("这部电影很好看", 100), ("مرحبا بالعالم", 100), ("Привет, Bob", 67)])
def test_text_in_another_script_is_refused_and_named(text, share):
    with pytest.raises(Problem) as caught:
        require_script(text, "en")
    assert caught.value.code == "other_script"
    assert caught.value.values == {"language": "en", "share": share}
    for language in ("en", "zh"):
        assert f"{share}%" in caught.value.message(language)


def test_chinese_tasks_want_chinese():
    require_script("房间很 nice，下次还来", "zh")
    require_script("12 3 😀", "zh")
    for mixed in ("hotel很差", "ChatGPT很好", "这个 hotel 很 nice", "ＮＢＡ很好看", "don’t 喜欢它"):
        require_script(mixed, "zh")
    for foreign in ("I really liked this very 好 film", "Это 好", "これはとてもいい本です"):
        with pytest.raises(Problem, match="reads Chinese, but"):
            require_script(foreign, "zh")
    with pytest.raises(Problem, match="reads Chinese, but 100% of the text"):
        require_script("A very fine film", "zh")


def test_a_phones_signs_and_full_width_letters_are_no_other_script():
    assert foreign_share("donʼt ｇｏｏｄ", "en") == 0
    assert foreign_share("hotel很差", "zh") == pytest.approx(1 / 3)
    assert mixed_scripts("iPhone真的很好用", "zh") == ()


@given(anything)
def test_any_text_is_latin_or_another_script_or_without_letters(text):
    read = as_read(text, "en")
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in filter(str.isalpha, read))
    other = sum(map(str.isalpha, read)) - latin
    if other == 0:
        require_script(text, "en")
    elif not latin:
        with pytest.raises(Problem, match="100% of the letters"):
            require_script(text, "en")
