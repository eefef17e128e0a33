"""The house is in order: the map is true, the command line teaches, nothing strays into the repository."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seqdemo import __version__
from seqdemo.checkpoint import load
from seqdemo.commands import parser
from seqdemo.models import MODELS

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINTS = sorted(path.parent for path in (ROOT / "checkpoints").glob("*/config.json"))
COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices


def tracked() -> list[Path]:
    """Every file that is in the repository, or would be with the next commit."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [ROOT / name for name in found.split("\0") if name]
    assert len(files) > 50, "git lists too few files for this test to mean anything"
    return [path for path in files if path.is_file()]


def house_map() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- map:")[1].split("```")[1]
    return [line.split()[0] for line in block.strip().splitlines()]


def test_all_that_the_map_names_is_there() -> None:
    missing = [name for name in house_map() if not (ROOT / name).exists()]
    assert not missing


def test_the_map_names_every_room() -> None:
    named = set(house_map())
    kept = set()
    for path in tracked():
        parts = path.relative_to(ROOT).parts
        if parts[0] in ("seqdemo", "assets") and len(parts) > 1:
            kept.add("/".join(parts[:2]) + ("/" if len(parts) > 2 else ""))
        elif not parts[0].startswith("."):
            kept.add(parts[0] + ("/" if len(parts) > 1 else ""))
    assert kept - named == set(), "not in the README's map"


@pytest.mark.parametrize("folder", CHECKPOINTS, ids=lambda folder: folder.name)
def test_a_shipped_checkpoint_has_its_papers(folder: Path) -> None:
    files = ("card.md", "scores.json", "learning_curve.svg", "metrics.jsonl")
    assert [name for name in files if not (folder / name).is_file()] == []


def test_every_model_of_the_tables_is_shipped() -> None:
    opened = [load(folder) for folder in CHECKPOINTS]
    assert {one.config.model for one in opened} == set(MODELS)


def test_help_mentions_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seqdemo", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in COMMANDS:
        assert re.search(rf"^    {command}(?: |$)", done.stdout, re.MULTILINE), f"{command} is not listed"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parser().parse_args([command, "--help"])
    assert stopped.value.code == 0
    assert f"python -m seqdemo {command}" in capsys.readouterr().out


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == __version__


def test_no_file_is_over_ten_megabytes() -> None:
    """What Git hosts and Spaces take without large-file storage."""
    assert [path for path in tracked() if path.stat().st_size > 10_000_000] == []


def test_the_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "assets" / "pictures").glob("*.png")}
    assert sizes, "python assets/pictures/make.py"
    assert max(sizes.values()) < 300_000, sizes


def test_no_file_names_a_place_on_one_machine() -> None:
    places = "|".join(("work", "root", "tmp", "home", "Users", "workspace"))
    pattern = re.compile(rf"(?<![\w.:/$~{{}}-])/(?:{places})/\w")
    assert pattern.search(f"see {'/'}home/ann/notes")
    assert not pattern.search("http://host/home/page, $HOME/work/x and home/x")
    strays = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # weights and pictures
        strays += [f"{path.relative_to(ROOT)}: {line.strip()[:100]}" for line in lines if pattern.search(line)]
    assert strays == []


def test_requirements_are_ranges_that_leave_room_and_end() -> None:
    for file in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+,<=?[\d.]+", line), f"{file}: {line}"
