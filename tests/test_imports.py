"""Imports run down only, seen in a fresh process. (`lint-imports` reads the source; this sees what truly loads.)"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_python(code: str) -> str:
    """Standard output of a fresh process that runs `code` in the repository's root."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# Imports every module of the rooms named, then prints which of the banned packages came along.
WALK = """
import importlib, pkgutil, sys
for room in {rooms}:
    module = importlib.import_module(room)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), room + "."):
        importlib.import_module(found.name)
print(" ".join(name for name in {banned} if name in sys.modules))
"""


def came_along(rooms: Sequence[str], banned: tuple[str, ...]) -> str:
    return run_python(WALK.format(rooms=rooms, banned=banned)).strip()


def test_what_a_page_shows_and_says_loads_no_torch() -> None:
    rooms = ("records", "protocols", "problems", "locales", "figures", "components", "pages", "scoring.headline")
    assert came_along([f"seqdemo.{room}" for room in rooms], ("torch", "spacy", "seqdemo.lab")) == ""


def test_below_pages_and_components_nothing_loads_gradio() -> None:
    upper = ("figures", "lab", "checkpoint", "training", "scoring", "commands")
    lower = ("models", "layers", "decoding", "probes", "text")
    assert came_along([f"seqdemo.{room}" for room in (*upper, *lower)], ("gradio", "spacy", "seqdemo.pages")) == ""


def test_the_walk_can_fail() -> None:
    assert came_along(("seqdemo.lab",), ("torch", "seqdemo.models", "gradio")) == "torch seqdemo.models"


def test_training_starts_on_a_machine_without_the_app_s_packages() -> None:
    absent = ("gradio", "spacy", "plotly", "pooch", "requests", "sacrebleu", "pandas", "sklearn", "jinja2")
    code = f"""
import sys
for name in {absent}:
    sys.modules[name] = None  # from here on, importing it is an ImportError
import seqdemo.training.loop
from seqdemo.commands import main
try:
    main(["train", "--help"])
except SystemExit as stopped:
    sys.exit(stopped.code)
"""
    assert "--max-minutes" in run_python(code)
