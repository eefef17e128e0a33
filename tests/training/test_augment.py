"""Changed copies keep what they should and differ where they should; words alike are those of highest cosine."""

from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

from seqdemo.text.vocabulary import UNKNOWN_TOKEN
from seqdemo.training.augment import copies, nearest

WORDS = ["the", "film", "is", "never", "less", "than", "charming", "and", "it", "moved", "me", "to", "tears", "."]


def test_each_word_of_a_copy_is_its_own_hidden_or_a_neighbour_at_its_place() -> None:
    neighbours = {"film": ["movie", "picture"], "charming": ["delightful"]}
    may_be = [{word, UNKNOWN_TOKEN, *neighbours.get(word, ())} for word in WORDS]
    for copy in copies(WORDS, 300, np.random.default_rng(1), neighbours):
        fits = [
            all(word in may for word, may in zip(copy, may_be[begin:], strict=False))
            for begin in range(len(WORDS) - len(copy) + 1)
        ]
        assert copy and any(fits), copy


def test_all_kinds_of_change_happen_and_a_seed_repeats_them() -> None:
    neighbours = {word: [word.upper()] for word in WORDS}
    made = copies(WORDS, 400, np.random.default_rng(2), neighbours)
    assert made == copies(WORDS, 400, np.random.default_rng(2), neighbours)
    words = [word for copy in made for word in copy]
    hidden = sum(word == UNKNOWN_TOKEN for word in words) / len(words)
    exchanged = sum(word.isupper() for word in words) / len(words)
    assert 0.08 < hidden < 0.12
    assert 0.12 < exchanged < 0.18
    whole = sum(len(copy) == len(WORDS) for copy in made) / len(made)
    assert 0.45 < whole < 0.65
    assert any(copy[0] in ("is", "IS") for copy in made)  # a cut from the middle


def test_neighbours_are_those_of_highest_cosine_without_the_word_itself() -> None:
    random = np.random.default_rng(3)
    words = [f"w{number}" for number in range(60)]
    vectors = random.normal(size=(60, 5)).astype(np.float32)
    vectors[7] = 0  # a word without a vector
    found = nearest([*words, "unheard-of"], words, vectors, number=4)
    assert set(found) == set(words) - {"w7"}
    cosines = cosine_similarity(vectors)
    np.fill_diagonal(cosines, -2)
    for number, word in enumerate(words):
        if word != "w7":
            assert set(found[word]) == {words[place] for place in np.argsort(-cosines[number])[:4]}
