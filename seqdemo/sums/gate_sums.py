"""A gate as a sum: the word's part, the old state's part, and the squashing; or the mean over all units."""

from __future__ import annotations

from typing import Any

import torch

from seqdemo.evidence import SumAsked, SumRecord
from seqdemo.problems import Problem
from seqdemo.sums.inside import Reading
from seqdemo.sums.lines import called, number, plus, total

ROWS = {  # where the rows of a gate stand in the weights of its cell, and how they are squashed
    "rnn": {"hidden": (0, "tanh")},
    "lstm": {
        "input_gate": (0, "sigmoid"),
        "forget_gate": (1, "sigmoid"),
        "candidate": (2, "tanh"),
        "output_gate": (3, "sigmoid"),
    },
    "gru": {"reset_gate": (0, "sigmoid"), "update_gate": (1, "sigmoid"), "candidate": (2, "tanh")},
}


def gate_sum(reading: Reading, asked: SumAsked) -> SumRecord:
    """One unit of a gate after a word, or (unit None) the mean over units. Raises Problem for a gate it has not."""
    cell: Any = getattr(reading.network, "recurrent", None)
    kind = reading.network.config.cell if cell is not None else ""
    if kind == "lstm" and asked.gate == "cell":
        return _cell(reading, cell, asked)
    if asked.gate not in ROWS.get(kind, {}):
        raise Problem("no_sum", model=asked.checkpoint)
    piece, size = sum(reading.counts[: asked.step + 1]) - 1, cell.hidden_size
    block, squash = ROWS[kind][asked.gate]
    rows = slice(block * size, (block + 1) * size)
    from_word = cell.input_weight @ reading.inputs[piece] + cell.input_bias
    from_state = cell.hidden_weight @ reading.before[piece] + cell.hidden_bias
    brought = from_state[rows]
    lines: list[tuple[str, str]] = []
    if kind == "gru" and asked.gate == "candidate":
        reset = (from_word[:size] + from_state[:size]).sigmoid()
        brought = reset * brought
    squashed = getattr(torch, squash)(from_word[rows] + brought)
    if asked.unit is None:
        value, lines = _mean(squashed.tolist())
    else:
        unit = asked.unit
        value, own, old = float(squashed[unit]), float(from_word[rows][unit]), float(brought[unit])
        lines = [("word", f"w·x + b = {number(own)}")]
        if kind == "gru" and asked.gate == "candidate":
            said = f"r · (u·h + c) = {number(float(reset[unit]))} · {number(float(from_state[rows][unit]))}"
            lines += [("reset_state", f"{said} = {number(old)}")]
        else:
            lines += [("state", f"u·h + c = {number(old)}")]
        lines += [(squash, _squashed(squash, own, old, value))]
    snippet = _snippet(reading, asked, piece, size, block, squash)
    return SumRecord(value, tuple(lines), snippet, kind)


def _squashed(squash: str, own: float, old: float, value: float) -> str:
    both = plus(number(own), number(old))
    if squash == "tanh":
        return f"tanh({both}) = tanh({number(own + old)}) = {number(value)}"
    return f"σ({both}) = 1 / (1 + e^{number(-own - old)}) = {number(value)}"


def _mean(values: list[float]) -> tuple[float, list[tuple[str, str]]]:
    mean = sum(values) / len(values)
    return mean, [("mean_units", f"({total(values)}) / {len(values)} = {number(mean)}")]


def _snippet(reading: Reading, asked: SumAsked, piece: int, size: int, block: int, squash: str) -> str:
    lines = [
        "from seqdemo.sums import read",
        f"reading = {called(asked, reading)[1]}",
        f"cell, word, before = reading.network.recurrent, reading.inputs[{piece}], reading.before[{piece}]",
    ]
    first, unit = block * size, asked.unit
    wanted = f"{first}:{first + size}" if unit is None else str(first + unit)
    end = ".mean().item()" if unit is None else ".item()"
    if reading.network.config.cell == "gru" and asked.gate == "candidate":
        own = f":{size}" if unit is None else str(unit)
        lines += [
            "a, b = cell.input_weight @ word + cell.input_bias, cell.hidden_weight @ before + cell.hidden_bias",
            f"reset = (a[{own}] + b[{own}]).sigmoid()",
            f"print((a[{wanted}] + reset * b[{wanted}]).tanh(){end})",
        ]
    else:
        lines += [
            "total = cell.input_weight @ word + cell.input_bias + cell.hidden_weight @ before + cell.hidden_bias",
            f"print(total[{wanted}].{squash}(){end})",
        ]
    return "\n".join(lines)


def _cell(reading: Reading, cell: Any, asked: SumAsked) -> SumRecord:
    """c_t = f_t c_(t-1) + i_t g_t (Hochreiter and Schmidhuber 1997; Gers et al. 2000)."""
    with torch.no_grad():
        steps = cell(reading.inputs[None])
    piece, unit = sum(reading.counts[: asked.step + 1]) - 1, asked.unit
    forget, write, candidate = (getattr(steps, name)[0, piece] for name in ("forget_gate", "input_gate", "candidate"))
    before = steps.cell[0, piece - 1] if piece else torch.zeros_like(forget)
    cells = forget * before + write * candidate
    if unit is None:
        value, lines = _mean(cells.tolist())
    else:
        value = float(cells[unit])
        kept, new = float(forget[unit] * before[unit]), float(write[unit] * candidate[unit])
        lines = [
            ("kept", f"f · c = {number(float(forget[unit]))} · {number(float(before[unit]))} = {number(kept)}"),
            ("written", f"i · g = {number(float(write[unit]))} · {number(float(candidate[unit]))} = {number(new)}"),
            ("added", f"{plus(number(kept), number(new))} = {number(value)}"),
        ]
    wanted = ".mean().item()" if unit is None else f"[{unit}].item()"
    snippet = (
        "from seqdemo.sums import read",
        f"reading = {called(asked, reading)[1]}",
        "steps = reading.network.recurrent(reading.inputs[None])",
        f"kept = steps.forget_gate[0, {piece}] * steps.cell[0, {piece - 1}]" if piece else "kept = 0",
        f"print((kept + steps.input_gate[0, {piece}] * steps.candidate[0, {piece}]){wanted})",
    )
    return SumRecord(value, tuple(lines), "\n".join(snippet), "lstm")
