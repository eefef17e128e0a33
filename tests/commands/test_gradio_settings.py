"""What the app tells Gradio by the environment is heard: the names are those of the installed Gradio."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr
import pytest

from seqdemo.commands.serving import GRADIO

QUESTIONS = 10_000


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in GRADIO.items():
        monkeypatch.setenv(name, value)
    with gr.Blocks() as page:
        pass
    return page._queue


def test_gradio_keeps_no_record_of_who_asked(queue: Any) -> None:
    assert queue.ANALYTICS_MAX_EVENTS == 1


def test_gradio_makes_no_table_after_each_answer(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(type(queue), "_get_df", lambda self, records: made.append(len(records)))
    asked = {"time": time.time(), "status": "success", "process_time": 0.1, "function": "f", "session_hash": "x"}
    for _ in range(QUESTIONS):
        queue.events_recorded += 1
        queue.compute_analytics_summary([asked])
    assert made == []
