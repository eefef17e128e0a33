"""A link holds all that the server needs, comes back as it was, and a bad one is told and left aside."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from seqdemo.lab import TorchLab, open_lab
from seqdemo.lessons.parse import NAMES
from seqdemo.pages.link import CONTROLS, MOST_CHARACTERS, PANELS, TABS, Link, read_link, write_link

LAB = open_lab(Path(__file__).resolve().parents[2] / "checkpoints", "cpu")


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return LAB


def subset(names: tuple[str, ...]) -> some.SearchStrategy[tuple[str, ...]]:
    return some.lists(some.sampled_from(names), min_size=1, unique=True).map(tuple)


def known(table: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model for row in table.values() for model in row))


LINES = ("off:transformer.cross.1.2;show:changed", "word:2,▁dog,cat;prefix:Ein Hund", "unit:lstm.40,-0.5;hide:3,a%2Cb")
TEXTS = some.text(min_size=1, max_size=200)
LINKS = some.builds(
    Link,
    tab=some.none() | some.sampled_from(TABS),
    lang=some.none() | some.sampled_from(("en", "zh")),
    task=some.none() | some.sampled_from(tuple(LAB.tasks())),
    text=some.none() | TEXTS,
    models=some.none() | subset(known(LAB.tasks())),
    pair=some.none() | some.sampled_from(tuple(LAB.pairs())),
    sentence=some.none() | TEXTS,
    translators=some.none() | subset(known(LAB.pairs())),
    beam=some.none() | some.integers(1, 10),
    part=some.none() | some.integers(1, 200),
    edits=some.none() | some.sampled_from(LINES),
    reedits=some.none() | some.sampled_from(LINES),
    lesson=some.none() | some.sampled_from(NAMES),
    place=some.none() | some.integers(1, 20),
    hide=some.none() | subset((*PANELS, *CONTROLS)),
)


@given(LINKS)
@settings(max_examples=300, deadline=None)
def test_a_link_comes_back_as_it_was(link: Link) -> None:
    query = dict(parse_qsl(write_link(link), keep_blank_values=True, encoding="utf-8", errors="surrogatepass"))
    assert read_link(query, LAB) == (link, ())


FIELDS = (
    "tab",
    "lang",
    "task",
    "text",
    "models",
    "pair",
    "sentence",
    "translators",
    "beam",
    "part",
    "edits",
    "reedits",
    "lesson",
    "place",
    "hide",
    "step",
    "x",
)


@given(some.dictionaries(some.sampled_from(FIELDS), some.text(max_size=60)))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_an_address_is_used_or_told_and_never_raises(query: dict[str, str]) -> None:
    link, notices = read_link(query, LAB)
    told = {notice.values["field"] for notice in notices if "field" in notice.values}
    for field in set(query) & (set(FIELDS) - {"step", "x", "hide"}):
        assert (getattr(link, field) is None) == (field in told)
    assert [notice.values["fields"] for notice in notices if "fields" in notice.values] == ["x"] * ("x" in query)
    assert ("step" in told) == ("step" in query and not re.fullmatch("[1-9][0-9]{0,3}", query["step"]))
    for notice in notices:
        assert len(str(notice.values.get("value", ""))) <= 40


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task", "no-such-task"),
        ("tab", "admin"),
        ("lang", "../../etc"),
        ("models", "rnn,rnn"),
        ("models", "rnn,<img src=x onerror=alert(1)>"),
        ("models", ""),
        ("beam", "0"),
        ("beam", "11"),
        ("beam", "٣"),
        ("beam", "1e1"),
        ("beam", "9" * 5000),
        ("part", "0"),
        ("part", "201"),
        ("text", ""),
        ("text", "x" * (MOST_CHARACTERS + 1)),
        ("hide", "everything"),
        ("lesson", "L7"),
        ("place", "0"),
        ("place", "21"),
        ("pair", "en-xx"),
        ("translators", "rnn;drop"),
        ("edits", "off:transformer"),
        ("edits", "show:changed"),
        ("edits", "${alert(1)}"),
        ("edits", "prefix:" + "x" * 5000),
        ("reedits", "unit:lstm.1,7"),
        ("step", "0"),
        ("step", "last"),
        ("charts", "html-1xhzsm09c"),
        ("charts", "gates,<b>"),
    ],
)
def test_a_damaged_field_is_named_and_the_others_work(lab: TorchLab, field: str, value: str) -> None:
    link, notices = read_link({"lang": "zh", field: value}, lab)
    assert getattr(link, field, None) is None
    assert [notice.values["field"] for notice in notices] == [field]
    assert link.lang == "zh" or field == "lang"


def test_of_what_is_to_be_hidden_only_the_unknown_is_left_out(lab: TorchLab) -> None:
    link, notices = read_link({"hide": "gates,foo,planes,gates,bar"}, lab)
    assert link.hide == ("gates", "planes")
    assert [notice.values for notice in notices] == [{"field": "hide", "value": "foo,bar"}]


def test_unknown_fields_are_named_but_not_those_that_other_sites_add(lab: TorchLab) -> None:
    query = {"__theme": "dark", "utm_source": "mail", "step": "2", "head": "7", "reasons": "x", "map": "a.b.1.1"}
    _, notices = read_link(query, lab)
    assert [(notice.code, notice.values) for notice in notices] == [("unknown_link", {"fields": "head, reasons"})]
    _, notices = read_link({"models": ""}, lab)
    assert [notice.code for notice in notices] == ["empty_link"]


def test_every_name_that_can_be_hidden_is_hidden_by_the_style_sheet() -> None:
    style = (Path(__file__).resolve().parents[2] / "assets" / "style" / "hide.css").read_text(encoding="utf-8")
    for name in (*PANELS, *CONTROLS):
        assert f".hide-{name} " in style, name


def test_an_empty_address_asks_for_nothing(lab: TorchLab) -> None:
    assert read_link({}, lab) == (Link(), ())
    assert not Link(hide=("gates",)).asks
    assert Link(beam=3).asks
