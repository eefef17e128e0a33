"""serve: the app, the same as `python app.py`."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from seqdemo import __version__
from seqdemo.commands.shared import add_device, checkpoints_folder, lab_of
from seqdemo.problems import Problem
from seqdemo.serving.port import require_free, usual_port

MOST_WORKERS = 64
GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",  # no request leaves the machine
    # Its own statistics, which we do not show (ours are /metrics): after every answer it made a table of the last
    # 10,000 questions, which took 3 ms at first and 20 ms in the end, and kept whose each of them was.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `python app.py` and of `python -m seqdemo serve`."""
    command.add_argument(
        "--host",
        default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        help="address to listen on (default: 127.0.0.1)",
    )
    command.add_argument(
        "--port",
        type=int,
        help="port to listen on (default: GRADIO_SERVER_PORT, else 7860)",
    )
    command.add_argument(
        "--language", choices=("auto", "en", "zh"), default="auto", help="of the page (default: the browser's)"
    )
    command.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes, behind an nginx that is there (default: 1)"
    )
    command.add_argument(
        "--lab", metavar="ADDRESS", help="models on Ray Serve, e.g. ray://auto (default: models in this process)"
    )
    command.add_argument("--share", action="store_true", help="also a public link through Gradio's servers")
    add_device(command)


def add_commands(commands: Any) -> None:
    """serve."""
    command = commands.add_parser("serve", help="show the app in a browser")
    add_options(command)
    command.set_defaults(run=run_serve)


def run_serve(chosen: argparse.Namespace) -> int:
    """Open the checkpoints, build the page, serve it until interrupted."""
    chosen.port = usual_port(os.environ.get("GRADIO_SERVER_PORT", "")) if chosen.port is None else chosen.port
    if chosen.workers != 1:
        return run_workers(chosen)
    require_free(chosen.host, chosen.port)  # before the models are opened, which takes seconds
    os.environ.update(GRADIO)  # before gradio is imported
    from gradio.http_server import LOCALHOST_NAME

    from seqdemo.bench.visits import Bench
    from seqdemo.cluster.far_lab import FarLab, open_far_lab
    from seqdemo.lab import TorchLab, open_lab
    from seqdemo.pages.app import build_page, launch_settings
    from seqdemo.serving.limits import QUEUE, WORKERS
    from seqdemo.serving.metrics import BATCH
    from seqdemo.serving.quicker import few_threads, quicker_device
    from seqdemo.serving.sharing import sharing
    from seqdemo.serving.tidy import keep_tidy
    from seqdemo.serving.zero_gpu import device_here

    few_threads()
    lab: TorchLab | FarLab
    if chosen.lab:
        lab = open_far_lab(chosen.lab)
    else:
        chosen.device, measured = quicker_device(checkpoints_folder(chosen), device_here(chosen.device))
        near = replace(lab_of(chosen), measured=measured)
        lab = replace(near, shared=sharing(near.opened(), BATCH.observe))
    names = ", ".join(source.checkpoint for source in lab.sources())
    print(f"seqdemo {__version__} on {lab.device()}: {names}", flush=True)
    bench = Bench(partial(open_lab, device="cpu"))
    atexit.register(bench.close)
    page = build_page(lab, chosen.language, bench)
    page.queue(default_concurrency_limit=WORKERS, max_size=QUEUE)
    settings = launch_settings(lab, lab.problems)
    keep_tidy()  # with the models and the page made, which it need not look through again
    for host in (chosen.host, LOCALHOST_NAME):  # Gradio asks for its port there too
        require_free(host, chosen.port)
    try:
        # _frontend=False: else Gradio asks for its own page once, and gives up where a busy machine needs over 3 s
        page.launch(server_name=chosen.host, server_port=chosen.port, share=chosen.share, _frontend=False, **settings)
    except OSError:
        raise Problem("slow_start", host=chosen.host, port=chosen.port) from None
    return 0


def run_workers(chosen: argparse.Namespace) -> int:
    """The same in several processes behind nginx."""
    from seqdemo.cluster.workers import serve_many

    if not 1 <= chosen.workers <= MOST_WORKERS:
        raise Problem("bad_workers", most=MOST_WORKERS, came=chosen.workers)
    if chosen.share:
        raise Problem("workers_share")
    folder = ["--checkpoints", str(checkpoints_folder(chosen).resolve())]
    options = [*folder, "serve", "--language", chosen.language, "--device", chosen.device]
    options += ["--lab", chosen.lab] if chosen.lab else []
    return serve_many(options, chosen.workers, host=chosen.host, port=chosen.port)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python app.py`: as `serve`, with the folder of checkpoints as an option of its own."""
    command = argparse.ArgumentParser(
        prog="python app.py", description="seqdemo: watch sequence models read and translate."
    )
    command.add_argument("--checkpoints", metavar="DIR", help="folder of checkpoints (default: the one beside app.py)")
    add_options(command)
    chosen = command.parse_args(arguments)
    try:
        return run_serve(chosen)
    except Problem as problem:
        print(f"seqdemo: {problem}", file=sys.stderr)
        return 1
