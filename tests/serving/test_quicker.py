"""The app computes where one sentence is answered sooner and says what was measured. The other device is a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from seqdemo.lab import open_lab
from seqdemo.serving import quicker
from seqdemo.serving.quicker import ROUNDS, WARM_UP, few_threads, one_sentence, quicker_device, timed

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"


class Clock:
    """Moves only where somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def working(self, seconds: Iterator[float]) -> Callable[[], None]:
        def work() -> None:
            self.now += next(seconds)

        return work


def test_the_median_of_interleaved_rounds_counts_and_warming_up_does_not() -> None:
    clock, order = Clock(), []
    slow_start = [9.0] * WARM_UP + [1.0, 1.0, 1.0, 1.0, 50.0, 1.0, 1.0][:ROUNDS]
    works = {"a": clock.working(iter(slow_start)), "b": clock.working(iter([2.0] * len(slow_start)))}
    found = timed({name: lambda name=name: (order.append(name), works[name]()) for name in works}, clock)
    assert found == {"a": 1.0, "b": 2.0}
    assert order == ["a", "b"] * (WARM_UP + ROUNDS)


@pytest.mark.parametrize(("cpu", "cuda", "chosen"), [(0.020, 0.012, "cuda"), (0.008, 0.012, "cpu")])
def test_the_device_that_answers_sooner_is_taken_and_told(
    monkeypatch: pytest.MonkeyPatch, cpu: float, cuda: float, chosen: str
) -> None:
    clock = Clock()
    seconds = {"cpu": cpu, "cuda": cuda}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(
        quicker, "one_sentence", lambda _, device: clock.working(iter([seconds[device]] * (WARM_UP + ROUNDS)))
    )
    device, told = quicker_device(CHECKPOINTS, "auto", clock)
    assert device == chosen
    assert told == f"one sentence: cpu {1e3 * cpu:.1f} ms, cuda {1e3 * cuda:.1f} ms"


def test_nothing_is_measured_where_there_is_no_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert quicker_device(CHECKPOINTS, "cuda") == ("cuda", "")
    assert quicker_device(CHECKPOINTS, "cpu") == ("cpu", "")
    assert quicker_device(tmp_path, "auto") == ("auto", "")  # no translator to try it with
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert quicker_device(CHECKPOINTS, "auto") == ("auto", "")


def test_a_real_translator_is_what_is_timed() -> None:
    way = one_sentence(CHECKPOINTS, "cpu")
    assert way is not None
    found = way()
    assert found.hypotheses[0][0].ids  # type: ignore[attr-defined]
    assert all(seconds > 0 for seconds in timed({"cpu": way}).values())


def test_the_lab_says_what_was_measured() -> None:
    lab = replace(open_lab(CHECKPOINTS, "cpu"), measured="one sentence: cpu 8.0 ms, cuda 12.0 ms")
    assert lab.device().endswith("); one sentence: cpu 8.0 ms, cuda 12.0 ms")
    assert all(source.device == lab.device() for source in lab.sources())


@pytest.mark.parametrize(("wish", "threads"), [(None, 1), ("3", 2)])
def test_a_question_has_one_thread_unless_another_number_is_asked_for(
    wish: str | None, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(2)  # what torch began with
    threadpool_limits(2, user_api="blas")  # and numpy
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if wish:
        monkeypatch.setenv("OMP_NUM_THREADS", wish)
    few_threads()
    assert torch.get_num_threads() == threads
    assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {threads}
