"""Trainings in their processes: what comes of them, who gets it, and that nothing of them stays."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from seqdemo.bench import visits
from seqdemo.bench.rows import read_rows, sample_rows
from seqdemo.bench.settings import OWN, Settings
from seqdemo.bench.training import Moment, Training
from seqdemo.bench.visits import Bench
from seqdemo.checkpoint import digest
from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem

QUICK = Settings(model="gru", data="requests-en", width=32, epochs=12)
LONG = Settings(model="lstm", data="requests-en", width=128, epochs=60, rate=0.001)


def until(what: Callable[[], object], seconds: float = 200.0) -> None:
    """Wait for something that a busy machine does late."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where trainings put their folders in this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def bench(temporary: Path) -> Iterator[Bench]:
    made = Bench(partial(open_lab, device="cpu"))
    yield made
    processes = [one.process for one in made.running]
    made.close()
    for process in processes:
        assert process is None or process.wait(20) is not None


def moment(bench: Bench, who: str) -> Moment:
    found = bench.moment(who)
    assert found is not None
    return found


def training_of(bench: Bench, who: str) -> Training:
    found = bench.trained(who)
    assert found is not None
    return found


def test_a_useful_classifier_comes_out_and_can_be_taken_home(bench: Bench, temporary: Path, tmp_path: Path) -> None:
    """From Start to the zip, and the folder serves in an app of its own with the score that the page told."""
    bench.start("ada", QUICK)
    until(lambda: moment(bench, "ada").over)
    now = moment(bench, "ada")
    assert (now.stage, now.reason, now.problem) == ("done", "finished", None)
    assert now.test is not None
    assert now.test["accuracy"] > now.test["majority"] + 0.25, "the issue's bar for a useful classifier"
    assert len(now.epochs) == QUICK.epochs and now.step == now.steps and now.losses
    assert list(temporary.iterdir()) == [], "the folder of the training must be gone"

    lab: TorchLab = bench.results("ada")["gru"].result
    rows = sample_rows("requests-en")
    predicted = [lab.classify(text, "own-en")[0].label for _, text in rows.parts["test"]]
    right = sum(said == label for said, (label, _) in zip(predicted, rows.parts["test"], strict=True))
    assert right / len(predicted) == pytest.approx(now.test["accuracy"], abs=1e-3)

    home = tmp_path / "home"
    with zipfile.ZipFile(BytesIO(training_of(bench, "ada").packed)) as archive:
        archive.extractall(home)
    taken = open_lab(home, "cpu")
    assert taken.problems == () and taken.tasks() == {"own-en": ("gru",)}
    assert taken.sources()[0].scores == {"requests-en test": f"{100 * now.test['accuracy']:.1f} % accuracy"}
    assert digest(home / "own-en-gru" / "model.safetensors") == lab.sources()[0].sha256


def test_stopping_within_an_epoch_keeps_the_best_so_far(bench: Bench, temporary: Path) -> None:
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").step > 0)
    bench.say("ada", "stop")
    until(lambda: moment(bench, "ada").over)
    now = moment(bench, "ada")
    assert (now.stage, now.reason) == ("done", "stopped")
    assert 0 < now.step < now.steps and "gru" not in bench.results("ada")
    assert bench.results("ada")["lstm"].result.tasks() == {"own-en": ("lstm",)}
    assert list(temporary.iterdir()) == []


def test_a_pause_holds_and_goes_on(bench: Bench) -> None:
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").step > 0)
    bench.say("ada", "pause")
    until(lambda: moment(bench, "ada").stage == "paused")
    at = moment(bench, "ada").step
    time.sleep(1.5)
    assert moment(bench, "ada").step == at
    bench.say("ada", "go")
    until(lambda: moment(bench, "ada").step > at)


@pytest.mark.drill
def test_the_time_limit_ends_a_training_in_order(bench: Bench) -> None:
    bench.seconds = 3.0
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").over)
    now = moment(bench, "ada")
    assert (now.stage, now.reason) == ("done", "time")
    assert 3.0 <= now.spent < 30 and 0 < now.step < now.steps, "a step on a busy machine may be late"


