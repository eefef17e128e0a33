"""Of everything that is read as <unk> there is a word; where nothing is known there is no answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.problems import Problem
from seqdemo.text.unknown import unknown_words, unseen_words
from seqdemo.text.vocabulary import UNKNOWN

words = st.lists(st.tuples(st.sampled_from(["good", "filmz", "42", "😀", "!"]), st.booleans()), min_size=1, max_size=12)


@given(words)
def test_each_unknown_word_or_sign_is_counted_once(pairs):
    typed, known = zip(*pairs, strict=True)
    ids = [[7] if seen else [UNKNOWN] for seen in known]
    spoken = [seen for word, seen in pairs if word.isalpha()]
    if not any(spoken or known):
        with pytest.raises(Problem) as caught:
            unknown_words(typed, ids, "en")
        assert caught.value.values["count"] == len(spoken or known)
        return
    told = {notice.code: notice.values for notice in unknown_words(typed, ids, "en")}
    counted = sum(int(told.get(code, {"count": 0})["count"]) for code in ("unknown_words", "unknown_signs"))
    assert counted == ids.count([UNKNOWN])
    assert ("no_words" in told) == (not spoken)


def test_a_word_of_several_pieces_is_told_where_one_is_unknown():
    notices = unknown_words(["很好", "手机壳", "。"], [[5], [6, UNKNOWN], [7]], "zh")
    assert [(notice.code, notice.values["words"]) for notice in notices[:1]] == [("unknown_words", "手机壳")]
    assert unknown_words(["手机壳"], [[6, 8, 9]], "zh") == ()
    assert unknown_words(["手机壳"], [[6, UNKNOWN]], "zh")  # one piece is known, so there is something to go by


def test_a_translator_that_saw_all_words_has_nothing_to_tell():
    assert unseen_words(["A", "dog", "."], [True, True, False]) == ()
    assert [notice.code for notice in unseen_words(["A", "dog"], [True, False])] == ["unseen_words", "mostly_unknown"]
