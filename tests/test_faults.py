"""Drills: killed, cut short, full, dropped. Nothing half-written is loaded, and nothing that was kept is lost."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from seqdemo import checkpoint
from seqdemo.checkpoint import Checkpoint, load, recover, save
from seqdemo.commands import main
from seqdemo.golden import checked
from seqdemo.problems import CheckpointProblem, Problem
from tests.serving.conftest import NAMES, ROOT, free_port, start

SAMPLES = str(ROOT / "tests" / "samples" / "corpora")
FILES = ("config.json", "model.safetensors", "vocabulary.txt", "trajectory.safetensors", "scores.json", "golden.json")


@pytest.fixture(scope="module")
def two() -> tuple[Checkpoint, Checkpoint]:
    """A checkpoint, and one of the same name with other weights."""
    first, second = load(ROOT / "checkpoints" / "question-en-rnn"), load(ROOT / "checkpoints" / "question-en-rnn")
    for parameter in second.network.parameters():
        parameter.mul_(-1)
    return first, second


def put(opened: Checkpoint, folder: Path) -> None:
    assert not isinstance(opened.tokenizer, str)
    save(folder, replace(opened.config, digests={}), opened.network, opened.tokenizer, trajectory=opened.trajectory)


def is_one_of(found: Checkpoint, two: tuple[Checkpoint, Checkpoint]) -> bool:
    weights = [one.network.state_dict() for one in (found, *two)]
    return any(all(torch.equal(weights[0][name], other[name]) for name in other) for other in weights[1:])


@pytest.mark.drill
def test_killed_at_any_moment_of_a_write_one_of_the_two_is_whole(
    tmp_path: Path, two: tuple[Checkpoint, Checkpoint]
) -> None:
    """A child writes the two in turn for as long as it lives; 25 times it is killed at a random moment."""
    folder, draw = tmp_path / "checkpoint", random.Random(1)
    put(two[0], folder)
    interrupted = 0
    for _ in range(25):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    for one in (two[1], two[0]):
                        put(one, folder)
            finally:
                os._exit(1)
        time.sleep(draw.uniform(0.01, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        interrupted += (tmp_path / "checkpoint.part").exists() or (tmp_path / "checkpoint.old").exists()
        recover(folder)
        assert is_one_of(load(folder), two)
        assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert interrupted > 5, "the child was never killed in the middle of a write: the drill shows nothing"


USED = {"mkdir": 1, "write_bytes": 3, "write_text": 1, "rename": 2}  # calls of each in one `save`


@pytest.mark.parametrize("step", ["mkdir", "write_bytes", "write_text", "rename"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_disk_that_fails_at_any_step_leaves_what_was_there(
    tmp_path: Path, two: tuple[Checkpoint, Checkpoint], monkeypatch: pytest.MonkeyPatch, step: str, count: int
) -> None:
    folder = tmp_path / "checkpoint"
    put(two[0], folder)
    real, left = getattr(Path, step), [count]

    def fails(self: Path, *given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        return real(self, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, step, fails)
        if count <= USED.get(step, 0):
            with pytest.raises(Problem, match="cannot be written: No space left"):
                put(two[1], folder)
        else:
            put(two[1], folder)
    assert is_one_of(load(folder), two)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for one checkpoint and a half."""
    size = sum(path.stat().st_size for path in (ROOT / "checkpoints" / "question-en-rnn").iterdir())
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size * 3 // 2}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounting a small tmpfs needs root; the test above stands in for it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_the_old_checkpoint_stays(small_disk: Path, two: tuple[Checkpoint, Checkpoint]) -> None:
    folder = small_disk / "checkpoint"
    put(two[0], folder)
    with pytest.raises(Problem, match="cannot be written: No space left on device"):
        put(two[1], folder)
    assert is_one_of(load(folder), (two[0], two[0]))
    with pytest.raises(Problem, match=r"metrics\.jsonl cannot be written"):
        checkpoint.write_atomically(small_disk / "metrics.jsonl", b"0" * 10_000_000)
    assert [path.name for path in small_disk.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_file_cut_short_anywhere_is_never_loaded(tmp_path: Path, file: str, share: float) -> None:
    folder = tmp_path / "question-en-rnn"
    shutil.copytree(ROOT / "checkpoints" / folder.name, folder)
    data = (folder / file).read_bytes()
    (folder / file).write_bytes(data[: min(int(share * len(data)), len(data) - 2)])  # a line break alone is no loss
    with pytest.raises(CheckpointProblem) as caught:
        checked(load(folder))
    assert caught.value.code == "checkpoint_damaged"


@pytest.mark.parametrize("file", FILES)
def test_a_flipped_bit_is_never_loaded(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "question-en-rnn"
    shutil.copytree(ROOT / "checkpoints" / folder.name, folder)
    data = bytearray((folder / file).read_bytes())
    data[len(data) // 2] ^= 0x80
    (folder / file).write_bytes(bytes(data))
    with pytest.raises(CheckpointProblem):
        checked(load(folder))


@pytest.mark.drill
def test_a_training_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """The same lines of metrics, but for the minutes, and the same weights to the last bit."""
    train = ["train", "sentiment-en-rnn", "--data", SAMPLES, "--device", "cpu"]

    def metrics(run: Path) -> list[dict[str, float]]:
        lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        return [{**json.loads(line), "minutes": 0} for line in lines]

    assert main([*train, "--output", str(tmp_path / "whole")]) == 0
    run, draw, kills = tmp_path / "killed", random.Random(2), 0
    assert main([*train, "--output", str(run), "--max-minutes", "0"]) == 0
    for _ in range(40):
        child = os.fork()
        if child == 0:
            try:
                torch.set_num_threads(1)
                os._exit(main([*train, "--output", str(run), "--resume"]))
            finally:
                os._exit(1)
        time.sleep(draw.uniform(0.05, 0.4) if kills else 0.01)  # the first surely falls before the end
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        recover(run / "checkpoint")
        load(run / "checkpoint")  # what was kept is whole, whenever it was killed
        if len(metrics(run)) == len(metrics(tmp_path / "whole")):
            break
    assert main([*train, "--output", str(run), "--resume"]) == 0
    assert kills > 0
    assert metrics(run) == metrics(tmp_path / "whole")
    assert load(run / "checkpoint").sha256 == load(tmp_path / "whole" / "checkpoint").sha256


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04cposix\nsystem\n(S'true'\ntR."])
def test_a_training_state_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes) -> None:
    train = ["train", "sentiment-en-rnn", "--data", SAMPLES, "--device", "cpu", "--output", str(tmp_path)]
    assert main([*train, "--max-minutes", "0"]) == 0
    (tmp_path / "state.pt").write_bytes(data)
    assert main([*train, "--resume"]) == 1
    assert "state.pt is damaged" in capsys.readouterr().err


JUMPS = """
import os, random, time
real = time.time
def jumping():  # a day forth and back, at each look
    return real() + (random.choice((-90_000, 0, 90_000)) if os.path.exists("FLAG") else 0)
time.time = jumping
"""
STRIDES = """
import time
real, looks = time.time, 0
def striding():  # a day ahead, at each look
    global looks
    looks += 1
    return real() + 90_000 * looks
time.time = striding
"""


def test_a_clock_that_jumps_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app with a clock that is a day off, now ahead, now behind: it answers, and slows nobody down."""
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(JUMPS.replace("FLAG", str(tmp_path / "now")))
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / NAMES[0]).symlink_to(ROOT / "checkpoints" / NAMES[0])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "python"))
    process, served = start(tmp_path / "checkpoints", tmp_path / "app.log")
    try:
        function = served.functions()["classify"]
        (tmp_path / "now").touch()
        begin = time.monotonic()
        for number in range(12):
            answer = served.ask("jumps", function, [f"A fine film, number {number}.", "sentiment-en", "rnn"])
            assert answer["success"] and "asking faster" not in json.dumps(answer)
        assert time.monotonic() - begin < 60
        assert "Traceback" not in served.log.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(30)


def test_a_clock_that_is_set_during_the_start_is_told_as_that(tmp_path: Path) -> None:
    """Gradio gives its server 5 s by the clock on the wall, and then says that the port is taken."""
    (tmp_path / "sitecustomize.py").write_text(STRIDES)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / NAMES[0]).symlink_to(ROOT / "checkpoints" / NAMES[0])
    port = str(free_port())
    command = [
        sys.executable,
        "app.py",
        "--port",
        port,
        "--device",
        "cpu",
        "--checkpoints",
        str(tmp_path / "checkpoints"),
    ]
    own = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert "The clock was set meanwhile, or the machine is very busy" in ended.stderr
    assert "in use" not in ended.stderr and "Traceback" not in ended.stderr


def test_nothing_waits_by_the_clock_on_the_wall() -> None:
    """Durations come from time.monotonic or perf_counter; the wall's clock gives dates to cards, and nothing else."""
    found = {}
    for path in sorted((ROOT / "seqdemo").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        looks = [
            line.strip() for line in text.splitlines() if re.search(r"\btime\.time\(|\.now\(|utcnow|\.today\(", line)
        ]
        strays = [line for line in looks if not re.search(r"\.date\(\)\.isoformat\(\)", line)]
        if strays:
            found[path.name] = strays
    assert found == {}


@pytest.mark.drill
def test_a_server_killed_under_way_comes_back(tmp_path: Path) -> None:
    """Killed while it answers, started again on the same port: nothing has to be cleaned up first."""
    for name in NAMES[:1]:
        (tmp_path / name).symlink_to(ROOT / "checkpoints" / name)
    port = free_port()
    process, served = start(tmp_path, tmp_path.parent / f"{tmp_path.name}.log", port)
    for _ in range(5):
        served.send("/gradio_api/call/classify", {"data": ["very " * 120, "sentiment-en", "rnn"]})
    process.kill()
    process.wait(30)
    process, served = start(tmp_path, tmp_path.parent / f"{tmp_path.name}.log", port)
    try:
        event = json.loads(served.send("/gradio_api/call/classify", {"data": ["Fine.", "sentiment-en", "rnn"]}).text)
        assert "event: complete" in served.send(f"/gradio_api/call/classify/{event['event_id']}").text
        for number in range(20):  # visitors who ask and are gone before the answer
            body = json.dumps({"data": ["A fine film.", "sentiment-en", "rnn"], "fn_index": 0,
                               "session_hash": f"gone{number}"}).encode()  # fmt: skip
            served.send("/gradio_api/queue/join", body)
            with socket.create_connection(("127.0.0.1", port), 10) as line:
                line.sendall(
                    f"GET /gradio_api/queue/data?session_hash=gone{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                )
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # gone without a goodbye
        begin = time.monotonic()
        answer = served.ask("stays", served.functions()["classify"], ["A fine film.", "sentiment-en", "rnn"])
        assert answer["success"] and time.monotonic() - begin < 20
        assert "seqdemo_queue_length 0.0" in served.send("/metrics").text
        assert "Traceback" not in served.log.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(30)
