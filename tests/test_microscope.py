"""One unit: its values are the states, its contexts the true extremes, holding it equals a second computation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.lab import TorchLab, open_lab
from seqdemo.microscope import sentences_for
from seqdemo.problems import Problem
from seqdemo.records import to_json

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
SENTENCE = "The plot is thin, but the acting is wonderful."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def step_by_step(opened, words, unit=None, held=0.0):
    """States and logits after each word by the hand-written cell, with a unit held: [time, hidden], [time, label]."""
    network, states = opened.network, []
    vectors = network.embedding(torch.tensor([opened.tokenizer.encode(words)]))
    step = network.recurrent.start(vectors)
    for time in range(vectors.shape[1]):
        step = network.recurrent.step(vectors[:, time], step)
        if unit is not None:
            step.hidden[:, unit] = held
        states.append(step.hidden[0].clone())
    together = torch.stack(states)
    return together, (together @ network.readout.weight.T + network.readout.bias).softmax(-1)


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize(("unit", "held"), [(3, 1.0), (41, -0.5), (0, 0)])
def test_a_held_unit_equals_the_loop(lab: TorchLab, model: str, unit: int, held: float) -> None:
    record = lab.unit(SENTENCE, "sentiment-en", model, unit, held)
    opened = lab.classifiers["sentiment-en", model]
    with torch.inference_mode():
        states, track = step_by_step(opened, record.words)
        _, changed = step_by_step(opened, record.words, unit, held)
    assert np.abs(record.values - states[:, unit].numpy()).max() < 1e-5
    assert np.abs(record.track - track.numpy()).max() < 1e-5
    assert np.abs(record.held_track - changed.numpy()).max() < 1e-5
    assert np.abs(record.held_track - record.track).max() > 1e-4
    assert np.allclose(record.readout, opened.network.readout.weight[:, unit])
    assert lab.unit(SENTENCE, "sentiment-en", model, unit).held_track is None


def test_contexts_are_the_true_extremes(lab: TorchLab) -> None:
    record = lab.unit(SENTENCE, "sentiment-en", "gru", 7)
    opened = lab.classifiers["sentiment-en", "gru"]
    sentences = sentences_for("sentiment-en")
    peaks, lows = [], []
    with torch.inference_mode():
        for sentence in sentences:
            ids = opened.tokenizer.encode(sentence.words)
            values = opened.network.trace(torch.tensor([ids]), torch.tensor([len(ids)])).states[0, :, 7]
            peaks.append(float(values.max()))
            lows.append(float(values.min()))
    assert [context.value for context in record.highest] == pytest.approx(sorted(peaks, reverse=True)[:6], abs=1e-5)
    assert [context.value for context in record.lowest] == pytest.approx(sorted(lows)[:6], abs=1e-5)
    for context in (*record.highest, *record.lowest):
        assert context.values[context.place] == pytest.approx(context.value)
        assert (context.words, context.origin) in {(one.words, one.origin) for one in sentences}


def test_units_that_follow_a_word_are_found(lab: TorchLab) -> None:
    """Taught here: unit 5 of a copy answers to "the" alone; the ranking must put it first."""
    from copy import deepcopy
    from dataclasses import replace

    opened = lab.classifiers["sentiment-en", "rnn"]
    network = deepcopy(opened.network)
    network.recurrent.hidden_weight[5] = 0
    network.recurrent.input_weight[5] = 4 * network.embedding.weight[opened.tokenizer.encode(["the"])[0]]
    taught = replace(lab, classifiers={**lab.classifiers, ("sentiment-en", "rnn"): replace(opened, network=network)})
    found = taught.units("sentiment-en", "rnn", words=["THE "])
    assert (found.units[0].unit, found.asked, found.by) == (5, "the", "words")
    assert found.units[0].area > 0.99
    assert found.chance < found.units[0].separation
    assert len(found.random) == 5


def test_a_ranking_by_class_is_the_cards(lab: TorchLab) -> None:
    found = lab.units("sentiment-en", "lstm", label="negative")
    card = json.loads((CHECKPOINTS / "sentiment-en-lstm" / "scores.json").read_text(encoding="utf-8"))
    row = card["probes"]["units"]["labels"]["negative"]
    assert [(one.unit, one.area) for one in found.units] == [tuple(pair) for pair in row["units"]]
    assert found.inside + found.outside == 872
    separations = [one.separation for one in found.units]
    assert separations == sorted(separations, reverse=True)
    assert found.units[0].separation > found.chance > 0


def test_sentences_are_our_own_and_tatoebas() -> None:
    origins = {task: {one.origin for one in sentences_for(task)} for task in ("sentiment-en", "question-en")}
    assert origins == {"sentiment-en": {"own", "tatoeba"}, "question-en": {"own", "tatoeba"}}
    for language in ("en", "zh"):
        path = CHECKPOINTS.parent / "assets" / "sentences" / f"contexts-{language}.txt"
        lines = path.read_text(encoding="utf-8").splitlines()
        assert "CC BY 2.0 FR" in lines[0] and "tatoeba.org" in lines[0]
        assert len(set(lines)) == len(lines) > 500


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("bad_unit", lambda lab: lab.unit(SENTENCE, "sentiment-en", "lstm", 160)),
        ("bad_unit", lambda lab: lab.unit(SENTENCE, "sentiment-en", "lstm", -1)),
        ("bad_unit", lambda lab: lab.unit(SENTENCE, "sentiment-en", "lstm", "five")),
        ("bad_held", lambda lab: lab.unit(SENTENCE, "sentiment-en", "lstm", 5, 1.5)),
        ("bad_held", lambda lab: lab.unit(SENTENCE, "sentiment-en", "lstm", 5, float("nan"))),
        ("no_units", lambda lab: lab.unit(SENTENCE, "sentiment-en", "attention", 5)),
        ("no_units", lambda lab: lab.units("sentiment-en", "bilstm-attention")),
        ("words_not_read", lambda lab: lab.units("sentiment-en", "lstm", words=["xqzvw"])),
        ("unknown_label", lambda lab: lab.units("sentiment-en", "lstm", label="neutral")),
    ],
)
def test_what_cannot_be_asked_is_told(lab: TorchLab, code: str, ask: object) -> None:
    with pytest.raises(Problem) as caught:
        ask(lab)  # type: ignore[operator]
    assert caught.value.code == code
    assert "{" not in caught.value.message("zh")


def test_a_unit_is_plain_json(lab: TorchLab) -> None:
    record = lab.unit(SENTENCE, "sentiment-en", "lstm", 2, 0.5)
    assert json.loads(json.dumps(to_json(record), allow_nan=False))["held"] == 0.5
    assert json.loads(json.dumps(to_json(lab.units("sentiment-en", "gru", words=["not"])), allow_nan=False))["units"]
