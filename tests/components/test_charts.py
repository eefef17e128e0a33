"""Zoomable charts hold the numbers of the notebook's figures, move with the clock, and never hold the page up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, expect

from seqdemo.components import library
from seqdemo.figures.gates import gates
from seqdemo.figures.heatmap import heatmap
from seqdemo.figures.landscape import landscape
from seqdemo.figures.trajectory import trajectory
from seqdemo.records import unpacked
from tests.components.conftest import Views
from tests.drawn_records import HOSTILE, classification, source, translation

SVG = "{http://www.w3.org/2000/svg}"
READ = """(name) => Array.from(document.querySelectorAll(`#${name} .js-plotly-plot`), (node) => ({
  data: node.data.map((trace) => ({ ...trace, color: trace.marker && trace.marker.color })), layout: node.layout,
}))"""


@pytest.fixture(scope="module")
def charted(browser: Browser, address: str) -> Iterator[Views]:
    """A page of its own, since a chart that is on stays on."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Views(context.new_page(), address)
    context.close()


@pytest.fixture
def charts(charted: Views) -> Iterator[Views]:
    charted.page.evaluate("document.body.classList.remove('dark')")
    charted.show("nothing", "#reading .seqdemo-view:empty")
    charted.show("plain", "#reading .seqdemo-sheet")
    charted.complaints.clear()
    yield charted
    on = charted.page.locator(".seqdemo-toggle[aria-pressed=true]")
    while on.count():
        on.first.click()


def turn_on(views: Views, name: str) -> list[dict[str, Any]]:
    """The button of a panel, pressed; what its charts hold."""
    button = views.page.locator(f"#{name} .seqdemo-toggle")
    if button.get_attribute("aria-pressed") == "false":
        button.click()
    views.page.locator(f"#{name} .seqdemo-chart .main-svg").first.wait_for(timeout=60_000)
    views.page.wait_for_timeout(500)
    return drawn(views, name)