@pytest.mark.drill
def test_two_visitors_train_at_once_and_a_third_waits_its_turn(bench: Bench) -> None:
    for who in ("ada", "bob", "eve"):
        bench.start(who, LONG)
    assert moment(bench, "eve").stage == "waiting" and moment(bench, "eve").before == 1
    until(lambda: moment(bench, "ada").step and moment(bench, "bob").step)
    assert moment(bench, "eve").stage == "waiting"
    with pytest.raises(Problem, match="still under way"):
        bench.start("ada", QUICK)
    bench.leave("ada")
    until(lambda: moment(bench, "eve").stage != "waiting")
    assert bench.results("bob") == {} and bench.moment("ada") is None


@pytest.mark.drill
def test_a_closed_tab_ends_its_process_and_leaves_nothing(bench: Bench, temporary: Path) -> None:
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").step > 0)
    process = training_of(bench, "ada").process
    assert process is not None and process.poll() is None
    assert len(list(temporary.iterdir())) == 1
    bench.leave("ada")
    until(lambda: process.poll() is not None, 20)
    until(lambda: not list(temporary.iterdir()), 20)
    until(lambda: not bench.running, 20)
    assert bench.moment("ada") is None and bench.results("ada") == {} and bench.visits == {}


@pytest.mark.drill
def test_a_training_that_no_page_asks_about_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start("ada", LONG)
    process = training_of(bench, "ada").process
    assert process is not None
    now = time.monotonic()
    bench.clock = lambda: now + visits.UNWATCHED + 1
    bench.sweep()
    until(lambda: process.poll() is not None, 20)
    assert "ada" not in bench.visits


@pytest.mark.drill
def test_a_worker_whose_server_is_gone_ends_and_removes_its_folder(tmp_path: Path) -> None:
    """The server may be killed at any time: its end of the pipe closes then, and that is all that the worker needs."""
    folder = tmp_path / "work"
    folder.mkdir()
    rows = sample_rows("requests-en")
    asked = {
        "settings": {"model": "lstm", "width": 128, "epochs": 60}, "parts": rows.parts, "languages": rows.languages,
        "labels": rows.labels, "sample": "", "folder": str(folder), "seconds": 100, "pause_seconds": 1, "command": "",
    }  # fmt: skip
    pipe = subprocess.PIPE
    worker = subprocess.Popen([sys.executable, "-m", "seqdemo.bench.worker"], stdin=pipe, stdout=pipe, text=True)
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(json.dumps(asked) + "\n")
    worker.stdin.flush()
    while json.loads(worker.stdout.readline())["event"] != "step":
        pass
    worker.stdin.close()
    assert worker.wait(20) == 0 and not folder.exists()
    worker.stdout.close()


