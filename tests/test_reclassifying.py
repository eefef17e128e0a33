"""A text read again with changes equals a second computation; what no longer fits is dropped with a word."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from seqdemo.classifying import pieces_of
from seqdemo.components.rereading_view import rereading_payload
from seqdemo.interventions.changes import (
    Begun,
    Change,
    Changes,
    HeadOff,
    RowSet,
    Typed,
    UnitHeld,
    WordHidden,
    WordReplaced,
)
from seqdemo.interventions.outcome import ClassificationOutcome
from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.records import ClassificationRecord, unpacked

CHECKPOINTS = Path(__file__).resolve().parents[1] / "checkpoints"
TEXT = "The plot is thin, but the acting is wonderful."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def plain(lab: TorchLab, model: str, text: str = TEXT, task: str = "sentiment-en") -> ClassificationRecord:
    return lab.classify(text, task, [model])[0]


def again(lab: TorchLab, record: ClassificationRecord, *made: Change) -> ClassificationOutcome:
    return lab.reclassify(record, Changes(made))


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_no_change_is_the_very_same_record(lab: TorchLab, model: str) -> None:
    record = plain(lab, model)
    assert again(lab, record).changed is record
    assert again(lab, record).difference.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_replaced_words_are_the_text_typed_so(lab: TorchLab, model: str) -> None:
    outcome = again(
        lab, plain(lab, model), WordReplaced(9, 9, "wonderful", "truly dreadful"), WordReplaced(0, 0, "The", "")
    )
    typed = plain(lab, model, "plot is thin, but the acting is truly dreadful.")
    assert outcome.changed.text == typed.text
    assert outcome.changed.words == typed.words
    assert np.array_equal(outcome.changed.track, typed.track)
    assert outcome.difference[1] == pytest.approx(typed.probabilities[1] - plain(lab, model).probabilities[1])


def test_words_are_found_in_what_a_phone_wrote(lab: TorchLab) -> None:
    """The typed text keeps its ’; the words are those that were read, and the view finds them in its lines."""
    record = plain(lab, "gru", "It’s thin, but the acting isn’t “bad”.")
    outcome = again(lab, record, WordReplaced(2, 2, "thin", "dull"), WordHidden(8, 8, "n't"))
    assert outcome.changed.text == "It’s dull, but the acting isn’t “bad”."
    assert [outcome.changed.tokens[place] for place in (2, 8)] == ["dull", "<unk>"]
    content = json.loads(rereading_payload([record], [outcome], Changes(()), language="en"))
    assert all(word in content["title"] for word in record.words)
    assert all(word in content["newText"] for word in outcome.changed.words)


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_a_hidden_word_is_read_as_unknown(lab: TorchLab, model: str) -> None:
    """Reference: the network itself, given the ids with 1 in the word's place."""
    outcome = again(lab, plain(lab, model), WordHidden(9, 9, "wonderful"))
    opened = lab.classifiers["sentiment-en", model]
    ids = [number for part in pieces_of(outcome.plain.words, opened) for number in part]
    ids[9] = 1
    with torch.no_grad():
        wanted = opened.network(torch.tensor([ids]), torch.tensor([len(ids)]))[0].softmax(dim=-1)
    assert outcome.changed.probabilities == pytest.approx(wanted.numpy(), abs=1e-5)
    assert outcome.changed.tokens[9] == "<unk>"
    assert outcome.changed.words == outcome.plain.words


@pytest.mark.parametrize(("model", "unit", "value"), [("rnn", 3, 1.0), ("lstm", 39, -0.5), ("gru", 0, 0.0)])
def test_a_unit_held_is_what_the_microscope_says(lab: TorchLab, model: str, unit: int, value: float) -> None:
    outcome = again(lab, plain(lab, model), UnitHeld(model, unit, value))
    seen = lab.unit(TEXT, "sentiment-en", model, unit, value)
    assert seen.held_track is not None
    assert outcome.changed.track == pytest.approx(seen.held_track, abs=1e-6)
    assert outcome.applied == (UnitHeld(model, unit, value),)


def test_a_verdicts_attention_can_be_set(lab: TorchLab) -> None:
    """Reference: the replaced weights of `ClassifierEdits.attention`, the network's own way in."""
    from seqdemo.models.edits import ClassifierEdits

    record = plain(lab, "bilstm-attention")
    last = len(record.words) - 1
    outcome = again(lab, record, RowSet("bilstm-attention", "pooling", 0, 0, last, 3, record.words[last], "thin"))
    opened = lab.classifiers["sentiment-en", "bilstm-attention"]
    ids = torch.tensor([[number for part in pieces_of(record.words, opened) for number in part]])
    alone = torch.eye(len(record.words))[3].view(1, 1, 1, -1)
    with torch.no_grad():
        wanted = opened.network(ids, torch.tensor([ids.shape[1]]), ClassifierEdits(attention=(alone,)))[0].softmax(-1)
    assert outcome.changed.probabilities == pytest.approx(wanted.numpy(), abs=1e-5)
    assert outcome.changed.track[:last] == pytest.approx(record.track[:last], abs=1e-6)
    assert outcome.changed.attention is not None
    assert outcome.changed.attention.weights[0, 0, last, 3] == 1


