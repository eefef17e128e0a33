"""A training that is under way: how far, how long still, the loss of each batch, the accuracy on dev; then the test."""

from __future__ import annotations

import gradio as gr

from seqdemo.components.resources import view


def TrainView(value: str = "", *, elem_id: str | None = None) -> gr.HTML:  # noqa: N802 - reads like the component it makes
    """Shows a `seqdemo.pages.train_payload.train_payload`."""
    return view(value, "train", elem_id=elem_id)
