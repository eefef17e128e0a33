"""What is typed is read as far as it can be, and what could not be read is told; nothing is guessed in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
TURNING = "The plot is thin and dull, but the acting is so wonderful that I loved it."


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    return open_lab(CHECKPOINTS, "cpu")


def told(lab: TorchLab, text: str) -> dict[str, dict[str, str | int]]:
    return {notice.code: notice.values for notice in lab.classify(text, "sentiment-en", ["gru"])[0].notices}


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "attention", "bilstm-attention"])
def test_flips_are_where_truncated_texts_change_their_label(lab: TorchLab, model: str) -> None:
    (record,) = lab.classify(TURNING, "sentiment-en", [model])
    opened = lab.classifiers["sentiment-en", model]
    ids = opened.tokenizer.encode(record.words)
    with torch.inference_mode():
        verdicts = [
            opened.network(torch.tensor([ids[:kept]]), torch.tensor([kept]))[0].softmax(-1).numpy()
            for kept in range(1, len(ids) + 1)
        ]
    assert np.abs(record.track - np.stack(verdicts)).max() < 1e-6
    leading = [int(verdict.argmax()) for verdict in verdicts]
    assert record.flips == tuple(place for place in range(1, len(ids)) if leading[place] != leading[place - 1])
    assert record.flips  # the sentence was made to turn


def test_two_thousand_words_are_cut_and_told(lab: TorchLab) -> None:
    found = told(lab, "good film " * 1000)
    assert found["cut_characters"] == {"limit": 1000, "came": 10_000}
    assert found["cut_words_of_rest"] == {"limit": 120, "came": 200}
    assert told(lab, "a good film " * 50) == {"cut_words": {"limit": 120, "came": 150}}


def test_languages_mixed_are_told(lab: TorchLab) -> None:
    found = told(lab, "I really loved this film 非常好")
    assert found["mixed_scripts"] == {"share": 13}
    assert found["unknown_words"]["words"] == "非常好"
    with pytest.raises(Problem, match="of another script"):
        lab.classify("I loved 这部电影真的非常好看", "sentiment-en")


@pytest.mark.parametrize("text", ["xqzvw vwzqx", "987654321", "xqzvw 😀", "1234567 89101112"])
def test_that_every_word_is_unknown_is_said(lab: TorchLab, text: str) -> None:
    with pytest.raises(Problem, match="Every word is unknown to the model"):
        lab.classify(text, "sentiment-en")


def test_emoji_and_digits_that_are_not_known_are_named(lab: TorchLab) -> None:
    found = told(lab, "A good film 😀 123456 😀")
    assert found["unknown_signs"] == {"count": 3, "signs": "😀, 123456"}
    with pytest.raises(Problem, match="no letters or digits"):
        lab.classify("😀🎉", "sentiment-en")


def test_a_text_without_words_is_told(lab: TorchLab) -> None:
    assert "no_words" in told(lab, "10 !")
    assert "no_words" not in told(lab, "10 films!")


def test_plain_text_has_nothing_to_tell(lab: TorchLab) -> None:
    assert told(lab, TURNING) == {}
