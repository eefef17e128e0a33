"""A visit costs Gradio no copy of the page.

For each session Gradio writes down the settings of every component, then every answer into them, to make its deep
links; this app makes links of its own (pages/link.py) and shuts the door on Gradio's. Without that, a visitor's first
question is some 8 ms of the one thread that all share quicker, and no answer is held for an hour after it was told.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig


class _OfVisit(BlocksConfig):
    """What a session knows of the page: its components and functions, and no settings for a deep link."""

    @staticmethod
    def config_for_block(*_given: Any, **_named: Any) -> dict[str, Any]:
        return {}  # Gradio keeps an answer where there are "props"


class _OfPage(BlocksConfig):
    """The page's own, which tells a browser everything; a session begins with a copy of it."""

    def __copy__(self) -> BlocksConfig:
        copied: BlocksConfig = super().__copy__()  # type: ignore[no-untyped-call]
        copied.__class__ = _OfVisit
        return copied


def light_visits(page: gr.Blocks) -> gr.Blocks:
    """The page, whose sessions keep components and states alone."""
    page.default_config.__class__ = _OfPage
    return page
