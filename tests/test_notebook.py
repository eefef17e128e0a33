"""The notebook is run as a reader runs it, from the top, by a real kernel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from seqdemo.commands.shared import CHECKPOINTS
from seqdemo.lab import open_lab

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "assets" / "notebooks" / "without_the_app.ipynb"


@pytest.fixture(scope="module")
def cells() -> list[Any]:
    """The code cells after a run."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=250, resources={"metadata": {"path": ROOT}}).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    return "".join(part.text for part in cell.outputs if part.output_type == "stream" and part.name == "stdout")


def test_it_shows_what_the_lab_says(cells: list[Any]) -> None:
    lab = open_lab(CHECKPOINTS, "cpu")
    asked = lab.classify("The plot is thin, but the acting is wonderful.", "sentiment-en")
    told = printed(cells[1]).splitlines()
    assert [line.split()[0] for line in told] == [record.source.model for record in asked]
    for line, record in zip(told, asked, strict=True):
        assert float(line.split()[2]) == pytest.approx(float(record.track[-1].max()), abs=6e-4)
    translation = lab.translate("Two men are sitting on a bench in front of a big house.", "en-de", "transformer")
    assert any(printed(cell).startswith(translation.translation) for cell in cells)


def test_its_figures_are_drawn(cells: list[Any]) -> None:
    drawn = [
        part for cell in cells for part in cell.outputs if "application/vnd.plotly.v1+json" in part.get("data", {})
    ]
    assert len(drawn) == 5


def test_the_small_network_learns(cells: list[Any]) -> None:
    found = re.search(r"right: ([\d.]+)%; by chance: 25", printed(cells[-1]))
    assert found and float(found[1]) > 90


def test_it_is_kept_without_results_and_explains_itself_in_both_languages() -> None:
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
        else:
            assert re.search("[a-z]{4}", cell.source) and re.search("[\u4e00-\u9fff]{4}", cell.source)
