"""serve: the app, the same as `python app.py`."""

from __future__ import annotations

import argparse
from typing import Any

from seqdemo.commands.shared import add_device


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `python app.py` and of `python -m seqdemo serve`."""
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    command.add_argument("--port", type=int, default=7860, help="port to listen on (default: 7860)")
    command.add_argument("--language", choices=("auto", "en", "zh"), default="auto", help="of the page (default: the browser's)")
    command.add_argument("--share", action="store_true", help="also a public link through Gradio's servers")
    add_device(command)


def add_commands(commands: Any) -> None:
    command = commands.add_parser("serve", help="show the app in a browser")
    add_options(command)
    command.set_defaults(run=run_serve)


def run_serve(chosen: argparse.Namespace) -> int:
    from seqdemo.pages.serve import serve

    return serve(chosen)
