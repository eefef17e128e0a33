"""Gradio's sessions: what they must still know, and what they need not keep."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from seqdemo.lab import open_lab
from seqdemo.pages.app import build_page
from seqdemo.serving.light import light_visits

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
MARK = "a sentence of one visitor"


def small_page() -> gr.Blocks:
    with gr.Blocks() as page:
        box, choice, kept = gr.Textbox("x"), gr.Radio(["a", "b"]), gr.State([])
        box.submit(
            lambda text, before: (text, gr.update(choices=["c", "d"], value="c"), [*before, text]),
            [box, kept],
            [box, choice, kept],
        )
        gr.Button().click(lambda chosen: chosen, choice, box)
    return page


def ask(page: gr.Blocks, function: int, data: list[object], state: SessionState) -> list[object]:
    """In a thread of its own: where a browser was tested before, this one has an event loop already."""
    with ThreadPoolExecutor(1) as pool:
        asked = page.process_api(function, data, state=state, request=None)
        return list(pool.submit(asyncio.run, asked).result()["data"])


def test_states_and_new_choices_are_a_session_s_own() -> None:
    page = light_visits(small_page())
    mine, other = SessionState(page), SessionState(page)
    ask(page, 0, [MARK, None], mine)
    state = page.fns[0].inputs[1]._id
    assert (mine[state], other[state]) == ([MARK], [])
    assert ask(page, 1, ["d"], mine) == ["d"]  # a choice that this session was given
    with pytest.raises(gr.Error):
        ask(page, 1, ["d"], other)


@pytest.mark.parametrize("light", [False, True])
def test_an_answer_is_not_kept_once_more(light: bool) -> None:
    page = light_visits(small_page()) if light else small_page()
    mine = SessionState(page)
    ask(page, 0, [MARK, None], mine)
    kept = json.dumps(list(mine.components), default=str)
    assert (MARK in kept) is not light  # Gradio by itself does keep it


def test_the_page_tells_a_browser_the_same() -> None:
    page = small_page()
    before = page.get_config_file()["components"]
    assert light_visits(page).get_config_file()["components"] == before
    assert all("value" in one["props"] for one in before if one["type"] == "textbox")


def test_the_app_s_sessions_are_light() -> None:
    state = SessionState(build_page(open_lab(CHECKPOINTS, "cpu")))
    assert not list(state.components)
