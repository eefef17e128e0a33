"""From the line of a link to what the panel shows: the lab's own numbers, or a problem in the visitor's words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.lab import TorchLab, open_lab
from seqdemo.pages.reasons import Why, read_why, reasons
from seqdemo.records import ClassificationRecord, unpacked

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
SENTENCE = "The plot is thin, but the acting is wonderful."
TASK = "sentiment-en"


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


@pytest.fixture(scope="module")
def records(lab: TorchLab) -> tuple[ClassificationRecord, ...]:
    return lab.classify(SENTENCE, TASK)


def sent(lab: Any, records: Any, line: object = "", language: str = "en") -> dict[str, Any]:
    content: dict[str, Any] = json.loads(reasons(lab, records, line, language=language))
    return content


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("lstm.words.occlusion", Why("lstm", "words", "occlusion")),
        ("lstm.words.occlusion.A. B.", Why("lstm", "words", "occlusion", "A. B.")),
        ("bilstm-attention.weights", Why("bilstm-attention", "weights")),
        ("gru.unit.160.not, never", Why("gru", "unit", "160", "not, never")),
        ("gru.unit..不, 没", Why("gru", "unit", "", "不, 没")),
    ],
)
def test_a_line_is_read(line: str, wanted: Why) -> None:
    assert read_why(line) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "",
        "lstm",
        "lstm.magic",
        "lstm.unit.0",
        "lstm.unit.x",
        "LSTM.words",
        None,
        3,
        ["lstm.words"],
        "lstm.words.a.b\nc",
        "x" * 500,
    ],
)
def test_what_makes_no_line_is_not_asked(lab: TorchLab, records: Any, line: object) -> None:  # fmt: skip
    assert read_why(line) is None
    content = sent(lab, records, line)
    assert (content["found"], content["problem"], content["line"]) == (None, "", "")


def test_every_model_is_offered_what_it_can_be_asked(lab: TorchLab, records: Any) -> None:
    asks = {model["key"]: model["asks"] for model in sent(lab, records)["models"]}
    recurrent = ["words", "unit"]
    assert asks == {"rnn": recurrent, "lstm": recurrent, "gru": recurrent, "attention": ["words"],
                    "bilstm-attention": ["words", "weights"]}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_are_the_labs_own_numbers(lab: TorchLab, records: Any, language: str) -> None:
    content = sent(lab, records, "gru.words.occlusion", language)
    record, found = lab.faithfulness(SENTENCE, TASK, "gru"), content["found"]
    assert (content["line"], content["words"]) == ("gru.words.occlusion", list(record.words))
    assert [one["key"] for one in found["methods"]] == [curve.method for curve in record.curves[:-1]]
    for one, curve in zip([*found["methods"], found["chance"]], record.curves, strict=True):
        np.testing.assert_array_equal(unpacked(one["deletion"]), curve.deletion)
        np.testing.assert_array_equal(unpacked(one["values"]), curve.values)
        assert one["figures"] == [curve.comprehensiveness, curve.sufficiency]
    complete = [one for one in found["methods"] if one["complete"]]
    assert [one["key"] for one in complete] == ["integrated_gradients"]
    assert float(unpacked(complete[0]["values"]).sum()) == pytest.approx(found["whole"], abs=1e-2)
    assert "{" not in json.dumps([one["about"] for one in found["methods"]])


def test_another_class_is_asked_about(lab: TorchLab, records: Any) -> None:
    content = sent(lab, records, "gru.words.occlusion.negative")
    assert (content["found"]["label"], content["line"]) == (0, "gru.words.occlusion.negative")


def test_weights_bring_the_verdict_in_words(lab: TorchLab, records: Any) -> None:
    content = sent(lab, records, "bilstm-attention.weights.own", "zh")
    record = lab.attention_explanation(SENTENCE, TASK, "bilstm-attention")
    assert [one["key"] for one in content["found"]["trials"]] == [trial.name for trial in record.trials]
    assert "BiLSTM + 注意力" in content["found"]["verdict"] and "{" not in content["found"]["verdict"]
    assert len(content["found"]["corpus"]) == len(record.corpus) == 2


def test_a_unit_is_counted_from_one_and_the_most_telling_comes_first(lab: TorchLab, records: Any) -> None:
    best = lab.units(TASK, "lstm").units[0].unit
    content = sent(lab, records, "lstm.unit")
    assert (content["found"]["unit"], content["line"]) == (best + 1, f"lstm.unit.{best + 1}")
    np.testing.assert_array_equal(unpacked(content["found"]["values"]), lab.unit(SENTENCE, TASK, "lstm", best).values)
    assert content["found"]["ranking"]["units"][0][0] == best + 1
    ranked = sent(lab, records, "lstm.unit.7.not, never")["found"]
    by_words = lab.units(TASK, "lstm", words=["not", "never"])
    assert ranked["unit"] == 7
    assert [unit for unit, _ in ranked["ranking"]["units"]] == [one.unit + 1 for one in by_words.units]
    assert [unit for unit, _ in ranked["ranking"]["random"]] == [one.unit + 1 for one in by_words.random]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lstm.weights", "lstm 并不是对各个词加权"),
        ("gru.words.occlusion.neutral", "neutral"),
        ("gru.unit.999", "1 到 160；收到的是 999"),
    ],
)
def test_what_cannot_be_asked_is_told(lab: TorchLab, records: Any, line: str, words: str) -> None:
    content = sent(lab, records, line, "zh")
    assert content["found"] is None
    assert words in content["problem"]


@pytest.mark.parametrize(("more", "told"), [(",", "No word is named"), ("not, xqzvw", "ranked on: xqzvw.")])
def test_words_to_rank_by_are_never_dropped_in_silence(lab: TorchLab, records: Any, more: str, told: str) -> None:
    assert told in sent(lab, records, f"gru.unit.3.{more}")["found"]["ranking"]["problem"]


def test_words_that_nobody_ranks_by_leave_the_unit(lab: TorchLab, records: Any) -> None:
    found = sent(lab, records, "gru.unit.3.xqzvw")["found"]
    assert (found["unit"], found["ranking"]["units"]) == (3, [])
    assert "xqzvw" in found["ranking"]["problem"]


def test_a_model_that_is_not_on_show_is_not_asked(lab: TorchLab) -> None:
    (alone,) = lab.classify(SENTENCE, TASK, ["rnn"])
    assert sent(lab, [alone], "gru.words.occlusion")["found"] is None


def test_a_lab_without_probes_has_no_panel(records: Any) -> None:
    assert reasons(object(), records, "gru.words", language="en") == ""
