"""The README is true: its front matter, its commands, its links and its table of models."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from assets.pictures.make import running_app
from assets.tables.make import BEGIN, END, inserted, parameters, table
from seqdemo.checkpoint import load
from seqdemo.commands import parser
from seqdemo.commands.serving import add_options
from seqdemo.experiments.table import EXPERIMENTS
from seqdemo.training.recipes import RECIPES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECKPOINTS = sorted(path.parent for path in (ROOT / "checkpoints").glob("*/config.json"))
COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices


def fenced(language: str = "") -> Iterator[str]:
    """The code blocks of the README in one language."""
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        if found.group(1) == language:
            yield found.group(2)


def front_matter() -> dict[str, str]:
    head = README.split("---\n")[1]
    pairs = (line.split(":", 1) for line in head.splitlines() if ":" in line)
    return {key.strip(): value.strip().strip('"') for key, value in pairs}


def test_front_matter_is_what_a_space_accepts() -> None:
    assert README.startswith("---\n")
    found = front_matter()
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert found["title"] == "seqdemo"
    assert {found["colorFrom"], found["colorTo"]} <= colors
    assert len(found["emoji"]) == 1
    assert found["sdk"] == "gradio"
    assert len(found["short_description"]) <= 60
    assert (ROOT / found["app_file"]).is_file()
    assert (ROOT / found["license_link"]).is_file()


def test_the_space_gets_a_gradio_and_a_python_that_we_allow() -> None:
    found = front_matter()
    requirements, project = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "pyproject.toml")
    )
    required = re.search(r"^gradio(.*)$", requirements, re.MULTILINE)
    python = re.search(r'^requires-python = "(.*)"$', project, re.MULTILINE)
    assert required is not None
    assert python is not None
    assert found["sdk_version"] in SpecifierSet(required.group(1))
    assert found["python_version"] in SpecifierSet(python.group(1))


def commands_in_readme() -> list[str]:
    """Every command line of the README's plain code blocks, joined ones taken apart; the map is no command."""
    lines = [line for block in fenced() for line in block.splitlines() if "   " not in line]
    parts = [part.strip() for line in lines for part in re.split(r"&&|\|", line)]
    return [part for part in parts if part.startswith(("python -m seqdemo", "python app.py", "pip install"))]


def test_every_command_of_the_readme_is_understood() -> None:
    shown = commands_in_readme()
    assert len(shown) > 10
    app = argparse.ArgumentParser()
    add_options(app)
    for command in shown:
        words = shlex.split(command)
        if words[:3] == ["python", "-m", "seqdemo"]:
            chosen = parser().parse_args(words[3:])
            assert getattr(chosen, "name", "sentiment-en-lstm") in (*RECIPES, *EXPERIMENTS), command
        elif words[:2] == ["python", "app.py"]:
            app.parse_args(words[2:])
        else:
            assert words[:3] == ["pip", "install", "-r"], command
            assert (ROOT / words[3]).is_file(), command


def test_the_two_commands_stand_in_the_readme() -> None:
    blocks = list(fenced())
    assert "pip install -r requirements.txt && python app.py\n" in blocks
    assert "pip install -r tests/requirements.txt && python -m pytest\n" in blocks


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_shows_every_command(command: str) -> None:
    assert f"python -m seqdemo {command} " in README


def test_links_and_pictures_of_the_readme_are_there() -> None:
    targets = re.findall(r"\]\(([^)#\s]+)\)", README)
    assert any(target.endswith(".png") for target in targets)
    missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
    assert not missing


def test_code_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:seqdemo|assets|tests)/[\w/.*-]+)`", README)
    assert len(named) > 5
    examples = {"seqdemo/models/mine.py"}
    missing = [name for name in named if name not in examples and not list(ROOT.glob(name.rstrip("/")))]
    assert not missing
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets is not None
    assert set(re.findall(r"`make (\w+)`", README)) <= set(targets.group(1).split())


def test_the_table_of_models_is_fresh() -> None:
    assert BEGIN in README
    assert END in README
    assert inserted(README, table()) == README, "run: python assets/tables/make.py"


def test_every_checkpoint_stands_in_the_table() -> None:
    assert CHECKPOINTS, "no checkpoint is shipped"
    made = table()
    assert all(f"| [{folder.name}](checkpoints/{folder.name}/card.md) |" in made for folder in CHECKPOINTS)
    assert "not evaluated yet" not in made


@pytest.mark.parametrize("folder", CHECKPOINTS, ids=lambda folder: folder.name)
def test_the_table_counts_parameters_as_the_lab_does(folder: Path) -> None:
    assert parameters(folder / "model.safetensors") == load(folder).parameters


def test_the_readme_s_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The app as a visitor starts it, and the README's first Python block as it stands, but for the port."""
    program, _ = fenced("python")
    with running_app([]) as address:
        exec(compile(program.replace("http://127.0.0.1:7860", address), "README.md", "exec"), {})
    assert "'warm'" in capsys.readouterr().out


def test_the_readme_s_change_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second block, from the folder that the README stands in."""
    _, change = fenced("python")
    monkeypatch.chdir(ROOT)
    exec(compile(change, "README.md", "exec"), {})
    assert "Scores(plain_old=" in capsys.readouterr().out
