"""Rows are queries, columns are keys, row 1 is on top; tokens are text."""

from __future__ import annotations

import numpy as np
import pytest

from seqdemo.figures.heatmap import heatmap
from tests.drawn_records import HOSTILE, attention


def test_cells_are_the_weights_of_the_head_that_was_asked_for() -> None:
    grid = attention()
    (cells,) = heatmap(grid, 1, 2, language="en").data
    np.testing.assert_array_equal(cells.z, grid.weights[1, 2])
    assert cells.y == ("A", "B", "C")
    assert cells.x == ("u", "v", "u (2)", "w", "x")


def test_row_1_is_on_top_and_colour_runs_from_0_to_1() -> None:
    figure = heatmap(attention(), 0, 0, language="en")
    assert figure.layout.yaxis.autorange == "reversed"
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 1)
    lightness = [
        sum(int(color[place : place + 2], 16) for place in (1, 3, 5)) for _, color in figure.data[0].colorscale
    ]
    assert lightness == sorted(lightness, reverse=True)  # more weight, more ink


@pytest.mark.parametrize("kind", ["encoder_self", "decoder_self", "cross"])
@pytest.mark.parametrize(("language", "query", "key"), [("en", "Query: ", "Key: "), ("zh", "查询：", "键：")])
def test_both_axes_say_what_they_are(kind: str, language: str, query: str, key: str) -> None:
    figure = heatmap(attention(kind), 0, 1, language=language)
    assert figure.layout.yaxis.title.text.startswith(query)
    assert figure.layout.xaxis.title.text.startswith(key)


def test_the_title_counts_from_one() -> None:
    assert heatmap(attention(), 0, 2, language="en").layout.title.text == "Layer 1, head 3"
    assert heatmap(attention(), 0, 2, language="zh").layout.title.text == "第 1 层，第 3 头"


@pytest.mark.parametrize(("layer", "head"), [(2, 0), (0, 3), (-1, 0)])
def test_a_head_that_is_not_there_is_refused(layer: int, head: int) -> None:
    with pytest.raises(IndexError, match="2 layers of 3 heads"):
        heatmap(attention(), layer, head, language="en")


def test_tokens_reach_plotly_as_text_and_stay_apart() -> None:
    tokens = (*HOSTILE, "", " ", "7")
    (cells,) = heatmap(attention("encoder_self", tokens, tokens), 0, 0, language="en").data
    assert not any("<" in label or ">" in label for label in cells.x)
    assert len(set(cells.x)) == len(tokens)
    assert all(cells.x)


def test_a_long_text_stays_a_small_figure() -> None:
    tokens = tuple(f"token{number}" for number in range(96))
    figure = heatmap(attention("encoder_self", tokens, tokens), 0, 0, language="en")
    assert len(figure.to_json()) < 75_000  # 96 x 96 float32 are 49 kB as base64
