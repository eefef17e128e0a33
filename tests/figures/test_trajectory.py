"""The path is the record's states, in the plane that the record says, and no word stands on another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from seqdemo.figures.placing import Box, place
from seqdemo.figures.trajectory import AREAS, trajectory
from tests.drawn_records import classification, random


def test_path_and_cloud_are_the_records_states() -> None:
    record = classification()
    cloud, path, first, last = trajectory(record, language="en").data
    np.testing.assert_array_equal(np.stack([cloud.x, cloud.y], axis=1), record.trajectory.cloud)
    np.testing.assert_array_equal(cloud.marker.color, record.trajectory.cloud_probability)
    np.testing.assert_array_equal(np.stack([path.x, path.y], axis=1), record.trajectory.points)
    assert path.text == ("1", "2", "3", "4", "5", "6")
    assert (first.x[0], first.y[0]) == tuple(record.trajectory.points[0])
    assert (last.x[0], last.y[0]) == tuple(record.trajectory.points[-1])


def test_hover_gives_the_word_and_its_exact_probability() -> None:
    record = classification()
    path = trajectory(record, language="en").data[1]
    assert [tuple(row) for row in path.customdata] == [
        (word, float(row[1]))
        for word, row in zip(("the", "film", "is", "not", "the (2)", "best"), record.track, strict=True)
    ]


@pytest.mark.parametrize("direction", [(0.8, 0.6), (-0.6, 0.8), (-1.0, 0.0), (0.0, -1.0)])
def test_the_arrow_points_where_the_last_label_gains(direction: tuple[float, float]) -> None:
    record = classification()
    plane = replace(record.trajectory, readout=np.array(direction, dtype=np.float32))
    figure = trajectory(replace(record, trajectory=plane), language="en")
    (arrow,) = [note for note in figure.layout.annotations if note.axref == "x"]
    step = np.array([arrow.x - arrow.ax, arrow.y - arrow.ay])
    np.testing.assert_allclose(step / np.linalg.norm(step), direction, atol=1e-6)
    for end in ((arrow.x, arrow.y), (arrow.ax, arrow.ay)):
        assert figure.layout.xaxis.range[0] <= end[0] <= figure.layout.xaxis.range[1]
        assert figure.layout.yaxis.range[0] <= end[1] <= figure.layout.yaxis.range[1]
    assert "towards positive" in [note.text for note in figure.layout.annotations]


def test_the_plane_is_said_to_come_from_the_corpus_and_how_much_it_explains() -> None:
    english, chinese = (trajectory(classification(), language=language) for language in ("en", "zh"))
    assert english.layout.xaxis.title.text == "PC 1 (43.1% of variance)"
    assert english.layout.yaxis.title.text == "PC 2 (12.7% of variance)"
    assert "training corpus" in english.layout.title.subtitle.text
    assert "训练语料" in chinese.layout.title.subtitle.text
    assert "43.1%" in chinese.layout.xaxis.title.text


def test_all_of_the_path_is_in_sight() -> None:
    record = classification()
    figure = trajectory(record, language="en")
    for name, column in (("xaxis", 0), ("yaxis", 1)):
        low, high = figure.layout[name].range
        assert low < record.trajectory.points[:, column].min()
        assert record.trajectory.points[:, column].max() < high


@pytest.mark.parametrize("time", [1, 2, 80])
def test_one_word_and_many_words_can_be_drawn(time: int) -> None:
    figure = trajectory(classification(words=tuple(f"word{step}" for step in range(time))), language="en")
    assert len(figure.data[1].x) == time


def test_words_cover_neither_markers_nor_one_another_at_any_size() -> None:
    markers = random(5).uniform(0.1, 0.9, (30, 2))
    texts = [f"{step} wörd" for step in range(30)]
    placed = place(markers, texts, range(30), radius=9, areas=AREAS)
    assert 3 < len(placed) < 30  # crowded: some find room, some do not
    for area in AREAS:
        pixels = markers * np.array(area)
        dots = [Box(x, y, 9, 9) for x, y in pixels.tolist()]
        words = [
            Box(pixels[step, 0] + shift[0], pixels[step, 1] + shift[1], 3.6 * len(texts[step]), 7)
            for step, shift in placed.items()
        ]
        for number, word in enumerate(words):
            assert not any(word.covers(other) for other in (*dots, *words[number + 1 :]))
