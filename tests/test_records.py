"""A record refuses nonsense where it is born, and comes through JSON as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from seqdemo.records import (
    Aligner,
    AttentionGrid,
    Candidate,
    ClassificationRecord,
    DecodingStep,
    Gate,
    Notice,
    RecordError,
    Source,
    Trajectory,
    TranslationRecord,
    numbered,
    packed,
    to_json,
    unpacked,
)

WORDS = ("a", "good", "film")
SOURCE = Source("sentiment-en-lstm", "lstm", 1234, "0" * 64, 1, "made-up sentences", "cpu", {"test": "83.0 %"})


def floats(*values: object) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def even(*shape: int) -> np.ndarray:
    """Distributions in which everything is equally likely."""
    return np.full(shape, 1 / shape[-1], dtype=np.float32)


def grid(kind: str = "encoder_self", queries: tuple[str, ...] = WORDS, keys: tuple[str, ...] = WORDS) -> AttentionGrid:
    return AttentionGrid(kind, queries, keys, even(2, 4, len(queries), len(keys)))


def trajectory(time: int = 3) -> Trajectory:
    return Trajectory(np.zeros((time, 2)), floats(0.6, 0.3), floats(1, 0), np.zeros((5, 2)), np.zeros(5), 0.0)


def classification() -> ClassificationRecord:
    gates = (Gate("forget_gate", np.full((3, 8), 0.5, dtype=np.float32), 0, 1),)
    track = floats((0.5, 0.5), (0.25, 0.75), (0.125, 0.875))
    texts = ("a good film", "sentiment-en", ("negative", "positive"), WORDS, ("a", "good", "<unk>"))
    notices = (Notice("unknown_words", {"count": 1, "total": 3, "words": "film"}),)
    return ClassificationRecord(*texts, track, trajectory(), gates, grid(), SOURCE, notices)


def translation() -> TranslationRecord:
    read, before, written = ("▁a", "▁film", "</s>"), ("<s>", "▁ein", "▁Film"), ("▁ein", "▁Film", "</s>")
    steps = tuple(DecodingStep(token, 0.5, (Candidate(token, 0.5), Candidate("▁x", 0.25))) for token in written)
    grids = (grid("encoder_self", read, read), grid("decoder_self", written, before), grid("cross", written, read))
    return TranslationRecord("a film", "en-de", 5, "ein Film", read, before, written, steps, -2.08, grids, SOURCE)


def test_a_classification_says_its_verdict():
    record = classification()
    assert (record.label, record.probability) == ("positive", 0.875)
    assert record.probabilities.tolist() == [0.125, 0.875]


def test_a_flip_is_a_word_after_which_another_class_leads():
    assert classification().flips == (1,)
    turns = floats((0.4, 0.6), (0.6, 0.4), (0.3, 0.7))
    assert replace(classification(), track=turns).flips == (1, 2)
    assert replace(classification(), track=even(3, 2)).flips == ()


def test_a_translation_finds_its_grids():
    record = translation()
    assert record.grid("cross") is record.attention[2]
    assert (record.grid("cross").layers, record.grid("cross").heads) == (2, 4)
    assert replace(record, attention=()).grid("cross") is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"queries": (*WORDS, "!")}, r"shape \(2, 4, 3, 3\) came, \(2, 4, 4, 3\) was expected"),
        ({"keys": WORDS[:2]}, r"\(2, 4, 3, 2\) was expected"),
        ({"weights": even(4, 3, 3)}, "3 axes came"),
        ({"weights": even(2, 4, 3, 3) * 1.01}, "must sum to 1; one is off by 0.01"),
        ({"weights": np.tile(floats(1.5, -0.5, 0), (2, 4, 3, 1))}, "finite and >= 0"),
        ({"weights": np.full((2, 4, 3, 3), np.nan)}, "finite"),
        ({"kind": "sideways"}, "'sideways' came, one of"),
    ],
)
def test_an_impossible_grid_is_refused(changes, message):
    with pytest.raises(RecordError, match=message):
        replace(grid(), **changes)


def test_rows_that_are_columns_are_refused():
    """Each column of a transposed grid sums to 1, its rows do not."""
    weights = np.zeros((1, 1, 3, 3), dtype=np.float32)
    weights[..., 0] = 1  # every query looks at the first key
    AttentionGrid("encoder_self", WORDS, WORDS, weights)
    with pytest.raises(RecordError, match="each row must sum to 1"):
        AttentionGrid("encoder_self", WORDS, WORDS, weights.swapaxes(2, 3))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layer": 0}, "counts begin at 1"),
        ({"step": "sideways"}, "sideways"),
        ({"weighting": "heavy"}, "heavy"),
        ({"error_rate": 59.9}, "from 0 to 1"),
    ],
)
def test_an_impossible_aligner_is_refused(changes, message):
    with pytest.raises(RecordError, match=message):
        replace(Aligner(1, 2, "output", "raw", 0.5, 50), **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros(3)}, "forget_gate: 1 axes came"),
        ({"values": np.full((3, 2), np.inf)}, "forget_gate: not all values are finite"),
        ({"lowest": 1.0}, "lowest 1.0 is not below highest 1"),
    ],
)
def test_an_impossible_gate_is_refused(changes, message):
    with pytest.raises(RecordError, match=message):
        replace(Gate("forget_gate", np.zeros((3, 2)), 0, 1), **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"points": np.zeros((3, 3))},
        {"explained": floats(0.5)},
        {"explained": floats(0.9, 0.2)},
        {"readout": floats(1, 0, 0)},
        {"cloud": np.zeros((5, 3))},
        {"cloud_probability": np.zeros(4)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_impossible_trajectory_is_refused(changes):
    with pytest.raises(RecordError, match=next(iter(changes))):
        replace(trajectory(), **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": (), "tokens": ()}, "at least one word"),
        ({"tokens": ("a", "good")}, "2 came for 3 words"),
        ({"track": even(4, 2)}, r"track: shape \(4, 2\) came, \(3, 2\)"),
        ({"track": even(3, 3)}, r"track: shape \(3, 3\) came, \(3, 2\)"),
        ({"track": floats((1, 1), (1, 0), (0, 1))}, "track: each row must sum to 1"),
        ({"trajectory": trajectory(time=4)}, "trajectory.points"),
        ({"gates": (Gate("cell", np.zeros((2, 8)), -1, 1),)}, "cell: 2 steps came for 3 words"),
        ({"attention": grid(queries=WORDS[:2], keys=WORDS[:2])}, "attention.weights"),
        ({"attention": grid(kind="cross")}, "kind 'cross' came"),
    ],
)
def test_an_impossible_classification_is_refused(changes, message):
    with pytest.raises(RecordError, match=message):
        replace(classification(), **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input_tokens": ("<s>",)}, "input_tokens: 1 came for 3 steps"),
        ({"steps": ()}, "steps: 0 came for 3 output tokens"),
        ({"source_tokens": ("▁a", "▁movie", "</s>")}, "encoder_self: rows or columns are not the record's tokens"),
        ({"attention": (grid("cross", ("<s>", "▁ein", "▁Film"), ("▁a", "▁film", "</s>")),)}, "cross: rows or columns"),
        ({"attention": (translation().attention[0],) * 2}, "each kind once"),
    ],
)
def test_an_impossible_translation_is_refused(changes, message):
    with pytest.raises(RecordError, match=message):
        replace(translation(), **changes)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ((), ()),
        (("the", "cat", "the"), ("the", "cat", "the (2)")),
        (("no", "no", "no"), ("no", "no (2)", "no (3)")),
        (("the", "the (2)", "the"), ("the", "the (2)", "the (3)")),
        (("the", "the", "the (2)"), ("the", "the (2)", "the (2) (2)")),
    ],
)
def test_repeated_tokens_are_numbered(tokens, expected):
    assert numbered(tokens) == expected


@given(st.lists(st.sampled_from(["a", "b", "a (2)", "a (3)", "a (2) (2)", ""])).map(tuple))
def test_numbered_tokens_are_all_different_and_keep_their_beginning(tokens):
    names = numbered(tokens)
    assert len(set(names)) == len(names) == len(tokens)
    assert all(name.startswith(token) for name, token in zip(names, tokens, strict=True))


@given(arrays.arrays(np.float32, arrays.array_shapes(max_dims=4, min_side=0), elements=st.floats(width=16)))
def test_packed_arrays_come_back(array):
    for dtype in ("float16", "float32"):
        sent = json.loads(json.dumps(packed(array, dtype)))
        back = unpacked(sent)
        assert back.dtype == np.float32
        np.testing.assert_array_equal(back, array)


def test_packed_bytes_are_little_endian_whatever_the_machine():
    assert packed(floats(1.0)) == {"dtype": "float16", "shape": [1], "base64": "ADw="}  # 0x3c00


def test_a_turned_array_is_packed_as_it_looks():
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    np.testing.assert_array_equal(unpacked(packed(turned)), turned)


@pytest.mark.parametrize("record", [classification(), translation()], ids=lambda record: type(record).__name__)
def test_a_record_is_whole_after_json(record):
    sent = to_json(record)
    back = json.loads(json.dumps(sent, allow_nan=False))
    assert back == sent
    assert back["text"] == record.text
    assert back["source"]["scores"] == {"test": "83.0 %"}
    if isinstance(record, ClassificationRecord):
        np.testing.assert_array_equal(unpacked(back["track"]), record.track)
        np.testing.assert_array_equal(unpacked(back["attention"]["weights"]), record.attention.weights)
        assert back["words"] == list(WORDS)
        assert back["notices"] == [{"code": "unknown_words", "values": {"count": 1, "total": 3, "words": "film"}}]
    else:
        np.testing.assert_array_equal(unpacked(back["attention"][2]["weights"]), record.attention[2].weights)
        assert back["steps"][0]["candidates"][1] == {"token": "▁x", "probability": 0.25}


def test_a_number_out_of_an_array_is_a_number_in_json():
    step = DecodingStep("▁ein", np.float32(0.5), (Candidate("▁ein", np.float64(0.5)),))
    assert json.dumps(to_json(step)) == json.dumps(to_json(DecodingStep("▁ein", 0.5, (Candidate("▁ein", 0.5),))))
