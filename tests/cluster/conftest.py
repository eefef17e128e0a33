"""Several processes of the app behind nginx, and visitors who keep cookies as a browser does."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser.conftest import browser_type_launch_args
from tests.serving.conftest import ROOT, free_port

__all__ = ["browser_type_launch_args"]
nginx_is_here = pytest.mark.skipif(
    shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None,
    reason="nginx is not installed (apt-get install nginx); .ci/run installs it",
)


class Visitor:
    """One browser as far as the server sees it: a cookie jar and a session's name."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name, self.cookie = port, name, ""

    def send(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text. Raises OSError or HTTPException where the connection breaks."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = None if body is None else json.dumps(body)
            given = {"Content-Type": "application/json", **({"Cookie": self.cookie} if self.cookie else {})}
            line.request("GET" if body is None else "POST", path, data, {**given, **(headers or {})})
            answer = line.getresponse()
            if cookie := answer.headers.get("Set-Cookie"):
                self.cookie = cookie.split(";")[0]
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def ask(self, function: int, data: list[Any]) -> str:
        """As the page asks: join the queue, read the session's stream -> the text of the last message."""
        status, text = self.send(
            "/gradio_api/queue/join", {"data": data, "fn_index": function, "session_hash": self.name}
        )
        if status != 200:
            raise OSError(text)
        status, text = self.send(f"/gradio_api/queue/data?session_hash={self.name}")
        done = [line for line in text.splitlines() if '"process_completed"' in line]
        if status != 200 or not done:
            raise OSError(text[:200])
        return done[-1]


def running() -> dict[int, tuple[str, int]]:
    """The number of every process -> its state ("Z": has ended, and waits for its parent to notice) and its parent."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            found[int(path.parent.name)] = (state, int(parent))
    return found


class House(NamedTuple):
    """`python app.py --workers 2`, running. port: where visitors come."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def pid(self, place: int) -> int:
        """Of process number `place` (from 1), as it now runs."""
        return int(re.findall(rf"process {place}: pid (\d+)", self.told())[-1])

    def family(self) -> list[int]:
        """The numbers of all its processes but the watching one: the app's, and those around nginx."""
        parents, found = {one: parent for one, (_, parent) in running().items()}, [self.process.pid]
        for one in found:
            found += [child for child, parent in parents.items() if parent == one]
        return found[1:]

    def kill(self, place: int) -> None:
        os.kill(self.pid(place), signal.SIGKILL)

    def health(self, place: int) -> bool:
        return Visitor(self.port, "").send(f"/workers/{place}/health")[0] == 200

    def questions(self, place: int) -> float:
        """How many this process has been asked since it started."""
        told = Visitor(self.port, "").send(f"/workers/{place}/metrics")[1]
        return sum(map(float, re.findall(r"^seqdemo_questions_total\{.*\} (\S+)$", told, re.MULTILINE)))

    def wait_until(self, true: Any, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.told()
            assert self.process.poll() is None, self.told()
            time.sleep(0.2)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two checkpoints, so that a process starts soon."""
    folder = tmp_path_factory.mktemp("few")
    for name in ("sentiment-en-rnn", "sentiment-en-gru"):
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    return folder


@pytest.fixture(scope="session")
def house(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with housed(few, tmp_path_factory.mktemp("house"), free_port()) as found:
        yield found


@contextmanager
def housed(few: Path, folder: Path, port: int) -> Iterator[House]:
    """A house of its own. folder: for its log, and for what it keeps while it runs."""
    log, temporary = folder / "log", folder / "temporary"
    temporary.mkdir(exist_ok=True)
    for one in (temporary, *list(temporary.parents)[:4]):  # started by root, nginx reads on as another user
        one.chmod(one.stat().st_mode | 0o011)
    command = [sys.executable, "app.py", "--workers", "2", "--port", str(port), "--checkpoints", str(few)]
    with log.open("ab") as told:
        own = {**os.environ, "TMPDIR": str(temporary)}
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=told, stderr=told)
    found = House(port, log, process)
    try:
        found.wait_until(lambda: "2 processes behind nginx" in found.told())
        found.wait_until(lambda: _reachable(found))
        yield found
    finally:
        process.terminate()
        process.wait(60)
        assert not list(temporary.glob("seqdemo-*"))


def _reachable(house: House) -> bool:
    try:
        return house.health(1) and house.health(2)
    except OSError:
        return False