@pytest.mark.drill
@pytest.mark.parametrize("kilobytes", [8, 40, 200])
def test_a_full_disk_is_told_in_words_and_the_server_goes_on(bench: Bench, temporary: Path, kilobytes: int) -> None:
    """Full when the rows are written, or when the weights are. Nothing stays on it, and with room the next succeeds."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(temporary)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounting a small tmpfs needs root; the test below stands in for it")
    try:
        for who in ("ada", "bob", "eve"):  # more than train at once: a place that is not given back would be missed
            bench.start(who, replace(QUICK, epochs=2))
        for who in ("ada", "bob", "eve"):
            until(lambda who=who: moment(bench, who).over)  # type: ignore[misc]
            problem = moment(bench, who).problem
            assert problem is not None and problem.code == "bench_disk"
        assert list(temporary.iterdir()) == [] and bench.running == []
        subprocess.run(["mount", "-o", "remount,size=100m", str(temporary)], check=True)
        bench.start("ada", replace(QUICK, epochs=2))
        until(lambda: moment(bench, "ada").over)
        assert moment(bench, "ada").stage == "done"
    finally:
        bench.close()
        until(lambda: not bench.running, 30)
        subprocess.run(["umount", str(temporary)], check=True)


def test_a_disk_without_room_for_a_folder_is_told_and_keeps_no_place(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "mkdtemp", full)
        for who in ("ada", "bob", "eve"):
            bench.start(who, QUICK)
            problem = moment(bench, who).problem
            assert problem is not None and problem.code == "bench_disk"
    assert bench.running == [] and bench.waiting == []
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").step > 0)


def test_a_worker_runs_behind_the_pages(bench: Bench) -> None:
    bench.start("ada", LONG)
    until(lambda: moment(bench, "ada").step > 0)
    process = training_of(bench, "ada").process
    assert process is not None
    status = Path(f"/proc/{process.pid}/stat")
    if not status.exists():
        pytest.skip("this system has no /proc to read a process's priority from")
    own = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[16])
    assert int(status.read_text().rsplit(")", 1)[1].split()[16]) == min(19, own + 10)


@pytest.mark.drill
def test_models_trained_on_the_same_rows_stand_side_by_side(bench: Bench) -> None:
    for model in ("rnn", "gru"):
        bench.start("ada", Settings(model=model, width=32, epochs=1))
        until(lambda: moment(bench, "ada").over)
    assert list(bench.results("ada")) == ["rnn", "gru"]
    bench.start("ada", Settings(model="gru", data="requests-zh", width=32, epochs=1))
    until(lambda: moment(bench, "ada").over)
    assert list(bench.results("ada")) == ["gru"], "other rows, other classes: what was trained on the old ones goes"


def test_own_rows_are_trained_on_and_forgotten(bench: Bench, temporary: Path) -> None:
    lines = ["text,label", *(f"the {word} number {n} is {word},{word}" for n in range(12) for word in ("up", "down"))]
    bench.bring("ada", read_rows("\n".join(lines).encode()))
    bench.start("ada", Settings(data=OWN, width=32, epochs=3))
    until(lambda: moment(bench, "ada").over)
    assert moment(bench, "ada").stage == "done"
    assert bench.rows("bob") is None
    bench.leave("ada")
    assert bench.rows("ada") is None and list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(data=OWN), "bench_no_rows"),
        (Settings(data="en-zh"), "bench_needs_classifier"),
        (Settings(model="transformer"), "bench_needs_translator"),
    ],
)
def test_what_cannot_be_started_is_told(bench: Bench, settings: Settings, code: str) -> None:
    with pytest.raises(Problem) as raised:
        bench.start("ada", settings)
    assert raised.value.code == code


def test_a_visit_has_a_bounded_time_and_a_line_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "TRAININGS_WAIT", 1)
    bench.at_once = 0
    bench.start("ada", QUICK)
    with pytest.raises(Problem) as raised:
        bench.start("bob", QUICK)
    assert raised.value.code == "bench_full"
    bench.say("ada", "stop")
    assert moment(bench, "ada").stage == "failed" and bench.waiting == []
    bench.visits["ada"].spent = visits.VISIT_SECONDS
    with pytest.raises(Problem) as raised:
        bench.start("ada", QUICK)
    assert raised.value.code == "bench_used_up"


def test_a_crowd_of_made_up_visits_takes_nothing_from_anybody(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps a table or a network keeps it; the newcomer is told, and gets a place when one is free again."""
    monkeypatch.setattr(visits, "MOST_VISITS", 3)
    rows = read_rows(b"text,label\n" + b"".join(b"the %d film,good\na %d film,bad\n" % (n, n) for n in range(12)))
    bench.bring("ada", rows)
    for number in range(20):
        bench.bring(f"empty{number}", None)
    assert bench.rows("ada") is rows and len(bench.visits) == 3, "who keeps nothing makes room"
    bench.bring("bob", rows)
    bench.bring("eve", rows)
    for ask in (lambda: bench.bring("late", rows), lambda: bench.start("late", QUICK)):
        with pytest.raises(Problem) as raised:
            ask()
        assert raised.value.code == "bench_visits_full"
    assert set(bench.visits) == {"ada", "bob", "eve"}
    bench.leave("bob")
    bench.bring("late", rows)
    assert bench.rows("late") is rows and bench.rows("ada") is rows


def test_an_error_of_ours_is_told_without_what_was_brought(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "Training", partial(Training))
    bench.start("ada", QUICK)
    process = training_of(bench, "ada").process
    assert process is not None
    process.kill()  # as the kernel does when memory is short
    until(lambda: moment(bench, "ada").over, 20)
    problem = moment(bench, "ada").problem
    assert problem is not None and problem.code == "bench_failed"


@pytest.mark.parametrize("field", ["model", "data", "width", "epochs", "rate", "seed"])
@pytest.mark.parametrize("value", ["../../etc", -1, 10**9, None, float("nan"), [1]])
def test_settings_take_only_what_the_page_offers(field: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Settings(**{field: value})  # type: ignore[arg-type]
