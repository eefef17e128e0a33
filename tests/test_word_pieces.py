"""Words read as several pieces: every record stands on the words, and says what reading the pieces says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdemo.lab import TorchLab, open_lab
from seqdemo.records import Notice
from seqdemo.text.vocabulary import UNKNOWN, Vocabulary

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
TEXT = "电影很好看，演员非常漂亮。"
CHARACTERS = "电影很好看演员非常漂亮，。"
MODELS = ("rnn", "lstm", "gru", "attention", "bilstm-attention")
every_model = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def lab() -> TorchLab:
    """The English networks with another vocabulary: what the pieces mean does not matter here."""
    opened = open_lab(CHECKPOINTS, "cpu")
    changed = {}
    for model in MODELS:
        one = opened.classifiers["sentiment-en", model]
        size = len(one.tokenizer)
        tokens = ["<pad>", "<unk>", "非常", *CHARACTERS]
        vocabulary = Vocabulary([*tokens, *(f"unused{number}" for number in range(size - len(tokens)))])
        config = replace(one.config, serves="sentiment-zh")
        changed["sentiment-zh", model] = replace(one, tokenizer=vocabulary, config=config)
    return replace(opened, classifiers=changed)


def pieces_of(lab: TorchLab, words: tuple[str, ...]) -> list[list[int]]:
    vocabulary = lab.classifiers["sentiment-zh", "rnn"].tokenizer
    return [vocabulary.encode(vocabulary.pieces([word])) for word in words]


def verdict(lab: TorchLab, model: str, ids: list[int]) -> np.ndarray:
    with torch.inference_mode():
        logits = lab.classifiers["sentiment-zh", model].network(torch.tensor([ids]), torch.tensor([len(ids)]))
    return logits[0].softmax(-1).numpy()


@every_model
def test_the_track_stands_on_words(lab: TorchLab, model: str) -> None:
    (record,) = lab.classify(TEXT, "sentiment-zh", [model])
    pieces = pieces_of(lab, record.words)
    assert "".join(record.words) == TEXT
    assert sum(map(len, pieces)) > len(record.words)  # else this tests nothing
    assert record.tokens[0] == "电 影" and "非常" in record.tokens
    read: list[int] = []
    for time, ids in enumerate(pieces):
        read += ids
        assert np.abs(record.track[time] - verdict(lab, model, read)).max() < 1e-5
    for gate in record.gates:
        assert len(gate.values) == len(record.words)
    assert record.notices == ()


def test_all_models_stand_on_the_same_words(lab: TorchLab) -> None:
    records = lab.classify(TEXT, "sentiment-zh")
    assert len({record.words for record in records}) == 1
    assert [record.source.model for record in records] == list(MODELS)


@pytest.mark.parametrize("model", ["attention", "bilstm-attention"])
def test_attention_between_words_adds_up_to_one(lab: TorchLab, model: str) -> None:
    (record,) = lab.classify(TEXT, "sentiment-zh", [model])
    assert record.attention.weights.shape[2:] == (len(record.words),) * 2
    assert np.abs(record.attention.weights.sum(-1) - 1).max() < 1e-5


@every_model
def test_pieces_add_up_to_the_attribution_of_their_word(lab: TorchLab, model: str) -> None:
    record = lab.explain(TEXT, "sentiment-zh", model, "integrated_gradients")
    assert len(record.values) == len(record.words)
    assert float(record.values.sum()) == pytest.approx(record.score - record.baseline, abs=0.1)


@every_model
def test_a_word_goes_with_all_its_pieces(lab: TorchLab, model: str) -> None:
    record = lab.faithfulness(TEXT, "sentiment-zh", model)
    curve, pieces = record.curve("occlusion"), pieces_of(lab, record.words)
    label = ("negative", "positive").index(record.label)
    for count in range(len(record.words) + 1):
        gone = set(curve.order[:count])
        kept = [number for place, ids in enumerate(pieces) if place not in gone for number in ids] or [UNKNOWN]
        assert curve.deletion[count] == pytest.approx(float(verdict(lab, model, kept)[label]), abs=1e-5)


def test_attention_as_an_explanation_stands_on_words(lab: TorchLab) -> None:
    record = lab.attention_explanation(TEXT, "sentiment-zh", "bilstm-attention")
    (read,) = lab.classify(TEXT, "sentiment-zh", ["bilstm-attention"])
    assert np.abs(record.trial("own").weights - read.attention.weights[0, 0, -1]).max() < 1e-5
    left = next(one for one in record.correlations if one.measure == "leave_one_out").values
    pieces = pieces_of(lab, record.words)
    without = [number for place, ids in enumerate(pieces) if place != 0 for number in ids]
    moved = np.abs(verdict(lab, "bilstm-attention", without) - read.probabilities).sum() / 2
    assert left[0] == pytest.approx(moved, abs=1e-5)


def test_a_unit_stands_on_words(lab: TorchLab) -> None:
    record = lab.unit(TEXT, "sentiment-zh", "gru", 4, 0.5)
    assert len(record.values) == len(record.words) == len(record.held_track)
    assert np.abs(record.track - lab.classify(TEXT, "sentiment-zh", ["gru"])[0].track).max() < 1e-6
    assert all(len(context.values) == len(context.words) for context in (*record.highest, *record.lowest))


def test_a_word_with_an_unknown_piece_is_told(lab: TorchLab) -> None:
    (record,) = lab.classify("电影很好看，手机好看。", "sentiment-zh", ["gru"])
    told = Notice("unknown_words", {"count": 1, "total": 4, "words": "手机"})
    assert told.code in {notice.code for notice in record.notices}