def drawn(views: Views, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = views.page.evaluate(READ, name)
    return found


def same(trace: dict[str, Any], wanted: Any, *names: str, atol: float = 2e-3) -> None:
    for name in names:
        mine, theirs = trace[name], wanted[name]
        if isinstance(theirs, dict):  # plotly.py packs arrays of numbers
            theirs = unpacked({"dtype": {"f4": "float32", "f8": "float64"}[theirs["dtype"]], "base64": theirs["bdata"],
                               "shape": [int(size) for size in theirs.get("shape", "-1").split(",")]})  # fmt: skip
        if isinstance(mine[0], str):
            assert list(mine) == list(theirs)
        else:
            np.testing.assert_allclose(np.array(mine, dtype=float), np.array(theirs, dtype=float), atol=atol)


def test_the_trajectory_is_the_notebook_s(charts: Views) -> None:
    shown = turn_on(charts, "planes")
    for chart, record in zip(
        shown, (classification("rnn"), classification("attention", seed=2, grid=True)), strict=True
    ):
        figure = trajectory(record, language="en").to_plotly_json()
        for mine, theirs in zip(chart["data"], figure["data"], strict=True):
            same(mine, theirs, "x", "y", atol=2e-2)
            assert mine["mode"] == theirs["mode"]
        np.testing.assert_allclose(chart["data"][0]["color"], record.trajectory.cloud_probability, atol=1e-3)
        assert [word for word, _ in chart["data"][1]["customdata"]] == ["the", "film", "is", "not", "the (2)", "best"]
        for axis in ("xaxis", "yaxis"):
            np.testing.assert_allclose(chart["layout"][axis]["range"], figure["layout"][axis]["range"], atol=1e-2)
            assert chart["layout"][axis]["title"]["text"] == figure["layout"][axis]["title"]["text"]


def test_the_landscape_is_the_notebook_s(charts: Views) -> None:
    turn_on(charts, "planes")
    charts.page.locator("#planes select").select_option("deep")
    charts.page.wait_for_timeout(1500)
    (first, _) = drawn(charts, "planes")
    figure = landscape(classification("rnn"), language="en").to_plotly_json()
    for mine, theirs in zip(first["data"][:2], figure["data"], strict=True):
        same(mine, theirs, "x", "y", "z", atol=2e-2)
    charts.page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    charts.page.wait_for_timeout(500)
    assert drawn(charts, "planes")[0]["data"][2]["text"] == ["3 is"]
    charts.page.locator("#planes select").select_option("flat")


def test_the_gates_are_the_notebook_s(charts: Views) -> None:
    chart = turn_on(charts, "gates")[0]
    figure = gates(classification("rnn"), language="en").to_plotly_json()
    for mine, theirs in zip(chart["data"], figure["data"], strict=True):
        same(mine, theirs, "x", "y", *(["z"] if mine["type"] == "heatmap" else []))
    assert [note["text"] for note in chart["layout"]["annotations"]] == [
        note["text"] for note in figure["layout"]["annotations"]
    ]


def test_the_heatmap_is_the_notebook_s_for_each_head(charts: Views) -> None:
    turn_on(charts, "attention")
    grid = translation().grid("cross")
    assert grid is not None
    for layer, head in ((0, 1), (1, 2)):
        charts.page.locator("#attention").get_by_role("button", name=f"Layer {layer + 1}, head {head + 1}:").click()
        charts.page.wait_for_timeout(300)
        (chart,) = drawn(charts, "attention")
        figure = heatmap(grid, layer, head, language="en").to_plotly_json()
        same(chart["data"][0], figure["data"][0], "x", "y", "z")
        first, last = chart["layout"]["yaxis"]["range"]
        assert first > last  # row 1 on top


def test_a_chart_moves_with_the_clock_and_moves_it(charts: Views) -> None:
    page = charts.page
    turn_on(charts, "looks")
    before = len(charts.requests)
    page.locator("#reading .seqdemo-view input[type=range]").fill("1")
    mark = page.locator("#looks .seqdemo-column-mark")
    area = page.locator("#looks .nsewdrag").first
    area.scroll_into_view_if_needed()
    box, frame = area.bounding_box(), mark.bounding_box()
    assert box is not None
    assert frame is not None
    assert frame["y"] - box["y"] == pytest.approx(box["height"] / 6, abs=3)  # the second row of six
    page.mouse.move(box["x"] + box["width"] * 2.5 / 6, box["y"] + box["height"] * 4.5 / 6)
    expect(page.locator("#looks .seqdemo-summary")).to_contain_text("Row 5, “the”")
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("5 of 6: the")
    page.mouse.move(2, 2)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("2 of 6: film")
    assert charts.asked(before) == []


def test_a_point_of_the_path_moves_the_clock(charts: Views) -> None:
    page = charts.page
    turn_on(charts, "planes")
    spot = """() => {
      const node = document.querySelector('#planes .js-plotly-plot'), { xaxis, yaxis, _size } = node._fullLayout;
      const box = node.getBoundingClientRect(), path = node.data[1];
      return [box.left + _size.l + xaxis.l2p(path.x[2]), box.top + _size.t + yaxis.l2p(path.y[2])];
    }"""
    page.locator("#planes .js-plotly-plot").first.scroll_into_view_if_needed()
    x, y = page.evaluate(spot)
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("3 of 6: is")
    page.mouse.click(x, y)
    page.mouse.move(2, 2)
    expect(page.locator("#reading .seqdemo-view .seqdemo-place")).to_have_text("3 of 6: is")
    expect(page.locator("#planes .seqdemo-patch").first).to_have_text("3 is")


def test_a_chart_follows_theme_and_language_and_sends_nothing_away(charts: Views) -> None:
    page = charts.page
    (chart,) = turn_on(charts, "attention")
    assert chart["layout"]["font"]["color"] == "#1f2937"
    page.evaluate("document.body.classList.add('dark')")
    page.wait_for_timeout(500)
    (chart,) = drawn(charts, "attention")
    assert chart["layout"]["font"]["color"] == "#f1f4f8"
    titles = page.locator("#attention .modebar-btn").evaluate_all("(all) => all.map((one) => one.dataset.title)")
    assert titles == ["Zoom: draw a box", "Move", "Closer", "Further away", "Show all again"]
    charts.show("chinese", "text=以表格显示")
    page.wait_for_timeout(800)
    titles = page.locator("#attention .modebar-btn").evaluate_all("(all) => all.map((one) => one.dataset.title)")
    assert titles == ["缩放：拖出一个框", "平移", "放大", "缩小", "恢复全图"]
    assert page.locator("#attention .modebar-btn--logo").count() == 0
    assert not [url for url in charts.requests if not url.startswith(("data:", "blob:")) and "127.0.0.1" not in url]


@pytest.mark.parametrize("case", ["hostile", "long", "single"])
def test_a_chart_takes_what_people_type(charts: Views, case: str) -> None:
    page = charts.page
    for name in ("planes", "gates", "attention"):
        turn_on(charts, name)
    charts.show(case, {"hostile": "text=${alert(1)}", "long": "text=96 of 96", "single": "text=1 of 1: good"}[case])
    page.wait_for_timeout(2500)
    assert charts.complaints == []
    if case == "hostile":
        assert page.locator(".seqdemo-view img, .seqdemo-view script, .seqdemo-view b").count() == 0
        labels = page.locator("#gates .xtick text").all_text_contents()
        assert HOSTILE[1] in labels and "<unk>" in labels


@pytest.mark.parametrize("name", ["attention", "planes", "gates"])
def test_a_picture_is_of_the_chart_that_stands_there_zoomed_as_it_is(charts: Views, name: str) -> None:
    """In light colours on white paper, with the hash below and the present step marked."""
    page = charts.page
    page.evaluate("document.body.classList.add('dark')")
    turn_on(charts, name)
    zoom = "([place, range]) => Plotly.relayout(document.querySelector(place), {'xaxis.range': range})"
    page.evaluate(zoom, [f"#{name} .js-plotly-plot", [0.75, 2.25]])
    page.locator("#reading .seqdemo-view input[type=range]").fill("2")
    kinds = page.locator(f"#{name} .seqdemo-saving")
    kinds.evaluate("(menu) => { menu.open = true; }")
    with page.expect_download() as saved:
        kinds.get_by_role("button", name="SVG", exact=True).click()
    paper = ElementTree.fromstring(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert any(source().sha256 in (node.text or "") for node in paper.iter(SVG + "text"))
    images = [node.get("href") or "" for node in paper.iter(SVG + "image")]
    assert len(images) == page.locator(f"#{name} .js-plotly-plot").count()
    chart = ElementTree.fromstring(unquote(images[0].partition(",")[2]))
    inside = ElementTree.tostring(chart, encoding="unicode")
    assert "rgb(31, 41, 55)" in inside  # the ink of a light page
    assert "rgb(241, 244, 248)" not in inside
    ticks = [node.text for node in chart.iter(SVG + "text")]
    if name == "attention":
        assert "▁film" in ticks
        assert "▁the" not in ticks  # outside of what is zoomed to, on both sides
    with page.expect_download() as saved:
        kinds.get_by_role("button", name="PNG", exact=True).click()
    data = Path(saved.value.path()).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert charts.complaints == []


def test_without_the_library_the_light_drawing_stays_and_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    views = Views(context.new_page(), address)
    views.page.route("**/plotly-*.js", lambda route: route.abort())
    for name in ("planes", "attention"):
        views.page.locator(f"#{name} .seqdemo-toggle").click()
        expect(views.page.locator(f"#{name} .seqdemo-zoombar")).to_contain_text("did not load")
        expect(views.page.locator(f"#{name} .seqdemo-toggle")).to_have_attribute("aria-pressed", "false")
        expect(views.page.locator(f"#{name} .seqdemo-sheet")).to_be_visible()
    context.close()


def test_weights_times_lengths_are_the_probe_s(compute: Any) -> None:
    from seqdemo.components.shares import packed_shares
    from seqdemo.probes.norms import norm_weighted
    from seqdemo.records import packed

    grid = translation().grid("cross")
    assert grid is not None
    lengths = np.random.default_rng(3).random((2, 3, 4)).astype(np.float32) * 9
    panel = {"values": None, "shape": list(grid.weights.shape), "lengths": packed(lengths)}
    weights = packed_shares(grid.weights)
    run = "((panel) => { panel.values = unpackShares(weights); return broughtRows(panel, 1, 2); })(panel)"
    found = np.array(compute(run, panel=panel, weights=weights))
    wanted = norm_weighted(torch.tensor(grid.weights), torch.tensor(lengths))[1, 2]
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("accepted", ["gzip, br", "gzip", ""])
def test_the_library_is_the_package_s_own_and_is_kept(accepted: str) -> None:
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    answer = TestClient(Starlette(routes=library.routes())).get(library.PATH, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding", "") == accepted.rpartition(" ")[2]
    assert "immutable" in answer.headers["cache-control"]
    assert re.match(r"/\*\*\s+\* plotly\.js v", answer.text)
    assert answer.content == library.library("")
