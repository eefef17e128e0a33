"""A strip is its gate's numbers: units as rows, words as columns, the same row for a unit in every strip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seqdemo.figures.gates import gates
from tests.drawn_records import WORDS, classification, gate


def test_strips_hold_the_gates_values_and_keep_a_units_row() -> None:
    record = classification()
    strips = [trace for trace in gates(record, language="en").data if trace.type == "heatmap"]
    order = np.argsort(record.gates[0].values[-1])
    assert list(order) != sorted(order)  # else an order that is ignored would pass
    for strip, shown in zip(strips, record.gates, strict=True):
        np.testing.assert_array_equal(strip.z, shown.values.T[order])
        assert strip.x == ("the", "film", "is", "not", "the (2)", "best")
        assert [int(unit) - 1 for unit in strip.y] == list(order)


def test_the_line_is_the_mean_over_units() -> None:
    record = classification()
    lines = [trace for trace in gates(record, language="en").data if trace.type == "scatter"]
    np.testing.assert_array_equal(lines[0].y, record.gates[0].values.mean(axis=1))
    np.testing.assert_array_equal(lines[-1].y, record.gates[1].values.mean(axis=1))


def test_a_sigmoid_is_coloured_from_0_to_1_and_a_tanh_evenly_around_0() -> None:
    cell = gate("cell", len(WORDS), lowest=-0.5, highest=2.0)
    record = replace(classification(), gates=(*classification().gates, cell))
    strips = [trace for trace in gates(record, language="en").data if trace.type == "heatmap"]
    assert [(strip.zmin, strip.zmax) for strip in strips] == [(0, 1), (-1, 1), (-2, 2)]
    assert strips[0].colorscale != strips[1].colorscale == strips[2].colorscale


def test_strips_stand_below_one_another_over_one_axis_of_words() -> None:
    figure = gates(classification(), language="en")
    assert {trace.xaxis for trace in figure.data} == {"x"}
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis3.domain[1]


def test_the_names_say_what_a_gate_does_in_both_languages() -> None:
    for language, name in (
        ("en", "Forget gate: how much of the old cell is kept"),
        ("zh", "遗忘门：旧的细胞状态保留多少"),
    ):
        notes = [note.text for note in gates(classification(), language=language).layout.annotations]
        assert name in notes


def test_a_plain_rnn_is_not_said_to_have_gates() -> None:
    record = replace(classification("rnn"), gates=(gate("hidden", len(WORDS), lowest=-1.0),))
    assert gates(record, language="en").layout.title.text == "RNN: its hidden state, unit by unit"
    assert gates(classification(), language="en").layout.title.text == "LSTM: what each gate lets through"


def test_a_model_without_gates_is_refused() -> None:
    with pytest.raises(ValueError, match="no gates"):
        gates(replace(classification("attention"), gates=()), language="en")
