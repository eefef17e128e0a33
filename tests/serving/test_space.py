"""The check of the Space can fail, and passes for the app as it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from seqdemo.serving.zero_gpu import device_here, golden_on_gpu
from tests.pythons import LOCK
from tests.serving.conftest import NAMES, free_port
from tests.space_check import ROOT, TORCHES, Check, front_matter, imports, paper_checks, run_checks


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("README.md", "requirements.txt", "pyproject.toml", "app.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def wrong(root: Path) -> list[str]:
    return [check.name for check in paper_checks(root) if not check.right]


def test_the_repository_is_a_space() -> None:
    assert wrong(ROOT) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("README.md", "sdk: gradio", "sdk: docker", "sdk"),
        ("README.md", "sdk_version: 6.31.0", "sdk_version: 5.0.0", "gradio's version is in our range"),
        ("README.md", 'python_version: "3.12"', 'python_version: "3.13"', "Python's version is in our range"),
        ("README.md", "app_file: app.py", "app_file: main.py", "app_file is there"),
        ("README.md", "colorTo: yellow", "colorTo: orange", "colours"),
        ("README.md", "license_link: NOTICE\n", "", "licence"),
        ("README.md", "short_description: ", "short_description: " + "very " * 20, "short_description"),
        ("requirements.txt", "torch>=2.8,", "torch>=2.9,", "every torch of ZeroGPU"),
        ("pyproject.toml", ">=3.10,", ">=3.11,", "both Pythons of ZeroGPU"),
        ("app.py", "import spaces", "import torch", "spaces comes before torch"),
    ],
)
def test_what_would_break_a_space_is_told(copy: Path, file: str, old: str, new: str, told: str) -> None:
    path = copy / file
    assert old in path.read_text(encoding="utf-8")
    assert wrong(copy) == []
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert told in wrong(copy)


def test_a_large_file_is_told(copy: Path) -> None:
    (copy / "large").write_bytes(b"0" * 10_000_001)
    assert wrong(copy) == ["no file over 10 MB"]


def test_readers_of_files() -> None:
    assert front_matter('---\na: 1\ntags:\n  - x\nb: "2"\n---\nc: 3\n') == {"a": "1", "b": "2"}
    assert front_matter("no front matter") == {}
    assert imports(ROOT / "app.py")[:3] == ["contextlib", "sys", "spaces"]


@pytest.mark.drill
def test_it_starts_as_a_space_does(checkpoints: Path) -> None:
    """With ZeroGPU's environment, in which torch would call CUDA available, and GRADIO_SSR_MODE set against us."""
    found = list(run_checks(sys.executable, free_port(), ["--checkpoints", str(checkpoints)]))
    assert [check for check in found if not check.right and "time" not in check.name] == []
    assert Check("a function is decorated", True, "golden_on_gpu") in found
    assert [check.name for check in found[-2:]] == ["awake it answers again", "time to wake"]
    assert len(found) == 10


@pytest.mark.parametrize(
    ("zero", "wanted", "device"),
    [
        ("true", "auto", "cpu"),
        ("1", "auto", "cpu"),
        ("", "auto", "auto"),
        ("false", "auto", "auto"),
        ("true", "cuda", "cuda"),
    ],
)
def test_zero_gpu_computes_on_the_processor(
    monkeypatch: pytest.MonkeyPatch, zero: str, wanted: str, device: str
) -> None:
    monkeypatch.setenv("SPACES_ZERO_GPU", zero)
    assert device_here(wanted) == device


def test_what_runs_on_the_lent_gpu_asks_the_golden_sentences(checkpoints: Path) -> None:
    assert golden_on_gpu(checkpoints, "cpu") == dict.fromkeys(NAMES, "ok")


def test_the_lock_keeps_to_the_ranges() -> None:
    """Every package that we ask for stands in it, inside our range, and Gradio is the Space's own version."""
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)$", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    ranges = re.findall(r"^([\w-]+)([<>=].*)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pins) > len(ranges) > 5
    assert [name for name, wanted in ranges if pins[name] not in SpecifierSet(wanted)] == []
    assert pins["gradio"] == front_matter((ROOT / "README.md").read_text(encoding="utf-8"))["sdk_version"]
    assert pins["torch"] in TORCHES
