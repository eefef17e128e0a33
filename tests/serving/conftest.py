"""The app as an operator starts it: a process of its own, three small checkpoints, its log in a file."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("sentiment-en-rnn", "sentiment-en-gru", "en-de-transformer")


class Answer(NamedTuple):
    status: int
    text: str


class Served(NamedTuple):
    """A running app. pid, address and log: its own."""

    address: str
    log: Path
    pid: int

    def send(self, path: str, body: Any = None, *, language: str = "en", method: str | None = None) -> Answer:
        """One request; body: bytes as they are, else JSON. A status such as 404 is an answer, not an error."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept-Language": language}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(errors="replace"))

    def ask(self, session: str, function: int, data: list[Any]) -> dict[str, Any]:
        """One question as the page asks it: join the queue, read the session's stream -> the last message."""
        body = {"data": data, "fn_index": function, "session_hash": session}
        joined = self.send("/gradio_api/queue/join", body)
        assert joined.status == 200, joined
        with urllib.request.urlopen(
            f"{self.address}/gradio_api/queue/data?session_hash={session}", timeout=60
        ) as lines:
            for line in lines:
                if line.startswith(b"data: "):
                    message: dict[str, Any] = json.loads(line[6:])
                    if message["msg"] == "process_completed":
                        return message
        raise AssertionError("the stream ended without an answer")

    def functions(self) -> dict[str, int]:
        """api_name -> fn_index of every event of the page, private ones included."""
        config = json.loads(self.send("/config").text)
        return {str(one["api_name"]): int(one["id"]) for one in config["dependencies"]}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(checkpoints: Path, log: Path, port: int | None = None) -> tuple[subprocess.Popen[bytes], Served]:
    """`python app.py` over a folder of checkpoints, ready to answer."""
    port = port or free_port()
    command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu", "--checkpoints", str(checkpoints)]
    with log.open("ab") as told:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=told, stderr=told, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
    served = Served(f"http://127.0.0.1:{port}", log, process.pid)
    deadline = time.monotonic() + 120
    while True:
        try:
            served.send("/health")
            return process, served
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise AssertionError(log.read_text(encoding="utf-8")) from None
            time.sleep(0.2)


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in NAMES:
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    return folder


@pytest.fixture(scope="session")
def served(checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    process, served = start(checkpoints, tmp_path_factory.mktemp("log") / "app.log")
    yield served
    process.terminate()
    process.wait(30)
