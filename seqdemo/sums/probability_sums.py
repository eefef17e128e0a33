"""A probability as a sum: the state read out as scores, and the softmax over them."""

from __future__ import annotations

import torch

from seqdemo.evidence import SumAsked, SumRecord
from seqdemo.sums.attention_sums import softmax_lines
from seqdemo.sums.inside import Reading, Written
from seqdemo.sums.lines import called, number, subscript


@torch.no_grad()
def class_sum(reading: Reading, asked: SumAsked) -> SumRecord:
    """The probability of a class after a word."""
    piece = sum(reading.counts[: asked.step + 1]) - 1
    scores = reading.network.readout(reading.states[piece])
    lines = [("readout", f"w{subscript(asked.label)}·h + b = {number(float(scores[asked.label]))}")]
    snippet = (
        "from seqdemo.sums import read",
        f"reading = {called(asked, reading)[1]}",
        f"scores = reading.network.readout(reading.states[{piece}])",
        f"print(scores.softmax(dim=0)[{asked.label}].item())",
    )
    value = float(scores.softmax(dim=0)[asked.label])
    return SumRecord(value, (*lines, *softmax_lines(scores, asked.label)), "\n".join(snippet), "readout")


@torch.no_grad()
def token_sum(written: Written, asked: SumAsked, token: int) -> SumRecord:
    """The probability of a sub-word at a step. token: its id."""
    scores = written.network.embedding.weight @ written.states[asked.step]
    lines = [("token", f"e·h = {number(float(scores[token]))}"), *softmax_lines(scores, token)]
    snippet = (
        "from seqdemo.sums import write",
        f"written = {called(asked, written)[1]}",
        f"scores = written.network.embedding.weight @ written.states[{asked.step}]",
        f"print(scores.softmax(dim=0)[{token}].item())",
    )
    brick = type(written.network).__module__.rpartition(".")[2]
    return SumRecord(float(scores.softmax(dim=0)[token]), tuple(lines), "\n".join(snippet), brick)
