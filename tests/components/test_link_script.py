"""Head and switches of a link, written and read in the browser: the same comes back, nonsense is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from seqdemo.pages.link import CONTROLS, read_link
from seqdemo.pages.link import PANELS as HIDEABLE
from tests.stand_in import StandIn

Compute = Callable[..., Any]
PANELS = [
    {"model": "transformer", "kind": "cross", "shape": [3, 4, 5, 6], "timed": True},
    {"model": "gru-attention", "kind": "cross", "shape": [1, 1, 5, 6], "timed": True},
    {"model": "transformer", "kind": "encoder_self", "shape": [3, 4, 6, 6], "timed": False},
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
    number = data.draw(some.integers(0, len(PANELS) - 1))
    layers, heads = PANELS[number]["shape"][:2]
    pairs = [f"{layer}:{head}" for layer in range(layers) for head in range(heads)]
    on = data.draw(some.lists(some.sampled_from(pairs), min_size=1, unique=True))
    layer, head = map(int, data.draw(some.sampled_from(pairs)).split(":"))
    values = {name: data.draw(some.booleans()) for name in ("mean", "hide", "merge", "stretch", "atInput")}
    values |= {"layer": layer, "head": head, "on": sorted(on)}
    values |= {
        "mass": data.draw(some.sampled_from([1, 0.95, 0.5])),
        "measure": data.draw(
            some.sampled_from(["raw", "rollout"] if PANELS[number]["kind"].endswith("self") else ["raw"])
        ),
    }
    found = compute(ROUND, panels=PANELS, number=number, values=values)
    assert found == values | {"panel": number, "unusable": []}


def test_the_row_that_was_clicked_comes_back_where_no_clock_has_one(compute: Compute) -> None:
    written = "Object.fromEntries([...new URLSearchParams(writeLooks({ ...panels[2], row: 3 }, begun()))])"
    fields = compute(written, panels=PANELS)
    assert fields["row"] == "4"
    found = compute("readLooks(new URLSearchParams(fields), panels)", fields=fields, panels=PANELS)
    assert (found["panel"], found["row"], found["unusable"]) == (2, 3, [])


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
        ("map=transformer.cross.1.1&switches=rollout", ["switches"]),
        ("mass=0.123", ["mass"]),
        ("mass=NaN", ["mass"]),
        ("map=transformer.cross.1e0.1", ["map"]),
        ("row=2", ["row"]),
        ("", []),
    ],
)
def test_what_makes_no_sense_is_named_and_left(compute: Compute, query: str, unusable: list[str]) -> None:
    found = compute("readLooks(new URLSearchParams(query), panels)", query=query, panels=PANELS)
    assert found["unusable"] == unusable
    assert "layer" not in found["changes"] or unusable in (["on"], ["switches"])


@pytest.mark.parametrize(
    ("text", "place"), [("1", 0), ("5", 4), ("6", None), ("0", None), ("-1", None), ("x", None), ("", None)]
)
def test_a_step_is_a_place_or_nothing(compute: Compute, text: str, place: int | None) -> None:
    assert compute("readPlace(text, 5)", text=text) == place


ADDRESS = """(() => {
  window.seqdemoZoomed = new Set(charts);
  return addressOf(question, { kept: step, looks: () => looks, changes: () => changes });
})()"""
TEXTS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
CHARTS = ["attention", "gates", "heads", "lesson-planes-deep", "planes"]


@given(some.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_whole_state_of_a_tab_goes_through_its_address(compute: Compute, data: some.DataObject) -> None:
    """Written by the browser, read by the server: whatever was typed, changed, chosen, zoomed and hidden."""
    lab = StandIn()
    translating, text = data.draw(some.booleans()), data.draw(TEXTS)
    table = lab.pairs() if translating else lab.tasks()
    row = data.draw(some.sampled_from(tuple(table)))
    models = data.draw(some.lists(some.sampled_from(table[row]), min_size=1, unique=True))
    lang = data.draw(some.sampled_from(["en", "zh"]))
    question: dict[str, str] = {"tab": "classify", "lang": lang, "task": row, "text": text, "models": ",".join(models)}
    line = data.draw(some.sampled_from(["", "hide:3,a%2Cb", "word:2,▁dog,${x};off:transformer.cross.1.2"]))
    changes = {"edits" if translating else "reedits": line}
    if translating:
        part, beam = data.draw(some.integers(1, 200)), str(data.draw(some.integers(1, 10)))
        question = {"tab": "translate", "lang": lang, "pair": row, "sentence": text}
        question |= {"part": str(part) if part > 1 else "", "translators": ",".join(models), "beam": beam}
    step = data.draw(some.integers(0, 198))
    looks = {"map": "transformer.cross.1.2", "on": "1.2", "switches": "mean,norms", "mass": "0.5"}
    charts = data.draw(some.lists(some.sampled_from(CHARTS), unique=True))
    hidden = data.draw(some.lists(some.sampled_from((*HIDEABLE, *CONTROLS)), unique=True))
    here = {"href": "http://school.test/app/", "search": "?hide=" + ",".join(hidden) + "&__theme=dark&text=old"}
    address = compute(ADDRESS, question=question, step=step, looks=looks, changes=changes, charts=charts, location=here)
    parts = urlsplit(address)
    assert (parts.netloc, parts.path) == ("school.test", "/app/")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    link, notices = read_link(query, lab)
    assert notices == ()
    found = {
        name: getattr(link, name) for name in ("tab", "lang", "task", "text", "pair", "sentence", "edits", "reedits")
    }
    wanted = {name: value or None for name, value in (question | changes).items() if name in found}
    assert {name: value for name, value in found.items() if value is not None} == {
        name: value for name, value in wanted.items() if value is not None
    }
    assert (link.translators if translating else link.models) == tuple(models)
    if translating:
        assert (link.beam, link.part or 1) == (int(beam), part)
    assert query["step"] == str(step + 1)
    assert {name: query[name] for name in looks} == looks
    assert query.get("charts", "") == ",".join(sorted(charts))
    assert (link.hide or ()) == tuple(hidden)
    assert query["__theme"] == "dark"
