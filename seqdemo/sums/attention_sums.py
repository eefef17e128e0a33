"""A cell of an attention map as a sum: query times key, softmax; then rollout, norms or merging."""

from __future__ import annotations

import torch
from torch import Tensor

from seqdemo.evidence import SumAsked, SumRecord
from seqdemo.sums.inside import Look, Reading, Written, brought, look, weights
from seqdemo.sums.lines import called, number, places, plus, subscript, total

Place = tuple[list[int], list[int]]  # rows and columns of the cell, as the network counts them


def attention_sum(inside: Reading | Written, asked: SumAsked) -> SumRecord:
    """The cell's value through the reading that is asked for. Raises Problem where there is no such attention."""
    place = ([*asked.rows], [*asked.columns])
    if isinstance(inside, Reading):
        place = (_pieces(inside, asked.rows), _pieces(inside, asked.columns))
    if asked.measure == "rollout":
        return _rolled(inside, asked, place)
    if len(asked.heads) > 1:
        return _mean(inside, asked, place)
    return (_brought if asked.measure == "norms" else _single)(inside, asked, place)


def _pieces(reading: Reading, words: tuple[int, ...]) -> list[int]:
    ends = torch.tensor(reading.counts).cumsum(0).tolist()
    return [piece for word in words for piece in range(ends[word] - reading.counts[word], ends[word])]


def _single(inside: Reading | Written, asked: SumAsked, place: Place) -> SumRecord:
    (layer, head), (rows, columns) = asked.heads[0], place
    parts = look(inside, asked.kind, layer=layer)
    row = weights(parts)[head]
    lines = [line for i in rows[:1] for j in columns[:1] for line in _softmax(parts, head, i, j)]
    cell, lines = merged(row, place, lines)
    snippet = (
        "from seqdemo.sums import look, " + called(asked, inside)[0],
        f"layer = look({called(asked, inside)[1]}, {asked.kind!r}, layer={layer})",
        f"scores = layer.queries[{head}] @ layer.keys[{head}].T / layer.keys.shape[-1] ** 0.5 + layer.bias[{head}]",
        f"print({at_place('scores.softmax(dim=-1)', place)})",
    )
    return SumRecord(cell, tuple(lines), "\n".join(snippet), "multihead_attention")


def _mean(inside: Reading | Written, asked: SumAsked, place: Place) -> SumRecord:
    """Of several heads, of their weights or of what these bring."""
    measure = brought if asked.measure == "norms" else weights
    maps = torch.stack([measure(look(inside, asked.kind, layer=layer))[head] for layer, head in asked.heads])
    values = [float(one[place[0][0], place[1][0]]) for one in maps]
    lines = [("mean_heads", f"({total(values)}) / {len(values)} = {number(sum(values) / len(values))}")]
    cell, lines = merged(maps.mean(dim=0), place, lines)
    (own, call), name = called(asked, inside), measure.__name__
    snippet = (
        "import torch",
        f"from seqdemo.sums import {name}, look, {own}",
        f"inside = {call}",
        f"maps = [{name}(look(inside, {asked.kind!r}, layer=layer))[head] for layer, head in {list(asked.heads)}]",
        f"print({at_place('torch.stack(maps).mean(dim=0)', place)})",
    )
    return SumRecord(cell, tuple(lines), "\n".join(snippet), "norms" if name == "brought" else "multihead_attention")


def _rolled(inside: Reading | Written, asked: SumAsked, place: Place) -> SumRecord:
    """Abnar and Zuidema 2020, equation 1, up to the layer of the head that is enlarged."""
    last = asked.heads[0][0]
    layers = [weights(look(inside, asked.kind, layer=layer)).mean(dim=0) for layer in range(last + 1)]
    straight = torch.eye(len(layers[0]), device=layers[0].device)
    flow = straight
    for one in layers:
        below, flow = flow, (0.5 * one + 0.5 * straight) @ flow
    i, j = place[0][0], place[1][0]
    mixed = 0.5 * layers[-1][i] + 0.5 * straight[i]
    terms = [f"{number(float(one))}·{number(float(other))}" for one, other in zip(mixed, below[:, j], strict=True)]
    value = number(float(flow[i, j]))
    lines = [
        ("half", f"½ · {number(float(layers[-1][i, j]))} + ½ · {int(i == j)} = {number(float(mixed[j]))}"),
        ("flow", f"{total(terms)} = {value}"),
    ]
    cell, lines = merged(flow, place, lines)
    product = "torch.linalg.multi_dot([*(0.5 * one + 0.5 * straight for one in maps[::-1]), straight])"
    snippet = (
        "import torch",
        "from seqdemo.sums import look, weights, " + called(asked, inside)[0],
        f"inside = {called(asked, inside)[1]}",
        f"maps = [weights(look(inside, {asked.kind!r}, layer=layer)).mean(dim=0) for layer in range({last + 1})]",
        f"straight = torch.eye({len(straight)})",
        f"print({at_place(product, place)})",
    )
    return SumRecord(cell, tuple(lines), "\n".join(snippet), "rollout")


