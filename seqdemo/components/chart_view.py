"""A chart of an experiment: lines with their bands over one axis, each value under the pointer, and all as a table."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seqdemo.components.marks import DASHES
from seqdemo.components.provenance import measured
from seqdemo.components.resources import payload, strings_of, view
from seqdemo.figures import theme
from seqdemo.figures.names import model_name
from seqdemo.lessons.charts import Chart, Line
from seqdemo.locales import strings, translate_key

OTHERS = (  # looks for lines that are no model of the tables, in order
    theme.Style("#0066a8", "solid", "circle"),
    theme.Style("#c04a00", "dot", "square"),
    theme.Style("#007a5a", "dash", "diamond"),
    theme.Style("#a03c7c", "dashdot", "triangle-up"),
    theme.Style("#8a6d00", "longdash", "star"),
    theme.Style("#57606a", "longdashdot", "x"),
)


def chart_payload(name: str, chart: Chart, *, language: str) -> str:
    """What `ChartView` draws. name: row of lessons.charts.CHARTS."""
    return payload(
        {
            "name": name.replace("/", "-"),
            "title": translate_key(language, f"chart.{name}.title"),
            "x": translate_key(language, f"chart.{name}.x"),
            "y": translate_key(language, f"chart.{name}.y"),
            "lines": [_line(line, number, language) for number, line in enumerate(chart.lines)],
            "log": {"x": chart.log_x, "y": chart.log_y},
            "low": chart.low,
            "left": chart.left,
            "mark": chart.mark,
            "provenance": measured(chart.made, *chart.also, language=language),
            "strings": strings_of(language, "view.panel", "view.keep", "view.chart"),
        }
    )


def _line(line: Line, number: int, language: str) -> dict[str, Any]:
    own = f"chart.line.{line.name}"
    known = own in strings(language)
    look = OTHERS[number % len(OTHERS)] if known or line.name not in theme.STYLES else theme.style(line.name)
    return {
        "name": translate_key(language, own) if known else model_name(line.name, language),
        "color": look.color,
        "dash": DASHES.get(look.dash, look.dash.replace("px", "").replace(",", " ")),
        "points": [[x, y] for x, y in zip(line.xs, line.ys, strict=True)],
        "band": [list(pair) for pair in line.band],
    }


def ChartView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `chart_payload`; "" clears it."""
    return view(value, "chart", elem_id=elem_id)
