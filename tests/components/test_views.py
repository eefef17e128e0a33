"""The views in a real browser: what they draw, what they let a visitor do, and what they never run."""

from __future__ import annotations

import threading
import time
from typing import Any

import gradio as gr
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.components.conftest import Views, build_views
from tests.drawn_records import HOSTILE, translation


def test_the_large_map_draws_the_exact_weights_rows_as_queries(views: Views) -> None:
    grid = translation().grid("cross")
    assert grid is not None
    np.testing.assert_array_equal(views.cells(), grid.weights[0, 0].astype(np.float16))
    trace = views.page.evaluate("(({x, y}) => ({x, y}))(document.querySelector('#attention .js-plotly-plot').data[0])")
    assert trace == {"x": ["▁the", "▁film", "▁the (2)", "&lt;/s&gt;"], "y": ["▁Der", "▁Film", "&lt;/s&gt;"]}


def test_keys_buttons_and_clicks_choose_a_head_without_the_server(views: Views) -> None:
    grid = translation().grid("cross")
    assert grid is not None
    page, before = views.page, len(views.requests)
    first = page.get_by_role("button", name="Layer 1, head 1", exact=True)
    expect(first).to_have_attribute("aria-pressed", "true")
    first.focus()
    for key, layer, head in (("ArrowRight", 0, 1), ("ArrowDown", 1, 1), ("ArrowLeft", 1, 0), ("ArrowLeft", 1, 2)):
        page.keyboard.press(key)
        chosen = page.get_by_role("button", name=f"Layer {layer + 1}, head {head + 1}", exact=True)
        expect(chosen).to_have_attribute("aria-pressed", "true")
        expect(chosen).to_be_focused()
        np.testing.assert_array_equal(views.cells(), grid.weights[layer, head].astype(np.float16))
    page.get_by_role("button", name="Next head").click()
    expect(first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Layer 2, head 2", exact=True).click()
    expect(page.locator("#attention .seqdemo-heading")).to_have_text("Cross-attention · Layer 2, head 2")
    assert [url for url in views.requests[before:] if "heartbeat" not in url] == []


def test_a_kind_is_chosen_by_its_tab_and_says_what_its_rows_are(views: Views) -> None:
    grid = translation().grid("decoder_self")
    assert grid is not None
    views.page.get_by_role("tab", name="Decoder self-attention").click()
    expect(views.page.locator("#attention .seqdemo-about")).to_contain_text("named by the token the step writes")
    expect(views.page.locator("#attention .ytitle")).to_have_text("Query: the token this step writes")
    np.testing.assert_array_equal(views.cells(), grid.weights[0, 0].astype(np.float16))


def test_the_strongest_key_of_a_row_is_told_in_words(views: Views) -> None:
    grid = translation().grid("cross")
    assert grid is not None
    views.page.get_by_label("Row (query)").select_option("1")
    row = grid.weights[0, 0, 1].astype(np.float16)
    key = ("▁the", "▁film", "▁the (2)", "</s>")[int(row.argmax())]
    summary = views.page.locator("#attention [aria-live=polite]")
    expect(summary).to_contain_text(f"row 2, “▁Film”, looks most at “{key}” {row.max():.4f}")


def test_hover_tells_the_exact_weight_and_follows_into_the_summary(views: Views) -> None:
    grid = translation().grid("cross")
    assert grid is not None
    area = views.page.locator("#attention .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    area.hover(position={"x": box["width"] * 3.5 / 4, "y": box["height"] * 2.5 / 3})  # last row, last column
    weight = float(np.float16(grid.weights[0, 0, 2, 3]))
    expect(views.page.locator("#attention .hovertext")).to_contain_text(f"query </s>key </s>weight {weight:.4f}")
    expect(views.page.locator("#attention [aria-live=polite]")).to_contain_text("row 3, “</s>”")


def test_thumbnails_show_more_ink_where_more_weight_is(views: Views) -> None:
    grid = translation().grid("cross")
    assert grid is not None
    read = """() => {
      const canvas = document.querySelector('#attention canvas');
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return [canvas.width, canvas.height, Array.from({length: pixels.length / 4}, (_, i) => pixels[4 * i])];
    }"""
    width, height, red = views.page.evaluate(read)
    assert (height, width) == grid.weights.shape[2:]
    weights = grid.weights[0, 0].ravel()
    assert red[int(weights.argmax())] == min(red)
    assert red[int(weights.argmin())] == max(red)


def test_typed_code_and_tags_stay_text(views: Views) -> None:
    page = views.page
    views.show("hostile", "text=${alert(1)}")
    page.wait_for_timeout(500)
    assert views.complaints == []
    assert page.locator(".seqdemo-view img, .seqdemo-view script, .seqdemo-view b").count() == 0
    assert page.locator("#steps .seqdemo-chosen").all_text_contents() == list(HOSTILE)
    expect(page.locator("#steps .seqdemo-translation")).to_have_text(" ".join(HOSTILE))
    options = page.locator("#attention select option").all_text_contents()
    assert options == [f"{number}. {token}" for number, token in enumerate(HOSTILE, start=1)]
    ticks = page.locator("#attention .yaxislayer-above text").all_text_contents()
    assert ticks == [token if len(token) <= 18 else token[:17] + "…" for token in HOSTILE]


def test_a_figure_follows_the_theme(views: Views) -> None:
    title = views.page.locator("#track .xtitle")
    expect(title).to_have_css("fill", "rgb(31, 41, 55)")
    views.page.evaluate("document.body.classList.toggle('dark')")
    expect(title).to_have_css("fill", "rgb(241, 244, 248)")


def test_a_figure_in_a_hidden_tab_is_drawn_when_it_is_opened(views: Views) -> None:
    page = views.page
    page.get_by_role("tab", name="hidden").click()
    page.locator("#late .main-svg").first.wait_for()
    page.get_by_role("tab", name="seen").click()
    views.show("chinese", "text=交叉注意力")
    page.get_by_role("tab", name="hidden").click()
    expect(page.locator("#late .xtitle")).to_have_text("词（按阅读顺序）")
    box = page.locator("#late .main-svg").first.bounding_box()
    assert box is not None
    assert box["width"] > 600


def test_an_empty_value_clears_and_a_new_one_draws_again(views: Views) -> None:
    page = views.page
    views.show("nothing", "#verdict .seqdemo-view:empty")
    for name in ("track", "attention"):
        expect(page.locator(f"#{name} .main-svg:visible")).to_have_count(0)
    views.show("plain", "#verdict .seqdemo-card")
    page.locator("#track .main-svg").first.wait_for()
    page.locator("#attention .nsewdrag").first.hover()
    expect(page.locator("#attention .hovertext")).to_contain_text("weight")


def test_a_long_text_says_that_labels_are_thinned(views: Views) -> None:
    views.show("long", "text=Long text")
    expect(views.page.locator("#attention .seqdemo-note:visible", has_text="of 96 rows")).to_have_count(1)
    named = views.page.locator("#attention .yaxislayer-above text")
    assert 20 < named.count() < 96
    assert len(views.cells()) == 96


def test_a_phone_needs_no_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    views = Views(page, address)
    for case, sign in (("plain", "#verdict .seqdemo-card"), ("long", "text=Long text")):
        views.show(case, sign)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_in_a_view_never_makes_its_place_wider(views: Views) -> None:
    """Gradio's rows and tabs grow with what is in them, so a long strip of steps would push a phone's page sideways."""
    wish = "(view) => { const kept = view.style.width; view.style.width = 'min-content';"
    for name in ("verdict", "track", "steps", "attention"):
        view = views.page.locator(f"#{name} .seqdemo-view")
        assert view.evaluate(wish + " const wished = view.offsetWidth; view.style.width = kept; return wished; }") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(views: Views, dark: bool) -> None:
    if dark:
        views.page.evaluate("document.body.classList.add('dark')")
        expect(views.page.locator("#track .xtitle")).to_have_css("fill", "rgb(241, 244, 248)")
    found = Axe().run(views.page, context=".seqdemo-view").response["violations"]
    grave = [(rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in ("serious", "critical")]
    assert grave == []


def test_views_can_be_named_by_who_cannot_see_them(views: Views) -> None:
    page = views.page
    expect(page.get_by_role("img", name="a track")).to_have_count(1)
    expect(page.get_by_role("img", name="Heatmap, Cross-attention, layer 1, head 1")).to_have_count(1)
    expect(page.get_by_role("region", name="Step by step")).to_have_attribute("tabindex", "0")
    expect(page.locator("#steps .seqdemo-translation")).to_have_attribute("lang", "de")


def test_a_figure_is_saved_as_a_picture_named_by_its_title(views: Views) -> None:
    with views.page.expect_download() as download:
        views.page.locator("#track").get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename.endswith("after each word.png")


def test_nothing_is_asked_of_another_site(page: Page, address: str) -> None:
    views = Views(page, address)
    page.wait_for_timeout(500)
    outside = [url for url in views.requests if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
    assert any(url.endswith("plotly.min.js") for url in views.requests)
    assert views.complaints == []


def test_the_drawing_library_is_found_below_a_proxys_path(page: Page) -> None:
    import uvicorn
    from fastapi import FastAPI

    app: Any = gr.mount_gradio_app(FastAPI(), build_views(), path="/school/room", ssr_mode=False)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        page.goto(f"http://127.0.0.1:{port}/school/room/")
        page.locator("#track .main-svg").first.wait_for(timeout=20_000)
    finally:
        server.should_exit = True
        thread.join(10)
