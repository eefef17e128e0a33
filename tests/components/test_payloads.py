"""What travels to the browser: exact numbers, both languages, nothing that could be mistaken for a tag."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from seqdemo.components import drawing
from seqdemo.components.attention_view import classifier_attention_payload, translator_attention_payload
from seqdemo.components.drawing import FOLDER, SHARED, javascript, stylesheet
from seqdemo.components.gates_view import gates_payload
from seqdemo.components.planes_view import planes_payload
from seqdemo.components.provenance import provenance
from seqdemo.components.reading_view import reading_payload
from seqdemo.components.resources import payload, strings_of
from seqdemo.components.shares import packed_shares
from seqdemo.components.steps_view import steps_payload
from seqdemo.figures.theme import DARK
from seqdemo.records import Aligner, AttentionGrid, TranslationRecord, unpacked
from tests.drawn_records import HOSTILE, attention, classification, source, translation


def alone(record: TranslationRecord) -> TranslationRecord:
    """A recurrent translator's record: one layer, one head of cross-attention and no other."""
    cross = record.grid("cross")
    assert cross is not None
    return replace(record, attention=(replace(cross, weights=cross.weights[:1, :1]),), source=source("rnn-attention"))


def test_tracks_and_planes_come_back() -> None:
    records = [classification("rnn"), classification("lstm", seed=5)]
    sent = json.loads(reading_payload(records, language="en"))
    assert (sent["words"], sent["labels"], sent["focus"]) == (list(records[0].words), ["negative", "positive"], 1)
    for record, model in zip(records, sent["models"], strict=True):
        np.testing.assert_array_equal(unpacked(model["track"]), record.track)
        np.testing.assert_allclose(unpacked(model["plane"]["points"]), record.trajectory.points, rtol=1e-3)
        low, high = np.array(model["plane"]["low"]), np.array(model["plane"]["high"])
        assert ((record.trajectory.points > low) & (record.trajectory.points < high)).all()
    assert json.loads(planes_payload(records, language="en"))["models"][1]["plane"] == sent["models"][1]["plane"]


@pytest.mark.parametrize("make", [reading_payload, planes_payload, gates_payload])
def test_one_axis_of_words_takes_no_two_texts(make: object) -> None:
    with pytest.raises(ValueError, match="same words"):
        make([classification("rnn"), classification("gru", ("another", "text"))], language="en")  # type: ignore[operator]
    with pytest.raises(ValueError, match="at least one"):
        make([], language="en")  # type: ignore[operator]


def test_gates_keep_their_units_in_one_order() -> None:
    record = classification("lstm")
    (model,) = json.loads(gates_payload([record], language="en"))["models"]
    orders = [gate["order"] for gate in model["gates"]]
    assert orders == [np.argsort(record.gates[0].values[-1], kind="stable").tolist()] * 2
    for gate, sent in zip(record.gates, model["gates"], strict=True):
        np.testing.assert_array_equal(unpacked(sent["values"]), gate.values.astype(np.float16).astype(np.float32))
    assert [(gate["low"], gate["high"]) for gate in model["gates"]] == [(0, 1), (-1, 1)]


def test_weights_travel_with_their_axes() -> None:
    record = translation()
    panels = json.loads(translator_attention_payload([record], language="en"))["panels"]
    assert [panel["kind"] for panel in panels] == ["cross", "encoder_self", "decoder_self"]
    for panel in panels:
        grid = record.grid(panel["kind"])
        assert grid is not None
        assert panel["weights"] == packed_shares(grid.weights)
        assert panel["weights"]["shape"] == list(grid.weights.shape)
        assert (tuple(panel["queries"]), tuple(panel["keys"])) == (grid.queries, grid.keys)
        assert panel["timed"] == (panel["kind"] != "encoder_self")


def test_rows_read_at_the_input_are_named_by_what_is_read() -> None:
    record = translation()
    cross = json.loads(translator_attention_payload([record], language="en"))["panels"][0]
    assert tuple(cross["inputs"]) == record.input_tokens
    assert cross["inputGroups"] == [[0], [1], [2]]


def test_the_head_that_aligns_as_people_do_is_marked_on_cross_attention_alone() -> None:
    record = translation()
    best = Aligner(layer=2, head=3, step="input", weighting="norm", error_rate=0.5994, sentences=50)
    told = replace(record, source=replace(record.source, aligner=best))
    for language, words in (
        ("en", "Layer 2, head 3, in rows named by what a step reads"),
        ("zh", "第 2 层第 3 头（行以"),
    ):
        cross, *others = json.loads(translator_attention_payload([told], language=language))["panels"]
        assert cross["aligner"] == [1, 2]  # counted from 0, as the maps are
        assert words in cross["about"] and "59.9" in cross["about"] and "50" in cross["about"]
        plain = json.loads(translator_attention_payload([record], language=language))["panels"]
        assert all("★" not in one["about"] and "aligner" not in one for one in (*others, *plain))


def test_models_are_told_apart_where_there_are_several() -> None:
    def titles(records: list[TranslationRecord]) -> list[str]:
        return [panel["title"] for panel in json.loads(translator_attention_payload(records, language="en"))["panels"]]

    assert titles([translation()])[0] == "Cross-attention"
    both = titles([translation(), alone(translation())])
    assert both[0] == "Transformer · Cross-attention"
    assert both[3] == "rnn-attention · Cross-attention"
    assert len(set(both)) == len(both) == 4