def test_heads_and_rows_of_the_encoder_change_what_they_name(lab: TorchLab) -> None:
    record = plain(lab, "attention")
    row = RowSet("attention", "encoder_self", 0, 1, 9, 3, "wonderful", "thin")
    outcome = again(lab, record, HeadOff("attention", "encoder_self", 1, 2), row)
    assert outcome.changed.attention is not None
    assert outcome.changed.attention.weights[0, 1, 9].argmax() == 3
    assert outcome.changed.attention.weights[0, 1, 9, 3] == 1
    assert abs(outcome.difference).max() > 1e-4


ROW = RowSet("attention", "encoder_self", 0, 1, 9, 3, "wonderful", "thin")
CELLS = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}


def reference(lab: TorchLab, record: ClassificationRecord, change: Change | None) -> NDArray[np.float64]:
    """[time, label]: log-probabilities after each word, in float64, by other means than the edits of the networks."""
    opened = lab.classifiers[record.task, record.source.model]
    network: Any = copy.deepcopy(getattr(opened.network, "alone", opened.network)).double()
    ids = torch.tensor([number for part in pieces_of(record.words, opened) for number in part])
    if isinstance(change, WordHidden):
        ids[change.first] = 1
    if isinstance(change, HeadOff):  # its part of the output projection is gone
        look = network.blocks[change.layer].self_attention
        size = look.output.in_features // look.heads
        look.output.weight.data[:, change.head * size : (change.head + 1) * size] = 0
    if isinstance(change, RowSet):  # what the head found in that row is taken out, what stands at the key put in

        def alone(look: Any, given: Any, found: Any) -> Any:
            if found.weights.shape[-1] <= max(change.query, change.key):
                return found
            size = look.output.in_features // look.heads
            mine = slice(change.head * size, (change.head + 1) * size)
            read = look.value(given[0])[0, :, mine]
            more = read[change.key] - found.weights[0, change.head, change.query] @ read
            values = found.values.clone()
            values[0, change.query] += look.output.weight[:, mine] @ more
            return found._replace(values=values)

        network.blocks[change.layer].self_attention.register_forward_hook(alone)
    with torch.no_grad():
        if isinstance(change, UnitHeld):
            return held_by_hand(network, record.source.model, ids, change).log_softmax(dim=-1).numpy()
        read = [network(ids[None, :end], torch.tensor([end]))[0] for end in range(1, len(ids) + 1)]
        return torch.stack(read).log_softmax(dim=-1).numpy()


def held_by_hand(network: Any, model: str, ids: torch.Tensor, change: UnitHeld) -> torch.Tensor:
    """[time, label]: torch's own cell, one word at a time, with the unit set after each."""
    own = network.recurrent
    cell = CELLS[model](own.input_weight.shape[1], own.hidden_weight.shape[1]).double()
    for mine in ("input", "hidden"):
        for kind in ("weight", "bias"):
            getattr(cell, f"{kind}_{mine[0]}h").data.copy_(getattr(own, f"{mine}_{kind}"))
    hidden, inner = torch.zeros(2, 1, own.hidden_weight.shape[1], dtype=torch.float64)
    logits = []
    for word in network.embedding(ids):
        if model == "lstm":
            hidden, inner = cell(word[None], (hidden, inner))
        else:
            hidden = cell(word[None], hidden)
        hidden[0, change.unit] = change.value
        logits.append(network.readout(hidden)[0])
    return torch.stack(logits)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        ("attention", HeadOff("attention", "encoder_self", 1, 2)),
        ("attention", ROW),
        *((model, WordHidden(9, 9, "wonderful")) for model in ("rnn", "lstm", "gru", "attention", "bilstm-attention")),
        *((model, UnitHeld(model, 7, -0.75)) for model in CELLS),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_old_and_new_verdict_after_each_word_equal_a_reference(lab: TorchLab, model: str, change: Change) -> None:
    record = plain(lab, model)
    outcome = again(lab, record, change)
    before, after = reference(lab, record, None), reference(lab, record, change)
    assert outcome.plain.track == pytest.approx(np.exp(before), abs=1e-5)
    assert outcome.changed.track == pytest.approx(np.exp(after), abs=1e-5)
    assert outcome.log_probabilities == pytest.approx(np.stack([before[-1], after[-1]]), abs=1e-5)
    assert abs(after[-1] - before[-1]).max() > 1e-4  # the change is felt
    sent = json.loads(rereading_payload([record], [outcome], Changes((change,)), language="en"))
    shown = sent["models"][0]["reread"]
    for side, wanted in enumerate((before, after)):
        assert unpacked(shown["shares"][side]) == pytest.approx(np.exp(wanted[:, sent["focus"]]), abs=1e-5)
        assert shown["verdicts"][side] == wanted.argmax(axis=1).tolist()
        assert shown["logs"][side] == pytest.approx(wanted[-1], abs=1e-5)
    assert shown["places"] == [[place, place] for place in range(len(record.words))]
    assert shown["hidden"] == ([9] if isinstance(change, WordHidden) else [])


