"""Every kind of snippet prints the number that the page shows; what was typed is a literal in it and nothing else."""

from __future__ import annotations

import ast
import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seqdemo.evidence import SumRecord
from seqdemo.lab import TorchLab, open_lab
from seqdemo.probes.rollout import rollout
from seqdemo.problems import Problem
from seqdemo.records import Floats

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
TEXT = "A dull, lifeless and far too long film."
SENTENCE = "Two dogs play in the snow."
CHINESE = "房间魑魅很干净，服务也不错。"
CELL: dict[str, Any] = {"sort": "attention", "heads": [[1, 1]], "rows": [3], "columns": [2]}
GATES = {
    "rnn": ("hidden",),
    "lstm": ("input_gate", "forget_gate", "output_gate", "candidate", "cell"),
    "gru": ("reset_gate", "update_gate", "candidate"),
}


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def printed(snippet: str) -> float:
    """What it prints; at most six lines of nothing but torch and this package."""
    assert len(snippet.splitlines()) <= 6
    tree = ast.parse(snippet)
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    taken |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert taken <= {"torch", "seqdemo.sums"}
    said = io.StringIO()
    with redirect_stdout(said):
        exec(compile(tree, "snippet", "exec"), {})
    return float(said.getvalue())


def holds(done: SumRecord, shown: float) -> None:
    assert done.value == pytest.approx(shown, abs=1e-5)
    assert printed(done.snippet) == pytest.approx(shown, abs=1e-5)
    assert done.lines


def classifier_weights(lab: TorchLab, model: str, text: str = TEXT, task: str = "sentiment-en") -> Floats:
    grid = lab.classify(text, task, [model])[0].attention
    assert grid is not None
    return grid.weights


def test_a_cell_of_a_classifier(lab: TorchLab) -> None:
    asked = {"checkpoint": "sentiment-en-attention", "text": TEXT, "kind": "encoder_self", **CELL}
    holds(lab.show_sum(asked), classifier_weights(lab, "attention")[1, 1, 3, 2])


@pytest.mark.parametrize("kind", ["encoder_self", "decoder_self", "cross"])
@pytest.mark.parametrize(("rows", "columns"), [([3], [2]), ([2, 3], [1, 2])])
def test_a_cell_of_a_translator_and_of_words_of_several_pieces(
    lab: TorchLab, kind: str, rows: list[int], columns: list[int]
) -> None:
    grid = lab.translate(SENTENCE, "en-de").grid(kind)
    assert grid is not None
    place = {"kind": kind, **CELL, "rows": rows, "columns": columns}
    shown = grid.weights[1, 1][rows][:, columns].sum(axis=1).mean()
    holds(lab.show_sum({"checkpoint": "en-de-transformer", "text": SENTENCE, **place}), float(shown))


def test_what_comes_later_is_closed_off(lab: TorchLab) -> None:
    place = {"kind": "decoder_self", **CELL, "rows": [0], "columns": [2]}
    done = lab.show_sum({"checkpoint": "en-de-transformer", "text": SENTENCE, **place})
    holds(done, 0.0)
    assert [key for key, _ in done.lines] == ["closed"]


def test_a_chinese_word_of_several_pieces(lab: TorchLab) -> None:
    record = lab.classify(CHINESE, "sentiment-zh", ["attention"])[0]
    place = next((number for number, token in enumerate(record.tokens) if " " in token), 0)
    weights = classifier_weights(lab, "attention", CHINESE, "sentiment-zh")
    asked = {"checkpoint": "sentiment-zh-attention", "text": CHINESE, "kind": "encoder_self", **CELL}
    asked |= {"rows": [place], "columns": [place], "heads": [[0, 1]]}
    holds(lab.show_sum(asked), weights[0, 1, place, place])
    gates = lab.classify(CHINESE, "sentiment-zh", ["gru"])[0].gates
    asked = {
        "checkpoint": "sentiment-zh-gru",
        "text": CHINESE,
        "sort": "gate",
        "gate": "update_gate",
        "step": place + 1,
    }
    holds(lab.show_sum({**asked, "unit": 3}), gates[1].values[place + 1, 3])


def test_the_mean_of_heads(lab: TorchLab) -> None:
    asked = {"checkpoint": "sentiment-en-attention", "text": TEXT, "kind": "encoder_self", **CELL}
    weights = classifier_weights(lab, "attention")
    shown = (weights[0, 1, 3, 2] + weights[1, 2, 3, 2]) / 2
    holds(lab.show_sum({**asked, "heads": [[0, 1], [1, 2]]}), shown)


@pytest.mark.parametrize("layer", [0, 1])
def test_a_rollout(lab: TorchLab, layer: int) -> None:
    asked = {"checkpoint": "sentiment-en-attention", "text": TEXT, "kind": "encoder_self", **CELL}
    shown = rollout(torch.tensor(classifier_weights(lab, "attention")))[layer, 3, 2]
    holds(lab.show_sum({**asked, "measure": "rollout", "heads": [[layer, 0]]}), float(shown))


@pytest.mark.parametrize("kind", ["encoder_self", "decoder_self", "cross"])
def test_weights_times_lengths(lab: TorchLab, kind: str) -> None:
    grid = lab.translate(SENTENCE, "en-de").grid(kind)
    assert grid is not None
    assert grid.lengths is not None
    brought = grid.weights * grid.lengths[:, :, None]
    shown = brought / brought.sum(axis=-1, keepdims=True)
    asked = {"checkpoint": "en-de-transformer", "text": SENTENCE, "kind": kind, **CELL, "measure": "norms"}
    holds(lab.show_sum(asked), shown[1, 1, 3, 2])
    own = lab.classify(TEXT, "sentiment-en", ["attention"])[0].attention
    assert own is not None
    assert own.lengths is not None
    brought = own.weights[1, 1, 3] * own.lengths[1, 1]
    asked = {"checkpoint": "sentiment-en-attention", "text": TEXT, "kind": "encoder_self", **CELL, "measure": "norms"}
    holds(lab.show_sum(asked), brought[2] / brought.sum())


