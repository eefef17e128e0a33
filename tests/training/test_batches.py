"""Every example once an epoch, padded as little as may be, and the same again for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqdemo.text.subwords import END, START
from seqdemo.text.vocabulary import UNKNOWN
from seqdemo.training.batches import groups, padded, pair_batches, text_batches
from seqdemo.training.prepared import Examples

lengths_of = st.lists(st.integers(1, 30), min_size=1, max_size=60).map(np.array)


def rows_of(count: int, longest: int = 12) -> list[np.ndarray]:
    random = np.random.default_rng(count)
    return [random.integers(4, 50, random.integers(1, longest + 1)).astype(np.int32) for _ in range(count)]


@pytest.fixture
def texts() -> Examples:
    return Examples({"text": rows_of(40)}, np.arange(40, dtype=np.int32) % 2)


@pytest.fixture
def pairs() -> Examples:
    return Examples({"source": rows_of(30), "target": rows_of(31)[:30]})


@given(lengths_of, st.integers(1, 100), st.none() | st.integers(0, 5))
def test_every_example_is_in_one_batch_and_batches_keep_to_their_size(lengths, batch_tokens, seed):
    random = None if seed is None else np.random.default_rng(seed)
    batches = groups(lengths, batch_tokens, random)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= batch_tokens
    if random is None:
        assert list(lengths[np.concatenate(batches)]) == sorted(lengths)


@given(lengths_of)
def test_a_batch_holds_like_lengths(lengths):
    for batch in groups(lengths, 1000, np.random.default_rng(1)):
        order = lengths[batch]
        assert (np.diff(order) >= -2).all()  # sorted, but for a jitter of at most two words


def test_an_epoch_has_its_order_from_its_seed():
    lengths = np.arange(1, 60) % 13 + 1
    orders = [np.concatenate(groups(lengths, 40, np.random.default_rng((1, epoch)))).tolist() for epoch in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_padding_is_zero_behind_each_row():
    assert padded([np.array([5, 6, 7]), np.array([8])]).tolist() == [[5, 6, 7], [8, 0, 0]]
    assert padded([np.array([5, 6, 7])]).dtype == torch.int64


def test_texts_come_with_their_own_labels_and_lengths(texts):
    seen = {}
    for batch in text_batches(texts, 60, np.random.default_rng(1)):
        assert batch.ids.shape == (len(batch.labels), int(batch.lengths.max()))
        for ids, length, label in zip(batch.ids, batch.lengths, batch.labels, strict=True):
            assert not ids[length:].any()
            seen[tuple(ids[:length].tolist())] = int(label)
    expected = zip(texts.columns["text"], texts.labels, strict=True)
    assert seen == {tuple(row.tolist()): int(label) for row, label in expected}


def test_words_are_hidden_in_training_only(texts):
    as_they_are = sum(int((batch.ids == UNKNOWN).sum()) for batch in text_batches(texts, 60, None, word_dropout=0.5))
    hidden = total = 0
    for batch in text_batches(texts, 60, np.random.default_rng(1), word_dropout=0.5):
        hidden += int((batch.ids == UNKNOWN).sum())
        total += int(batch.lengths.sum())
    assert as_they_are == 0
    assert 0.4 < hidden / total < 0.6


def test_hiding_words_leaves_the_examples_as_they_were(texts):
    before = [row.copy() for row in texts.columns["text"]]
    list(text_batches(texts, 60, np.random.default_rng(1), word_dropout=0.9))
    assert all(np.array_equal(row, kept) for row, kept in zip(texts.columns["text"], before, strict=True))


def test_a_text_comes_as_often_as_it_should_in_training_and_once_in_evaluation(texts):
    times = np.arange(len(texts), dtype=np.int32) % 3 + 1
    often = replace(texts, times=times)

    def seen(random: np.random.Generator | None) -> Counter[tuple[int, ...]]:
        batches = text_batches(often, 60, random)
        return Counter(tuple(n for n in row if n) for batch in batches for row in batch.ids.tolist())

    rows = [tuple(row.tolist()) for row in texts.columns["text"]]
    assert seen(None) == Counter(rows)
    expected: Counter[tuple[int, ...]] = Counter()
    for row, time in zip(rows, times.tolist(), strict=True):
        expected[row] += time
    assert seen(np.random.default_rng(1)) == expected


def test_how_often_a_text_comes_is_kept_on_disk(texts, tmp_path):
    times = np.arange(len(texts), dtype=np.int32) % 3 + 1
    replace(texts, times=times).save(tmp_path / "train.npz")
    kept = Examples.load(tmp_path / "train.npz").times
    assert kept is not None and kept.tolist() == times.tolist()
    texts.save(tmp_path / "dev.npz")
    assert Examples.load(tmp_path / "dev.npz").times is None


def test_pairs_carry_their_marks_and_stay_together(pairs):
    seen = set()
    for batch in pair_batches(pairs, 60, np.random.default_rng(1)):
        for source, target in zip(batch.source.tolist(), batch.target.tolist(), strict=True):
            source, target = [n for n in source if n], [n for n in target if n]
            assert (source[-1], target[0], target[-1]) == (END, START, END)
            seen.add((tuple(source[:-1]), tuple(target[1:-1])))
    expected = zip(pairs.columns["source"], pairs.columns["target"], strict=True)
    assert seen == {(tuple(source.tolist()), tuple(target.tolist())) for source, target in expected}


@pytest.mark.parametrize("kind", ["texts", "pairs"])
def test_examples_come_back_from_their_file(kind, request, tmp_path):
    examples = request.getfixturevalue(kind)
    examples.save(tmp_path / "train.npz")
    back = Examples.load(tmp_path / "train.npz")
    assert len(back) == len(examples)
    assert back.columns.keys() == examples.columns.keys()
    for name, rows in examples.columns.items():
        assert all(np.array_equal(row, kept) for row, kept in zip(back.columns[name], rows, strict=True))
    assert (back.labels is None) == (examples.labels is None)
    assert back.labels is None or np.array_equal(back.labels, examples.labels)


def test_a_single_example_comes_back_from_its_file(tmp_path):
    Examples({"text": [np.array([4, 5], dtype=np.int32)]}, np.array([1], dtype=np.int32)).save(tmp_path / "one.npz")
    back = Examples.load(tmp_path / "one.npz")
    assert [row.tolist() for row in back.columns["text"]] == [[4, 5]]
