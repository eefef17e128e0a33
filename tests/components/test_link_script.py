"""Head and switches of a link, written and read in the browser: the same comes back, nonsense is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

Compute = Callable[..., Any]
PANELS = [
    {"model": "transformer", "kind": "cross", "shape": [3, 4]},
    {"model": "gru-attention", "kind": "cross", "shape": [1, 1]},
]
ROUND = """(() => {
  const state = { ...begun(), ...values, on: new Set(values.on) };
  const { panel, changes, unusable } = readLooks(new URLSearchParams(writeLooks(panels[number], state)), panels);
  const back = { ...begun(), ...changes };
  return { panel, unusable, ...back, on: [...back.on].sort() };
})()"""


@given(some.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_looked_at_comes_back(compute: Compute, data: some.DataObject) -> None:
    number = data.draw(some.integers(0, 1))
    layers, heads = PANELS[number]["shape"]
    pairs = [f"{layer}:{head}" for layer in range(layers) for head in range(heads)]
    on = data.draw(some.lists(some.sampled_from(pairs), min_size=1, unique=True))
    layer, head = map(int, data.draw(some.sampled_from(pairs)).split(":"))
    values = {name: data.draw(some.booleans()) for name in ("mean", "hide", "merge", "stretch", "atInput")}
    values |= {"layer": layer, "head": head, "on": sorted(on)}
    values |= {
        "mass": data.draw(some.sampled_from([1, 0.95, 0.5])),
        "measure": data.draw(some.sampled_from(["raw", "rollout"])),
    }
    found = compute(ROUND, panels=PANELS, number=number, values=values)
    assert found == values | {"panel": number, "unusable": []}


@pytest.mark.parametrize(
    ("query", "unusable"),
    [
        ("map=transformer.cross.9.1", ["map"]),
        ("map=transformer.cross.0.1", ["map"]),
        ("map=lstm.cross.1.1", ["map"]),
        ("map=__proto__.constructor.1.1", ["map"]),
        ("map=transformer.cross.1.1&on=1.1,7.7", ["on"]),
        ("map=transformer.cross.1.1&on=1", ["on"]),
        ("switches=mean,delete", ["switches"]),
        ("mass=0.123", ["mass"]),
        ("mass=NaN", ["mass"]),
        ("map=transformer.cross.1e0.1", ["map"]),
        ("", []),
    ],
)
def test_what_makes_no_sense_is_named_and_left(compute: Compute, query: str, unusable: list[str]) -> None:
    found = compute("readLooks(new URLSearchParams(query), panels)", query=query, panels=PANELS)
    assert found["unusable"] == unusable
    assert "layer" not in found["changes"] or unusable == ["on"]


@pytest.mark.parametrize(
    ("text", "place"), [("1", 0), ("5", 4), ("6", None), ("0", None), ("-1", None), ("x", None), ("", None)]
)
def test_a_step_is_a_place_or_nothing(compute: Compute, text: str, place: int | None) -> None:
    assert compute("readPlace(text, 5)", text=text) == place
