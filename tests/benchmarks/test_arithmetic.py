"""What the benchmarks compute from what they measured; and the plan for a course is the one of its figures."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.load import beginning, percentile, problem_of
from tests.benchmarks.soak import slope
from tests.benchmarks.visitor_cost import COST, PAGE, filled


def test_the_plan_is_fresh() -> None:
    """Else: python -m tests.benchmarks.visitor_cost --fill"""
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page, json.loads(COST.read_text(encoding="utf-8"))) == page


def test_a_rise_is_seen_and_the_beginning_is_not() -> None:
    times = [float(60 * minute) for minute in range(61)]
    flat = [500.0 + 100 * min(1.0, time / 600) for time in times]
    assert slope(times, flat) == pytest.approx(0, abs=1e-6)
    assert slope(times, [size + time / 36 for size, time in zip(flat, times, strict=True)]) == pytest.approx(100)


def test_a_problem_that_is_told_is_an_error() -> None:
    def answer(first: object, success: bool = True) -> dict[str, object]:
        return {"success": success, "output": {"data": [first, 1]}}

    assert problem_of(answer('{"problem": "Too fast.", "notices": []}')) == "Too fast."
    assert problem_of(answer('{"problem": "", "notices": ["x"]}')) == ""
    assert problem_of(answer("A warm, funny, engaging film.")) == ""
    assert problem_of({"success": False, "output": {"error": "bad"}}) == "{'error': 'bad'}"
    for first in ('{"problem": "Too fast.", "notices": []}', "A film."):
        line = json.dumps({"msg": "process_completed", "output": {"data": [first, "x"]}, "success": True})
        assert problem_of(beginning(line.replace(": ", ":").replace(", ", ","))) == problem_of(answer(first))
    assert problem_of(beginning('{"output":{"error":"bad"},"success":false}')) == "{'error': 'bad'}"
    assert percentile([3, 1, 2, 4], 0.5) == 3