def test_several_heads_weighed_by_lengths(lab: TorchLab) -> None:
    grid = lab.classify(TEXT, "sentiment-en", ["attention"])[0].attention
    assert grid is not None
    assert grid.lengths is not None
    brought = grid.weights * grid.lengths[:, :, None]
    shown = brought / brought.sum(axis=-1, keepdims=True)
    asked = {"checkpoint": "sentiment-en-attention", "text": TEXT, "kind": "encoder_self", **CELL, "measure": "norms"}
    holds(lab.show_sum({**asked, "heads": [[0, 1], [1, 2]]}), (shown[0, 1, 3, 2] + shown[1, 2, 3, 2]) / 2)


def test_a_weight_of_a_pooling(lab: TorchLab) -> None:
    asked = {"checkpoint": "sentiment-en-bilstm-attention", "text": TEXT, "kind": "pooling", **CELL, "heads": [[0, 0]]}
    holds(lab.show_sum(asked), classifier_weights(lab, "bilstm-attention")[0, 0, 3, 2])


@pytest.mark.parametrize(("model", "gate"), [(model, gate) for model, gates in GATES.items() for gate in gates])
@pytest.mark.parametrize("step", [0, 4])
def test_a_gate_and_its_mean(lab: TorchLab, model: str, gate: str, step: int) -> None:
    record = lab.classify(TEXT, "sentiment-en", [model])[0]
    values = next(one.values for one in record.gates if one.name == gate)
    asked = {"checkpoint": f"sentiment-en-{model}", "sort": "gate", "text": TEXT, "gate": gate, "step": step}
    holds(lab.show_sum({**asked, "unit": 17}), values[step, 17])
    holds(lab.show_sum({**asked, "unit": None}), float(values[step].mean()))


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_the_probability_of_a_class(lab: TorchLab, model: str) -> None:
    track = lab.classify(TEXT, "sentiment-en", [model])[0].track
    asked = {"checkpoint": f"sentiment-en-{model}", "sort": "class", "text": TEXT, "step": 5, "label": 0}
    holds(lab.show_sum(asked), track[5, 0])


@pytest.mark.parametrize("model", ["transformer", "seq2seq-attention"])
def test_the_probability_of_a_token(lab: TorchLab, model: str) -> None:
    record = lab.translate(SENTENCE, "en-de", model, beam=3)
    for step in (0, len(record.steps) - 1):
        for candidate in record.steps[step].candidates[:2]:
            asked = {"sort": "token", "text": SENTENCE, "beam": 3, "step": step, "token": candidate.token}
            holds(lab.show_sum({"checkpoint": f"en-de-{model}", **asked}), candidate.probability)


@pytest.mark.parametrize(("rows", "columns"), [([0], [1]), ([3], [2]), ([2, 3], [1, 2])])
def test_a_cell_of_a_recurrent_translator(lab: TorchLab, rows: list[int], columns: list[int]) -> None:
    grid = lab.translate(SENTENCE, "en-de", "seq2seq-attention").grid("cross")
    assert grid is not None
    place = {"kind": "cross", **CELL, "heads": [[0, 0]], "rows": rows, "columns": columns}
    shown = grid.weights[0, 0][rows][:, columns].sum(axis=1).mean()
    done = lab.show_sum({"checkpoint": "en-de-seq2seq-attention", "text": SENTENCE, **place})
    holds(done, float(shown))
    assert done.brick == "additive_attention"


@pytest.mark.parametrize("change", [{"kind": "encoder_self"}, {"measure": "rollout"}, {"measure": "norms"}])
def test_what_a_recurrent_translator_has_not_is_said(lab: TorchLab, change: dict[str, str]) -> None:
    asked = {"checkpoint": "en-de-seq2seq-attention", "text": SENTENCE, "kind": "cross", **CELL, "heads": [[0, 0]]}
    with pytest.raises(Problem, match="seq2seq-attention"):
        lab.show_sum(asked | change)


@pytest.mark.parametrize(
    "typed",
    [
        'fine"); import os; print("x',
        "it's fine\\",
        "both ' and \" are fine",
        "${fine} `x` {fine} <b>fine</b>",
        '""" fine """',
        "fine \\n \\u0041 \\",
    ],
)
def test_what_was_typed_is_one_literal(lab: TorchLab, typed: str) -> None:
    record = lab.classify(typed, "sentiment-en", ["gru"])[0]
    done = lab.show_sum({"checkpoint": "sentiment-en-gru", "sort": "class", "text": record.text, "step": 0, "label": 1})
    tree = ast.parse(done.snippet)
    call = next(
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "read"
    )
    assert [ast.literal_eval(argument) for argument in call.args] == ["sentiment-en-gru", record.text]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names == {"read", "reading", "scores", "print"}
    holds(done, record.track[0, 1])


def test_the_numbers_of_the_formula_are_those_of_the_value(lab: TorchLab) -> None:
    done = lab.show_sum(
        {"checkpoint": "sentiment-en-lstm", "sort": "gate", "text": TEXT, "gate": "forget_gate", "unit": 3}
    )
    keys = [key for key, _ in done.lines]
    assert keys == ["word", "state", "sigmoid"]
    own, old = (float(formula.rpartition("= ")[2].replace("−", "-")) for _, formula in done.lines[:2])
    assert 1 / (1 + np.exp(-own - old)) == pytest.approx(done.value, abs=1e-4)
