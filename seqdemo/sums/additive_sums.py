"""A weight of additive attention as a sum: a small network scores each state, a softmax makes shares of that."""

from __future__ import annotations

import torch

from seqdemo.evidence import SumAsked, SumRecord
from seqdemo.problems import Problem
from seqdemo.sums.attention_sums import at_place, merged, softmax_lines
from seqdemo.sums.inside import Reading, Written
from seqdemo.sums.lines import called, number, subscript


@torch.no_grad()
def pooling_sum(reading: Reading, asked: SumAsked) -> SumRecord:
    """How much a word weighs in the verdict on what `reading` holds (Yang et al. 2016, equations 5, 6)."""
    network, piece = reading.network, asked.columns[0]
    pieces, last = range(sum(reading.counts[:piece]), sum(reading.counts[: piece + 1])), len(reading.ids)
    brick = network.attention
    scores = brick.score(torch.tanh(brick.query(network.question) + brick.key(reading.looked()))).squeeze(-1)
    shares = scores.softmax(dim=0)
    value = float(shares[pieces.start : pieces.stop].sum())
    lines = [("additive", f"v·tanh(W q + U h{subscript(piece)}) = {number(float(scores[pieces.start]))}")]
    lines += softmax_lines(scores, pieces.start)
    if len(pieces) > 1:
        lines += [("merged", f"{' + '.join(number(float(shares[one])) for one in pieces)} = {number(value)}")]
    snippet = (
        "import torch",
        "from seqdemo.sums import read",
        f"reading = {called(asked, reading, last)[1]}",
        "brick, question = reading.network.attention, reading.network.question",
        "scores = brick.score(torch.tanh(brick.query(question) + brick.key(reading.looked()))).squeeze(-1)",
        f"print(scores.softmax(dim=0)[{pieces.start}:{pieces.stop}].sum().item())",
    )
    return SumRecord(value, tuple(lines), "\n".join(snippet), "additive_attention")


@torch.no_grad()
def additive_sum(written: Written, asked: SumAsked) -> SumRecord:
    """Where a recurrent translator looks before it writes a token (Bahdanau et al. 2015, section 3.1, appendix A.1.2).

    Raises Problem where there is no such attention.
    """
    brick, found, seen = written.network.attention, written.found, written.seen
    if brick is None or asked.kind != "cross" or asked.measure != "raw" or found is None or seen is None:
        raise Problem("no_sum", model=asked.checkpoint)
    (i, j), place = (asked.rows[0], asked.columns[0]), ([*asked.rows], [*asked.columns])
    scores = brick.score(torch.tanh(brick.query(found[:, None]) + brick.key(seen))).squeeze(-1)  # [target, source]
    lines = [("looked", f"v·tanh(W s{subscript(i)} + U h{subscript(j)}) = {number(float(scores[i, j]))}")]
    cell, lines = merged(scores.softmax(dim=-1), place, [*lines, *softmax_lines(scores[i], j)])
    snippet = (
        "import torch",
        "from seqdemo.sums import write",
        f"written = {called(asked, written)[1]}",
        "brick = written.network.attention",
        "scores = brick.score(torch.tanh(brick.query(written.found[:, None]) + brick.key(written.seen))).squeeze(-1)",
        f"print({at_place('scores.softmax(dim=-1)', place)})",
    )
    return SumRecord(cell, tuple(lines), "\n".join(snippet), "additive_attention")
