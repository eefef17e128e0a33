"""The lines are the record's numbers, on one axis of words."""

from __future__ import annotations

import numpy as np
import pytest

from seqdemo.figures import theme
from seqdemo.figures.probability_track import probability_track
from tests.drawn_records import classification


def test_each_line_is_one_models_probability_of_the_last_label() -> None:
    records = [classification("rnn", seed=1), classification("gru", seed=2)]
    figure = probability_track(records, language="en")
    assert [line.name for line in figure.data] == ["RNN", "GRU"]
    for line, record in zip(figure.data, records, strict=True):
        np.testing.assert_array_equal(line.y, record.track[:, 1])
        assert line.x == ("the", "film", "is", "not", "the (2)", "best")


def test_a_model_keeps_its_colour_dash_and_marker_whoever_stands_beside_it() -> None:
    alone = probability_track([classification("gru")], language="en").data[0]
    beside = probability_track([classification("rnn"), classification("gru")], language="en").data[1]
    for line in (alone, beside):
        assert (line.line.color, line.line.dash, line.marker.symbol) == theme.STYLES["gru"]


def test_the_axis_shows_all_of_0_to_1_and_the_undecided_middle() -> None:
    figure = probability_track([classification()], language="en")
    low, high = figure.layout.yaxis.range
    assert low <= 0 < 1 <= high
    assert [shape.y0 for shape in figure.layout.shapes] == [0.5]


def test_title_and_axes_speak_both_languages() -> None:
    english, chinese = (probability_track([classification()], language=language) for language in ("en", "zh"))
    assert english.layout.title.text == "Probability of “positive” after each word"
    assert chinese.layout.title.text == "每读完一个词后“积极”的概率"
    assert english.layout.xaxis.title.text != chinese.layout.xaxis.title.text


def test_records_of_different_words_are_refused() -> None:
    with pytest.raises(ValueError, match="same words"):
        probability_track([classification(), classification("rnn", ("other", "words"))], language="en")
    with pytest.raises(ValueError, match="no record"):
        probability_track([], language="en")
