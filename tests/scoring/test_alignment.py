"""Links by hand, a sentence cut by hand, and a real checkpoint on a small set of our own."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo import checkpoint
from seqdemo.problems import Problem
from seqdemo.scoring.alignment import (
    STEPS,
    WEIGHTINGS,
    Pair,
    cut,
    error_rate,
    links_of,
    read_gold,
    score,
    words_weights,
)
from seqdemo.scoring.evaluate import print_scores
from seqdemo.scoring.headline import in_place

REPO = Path(__file__).resolve().parents[2]
DATA = REPO / "tests" / "samples" / "corpora"


@pytest.fixture(scope="module")
def translator():
    return checkpoint.load(REPO / "checkpoints" / "en-de-transformer")


def links(*pairs: tuple[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset(pairs)


def test_the_error_rate_by_hand():
    """Och and Ney 2003: 3 links found, 1 of 2 sure ones and 2 possible ones among them: 1 - (1 + 2) / (3 + 2)."""
    pair = Pair(("a", "b", "c"), ("x", "y", "z"), links((0, 0), (2, 2)), links((0, 0), (2, 2), (1, 1)))
    assert error_rate([links((0, 0), (1, 1), (0, 2))], [pair]) == pytest.approx(1 - 3 / 5)
    assert error_rate([pair.sure], [pair]) == 0
    assert error_rate([links()], [pair]) == 1


def test_the_error_rate_of_a_set_counts_links_not_sentences():
    one = Pair(("a",), ("x",), links((0, 0)), links((0, 0)))
    other = Pair(("a", "b", "c"), ("x", "y", "z"), *[links((0, 0), (1, 1), (2, 2))] * 2)
    assert error_rate([links((0, 0)), links()], [one, other]) == pytest.approx(1 - 2 / 5)


def test_gold_links_are_turned_where_english_is_the_target():
    there, back = read_gold(DATA, "en-de"), read_gold(DATA, "de-en")
    assert (there[0].source, there[0].target) == (back[0].target, back[0].source)
    assert {(b, a) for a, b in there[0].possible} == back[0].possible
    assert there[0].source == ("a", "man", "reads", "a", "newspaper", ".")
    assert there[0].target == ("ein", "mann", "liest", "gerade", "eine", "zeitung", ".")
    assert there[0].sure == links((0, 0), (1, 1), (2, 2), (3, 4), (4, 5), (5, 6))
    assert there[0].possible == there[0].sure | links((2, 3))


def test_a_pair_without_gold_says_which_have_some(tmp_path):
    with pytest.raises(Problem) as caught:
        read_gold(DATA, "en-fr")
    assert caught.value.code == "no_alignments"
    for end in ("en", "de", "en-de.pharaoh"):
        path = tmp_path / "word-alignments" / f"europarl-de-en-bicici.{end}.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(b"a\n" if end == "en" else b"a\nb\n"))
    with pytest.raises(Problem) as caught:
        read_gold(tmp_path, "en-de")
    assert caught.value.code == "data_file_damaged"


def test_every_token_knows_its_word(translator):
    words = ("ein", "mann", "streicht", "fensterläden", ".")
    ids, owner = cut(words, translator.tokenizer, "de")
    assert len(ids) == len(owner) and owner == sorted(owner)
    for number, word in enumerate(words):
        mine = [one for one, whose in zip(ids, owner, strict=True) if whose == number]
        assert translator.tokenizer.decode(mine) == word


def test_words_weights_are_the_tokens_weights_added_up(translator):
    pair = Pair(("two", "dogs", "run", "."), ("zwei", "hunde", "rennen", "."), links(), links())
    source, owners = cut(pair.source, translator.tokenizer, "en")
    target, writers = cut(pair.target, translator.tokenizer, "de")
    network = translator.network
    with torch.no_grad():
        encoded = network.encode(torch.tensor([[*source, 3]]))
        grid = torch.stack(network.decode(encoded, torch.tensor([[2, *target]])).cross_weights)[:, 0].numpy()
    for step, first in (("output", 0), ("input", 1)):
        found = words_weights(translator, pair, step=step)
        assert set(found) == {"raw", "norm"}
        expected = np.zeros((3, 4, 4, 4))
        for row, writer in enumerate(writers):
            for column, owner in enumerate(owners):
                expected[:, :, writer, owner] += grid[:, :, row + first, column]
        np.testing.assert_allclose(found["raw"], expected, atol=1e-6)
        assert not np.allclose(found["raw"], found["norm"], atol=0.02)


def test_a_word_is_linked_to_what_it_looks_at_most():
    assert links_of(np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]])) == links((1, 0), (0, 1))


def test_a_real_checkpoint_has_a_head_that_aligns_and_one_that_does_not(translator, capsys):
    found = score(translator, read_gold(DATA, "en-de"))
    assert found["n"] == 6 and len(found["heads"]) == 3 * 4 * 2 * 2
    assert found["best"] == min(found["heads"], key=lambda row: row["chosen_on"])
    assert found["best"]["aer"] < 0.35 < max(row["aer"] for row in found["heads"])
    print_scores({"dev": {"split": "val"}, "tests": {}, "alignment": found})
    first, head, *rows = capsys.readouterr().out.splitlines()
    assert in_place(found["best"]) in first and head.split()[:4] == ["layer", "head", "step", "weights"]
    told = {tuple(row.split()[:4]): row.split()[4::2] for row in rows}
    assert set(told) == {
        (str(a + 1), str(b + 1), c, d) for a in range(3) for b in range(4) for c in STEPS for d in WEIGHTINGS
    }
    worst = found["heads"][-1]
    place = tuple(str(worst[name]) for name in ("layer", "head", "step", "weighting"))
    assert told[place] == [f"{100 * worst['chosen_on']:.1f}", f"{100 * worst['aer']:.1f}"]
