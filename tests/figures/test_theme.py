"""Colours can be told apart and read, on a light page and on a dark one."""

from __future__ import annotations

from itertools import combinations

import plotly.graph_objects as go
import pytest

from seqdemo.figures import theme
from seqdemo.figures.gates import gates
from seqdemo.figures.heatmap import heatmap
from seqdemo.figures.probability_track import probability_track
from seqdemo.figures.trajectory import trajectory
from tests.drawn_records import attention, classification

PAGES = {"light": "#ffffff", "dark": "#0b0f19"}


def luminance(color: str) -> float:
    """WCAG 2, relative luminance."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_lines_stand_out_from_the_page() -> None:
    for least, colors in ((4.5, (theme.INK, theme.FAINT)), (3.0, [look.color for look in theme.STYLES.values()])):
        for color in colors:
            assert contrast(color, PAGES["light"]) >= least, color
            assert contrast(theme.DARK[color], PAGES["dark"]) >= least, color


def test_models_differ_in_colour_dash_and_marker() -> None:
    for one, other in combinations([*theme.STYLES.values(), theme.OTHER], 2):
        assert one.color != other.color
        assert theme.DARK[one.color] != theme.DARK[other.color]
        assert one.dash != other.dash
        assert one.marker != other.marker


@pytest.mark.parametrize("dark", [False, True])
def test_the_sequential_scale_moves_one_way_in_lightness(dark: bool) -> None:
    steps = [luminance(theme.DARK[color] if dark else color) for _, color in theme.SEQUENTIAL]
    assert steps == sorted(steps, reverse=not dark)


@pytest.mark.parametrize("dark", [False, True])
def test_both_sides_of_the_diverging_scale_leave_the_page_alike(dark: bool) -> None:
    steps = [luminance(theme.DARK[color] if dark else color) for _, color in theme.DIVERGING]
    away = [abs(step - steps[2]) for step in steps]
    assert away[0] > away[1] > 0
    assert away[4] > away[3] > 0


def colors_below(value: object, key: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(colors_below(item, name) for name, item in value.items()), set())
    if isinstance(value, list | tuple):
        return set().union(*(colors_below(item, key) for item in value), set())
    return {value} if isinstance(value, str) and key.endswith(("color", "colorscale")) else set()


@pytest.mark.parametrize(
    "figure",
    [
        probability_track([classification("rnn"), classification("attention")], language="en"),
        trajectory(classification("gru"), language="en"),
        gates(classification(), language="en"),
        heatmap(attention(), 0, 0, language="en"),
    ],
    ids=["track", "trajectory", "gates", "heatmap"],
)
def test_every_colour_of_a_figure_has_one_for_the_dark_page(figure: go.Figure) -> None:
    used = colors_below(figure.to_plotly_json())
    assert len(used) > 4
    assert used - set(theme.DARK) == {"rgba(0,0,0,0)"}
    assert figure.layout.template.layout.to_plotly_json() == {}