def test_chinese_words_in_pieces_are_one_word(lab: TorchLab) -> None:
    text = "房间不大，但是很干净，服务也热情。"
    record = plain(lab, "lstm", text, "sentiment-zh")
    place = record.words.index("干净")
    outcome = again(lab, record, WordReplaced(place, place, "干净", "脏"))
    assert outcome.changed.text == text.replace("干净", "脏")
    outcome = again(lab, record, WordHidden(place, place, "干净"))
    assert set(outcome.changed.tokens[place].split()) == {"<unk>"}


def test_a_change_finds_its_word_between_words_taken_out(lab: TorchLab) -> None:
    record = plain(lab, "lstm")
    words = ("The", "plot", "is", "thin")
    out = [WordReplaced(place, place, word, "") for place, word in enumerate(words) if word != "plot"]
    outcome = again(lab, record, *out, WordHidden(1, 1, "plot"), WordHidden(9, 9, "wonderful"))
    assert outcome.dropped == ()
    assert outcome.changed.text == "plot, but the acting is wonderful."
    assert [place for place, token in enumerate(outcome.changed.tokens) if token == "<unk>"] == [0, 6]


def test_a_change_finds_its_word_behind_a_replaced_one(lab: TorchLab) -> None:
    record = plain(lab, "attention")
    outcome = again(
        lab,
        record,
        WordReplaced(1, 1, "plot", "story line"),
        WordHidden(9, 9, "wonderful"),
        RowSet("attention", "encoder_self", 0, 0, 7, 3, "acting", "thin"),
    )
    assert outcome.dropped == ()
    assert outcome.changed.words[10] == "wonderful"
    assert outcome.changed.tokens[10] == "<unk>"
    assert outcome.changed.attention is not None
    assert outcome.changed.attention.weights[0, 0, 8, 4] == 1


@pytest.mark.parametrize(
    ("model", "change", "code"),
    [
        ("lstm", WordReplaced(9, 9, "wonderful", "bad"), "edit_dropped_read"),
        ("lstm", WordHidden(99, 99, "wonderful"), "edit_dropped_read"),
        ("lstm", WordHidden(0, 1, "Aquiet"), "edit_dropped_read"),
        ("lstm", UnitHeld("lstm", 5000, 0.0), "edit_dropped_other"),
        ("attention", UnitHeld("attention", 1, 0.0), "edit_dropped_other"),
        ("lstm", HeadOff("lstm", "encoder_self", 0, 0), "edit_dropped_head"),
        ("attention", HeadOff("attention", "encoder_self", 9, 0), "edit_dropped_head"),
        ("bilstm-attention", HeadOff("bilstm-attention", "pooling", 0, 0), "edit_dropped_head"),
        ("bilstm-attention", RowSet("bilstm-attention", "pooling", 0, 0, 1, 2, "quiet", "film"), "edit_dropped_row"),
        ("attention", RowSet("attention", "encoder_self", 0, 0, 3, 2, "thin", "is"), "edit_dropped_row"),
        ("lstm", Typed("Ein"), "edit_dropped_other"),
        ("lstm", Begun("lstm", "00000000", ("a",)), "edit_dropped_other"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_dropped_with_a_word(lab: TorchLab, model: str, change: Change, code: str) -> None:
    record = plain(lab, model, "A quiet film.")
    outcome = again(lab, record, change)
    assert outcome.changed is record
    assert [notice.code for notice in outcome.dropped] == [code]


def test_a_text_that_nobody_can_read_is_a_problem_in_words(lab: TorchLab) -> None:
    record = plain(lab, "lstm", "Film")
    with pytest.raises(Problem) as caught:
        again(lab, record, WordReplaced(0, 0, "Film", "电影"))
    assert caught.value.code == "other_script"
    with pytest.raises(Problem):
        again(lab, record, WordReplaced(0, 0, "Film", ""))
