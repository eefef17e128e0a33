"""The arithmetic that the browser does on attention, held against NumPy and torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from seqdemo.components.shares import packed_shares
from seqdemo.components.tokens import marks_in, word_groups
from seqdemo.probes.rollout import rollout
from seqdemo.records import packed

Compute = Callable[..., Any]
DRAWS = range(6)


def maps(seed: int, layers: int = 3, heads: int = 4, rows: int = 5, columns: int = 7) -> np.ndarray:
    """[layer, head, row, column], rows that sum to 1."""
    weights = np.random.default_rng(seed).random((layers, heads, rows, columns)) ** 4 + 1e-4
    return weights / weights.sum(-1, keepdims=True)


def groups_of(count: int, seed: int) -> list[list[int]]:
    draw = np.random.default_rng(seed)
    groups: list[list[int]] = [[0]]
    for number in range(1, count):
        if draw.random() < 0.5:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


@pytest.mark.parametrize("seed", DRAWS)
def test_words_joined_from_pieces_look_as_the_mean_and_are_seen_as_the_sum(compute: Compute, seed: int) -> None:
    rows = maps(seed)[0, 0]
    queries, keys = groups_of(5, seed), groups_of(7, seed + 100)
    found = np.array(compute("mergeWords(rows, queries, keys)", rows=rows.tolist(), queries=queries, keys=keys))
    expected = np.array([[rows[np.ix_(q, k)].sum(axis=1).mean() for k in keys] for q in queries])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("seed", DRAWS)
def test_hidden_columns_go_and_say_how_much_went(compute: Compute, seed: int) -> None:
    rows = maps(seed)[0, 0]
    hidden = sorted({seed % 7, (3 * seed + 2) % 7})
    found = compute("hideColumns(rows, hidden)", rows=rows.tolist(), hidden=hidden)
    kept = [column for column in range(7) if column not in hidden]
    np.testing.assert_allclose(found["rows"], rows[:, kept])  # not rescaled
    np.testing.assert_allclose(found["gone"], rows[:, hidden].sum(axis=1))
    assert found["mean"] == pytest.approx(rows[:, hidden].sum(axis=1).mean())
    assert found["kept"] == kept


@pytest.mark.parametrize("mass", [1, 0.95, 0.75, 0.5, 0.01])
def test_the_top_mass_is_the_fewest_cells_that_hold_it(compute: Compute, mass: float) -> None:
    rows = maps(3)[1, 2]
    found = np.array(compute("topMass(rows, mass)", rows=rows.tolist(), mass=mass))
    for row, kept in zip(rows, found, strict=True):
        order = np.argsort(-row)
        count = int(np.searchsorted(np.cumsum(row[order]), mass * row.sum() - 1e-9)) + 1
        expected = np.zeros_like(row)
        expected[order[:count]] = row[order[:count]]
        np.testing.assert_allclose(kept, expected)


def test_the_mean_of_heads_is_the_mean(compute: Compute) -> None:
    weights = maps(4)
    np.testing.assert_allclose(compute("meanOf(maps)", maps=weights[1].tolist()), weights[1].mean(axis=0), atol=1e-12)


def test_rollout_is_that_of_the_probe(compute: Compute) -> None:
    weights = maps(5, rows=6, columns=6)
    expected = rollout(torch.tensor(weights))
    for layer in range(3):
        found = compute("rollout(layers)", layers=weights[: layer + 1].mean(axis=1).tolist())
        np.testing.assert_allclose(found, expected[layer], atol=1e-12)
        np.testing.assert_allclose(np.sum(found, axis=1), 1, atol=1e-12)


def test_entropy_is_a_share_of_the_most_there_can_be(compute: Compute) -> None:
    assert compute("entropyShare([[0.25, 0.25, 0.25, 0.25]], false)") == pytest.approx(1)
    assert compute("entropyShare([[0, 1, 0, 0]], false)") == 0
    rows = maps(6)[0, 0]
    expected = (-(rows * np.log(rows)).sum(axis=1) / np.log(7)).mean()
    assert compute("entropyShare(rows, false)", rows=rows.tolist()) == pytest.approx(expected)
    assert compute("entropyShare([[1, 0, 0], [0.5, 0.5, 0]], true)") == pytest.approx(
        1
    )  # a row that sees one is left out


@pytest.mark.parametrize(
    ("role", "kind", "offset"),
    [
        ("previous", "encoder_self", -1),
        ("itself", "encoder_self", 0),
        ("next", "encoder_self", 1),
        ("last", "decoder_self", 0),
        ("earlier", "decoder_self", -1),
        ("order", "cross", 0),
    ],
)
def test_a_head_is_named_by_where_half_of_its_weight_goes(compute: Compute, role: str, kind: str, offset: int) -> None:
    rows = np.full((8, 8), 0.4 / 8)
    for row in range(8):
        rows[row, min(7, max(0, row + offset))] += 0.6
    assert compute("roleOf(rows, kind, [], false)", rows=rows.tolist(), kind=kind) == role


def test_heads_that_rest_on_marks_look_everywhere_or_nowhere_in_particular_are_named(compute: Compute) -> None:
    rest = [[0.2, 0.2, 0.6]] * 3
    assert compute("roleOf(rows, 'cross', [2], false)", rows=rest) == "marks"
    assert compute("roleOf(rows, 'cross', [], false)", rows=[[0.1] * 10] * 4) == "broad"
    assert compute("roleOf(rows, 'encoder_self', [], false)", rows=[[0, 0, 0, 1.0]] * 4) == "sharp"


def test_float16_comes_back_exactly(compute: Compute) -> None:
    values = np.concatenate([maps(7).ravel(), [0, 1, 65504, -0.5, 6e-8, 6.1e-5]]).astype(np.float16)
    found = compute("Array.from(unpack(packed))", packed=packed(values.astype(np.float32)))
    np.testing.assert_array_equal(np.array(found, dtype=np.float16), values)
    found = compute("Array.from(unpack(packed))", packed=packed(maps(8).astype(np.float32), "float32"))
    np.testing.assert_array_equal(np.array(found, dtype=np.float32), maps(8).astype(np.float32).ravel())


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 9, 333])
def test_shares_come_back_to_a_sixteen_thousandth(compute: Compute, count: int) -> None:
    values = np.random.default_rng(count).random(count).astype(np.float32) ** 3
    values[:2] = (0, 1)[: len(values[:2])]
    found = np.array(compute("Array.from(unpackShares(packed))", packed=packed_shares(values)))
    assert len(found) == count
    np.testing.assert_allclose(found, values, rtol=0, atol=1 / 16382 + 1e-7)
    np.testing.assert_array_equal(found[:2], values[:2])


@pytest.mark.parametrize(
    ("tokens", "groups"),
    [
        (("▁play", "ing", "▁out", "side", ".", "</s>"), [[0, 1], [2, 3], [4], [5]]),
        (("<s>", "▁Un", "ge", "heuer"), [[0], [1, 2, 3]]),
        (("▁don", "'", "t"), [[0], [1], [2]]),
        (("▁他", "从来", "没有", "。"), [[0], [1], [2], [3]]),  # Chinese: a piece is left as it is
        (("▁", "Z", "oo"), [[0], [1, 2]]),
        (("the", "film", "is"), [[0], [1], [2]]),  # words already
        ((), []),
    ],
)
def test_pieces_of_a_word_stand_together(tokens: tuple[str, ...], groups: list[list[int]]) -> None:
    assert word_groups(tokens) == groups


def test_marks_are_what_has_no_letter() -> None:
    assert marks_in(("<s>", "▁A", "▁", ",", "。", "<unk>", "7", "犬", "</s>")) == [0, 2, 3, 4, 8]