def test_a_classifier_without_attention_has_no_panel() -> None:
    records = [classification("rnn"), classification("attention", grid=True)]
    sent = json.loads(classifier_attention_payload(records, language="zh"))
    assert [panel["title"] for panel in sent["panels"]] == ["Transformer 编码器 · 自注意力"]
    assert sent["panels"][0]["keysTimed"]


def test_steps_carry_what_was_written_and_what_was_not() -> None:
    sent = json.loads(steps_payload([translation(), alone(translation())], language="en"))
    assert sent["target"] == "de"
    first, second = sent["models"]
    assert "-1.2500" in first["score"]
    assert first["steps"][0] == {
        "token": "▁Der",
        "probability": 0.5,
        "rank": 0,
        "candidates": [["▁Der", 0.5], ["▁Derx", 0.25], ["<unk>", 0.125]],
    }
    cross = translation().grid("cross")
    assert cross is not None
    np.testing.assert_allclose(unpacked(first["cross"]), cross.weights[-1].mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(unpacked(second["cross"]), cross.weights[0, 0], atol=1e-3)


def test_a_translator_without_attention_is_shown_all_the_same() -> None:
    bare = replace(translation(), attention=())
    assert json.loads(steps_payload([bare], language="en"))["models"][0]["cross"] is None


def test_provenance_names_checkpoint_size_data_score_digest_and_device() -> None:
    for language, title in (("en", "Where these numbers come from: {names}"), ("zh", "这些数字的来源：{names}")):
        told = provenance([source("lstm"), source("gru"), source("lstm")], language=language)
        assert told["title"] == title
        assert [row[0] for row in told["rows"]] == ["sentiment-en-lstm", "sentiment-en-gru"]
        assert len(told["head"]) == len(told["rows"][0])
        for part in ("1,234,567", "made-up words", "0123456789ab…", "cpu"):
            assert part in told["rows"][0]
        assert "84.1 % accuracy" in told["rows"][0][5]


def test_three_grids_of_96_tokens_stay_small() -> None:
    tokens = tuple(f"token{number}" for number in range(96))
    grids = tuple(
        attention(kind, tokens, tokens, layers=3, heads=4) for kind in ("cross", "encoder_self", "decoder_self")
    )
    record = replace(translation(tokens), source_tokens=tokens, input_tokens=tokens, attention=grids)
    values = 3 * 3 * 4 * 96 * 96
    assert len(translator_attention_payload([record], language="en")) < 2.3 * values


def test_no_payload_holds_a_tag() -> None:
    record, translated = classification("lstm", HOSTILE, grid=True), translation(HOSTILE)
    sent = [
        reading_payload([record], language="en"),
        planes_payload([record], language="en"),
        gates_payload([record], language="en"),
        classifier_attention_payload([record], language="en"),
        steps_payload([translated], language="en"),
        translator_attention_payload([translated], language="en"),
    ]
    for text in sent:
        assert "<" not in text
    assert json.loads(sent[4])["models"][0]["steps"][1]["token"] == "<img src=x onerror=alert(2)>"


def test_a_number_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        payload({"probability": float("nan")})


def test_style_sheets_hold_nothing_that_gradio_would_evaluate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    names = sorted(path.name for path in drawing.FOLDER.glob("*.css"))
    assert stylesheet(*names)
    monkeypatch.setattr(drawing, "FOLDER", tmp_path)
    (drawing.FOLDER / "bad.css").write_text("p { content: '${value}'; }", encoding="utf-8")
    with pytest.raises(ValueError, match="evaluates"):
        stylesheet("bad.css")


def test_no_script_writes_html() -> None:
    for path in FOLDER.glob("*.js"):
        script = path.read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "</script"):
            assert forbidden not in script, path.name


def test_every_string_that_a_script_says_is_sent() -> None:
    """strings.NAME in a script stands in a group that some payload sends, in both languages."""
    import re

    groups = (
        "panel",
        "clock",
        "reading",
        "planes",
        "gates",
        "attention",
        "steps",
        "keep",
        "chart",
        "edits",
        "tree",
        "rereading",
        "reasons",
        "zoom",
        "sum",
        "train",
        "film",
    )
    for language in ("en", "zh"):
        known = strings_of(language, *(f"view.{group}" for group in groups))
        for path in FOLDER.glob("*.js"):
            named = set(re.findall(r"\bstrings\.(\w+)", path.read_text(encoding="utf-8")))
            assert named <= set(known), path.name


@pytest.mark.parametrize("view", ["reading", "planes", "gates", "attention", "steps"])
def test_strings_that_travel_together_have_names_of_their_own(view: str) -> None:
    names = [f"view.{group}" for group in ("panel", "keep", "clock", "zoom", "sum", view)]
    assert sum(len(strings_of("en", name)) for name in names) == len(strings_of("en", *names))


def test_every_colour_of_a_script_has_one_for_the_dark_page() -> None:
    import re

    for name in SHARED:
        assert name in {path.name for path in FOLDER.glob("*.js")}
    for path in FOLDER.glob("*.js"):
        used = set(re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8")))
        assert used <= set(DARK) | {"#ffffff", "#0b0f19"}, path.name
    assert "darkColors" in javascript("colors.js")


def test_a_grid_with_one_token_is_sent() -> None:
    grid = AttentionGrid("encoder_self", ("good",), ("good",), np.ones((1, 1, 1, 1), dtype=np.float32))
    record = replace(classification("attention", ("good",)), attention=grid)
    assert json.loads(classifier_attention_payload([record], language="en"))["steps"] == 1


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1 was expected"):
        packed_shares(np.array([0.5, 1.5], dtype=np.float32))
    assert packed_shares(np.zeros((0, 3), dtype=np.float32)) == {"shape": [0, 3], "pairs": ""}
