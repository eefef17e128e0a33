"""One look for every figure: fonts, a fixed colour, dash and marker for each model, and the colour scales.

Colours differ in lightness as well as in hue, and each model also has a dash and a marker of its own,
so a figure survives colour blindness, a bad projector and a black-and-white print. Figures are drawn
for a light page; `DARK` says which colour takes the place of which on a dark one, and the browser
looks it up (components/colors.js, zoomable.js). A colour that is not in that table stays as it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from seqdemo.records import numbered

FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', sans-serif"
)
INK = "#1f2937"  # text and axes
FAINT = "#4b5563"  # secondary text, 7:1 on white
GRID = "#e2e6ec"
PAPER = "#fefefe"  # halo behind markers; the page itself shows through the figure


class Style(NamedTuple):
    """How one model is drawn, wherever it is drawn."""

    color: str
    dash: str
    marker: str


STYLES: dict[str, Style] = {
    "rnn": Style("#c04a00", "dot", "square"),
    "lstm": Style("#0066a8", "solid", "circle"),
    "gru": Style("#007a5a", "dash", "diamond"),
    "attention": Style("#a03c7c", "dashdot", "triangle-up"),
    "bilstm-attention": Style("#8a6d00", "9px,3px,2px,3px", "star"),
    "transformer": Style("#5b4bb5", "longdash", "cross"),
    "seq2seq-attention": Style("#b5293f", "6px,2px", "hexagon"),
    "seq2seq": Style("#4d6300", "2px,5px", "pentagon"),
}
OTHER = Style("#57606a", "longdashdot", "x")  # a model that has no line above yet

Scale = tuple[tuple[float, str], ...]

SEQUENTIAL: Scale = ((0.0, "#f5f7fb"), (0.25, "#bcd1ec"), (0.5, "#6b9dd5"), (0.75, "#2965ab"), (1.0, "#0b2c5c"))
DIVERGING: Scale = ((0.0, "#8a3d00"), (0.25, "#e08b45"), (0.5, "#f4f2ef"), (0.75, "#5f97d0"), (1.0, "#0c447f"))

DARK: dict[str, str] = {
    INK: "#f1f4f8",
    FAINT: "#c3cad4",
    GRID: "#374151",
    PAPER: "#18181b",
    "#c04a00": "#ff9b5e",
    "#0066a8": "#5bb8f5",
    "#007a5a": "#3fd3a6",
    "#a03c7c": "#f09dce",
    "#8a6d00": "#e3c04d",
    "#5b4bb5": "#b3a7ff",
    "#b5293f": "#ff8f9c",
    "#4d6300": "#b9d45a",
    "#57606a": "#b5bdc8",
    "#f5f7fb": "#1b2433",
    "#bcd1ec": "#1f4876",
    "#6b9dd5": "#2f7dc2",
    "#2965ab": "#79bdf3",
    "#0b2c5c": "#e9f5ff",
    "#8a3d00": "#ffc48f",
    "#e08b45": "#c46a1f",
    "#f4f2ef": "#232a36",
    "#5f97d0": "#2f7dc2",
    "#0c447f": "#a9d8ff",
}


def style(model: str) -> Style:
    """The look of a model; every unknown one shares the grey of `OTHER`."""
    return STYLES.get(model, OTHER)


def plain(text: str) -> str:
    """Text that Plotly shows as it is: its labels understand a little HTML, and `<unk>` would vanish.

    >>> plain("<unk> & co")
    '&lt;unk&gt; &amp; co'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def labels(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """One label a token, all different and none empty, safe to show: an axis of categories needs both."""
    return tuple(plain(token) for token in numbered(tuple(token if token.strip() else "␣" for token in tokens)))


def layout(*, height: int, title: str = "", subtitle: str = "", legend: bool = False) -> dict[str, Any]:
    """The house style as plain data: transparent, title and legend above on the left."""
    heading: dict[str, Any] = {"text": plain(title), "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 8}}
    heading |= {"y": 1, "yref": "container", "yanchor": "top", "font": {"size": 15}}
    heading["pad"]["t"] = 8
    if subtitle:
        heading["subtitle"] = {"text": plain(subtitle), "font": {"size": 12, "color": FAINT}}
    top = 10 + (24 if title else 0) + (18 if subtitle else 0) + (24 if legend else 0)
    return {
        "height": height,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": top, "b": 8},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": FAINT, "activecolor": INK},
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        **({"title": heading} if title else {}),
    }


def figure(*, height: int, title: str = "", subtitle: str = "", legend: bool = False) -> go.Figure:
    """An empty figure in the house style, without a template."""
    return drawn({"data": [], "layout": layout(height=height, title=title, subtitle=subtitle, legend=legend)})


def drawn(frame: dict[str, Any]) -> go.Figure:
    """A frame with its numbers filled in, as a figure. Plotly's own template is 7 kB in each figure: it has none."""
    made = go.Figure(frame)
    made.update_layout(template=None)  # None given to the constructor is not heard
    return made


def axis(title: str = "", **changes: Any) -> dict[str, Any]:
    """Settings that every axis shares, with `changes` on top."""
    shared: dict[str, Any] = {
        "color": INK,
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": True,
        "ticks": "outside",
    }
    shared |= {"ticklen": 4, "tickcolor": GRID, "linecolor": GRID, "title": {"text": plain(title), "standoff": 8}}
    shared["title"]["font"] = {"size": 13}
    return shared | changes


def word_axis(words: tuple[str, ...], title: str = "", **changes: Any) -> dict[str, Any]:
    """The shared axis of words: categories in reading order, so that `7` stays a word and not a number."""
    return axis(title, type="category", categoryorder="array", categoryarray=list(words), showgrid=False, **changes)
