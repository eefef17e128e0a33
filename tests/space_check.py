"""Is the repository a valid Hugging Face Space as it stands?

    make space-check
    python -m tests.space_check --python python3.10 --python venvs/3.12/bin/python

Reads the front matter, the requirements and the files, then starts the app with each interpreter named (default: this
one; each needs requirements.txt installed) as a Space would, and prints how long it took until it answered; then it is
put to sleep and woken. A line a check; exit code 1 where one fails.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 10_000_000  # bytes; more needs large-file storage
SECONDS = 30.0  # until the first answer
JIEBA = "jieba.cache"  # its dictionary, read faster from there; one file, which the next start finds
TORCH_S = "_remote_module_non_scriptable"  # torch 2.8 writes itself a module at import; no visitor has a part in it
PYTHONS = ("3.10.13", "3.12.12")  # what ZeroGPU Spaces have
TORCHES = ("2.8.0", "2.9.1", "2.10.0", "2.11.0")  # likewise
COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


class Check(NamedTuple):
    """What was looked at, whether it is right, and what was seen."""

    name: str
    right: bool
    seen: str


def front_matter(readme: str) -> dict[str, str]:
    """The `key: value` lines between the first two "---"; lists are left out."""
    head = readme.split("---", 2)[1] if readme.startswith("---\n") else ""
    pairs = (line.split(":", 1) for line in head.splitlines() if re.match(r"\w+: ", line))
    return {key: value.strip().strip('"') for key, value in pairs}


def paper_checks(root: Path) -> Iterator[Check]:
    """Everything that can be read without starting anything."""
    matter = front_matter((root / "README.md").read_text(encoding="utf-8"))
    requirements = (root / "requirements.txt").read_text(encoding="utf-8")
    ranges = {
        name: SpecifierSet(found) for name, found in re.findall(r"^([\w-]+)([<>=].*)$", requirements, re.MULTILINE)
    }
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    python = SpecifierSet(re.findall(r'^requires-python = "(.*)"$', project, re.MULTILINE)[0])
    yield Check("sdk", matter.get("sdk") == "gradio", matter.get("sdk", "none"))
    version = matter.get("sdk_version", "0")
    yield Check("gradio's version is in our range", version in ranges["gradio"], f"{version} in {ranges['gradio']}")
    wanted = matter.get("python_version", "0")
    yield Check(
        "Python's version is in our range", wanted in python and wanted in ("3.10", "3.12"), f"{wanted} in {python}"
    )
    yield Check("both Pythons of ZeroGPU", all(one in python for one in PYTHONS), f"{', '.join(PYTHONS)} in {python}")
    able = [one for one in TORCHES if one in ranges["torch"]]
    yield Check("every torch of ZeroGPU", able == list(TORCHES), f"{', '.join(able)} in {ranges['torch']}")
    yield Check("app_file is there", (root / matter.get("app_file", "none")).is_file(), matter.get("app_file", "none"))
    told = matter.get("short_description", "")
    yield Check("short_description", 0 < len(told) <= 60, f"{len(told)} characters")
    colors = (matter.get("colorFrom", ""), matter.get("colorTo", ""))
    yield Check("colours", set(colors) <= COLORS, ", ".join(colors))
    named = "license" in matter and (matter["license"] != "other" or {"license_name", "license_link"} <= set(matter))
    yield Check("licence", named, matter.get("license_name", matter.get("license", "none")))
    sizes = {path: path.stat().st_size for path in tracked(root)}
    large = [str(path.relative_to(root)) for path, size in sizes.items() if size > LARGEST]
    yield Check("no file over 10 MB", not large, ", ".join(large) or f"largest {max(sizes.values()) / 1e6:.2f} MB")
    first = next(
        (name for name in imports(root / "app.py") if name in ("spaces", "torch", "seqdemo", "gradio")), "none"
    )
    yield Check("spaces comes before torch", first == "spaces", f"app.py imports {first} first")


def tracked(root: Path) -> list[Path]:
    """Every file that would be pushed."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def imports(path: Path) -> list[str]:
    """The top packages that a file imports, in order."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name.split(".")[0]) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, (node.module or "").split(".")[0]))
    return [name for _, name in sorted(found)]


def run_checks(python: str, port: int, arguments: Sequence[str] = ()) -> Iterator[Check]:
    """Starts the app as ZeroGPU does, with a stand-in for `spaces` that is as strict as the real one; then again."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "spaces.py").write_text(STAND_IN, encoding="utf-8")
        log, marks, temporary = Path(folder, "log"), Path(folder, "decorated"), Path(folder, "temporary")
        temporary.mkdir()
        environment = {
            "PATH": os.environ.get("PATH", ""), "HOME": folder, "PYTHONPATH": folder, "DECORATED": str(marks),
            "SPACES_ZERO_GPU": "true", "SYSTEM": "spaces", "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_SERVER_PORT": str(port), "GRADIO_SSR_MODE": "True", "OMP_NUM_THREADS": "2",
            "TMPDIR": str(temporary),
        }  # fmt: skip
        command, address = [python, "app.py", *arguments], f"http://127.0.0.1:{port}"
        with running(command, environment, log) as app:
            begin = time.monotonic()
            health = wait_for(f"{address}/health", app, 4 * SECONDS)
            took = time.monotonic() - begin
            short = Path(python).name if health else log.read_text(encoding="utf-8")[-600:]
            yield Check(f"starts with {python}", bool(health), short)
            if not health:
                return
            yield Check("start time", took < SECONDS, f"{took:.1f} s until /health answered (at most {SECONDS:.0f})")
            yield Check("all checkpoints serve", health["status"] == "ok", f"{len(health['checkpoints'])} checkpoints")
            yield Check("on the processor on ZeroGPU", health["device"].startswith("cpu"), health["device"])
            node = "node" in log.read_text(encoding="utf-8").lower() or fetch(f"{address}/config").get("ssr_mode")
            yield Check("no server-side rendering, though the environment asks for it", not node, "ssr_mode=False")
            names = marks.read_text(encoding="utf-8").split() if marks.exists() else []
            yield Check("a function is decorated", bool(names), ", ".join(names) or "none")
            text = answer_of(address)
            yield Check("answers", "event: complete" in text, text[:40].replace("\n", " "))
        files = sorted(path.name for path in temporary.rglob("*") if path.is_file())
        left = [name for name in files if name != JIEBA and not name.startswith(TORCH_S)]
        yield Check("asleep it leaves nothing behind", not left, ", ".join(left) or "no temporary file")
        with running(command, environment, log) as app:
            begin = time.monotonic()
            health = wait_for(f"{address}/health", app, 4 * SECONDS)
            took = time.monotonic() - begin
            text = answer_of(address) if health else log.read_text(encoding="utf-8")[-600:]
            yield Check("awake it answers again", "event: complete" in text, text[:40].replace("\n", " "))
            yield Check("time to wake", took < SECONDS, f"{took:.1f} s until /health answered (at most {SECONDS:.0f})")


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The app, until it is put to sleep as a Space is: by SIGTERM."""
    with log.open("ab") as told:
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)
    try:
        yield app
    finally:
        app.terminate()
        app.wait(30)


def answer_of(address: str) -> str:
    """The stream of one question to a documented endpoint."""
    door = f"{address}/gradio_api/call/classify"
    event = fetch(door, json.dumps({"data": ["A fine film.", "sentiment-en", "gru"]}).encode())["event_id"]
    with urllib.request.urlopen(f"{door}/{event}", timeout=60) as answer:
        return str(answer.read().decode())


STAND_IN = """
import os, sys
if "torch" in sys.modules:
    raise RuntimeError("CUDA has been initialized before importing the spaces package")
def GPU(function=None, duration=60):
    def decorate(function):
        with open(os.environ["DECORATED"], "a") as marks:
            marks.write(function.__name__ + "\\\\n")
        return function
    return decorate if function is None else decorate(function)
""".replace("\\\\n", "\\n")


def wait_for(url: str, app: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
    """What the address answers, as soon as it does; {} where the app ended or the time is over."""
    deadline = time.monotonic() + seconds
    while app.poll() is None and time.monotonic() < deadline:
        try:
            return fetch(url)
        except OSError:
            time.sleep(0.2)
    return {}


def fetch(url: str, body: bytes | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def main() -> int:
    command = argparse.ArgumentParser(description="Is the repository a valid Hugging Face Space as it stands?")
    command.add_argument("--python", action="append", metavar="PATH", help="an interpreter to start the app with")
    command.add_argument("--port", type=int, default=7899)
    chosen = command.parse_args()
    failed = 0
    pythons = chosen.python or [sys.executable]
    for check in (*paper_checks(ROOT), *(one for python in pythons for one in run_checks(python, chosen.port))):
        print(f"{'ok  ' if check.right else 'FAIL'} {check.name}: {check.seen}", flush=True)
        failed += not check.right
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
