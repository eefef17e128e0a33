"""From the question of a page to its sum: which checkpoint, which sort of number, and whether its places are there."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import torch

from seqdemo.checkpoint import Checkpoint
from seqdemo.evidence import SumAsked, SumRecord
from seqdemo.models.recurrent_translator import RecurrentTranslator
from seqdemo.problems import Problem
from seqdemo.records import KINDS
from seqdemo.sums.additive_sums import additive_sum, pooling_sum
from seqdemo.sums.attention_sums import attention_sum
from seqdemo.sums.gate_sums import gate_sum
from seqdemo.sums.inside import has_pooling, reading_of, written_of
from seqdemo.sums.probability_sums import class_sum, token_sum
from seqdemo.text.subwords import Subwords
from seqdemo.translating import require_beam

SORTS, MEASURES = ("attention", "gate", "class", "token"), ("raw", "rollout", "norms")
MOST = 1000  # places of a list, and the largest of them


def asked_of(given: Any) -> SumAsked:
    """What came over the network, as a question. Raises Problem naming the field that makes no sense."""
    if not isinstance(given, dict):
        raise Problem("bad_sum", field="-", came=type(given).__name__)
    known = {item.name for item in fields(SumAsked)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise Problem("bad_sum", field=str(name)[:40], came="?")
        if name == "heads":
            right = _is_list(value) and all(
                _is_list(pair) and len(pair) == 2 and all(map(_is_place, pair)) for pair in value
            )
            values[name] = tuple(tuple(pair) for pair in value) if right else None
        elif name in ("rows", "columns"):
            right = _is_list(value) and all(map(_is_place, value))
            values[name] = tuple(value) if right else None
        elif name in ("beam", "step", "label", "unit"):
            right = _is_place(value) or (name == "unit" and value is None)
            values[name] = value
        else:
            right = isinstance(value, str)
            values[name] = value
        if not right:
            raise Problem("bad_sum", field=name, came=str(value)[:40])
    for name in ("checkpoint", "sort", "text"):
        if name not in values:
            raise Problem("bad_sum", field=name, came="-")
    return SumAsked(**values)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and 0 < len(value) <= MOST


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


@torch.no_grad()
def sum_of(opened: Checkpoint, asked: SumAsked) -> SumRecord:
    """The sum behind a number. Raises Problem where the network or the text has no such place."""
    _require("sort", asked.sort, asked.sort in SORTS)
    _require("measure", asked.measure, asked.measure in MEASURES)
    try:
        return _sum(opened, asked)
    except IndexError:
        raise Problem("bad_sum", field="place", came=asked.sort) from None


def _sum(opened: Checkpoint, asked: SumAsked) -> SumRecord:
    if opened.config.kind == "translator":
        _require("sort", asked.sort, asked.sort in ("attention", "token"))
        require_beam(asked.beam)
        written = written_of(opened, asked.text, beam=asked.beam)
        if asked.sort == "token":
            assert isinstance(opened.tokenizer, Subwords)
            (token,) = opened.tokenizer.numbers([asked.token])
            return token_sum(written, asked, token)
        _require_cell(asked)
        _require("kind", asked.kind, asked.kind != "pooling")
        recurrent = isinstance(written.network, RecurrentTranslator)
        return (additive_sum if recurrent else attention_sum)(written, asked)
    reading = reading_of(opened, asked.text)
    _require("step", asked.step, asked.step < len(reading.counts))
    if asked.sort == "gate":
        return gate_sum(reading, asked)
    if asked.sort == "class":
        done = class_sum(reading, asked)
        return replace(done, brick=type(opened.network).__module__.rpartition(".")[2])
    _require_cell(asked)
    words = len(reading.counts)
    _require("rows", asked.rows, max(*asked.rows, *asked.columns) < words)
    if has_pooling(opened.network):
        begun = sum(reading.counts[: asked.rows[0] + 1])
        _require("columns", asked.columns, asked.columns[0] <= asked.rows[0])
        return pooling_sum(reading_of(opened, asked.text, pieces=begun), asked)
    return attention_sum(reading, asked)


def _require_cell(asked: SumAsked) -> None:
    _require("sort", asked.sort, asked.sort == "attention")
    _require("kind", asked.kind, asked.kind in KINDS)
    for name in ("heads", "rows", "columns"):
        _require(name, "-", bool(getattr(asked, name)))


def _require(field: str, came: object, right: bool) -> None:
    if not right:
        raise Problem("bad_sum", field=field, came=str(came)[:40])