def _brought(inside: Reading | Written, asked: SumAsked, place: Place) -> SumRecord:
    """Kobayashi et al. 2020, equation 3: weight times the length of what the key writes; rows sum to 1 again."""
    (layer, head), (i, j) = asked.heads[0], (place[0][0], place[1][0])
    parts = look(inside, asked.kind, layer=layer)
    lengths = torch.linalg.vector_norm(parts.values[head] @ parts.output[head], dim=-1)  # [key]
    row = weights(parts)[head, i]
    terms = [number(float(one)) for one in row * lengths]
    shares = brought(parts)[head]
    lines = [
        ("length", f"w · ‖v W‖ = {number(float(row[j]))} · {number(float(lengths[j]))} = {terms[j]}"),
        ("share", f"{terms[j]} / ({total(terms)}) = {number(float(shares[i, j]))}"),
    ]
    cell, lines = merged(shares, place, lines)
    own, call = called(asked, inside)
    snippet = (
        f"from seqdemo.sums import look, {own}, weights",
        f"layer = look({call}, {asked.kind!r}, layer={layer})",
        f"lengths = (layer.values[{head}] @ layer.output[{head}]).norm(dim=-1)",
        f"parts = weights(layer)[{head}] * lengths",
        f"print({at_place('(parts / parts.sum(dim=-1, keepdim=True))', place)})",
    )
    return SumRecord(cell, tuple(lines), "\n".join(snippet), "norms")


def _softmax(parts: Look, head: int, i: int, j: int) -> list[tuple[str, str]]:
    size = parts.keys.shape[-1]
    product, bias = float(parts.queries[head, i] @ parts.keys[head, j]), parts.bias[head, i]
    scores = parts.queries[head, i] @ parts.keys[head].T / size**0.5 + bias
    if scores[j] == float("-inf"):
        return [("closed", "e^(−∞) = 0")]
    added = [number(float(bias[j]))] if bias[j] else []
    first = plus(f"q{subscript(i)}·k{subscript(j)} / √{size}", *("b" for _ in added))
    first = plus(f"{first} = {number(product)} / {number(size**0.5)}", *added)
    return [("fit", f"{first} = {number(float(scores[j]))}"), *softmax_lines(scores, j)]


def softmax_lines(scores: Tensor, chosen: int) -> list[tuple[str, str]]:
    """e^z / sum of e^z, with the largest taken away first where e^z is a long number."""
    least = float(scores.max()) if float(scores.max()) > 20 else 0.0
    seen = scores[scores != float("-inf")] - least
    powers = [number(float(one)) for one in seen.exp()]
    value = float(scores.softmax(dim=-1)[chosen])
    top = float(scores[chosen]) - least
    said = f"e^{number(top)} / ({total(powers)})"
    return [
        (
            "softmax",
            f"{said} = {number(float(torch.tensor(top).exp()))} / {number(float(seen.exp().sum()))} = {number(value)}",
        )
    ]


def merged(cells: Tensor, place: Place, lines: list[tuple[str, str]]) -> tuple[float, list[tuple[str, str]]]:
    """The value of a cell of words of several pieces: looked at together, looking on average."""
    rows, columns = place
    part = cells[rows][:, columns]
    value = float(part.sum(dim=1).mean())
    if part.numel() == 1:
        return value, lines
    terms = total([number(float(one)) for one in part.flatten()])
    return value, [*lines, ("merged", f"({terms}) / {len(rows)} = {number(value)}")]


def at_place(cells: str, place: Place) -> str:
    """The same in Python."""
    rows, columns = place
    if len(rows) == len(columns) == 1:
        return f"{cells}[{rows[0]}, {columns[0]}].item()"
    return f"{cells}[{places(rows)}][:, {places(columns)}].sum(dim=1).mean().item()"
